"""What people at the desk did: every merge, split, rewriting, approval, publication and sending."""

from __future__ import annotations

from django.conf import settings
from django.db import models

# Who acted where no person did.
THE_LINE = "newsdesk"


class Change(models.Model):
    """One thing that was done to one subject; never changed afterwards, but for the note that it was undone."""

    verb = models.CharField(max_length=40, help_text="App and act: story.merge, digest.publish, mailing.pause.")
    subject = models.CharField(max_length=100, help_text="Kind and public id: story 7gq2kxw3ab.")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    actor_name = models.CharField(max_length=150, help_text="Stays when the account goes.")
    made_at = models.DateTimeField(db_index=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    undone_by = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="undoes", help_text="The change back."
    )

    class Meta:
        indexes = [
            models.Index(fields=["subject", "id"], name="change_subject"),
            models.Index(fields=["verb", "id"], name="change_verb"),
            models.Index(fields=["actor_name", "id"], name="change_actor_name"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"
