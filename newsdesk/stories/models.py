"""What happened: which entries copy one another, and which tell the same story."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from feeds.models import ArticleText, Entry
from newsdesk.journal.models import Change
from newsdesk.lease import Lease as Lease  # its table is this app's
from newsdesk.stories.themes import Theme
from newsdesk.stories.unsure import (
    SURE_THEME_PROBABILITY,
    UNSURE_RELEVANCE_FROM,
    UNSURE_RELEVANCE_UNTIL,
    is_relevance_unsure,
    is_theme_unsure,
)


class FingerprintQuerySet(models.QuerySet["Fingerprint"]):
    def awaiting_clustering(self) -> FingerprintQuerySet:
        """Fingerprints whose entry has not been put into a story."""
        return self.filter(awaits_clustering=True)


class Fingerprint(models.Model):
    """What an entry's text looks like to the duplicate finder, and the original that it copies."""

    class Kind(models.TextChoices):
        ORIGINAL = "original", "Original"
        SAME_URL = "same_url", "Same address"
        EXACT = "exact", "Exact copy"
        NEAR = "near", "Near copy"

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, related_name="fingerprint")
    text = models.ForeignKey(ArticleText, on_delete=models.PROTECT, related_name="+", help_text="The text it is of.")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.ORIGINAL)
    original = models.ForeignKey(
        Entry,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="copies",
        help_text="Never itself a copy: copies are not chained.",
    )
    # The database has the default as well, so that what older code stores while it still runs is pending too.
    awaits_clustering = models.BooleanField(default=True, db_default=True, help_text="It is news in no story yet.")

    objects = FingerprintQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["entry"], name="fingerprint_awaits_clustering", condition=Q(awaits_clustering=True)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(original=None) | ~Q(original=F("entry")), name="fingerprint_not_a_copy_of_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.entry_id}"


class FingerprintKey(models.Model):
    """A key by which copies of an original are found (`fingerprint.Print.keys`); gone when it is too old to matter."""

    fingerprint = models.ForeignKey(Fingerprint, on_delete=models.CASCADE, related_name="keys")
    key = models.BigIntegerField()
    seen_at = models.DateTimeField(db_index=True, help_text="The entry's.")

    class Meta:
        indexes = [
            models.Index(fields=["key", "seen_at"], name="fingerprint_key_seen"),
        ]

    def __str__(self) -> str:
        return f"{self.key:x}"


class StoryQuerySet(models.QuerySet["Story"]):
    def standing(self) -> StoryQuerySet:
        """Stories that have not been merged into another."""
        return self.filter(merged_into=None)

    def unclassified(self) -> StoryQuerySet:
        """Standing stories whose theme and thread were decided on an older version."""
        return self.standing().filter(classified_version__lt=F("version"))

    def theme_unsure(self) -> StoryQuerySet:
        """Relevant standing stories of whose theme the line is unsure, and neither editor nor model has decided."""
        doubtful = Q(theme_probability__lt=SURE_THEME_PROBABILITY, is_theme_edited=False, judged_by="")
        return self.standing().filter(doubtful, is_relevant=True)

    def relevance_unsure(self) -> StoryQuerySet:
        """Standing stories of whose relevance the line is unsure, and no model has decided."""
        doubtful = Q(relevance__gte=UNSURE_RELEVANCE_FROM, relevance__lt=UNSURE_RELEVANCE_UNTIL, judged_by="")
        return self.standing().filter(doubtful)


