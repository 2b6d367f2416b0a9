"""What to watch next: sentences in which a source gives a time that has not come yet. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from newsdesk.digests.passages import speaks_english
from newsdesk.digests.receipts import Receipt, Sentence, sentence_to_json
from newsdesk.digests.sentences import body_sentences, shown
from newsdesk.digests.style import is_dangling, is_publishable
from newsdesk.digests.terms import cosine, terms, vector
from newsdesk.stories.entities import find_entities
from newsdesk.stories.read import EntryView

if TYPE_CHECKING:
    from newsdesk.digests.compose import Item

MOST_WATCHED = 5
MOST_SENTENCES_AN_ENTRY = 30
# A date without a year that lies further back than this means next year's.
ROLL_OVER = timedelta(days=60)
# Further ahead than this nobody tracks it.
FURTHEST = timedelta(days=550)
LEAST_LIKENESS = 0.15

_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_MONTH = (
    r"(?P<month>Jan(?:uary|\.)?|Feb(?:ruary|\.)?|March|Mar\.|April|Apr\.|May|June|July|August|Aug\.?|"
    r"Sept(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_DATE = re.compile(
    rf"\b(?:(?P<before>\d{{1,2}})\s+)?{_MONTH}(?:\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?)?(?:,?\s+(?P<year>20\d\d))?\b"
)
_WINDOW = re.compile(
    r"\b(?:later this (?:week|month|year|quarter|spring|summer|fall|autumn|winter)|next (?:week|month|quarter|year|"
    r"spring|summer|fall|autumn|winter)|this (?:summer|fall|autumn|winter)|"
    r"(?:by|before) (?:the end of (?:the |this |next )?(?:week|month|quarter|"
    r"year|20\d\d)|year[- ]end|20\d\d)|in the (?:first|second) half of (?:20\d\d|the year|next year)|"
    r"in (?:Q[1-4]|early|mid|late)[- ](?:20\d\d)|in the (?:first|second|third|fourth) quarter of 20\d\d)\b",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"\b(?:will|expects? to|expected|plans? to|planned|planning|set to|scheduled|slated|due|aims? to|intends? to|"
    r"takes? effect|deadline|hearing|trial (?:begins|starts|is)|to (?:begin|start|launch|ship|open|vote|rule|decide|"
    r"release|roll out|shut down|be \w+ed)|"
    r"begins|starts|launches|rolls out|votes|rolling out|shutting down|ends|expires|until|by)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:was|were|had|took place|last (?:week|month|year)|in (?:its|their) (?:fiscal|quarter))\b.{0,40}$",
    re.IGNORECASE,
)


def find_watch(items: Sequence[Item], until: datetime) -> Iterator[dict[str, Any]]:
    """At most five trackable sentences of the day's stories, one a story, those with a date first.

    Each is verbatim with its receipt, the time as the source puts it, its date where that can be told, and who acts.
    """
    found = [
        watched
        for item in items
        if item.section != "short" or item.story.origins > 1
        if (watched := _of_item(item, until))
    ]
    yield from sorted(found, key=lambda w: w["date"] is None)[:MOST_WATCHED]


def _of_item(item: Item, until: datetime) -> dict[str, Any] | None:
    subject = vector(terms(" ".join([item.headline, item.draft.sentences[0].text])), {})
    best: tuple[tuple[bool, float], dict[str, Any]] | None = None
    for entry in item.story.entries:
        if entry.role == "round_up" or not speaks_english(entry):
            continue
        for span in body_sentences(entry.text)[:MOST_SENTENCES_AN_ENTRY]:
            text = shown(entry.text[span.start : span.end])
            when = when_ahead(text, until)
            if when is None or not is_publishable(text) or is_dangling(text):
                continue
            likeness = cosine(vector(terms(text), {}), subject)
            merit = (when[1] is not None, likeness)
            if likeness >= LEAST_LIKENESS and (best is None or merit > best[0]):
                best = merit, _watched(item, entry, (span.start, span.end), when)
    return best[1] if best else None


def when_ahead(text: str, until: datetime) -> tuple[str, date | None] | None:
    """The time after `until` that a sentence speaks of, as worded, with its date if it names a day; None if none."""
    today = until.date()
    for match in _DATE.finditer(text):
        day = _resolved(match, today)
        if day and today < day <= today + FURTHEST and _AHEAD.search(text) and not _PAST.search(text[: match.start()]):
            is_exact = bool(match["day"] or match["before"])
            if (
                is_exact
                or match["year"]
                or re.search(r"\b(?:in|by|until|before|from|this|next)\s$", text[: match.start()])
            ):
                return match.group().strip(), day if is_exact else None
    window = _WINDOW.search(text)
    return (window.group(), None) if window and _AHEAD.search(text) else None


def _resolved(match: re.Match[str], today: date) -> date | None:
    month = next(
        n for n, name in enumerate(_MONTHS, start=1) if name.startswith(match["month"].lower().rstrip(".")[:3])
    )
    number = int(match["day"] or match["before"] or 28)
    try:
        if match["year"]:
            return date(int(match["year"]), month, number)
        day = date(today.year, month, number)
        return day if day >= today - ROLL_OVER else day.replace(year=today.year + 1)
    except ValueError:
        return None


def _watched(item: Item, entry: EntryView, span: tuple[int, int], when: tuple[str, date | None]) -> dict[str, Any]:
    start, end = span
    quote = entry.text[start:end]
    receipt = Receipt(entry.public_id, entry.url, entry.text_sha256, start, end, quote)
    hits = find_entities(shown(quote))
    return {
        "story": item.story.public_id,
        "sentence": sentence_to_json(Sentence(shown(quote), "detail", "fact", "extract", (receipt,))),
        "when": when[0],
        "date": when[1].isoformat() if when[1] else None,
        "owner": hits[0].name if hits else "",
    }
