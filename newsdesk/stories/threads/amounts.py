"""Amounts in titles and whether one has changed: 400m is 400 million, nearly 20 million may be 19.6 million. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newsdesk.stories.stems import stem
from newsdesk.stories.stop_words import COMPARED

# Rounding explains a difference up to this share; one that is "nearly" or "over" so much is given more room.
ROUNDING_SHARE = 0.03
HEDGED_SHARE = 0.12
# Beyond this factor two amounts of money in two titles are hardly the same thing.
MOST_TIMES_OF_MONEY = 12.0
# What is counted stands within so many words behind its number.
NOUN_WORDS = 4
# Before a number, in so many characters it is said whether it is exact, still so, or reached.
BEFORE_CHARACTERS = 32

_SCALES = {
    **dict.fromkeys(("k", "thousand", "tausend", "mil", "千"), 1e3),
    **dict.fromkeys(("万", "萬"), 1e4),
    **dict.fromkeys(("m", "mn", "mln", "mio", "million", "millions", "millionen", "millón", "millones"), 1e6),
    **dict.fromkeys(("亿", "億"), 1e8),
    **dict.fromkeys(("b", "bn", "bln", "mrd", "billion", "billions", "milliarde", "milliarden"), 1e9),
    **dict.fromkeys(("milliard", "milliards", "mil millones"), 1e9),
    **dict.fromkeys(("t", "tn", "trillion", "trillions", "兆"), 1e12),
}
_CURRENCIES = {
    **dict.fromkeys(("$", "us$", "dollar", "dollars", "dólares", "美元", "ドル"), "$"),
    **dict.fromkeys(("€", "euro", "euros", "欧元", "ユーロ"), "€"),
    **dict.fromkeys(("£", "pounds"), "£"),
    **dict.fromkeys(("¥", "yen", "yuan", "元", "円"), "¥"),
}
_IN_WORDS = {
    word: value
    for value, word in enumerate("two three four five six seven eight nine ten eleven twelve".split(), start=2)
}
_AMOUNT = re.compile(
    r"(?P<currency>US\$|[$€£¥])?(?<![.,/-])(?<![^\W\u3040-\u30ff\u3400-\u9fff])"
    r"(?:(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+(?![\d.])|\d+(?:[.,]\d+)?)"
    rf"|(?P<word>{'|'.join(_IN_WORDS)})(?=\s))"
    r"(?:[\s-]?(?P<scale>mil millones|thousand|tausend|millionen|millions?|millones|millón|milliarden?|milliards?"
    r"|billions?|trillions?|mln|bln|mrd|mio|mn|bn|tn|mil|[kmbt])\b|(?P<cjk>[千万萬亿億兆])(?:(?P<more>\d{1,4})[万萬])?)?"
    r"(?P<percent>\s?(?:%|percent\b|per cent\b|prozent\b))?"
    r"(?:\s?(?P<money>dollars?|euros?|pounds|yen|yuan|dólares|美元|欧元|ドル|ユーロ|元|円))?",
    re.IGNORECASE,
)
_HEDGED = re.compile(
    r"(?:about|around|nearly|almost|over|roughly|some|up to|at least|more than|fewer than|less than|approximately|under"
    r"|~|rund|etwa|fast|mehr als|plus de|près de|environ|más de|casi|约|超|近|約)\s*$",
    re.IGNORECASE,
)
_FORMER = re.compile(
    r"(?:not|from|instead of|rather than|than|was|were|statt|au lieu de|en vez de|ではなく|而非)\s*$", re.IGNORECASE
)
_CHANGING = re.compile(
    r"(?:(?:grow|ris|climb|jump|swell|widen|soar|fall|fell|drop|shrink|shrank|slip|rose|grew|cut|rais|revis|increas|up"
    r"|down|doubl|tripl)(?:e?s|e?d|e|en|ing)?(?: [a-z]+)? (?:to|at|as)|now(?: [a-z]+){0,4}|as many as) $",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]{1,2}")
_YEAR = range(1900, 2101)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as a title gives it: `unit` is a currency, % or empty for a count, `nouns` the stems that follow it.

    `is_former`: the title says that it is so no more; `is_changing`: that it has come to it.
    """

    value: float
    unit: str
    nouns: frozenset[str]
    is_hedged: bool
    spoken: str
    is_former: bool = False
    is_changing: bool = False


