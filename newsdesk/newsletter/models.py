"""Who reads the digest by mail, what they were sent, and whom never to mail again."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from newsdesk.digests.models import Digest


def new_public_id() -> str:
    """128 random bits, as they stand in links."""
    return secrets.token_urlsafe(16)


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def at(self, email: str) -> SubscriberQuerySet:
        """The one with this address, upper and lower case alike; by the index of the unique constraint."""
        return self.alias(lower_email=Lower("email")).filter(lower_email=email.lower())


class Subscriber(models.Model):
    """Someone who asked for the digest by mail, and what they prefer."""

    class State(models.TextChoices):
        PENDING = "pending", "Asked, not confirmed"
        ACTIVE = "active", "Active"
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
        SUPPRESSED = "suppressed", "Never mail again"

    class Frequency(models.TextChoices):
        DAILY = "daily", "Daily"
        WEEKLY = "weekly", "Weekly"

    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, help_text="In signed links.")
    email = models.EmailField(max_length=254, help_text="As written; its domain in lower case, ASCII.")
    state = models.CharField(max_length=12, choices=State, default=State.PENDING)
    frequency = models.CharField(max_length=10, choices=Frequency, default=Frequency.DAILY)
    themes = models.JSONField(default=list, blank=True, help_text="Slugs; empty: all of them.")
    asked_at = models.DateTimeField(help_text="The last time that somebody asked for it with this address.")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    unsubscribed_at = models.DateTimeField(null=True, blank=True)
    consent_version = models.CharField(max_length=40, help_text="Which wording they agreed to.")
    consent_source = models.CharField(max_length=40, help_text="Where: site, import.")
    soft_bounces = models.PositiveSmallIntegerField(default=0, help_text="In a row.")
    wish = models.JSONField(default=dict, blank=True, help_text="What they asked for after leaving, until confirmed.")

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="subscriber_unique_email"),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(confirmed_at__isnull=False), name="subscriber_active_confirmed"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "frequency", "id"], name="subscriber_state"),
            models.Index(fields=["asked_at"], name="subscriber_asked"),
        ]

    def __str__(self) -> str:
        return self.email


class Suppression(models.Model):
    """An address never to mail again, known by its keyed hash alone."""

    class Reason(models.TextChoices):
        BOUNCED = "bounced", "The address does not exist"
        SOFT_BOUNCES = "soft_bounces", "Bounced again and again"
        COMPLAINED = "complained", "Reported as spam"
        ERASED = "erased", "Erased by the subscriber"
        BY_HAND = "by_hand", "By the desk"

    email_hash = models.CharField(max_length=64, unique=True)
    reason = models.CharField(max_length=14, choices=Reason)
    detail = models.CharField(max_length=300, blank=True, help_text="What the server or the service said.")
    made_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.reason} {self.email_hash[:12]}"


class Outbox(models.Model):
    """One row: whether anything is mailed at all, and when the mail server is tried again."""

    is_paused = models.BooleanField(default=False)
    reason = models.CharField(max_length=500, blank=True, help_text="Why it is paused, or what went wrong last.")
    failures = models.PositiveIntegerField(default=0, help_text="Times in a row that the server could not be used.")
    retry_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    logbook_since = models.DateTimeField(
        null=True, blank=True, help_text="Since when every mail stands in the logbook; empty before there was one."
    )

    class Meta:
        verbose_name_plural = "outbox"

    def __str__(self) -> str:
        return "paused" if self.is_paused else "open"


class Mailing(models.Model):
    """One digest on its way to everyone who wants it."""

    class State(models.TextChoices):
        SENDING = "sending", "Sending"
        PAUSED = "paused", "Paused"
        DONE = "done", "Done"

    digest = models.OneToOneField(Digest, on_delete=models.PROTECT, related_name="mailing")
    state = models.CharField(max_length=10, choices=State, default=State.SENDING)
    started_at = models.DateTimeField()
    queued_to = models.PositiveBigIntegerField(default=0, help_text="Subscribers up to this number have a delivery.")
    is_queued = models.BooleanField(default=False, help_text="Everyone has.")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [("send_mailing", "Can start, pause, resume and test mailings")]

    def __str__(self) -> str:
        return f"Mailing {self.pk}"


class Mail(models.Model):
    """One message to one subscriber: claimed before it is sent, so that no crash sends it twice."""

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        INFLIGHT = "inflight", "Being sent"
        SENT = "sent", "Sent"
        SKIPPED = "skipped", "Not sent: nothing to say, or not wanted any more"
        FAILED = "failed", "Failed"
        UNKNOWN = "unknown", "Unknown: it may have been sent"

    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=200, blank=True, help_text="The same at every attempt.")
    reply = models.CharField(max_length=500, blank=True, help_text="What the mail server said last.")

    class Meta:
        abstract = True


class Delivery(Mail):
    """One digest to one subscriber."""

    digest = models.ForeignKey(Digest, on_delete=models.PROTECT, related_name="deliveries")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="deliveries")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "subscriber"], name="delivery_unique"),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="delivery_state"),
            models.Index(fields=["digest", "state", "next_attempt_at", "id"], name="delivery_of_digest"),
        ]
        verbose_name_plural = "deliveries"
        permissions = [("resolve_delivery", "Can resolve unknown deliveries")]

    def __str__(self) -> str:
        return f"Delivery {self.pk}"


class Letter(Mail):
    """A message about the subscription itself: please confirm, or here is your link."""

    class Kind(models.TextChoices):
        CONFIRM = "confirm", "Please confirm"
        LINK = "link", "You are subscribed already: your link"

    kind = models.CharField(max_length=10, choices=Kind)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="letters")
    made_on = models.DateField(help_text="In UTC: one a day for a subscriber.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "made_on"], name="letter_one_a_day"),
        ]
        indexes = [models.Index(fields=["state", "next_attempt_at", "id"], name="letter_pending")]

    def __str__(self) -> str:
        return f"Letter {self.pk}"


class MailEvent(models.Model):
    """A bounce, complaint or unsubscription as a mail service reported it, applied once."""

    class Kind(models.TextChoices):
        HARD_BOUNCE = "hard_bounce", "Hard bounce"
        SOFT_BOUNCE = "soft_bounce", "Soft bounce"
        COMPLAINT = "complaint", "Complaint"
        UNSUBSCRIBE = "unsubscribe", "Unsubscribed at the service"

    service = models.CharField(max_length=40)
    event_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=Kind)
    email_hash = models.CharField(max_length=64)
    effect = models.CharField(max_length=200, help_text="What it changed, in words.")
    made_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "event_id"], name="mail_event_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"


class Attempt(models.Model):
    """A use of a public form, kept for a day, by a keyed hash of the network: no address is stored."""

    network_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["network_hash", "made_at"], name="attempt_network"),
            models.Index(fields=["made_at"], name="attempt_made"),
        ]

    def __str__(self) -> str:
        return self.network_hash[:12]
