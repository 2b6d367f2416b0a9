"""A change in words: what was done, and how it stood before and after. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# What a list shows of one value, in characters.
BRIEF_LENGTH = 60

VERBS = {
    "story.merge": "Stories merged",
    "story.split": "Story split",
    "story.move": "Entry moved to another story",
    "story.rename": "Story's headline changed",
    "story.theme": "Story's theme changed",
    "story.pin": "Story pinned or unpinned",
    "story.hide": "Story hidden or shown",
    "digest.rewrite": "Item rewritten",
    "digest.drop": "Item dropped",
    "digest.restore": "Item put back",
    "digest.add": "Item added",
    "digest.place": "Items reordered",
    "digest.title": "Digest's title or dek changed",
    "digest.build": "Digest built again",
    "digest.approve": "Digest approved",
    "digest.withdraw": "Approval withdrawn",
    "digest.publish": "Digest published",
    "digest.correct": "Correction published",
    "digest.dismiss": "Proposed correction dismissed",
    "mailing.send": "Mailing started",
    "mailing.pause": "Mailing paused",
    "mailing.resume": "Mailing resumed",
    "mailing.test": "Test mail sent",
    "delivery.resolve": "Unknown delivery resolved",
    "subscriber.suppress": "Subscriber never mailed again",
    "subscriber.lift": "Suppression lifted",
    "publisher.add": "Publisher added",
    "publisher.change": "Publisher changed",
    "feed.add": "Feed added",
    "feed.change": "Feed changed",
    "account.add": "Account made",
    "account.change": "Account changed",
    "account.password": "Password changed",
    "account.delete": "Account deleted",
    "account.second_factor_on": "Second factor switched on",
    "account.second_factor_off": "Second factor switched off",
    "account.recovery_codes": "Recovery codes renewed",
    "group.add": "Group made",
    "group.change": "Group changed",
    "group.delete": "Group deleted",
}


def verb_words(verb: str) -> str:
    """The verb for people; one that is not known yet stands for itself."""
    return VERBS.get(verb, verb)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was; empty where it was not there."""

    name: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.name}: {_brief(self.before)} → {_brief(self.after)}"


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """What differs, in the order in which it was noted; equal values are left out."""
    return tuple(
        Difference(_name(key), _words(before.get(key)), _words(after.get(key)))
        for key in dict.fromkeys((*before, *after))
        if before.get(key) != after.get(key)
    )


def _name(key: str) -> str:
    return key.removeprefix("is_").replace("_", " ")


def _words(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            return value
        case list() if all(isinstance(part, str | int) for part in value):
            return ", ".join(str(part) for part in value)
        case list() | dict():
            return json.dumps(value, ensure_ascii=False, indent=1)
    return str(value)


def _brief(text: str) -> str:
    line = " ".join(text.split())
    return (line if len(line) <= BRIEF_LENGTH else f"{line[: BRIEF_LENGTH - 1]}…") or "nothing"
