"""Figures in sentences: amounts of money, percentages and counts, and where two outlets give different ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from newsdesk.digests.terms import fold, share_covered, terms

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
_NUMBER = r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_FIGURE = re.compile(
    rf"(?P<currency>US\$|\$|€|£|¥)?{_NUMBER}"
    r"(?:(?:\s|-)?(?P<scale>thousand|million|billion|trillion|mln|bln|mn|bn|tn|[kmbt])\b)?(?P<percent>\s?%|"
    r"\s?percent\b|\s?per cent\b)?"
    r"(?:(?:\s|-)(?P<unit>[A-Za-z]{3,}))?",
    re.IGNORECASE,
)
_HEDGED = re.compile(
    r"(?:about|around|some|nearly|almost|roughly|approximately|more than|less than|over|under|up to|at least|"
    r"as much as|as many as|~)\s*$",
    re.IGNORECASE,
)
_NOT_A_COUNT = re.compile(
    r"^(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|"
    r"jul|aug|sept?|oct|nov|dec|"
    r"and|the|with|for|from|that|which|was|were|has|have|are|but|after|before|while|when|year|month|week|day|hour|"
    r"minute|per|since|million|billion)s?$",
    re.IGNORECASE,
)
# What an amount is an amount of; two amounts of different sorts never contradict each other.
_SORTS = {
    "valuation": re.compile(r"valu(?:ation|ed|ing|es?)\b|worth\b|market cap", re.IGNORECASE),
    "revenue": re.compile(r"revenue|sales|earn|profit|loss\b|arr\b|run[- ]rate", re.IGNORECASE),
    "price": re.compile(r"per (?:month|year|user|seat|million)|a (?:month|year|share)|price|cost", re.IGNORECASE),
    "raised": re.compile(r"rais|round|funding|series [a-g]\b|seed|invest|financ|led by", re.IGNORECASE),
}
# Rounding explains a difference up to this; hedged figures ("nearly 450") are given more room.
ROUNDING_SHARE = 0.03
HEDGED_SHARE = 0.12
# Beyond this gap two figures are hardly about the same thing.
LARGEST_GAP_SHARE = 0.75
# Two sentences speak of the same quantity if more than this share of the shorter one's words stands in the other.
SAME_MATTER_SHARE = 0.5
NEARBY_CHARACTERS = 45


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as a sentence gives it: `unit` is a currency, `%` or the folded noun that is counted."""

    value: float
    unit: str
    sort: str
    is_hedged: bool
    text: str


def figures(sentence: str) -> Iterator[Figure]:
    """The figures of a sentence that mean an amount, a share or a count; years, dates and versions do not."""
    for match in _FIGURE.finditer(sentence):
        before = sentence[max(0, match.start() - 20) : match.start()]
        if before and (before[-1].isalnum() or before[-1] in ".-/v"):
            continue
        value = float(match["number"].replace(",", "")) * _SCALE[(match["scale"] or "").lower()]
        around = sentence[max(0, match.start() - NEARBY_CHARACTERS) : match.end() + NEARBY_CHARACTERS]
        unit = match["unit"] or ""
        if match["currency"]:
            unit = _CURRENCY[match["currency"].lower()]
        elif match["percent"]:
            unit = "%"
        elif not unit or _NOT_A_COUNT.search(unit) or (not match["scale"] and 1900 <= value <= 2100):
            continue
        sort = _sort(around, sentence[match.end() : match.end() + 12]) if match["currency"] else ""
        text = sentence[
            match.start() : match.end("percent")
            if match["percent"]
            else match.end("scale")
            if match["scale"]
            else match.end("number")
        ]
        yield Figure(
            value, unit if unit.isupper() or unit == "%" else fold(unit), sort, bool(_HEDGED.search(before)), text
        )


def disagreement(left: str, right: str) -> tuple[Figure, Figure] | None:
    """Two different figures that two sentences give for one quantity, or None.

    Both must speak of the same matter in the same unit, and neither may hold the other's figure.
    """
    left_terms, right_terms = _bare_terms(left), _bare_terms(right)
    shorter, longer = sorted((left_terms, right_terms), key=len)
    if len(shorter) < 2 or share_covered(shorter, longer) <= SAME_MATTER_SHARE:
        return None
    lefts, rights = list(figures(left)), list(figures(right))
    for one in lefts:
        for other in rights:
            if (one.unit, one.sort) != (other.unit, other.sort) or not _differ(one, other):
                continue
            if any(_same(one, known) for known in rights) or any(_same(other, known) for known in lefts):
                continue
            if sum(f.unit == one.unit for f in lefts) == 1 == sum(f.unit == one.unit for f in rights) or one.sort:
                return one, other
    return None


def _sort(around: str, after: str) -> str:
    if _SORTS["price"].search(after):
        return "price"
    return next((name for name, pattern in _SORTS.items() if pattern.search(around)), "")


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
