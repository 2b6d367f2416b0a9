"""What has changed in a story since it was told: dropped, denied, corrected, ruled, another number. Pure.

A title's words are compared with those of what was told before. What they say is sorted into groups of words that say
the same (`developments.toml`), so that a ruling told in other words is no second ruling. Words that only say what might
be, or what somebody asks for, change nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from newsdesk.stories.stems import stem
from newsdesk.stories.text import is_figure, normalise, tokenize
from newsdesk.stories.threads.amounts import changed_amount
from newsdesk.stories.threads.verbs import base_of
from newsdesk.stories.titles.cleaning import bare_title
from newsdesk.stories.titles.kinds import is_by_author, is_chatter, is_comment, is_hedged
from newsdesk.stories.word_lists import WordLists

LISTS = WordLists(Path(__file__).with_name("developments.toml"))
_any_of = LISTS.any_of

# So many characters of a title are read, and of what was told.
TITLE_CHARACTERS = 300
TOLD_CHARACTERS = 600
# A title that shares fewer terms with all that was told is of another matter; more where it is of another story.
MIN_SHARED, MIN_SHARED_OF_ANOTHER = 2, 3
# ... and for opposites and sums of money, which every second title has, this share of its terms.
SHARED_WHERE_LOOSE = 0.5
# Before a word that says what changed, in so many characters it is said whether it is done.
BEFORE_CHARACTERS = 40


class Change(StrEnum):
    """What became of something told before."""

    RETRACTED = "retracted"
    CORRECTED = "corrected"
    RULED = "ruled"
    SETTLED = "settled"
    DENIED = "denied"
    DROPPED = "dropped"
    REVERSED = "reversed"
    CLOSED = "closed"
    DELAYED = "delayed"
    DATED = "dated"
    NUMBER = "number"
    CONFIRMED = "confirmed"


# The changes after which what was told is not so any more, or never was.
CONTRADICTING = frozenset(
    {Change.RETRACTED, Change.CORRECTED, Change.DENIED, Change.DROPPED, Change.REVERSED, Change.NUMBER}
)
LABELS = {
    Change.RETRACTED: "Retracted",
    Change.CORRECTED: "Corrected",
    Change.RULED: "Ruled",
    Change.SETTLED: "Settled",
    Change.DENIED: "Denied",
    Change.DROPPED: "Dropped",
    Change.REVERSED: "Reversed",
    Change.CLOSED: "Closed",
    Change.DELAYED: "Delayed",
    Change.DATED: "Date set",
    Change.NUMBER: "Number changed",
    Change.CONFIRMED: "Confirmed",
}
# In this order groups are looked for: what a more special one takes is not asked of the next.
_GROUPS = (
    *("retracted", "corrected", "ruled_acquitted", "ruled_overturned", "ruled_for", "ruled_against", "ruled_penalty"),
    *("ruled", "settled", "denied", "dropped", "reversed_resumed", "reversed", "closed", "delayed", "dated"),
)
_CUES = {group: re.compile(rf"(?<!\w){_any_of(group)}(?!\w)", re.IGNORECASE) for group in _GROUPS}
_CJK_CUES = {
    group.removesuffix("_cjk"): re.compile(_any_of(group))
    for group in LISTS
    if group.endswith("_cjk") and group not in ("authority_cjk", "negation_cjk")
}
_AUTHORITY = re.compile(rf"(?<!\w){_any_of('authority')}(?!\w)|{_any_of('authority_cjk')}", re.IGNORECASE)
_OPPOSITES = tuple(
    tuple(re.compile(rf"(?<![\w-])(?:{side})(?![\w-])", re.IGNORECASE) for side in line.split("||"))
    for line in LISTS.entries("opposites")
)
_NOT_DONE = re.compile(rf"(?<!\w){_any_of('not_done')}(?: [^\s,]+)?\s*$", re.IGNORECASE)
_DONE_TO = re.compile(rf"(?<!\w){_any_of('done_to')}\s*$", re.IGNORECASE)
_NEGATED = re.compile(
    rf"(?<!\w)(?!{_any_of('no_negation')}(?!\w)){_any_of('negation')}\s+([^\s,;:]+(?: [^\s,;:]+){{0,2}})", re.I
)
_NEGATED_CJK = re.compile(rf"{_any_of('negation_cjk')}([\u4e00-\u9fff]{{2}})")
_WILL = re.compile(r"(?:will|won|no longer|不会|不會|不再)", re.IGNORECASE)
_DATE = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?(?: \d{1,2})?\b|\b(?:mon|tues|wednes|thurs|fri"
    r"|satur|sun)day\b|\b20\d\d\b|\bnext (?:week|month|year|spring|summer|autumn|fall|winter)\b|\d{1,2}[月日号]",
    re.IGNORECASE,
)
_CONFIRMED = re.compile(rf"(?<!\w){_any_of('confirmed')}(?!\w)", re.IGNORECASE)
_RUMOUR = re.compile(
    r"\brumou?r|\breportedly\b|\breport(?:s|ed)? (?:says?|claims?)\b|\bsources?\b|\bto be\b", re.IGNORECASE
)
# "Kelp didn't buy Brine for its ferries; it bought a market": no denial, but somebody's point.
_POINT = re.compile(r"\s?[—–;-]\s?(?:it|they|he|she|but)\b|,? but\b|\bbecause\b", re.IGNORECASE)
_LABEL = re.compile(r"^\W*(?:correction|corrected|update|updated|erratum|retraction)\b\s?[:|\]—–-]+\s*", re.IGNORECASE)
_ABOUT_NOUN = re.compile(r"^(?:deal|merger|acquisition|takeover|talk|plan|bid|ipo|partnership|sale|purchase)", re.I)
_PARTICLE = re.compile(r"^(?:\S+ )(?:(?:off|away from|away|out of|out|up on|up|on) )?")
_WORD = re.compile(r"[^\W\d_]{3,}")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_QUESTION = re.compile(r"[?？]\s*$")
_COUNTED = frozenset(stem(word) for word in LISTS.words("counted"))


@dataclass(frozen=True, slots=True)
class Development:
    """What a title says has changed: its place among the titles, and what follows the label's word."""

    change: Change
    title: int
    words: str

    @property
    def label(self) -> str:
        """The word that stands before what has changed."""
        return LABELS[self.change]

    @property
    def is_contradiction(self) -> bool:
        """Whether what was told is not so any more."""
        return self.change in CONTRADICTING


