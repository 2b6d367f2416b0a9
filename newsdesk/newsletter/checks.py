"""Django system checks of the newsletter's settings."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from newsdesk.newsletter.mail.content import MailContent
from newsdesk.newsletter.mail.mime import UnsafeValue, build_skeleton
from newsdesk.newsletter.people.webhooks import trouble_with


@register("newsdesk")
def check_webhooks(**_: Any) -> list[CheckMessage]:
    """Reports of a mail service suppress addresses, so they must be known to come from it."""
    trouble = trouble_with(settings.EMAIL_ESP, settings.EMAIL_ESP_SETTINGS)
    return [Error(f"EMAIL_ESP_SETTINGS: {trouble}", id="newsletter.E001")] if trouble else []


@register("newsdesk")
def check_sender(**_: Any) -> list[CheckMessage]:
    """With a sender that cannot stand in a mail every single one would fail."""
    try:
        build_skeleton(MailContent("Check", "", ""), sender=settings.DEFAULT_FROM_EMAIL, headers={})
    except (UnsafeValue, UnicodeEncodeError):
        message = "DEFAULT_FROM_EMAIL: is neither an address nor a name and one, like Desk <desk@example.org>."
        return [Error(message, id="newsletter.E002")]
    return []
