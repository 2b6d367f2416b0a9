"""Build the digest of a date: rank, tell, compose, and store it in one short transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from newsdesk.digests import extractive, written
from newsdesk.digests.compose import Composition, compose
from newsdesk.digests.coverage import count_coverage
from newsdesk.digests.document import preview_document
from newsdesk.digests.models import Digest, DigestItem, Edition, Summary
from newsdesk.digests.place import Candidate, Placing, place
from newsdesk.digests.receipts import Draft, sentences_from_json, sentences_to_json
from newsdesk.digests.window import date_of, window
from newsdesk.llm.complete import model_name
from newsdesk.stories.rank import rank_stories
from newsdesk.stories.read import StoryView

MOST_SENTENCES = {"lead": extractive.MOST_SENTENCES_LEAD, "big": extractive.MOST_SENTENCES, "short": 1}
PREVIEW_SENTENCES = {"lead": 3, "big": 1, "short": 1}


class AlreadyPublished(Exception):
    """A published digest is not built again: only a recorded correction changes it."""


class NotYetDue(Exception):
    """The digest's cut-off lies ahead: more may still be seen."""


@dataclass(frozen=True, slots=True)
class _Parts:
    composition: Composition
    coverage: dict[str, int]


def build_digest(edition: Edition, day: date, *, now: datetime, with_model: bool = True) -> Digest:
    """Build the edition's digest of `day`, or build it again while it is not published.

    Without a model, or where one gives no acceptable answer, stories are told in their sources' words.

    Raises:
        AlreadyPublished: It has been published.
        NotYetDue: Its cut-off is after `now`.
    """
    after, until = window_of(day)
    if until > now:
        raise NotYetDue(
            f"The digest of {day} covers what is seen until {until:%Y-%m-%d %H:%M} UTC; it is too early to build it."
        )
    if edition.digests.filter(date=day, state=Digest.State.PUBLISHED).exists():
        raise AlreadyPublished(f"The digest of {day} is published; record a correction instead.")
    placing = place(_candidates(edition, day, after, until), after=after)
    drafts = _tell(placing, until, now, with_model=with_model)
    parts = _Parts(compose(placing, drafts, until=until), count_coverage(after, until, untold=placing.untold))
    return _store(edition, day, parts, now)


def preview_digest(edition: Edition, *, now: datetime) -> dict[str, Any]:
    """The document of the next digest as it stands, told in brief and without a model; nothing is stored."""
    day = date_of(now, settings.DIGEST_HOUR, settings.DIGEST_TIME_ZONE)
    after, until = window_of(day)
    placing = place(_candidates(edition, day, after, now), after=after)
    drafts = {
        candidate.story.id: extractive.summarize(candidate.story, most=PREVIEW_SENTENCES[section])
        for section, candidate in placing.in_order()
    }
    composition = compose(placing, drafts, until=now)
    coverage = count_coverage(after, now, untold=placing.untold)
    return preview_document(edition, day, (after, until), composition, coverage, now=now)


def window_of(day: date) -> tuple[datetime, datetime]:
    """The window (from, to] of the digest of `day` by the settings."""
    return window(day, settings.DIGEST_HOUR, settings.DIGEST_TIME_ZONE)


def _candidates(edition: Edition, day: date, after: datetime, until: datetime) -> list[Candidate]:
    ranked = rank_stories(after=after, until=until)
    told = _told_until(edition, day, [r.story.id for r in ranked])
    return [Candidate(r.story, r.score, tuple(r.reasons), told.get(r.story.id)) for r in ranked]


def _told_until(edition: Edition, day: date, story_ids: Sequence[int]) -> dict[int, datetime]:
    """The cut-off of the last earlier digest of the edition that held each story, or one since merged into it."""
    earlier = DigestItem.objects.filter(digest__edition=edition, digest__date__lt=day)
    wanted = set(story_ids)
    told: dict[int, datetime] = {}
    rows = earlier.order_by("digest__window_to").values_list("story_id", "story__merged_into_id", "digest__window_to")
    for story_id, merged_into, until in rows:
        for known in (story_id, merged_into):
            if known in wanted:
                told[known] = until
    return told