def find_development(titles: Sequence[str], told: Sequence[str], *, is_same: bool = True) -> Development | None:
    """What the first title that has something to say of it says has changed since the texts `told`, None if nothing.

    `told` are titles and sentences; `is_same`: they are of the very story, not of one that it seems to repeat.

    >>> told = ["Kelp agrees to buy Brine for $2 billion"]
    >>> find_development(["Kelp drops deal to buy Brine"], told).words
    'deal to buy Brine'
    >>> find_development(["Kelp is to take over Brine in $2bn deal", "Kelp urged to drop deal to buy Brine"], told)
    """
    before = tuple(normalise(text)[:TOLD_CHARACTERS] for text in told if text)
    if not before:
        return None
    for place, title in enumerate(titles):
        plain = bare_title(title)[:TITLE_CHARACTERS]
        if _is_news(plain) and _is_same_matter(plain, before, is_same):
            found = next(_changes(plain, before), None)
            if found is not None:
                return Development(found[0], place, found[1])
    return None


def _changes(title: str, told: Sequence[str]) -> Iterator[tuple[Change, str]]:
    """What a title says has changed, the surest first, with the words for it."""
    known = frozenset[str]().union(*(_groups(text) for text in told))
    new = [group for group in _groups(title) if _is_new(group, known, title, told)]
    bare = _LABEL.sub("", title)
    if "corrected" in new:
        amounts = changed_amount(bare, told, frozenset())
        yield Change.CORRECTED, f"{amounts[0].spoken} was {amounts[1].spoken}" if amounts else bare
    if "retracted" in new:
        yield Change.RETRACTED, bare
    if negated := _negated(title, told):
        yield negated, bare
    for group in new:
        change = Change(group.split("_")[0])
        yield change, _what_was_dropped(bare) if change == Change.DROPPED else bare
    is_loose = _share(title, told) >= SHARED_WHERE_LOOSE
    if is_loose and _is_opposite(title, told):
        yield Change.REVERSED, bare
    alike = [text for text in told if _share(title, (text,)) >= SHARED_WHERE_LOOSE]
    if amounts := changed_amount(title, told, _COUNTED):
        was, now = amounts
        if not now.unit or (now.unit != "%" and changed_amount(title, alike, _COUNTED)):
            yield Change.NUMBER, f"{was.spoken}, now {now.spoken}"
    if is_loose and all(map(_is_rumour, told)) and not _is_rumour(title) and _CONFIRMED.search(title):
        yield Change.CONFIRMED, bare


def _is_rumour(title: str) -> bool:
    return is_hedged(title) or _RUMOUR.search(title) is not None


def _is_news(title: str) -> bool:
    return not (_QUESTION.search(title) or is_comment(title) or is_chatter(title) or is_by_author(title))


def _terms(text: str) -> frozenset[str]:
    return frozenset(term for term in tokenize(text) if not is_figure(term))


def _is_same_matter(title: str, told: Sequence[str], is_same: bool) -> bool:
    if is_same and _CJK.search(title) and not any(_CJK.search(text) for text in told):
        return True  # in another script few words are the same; that it tells the story is known
    common = _terms(title) & frozenset[str]().union(*map(_terms, told))
    return len(common) >= (MIN_SHARED if is_same else MIN_SHARED_OF_ANOTHER)


