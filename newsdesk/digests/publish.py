"""Publish a digest, and keep an edition's digests coming: what the last stage of the line does."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction

from newsdesk.digests.building.daily import build_digest, build_draft
from newsdesk.digests.building.weekly import build_week, closes_week
from newsdesk.digests.due import due_dates, has_read_anything, has_stood, last_published, must_wait, was_watching
from newsdesk.digests.editions import DAILY_EDITION, SAMPLE_EDITION, WEEKLY_EDITION
from newsdesk.digests.gaps import forget_gaps_ahead, note_gaps
from newsdesk.digests.journal import subject_of
from newsdesk.digests.models import Digest, Edition
from newsdesk.digests.refused import AlreadyApproved, AlreadyPublished, ChangedMeanwhile, NotYetDue
from newsdesk.digests.sequels import note_sequels
from newsdesk.digests.window import Hours, window_of
from newsdesk.journal.note import Actor, note_change

logger = logging.getLogger(__name__)


def publish_digest(digest: Digest, *, now: datetime, actor: Actor = None) -> None:
    """Publish a digest that was built, as it was read and at most once, by one conditional UPDATE.

    Raises:
        AlreadyPublished: Somebody has published it.
        NotYetDue: Its cut-off is after `now`.
        ChangedMeanwhile: It is not as it was read any more.
    """
    if digest.window_to > now:
        raise NotYetDue(
            f"The digest of {digest.date} covers what is seen until {digest.window_to:%Y-%m-%d %H:%M} UTC; "
            "it is published then, not before."
        )
    with transaction.atomic():
        as_read = Digest.objects.filter(pk=digest.pk, state=digest.state, edits=digest.edits)
        unpublished = as_read.exclude(state=Digest.State.PUBLISHED)
        if not unpublished.update(state=Digest.State.PUBLISHED, published_at=now):
            if Digest.objects.filter(pk=digest.pk, state=Digest.State.PUBLISHED).exists():
                raise AlreadyPublished(f"The digest of {digest.date} is published already.")
            raise ChangedMeanwhile(f"The digest of {digest.date} was changed while it was being published.")
        before, after = {"state": digest.state}, {"state": Digest.State.PUBLISHED, "title": digest.title}
        note_change("digest.publish", subject_of(digest), actor=actor, now=now, before=before, after=after)
        note_sequels(digest, now=now)
    digest.refresh_from_db()


def publish_due(*, now: datetime) -> int:
    """Build and publish what is due of the settings' edition; returns how many digests were published.

    At the review hour before the next cut-off it stores that digest's draft for editors.

    Due is the latest date whose cut-off has passed (in the sample edition every date that has news). It waits, for at
    most 20 minutes after the cut-off (or, at a first start, after the first reading), while feeds that were never read
    and entries seen before it are still on their way through earlier stages. A date in whose window nobody watched is
    not published but, after as long, noted as a gap; so long waits as well what is further than the next date. A draft
    is built again, with what editors changed, and published; an approved digest is published as it stands, without
    waiting for anything.
    """
    edition = Edition.objects.get(slug=settings.EDITION)
    forget_gaps_ahead(edition, now)
    if has_stood(edition, now):
        note_gaps(edition, now)
    published = sum(_publish_date(edition, day, now) for day in due_dates(edition, now))
    published += _publish_week(now) if edition.slug == DAILY_EDITION else 0
    _draft_for_review(edition, now)
    return published


def _publish_date(edition: Edition, day: date, now: datetime) -> int:
    after, until = window_of(day)
    digest = edition.digests.filter(date=day, state=Digest.State.APPROVED).first()
    if digest is None and (must_wait(after, until, now) or not _may_claim(edition, day, now)):
        return 0
    try:
        digest = digest or build_digest(edition, day, now=now)
        publish_digest(digest, now=now)
    except (AlreadyPublished, AlreadyApproved, ChangedMeanwhile):
        return 0  # another worker was faster, or an editor: the next sweep looks again
    logger.info("published the digest of %s: %s", day, digest.title)
    return 1


def _may_claim(edition: Edition, day: date, now: datetime) -> bool:
    """Whether a digest may say what happened on that date: somebody watched, and no clock has merely jumped there."""
    if edition.gaps.filter(date=day).exists() or not was_watching(*window_of(day)):
        return False
    return _is_in_turn(edition, day, now)


def _is_in_turn(edition: Edition, day: date, now: datetime) -> bool:
    """Whether a date is no further than the next, or has stood as the latest for a while."""
    last = last_published(edition)
    return last is None or day <= last + timedelta(days=1) or has_stood(edition, now)


def _draft_for_review(edition: Edition, now: datetime) -> None:
    """Store the draft of the next digest once, as far as it is in, when its review hour has come."""
    day = Hours.of_settings().date_of(now)
    until = window_of(day)[1]
    review = until - timedelta(minutes=settings.DIGEST_REVIEW_MINUTES)
    if edition.slug == SAMPLE_EDITION or not review <= now < until or not has_read_anything(now):
        return
    if not _is_in_turn(edition, day, now):
        return
    if not edition.digests.filter(date=day).exists():
        digest = build_draft(edition, day, now=now)
        logger.info("the draft of %s is in the admin for review: %s", day, digest.title)


def _publish_week(now: datetime) -> int:
    """Publish the week that closes with the latest daily digest, once that one is published."""
    day = Hours.of_settings().latest_date(now)
    weekly = Digest.objects.filter(edition__slug=WEEKLY_EDITION, date=day)
    if not closes_week(day) or weekly.filter(state=Digest.State.PUBLISHED).exists():
        return 0
    try:
        digest = weekly.exclude(state=Digest.State.DRAFT, edits=0).first() or build_week(day, now=now)
        publish_digest(digest, now=now)
    except (AlreadyApproved, AlreadyPublished, ChangedMeanwhile, NotYetDue):
        return 0  # another worker was faster, or an editor; or there is no week of that day
    logger.info("published the weekly digest of %s: %s", day, digest.title)
    return 1
