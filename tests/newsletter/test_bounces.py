"""Reports of a mail service through the library's own webhooks: verified, applied once (M3)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from anymail.signals import AnymailTrackingEvent
from django.core.checks import run_checks
from django.test import Client
from django.urls import include, path
from django.utils import timezone
from pytest_django import Settings

from newsdesk.newsletter.models import Delivery, Mail, MailEvent, Subscriber, Suppression
from newsdesk.newsletter.people.bounces import SOFT_BOUNCES_BORNE, apply_event, judge
from newsdesk.newsletter.people.suppressions import is_suppressed
from newsdesk.newsletter.people.webhooks import SIGNING_PACKAGES, SIGNING_SETTINGS, trouble_with, webhook_urls
from newsdesk.settings import ESPS
from newsdesk.urls import urlpatterns
from tests.newsletter.rows import NOW, make_delivery, make_subscriber
from tests.site.rows import make_digest

State = Subscriber.State
SECRET = "desk:a pass phrase"
SIGNING_KEY = "key-of-the-service"
Post = Callable[..., Any]


def _serve(settings: Settings, service: str, options: dict[str, str]) -> None:
    """As the settings EMAIL_ESP and EMAIL_ESP_SETTINGS would at the start."""
    settings.ANYMAIL = settings.EMAIL_ESP_SETTINGS = options
    settings.EMAIL_ESP = service
    settings.ROOT_URLCONF = (path("newsletter/webhooks/", include(webhook_urls(service, options))), *urlpatterns)


@pytest.fixture
def postmark(settings: Settings) -> Post:
    _serve(settings, "postmark", {"POSTMARK_SERVER_TOKEN": "t", "WEBHOOK_SECRET": SECRET})

    def post(event: dict[str, Any], secret: str = SECRET) -> Any:
        headers = {"authorization": "Basic " + base64.b64encode(secret.encode()).decode()} if secret else {}
        client = Client(enforce_csrf_checks=True)
        url = "/newsletter/webhooks/postmark/tracking/"
        return client.post(url, json.dumps(event), content_type="application/json", headers=headers)

    return post


@pytest.fixture
def mailgun(settings: Settings) -> Post:
    _serve(settings, "mailgun", {"MAILGUN_API_KEY": "t", "MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING_KEY})

    def post(event: dict[str, Any], token: str = "0123456789abcdef", key: str = SIGNING_KEY) -> Any:
        stamp = "1774425600"
        signature = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
        body = {"signature": {"timestamp": stamp, "token": token, "signature": signature}, "event-data": event}
        url = "/newsletter/webhooks/mailgun/tracking/"
        return Client(enforce_csrf_checks=True).post(url, json.dumps(body), content_type="application/json")

    return post


def _bounce(email: str, kind: str = "HardBounce", number: int = 692560173) -> dict[str, Any]:
    """As Postmark documents its bounce webhook."""
    return {
        "RecordType": "Bounce",
        "ID": number,
        "Type": kind,
        "TypeCode": 1,
        "Name": "Hard bounce",
        "MessageID": "2706ee8a-737c-4285-b032-ccd317af53ed",
        "ServerID": 23,
        "MessageStream": "broadcast",
        "Description": "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
        "Details": f"smtp;550 5.1.1 The email account {email} does not exist.",
        "Email": email,
        "From": "desk@news.example",
        "BouncedAt": "2026-03-25T08:10:11.0000000Z",
        "Inactive": True,
        "CanActivate": True,
        "Subject": "The digest",
    }


def _complaint(email: str, number: int = 42) -> dict[str, Any]:
    return {**_bounce(email, "SpamComplaint", number), "RecordType": "SpamComplaint", "TypeCode": 512}


def _delivered(email: str) -> dict[str, Any]:
    return {
        "RecordType": "Delivery",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Recipient": email,
        "DeliveredAt": "2026-03-25T08:33:54.9070259Z",
        "Details": "Test delivery webhook details",
    }


@pytest.mark.django_db
def test_a_hard_bounce_suppresses_and_takes_queued_mail_back(postmark: Post) -> None:
    subscriber = make_subscriber("reader@example.org")
    make_delivery(make_digest(), subscriber)
    assert postmark(_bounce("Reader@Example.org")).status_code == 200
    subscriber.refresh_from_db()
    assert subscriber.state == State.SUPPRESSED
    assert Delivery.objects.get().state == Mail.State.SKIPPED
    suppression = Suppression.objects.get()
    assert suppression.reason == Suppression.Reason.BOUNCED
    assert "does not exist" in suppression.detail
    assert "example.org" not in suppression.detail.lower()
    event = MailEvent.objects.get()
    assert (event.service, event.kind, event.effect) == ("Postmark", "hard_bounce", "Suppressed.")


@pytest.mark.django_db
def test_a_complaint_suppresses(postmark: Post) -> None:
    subscriber = make_subscriber()
    assert postmark(_complaint(subscriber.email)).status_code == 200
    subscriber.refresh_from_db()
    assert subscriber.state == State.SUPPRESSED
    assert Suppression.objects.get().reason == Suppression.Reason.COMPLAINED


@pytest.mark.django_db
def test_soft_bounces_in_a_row_suppress_and_a_delivery_starts_the_row_anew(postmark: Post) -> None:
    subscriber = make_subscriber()
    for number in range(SOFT_BOUNCES_BORNE - 1):
        postmark(_bounce(subscriber.email, "SoftBounce", number))
    postmark(_delivered(subscriber.email.upper()))
    subscriber.refresh_from_db()
    assert (subscriber.state, subscriber.soft_bounces) == (State.ACTIVE, 0)
    for number in range(SOFT_BOUNCES_BORNE - 1):
        postmark(_bounce(subscriber.email, "SoftBounce", 100 + number))
    subscriber.refresh_from_db()
    assert (subscriber.state, subscriber.soft_bounces) == (State.ACTIVE, SOFT_BOUNCES_BORNE - 1)
    postmark(_bounce(subscriber.email, "SoftBounce", 200))
    subscriber.refresh_from_db()
    assert subscriber.state == State.SUPPRESSED
    assert Suppression.objects.get().reason == Suppression.Reason.SOFT_BOUNCES


@pytest.mark.django_db
def test_an_event_reported_again_counts_once(postmark: Post) -> None:
    subscriber = make_subscriber()
    for _ in range(SOFT_BOUNCES_BORNE + 1):
        assert postmark(_bounce(subscriber.email, "SoftBounce", 7)).status_code == 200
    subscriber.refresh_from_db()
    assert (subscriber.state, subscriber.soft_bounces) == (State.ACTIVE, 1)
    assert MailEvent.objects.count() == 1


@pytest.mark.django_db
def test_an_unsubscription_at_the_service_is_one_here(postmark: Post) -> None:
    subscriber = make_subscriber()
    event = {
        "RecordType": "SubscriptionChange",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "MessageStream": "broadcast",
        "ChangedAt": "2026-03-25T10:53:34.416071Z",
        "Recipient": subscriber.email,
        "Origin": "Recipient",
        "SuppressSending": True,
        "SuppressionReason": "ManualSuppression",
    }
    for _ in range(2):  # this one has no id: its content tells it
        assert postmark(event).status_code == 200
    subscriber.refresh_from_db()
    assert subscriber.state == State.UNSUBSCRIBED
    assert not Suppression.objects.exists()
    assert MailEvent.objects.get().effect == "Unsubscribed."


@pytest.mark.django_db
def test_an_unknown_address_is_noted_and_nothing_else(postmark: Post) -> None:
    assert postmark(_bounce("stranger@example.org")).status_code == 200
    assert MailEvent.objects.get().effect == "None: nobody subscribed with this address."
    assert not is_suppressed("stranger@example.org")


@pytest.mark.django_db
@pytest.mark.parametrize("secret", ["", "desk:wrong", "desk", SECRET + "x"])
def test_a_forged_report_is_refused(postmark: Post, secret: str) -> None:
    subscriber = make_subscriber()
    assert postmark(_bounce(subscriber.email), secret).status_code in (400, 401, 403)
    subscriber.refresh_from_db()
    assert subscriber.state == State.ACTIVE
    assert not MailEvent.objects.exists()


@pytest.mark.django_db
def test_only_the_service_in_use_has_an_address(postmark: Post) -> None:
    for other in ("mailjet/tracking", "brevo/tracking", "postmark/inbound", "sendgrid/tracking", "mandrill"):
        assert Client().post(f"/newsletter/webhooks/{other}/", "{}", content_type="application/json").status_code == 404
    assert Client().get("/newsletter/webhooks/postmark/tracking/").status_code == 405


@pytest.mark.django_db
def test_a_signature_is_verified(mailgun: Post) -> None:
    subscriber = make_subscriber()
    event = {
        "event": "failed",
        "severity": "permanent",
        "reason": "bounce",
        "id": "G9Bn5sl1TC6nu79C8C0bwg",
        "timestamp": 1774425600.1,
        "recipient": subscriber.email,
        "delivery-status": {"code": 605, "message": "", "description": "Not delivering to previously bounced address"},
        "message": {"headers": {"message-id": "1@news.example", "to": subscriber.email}},
    }
    assert mailgun({**event, "severity": "temporary"}, token="1" * 16).status_code == 200
    assert mailgun(event, key="another key").status_code == 400
    subscriber.refresh_from_db()
    assert subscriber.state == State.ACTIVE
    assert mailgun(event).status_code == 200
    subscriber.refresh_from_db()
    assert subscriber.state == State.SUPPRESSED


@pytest.mark.parametrize(
    ("event_type", "reason", "raw", "kind"),
    [
        ("bounced", "bounced", {"Type": "HardBounce"}, "hard_bounce"),
        ("bounced", "bounced", {"Type": "SoftBounce"}, "soft_bounce"),
        ("bounced", "bounced", {"bounce": {"bounceType": "Permanent", "bounceSubType": "General"}}, "hard_bounce"),
        ("bounced", "bounced", {"bounce": {"bounceType": "Transient", "bounceSubType": "MailboxFull"}}, "soft_bounce"),
        ("bounced", "bounced", {"event": "hard_bounce", "email": "a@example.org"}, "hard_bounce"),
        ("bounced", "bounced", {"event": "soft_bounce", "email": "a@example.org"}, "soft_bounce"),
        ("bounced", "bounced", {"event": "bounce", "hard_bounce": True}, "hard_bounce"),
        ("bounced", "bounced", {"event": "bounce", "hard_bounce": False}, "soft_bounce"),
        ("bounced", None, {"event": "bounce", "type": "bounce"}, "hard_bounce"),
        ("bounced", None, {"event": "bounce", "type": "blocked"}, "soft_bounce"),
        ("bounced", None, {"data": {"type": "hard_bounced"}, "type": "activity.hard_bounced"}, "hard_bounce"),
        ("bounced", None, {"data": {"type": "soft_bounced"}, "type": "activity.soft_bounced"}, "soft_bounce"),
        ("bounced", "invalid", {"msys": {"message_event": {"type": "bounce", "bounce_class": "10"}}}, "hard_bounce"),
        ("bounced", "bounced", {"msys": {"message_event": {"type": "bounce", "bounce_class": "22"}}}, "soft_bounce"),
        ("bounced", "bounced", {"type": "email.bounced", "data": {"bounce": {"type": "Permanent"}}}, "hard_bounce"),
        ("bounced", "bounced", {"type": "email.bounced", "data": {"bounce": {"type": "Transient"}}}, "soft_bounce"),
        ("rejected", "invalid", {}, "hard_bounce"),
        ("rejected", "spam", {}, "complaint"),
        ("rejected", "unsubscribed", {}, "unsubscribe"),
        ("rejected", "blocked", {}, None),
        ("complained", "spam", {}, "complaint"),
        ("deferred", None, {"Type": "Transient"}, None),
        ("opened", None, {}, None),
        ("failed", None, {}, None),
    ],
)
def test_what_services_call_their_events(
    event_type: str, reason: str | None, raw: dict[str, Any], kind: str | None
) -> None:
    assert judge(AnymailTrackingEvent(event_type=event_type, reject_reason=reason, esp_event=raw)) == kind


@pytest.mark.django_db
def test_one_notification_for_two_recipients_counts_for_both() -> None:
    readers = [make_subscriber(), make_subscriber()]
    for reader in readers:
        event = AnymailTrackingEvent(
            event_type="complained", event_id="one", recipient=reader.email, esp_event={"notificationType": "Complaint"}
        )
        apply_event(event, service="Amazon SES", now=NOW + timedelta(days=1))
    assert {reader.state for reader in Subscriber.objects.all()} == {State.SUPPRESSED}


@pytest.mark.django_db
@pytest.mark.parametrize("recipient", [None, "", "  "])
def test_a_report_about_nobody_does_nothing(recipient: str | None) -> None:
    event = AnymailTrackingEvent(event_type="complained", event_id="1", recipient=recipient, esp_event={})
    apply_event(event, service="Resend", now=timezone.now())
    assert not MailEvent.objects.exists()


@pytest.mark.parametrize(
    ("service", "options", "words"),
    [
        ("", {}, ""),
        ("postmark", {"WEBHOOK_SECRET": SECRET}, ""),
        ("postmark", {}, "WEBHOOK_SECRET"),
        ("postmark", {"WEBHOOK_SECRET": "no colon"}, "WEBHOOK_SECRET"),
        ("postmark", {"WEBHOOK_SECRET": ":"}, "WEBHOOK_SECRET"),
        ("mailgun", {"MAILGUN_WEBHOOK_SIGNING_KEY": "k"}, ""),
        ("mailgun", {"WEBHOOK_SECRET": SECRET}, "MAILGUN_WEBHOOK_SIGNING_KEY"),
        ("mandrill", {}, "MANDRILL_WEBHOOK_KEY"),
        ("mailtrap", {"MAILTRAP_TRACKING_SECRET": "k"}, ""),
        ("mailtrap", {"WEBHOOK_SECRET": SECRET}, ""),
        ("resend", {"RESEND_SIGNING_SECRET": "whsec_k"}, "svix"),
        ("resend", {"WEBHOOK_SECRET": SECRET}, ""),
        ("scaleway", {}, ""),
    ],
)
def test_a_service_without_verified_reports_is_not_run_with(
    settings: Settings, service: str, options: dict[str, str], words: str
) -> None:
    settings.EMAIL_ESP, settings.EMAIL_ESP_SETTINGS = service, options
    found = [message for message in run_checks(tags=["newsdesk"]) if message.id == "newsletter.E001"]
    assert bool(found) == bool(words)
    assert all(words in message.msg and message.msg.startswith("EMAIL_ESP_SETTINGS:") for message in found)
    assert SECRET not in str(found)
    if words:
        assert webhook_urls(service, options) == []


@pytest.mark.parametrize("service", sorted(set(ESPS) - {"scaleway"}))
def test_every_service_has_one_kind_of_address(service: str) -> None:
    options = {"WEBHOOK_SECRET": SECRET}
    if service in SIGNING_SETTINGS and service not in SIGNING_PACKAGES:
        options[SIGNING_SETTINGS[service]] = "key"
    assert trouble_with(service, options) == ""
    assert {pattern.pattern._route.split("/")[0] for pattern in webhook_urls(service, options)} == {service}


@pytest.mark.parametrize(
    ("options", "found"),
    [(f"POSTMARK_SERVER_TOKEN=t,WEBHOOK_SECRET={SECRET}", True), ("POSTMARK_SERVER_TOKEN=t", False)],
)
def test_the_settings_alone_open_the_address(tmp_path: Path, options: str, found: bool) -> None:
    program = (
        "import django; django.setup()\n"
        "from django.apps import apps; assert apps.is_installed('anymail')\n"
        "from django.urls import Resolver404, resolve\n"
        "try: print(resolve('/newsletter/webhooks/postmark/tracking/').url_name)\n"
        "except Resolver404: print('none')"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "newsdesk.settings",
        "NEWSDESK_DATA_DIR": str(tmp_path),
        "EMAIL_ESP": "postmark",
        "EMAIL_ESP_SETTINGS": options,
    }
    command = [sys.executable, "-c", program]
    root = Path(__file__).parents[2]
    ran = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False, encoding="utf-8"
    )
    assert ran.stdout.strip() == ("postmark_tracking_webhook" if found else "none"), ran.stderr
