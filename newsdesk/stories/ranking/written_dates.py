"""When something was first public, as its address, its title and its own words say. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from newsdesk.stories.word_lists import WordLists

LISTS = WordLists(Path(__file__).with_name("written_dates.toml"))
# A text says how old it is at its beginning or in its last lines; between them it speaks of other things.
HEAD_CHARACTERS, TAIL_CHARACTERS = 600, 300
# Addresses are longer only by what tracks readers.
ADDRESS_CHARACTERS = 500

_any_of = LISTS.any_of
_MONTHS = {name: n for n, names in enumerate(LISTS.entries("months"), start=1) for name in names.split("|")}
_MONTH = rf"(?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))})"
_YEAR = r"(?:19|20)\d\d"
_DATE = (
    rf"(?P<ymd>{_YEAR}[-/.]\d\d?[-/.]\d\d?)|(?P<cjk>{_YEAR}年(?:\d\d?月(?:\d\d?日)?)?)"
    rf"|(?P<dmy>\d\d?(?:st|nd|rd|th|\.|er|º)? (?:de )?{_MONTH}\.?,? (?:de |del )?{_YEAR})"
    rf"|(?P<mdy>{_MONTH}\.? \d\d?(?:st|nd|rd|th)?,? {_YEAR})|(?P<my>{_MONTH}\.?,? (?:de )?{_YEAR})|(?P<y>{_YEAR})"
)
_WEEKDAY = r"(?:[a-zéäû]{2,9}(?:day|tag|di)\.?,? )?"
_TIME = r"(?:,? (?:at |um )?\d\d?[:.]\d\d(?: ?[ap]\.?m\.?)?)?"
# "This article was originally published by The Fjord Times on 9 February 2021".
_SAYS_OF_ITSELF = re.compile(
    rf"\b{_any_of('this_text')}\b[^.!?\n]{{0,40}}?\b{_any_of('made_public')}\b[^.!?\n]{{0,60}}?\b(?:{_DATE})(?!\d)",
    re.IGNORECASE,
)
# A line or sentence of its own: what goes on after the date ("First published in 2021, the rules …") speaks of others.
_LABELLED = re.compile(
    rf"(?:^|[.!?。|•·(\[（\n]) ?[“*]?{_any_of('label')} ?{_WEEKDAY}(?:{_DATE})(?!\d){_TIME}"
    r"(?= ?(?:[.)\]）。|•·–—\n]|by |$))",
    re.IGNORECASE,
)
_EAST_ASIAN = re.compile(
    rf"{_any_of('this_text_east_asian')}[^。\n]{{0,20}}?(?:{_any_of('made_public_east_asian')}[^。\n]{{0,8}}?)?"
    rf"(?:{_DATE})(?!\d)",
)
# "OSLO, March 3, 2025 /PRNewswire/ --": when a release was given out.
_DATELINE = re.compile(
    rf"^[A-Z][^\n/(]{{2,60}}?, (?P<mdy>{_MONTH}\.? \d\d?, {_YEAR}) ?"
    r"(?:/[A-Z][\w ]{2,24}/|\([A-Z][\w ]{2,24}\)|--|–|—)",
    re.IGNORECASE,
)
# "A visual introduction (2015)", "(May 2015) [pdf]": how forums mark what is not of this year.
_IN_TITLE = re.compile(
    rf"[\[(（](?:(?P<my>{_MONTH}\.? {_YEAR})|(?P<y>{_YEAR})年?)[\])）](?:\s{{0,3}}[\[(]\w{{2,5}}[\])])?\s*$",
    re.IGNORECASE,
)
_IN_ADDRESS = re.compile(
    rf"(?<![\d.])(?P<year>{_YEAR})"
    r"(?:/(?P<month>\d\d?)(?:[/-](?P<day>\d\d?))?|(?P<mark>[-_]?)(?P<mm>\d\d)(?P=mark)(?P<dd>\d\d))?(?!\d)"
)
_PAPER = re.compile(
    r"\b(?:arxiv\.org/[a-z]{3,5}/(?:[a-z-]{2,12}(?:\.[a-z]{2})?/)?|huggingface\.co/papers/|alphaxiv\.org/[a-z]{3,8}/"
    r"|arxiv:\s?)(?P<year>\d\d)(?P<month>0[1-9]|1[0-2])(?:\.\d{4,5}|\d{3})(?!\d)",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_LETTERS = re.compile(r"[a-zéûäç]+", re.IGNORECASE)
# Of papers before this year in the century the old numbers run (arXiv began in 1991).
_ARXIV_BEGAN = 91


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """The last moment of a day, month or year that is written somewhere; `precision` says which of them."""

    moment: datetime
    precision: str


def written_dates(url: str, title: str, text: str) -> Iterator[WrittenDate]:
    """The dates from which a report was public, by its address, its title and its own words.

    >>> [date.moment.year for date in written_dates("https://kelp.example/2023/03/14/x", "Kelp maps a harbour", "")]
    [2023]
    """
    yield from _of_address(url[:ADDRESS_CHARACTERS])
    yield from _of_paper(f"{url[:ADDRESS_CHARACTERS]} {title}")
    if match := _IN_TITLE.search(title):
        yield from _read(match)
    body = text.removeprefix(title).lstrip()
    head, tail = body[:HEAD_CHARACTERS], body[HEAD_CHARACTERS:][-TAIL_CHARACTERS:]
    if match := _DATELINE.match(head):
        yield from _read(match)
    for part in filter(None, (head, tail)):
        for pattern in (_SAYS_OF_ITSELF, _LABELLED, _EAST_ASIAN):
            for match in pattern.finditer(part):
                yield from _read(match)


def _of_address(url: str) -> Iterator[WrittenDate]:
    """The latest date in an address: earlier ones in it are what the page is about."""
    path = url.partition("://")[2].partition("?")[0]
    found = [date for match in _IN_ADDRESS.finditer(path) for date in _at(match, path)]
    yield from sorted(found, key=lambda date: date.moment)[-1:]


def _at(match: re.Match[str], path: str) -> Iterator[WrittenDate]:
    before = path[: match.start()].rpartition("/")[2]
    if match["dd"]:
        # A version's date stands behind its number: "kelp-4o-2024-05-13".
        if not _DIGITS.search(before):
            yield from _dated(int(match["year"]), int(match["mm"]), int(match["dd"]))
    elif match["month"] and not before:
        yield from _dated(int(match["year"]), int(match["month"]), int(match["day"]) if match["day"] else None)
    elif not before and path[match.end() : match.end() + 1] == "/":
        yield from _dated(int(match["year"]))


def _of_paper(words: str) -> Iterator[WrittenDate]:
    for match in _PAPER.finditer(words):
        year = int(match["year"])
        yield from _dated(year + (1900 if year >= _ARXIV_BEGAN else 2000), int(match["month"]))


def _read(match: re.Match[str]) -> Iterator[WrittenDate]:
    found = {name: written for name, written in match.groupdict().items() if written}
    for name, written in found.items():
        numbers = [int(number) for number in _DIGITS.findall(written)]
        match name:
            case "ymd" | "cjk":
                yield from _dated(*numbers)
            case "dmy":
                yield from _dated(numbers[-1], _month(written), numbers[0])
            case "mdy":
                yield from _dated(numbers[-1], _month(written), numbers[0])
            case "my":
                yield from _dated(numbers[-1], _month(written))
            case "y":
                yield from _dated(numbers[-1])


def _month(written: str) -> int:
    """The number of the month that is named, 1 to 12."""
    return next(_MONTHS[word] for word in _LETTERS.findall(written.lower()) if word in _MONTHS)


def _dated(year: int, month: int | None = None, day: int | None = None) -> Iterator[WrittenDate]:
    """The end of the day, month or year, if there is such a one."""
    precision = "day" if day else "month" if month else "year"
    try:
        last = day or monthrange(year, month or 12)[1]
        yield WrittenDate(datetime(year, month or 12, last, 23, 59, tzinfo=UTC), precision)
    except ValueError:  # month 13, 30 February: no date, but a number that looks like one
        return
