"""Build the digest of a date: rank, merge with what editors did, tell, compose, and store it at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from newsdesk.digests.building.coverage import count_coverage
from newsdesk.digests.building.merge import News, Parts, merge
from newsdesk.digests.building.rows import row_of, standings
from newsdesk.digests.choosing.candidate import Candidate, EarlierItem
from newsdesk.digests.choosing.held_back import MOST_HELD_BACK, HeldBack, irrelevant
from newsdesk.digests.choosing.placing import place
from newsdesk.digests.composing.compose import compose
from newsdesk.digests.composing.item import Item
from newsdesk.digests.documents.document import preview_document
from newsdesk.digests.journal import note_edit
from newsdesk.digests.models import Digest, DigestItem, Edition
from newsdesk.digests.refused import AlreadyApproved, AlreadyPublished, too_early
from newsdesk.digests.shape import Document, Section
from newsdesk.digests.telling import plainly
from newsdesk.digests.telling.receipts import Draft
from newsdesk.digests.telling.tell import Model, tell_at_most
from newsdesk.digests.window import Hours, window_of
from newsdesk.journal.note import Actor
from newsdesk.llm.deadline import Deadline
from newsdesk.stories.ranking.novelty import Kind
from newsdesk.stories.ranking.rank import passed_over, rank_stories

# A story that no digest told for so long is told anew.
REMEMBERED = timedelta(days=60)
PREVIEW_SENTENCES = {Section.LEAD: 3, Section.BIG: 1, Section.SHORT: 1}


def build_digest(edition: Edition, day: date, *, now: datetime, model: Model = "ask", actor: Actor = None) -> Digest:
    """Build the edition's digest of `day`, or build it again while it is a draft; what editors changed stays.

    Where no model may be asked, or one gives no acceptable answer in the time that all of them share, stories are told
    in their sources' words.

    Raises:
        AlreadyPublished: It has been published.
        AlreadyApproved: It has been approved.
        NotYetDue: Its cut-off is after `now`.
    """
    after, until = window_of(day)
    if until > now:
        raise too_early(day, until)
    return _build(edition, day, (after, until), now=now, model=model, actor=actor)


def build_draft(edition: Edition, day: date, *, now: datetime, model: Model = "ask", actor: Actor = None) -> Digest:
    """Build the edition's digest of `day` from what is in at `now`, be it before the cut-off; else as `build_digest`.

    Raises:
        AlreadyPublished: It has been published.
        AlreadyApproved: It has been approved.
        NotYetDue: The cut-off before its own is not passed at `now`.
    """
    after, until = window_of(day)
    if after >= now:
        raise too_early(day, until)
    return _build(edition, day, (after, min(until, now)), now=now, model=model, actor=actor)


def _build(
    edition: Edition, day: date, seen: tuple[datetime, datetime], *, now: datetime, model: Model, actor: Actor
) -> Digest:
    """Build from what was seen in the span (from, to]."""
    _refuse_finished(edition.digests.filter(date=day).first(), day)
    news = _read_news(edition, day, *seen)
    told: dict[tuple[int, str], Draft] = {}
    within = Deadline(settings.LLM_SECONDS_PER_DIGEST)
    while True:  # an editor's change meanwhile is merged in anew; people are slower than this
        before = edition.digests.filter(date=day).first()
        parts = merge(news, before, told, now, model, within)
        digest = _store(edition, before, news, parts, now, actor)
        if digest is not None:
            return digest


def preview_digest(edition: Edition, *, now: datetime) -> Document:
    """The document of the next digest as it stands, told in brief and without a model; nothing is stored."""
    day = Hours.of_settings().date_of(now)
    after, until = window_of(day)
    placing = place(_candidates(edition, day, after, now), after=after)
    drafts = {
        candidate.story.id: tell_at_most(candidate.story, PREVIEW_SENTENCES[section])
        for section, candidate in placing.in_order()
    }
    composition = compose(placing, drafts, until=now)
    coverage = count_coverage(after, now, untold=placing.untold)
    return preview_document(edition, day, (after, until), composition, coverage, now=now)


def _candidates(edition: Edition, day: date, after: datetime, until: datetime) -> list[Candidate]:
    ranked = rank_stories(after=after, until=until)
    repeated = {
        one.story.id: one.novelty.of
        for one in ranked
        if one.novelty and one.novelty.kind == Kind.REPEATS and one.novelty.of is not None
    }
    told = last_told(edition, day, {*(r.story.id for r in ranked), *repeated.values()})
    return [
        Candidate(
            story=one.story,
            score=one.score,
            reasons=tuple(one.reasons),
            told=told.get(one.story.id),
            novelty=one.novelty,
            repeated=told.get(repeated[one.story.id]) if one.story.id in repeated else None,
        )
        for one in ranked
    ]


def last_told(edition: Edition, day: date, story_ids: Collection[int]) -> dict[int, EarlierItem]:
    """What the last earlier digest of the edition told of each story, or of one since merged into it, however often."""
    earlier = DigestItem.objects.filter(digest__edition=edition, digest__date__lt=day, is_dropped=False)
    since = earlier.select_related("digest", "story").filter(digest__date__gte=day - REMEMBERED)
    rows = since.only("section", "headline", "story__public_id", "digest__date", "digest__window_to")
    said = list(rows.order_by("digest__window_to", "-position"))
    stands = standings(row.story_id for row in said)
    told: dict[int, EarlierItem] = {}
    for row in said:
        last = EarlierItem(
            row.digest.date, row.digest.window_to, Section(row.section), row.story.public_id, row.headline
        )
        for known in (row.story_id, stands[row.story_id]):
            if known in story_ids:
                told[known] = last
    return told


def _read_news(edition: Edition, day: date, after: datetime, until: datetime) -> News:
    ranked = _candidates(edition, day, after, until)
    placing = place(ranked, after=after)
    # Placed ones may come with their new entries only.
    candidates = {c.story.id: c for c in (*ranked, *(c for _, c in placing.in_order()))}
    coverage = count_coverage(after, until, untold=placing.untold)
    return News(day, after, until, candidates, placing, coverage)


def _refuse_finished(digest: Digest | None, day: date) -> None:
    if digest is not None and digest.state == Digest.State.PUBLISHED:
        raise AlreadyPublished(f"The digest of {day} is published; record a correction instead.")
    if digest is not None and digest.state == Digest.State.APPROVED:
        raise AlreadyApproved(f"The digest of {day} is approved; withdraw the approval to build it again.")


def _store(
    edition: Edition, before: Digest | None, news: News, parts: Parts, now: datetime, actor: Actor
) -> Digest | None:
    """Write the digest and its items at once; None, with nothing written, where it changed since `before` was read."""
    after, until = window_of(news.day)
    composition = parts.composition
    said = {
        "window_from": after,
        "window_to": until,
        "coverage": news.coverage,
        "pattern": list(composition.pattern),
        "watch": list(composition.watch),
        "held_back": [one.as_json() for one in _held_back(composition.items, news)],
        "manifest": {**composition.manifest, "settings": _settings()},
        "built_at": now,
    }
    titles = {"title": composition.title, "dek": composition.dek[:500]}
    with transaction.atomic():
        # The edition's row is the lock: two builders of one edition take turns, and numbers stay unique.
        Edition.objects.select_for_update().get(pk=edition.pk)
        digest = edition.digests.select_for_update().filter(date=news.day).first()
        _refuse_finished(digest, news.day)
        if (digest and digest.edits) != (before and before.edits):
            return None
        if digest is None:
            number = (edition.digests.aggregate(last=Max("number"))["last"] or 0) + 1
            digest = Digest.objects.create(edition=edition, date=news.day, number=number, **titles, **said)
        else:
            built_before = digest.built_at
            edited = {name for name in titles if getattr(digest, f"is_{name}_edited")}
            for name, value in {**titles, **said, "edits": digest.edits + 1}.items():
                if name not in edited:
                    setattr(digest, name, value)
            digest.save()
            note_edit(
                digest,
                "digest.build",
                actor=actor,
                now=now,
                before={"built_at": built_before.isoformat()},
                after={"built_at": now.isoformat(), "stories": len(composition.items)},
            )
            digest.items.all().delete()
        DigestItem.objects.bulk_create(_rows(digest, parts))
    return digest


def _held_back(items: Sequence[Item], news: News) -> Iterator[HeldBack]:
    """Every story of the window that is not told, or told with less, and why."""
    yield from _cut_off(items)
    yield from news.placing.held_back
    told = {item.story.public_id for item in items}
    others = [one for one in passed_over(after=news.after, until=news.until) if one.public_id not in told]
    for rank, one in enumerate(others[:MOST_HELD_BACK], start=len(news.candidates) + 1):
        yield irrelevant(one, rank)


def _cut_off(items: Iterable[Item]) -> Iterator[HeldBack]:
    """The stories that are printed with less than they would be, because telling them took too long."""
    words = "Telling it took too long: only its headline and one sentence are printed"
    for item in items:
        if item.draft.prompt_version == plainly.PROMPT_VERSION:
            score = item.why_ranked["score"]
            yield HeldBack(item.story.public_id, item.headline, item.position, score, "cut_off", words)


def _rows(digest: Digest, parts: Parts) -> list[DigestItem]:
    """The rows to write: the items in page order, then those that stay out, with their text."""
    rows = [row_of(item, digest, parts.merged.kept.get(item.story.id)) for item in parts.composition.items]
    for story, kept in parts.merged.dropped.items():
        row = parts.rows[kept.row]
        row.pk, row.digest, row.story_id, row.is_dropped = None, digest, story, True
        row._state.adding = True
        rows.append(row)
    return rows


def _settings() -> dict[str, object]:
    return {"digest_hour": settings.DIGEST_HOUR, "digest_time_zone": str(settings.DIGEST_TIME_ZONE)}
