"""Where the mail service in use reports what became of a mail, and whether its reports can be told from forged ones."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec

from django.urls import URLPattern

# The setting with which django-anymail verifies a service's signature, where it can.
SIGNING_SETTINGS = {
    "mailersend": "MAILERSEND_SIGNING_SECRET",
    "mailgun": "MAILGUN_WEBHOOK_SIGNING_KEY",
    "mailtrap": "MAILTRAP_TRACKING_SECRET",
    "mandrill": "MANDRILL_WEBHOOK_KEY",
    "resend": "RESEND_SIGNING_SECRET",
    "sendgrid": "SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY",
}
# Their signatures are always asked for, so that WEBHOOK_SECRET alone would refuse every report.
ALWAYS_SIGNED = {"mailersend", "mailgun", "mandrill"}
# Packages without which a signature cannot be verified; the service works without, by WEBHOOK_SECRET.
SIGNING_PACKAGES = {"resend": "svix", "sendgrid": "cryptography"}
# Services whose reports django-anymail does not take.
WITHOUT_REPORTS = {"scaleway"}


def webhook_urls(service: str, options: Mapping[str, str]) -> list[URLPattern]:
    """The address of the service's reports, by its name in django-anymail: none if unverified, or no service is used.

    django-anymail's own list has an address for every service; the others would be open to anybody.
    """
    if not service or trouble_with(service, options):
        return []
    from anymail.urls import urlpatterns  # costs a second, and most installations have no service

    names = {f"{service}_tracking_webhook", f"{service}_webhook"}
    return [pattern for pattern in urlpatterns if isinstance(pattern, URLPattern) and pattern.name in names]


def trouble_with(service: str, options: Mapping[str, str]) -> str:
    """Why the service's reports could not be told from forged ones, in a sentence; empty where they can."""
    if not service or service in WITHOUT_REPORTS:
        return ""
    signing, secret = SIGNING_SETTINGS.get(service, ""), options.get("WEBHOOK_SECRET", "")
    if signing and options.get(signing):
        package = SIGNING_PACKAGES.get(service)
        return "" if not package or find_spec(package) else f"{signing} needs the package {package}, which is missing."
    if service in ALWAYS_SIGNED:
        return f"{signing} must be set, or anyone could report bounces and complaints."
    if not all(secret.partition(":")):
        choice = f"{signing} or " if signing else ""
        return f"{choice}WEBHOOK_SECRET (name:password) must be set, or anyone could report bounces and complaints."
    return ""
