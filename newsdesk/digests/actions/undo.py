"""Take an edit back, if what it left still stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from newsdesk.digests.actions.drop import drop_item, restore_item
from newsdesk.digests.actions.editing import find_row, finish, follow_items, rows_of, take
from newsdesk.digests.actions.place import place_item
from newsdesk.digests.actions.rewrite import save_text, text_of
from newsdesk.digests.actions.title import titles_of
from newsdesk.digests.building.rows import with_cited
from newsdesk.digests.journal import subject_of
from newsdesk.digests.models import Digest
from newsdesk.journal.hand import ActRefused, Hand
from newsdesk.journal.models import Change


@dataclass(frozen=True, slots=True)
class _Undoing:
    digest: Digest
    change: Change
    hand: Hand

    @property
    def story(self) -> str:
        return str((self.change.after or self.change.before).get("story", ""))


def undo(digest_id: int, change_id: int, *, hand: Hand) -> Change:
    """Take back a rewriting, a drop, a restoring, an addition, a move or a title of a draft; returns the change back.

    Raises:
        ActRefused: It cannot be undone, was undone, what it did was changed again since, or the digest is no draft or
            not as the editor saw it.
    """
    with transaction.atomic():
        digest = take(digest_id, hand)
        changes = Change.objects.select_for_update(of=("self",)).filter(subject=subject_of(digest))
        change = changes.filter(pk=change_id).first()
        if change is None or change.verb not in UNDOABLE:
            raise ActRefused("This change cannot be undone.")
        if change.undone_by_id is not None:
            raise ActRefused("This change was undone already.")
        back = UNDOABLE[change.verb](_Undoing(digest, change, hand))
        change.undone_by = back
        change.save(update_fields=["undone_by"])
        return back


def _drop_again(undoing: _Undoing) -> Change:
    return drop_item(undoing.digest.pk, undoing.story, hand=undoing.hand)


def _restore(undoing: _Undoing) -> Change:
    return restore_item(undoing.digest.pk, undoing.story, hand=undoing.hand)


def _place_back(undoing: _Undoing) -> Change:
    row = find_row(rows_of(undoing.digest), undoing.story)
    before, after = undoing.change.before, undoing.change.after
    if row.section != after["section"]:
        raise ActRefused(f"“{row.headline}” was moved again since.")
    if "sentences" in before and row.sentences == after["sentences"]:
        row.sentences = before["sentences"]
        row.save(update_fields=["sentences"])
    return place_item(
        undoing.digest.pk,
        undoing.story,
        section=before["section"],
        place=before["place"],
        is_placed=before["is_placed"],
        hand=undoing.hand,
    )


def _write_back(undoing: _Undoing) -> Change:
    row = find_row(rows_of(undoing.digest), undoing.story)
    row.digest = undoing.digest
    before, after = undoing.change.before, undoing.change.after
    now = text_of(row)
    if any(now[name] != after[name] for name in ("headline", "sentences")):
        raise ActRefused(f"“{row.headline}” was rewritten again since.")
    row.headline, row.sentences = before["headline"], before["sentences"]
    row.is_headline_edited, row.is_rewritten = before["is_headline_edited"], before["is_rewritten"]
    row.sources = with_cited(row.sources, before["sources"], before["sentences"])
    return save_text(row, now, hand=undoing.hand)


def _retitle_back(undoing: _Undoing) -> Change:
    digest, before, after = undoing.digest, undoing.change.before, undoing.change.after
    now = titles_of(digest)
    changed = [name for name in now if before[name] != after[name]]
    if any(now[name] != after[name] for name in changed):
        raise ActRefused("Title or dek were changed again since.")
    for name in changed:
        setattr(digest, name, before[name])
    follow_items(digest)
    return finish(digest, "digest.title", hand=undoing.hand, before=now, after=titles_of(digest))


UNDOABLE: dict[str, Callable[[_Undoing], Change]] = {
    "digest.rewrite": _write_back,
    "digest.drop": _restore,
    "digest.restore": _drop_again,
    "digest.add": _drop_again,
    "digest.place": _place_back,
    "digest.title": _retitle_back,
}
