"""Build the weekly digest of a date from the published daily ones, and store it in one short transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from newsdesk.digests.building.coverage import count_coverage
from newsdesk.digests.building.week_from_days import FEWEST_DIGESTS, CurrentStory, Week, compose_week, days_of
from newsdesk.digests.documents.document import as_document
from newsdesk.digests.editions import DAILY_EDITION, WEEKLY_EDITION
from newsdesk.digests.models import Digest, DigestItem, Edition, Gap
from newsdesk.digests.refused import AlreadyApproved, AlreadyPublished, NotYetDue, too_early
from newsdesk.digests.shape import CoverageJson, Document, ItemJson
from newsdesk.digests.window import window_of
from newsdesk.stories.models import Story


class NoWeek(NotYetDue):
    """There is no weekly digest of that date; the message says why."""


def closes_week(day: date) -> bool:
    """Whether a weekly digest is dated `day` by the settings."""
    return f"{day:%A}".lower() == settings.WEEKLY_DAY


def build_week(day: date, *, now: datetime) -> Digest:
    """Build the weekly digest of `day`, or build it again while it is a draft that no editor has changed.

    Raises:
        AlreadyPublished: It has been published.
        AlreadyApproved: Editors have changed or approved it.
        NotYetDue: Its cut-off is after `now`, or the daily digest of `day` is not published yet and will be.
        NoWeek: The week does not close on that day, or has too few daily digests.
    """
    until = window_of(day)[1]
    if until > now:
        raise too_early(day, until)
    if not closes_week(day):
        raise NoWeek(f"The weekly digest is dated {settings.WEEKLY_DAY.capitalize()}s, and {day} is a {day:%A}.")
    first, last = days_of(day)
    published = Digest.objects.filter(edition__slug=DAILY_EDITION, state=Digest.State.PUBLISHED)
    digests = list(published.filter(date__range=(first, last)).select_related("edition").order_by("date"))
    is_gap = Gap.objects.filter(edition__slug=DAILY_EDITION, date=day).exists()
    if not is_gap and not any(digest.date == day for digest in digests):
        raise NotYetDue(f"The week closes with the daily digest of {day}, which is not published yet.")
    if len(digests) < FEWEST_DIGESTS:
        raise NoWeek(f"The week to {day} has one daily digest: there is nothing to gather.")
    documents = [as_document(digest) for digest in digests]
    current = _current_stories({item["story"] for document in documents for item in document["items"]})
    coverage = _coverage(day, documents)
    return _store(day, compose_week(documents, day=day, current=current, coverage=coverage), coverage, now)


def _current_stories(public_ids: Iterable[str]) -> dict[str, CurrentStory]:
    """What each story that was told is by now, mergers followed; without those that are hidden."""
    rows = {row.pk: row for row in Story.objects.filter(public_id__in=sorted(set(public_ids)))}
    told = list(rows.values())
    while missing := {pk for row in rows.values() for pk in (row.merged_into_id, row.thread_id) if pk} - set(rows):
        rows.update(Story.objects.in_bulk(list(missing)))

    def unmerged(row: Story) -> Story:
        while row.merged_into_id:
            row = rows[row.merged_into_id]
        return row

    found: dict[str, CurrentStory] = {}
    for row in told:
        kept = unmerged(row)
        if not kept.is_hidden:
            root = unmerged(rows[kept.thread_id]) if kept.thread_id else kept
            found[row.public_id] = CurrentStory(kept.public_id, root.public_id)
    return found


def _coverage(day: date, documents: Sequence[Document]) -> CoverageJson:
    """The week's own count, for a publisher of seven days is one publisher.

    Only what was told in other languages alone is the sum of the days: it leaves no row to count again.
    """
    first, last = days_of(day)
    untold = sum(document["coverage"].get("other_languages", 0) for document in documents)
    return count_coverage(window_of(first)[0], window_of(last)[1], untold=untold)


def _store(day: date, week: Week, coverage: CoverageJson, now: datetime) -> Digest:
    """Write the digest and its items at once, replacing what an earlier build wrote."""
    first, last = days_of(day)
    said = {
        "title": week.title,
        "dek": week.dek[:500],
        "window_from": window_of(first)[0],
        "window_to": window_of(last)[1],
        "coverage": coverage,
        "pattern": list(week.pattern),
        "watch": list(week.watch),
        "manifest": {**week.manifest, "settings": _settings()},
        "built_at": now,
    }
    stories = dict(Story.objects.filter(public_id__in=[i["story"] for i in week.items]).values_list("public_id", "pk"))
    with transaction.atomic():
        # The edition's row is the lock: two builders take turns, and numbers stay unique.
        edition = Edition.objects.select_for_update().get(slug=WEEKLY_EDITION)
        digest = edition.digests.filter(date=day).first()
        if digest is None:
            number = (edition.digests.aggregate(last=Max("number"))["last"] or 0) + 1
            digest = Digest.objects.create(edition=edition, date=day, number=number, **said)
        elif digest.state == Digest.State.PUBLISHED:
            raise AlreadyPublished(f"The weekly digest of {day} is published; record a correction instead.")
        elif digest.state == Digest.State.APPROVED or digest.edits:
            raise AlreadyApproved(f"Editors have changed or approved the weekly digest of {day}: it stays as it is.")
        else:
            edition.digests.filter(pk=digest.pk).update(**said)
            digest.items.all().delete()
        DigestItem.objects.bulk_create([_row(digest, item, stories[item["story"]]) for item in week.items])
    digest.refresh_from_db()
    return digest


def _row(digest: Digest, item: ItemJson, story_id: int) -> DigestItem:
    return DigestItem(
        digest=digest,
        position=item["position"],
        section=item["section"],
        story_id=story_id,
        headline=item["headline"],
        is_headline_edited="headline_by" in item,
        theme=item["theme"],
        labels=item.get("labels", []),
        origins=item.get("origins"),
        why_ranked=item["why_ranked"],
        sentences=item["sentences"],
        sources=item["sources"],
    )


def _settings() -> dict[str, object]:
    return {
        "digest_hour": settings.DIGEST_HOUR,
        "digest_time_zone": str(settings.DIGEST_TIME_ZONE),
        "weekly_day": settings.WEEKLY_DAY,
    }
