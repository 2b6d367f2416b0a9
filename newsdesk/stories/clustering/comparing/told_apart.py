"""Whether two reports alike in words tell two events of one kind: another one acts, or on whom, or where. Pure.

News of one kind comes in one frame of words ("… raises $70 million for AI …", "Critical flaw in … leaks …"), and so
reports of two events are more alike than many pairs that tell one. Titles are laid side by side: where both put a name
into the same place of the frame, and neither name stands anywhere in the other report, no likeness makes them one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from newsdesk.stories.clustering.comparing.names import names_in
from newsdesk.stories.clustering.comparing.profile import Profile
from newsdesk.stories.entities.find import EntityHit, find_entities
from newsdesk.stories.text import is_figure, tokenize
from newsdesk.stories.titles.cleaning import without_credit
from newsdesk.stories.word_lists import WordLists

# Titles share a frame if this part of their words stands in both, in the same order.
LEAST_ALIKE = 0.45
# One more event of a kind, as its title says.
_ONE_MORE = frozenset({"second", "third", "fourth", "fifth", "another"})
# Without a name or a figure in common, so many places filled otherwise tell two events ("A method for …ing models").
SLOTS_WITHOUT_NAMES = 2
# What begins a title has a capital in any case; these then name nobody, unless the text has them so as well.
_OPENERS = WordLists(Path(__file__).with_name("openers.toml"))
_NO_NAMES = frozenset(word for group in _OPENERS for word in _OPENERS.words(group))
_VERB_ENDS = ("ing", "ed", "ly")
_NOBODY = frozenset({"ai", "big", "tech", "gen", "ceo"})
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


@dataclass(frozen=True, slots=True)
class _Frame:
    """A title's terms in order, those of them that are names, and all terms of the report."""

    terms: tuple[str, ...]
    names: frozenset[str]
    said: frozenset[str]


def are_told_apart(new: Profile, members: Sequence[Profile]) -> bool:
    """Whether a report tells another event than the one of these whose title is most like its own."""
    ratio, place = max(((_alike(new, member), place) for place, member in enumerate(members)), default=(0.0, 0))
    return ratio >= LEAST_ALIKE and _is_another(new, members[place])


def share_a_rare_name(new: Profile, members: Sequence[Profile]) -> bool:
    """Whether the titles name somebody in common whom the registry of entities does not know."""
    named = _frame(*new.said).names & {name for member in members for name in _frame(*member.said).names}
    return bool(named) and not named <= {term for hit in find_entities(*new.said) for term in tokenize(hit.name)}


def _alike(one: Profile, other: Profile) -> float:
    """The part of two titles that stands in both in one order, 0 to 1."""
    a, b = _frame(*one.said).terms, _frame(*other.said).terms
    if 2 * len(set(a) & set(b)) < LEAST_ALIKE * (len(a) + len(b)):
        return 0.0
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def _is_another(one: Profile, other: Profile) -> bool:
    a, b = _frame(*one.said), _frame(*other.said)
    if any((term in a.said) != (term in b.said) for term in _ONE_MORE & {*a.terms, *b.terms}):
        return True
    slots = list(_slots(a, b))
    shared = set(a.terms) & set(b.terms)
    if len(slots) >= SLOTS_WITHOUT_NAMES and not (a.names | b.names) & shared and not any(map(is_figure, shared)):
        return True
    return any(
        not _means_one(one.said, names, other.said) and not _means_one(other.said, others, one.said)
        for names, others in ((a.names & mine, b.names & its) for mine, its in slots)
        if names and others
    )


def _slots(a: _Frame, b: _Frame) -> Iterator[tuple[set[str], set[str]]]:
    """The places of the frame where each has words of its own, which stand nowhere in the other report: those words."""
    for kind, a_from, a_to, b_from, b_to in SequenceMatcher(None, a.terms, b.terms, autojunk=False).get_opcodes():
        if kind == "replace":
            mine, its = set(a.terms[a_from:a_to]) - b.said, set(b.terms[b_from:b_to]) - a.said
            if mine and its:
                yield mine, its


def _means_one(said: tuple[str, str], names: Set[str], other: tuple[str, str]) -> bool:
    """Whether the names are of somebody whom the other report names otherwise, or whose maker or employer it names."""
    title, text = said
    rest = " ".join(word for word in title.split() if not names & set(tokenize(word)))
    left = {hit.slug for hit in find_entities(rest, text)}
    meant = [hit for hit in find_entities(title, text) if hit.in_title and hit.slug not in left]
    known = {slug for hit in find_entities(*other) for slug in _slugs(hit)}
    return any(known & _slugs(hit) for hit in meant)


def _slugs(hit: EntityHit) -> set[str]:
    return {hit.slug, hit.maker} - {""}


@lru_cache(maxsize=4096)
def _frame(title: str, text: str) -> _Frame:
    title = without_credit(title)
    terms = tuple(tokenize(title))
    names = names_in(title, text)[1] - _NOBODY
    first = _WORD.search(title)
    if first and _is_mere_opener(first.group(), text):
        names -= set(tokenize(first.group()))
    return _Frame(terms, names, frozenset((*terms, *tokenize(text))))


def _is_mere_opener(word: str, text: str) -> bool:
    low = word.lower()
    return (low in _NO_NAMES or low.endswith(_VERB_ENDS)) and not _stands_within(word, text)


def _stands_within(word: str, text: str) -> bool:
    """Whether a text has a word with this capital elsewhere than where a sentence begins."""
    parts = text.split(f" {word}")
    return any(
        (before[-1:].islower() or before.endswith(",")) and not after[:1].isalnum() for before, after in pairwise(parts)
    )
