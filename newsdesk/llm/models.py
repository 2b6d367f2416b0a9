"""The ledger of model calls."""

from __future__ import annotations

from django.db import models


class Completion(models.Model):
    """One recorded model call. Money is reserved before the call and settled after it."""

    class Status(models.TextChoices):
        RESERVED = "reserved", "Reserved"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    status = models.CharField(max_length=10, choices=Status, default=Status.RESERVED)
    purpose = models.CharField(max_length=40)
    model = models.CharField(max_length=200)
    prompt_version = models.CharField(max_length=40)
    input_sha256 = models.CharField(max_length=64)
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    cost_usd = models.DecimalField(max_digits=10, decimal_places=6, help_text="Reserved ceiling until settled.")
    created_at = models.DateTimeField(db_index=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True, help_text="In plain words; never holds the key.")

    def __str__(self) -> str:
        return f"{self.purpose} {self.model} {self.status}"
