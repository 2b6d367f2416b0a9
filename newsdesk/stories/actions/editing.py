"""One edit of coverage: entries change their stories in one transaction, noted so that it can be undone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from newsdesk.journal.hand import ActRefused, Hand, StaleEdit
from newsdesk.journal.models import Change
from newsdesk.lease import LeaseBusy, LeaseLost, held_lease, renew_lease
from newsdesk.stories.changes_in_words import tell_changes
from newsdesk.stories.clustering.absorb import absorb_emptied, covered_stories
from newsdesk.stories.clustering.cluster import LEASE
from newsdesk.stories.clustering.refresh import REFRESHED_FIELDS, refresh_stories
from newsdesk.stories.constraints import Pair, fasten, held_apart
from newsdesk.stories.models import Coverage, Story
from newsdesk.stories.snapshot import EDITED_FIELDS, edited_fields, snapshot, subject_of

# An edit takes far less; an editor waits this long for a batch of clustering to end.
EDIT_DURATION = timedelta(seconds=20)
PATIENCE = timedelta(seconds=4)


class ClusteringRuns(ActRefused):
    """The line is writing coverage and did not end within a few seconds."""

    def __init__(self) -> None:
        super().__init__("Clustering is running; try again in a moment.")


@dataclass(frozen=True, slots=True)
class Move:
    """An entry's way into another story, with its role there."""

    row: Coverage
    to: Story
    role: str
    similarity: float | None = None


@contextmanager
def writing_coverage() -> Iterator[None]:
    """A transaction in which nobody else writes coverage.

    Raises:
        ClusteringRuns: the line writes it, and does not end soon.
    """
    try:
        with held_lease(LEASE, duration=EDIT_DURATION, patience=PATIENCE) as holder, transaction.atomic():
            renew_lease(LEASE, holder, now=timezone.now(), duration=EDIT_DURATION)
            yield
    except (LeaseBusy, LeaseLost) as error:
        raise ClusteringRuns from error


def lock_stories(ids: Iterable[int]) -> dict[int, Story]:
    """The stories by row id, locked until the transaction ends, always in one order."""
    rows = Story.objects.select_for_update().filter(pk__in=set(ids)).order_by("pk")
    return {story.pk: story for story in rows}


def refuse_merged(stories: Iterable[Story]) -> None:
    """Raises ActRefused where one of the stories has been merged into another."""
    for story in stories:
        if story.merged_into_id is not None:
            into = Story.objects.get(pk=story.merged_into_id)
            raise ActRefused(f"“{story.headline}” has been merged into “{into.headline}” ({into.public_id}).")


def refuse_stale(story: Story, hand: Hand) -> None:
    """Raises StaleEdit where the story has been edited since the editor saw it."""
    if hand.edits is not None and story.edits != hand.edits:
        changes = _newest_edits(story, max(story.edits - hand.edits, 1))
        raise StaleEdit(f"Meanwhile {tell_changes(changes)}")


def _newest_edits(story: Story, number: int) -> list[Change]:
    """The changes of a story's newest edits in their order; those of one edit were made at one moment."""
    newest = list(Change.objects.filter(subject=subject_of(story)).order_by("-id")[: len(EDITED_FIELDS) * number])
    moments = list(dict.fromkeys(change.made_at for change in newest))[:number]
    return [change for change in reversed(newest) if change.made_at in moments]


def with_copies(entry_ids: Collection[int], rows: Collection[Coverage]) -> set[int]:
    """The entries, and the copies of them among the rows: they go along. Needs `entry__fingerprint` loaded."""
    wanted = set(entry_ids)
    return wanted | {row.entry_id for row in rows if original_of(row) in wanted and row.role == Coverage.Role.COPY}


def moves_to(target: Story, rows: Sequence[Coverage]) -> list[Move]:
    """The ways of these rows into a story: a copy stays one where its original is there too, else it reports."""
    there = set(Coverage.objects.filter(story=target).values_list("entry", flat=True)) | {row.entry_id for row in rows}
    return [Move(row, target, _role_among(row, there)) for row in rows]


def original_of(row: Coverage) -> int | None:
    """The entry that a row's entry copies. Needs `entry__fingerprint` loaded."""
    fingerprint = getattr(row.entry, "fingerprint", None)
    return fingerprint.original_id if fingerprint else None


def rearrange(
    verb: str,
    subject: Story,
    stories: dict[int, Story],
    moves: Sequence[Move],
    *,
    hand: Hand,
    apart: Iterable[Pair] = (),
    adjust: Callable[[], None] = lambda: None,
    speak: Callable[[], dict[str, list[int]]] | None = None,
    note: dict[str, Any] | None = None,
) -> Change:
    """Carry the moves out and note them: the last step of every edit of coverage, under `writing_coverage`.

    `stories` are all those touched, locked, by row id. One left without coverage is merged into the story that took its
    first entry. `apart` are pairs of them held apart by this edit; `adjust` may set fields before they are saved,
    `speak` makes other constraints than the coverage shows, `note` is kept with the change.
    """
    parted = held_apart(stories) | set(apart)
    before = _snapshot(stories, [move.row for move in moves])
    for move in moves:
        move.row.story, move.row.role, move.row.similarity = move.to, move.role, move.similarity
    rows = [move.row for move in moves]
    Coverage.objects.bulk_update(rows, ["story", "role", "similarity"])
    followers = absorb_emptied(stories, _first_takers(moves, before["places"]))
    adjust()
    refresh_stories(stories.values())
    for story in stories.values():
        story.version += 1
        story.edits += 1
    changed = [*EDITED_FIELDS, *REFRESHED_FIELDS[1:], "merged_into", "thread", "version", "edits"]
    Story.objects.bulk_update(stories.values(), changed)

    after = _snapshot(stories, rows)
    change = hand.note(verb, subject_of(subject), before=before, after=after)
    said = speak() if speak else fasten(list(stories), parted, change=change, now=hand.now)
    change.after = {**after, **said, "followers": followers, **(note or {})}
    change.save(update_fields=["after"])
    for story in stories.values():
        if story.pk != subject.pk:
            part = {"part_of": change.pk, "story": subject.public_id}
            hand.note(verb, subject_of(story), after={**part, **(note or {})})
    return change


def _snapshot(stories: Mapping[int, Story], rows: Sequence[Coverage]) -> dict[str, Any]:
    """The stories' fields by public id, which of them nothing covers, and the places of these rows."""
    covered = covered_stories(stories)
    return snapshot(
        {story.public_id: edited_fields(story) for story in stories.values()},
        [story.public_id for pk, story in stories.items() if pk not in covered],
        [(row.entry_id, stories[row.story_id].public_id, row.role, row.similarity) for row in rows],
    )


def _first_takers(moves: Sequence[Move], places: Sequence[Sequence[Any]]) -> dict[str, Story]:
    """Story, by public id -> where its first entry goes."""
    takers: dict[str, Story] = {}
    told = zip(moves, places, strict=True)
    for move, (_, name, *_rest) in sorted(told, key=lambda two: (two[0].row.entry.seen_at, two[0].row.entry_id)):
        takers.setdefault(name, move.to)
    return takers


def _role_among(row: Coverage, entries: Collection[int]) -> str:
    if row.role == Coverage.Role.ROUND_UP:
        return Coverage.Role.ROUND_UP
    return Coverage.Role.COPY if original_of(row) in entries else Coverage.Role.REPORT
