"""The ledger of model calls: what was asked and answered, what it cost, and when calls must pause."""

from __future__ import annotations

from django.db import models


class CompletionQuerySet(models.QuerySet["Completion"]):
    def answered(self, input_sha256: str, model: str, prompt_version: str) -> Completion | None:
        """The first good answer to this very question, if there is one."""
        same = self.filter(input_sha256=input_sha256, model=model, prompt_version=prompt_version)
        return same.filter(status=Completion.Status.DONE).order_by("id").first()


class Completion(models.Model):
    """One recorded model call; an equal question is answered from here and not paid twice."""

    class Status(models.TextChoices):
        ASKED = "asked", "Asked"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        UNKNOWN = "unknown", "Unknown: the program ended during the call"

    status = models.CharField(max_length=10, choices=Status, default=Status.ASKED)
    purpose = models.CharField(max_length=40)
    model = models.CharField(max_length=200)
    prompt_version = models.CharField(max_length=40)
    input_sha256 = models.CharField(max_length=64)
    output = models.TextField(blank=True, help_text="The validated answer, as JSON.")
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    cost_microusd = models.PositiveBigIntegerField(help_text="Millionths of a US dollar; the reserve until settled.")
    created_at = models.DateTimeField(db_index=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True, help_text="In plain words; never holds the key.")

    objects = CompletionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["input_sha256", "model", "prompt_version"], name="completion_question"),
            models.Index(fields=["status", "id"], name="completion_status"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.model} {self.status}"


class DailySpend(models.Model):
    """What one UTC day has cost so far, reserves included."""

    date = models.DateField(primary_key=True)
    microusd = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.date}: {self.microusd / 1e6:.4f} USD"


class Pause(models.Model):
    """No model is called before `until`; one row, shared by every worker."""

    name = models.CharField(max_length=40, primary_key=True)
    until = models.DateTimeField()
    reason = models.CharField(max_length=500)

    def __str__(self) -> str:
        return f"until {self.until:%Y-%m-%d %H:%M} UTC: {self.reason}"
