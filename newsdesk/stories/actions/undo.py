"""Take an edit of a story back; also one that took another back."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from django.db import transaction

from newsdesk.journal.hand import ActRefused, Hand
from newsdesk.journal.models import Change
from newsdesk.stories.actions.editing import Move, lock_stories, moves_to, rearrange, writing_coverage
from newsdesk.stories.actions.revise import FIELDS, fields_of, save_revision
from newsdesk.stories.changes_in_words import tell_change
from newsdesk.stories.clustering.repairs_in_journal import is_repair
from newsdesk.stories.constraints import Pair, pair, swap
from newsdesk.stories.models import Coverage, Story

COVERAGE_VERBS = ("story.merge", "story.split", "story.move")


def can_undo(change: Change) -> bool:
    """Whether a change is one of ours, whole and not undone; what has happened since may still stand against it."""
    is_ours = change.verb in COVERAGE_VERBS or change.verb in FIELDS
    return is_ours and change.undone_by_id is None and "part_of" not in change.after


def undo_change(change: Change, *, hand: Hand) -> Change:
    """Restore what stood before a change and note that as a change of its own, which can be undone in turn.

    Entries that the line has added since stay where they are, unless their story goes.

    Raises:
        ActRefused: undone already, or what would be restored has been changed since (by whom, it says), or the
            line is writing coverage.
    """
    if change.verb in COVERAGE_VERBS:
        with writing_coverage():
            return _undo_coverage(_locked(change), hand=hand)
    with transaction.atomic():
        return _undo_revision(_locked(change), hand=hand)


def _locked(change: Change) -> Change:
    row = Change.objects.select_for_update().get(pk=change.pk)
    if row.undone_by_id is not None:
        undone_by = Change.objects.get(pk=row.undone_by_id)
        raise ActRefused(f"{undone_by.actor_name} has undone that already.")
    if not can_undo(row):
        raise ActRefused("That is no change of its own that could be undone.")
    return row


def _undo_revision(change: Change, *, hand: Hand) -> Change:
    named = Story.objects.get(public_id=change.subject.partition(" ")[2])
    story = lock_stories([named.pk])[named.pk]
    if story.merged_into_id is not None or not _stands(story, change.after, FIELDS[change.verb]):
        raise _conflict([story.public_id], change, [change.verb])
    before = fields_of(story)
    for name in FIELDS[change.verb]:
        setattr(story, name, change.before[name])
    (undoing,) = save_revision(story, before, hand=hand, undoes=change)
    return _mark(change, undoing)


def _undo_coverage(change: Change, *, hand: Hand) -> Change:
    before, after = change.before, change.after
    names = list(after["stories"])
    ids = dict(Story.objects.filter(public_id__in=names).values_list("public_id", "pk"))
    stories = lock_stories(ids.values())
    by_name = {story.public_id: story for story in stories.values()}
    rows = _rows_in_place(change, by_name)
    adjusted = _restorable(change, by_name)
    moves = [Move(rows[entry], by_name[name], role, similarity) for entry, name, role, similarity in before["places"]]
    moves += _left_behind(before["bare"], moves, by_name)

    def restore() -> None:
        for name, field, value in adjusted:
            setattr(by_name[name], field, value)

    def unsay() -> dict[str, list[int]]:
        return swap(after["made"], after["withdrawn"])

    # A repair rested on no editor's word, so undoing it is one, as if an editor had done it: else it would come again.
    speak, apart = (None, _parted(change, ids)) if is_repair(change) else (unsay, [])
    subject = by_name[change.subject.partition(" ")[2]]
    note = {"undoes": change.pk}
    undoing = rearrange(
        change.verb,
        subject,
        stories,
        moves,
        hand=hand,
        apart=apart,
        adjust=restore,
        speak=speak,
        note=note,
    )
    _restore_threads(after["followers"], names)
    return _mark(change, undoing)


def _parted(change: Change, ids: dict[str, int]) -> list[Pair]:
    """The stories of a repair that are two again once it is undone."""
    stand = [ids[name] for name in change.before["stories"] if name not in change.before["bare"]]
    return [pair(one, other) for one, other in pairwise(stand)]


def _rows_in_place(change: Change, by_name: dict[str, Story]) -> dict[int, Coverage]:
    """The rows that the change moved, where each is still where it put it."""
    places = change.after["places"]
    found = Coverage.objects.filter(entry__in=[place[0] for place in places]).select_related("entry__fingerprint")
    rows = {row.entry_id: row for row in found}
    covered = set(Coverage.objects.filter(story__in=list(by_name.values())).values_list("story__public_id", flat=True))
    stands = all(entry in rows and rows[entry].story_id == by_name[name].pk for entry, name, *_ in places)
    if not stands or covered != set(by_name) - set(change.after["bare"]):
        raise _conflict(list(by_name), change, COVERAGE_VERBS)
    return rows


def _restorable(change: Change, by_name: dict[str, Story]) -> list[tuple[str, str, Any]]:
    """What the change altered of its stories' fields, as (story, field, value before)."""
    altered: list[tuple[str, str, Any]] = []
    for name, fields in change.after["stories"].items():
        was = change.before["stories"][name]
        for verb, names in FIELDS.items():
            lines_own = _lines_own(was) & _lines_own(fields)
            changed = [field for field in names if fields[field] != was[field] and field not in lines_own]
            if changed and not _stands(by_name[name], fields, names):
                raise _conflict([name], change, [verb])
            altered += [(name, field, was[field]) for field in changed]
    return altered