def _tell(placing: Placing, until: datetime, now: datetime, *, with_model: bool) -> dict[int, Draft]:
    """A draft for every placed story: a model's for lead and big where there is one, else in the sources' words."""
    drafts: dict[int, Draft] = {}
    for section, candidate in placing.in_order():
        story = candidate.story
        draft = _written(story, until, now) if with_model and section != "short" else None
        drafts[story.id] = draft or extractive.summarize(story, most=MOST_SENTENCES[section])
    _keep([c.story for _, c in placing.in_order()], drafts, until, now)
    return drafts


def _written(story: StoryView, until: datetime, now: datetime) -> Draft | None:
    """The model's draft: the one we have for this version and cut-off, or a new one."""
    key = {"prompt_version": written.PROMPT_VERSION, "model": model_name()}
    row = Summary.objects.filter(story=story.id, story_version=story.version, cut_off=until, **key).first()
    if row is None:
        return written.write_summary(story, now=now)
    return Draft(row.headline, sentences_from_json(row.sentences), row.model, row.prompt_version)


def _keep(stories: Sequence[StoryView], drafts: dict[int, Draft], until: datetime, now: datetime) -> None:
    """Store the drafts; a repeated one replaces its row."""
    Summary.objects.bulk_create(
        [
            Summary(
                story_id=story.id,
                story_version=story.version,
                prompt_version=drafts[story.id].prompt_version,
                model=drafts[story.id].model,
                cut_off=until,
                headline=drafts[story.id].headline[:200],
                sentences=sentences_to_json(drafts[story.id].sentences),
                created_at=now,
            )
            for story in stories
        ],
        update_conflicts=True,
        unique_fields=["story", "story_version", "prompt_version", "model", "cut_off"],
        update_fields=["headline", "sentences", "created_at"],
    )


def _store(edition: Edition, day: date, parts: _Parts, now: datetime) -> Digest:
    """Write the digest and its items at once, replacing what an earlier build wrote."""
    after, until = window_of(day)
    composition = parts.composition
    said = {
        "title": composition.title,
        "dek": composition.dek[:500],
        "window_from": after,
        "window_to": until,
        "coverage": parts.coverage,
        "pattern": list(composition.pattern),
        "watch": list(composition.watch),
        "manifest": {**composition.manifest, "settings": _settings()},
        "built_at": now,
    }
    with transaction.atomic():
        # The edition's row is the lock: two builders of one edition take turns, and numbers stay unique.
        Edition.objects.select_for_update().get(pk=edition.pk)
        digest = edition.digests.filter(date=day).first()
        if digest is None:
            number = (edition.digests.aggregate(last=Max("number"))["last"] or 0) + 1
            digest = Digest.objects.create(edition=edition, date=day, number=number, **said)
        elif (
            not edition.digests.filter(pk=digest.pk)
            .exclude(state=Digest.State.PUBLISHED)
            .update(state=Digest.State.DRAFT, **said)
        ):
            raise AlreadyPublished(f"The digest of {day} was published meanwhile; record a correction instead.")
        digest.items.all().delete()
        DigestItem.objects.bulk_create(_rows(digest, composition))
    digest.refresh_from_db()
    return digest


def _rows(digest: Digest, composition: Composition) -> list[DigestItem]:
    return [
        DigestItem(
            digest=digest,
            position=item.position,
            section=item.section,
            story_id=item.story.id,
            headline=item.headline,
            theme=item.theme,
            why_ranked=item.why_ranked,
            sentences=item.sentences,
            sources=list(item.sources),
        )
        for item in composition.items
    ]


def _settings() -> dict[str, Any]:
    return {"digest_hour": settings.DIGEST_HOUR, "digest_time_zone": str(settings.DIGEST_TIME_ZONE)}
