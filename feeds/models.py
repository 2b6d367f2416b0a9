"""What publishers said: publishers, their feeds, the entries in them and the readable text of each."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

# Feeds of a recorded stream have no address to poll; their URL starts with this.
RECORDING_SCHEME = "recording:"
# A feed that fails once may have met a hiccup; one that fails this often in a row is called failing.
FAILING_AFTER = 3
# The machine's clock may be set by so much; what lies further ahead was written while it was wrong.
CLOCK_SLACK = timedelta(hours=1)
# Codes of `last_error_code` beside those of a failed fetch.
MALFORMED = "malformed"  # read in part
EMPTY = "empty"  # a feed without an entry
REFUSED = "refused"  # the server keeps programs out
GONE = "gone"


class Publisher(models.Model):
    """An organisation with feeds; publishers of one owner group do not corroborate each other."""

    class Kind(models.TextChoices):
        WIRE = "wire", "Wire service"
        REPORT = "report", "Reporting"
        PRIMARY = "primary", "Primary source"
        OPINION = "opinion", "Opinion"

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    homepage = models.URLField(max_length=500, blank=True)
    owner_group = models.CharField(max_length=200, blank=True, help_text="Empty: the publisher itself.")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.REPORT)
    standing = models.FloatField(default=0.5, help_text="Weight in ranking, 0 to 1.")
    has_paywall = models.BooleanField(default=False)
    language = models.CharField(max_length=12, default="en")
    note = models.TextField(blank=True, help_text="For example: feed known to be blocked or empty.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(standing__gte=0, standing__lte=1), name="publisher_standing_is_a_share"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def owner(self) -> str:
        """The name under which independence is counted."""
        return self.owner_group or self.slug


class FeedQuerySet(models.QuerySet["Feed"]):
    def unclaimed(self, now: datetime) -> FeedQuerySet:
        """Feeds that no worker holds at `now`; a claim for longer than anybody makes one is of a wrong clock."""
        return self.filter(Q(claimed_until=None) | Q(claimed_until__lte=now) | Q(claimed_until__gt=now + CLOCK_SLACK))

    def due(self, now: datetime) -> FeedQuerySet:
        """Feeds to poll: active, their next poll time reached, and not claimed by another worker.

        A feed that was polled in the future, for the clock had run ahead, is due as well.
        """
        is_due = Q(next_poll_at__lte=now) | Q(polled_at__gt=now + CLOCK_SLACK)
        return self.unclaimed(now).filter(is_due, is_active=True)

    def off(self) -> FeedQuerySet:
        """Feeds that are not polled."""
        return self.filter(is_active=False)

    def failing(self) -> FeedQuerySet:
        """Feeds of which several polls in a row failed."""
        return self.filter(is_active=True, failure_count__gte=FAILING_AFTER)

    def waiting(self) -> FeedQuerySet:
        """Feeds that have not answered yet, nor failed often."""
        return self.filter(is_active=True, failure_count__lt=FAILING_AFTER, succeeded_at=None)

    def answering(self) -> FeedQuerySet:
        """Feeds that answered, lately at least."""
        return self.filter(is_active=True, failure_count__lt=FAILING_AFTER, succeeded_at__isnull=False)

    def claim(self, feed_id: int, now: datetime, until: datetime, *, force: bool = False) -> bool:
        """Claim a due feed (with `force` any) by one conditional UPDATE; False if somebody else has it."""
        free = self.unclaimed(now) if force else self.due(now)
        return free.filter(pk=feed_id).update(claimed_until=until) == 1


class Feed(models.Model):
    """One polled URL: RSS, Atom or JSON Feed."""

    publisher = models.ForeignKey(Publisher, on_delete=models.PROTECT, related_name="feeds")
    url = models.URLField(max_length=2000, unique=True)
    title = models.CharField(max_length=500, blank=True)
    language = models.CharField(max_length=12, blank=True, help_text="As the feed declares it.")
    covers_only_ai = models.BooleanField(default=False, help_text="Every entry is AI-industry news.")
    is_active = models.BooleanField(default=True)

    etag = models.CharField(max_length=1000, blank=True)
    last_modified = models.CharField(max_length=200, blank=True)
    next_poll_at = models.DateTimeField(db_index=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    polled_at = models.DateTimeField(null=True, blank=True)
    succeeded_at = models.DateTimeField(null=True, blank=True, help_text="Last poll that gave a valid feed or a 304.")
    answers_since = models.DateTimeField(
        null=True, blank=True, help_text="It has answered from here to the last success without a long gap."
    )
    answered_before = models.DateTimeField(null=True, blank=True, help_text="Its last answer before that gap.")
    failure_count = models.PositiveIntegerField(default=0, help_text="Failures since the last success.")
    last_error_code = models.CharField(max_length=40, blank=True)
    last_error = models.CharField(max_length=1000, blank=True, help_text="In plain words.")
    moved_to = models.URLField(max_length=2000, blank=True, help_text="Permanent redirect seen, not yet taken.")
    moved_seen_at = models.DateTimeField(null=True, blank=True)

    objects = FeedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["is_active", "failure_count"], name="feed_health"),
            models.Index(fields=["last_error_code"], name="feed_error", condition=Q(last_error_code__gt="")),
        ]

    def __str__(self) -> str:
        return self.title or self.url


class HostClaimQuerySet(models.QuerySet["HostClaim"]):
    def free_for(self, holder: str, now: datetime) -> HostClaimQuerySet:
        """Hosts that no other run holds at `now`."""
        return self.filter(Q(claimed_until__lte=now) | Q(holder=holder))


class HostClaim(models.Model):
    """A host that one run of polling or extracting asks, and no other meanwhile."""

    name = models.CharField(max_length=255, primary_key=True, help_text="What for, host and port.")
    holder = models.CharField(max_length=32, blank=True)
    claimed_until = models.DateTimeField()

    objects = HostClaimQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class EntryQuerySet(models.QuerySet["Entry"]):
    def unclaimed(self, now: datetime) -> EntryQuerySet:
        """Entries whose page no worker is reading at `now`; a claim of a wrong clock counts for nothing."""
        until = "extraction_claimed_until"
        free = Q(**{until: None}) | Q(**{f"{until}__lte": now}) | Q(**{f"{until}__gt": now + CLOCK_SLACK})
        return self.filter(free)

    def without_article(self) -> EntryQuerySet:
        """Entries without an article outcome; found by the index of those that await one."""
        return self.filter(awaits_extraction=True, article=None)

    def extraction_due(self, now: datetime) -> EntryQuerySet:
        """Unclaimed entries without an article outcome, or with a failed one whose retry time has come.

        The two are found by an index each, and by none if they are joined by OR.
        """
        failed = Article.objects.filter(outcome=Article.Outcome.FAILED, retry_at__lte=now)
        due = Entry.objects.without_article().values("pk").union(failed.values("entry"), all=True)
        return self.unclaimed(now).filter(pk__in=due)

    def claim_extraction(self, entry_id: int, now: datetime, until: datetime) -> bool:
        """Claim a due entry until `until` by one conditional UPDATE; False if it is not due or somebody else has it."""
        # PostgreSQL checks the outer condition again when it had to wait for the row, but not the subqueries'.
        article = Article.objects.filter(entry=OuterRef("pk"))
        failed = article.filter(outcome=Article.Outcome.FAILED, retry_at__lte=now)
        due = self.unclaimed(now).filter(~Exists(article) | Exists(failed), pk=entry_id)
        return due.update(extraction_claimed_until=until, extraction_claims=F("extraction_claims") + 1) == 1


class Entry(models.Model):
    """One item as a publisher published it. All text fields are plain text, scrubbed at ingest."""

    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="entries")
    guid = models.CharField(max_length=500, help_text="The publisher's id; a longer one is stored as its SHA-256.")
    url = models.URLField(max_length=2000, blank=True)
    canonical_url = models.CharField(max_length=2000, blank=True, help_text="Without tracking and fragments.")
    title = models.CharField(max_length=1000)
    author = models.CharField(max_length=300, blank=True)
    summary = models.TextField(blank=True)
    body = models.TextField(blank=True, help_text="Full text, where the feed carries it.")
    language = models.CharField(max_length=12, blank=True)
    published_at = models.DateTimeField(null=True, blank=True, help_text="The publisher says; never after seen_at.")
    seen_at = models.DateTimeField(help_text="First seen; for the backlog of a first poll, published_at.")
    is_news = models.BooleanField(default=True, help_text="False: older than the news window when first seen.")
    content_hash = models.CharField(max_length=64, help_text="SHA-256 over what was published: insert, update or skip.")
    updated_at = models.DateTimeField(null=True, blank=True)
    extraction_claimed_until = models.DateTimeField(null=True, blank=True)
    extraction_claims = models.PositiveSmallIntegerField(default=0, help_text="Since the last outcome.")
    # The database has the default as well, so that what older code stores while it still runs is pending too.
    awaits_extraction = models.BooleanField(default=True, db_default=True, help_text="It has no article outcome yet.")

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feed", "guid"], name="entry_unique_feed_guid"),
        ]
        indexes = [
            models.Index(fields=["seen_at", "id"], name="entry_seen"),
            models.Index(fields=["canonical_url"], name="entry_canonical_url"),
            models.Index(fields=["id"], name="entry_awaits_extraction", condition=Q(awaits_extraction=True)),
        ]
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return self.title

    @property
    def public_id(self) -> str:
        """The record's own id for entries of a recorded stream, our number for others. Needs `feed` loaded."""
        return self.guid if self.feed.url.startswith(RECORDING_SCHEME) else str(self.pk)


