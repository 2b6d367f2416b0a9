"""Where a text holds names of the registry, and how surely each of them is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newsdesk.stories.entities.registry import TOKEN, Name, Registry

# A headline with more than this share of its longer words capitalised, besides a name's, is set in title case.
TITLE_CASE_SHARE = 0.6
LONGER_WORD_LETTERS = 4

# Where Chinese, Japanese and Korean characters begin; a Latin word among them is a name.
EAST_ASIAN = "\u3040"
# What companies do in headlines: "Cursor adds …", "Arm raises …".
DEEDS = frozenset(
    """
    acquires adds announces buys closes cuts debuts files hires introduces joins lands launches lays opens open partners
    plans raises releases rolls secures sells ships sues unveils updates
    """.split()
)


# Capitalised, but no surnames: "Claude March 2026 promotion".
MONTHS = frozenset("January February March April May June July August September October November December".split())


@dataclass(slots=True)
class Mention:
    """How a text names an entity, in the best of its places.

    `is_sure`: by a name that is nobody else's. `is_plain`: by a doubtful one, but not as people are named.
    `stands_out`: by one that acts in a headline or stands among East Asian characters, and so is no mere word.
    """

    is_sure: bool = False
    is_plain: bool = False
    stands_out: bool = False


def read_mentions(registry: Registry, text: str, mentions: dict[str, Mention]) -> None:
    """Add the entities that the text names, by slug in order of first mention; the longest name wins at each place."""
    tokens = TOKEN.findall(text)
    lowered = [token.lower() for token in tokens]
    names = registry.names
    count, place = len(tokens), 0
    while place < count:
        if held := names.get(lowered[place]):
            for name in held:
                end = place + len(name.words)
                if len(name.words) > 1 and tuple(lowered[place:end]) != name.words:
                    continue
                if name.spelling and tuple(tokens[place:end]) != name.spelling:
                    continue
                if name.maker:
                    mentions.setdefault(name.maker, Mention()).is_sure = True
                if name.slug:
                    _note(mentions.setdefault(name.slug, Mention()), name, registry, tokens, place)
                place = end - 1
                break
        place += 1


def _note(mention: Mention, name: Name, registry: Registry, tokens: Sequence[str], place: int) -> None:
    end = place + len(name.words)
    if not name.is_doubtful:
        mention.is_sure = True
    elif not registry.entities[name.slug].is_first_name:
        mention.is_plain = True
        after = tokens[end] if end < len(tokens) else ""
        acts = place == 0 and after.lower() in DEEDS
        before = tokens[place - 1] if place else ""
        mention.stands_out |= acts or (name.words[0] < EAST_ASIAN <= max(before, after))
    elif not _is_of_person(tokens, place, end):
        mention.is_plain = True


def _is_of_person(tokens: Sequence[str], start: int, end: int) -> bool:
    """Whether a first name has a surname after it or a first name before it, where capitals tell names."""
    after = tokens[end] if end < len(tokens) else ""
    before = tokens[start - 1] if start > 1 else ""
    if not (_is_capitalised(after) or _is_capitalised(before)):
        return False
    others = (*tokens[: max(start - 1, 0)], *tokens[end + 1 :])
    longer = [token for token in others if len(token) >= LONGER_WORD_LETTERS]
    return bool(longer) and sum(token[0].isupper() for token in longer) <= TITLE_CASE_SHARE * len(longer)


def _is_capitalised(token: str) -> bool:
    return len(token) > 1 and token[0].isupper() and token[1:].islower() and token not in MONTHS