def amounts_in(title: str) -> Iterator[Amount]:
    """The amounts of a normalised title; versions, dates and bare years are none.

    >>> [(a.value, a.unit, a.spoken) for a in amounts_in("Kelp raises $400m; 2.5 million users, GPT-5 since 2031")]
    [(400000000.0, '$', '$400m'), (2500000.0, '', '2.5 million')]
    >>> [a.value for a in amounts_in("海带泄露2000万用户数据")]
    [20000000.0]
    """
    for match in _AMOUNT.finditer(title):
        scale = (match["scale"] or match["cjk"] or "").lower()
        value = (_IN_WORDS[match["word"].lower()] if match["word"] else _read(match["number"], scale)) * _SCALES.get(
            scale, 1.0
        )
        value += int(match["more"] or 0) * _SCALES["万"]
        currency = match["currency"] or match["money"] or ""
        unit = "%" if match["percent"] else _CURRENCIES.get(currency.lower(), "")
        behind = title[match.end() : match.end() + 60]
        if behind[:1].isalnum() and not _CJK.match(behind):
            continue
        if not unit and not scale and value in _YEAR and "," not in match.group():
            continue
        before = title[: match.start()][-BEFORE_CHARACTERS:]
        found = [pattern.search(before) is not None for pattern in (_HEDGED, _FORMER, _CHANGING)]
        yield Amount(value, unit, _nouns(behind), found[0], match.group(), found[1], found[2])


def changed_amount(title: str, told: Sequence[str], counted: frozenset[str]) -> tuple[Amount, Amount] | None:
    """What was told and what a title says now, where it gives another number for one thing; else None.

    `counted` are the stems of what a count must be of; empty: of anything. All texts are normalised.
    """
    now, before = list(amounts_in(title)), [amount for text in told for amount in amounts_in(text)]
    for one in now:
        alike = [other for other in before if _is_of_same(one, other, counted) or _is_said_to_change(one, other)]
        if not alike or any(_is_told(mine, alike) for mine in now if mine == one or not mine.is_former):
            continue
        if one.unit and (_is_one_of_several(one, now, before) or not _is_near(one, alike)):
            continue
        return alike[0], one
    return None


def is_same_amount(one: Amount, other: Amount) -> bool:
    """Whether two amounts are equal but for rounding."""
    low, high = sorted((one.value, other.value))
    allowed = HEDGED_SHARE if one.is_hedged or other.is_hedged else ROUNDING_SHARE
    return one.unit == other.unit and high - low <= allowed * high


def _is_of_same(one: Amount, other: Amount, counted: frozenset[str]) -> bool:
    if one.unit or other.unit:
        return one.unit == other.unit
    common = one.nouns & other.nouns
    return bool(common & counted if counted else common)


def _is_said_to_change(one: Amount, other: Amount) -> bool:
    """Whether a count without its noun is said to be what another one has come to."""
    return one.is_changing and one.unit == other.unit and not other.unit and not one.nouns - other.nouns


def _is_told(one: Amount, before: Sequence[Amount]) -> bool:
    return any(is_same_amount(one, other) for other in before)


def _is_one_of_several(one: Amount, now: Sequence[Amount], before: Sequence[Amount]) -> bool:
    """Whether a sum is one of more that are no roundings of each other: nobody knows which is which."""

    def several(amounts: Sequence[Amount]) -> bool:
        of_unit = [amount for amount in amounts if amount.unit == one.unit]
        return any(not is_same_amount(of_unit[0], amount) for amount in of_unit)

    told = [amount for amount in now if not any(is_same_amount(amount, other) for other in before)]
    return several(told) or several(before)


def _is_near(one: Amount, alike: Sequence[Amount]) -> bool:
    low, high = sorted((one.value, alike[0].value))
    return high <= MOST_TIMES_OF_MONEY * low


def _read(number: str, scale: str) -> float:
    """A number in English or continental digits: before a scale word one comma or stop is a decimal's."""
    if number.count(",") == 1 and (scale or len(number) - number.index(",") - 1 != 3):
        return float(number.replace(",", "."))
    if number.count(".") > 1 or (not scale and "." in number and len(number) - number.index(".") - 1 == 3):
        number = number.replace(".", "")
    return float(number.replace(",", ""))


def _nouns(behind: str) -> frozenset[str]:
    words = [stem(word) for word in _WORD.findall(behind.lower())[:NOUN_WORDS] if word not in COMPARED]
    if words and _CJK.match(behind.lstrip()):
        found = _CJK.match(behind.lstrip())
        return frozenset([found.group()] if found else [])
    return frozenset(words)
