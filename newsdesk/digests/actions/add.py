"""Put a story into a digest that the line left out."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from newsdesk.digests.actions.editing import finish, follow_items, known_until, place_of, rows_of, take, write_page
from newsdesk.digests.building.page_order import Spot, put
from newsdesk.digests.building.rows import page_of, row_of, standings
from newsdesk.digests.choosing.candidate import Candidate
from newsdesk.digests.composing.item import as_item
from newsdesk.digests.models import Digest
from newsdesk.digests.shape import Section
from newsdesk.digests.telling.tell import tell_in_sources_words
from newsdesk.journal.hand import ActRefused, Hand
from newsdesk.journal.models import Change
from newsdesk.stories.models import Story
from newsdesk.stories.ranking.rank import score_stories
from newsdesk.stories.read import read_stories

LAST = 1_000


def add_story(digest_id: int, story: str, *, section: str = Section.SHORT, hand: Hand) -> Change:
    """Add a story (its public id) of the digest's window at the end of a section, in its sources' words.

    A merged story is the one that it was merged into. As the lead it leads.

    Raises:
        ActRefused: There is no such story or section, it cannot be told or is in the digest already, or the digest is
            no draft or not as the editor saw it.
    """
    if section not in Section.values:
        raise ActRefused("There is no such section.")
    with transaction.atomic():
        digest = take(digest_id, hand)
        candidate = _candidate(digest, story)
        found = candidate.story
        rows = rows_of(digest)
        stands = standings(row.story_id for row in rows)
        for row in rows:
            if stands[row.story_id] == found.id:
                where = "was dropped from this digest; restore it there" if row.is_dropped else "is in this digest"
                raise ActRefused(f"“{row.headline}” {where}.")
        last = max((row.position for row in rows), default=0)
        item = as_item(last + 1, Section(section), candidate, tell_in_sources_words(found, section))
        new = row_of(item, digest)
        new.is_added, new.is_placed = True, section != Section.SHORT
        new.save()
        page = put(page_of(rows), Spot(found.id, Section(section), found.theme), LAST)
        write_page(digest, [*rows, new], page)
        follow_items(digest, came=new)
        return finish(digest, "digest.add", hand=hand, after=place_of(new, rows_of(digest)))


def _candidate(digest: Digest, public_id: str) -> Candidate:
    """The story with its rank, if it may be told in the digest.

    Raises:
        ActRefused: It may not; the message says why.
    """
    named = Story.objects.filter(public_id=public_id).first()
    if named is None:
        raise ActRefused(f"There is no story {public_id!r}.")
    story = Story.objects.get(pk=standings([named.pk])[named.pk])
    if story.is_hidden:
        raise ActRefused(f"“{story.headline}” is hidden from readers.")
    view = read_stories([story.pk], until=known_until(digest)).get(story.pk)
    if view is None or view.last_seen_at <= digest.window_from:
        raise ActRefused(
            f"Nobody reported “{story.headline}” between {digest.window_from:%-d %B %H:%M} and "
            f"{known_until(digest):%-d %B %H:%M} UTC."
        )
    if not view.theme:
        raise ActRefused(f"“{story.headline}” has no theme; give it one first.")
    (ranked,) = score_stories([view], after=digest.window_from)
    return Candidate(replace(view, public_id=story.public_id), ranked.score, tuple(ranked.reasons))
