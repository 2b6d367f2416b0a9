"""What to watch next: sentences in which a source gives a time that has not come yet. Pure."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from feeds.bounded.run import CutOff
from feeds.bounded.run import call as bounded
from newsdesk.digests.composing.item import Item
from newsdesk.digests.prose.english import speaks_english
from newsdesk.digests.prose.printable import has_broad_subject, is_dangling, is_publishable
from newsdesk.digests.prose.sentences import body_sentences
from newsdesk.digests.prose.terms import cosine, terms, vector
from newsdesk.digests.shape import Role, SentenceKind, WatchJson, Writer
from newsdesk.digests.telling import plainly
from newsdesk.digests.telling.receipts import Receipt, Sentence, sentence_to_json
from newsdesk.stories.entities.find import find_entities
from newsdesk.stories.read import EntryView
from newsdesk.stories.text import shown

logger = logging.getLogger(__name__)

MOST_WATCHED = 6
# Windows ("later this year") fill up to so many; a dated item can be ticked off, a window hardly.
FEWEST_WATCHED = 3
MOST_SENTENCES_AN_ENTRY = 30
# A date without a year that lies further back than this means next year's.
ROLL_OVER = timedelta(days=60)
# Further ahead than this nobody tracks a day, or a month.
FURTHEST_DAY = timedelta(days=120)
FURTHEST_MONTH = timedelta(days=550)
LEAST_LIKENESS = 0.08
LEAST_LIKENESS_WINDOW = 0.25
EVENT_BONUS = 0.5
MOST_CHARACTERS = 260
BROAD_MALUS = 0.15

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
_IN_TIME = re.compile(r"\b(?:in|by|until|before|from|this|next)\s$")
_YEAR = re.compile(r"20\d\d")
_WINDOW = re.compile(
    r"\b(?:later this (?:week|month|year|quarter|spring|summer|fall|autumn|winter)|next (?:week|month|quarter|year|"
    r"spring|summer|fall|autumn|winter)|this (?:summer|fall|autumn|winter)|"
    r"(?:by|before) (?:the end of (?:the |this |next )?(?:week|month|quarter|"
    r"year|20\d\d)|year[- ]end|20\d\d)|in the (?:first|second) half of (?:20\d\d|the year|next year)|"
    r"in (?:Q[1-4]|early|mid|late)[- ](?:20\d\d)|in the (?:first|second|third|fourth) quarter of 20\d\d)\b",
    re.IGNORECASE,
)
# Who the registry does not know: the name that a sentence begins with.
_ACTOR = re.compile(
    r"(?P<name>(?<![\w&-])(?!AI\b)[A-Z][\w&-]+(?: [A-Z][\w&-]+){0,3})(?:[’']s)? (?:[a-z]+ ){0,3}"
    r"(?:will|is|are|has|can)\b"
)
# What can be checked on a day: an occasion, or the end or the beginning of something.
_EVENT = re.compile(
    r"\b(?:hearing|trial|votes?|will (?:vote|hear|rule|decide|meet|publish|open|close|end|start|begin|launch|report|"
    r"stop|take effect|raise|charge|exclude|retire|question)|deadline|due|takes? effect|appl(?:y|ies) from|starts?|"
    r"begins?|launch(?:es)?|clos(?:es?|ing)|goes dark|ends?|expires?|results|reports on|ruling|is expected|"
    r"are expected|scheduled|set for|"
    r"has until|have until|planned for|comments are open|meets)\b",
    re.IGNORECASE,
)
# The sentence reports what is done already; the date stands in passing.
_REPORTS_THE_PAST = re.compile(
    r"^[^,]{0,80}\b(?:has|have|had) (?:dropped|signed|raised|agreed|published|announced|launched|sued|filed|warned)\b"
)
_ANYBODY = re.compile(r"The (?:company|group|firm|startup|start-up|agency)\b")
_HEARSAY = re.compile(r"\btold [\w ]{2,40} that\b|\bwere (?:told|invited|asked)\b")
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


def find_watch(items: Sequence[Item], until: datetime) -> Iterator[WatchJson]:
    """At most six trackable sentences of the day's stories, one a story and a day's event, the soonest first.

    Each is verbatim with its receipt, the time as the source puts it, its date where that can be told, and who acts.
    Windows without a date come last and only where fewer than three dates are found.
    """
    yield from choose_watch([watched for item in items if (watched := _of_item(item, until))])


def choose_watch(found: Sequence[WatchJson]) -> Iterator[WatchJson]:
    """What of the found, one a story and in page order, a digest lists, as `find_watch` has it."""
    dated = [w for w in found if w["date"]][:MOST_WATCHED]
    windows = [w for w in found if not w["date"]]
    # The day's bigger stories keep their place before the soonest events of smaller ones.
    yield from sorted(dated, key=lambda w: str(w["date"]))
    yield from windows[: max(0, FEWEST_WATCHED - len(dated))]


def _of_item(item: Item, until: datetime) -> WatchJson | None:
    if item.draft.prompt_version == plainly.PROMPT_VERSION:
        return None  # its texts held up the telling; they are not read here
    try:
        return bounded(watched_of, item, until)
    except CutOff as error:
        logger.warning("story %s is not looked through for what to watch: %s", item.story.public_id, error)
        return None


def watched_of(item: Item, until: datetime) -> WatchJson | None:
    """The story's best sentence to watch, if it has one."""
    subject = vector(terms(" ".join([item.headline, item.draft.sentences[0].text])), {})
    best: tuple[tuple[bool, float], WatchJson] | None = None
    for entry in item.story.entries:
        if entry.role == "round_up" or not speaks_english(entry):
            continue
        for span in body_sentences(entry.text)[:MOST_SENTENCES_AN_ENTRY]:
            text = shown(entry.text[span.start : span.end])
            when = when_ahead(text, until)
            if when is None or not is_publishable(text) or is_dangling(text) or not _stands_alone(text):
                continue
            likeness = cosine(vector(terms(text), {}), subject)
            if likeness < (LEAST_LIKENESS if when[1] else LEAST_LIKENESS_WINDOW) and not (
                when[1] and _EVENT.search(text)
            ):
                continue
            merit = (
                likeness
                - BROAD_MALUS * bool(_HEARSAY.search(text))
                + EVENT_BONUS * bool(_EVENT.search(text))
                - BROAD_MALUS * has_broad_subject(text)
            )
            if best is None or (when[1] is not None, merit) > best[0]:
                best = (when[1] is not None, merit), _watched(item, entry, (span.start, span.end), when)
    return best[1] if best else None


