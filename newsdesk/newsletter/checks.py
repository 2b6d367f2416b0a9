"""Django system checks of the newsletter's settings."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from newsdesk.newsletter.people.webhooks import trouble_with


@register("newsdesk")
def check_webhooks(**_: Any) -> list[CheckMessage]:
    """Reports of a mail service suppress addresses, so they must be known to come from it."""
    trouble = trouble_with(settings.EMAIL_ESP, settings.EMAIL_ESP_SETTINGS)
    return [Error(f"EMAIL_ESP_SETTINGS: {trouble}", id="newsletter.E001")] if trouble else []
