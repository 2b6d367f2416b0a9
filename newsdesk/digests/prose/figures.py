"""Figures in sentences: amounts of money, percentages and counts, and where two outlets give different ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from newsdesk.digests.prose.terms import fold, share_covered, terms
from newsdesk.stories.stop_words import TOLD
from newsdesk.stories.word_lists import WordLists

LISTS = WordLists(Path(__file__).with_name("figures.toml"))
_any_of = LISTS.any_of

_SCALE = {
    "": 1.0,
    "k": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "mln": 1e6,
    "million": 1e6,
    "b": 1e9,
    "bn": 1e9,
    "bln": 1e9,
    "billion": 1e9,
    "t": 1e12,
    "tn": 1e12,
    "trillion": 1e12,
}
_CURRENCY = {"$": "USD", "us$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "usd": "USD", "eur": "EUR", "gbp": "GBP"}
_MONEY = frozenset(_CURRENCY.values())
_NUMBER = r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_FIGURE = re.compile(
    rf"(?P<currency>US\$|\$|€|£|¥)?{_NUMBER}"
    r"(?:(?:\s|-)?(?P<scale>thousand|million|billion|trillion|mln|bln|mn|bn|tn|[kmbt])\b)?(?P<percent>\s?%|"
    r"\s?percent\b|\s?per cent\b)?"
    r"(?:(?:\s|-)(?P<unit>[A-Za-z]{3,}))?",
    re.IGNORECASE,
)
_HEDGED = re.compile(rf"{_any_of('hedged')}\s*$", re.IGNORECASE)
_MONEY_WORD = re.compile(r"(?P<name>dollar|euro|pound|yen)s?$", re.IGNORECASE)
_MONEY_WORDS = {"dollar": "USD", "euro": "EUR", "pound": "GBP", "yen": "JPY"}
_NOT_A_COUNT = re.compile(rf"^{_any_of('not_a_count')}s?$", re.IGNORECASE)
# What an amount is an amount of, by the nearest of these cues; amounts of different sorts never contradict each other.
SORTS = {
    **{sort: re.compile(_any_of(sort), re.IGNORECASE) for sort in ("valuation", "revenue", "price")},
    **{sort: re.compile(rf"\b{_any_of(sort)}\b", re.IGNORECASE) for sort in ("invested", "raised", "fined", "bought")},
}
# One company has one round, valuation, fine or purchase in the news of a day: two owners' sums for it can be compared.
_SINGULAR = frozenset({"raised", "valuation", "fined", "bought"})
# Another time, or a sum that is not settled yet, is another quantity.
_ELSEWHEN = re.compile(rf"\b{_any_of('elsewhen')}\b", re.IGNORECASE)
# Words in many companies' names, and of time and place: two sentences that share them share no company.
_COMMON_IN_NAMES = TOLD | frozenset(
    "ai lab inc corp group capital venture partner company startup start-up technology exclusive source report us u.s "
    "uk eu monday tuesday wednesday thursday friday saturday sunday".split()
)
_NAME = re.compile(r"\b[A-Z][\w&.’'-]*[\w]")
# Rounding explains a difference up to this; hedged figures ("nearly 450") are given more room.
ROUNDING_SHARE = 0.03
HEDGED_SHARE = 0.12
# Beyond this gap two figures are hardly about the same thing.
LARGEST_GAP_SHARE = 0.75
# Two sentences speak of the same quantity if more than this share of the shorter one's words stands in the other.
SAME_MATTER_SHARE = 0.5
NEARBY_CHARACTERS = 45
SUBJECT_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as a sentence gives it: `unit` is a currency, `%` or the folded noun that is counted."""

    value: float
    unit: str
    sort: str
    is_hedged: bool
    text: str


