"""Changes of stories in words for editors. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from newsdesk.journal.models import Change
from newsdesk.stories.themes import theme_label

State = Mapping[str, Any]


def tell_changes(changes: Sequence[Change]) -> str:
    """Several changes as one clause: who did what when."""
    return "; ".join(map(tell_change, changes)) or "it was changed"


def tell_change(change: Change) -> str:
    """Who did what when: 'kim renamed it: “A” → “B” (4 May 2026, 12:03 UTC)'."""
    return f"{change.actor_name} {tell_deed(change)} ({change.made_at.astimezone(UTC):%-d %B %Y, %H:%M} UTC)"


def tell_deed(change: Change) -> str:
    """What was done, with what stood before and after."""
    before, after = change.before, change.after
    if "undoes" in after:
        return f"took back: {_deed(change.verb, after, before, change.subject)}"
    return _deed(change.verb, before, after, change.subject)


def _deed(verb: str, before: State, after: State, subject: str) -> str:
    if "part_of" in after or "part_of" in before:
        part = after if "part_of" in after else before
        return {
            "story.merge": f"merged stories with {part['story']}",
            "story.split": f"split articles off {part['story']}",
            "story.move": f"moved articles from {part['story']}",
        }.get(verb, verb)
    teller = _TELLERS.get(verb)
    return teller(before, after, subject.partition(" ")[2]) if teller else verb


def _rename(before: State, after: State, _: str) -> str:
    if not after["is_headline_edited"]:
        return f"left the headline to the line again; it was “{before['headline']}”"
    return f"renamed it: “{before['headline']}” → “{after['headline']}”"


def _theme(before: State, after: State, _: str) -> str:
    if not after["is_theme_edited"]:
        return f"left the theme to the line again; it was {_themes(before)}"
    return f"changed the theme: {_themes(before)} → {_themes(after)}"


def _pin(_: State, after: State, __: str) -> str:
    return "pinned it" if after["is_pinned"] else "unpinned it"


def _hide(_: State, after: State, __: str) -> str:
    return "hid it" if after["is_hidden"] else "showed it again"


def _merge(before: State, after: State, subject: str) -> str:
    others = [name for name in after["stories"] if name != subject]
    return f"merged into it {_listed(others, before)}{_repaired(before, after)}"


def _split(before: State, after: State, subject: str) -> str:
    others = [name for name in after["stories"] if name != subject]
    return f"split off {_articles(after)} as {_listed(others, after)}{_repaired(before, after)}"


def _repaired(before: State, after: State) -> str:
    """How sure the desk was of what it did by itself."""
    repair = after.get("repair") or before.get("repair")
    return f", by itself: one story with a probability of {repair['probability']:.0%}" if repair else ""


def _move(_: State, after: State, __: str) -> str:
    return f"moved {_articles(after)} to {_listed(sorted({place[1] for place in after['places']}), after)}"


_TELLERS = {
    "story.rename": _rename,
    "story.theme": _theme,
    "story.pin": _pin,
    "story.hide": _hide,
    "story.merge": _merge,
    "story.split": _split,
    "story.move": _move,
}


def _listed(names: Sequence[str], state: State) -> str:
    return ", ".join(f"“{state['stories'][name]['headline']}” ({name})" for name in names)


def _articles(state: State) -> str:
    count = len(state["places"])
    return "1 article" if count == 1 else f"{count} articles"


def _themes(state: State) -> str:
    return " and ".join(theme_label(slug) for slug in (state["theme"], state["second_theme"]) if slug) or "none"
