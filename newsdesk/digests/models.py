"""What we publish: dated digests of an edition, their items, and the summaries they are made from."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from newsdesk.digests.shape import Section
from newsdesk.stories.models import Story
from newsdesk.stories.themes import Theme


class Edition(models.Model):
    """A recurring product: the daily digest, the sample."""

    slug = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=200)
    due_date = models.DateField(null=True, blank=True, help_text="The latest date whose cut-off has passed.")
    due_since = models.DateTimeField(null=True, blank=True, help_text="When that was first seen.")

    def __str__(self) -> str:
        return self.title


class Gap(models.Model):
    """A date without a digest, unless somebody builds one: nobody watched its window, or was there when it was due."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="gaps")
    date = models.DateField()
    was_watched = models.BooleanField(help_text="Enough feeds answered; nobody was there to publish it.")
    feeds_answered = models.PositiveIntegerField(help_text="Within the window.")
    feeds = models.PositiveIntegerField(help_text="That have ever answered.")
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "date"], name="gap_unique_edition_date"),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.date}"


class Summary(models.Model):
    """What we say about one version of a story; `sentences` holds the S of the export schema."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="summaries")
    story_version = models.PositiveIntegerField()
    prompt_version = models.CharField(max_length=40)
    model = models.CharField(max_length=200, help_text="The model's name; `extract` where none was used.")
    cut_off = models.DateTimeField(help_text="Nothing seen after it was read.")
    headline = models.CharField(max_length=200)
    sentences = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["story", "story_version", "prompt_version", "model", "cut_off"], name="summary_unique"
            ),
        ]
        verbose_name_plural = "summaries"

    def __str__(self) -> str:
        return self.headline


class Digest(models.Model):
    """One dated number of an edition: a snapshot, not a reference."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        APPROVED = "approved", "Approved"
        PUBLISHED = "published", "Published"

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="digests")
    date = models.DateField()
    number = models.PositiveIntegerField(help_text="Edition number, from 1.")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    title = models.CharField(max_length=300)
    dek = models.CharField(max_length=500, blank=True)
    window_from = models.DateTimeField()
    window_to = models.DateTimeField(help_text="The cut-off: nothing seen after it counts.")
    coverage = models.JSONField(default=dict)
    pattern = models.JSONField(default=list)
    watch = models.JSONField(default=list)
    held_back = models.JSONField(default=list, help_text="Good stories that it leaves out or moves down, and why.")
    manifest = models.JSONField(default=dict, help_text="What made it: versions, models, inputs.")
    built_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    is_title_edited = models.BooleanField(default=False, help_text="An editor's: building again leaves it alone.")
    is_dek_edited = models.BooleanField(default=False, help_text="An editor's: building again leaves it alone.")
    edits = models.PositiveIntegerField(default=0, help_text="Bumped with every editor's change.")

    class Meta:
        permissions = [
            ("approve_digest", "Can approve a digest and withdraw the approval"),
            ("publish_digest", "Can publish a digest"),
        ]
        indexes = [
            models.Index(fields=["date", "id"], name="digest_newest"),
            models.Index(fields=["state", "date", "id"], name="digest_state_newest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["edition", "date"], name="digest_unique_edition_date"),
            models.UniqueConstraint(fields=["edition", "number"], name="digest_unique_edition_number"),
            models.CheckConstraint(
                condition=Q(state="published", published_at__isnull=False)
                | (~Q(state="published") & Q(published_at=None)),
                name="digest_published_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.date}"


class DigestItemQuerySet(models.QuerySet["DigestItem"]):
    def in_page_order(self) -> DigestItemQuerySet:
        """The items that readers see, without those that an editor dropped."""
        return self.filter(is_dropped=False).order_by("position")


class DigestItem(models.Model):
    """A story placed in a digest: text, rank and reasons copied at composition."""

    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(help_text="Page order, from 1.")
    section = models.CharField(max_length=10, choices=Section)
    story = models.ForeignKey(Story, on_delete=models.PROTECT, related_name="digest_items")
    headline = models.CharField(max_length=200)
    theme = models.CharField(max_length=20, choices=Theme)
    why_ranked = models.JSONField(default=dict)
    labels = models.JSONField(default=list, help_text="Old news, what is new since, what it follows up.")
    origins = models.JSONField(null=True, blank=True, help_text="Who found it out; empty in digests of before.")
    sentences = models.JSONField(default=list)
    sources = models.JSONField(default=list)
    is_headline_edited = models.BooleanField(default=False, help_text="An editor wrote it, here or for the story.")
    is_rewritten = models.BooleanField(default=False, help_text="An editor wrote its headline or a sentence.")
    is_placed = models.BooleanField(default=False, help_text="An editor chose its place.")
    is_added = models.BooleanField(default=False, help_text="An editor put it in.")
    is_dropped = models.BooleanField(default=False, help_text="An editor took it out; it keeps its text.")

    objects = DigestItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "position"], condition=Q(is_dropped=False), name="item_unique_position"
            ),
            models.UniqueConstraint(fields=["digest", "story"], name="item_unique_story"),
        ]

    def __str__(self) -> str:
        return self.headline


class Preview(models.Model):
    """An edition's next digest as it stood when this was made; told in brief, published nowhere."""

    edition = models.OneToOneField(Edition, on_delete=models.CASCADE, related_name="preview")
    document = models.JSONField(help_text="As the export schema has it, with the state `preview`.")
    made_from = models.CharField(max_length=100, help_text="What it was made from: another one when this changes.")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.edition_id} {self.made_at}"


class Sequel(models.Model):
    """What a later digest told of a published item: how its story has changed, and maybe a proposed correction."""

    class State(models.TextChoices):
        LINKED = "linked", "Linked"
        PROPOSED = "proposed", "Correction proposed"
        ACCEPTED = "accepted", "Corrected"
        DISMISSED = "dismissed", "Dismissed"

    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, related_name="sequels")
    position = models.PositiveSmallIntegerField(help_text="The item that was told first.")
    later = models.ForeignKey(Digest, on_delete=models.CASCADE, related_name="+")
    later_position = models.PositiveSmallIntegerField(help_text="The item that tells what has changed.")
    words = models.TextField(help_text="What has changed, as the later item's label says it.")
    text = models.TextField(help_text="The correction proposed, or what it would be.")
    state = models.CharField(max_length=10, choices=State)
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "position", "later"], name="sequel_unique_item_later"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(state="proposed"), name="sequel_proposed"),
        ]

    def __str__(self) -> str:
        return self.words[:80]


class Correction(models.Model):
    """A recorded change to something already published."""

    digest = models.ForeignKey(Digest, on_delete=models.PROTECT, related_name="corrections")
    position = models.PositiveSmallIntegerField(null=True, blank=True, help_text="The item it concerns.")
    text = models.TextField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text[:80]