class Story(models.Model):
    """One event as reported by one or more entries; permanent, merged ones redirect."""

    public_id = models.CharField(max_length=16, unique=True, help_text="From its first entry; never changes.")
    headline = models.CharField(max_length=1000)
    first_seen_at = models.DateTimeField(db_index=True)
    last_seen_at = models.DateTimeField(db_index=True)
    version = models.PositiveIntegerField(default=1, help_text="Bumped with every change of coverage.")
    classified_version = models.PositiveIntegerField(default=0)
    theme = models.CharField(max_length=20, choices=Theme, blank=True)
    second_theme = models.CharField(max_length=20, choices=Theme, blank=True)
    theme_probability = models.FloatField(null=True, blank=True)
    second_theme_probability = models.FloatField(null=True, blank=True, help_text="Of the line's own second theme.")
    judged_by = models.CharField(
        max_length=200, blank=True, help_text="The model that decided what the line was unsure of."
    )
    asked_version = models.PositiveIntegerField(default=0, help_text="The last version that a model was asked about.")
    relevance = models.FloatField(null=True, blank=True, help_text="Probability that it is AI-industry news.")
    is_relevant = models.BooleanField(null=True, blank=True)
    language = models.CharField(max_length=12, blank=True)
    thread = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="follow_ups",
        help_text="The first story of the thread that this one follows up.",
    )
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_from")
    is_headline_edited = models.BooleanField(default=False, help_text="An editor's: the line leaves it alone.")
    is_theme_edited = models.BooleanField(default=False, help_text="An editor's: the line leaves it alone.")
    is_pinned = models.BooleanField(default=False, help_text="Ranks before all others.")
    is_hidden = models.BooleanField(default=False, help_text="In no digest, list or search.")
    edits = models.PositiveIntegerField(default=0, help_text="Bumped with every editor's change.")

    objects = StoryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="story_not_merged_into_itself"
            ),
            models.CheckConstraint(condition=Q(thread=None) | ~Q(thread=F("id")), name="story_not_its_own_thread"),
        ]
        verbose_name_plural = "stories"
        indexes = [
            models.Index(fields=["theme", "last_seen_at"], name="story_theme_seen"),
            models.Index(fields=["is_relevant", "last_seen_at"], name="story_relevant_seen"),
            models.Index(fields=["relevance"], name="story_relevance"),
            models.Index(fields=["last_seen_at"], name="story_pinned", condition=Q(is_pinned=True)),
            models.Index(fields=["last_seen_at"], name="story_hidden", condition=Q(is_hidden=True)),
            # Led by a column that is always empty here, or SQLite would prefer the index of merged stories for that.
            models.Index(
                fields=["merged_into", "first_seen_at", "id"],
                name="story_to_classify",
                condition=Q(merged_into=None, classified_version__lt=F("version")),
            ),
        ]

    def __str__(self) -> str:
        return self.headline

    @property
    def is_edited(self) -> bool:
        """Whether an editor renamed, pinned or hid it or set its theme: then no repair touches it."""
        return self.is_headline_edited or self.is_theme_edited or self.is_pinned or self.is_hidden

    @property
    def is_theme_unsure(self) -> bool:
        """Whether the line is unsure of the theme, and neither editor nor model has decided."""
        if self.theme_probability is None or self.is_theme_edited or self.judged_by:
            return False
        return is_theme_unsure(self.theme_probability)

    @property
    def is_relevance_unsure(self) -> bool:
        """Whether the line is unsure of the relevance, and no model has decided."""
        return self.relevance is not None and not self.judged_by and is_relevance_unsure(self.relevance)


# A report that joined less probably than this is related to the story and may tell another event. On labelled days 14
# of the 30 pairs below it were wrong, and 4 of the 62 above (`docs/evaluation.md`).
STRONG_JOIN = 0.6


class CoverageQuerySet(models.QuerySet["Coverage"]):
    def of_the_event(self) -> CoverageQuerySet:
        """Without the reports that are only related to their story (`Coverage.is_related`)."""
        return self.filter(Q(similarity=None) | Q(similarity__gte=STRONG_JOIN))


class Coverage(models.Model):
    """An entry's place in exactly one story."""

    class Role(models.TextChoices):
        REPORT = "report", "Report"
        COPY = "copy", "Copy"
        ROUND_UP = "round_up", "Round-up"

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, related_name="coverage")
    story = models.ForeignKey(Story, on_delete=models.PROTECT, related_name="coverage")
    role = models.CharField(max_length=10, choices=Role, default=Role.REPORT)
    similarity = models.FloatField(
        null=True, blank=True, help_text="To the story when it joined, 0 to 1; empty: founded it."
    )
    text = models.ForeignKey(
        ArticleText, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="What was compared."
    )
    clustered_at = models.DateTimeField()

    objects = CoverageQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "coverage"

    def __str__(self) -> str:
        return f"{self.entry_id} in {self.story_id}"

    @property
    def is_related(self) -> bool:
        """Whether it joined so weakly that it counts for nothing of what is said of the story's event."""
        return self.similarity is not None and self.similarity < STRONG_JOIN


class Vector(models.Model):
    """What a text means to a sentence-embedding model; made once, before the text's entry is clustered."""

    text = models.ForeignKey(ArticleText, on_delete=models.CASCADE, related_name="vectors")
    model = models.CharField(max_length=200, help_text="The embedder's name: the model, its hash or place, its form.")
    values = models.BinaryField(help_text="A unit vector, little-endian float16.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "text"], name="vector_unique")]

    def __str__(self) -> str:
        return f"{self.text_id[:12]} {self.model}"


class Constraint(models.Model):
    """An editor's word that two entries tell one story, or that they do not: kept for ever, unless undone."""

    class Kind(models.TextChoices):
        MUST_LINK = "must_link", "Tell one story"
        CANNOT_LINK = "cannot_link", "Tell two stories"

    kind = models.CharField(max_length=12, choices=Kind)
    one = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+", help_text="The entry with the lower id.")
    other = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+")
    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="+", help_text="The edit that said so.")
    made_at = models.DateTimeField()
    is_withdrawn = models.BooleanField(default=False, help_text="Undone, or contradicted by a later edit.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["one", "other"], condition=Q(is_withdrawn=False), name="constraint_unique_standing"
            ),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="constraint_ordered"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.one_id} {self.other_id}"
