"""Between a digest's items and their rows: what was built is written, what an editor marked is read back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from newsdesk.digests.building.editors_marks import Kept
from newsdesk.digests.building.page_order import Page, Spot, places
from newsdesk.digests.choosing.candidate import Candidate
from newsdesk.digests.composing.item import Item, as_item
from newsdesk.digests.models import Digest, DigestItem
from newsdesk.digests.shape import Section, SentenceJson, SourceJson
from newsdesk.digests.telling.receipts import Draft, sentences_from_json
from newsdesk.stories.models import Story
from newsdesk.stories.read import StoryView, read_stories


def page_of(rows: Iterable[DigestItem]) -> Page:
    """The page that rows in page order make."""
    return tuple(Spot(row.story_id, Section(row.section), row.theme) for row in rows if not row.is_dropped)


def standings(story_ids: Iterable[int]) -> dict[int, int]:
    """What each of the stories was merged into by now, itself where it stands; one query for each step of mergers."""
    found = {pk: pk for pk in story_ids}
    wanted = set(found.values())
    while wanted:
        into = dict(Story.objects.filter(pk__in=wanted).exclude(merged_into=None).values_list("pk", "merged_into_id"))
        found = {pk: into.get(last, last) or last for pk, last in found.items()}
        wanted = {last for last in into.values() if last}
    return found


def as_kept(rows: Sequence[DigestItem], stands: Mapping[int, int], themes: Mapping[int, str]) -> list[Kept]:
    """Rows in page order as the merge reads them; `stands` are their stories' standing ones, `themes` theirs now."""
    place = places(page_of(rows))
    return [
        Kept(
            row=row.pk,
            story=stands[row.story_id],
            section=Section(row.section),
            theme=themes.get(stands[row.story_id]) or row.theme,
            place=0 if row.is_dropped else place[row.story_id],
            is_rewritten=row.is_rewritten,
            is_placed=row.is_placed,
            is_added=row.is_added,
            is_dropped=row.is_dropped,
        )
        for row in rows
    ]


def read_views(rows: Sequence[DigestItem], *, until: datetime) -> dict[int, StoryView]:
    """What is known of each row's story at `until`, by the row's story: of a merged one, what it was merged into."""
    stands = standings(row.story_id for row in rows)
    views = read_stories(stands.values(), until=until)
    return {pk: views[standing] for pk, standing in stands.items() if standing in views}


def draft_of(row: DigestItem) -> Draft:
    """The text that a row holds; no model is named."""
    return Draft(row.headline, sentences_from_json(row.sentences), "", "")


def item_of(position: int, row: DigestItem, view: StoryView | None) -> Item:
    """A row as it stands, as an item: its own words, rank and sources, its story as known now."""
    known = view or _nothing_known(row)
    return Item(
        position=position,
        section=Section(row.section),
        story=replace(known, id=row.story_id, public_id=row.story.public_id),
        headline=row.headline,
        theme=row.theme,
        why_ranked=row.why_ranked,
        draft=draft_of(row),
        sources=tuple(row.sources),
        is_headline_edited=row.is_headline_edited,
        labels=tuple(row.labels),
        origins=row.origins,
    )


def as_told(view: StoryView, row: DigestItem) -> StoryView:
    """A story with those of its entries only that are its row's sources: of an older story only what is new is told."""
    cited = {source["entry"] for source in row.sources}
    entries = tuple(entry for entry in view.entries if entry.public_id in cited)
    return replace(view, entries=entries or view.entries)


def rewritten_item(position: int, section: Section, candidate: Candidate, row: DigestItem) -> Item:
    """A story at its place in the words that an editor gave it, with every source that they rest on."""
    headline = row.headline if row.is_headline_edited else ""
    item = as_item(position, section, candidate, draft_of(row), headline=headline)
    return replace(item, sources=tuple(with_cited(item.sources, row.sources, row.sentences)))


def with_cited(
    sources: Iterable[SourceJson], others: Iterable[SourceJson], sentences: Iterable[SentenceJson]
) -> list[SourceJson]:
    """The sources and, after them, those of the others that sentences cite."""
    held = list(sources)
    known = {source["entry"] for source in held}
    cited = {receipt["entry"] for sentence in sentences for receipt in sentence["receipts"]} - known
    return held + [source for source in others if source["entry"] in cited]


def row_of(item: Item, digest: Digest, kept: Kept | None = None) -> DigestItem:
    """The row to write for an item, with the marks that are kept."""
    return DigestItem(
        digest=digest,
        position=item.position,
        section=item.section,
        story_id=item.story.id,
        headline=item.headline,
        theme=item.theme,
        why_ranked=item.why_ranked,
        sentences=item.sentences,
        sources=list(item.sources),
        labels=list(item.labels),
        origins=item.origins,
        is_headline_edited=item.is_headline_edited,
        is_rewritten=kept is not None and kept.is_rewritten,
        is_placed=kept is not None and kept.is_placed,
        is_added=kept is not None and kept.is_added,
    )


def _nothing_known(row: DigestItem) -> StoryView:
    """A story whose reports have all left it: what its row says of it, and no entries."""
    story = row.story
    return StoryView(
        id=story.pk,
        public_id=story.public_id,
        version=story.version,
        headline=row.headline,
        theme=row.theme,
        second_theme="",
        relevance=story.relevance,
        is_relevant=story.is_relevant,
        thread="",
        first_seen_at=story.first_seen_at,
        last_seen_at=story.last_seen_at,
        publishers=len({source["publisher"] for source in row.sources}),
        entries=(),
    )