def _stands_alone(text: str) -> bool:
    """Whether a sentence can be watched by itself: short, about what comes, and clear about who."""
    is_clear = not _ANYBODY.match(text) and not _REPORTS_THE_PAST.search(text) and not _HEARSAY.search(text)
    return len(text) <= MOST_CHARACTERS and is_clear


def when_ahead(text: str, until: datetime) -> tuple[str, date | None] | None:
    """The time after `until` that a sentence speaks of, as worded, with its date if it names a day; None if none."""
    today = until.date()
    for match in _DATE.finditer(text):
        day = _resolved(match, today)
        is_exact = bool(match["day"] or match["before"])
        furthest = today + (FURTHEST_DAY if is_exact else FURTHEST_MONTH)
        before = text[: match.start()]
        if day is None or not today < day <= furthest or not _AHEAD.search(text) or _PAST.search(before):
            continue
        if is_exact or match["year"] or _IN_TIME.search(before):
            return match.group().strip(), day if is_exact else None
    window = _WINDOW.search(text)
    if window is None or not _AHEAD.search(text):
        return None
    year = _YEAR.search(window.group())
    return (window.group(), None) if not year or today.year <= int(year.group()) <= today.year + 1 else None


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


def _watched(item: Item, entry: EntryView, span: tuple[int, int], when: tuple[str, date | None]) -> WatchJson:
    start, end = span
    quote = entry.text[start:end]
    receipt = Receipt(entry.public_id, entry.url, entry.text_sha256, start, end, quote)
    hits = find_entities(shown(quote)) or find_entities(item.headline)
    actor = _ACTOR.match(shown(quote))
    sentence = Sentence(shown(quote), Role.DETAIL, SentenceKind.FACT, Writer.EXTRACT, (receipt,))
    return {
        "story": item.story.public_id,
        "sentence": sentence_to_json(sentence),
        "when": when[0],
        "date": when[1].isoformat() if when[1] else None,
        "owner": hits[0].name if hits else actor["name"] if actor else "",
    }
