"""One edit of a digest: taken as the editor saw it, written in one transaction, noted so that it can be undone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F

from newsdesk.digests.building.page_order import Page, places
from newsdesk.digests.building.rows import as_told, item_of, page_of, read_views, with_cited
from newsdesk.digests.composing.compose import dek, nothing_told, title
from newsdesk.digests.composing.item import sources
from newsdesk.digests.composing.pattern import find_pattern
from newsdesk.digests.composing.watch import choose_watch, find_watch
from newsdesk.digests.editions import WEEKLY_EDITION
from newsdesk.digests.journal import note_edit, since_in_words
from newsdesk.digests.models import Digest, DigestItem
from newsdesk.digests.shape import Section, Writer
from newsdesk.digests.telling.receipts import sentences_to_json
from newsdesk.digests.telling.tell import tell_in_sources_words
from newsdesk.journal.hand import ActRefused, Hand, StaleEdit
from newsdesk.journal.models import Change
from newsdesk.stories.read import StoryView

# Out of the way of every position of a page while they are written anew; a position is below 32,768.
_ASIDE = 10_000


class NotInDigest(ActRefused):
    """The story has no item in the digest (any more)."""


def take(digest_id: int, hand: Hand, *, states: Collection[str] = (Digest.State.DRAFT,)) -> Digest:
    """The digest, locked until the transaction ends, if it is in one of the states and as the editor saw it.

    Raises:
        ActRefused: There is none, or it is in another state.
        StaleEdit: Somebody changed it since.
    """
    rows = Digest.objects.select_for_update(of=("self",)).select_related("edition")
    digest = rows.filter(pk=digest_id).first()
    if digest is None:
        raise ActRefused("There is no such digest any more.")
    if digest.state not in states:
        raise ActRefused(_why_not(digest))
    if hand.edits is not None and digest.edits != hand.edits:
        raise StaleEdit(f"Since you opened this page, {since_in_words(digest, hand.edits)}")
    return digest


def _why_not(digest: Digest) -> str:
    match digest.state:
        case Digest.State.PUBLISHED:
            return "This digest is published: only a correction changes it."
        case Digest.State.APPROVED:
            return "This digest is approved and stays as it is; withdraw the approval to change it."
    return "This digest is a draft: approve it first."


def rows_of(digest: Digest) -> list[DigestItem]:
    """Its items in page order, then those that were dropped."""
    return list(digest.items.select_related("story").order_by("is_dropped", "position"))


def find_row(rows: Sequence[DigestItem], story: str, *, is_dropped: bool = False) -> DigestItem:
    """The item of a story (its public id).

    Raises:
        NotInDigest: There is none.
    """
    row = next((row for row in rows if row.story.public_id == story and row.is_dropped == is_dropped), None)
    if row is None:
        raise NotInDigest("This story is not in the digest any more." if not is_dropped else "It is not dropped.")
    return row


def place_of(row: DigestItem, rows: Sequence[DigestItem]) -> dict[str, Any]:
    """Where an item stands, for the journal."""
    return {
        "story": row.story.public_id,
        "headline": row.headline,
        "section": row.section,
        "place": places(page_of(rows)).get(row.story_id, 0),
        "is_placed": row.is_placed,
        "is_dropped": row.is_dropped,
    }


def write_page(digest: Digest, rows: Sequence[DigestItem], page: Page) -> None:
    """Give the items the places of a page; one that moves up is told in more sentences."""
    by_story = {row.story_id: row for row in rows}
    from_the_top = Section.values
    promoted: list[DigestItem] = []
    for position, spot in enumerate(page, start=1):
        row = by_story[spot.story]
        if from_the_top.index(spot.section) < from_the_top.index(row.section):
            promoted.append(row)
        row.position, row.section = position, spot.section
    views = read_views(promoted, until=known_until(digest)) if promoted else {}
    for row in promoted:
        _tell_more(row, views.get(row.story_id))
    digest.items.filter(is_dropped=False).update(position=F("position") + _ASIDE)
    DigestItem.objects.bulk_update([by_story[spot.story] for spot in page], ["position", "section"])


def _tell_more(row: DigestItem, view: StoryView | None) -> None:
    """Tell a story for its larger section, unless somebody wrote it or nothing more is known."""
    if view is None or row.is_rewritten or any(s["written_by"] != Writer.EXTRACT for s in row.sentences):
        return
    known = as_told(view, row)
    draft = tell_in_sources_words(known, row.section)
    if len(draft.sentences) > len(row.sentences):
        row.sentences = sentences_to_json(draft.sentences)
        row.sources = with_cited(sources(known, draft), row.sources, row.sentences)
        row.save(update_fields=["sentences", "sources"])


def known_until(digest: Digest) -> datetime:
    """The moment after which nothing was read for the digest as it stands."""
    return min(digest.built_at, digest.window_to)


def finish(
    digest: Digest,
    verb: str,
    *,
    hand: Hand,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> Change:
    """Save the digest with one more edit, and note the change: the last step of every edit."""
    digest.edits += 1
    digest.save()
    return note_edit(digest, verb, actor=hand.actor, now=hand.now, before=before, after=after)


def follow_items(digest: Digest, *, came: DigestItem | None = None) -> None:
    """Make title, dek, pattern and what to watch say what its items say, but for what an editor wrote.

    What to watch is looked for in the item that came in only: every sentence of every source is read for it.
    """
    rows = [row for row in rows_of(digest) if not row.is_dropped]
    stories = [row.story.public_id for row in rows]
    digest.watch = [watched for watched in digest.watch if watched["story"] in stories]
    if digest.edition.slug == WEEKLY_EDITION:
        # A week's theses count their stories, and are gathered from its days.
        digest.pattern = [thesis for thesis in digest.pattern if set(thesis["stories"]) <= set(stories)]
        return
    views = read_views(rows, until=known_until(digest))
    items = [item_of(position, row, views.get(row.story_id)) for position, row in enumerate(rows, start=1)]
    digest.pattern = list(find_pattern(items))
    if came is not None:
        found = [*digest.watch, *find_watch([i for i in items if i.story.id == came.story_id], known_until(digest))]
        digest.watch = list(choose_watch(sorted(found, key=lambda watched: stories.index(watched["story"]))))
    if not digest.is_title_edited:
        digest.title = title(items)
    if not digest.is_dek_edited:
        digest.dek = (dek(items) if items else _nothing_left(digest))[:500]


def _nothing_left(digest: Digest) -> str:
    """What a digest says of which editors took everything out, or that told nothing."""
    taken = [f"“{row.headline}” (taken out by an editor)" for row in rows_of(digest)]
    held = [f"“{one['headline']}” ({one['words'][:1].lower()}{one['words'][1:]})" for one in digest.held_back]
    return nothing_told([*taken, *held], digest.coverage["stories"])
