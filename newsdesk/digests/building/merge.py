"""A new build merged with the digest as it stands: what is in, in what order, in whose words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from newsdesk.digests.building.editors_marks import Arrangement, arrange
from newsdesk.digests.building.page_order import Spot
from newsdesk.digests.building.rows import as_kept, rewritten_item, standings
from newsdesk.digests.choosing.candidate import Candidate
from newsdesk.digests.choosing.placing import Placing
from newsdesk.digests.composing.compose import Composition, compose_items, held_words, nothing_told
from newsdesk.digests.composing.item import Item, as_item
from newsdesk.digests.models import Digest, DigestItem
from newsdesk.digests.shape import CoverageJson, MadeJson, Writer
from newsdesk.digests.telling.receipts import Draft
from newsdesk.digests.telling.tell import Model, keep_drafts, tell
from newsdesk.llm.deadline import Deadline
from newsdesk.stories.models import Story
from newsdesk.stories.ranking.rank import score_stories
from newsdesk.stories.read import read_stories


@dataclass(frozen=True, slots=True)
class News:
    """What is in for a digest of `day`, ranked and placed, as known at `until`."""

    day: date
    after: datetime
    until: datetime
    candidates: Mapping[int, Candidate]
    placing: Placing
    coverage: CoverageJson


@dataclass(frozen=True, slots=True)
class Parts:
    """A digest to be written: what it says, with the merge that it came from and the rows that were merged."""

    composition: Composition
    merged: Arrangement
    rows: Mapping[int, DigestItem]


def merge(
    news: News,
    before: Digest | None,
    told: dict[tuple[int, str], Draft],
    now: datetime,
    model: Model,
    within: Deadline | None = None,
) -> Parts:
    """What the digest says; `told` holds the drafts of earlier tries and takes the new ones.

    `within` is the time for all that a model is asked.
    """
    rows = list(before.items.order_by("is_dropped", "position").select_related("story")) if before else []
    stands = standings(row.story_id for row in rows)
    kept_ids = {stands[row.story_id] for row in rows}
    candidates = {**_others(kept_ids - set(news.candidates), news), **news.candidates}
    hidden = Story.objects.filter(pk__in=kept_ids, is_hidden=True).values_list("pk", flat=True)
    themes = {pk: candidate.story.theme for pk, candidate in candidates.items()}
    fresh = [Spot(c.story.id, section, c.story.theme) for section, c in news.placing.in_order()]
    untold = {*hidden, *(kept_ids - set(candidates))}
    merged = arrange(fresh, as_kept(rows, stands, themes), untold=untold)
    by_pk = {row.pk: row for row in rows}
    items: list[Item] = []
    new: list[tuple[int, str]] = []
    for position, spot in enumerate(merged.page, start=1):
        candidate = candidates[spot.story]
        if not candidate.story.theme:
            candidate = replace(candidate, story=replace(candidate.story, theme=spot.theme))
        kept = merged.kept.get(spot.story)
        if kept is not None and kept.is_rewritten:
            items.append(rewritten_item(position, spot.section, candidate, by_pk[kept.row]))
            continue
        key = spot.story, spot.section
        if key not in told:
            told[key] = tell(candidate.story, spot.section, until=news.until, now=now, model=model, within=within)
            new.append(key)
        items.append(as_item(position, spot.section, candidate, told[key]))
    keep_drafts([(candidates[key[0]].story, told[key]) for key in new], until=news.until, now=now)
    nothing = nothing_told(held_words(news.placing.held_back), news.coverage["stories"])
    composition = compose_items(items, until=news.until, nothing=nothing)
    manifest = _with_known_models(composition.manifest, items, before)
    return Parts(replace(composition, manifest=manifest), merged, by_pk)


def _others(story_ids: set[int], news: News) -> dict[int, Candidate]:
    """Stories that an editor may have marked and the ranking does not know, as candidates."""
    views = read_stories(story_ids, until=news.until) if story_ids else {}
    ranked = score_stories(list(views.values()), after=news.after)
    return {one.story.id: Candidate(one.story, one.score, one.reasons) for one in ranked}


def _with_known_models(manifest: MadeJson, items: Sequence[Item], before: Digest | None) -> MadeJson:
    """The manifest with the models of the earlier build, where sentences that a model wrote then are kept."""
    if before is None or not any(
        s.written_by == Writer.MODEL and not i.draft.model for i in items for s in i.draft.sentences
    ):
        return manifest
    known: MadeJson = before.manifest
    models = {*manifest["models"], *known.get("models", ())}
    prompt_versions = {*manifest["prompt_versions"], *known.get("prompt_versions", ())}
    return {**manifest, "models": sorted(models), "prompt_versions": sorted(prompt_versions)}
