"""What the journal holds of digests: the lines that acts leave, read in words, and who changed what since a moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from newsdesk.digests.models import Digest
from newsdesk.digests.shape import Section
from newsdesk.journal.models import THE_LINE, Change
from newsdesk.journal.note import Actor, note_change

MOST_CHANGES_NAMED = 3
MOST_HEADLINE_CHARACTERS = 60

_SECTIONS: dict[str, str] = {Section.LEAD: "the lead", Section.BIG: "the big stories", Section.SHORT: "in short"}

_OF_THE_DIGEST = {
    "approve": "approved the digest",
    "withdraw": "withdrew the approval",
    "publish": "published the digest",
    "build": "built the digest again",
}


def subject_of(digest: Digest) -> str:
    """What the journal calls a digest; its edition is read."""
    return f"digest {digest.edition.slug} {digest.date}"


def note_edit(
    digest: Digest,
    verb: str,
    *,
    actor: Actor,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> Change:
    """Note a change that gave the digest its present number of edits; call it inside the change's atomic block."""
    numbered = {**(after or {}), "edits": digest.edits}
    return note_change(verb, subject_of(digest), actor=actor, now=now, before=before, after=numbered)


def edits_since(digest: Digest, edits: int) -> list[Change]:
    """The changes after the digest had this number of edits, newest first."""
    rows = Change.objects.filter(subject=subject_of(digest), after__edits__gt=edits).order_by("-id")
    return list(rows)


def since_in_words(digest: Digest, edits: int) -> str:
    """Who changed what since the digest had this number of edits: "anna moved “Chips are scarce” (09:41 UTC)"."""
    changes = edits_since(digest, edits)
    told = [f"{who(c)} {words_of(c)} ({c.made_at:%H:%M} UTC)" for c in changes[:MOST_CHANGES_NAMED]]
    if len(changes) > MOST_CHANGES_NAMED:
        told.append(f"and {len(changes) - MOST_CHANGES_NAMED} changes before that")
    return "; ".join(told) or "it was changed"


def who(change: Change) -> str:
    """Who made a change, for people."""
    return "the line" if change.actor_id is None and change.actor_name == THE_LINE else change.actor_name


def words_of(change: Change) -> str:
    """What a change did, to follow the name of who did it."""
    before, after = change.before, change.after
    headline = str(after.get("headline") or before.get("headline") or "")
    story = f"“{_short(headline)}”"
    match change.verb.partition(".")[2]:
        case "rewrite":
            was = str(before.get("headline") or "")
            return f"rewrote {story}" + (f", before “{_short(was)}”" if was and was != headline else "")
        case "drop":
            return f"dropped {story}"
        case "restore":
            return f"restored {story}"
        case "add":
            return f"added {story}"
        case "place":
            return f"moved {story} to {_place(after)}"
        case "title":
            return f"changed the title to “{_short(str(after.get('title', '')))}”"
        case "correct":
            return f"recorded a correction: “{_short(str(after.get('text', '')))}”"
        case "dismiss":
            return f"dismissed a correction: “{_short(str(after.get('text', '')))}”"
        case verb:
            return _OF_THE_DIGEST.get(verb, verb)


def _place(after: Mapping[str, Any]) -> str:
    section = str(after.get("section", ""))
    where = _SECTIONS.get(section, section)
    return where if section == Section.LEAD else f"{where}, place {int(after.get('place', 0)) + 1}"


def _short(text: str) -> str:
    return text if len(text) <= MOST_HEADLINE_CHARACTERS else f"{text[: MOST_HEADLINE_CHARACTERS - 1].rstrip()}…"