class ArticleText(models.Model):
    """An immutable text, kept for ever by its hash: what receipts point into.

    `text` is the title, a blank line, then the body; offsets count Unicode code points.
    """

    sha256 = models.CharField(max_length=64, primary_key=True)
    text = models.TextField()
    created_at = models.DateTimeField()
    purged_at = models.DateTimeField(null=True, blank=True, help_text="Taken down: text emptied, hash kept.")

    def __str__(self) -> str:
        return self.sha256[:12]


class ArticleQuerySet(models.QuerySet["Article"]):
    def untaken(self) -> ArticleQuerySet:
        """Articles whose text the later stages have not taken up."""
        return self.exclude(taken_text=F("text"))


class Article(models.Model):
    """The outcome of extracting an entry's readable text."""

    class Outcome(models.TextChoices):
        DONE = "done", "Done"
        SKIPPED = "skipped", "Skipped"
        FAILED = "failed", "Failed"

    class Origin(models.TextChoices):
        PAGE = "page", "The publisher's page"
        FEED = "feed", "The feed"

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, related_name="article")
    outcome = models.CharField(max_length=10, choices=Outcome)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.FEED)
    text = models.ForeignKey(ArticleText, on_delete=models.PROTECT, related_name="articles")
    author = models.CharField(max_length=300, blank=True)
    published_at = models.DateTimeField(null=True, blank=True, help_text="As the page says.")
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True, help_text="Why skipped or failed, in plain words.")
    extracted_at = models.DateTimeField()
    # Whatever changes the text makes it pending by that alone, for the two then differ.
    taken_text = models.CharField(
        max_length=64, blank=True, default="", db_default="", help_text="The text that later stages have taken up."
    )

    objects = ArticleQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["retry_at"], name="article_retry", condition=Q(outcome="failed")),
            models.Index(fields=["entry"], name="article_untaken", condition=~Q(taken_text=F("text"))),
            models.Index(fields=["extracted_at"], name="article_extracted"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.entry_id}"