def figures(sentence: str) -> Iterator[Figure]:
    """The figures of a sentence that mean an amount, a share or a count; years, dates and versions do not.

    >>> [(f.text, f.unit, f.sort) for f in figures("Kelp raised about $40 million at a $1.2bn valuation for 300 ports")]
    [('$40 million', 'USD', 'raised'), ('$1.2bn', 'USD', 'valuation'), ('300', 'port', '')]
    >>> list(figures("Harbour 2.5, out since 6 May 2031, needs v3"))
    []
    """
    for match in _FIGURE.finditer(sentence):
        before = sentence[max(0, match.start() - 20) : match.start()]
        if before and (before[-1].isalnum() or before[-1] in ".-/v"):
            continue
        value = float(match["number"].replace(",", "")) * _SCALE[(match["scale"] or "").lower()]
        unit = match["unit"] or ""
        if match["currency"]:
            unit = _CURRENCY[match["currency"].lower()]
        elif match["percent"]:
            unit = "%"
        elif money := _MONEY_WORD.match(unit):
            unit = _MONEY_WORDS[money["name"].lower()]
        elif not unit or _NOT_A_COUNT.search(unit) or (not match["scale"] and 1900 <= value <= 2100):
            continue
        end = match.end("percent") if match["percent"] else match.end("scale" if match["scale"] else "number")
        sort = _sort(sentence[:end], match.start(), sentence[end:]) if unit in _MONEY else ""
        unit = unit if unit in _MONEY or unit == "%" else fold(unit)
        yield Figure(value, unit, sort, bool(_HEDGED.search(before)), sentence[match.start() : end])


def disagreement(left: str, right: str) -> tuple[Figure, Figure] | None:
    """Two different figures that two sentences give for one quantity, or None.

    Both must speak of the same matter in the same unit, and neither may hold the other's figure. Sums of which a
    company has one only (a round, a valuation, a fine, a purchase) need no more than the company's name in common.
    """
    is_same_matter = _share_words(left, right)
    is_same_company = bool(_names(left) & _names(right))
    is_elsewhen = bool(_ELSEWHEN.search(left) or _ELSEWHEN.search(right))
    if not (is_same_matter or is_same_company):
        return None
    lefts, rights = list(figures(left)), list(figures(right))
    for one in lefts:
        for other in rights:
            if (one.unit, one.sort) != (other.unit, other.sort) or not _differ(one, other):
                continue
            if one.unit in _MONEY and is_elsewhen:
                continue
            if any(_same(one, known) for known in rights) or any(_same(other, known) for known in lefts):
                continue
            if sum((f.unit, f.sort) == (one.unit, one.sort) for f in (*lefts, *rights)) > 2:
                continue
            if one.sort in _SINGULAR if not is_same_matter else one.sort or _is_lone(one, lefts, rights):
                return one, other
    return None


def _share_words(left: str, right: str) -> bool:
    shorter, longer = sorted((_bare_terms(left), _bare_terms(right)), key=len)
    return len(shorter) >= 2 and share_covered(shorter, longer) > SAME_MATTER_SHARE


def _is_lone(one: Figure, lefts: list[Figure], rights: list[Figure]) -> bool:
    return sum(f.unit == one.unit for f in lefts) == 1 == sum(f.unit == one.unit for f in rights)


def _names(sentence: str) -> set[str]:
    """Names in a sentence's head, where its subject stands; the first word of a title may be one."""
    return {
        name for word in _NAME.findall(sentence[:SUBJECT_CHARACTERS]) if (name := fold(word)) not in _COMMON_IN_NAMES
    }


def _sort(before: str, start: int, after: str) -> str:
    """The sort whose cue stands nearest to a figure; `before` ends with the figure, which begins at `start`."""
    before, after = before[max(0, start - NEARBY_CHARACTERS) : start], after[:NEARBY_CHARACTERS]
    if SORTS["price"].match(after.lstrip()):
        return "price"
    found = []
    for name, pattern in SORTS.items():
        found += [(len(before) - match.end(), name) for match in pattern.finditer(before)]
        found += [(match.start(), name) for match in pattern.finditer(after)]
    return min(found, default=(0, ""))[1]


def _same(one: Figure, other: Figure) -> bool:
    return one.unit == other.unit and _gap(one, other) <= _allowed(one, other)


def _differ(one: Figure, other: Figure) -> bool:
    return _allowed(one, other) < _gap(one, other) <= LARGEST_GAP_SHARE


def _allowed(one: Figure, other: Figure) -> float:
    return HEDGED_SHARE if one.is_hedged or other.is_hedged else ROUNDING_SHARE


def _gap(one: Figure, other: Figure) -> float:
    low, high = sorted((one.value, other.value))
    return (high - low) / high if high else 0.0


def _bare_terms(sentence: str) -> set[str]:
    return {term for term in terms(sentence) if not term[0].isdigit() and term[0] not in "$€£¥" and term not in _SCALE}
