"""When the desk's heart last beat, what went wrong and when, and who was told of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Heartbeat(models.Model):
    """When something that must happen again and again happened last."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.at:%Y-%m-%d %H:%M} UTC"


class Incident(models.Model):
    """Something that needed the operator, from its beginning to its end; of each kind at most one is open."""

    kind = models.CharField(max_length=20)
    words = models.CharField(max_length=500, help_text="As it was first seen.")
    began_at = models.DateTimeField(db_index=True)
    well_since = models.DateTimeField(null=True, blank=True, help_text="It seems over, but may come back at once.")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=Q(ended_at=None), name="incident_one_open"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.words}"


class Alarm(models.Model):
    """That an incident has begun, or is over, as told by mail or webhook: once each, whoever tells."""

    class Channel(models.TextChoices):
        MAIL = "mail", "Mail"
        WEBHOOK = "webhook", "Webhook"

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="alarms")
    channel = models.CharField(max_length=10, choices=Channel)
    is_end = models.BooleanField(help_text="It is over.")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "channel", "is_end"], name="alarm_once"),
        ]
        indexes = [models.Index(fields=["next_attempt_at"], name="alarm_pending", condition=Q(sent_at=None))]

    def __str__(self) -> str:
        return f"{self.channel} of incident {self.incident_id}"