def _share(title: str, told: Sequence[str]) -> float:
    """The share of a title's terms in the text told that holds most of them, 0 to 1."""
    terms = _terms(title)
    return max(len(terms & _terms(text)) for text in told) / len(terms) if terms else 0.0


@lru_cache(maxsize=4096)
def _groups(text: str) -> tuple[str, ...]:
    """The groups of words in a text that say that something is done, in their order; of rulings the first said."""
    has_authority = _AUTHORITY.search(text) is not None
    found: dict[str, int] = {}
    for group in _GROUPS:
        if group.startswith("ruled") and not has_authority:
            continue
        place = _place(group, text)
        if place is not None and (group != "dated" or _DATE.search(text)):
            found[group] = place
    rulings = [group for group in found if group.startswith("ruled")]
    if rulings:
        first = min(rulings, key=lambda group: (found[group], _GROUPS.index(group)))
        found = {g: n for g, n in found.items() if g == first or (n != found[first] and not g.startswith("ruled"))}
    return tuple(found)


def _place(group: str, text: str) -> int | None:
    """Where a group's first word stands that is not only wished for, asked or feared."""
    for match in _CUES[group].finditer(text):
        before = text[max(0, match.start() - BEFORE_CHARACTERS) : match.start()]
        if not _NOT_DONE.search(before) or _DONE_TO.search(before):
            return match.start()
    found = _CJK_CUES[group].search(text) if group in _CJK_CUES else None
    return found.start() if found else None


def _is_done(pattern: re.Pattern[str], text: str) -> bool:
    """Whether a word of the pattern stands where it is not only wished for, asked or feared."""
    return any(
        not _NOT_DONE.search(text[max(0, m.start() - BEFORE_CHARACTERS) : m.start()]) for m in pattern.finditer(text)
    )


def _is_new(group: str, known: frozenset[str], title: str, told: Sequence[str]) -> bool:
    if group in known:
        return group == "dated" and not _dates((title,)) & _dates(told)
    kind = group.split("_")[0]
    if kind == "ruled":
        return "ruled" not in known and (group != "ruled" or not any(one.startswith("ruled") for one in known))
    return not (kind == "dated" and "delayed" in known)


def _dates(texts: Sequence[str]) -> frozenset[str]:
    return frozenset(date.lower().rstrip(".") for text in texts for date in _DATE.findall(text))


def _what_was_dropped(title: str) -> str:
    """What follows the verb, or the whole title where what was dropped stands before it."""
    match = _CUES["dropped"].search(title)
    if match is None or _ABOUT_NOUN.match(match.group()):
        return title
    return _PARTICLE.sub("", title[match.start() :]) if " " in title[match.start() :] else title


def _negated(title: str, told: Sequence[str]) -> Change | None:
    """A denial, or a plan dropped, where the title says not of what was told; a reversal the other way about."""
    denied, before = _negations(title), [_negations(text) for text in told]
    plain = frozenset().union(*(_verbs(text) - frozenset(no) for text, no in zip(told, before, strict=True)))
    for word, is_plan in denied.items():
        if word in plain and not any(word in no for no in before):
            return Change.DROPPED if is_plan else Change.DENIED
    said = _verbs(title)
    if any(word in said and word not in denied and word not in plain for no in before for word in no):
        return Change.REVERSED
    return None


@lru_cache(maxsize=4096)
def _negations(text: str) -> dict[str, bool]:
    """The words, as their bases, that a text says not of, and whether it says so of what will be."""
    found: dict[str, bool] = {}
    for match in _NEGATED.finditer(text):
        first = next((word for word in match[1].lower().split() if len(word) > 3 and not word.endswith("ly")), "")
        if first and not _POINT.search(text, match.end()):
            found[base_of(first)] = bool(_WILL.match(text, match.start()) or text[: match.start()].endswith("will "))
    for match in _NEGATED_CJK.finditer(text):
        found[match[1]] = bool(_WILL.match(text, match.start()))
    return found


@lru_cache(maxsize=4096)
def _verbs(text: str) -> frozenset[str]:
    return frozenset(base_of(word) for word in _WORD.findall(text.lower())) | frozenset(
        t for t in tokenize(text) if len(t) == 2
    )


def _is_opposite(title: str, told: Sequence[str]) -> bool:
    """Whether the title has one side of a pair where all that was told has the other."""
    for sides in _OPPOSITES:
        now = [_is_done(side, title) for side in sides]
        for mine, other in ((0, 1), (1, 0)):
            if not now[mine] or now[other] or any(sides[mine].search(text) for text in told):
                continue
            if any(sides[other].search(text) for text in told):
                return True
    return False