def _left_behind(bare: Iterable[str], moves: list[Move], by_name: dict[str, Story]) -> list[Move]:
    """What the line has put since into stories that go: it goes with the rest of them."""
    more: list[Move] = []
    told = {move.row.pk for move in moves}
    for name in bare:
        going = [move for move in moves if move.row.story_id == by_name[name].pk]
        rows = Coverage.objects.filter(story=by_name[name]).exclude(pk__in=told).select_related("entry__fingerprint")
        if going and (rest := list(rows)):
            more += moves_to(going[0].to, rest)
    return more


def _restore_threads(followers: Iterable[tuple[str, str]], names: list[str]) -> None:
    """Let follow-ups follow the story they followed before, where nothing else has been found for them since."""
    for name, thread in followers:
        root = Story.objects.get(public_id=thread)
        heirs = Story.objects.filter(public_id__in=names).values_list("pk", "thread")
        allowed = {pk for two in heirs for pk in two if pk is not None}
        follower = Story.objects.filter(public_id=name).exclude(pk=root.pk)
        if root.merged_into_id is None:
            follower.filter(thread__in=allowed).update(thread=root)
            follower.filter(thread=None, pk__in=allowed).update(thread=root)


def _stands(story: Story, told: dict[str, Any], names: Iterable[str]) -> bool:
    """Whether these fields are as told; a headline or theme that is the line's may have changed by itself."""
    lines_own = _lines_own(told)
    return all(getattr(story, name) == told[name] for name in names if name not in lines_own)


def _lines_own(told: dict[str, Any]) -> set[str]:
    """The fields that no editor had written."""
    own = {"is_headline_edited": {"headline"}, "is_theme_edited": {"theme", "second_theme"}}
    return {name for mark, names in own.items() if mark in told and not told[mark] for name in names}


def _conflict(names: Iterable[str], change: Change, verbs: Iterable[str]) -> ActRefused:
    """Who has changed since what the undoing would restore."""
    since = Change.objects.filter(subject__in=[f"story {name}" for name in names], pk__gt=change.pk, undone_by=None)
    for kinds in (verbs, COVERAGE_VERBS):
        others = (row for row in since.filter(verb__in=kinds).order_by("-id") if row.after.get("part_of") != change.pk)
        if last := next(others, None):
            return ActRefused(f"That was changed since: {tell_change(last)}. Undo that first.")
    return ActRefused("The line has changed its coverage since; that cannot be undone any more.")


def _mark(change: Change, undoing: Change) -> Change:
    change.undone_by = undoing
    change.save(update_fields=["undone_by"])
    return undoing
