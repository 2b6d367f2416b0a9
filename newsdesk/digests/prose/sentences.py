"""Where the sentences of a text stand, without the furniture around them.

A text is `title + "\\n\\n" + body`; offsets count code points. The rules are those of Kiss and Strunk's survey of
what misleads a splitter (abbreviations, initials, numbers, quotes), written out for news instead of learned.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from newsdesk.stories.text import shown
from newsdesk.stories.word_lists import WordLists

# A sentence split inside a quotation is joined again up to this many characters; then the quote was never closed.
LONGEST_QUOTED_SENTENCE = 480
# A page that lost its line breaks runs its title into the first sentence; shorter titles may be a part of it.
SHORTEST_TELLING_TITLE = 25

# Whether a line goes on in the next is seen at its end.
RUN_ON_CHARACTERS = 400

LISTS = WordLists(Path(__file__).with_name("sentences.toml"))

_CLOSERS = "\"'”’»)\\]」』）"
_END = re.compile(rf"(?:…|(?<![.!?])[.!?]++)[{_CLOSERS}]*+(?=\s|$)|[。！？]+[{_CLOSERS}]*")
_OPENERS = "\"'“‘«([「『（"
_NEVER_ENDS = LISTS.words("never_ends")
_MAY_END, _BEGINS = LISTS.words("may_end"), LISTS.words("begins")
# 「…？」と: the quotation is a part of its sentence.
_JAPANESE_PARTICLES = "とがはをのにでへもや、"
_LAST_WORD = re.compile(r"(?<![^\s\"'“‘(\[])[^\s\"'“‘(\[]+$")
_ABBREVIATED = re.compile(r"(?:[a-z]\.)+[a-z]")
_NOT_A_LETTER = re.compile(r"\W")
# A line ending in one of these, or a next line beginning in lower case, is one sentence broken by a link's markup.
_JOINERS = LISTS.words("joins")

# "OSLO, May 6 (Reuters) - ", "New York (AFP) — ", "LONDON/PARIS, March 3, 2031 /PRNewswire/ -- ", "PITTSBURGH - ".
_DASH = r"[–—-]{1,9}"
# White space before what is looked for, or none: from the middle of it no search is begun. Inside it is short.
_GAP = r"(?:(?<!\s)\s++)?"
_SPACE = r"\s{1,9}"
_DATELINE = re.compile(
    rf"{_GAP}(?:(?<![A-Za-z])[A-Z](?=[^(/]{{1,85}}[(/])[\w.’'/\- ]{{1,40}}(?:,\s[^\n()–—:/]{{2,40}})?\s{{0,9}}"
    rf"(?:\([A-Z][\w.&’' -]{{1,30}}\)|/[A-Z][\w .-]{{1,30}}/)\s{{0,9}}(?:{_DASH}|:)"
    r"|(?<![A-Za-z])[A-Z][A-Z.’'/\- ]{2,40}(?:,\s[^\n()–—:]{2,40}?)?(?:\s(?:[–—]|--?(?=\s{1,9}[A-Z“\"]))|:)"
    rf"|\([A-Z][A-Za-z ]{{1,30}}\)\s{{0,9}}{_DASH}){_SPACE}(?=[“‘\"'A-Z\d])"
)
_LEAD_IN = re.compile(
    rf"{_GAP}(?:(?:arXiv:\S{{1,40}}{_SPACE}Announce Type:\s{{0,9}}\S{{1,40}}{_SPACE})?(?:Abstract|Summary|TL;?DR|Update"
    rf"|Updated|Exclusive|Breaking(?: news)?|Editor[’']s note)\s{{0,9}}:{_SPACE}"
    rf"|(?:[-*•‣▪·–—]|\d{{1,2}}[.)]){_SPACE})",
    re.IGNORECASE,
)
# Two to four names, or one in which two are written together: each way to part them is tried once.
_LETTERS = r"[\w.’'-]{1,30}"
_BYLINE = re.compile(
    rf"{_GAP}(?:By|Written by|Posted by|Reported by){_SPACE}"
    rf"(?:[A-Z]{_LETTERS}(?:\s[A-Z]{_LETTERS}){{1,3}}|[A-Z]{_LETTERS}[A-Z]{_LETTERS})\s?(?:,\s[A-Z][\w ]{{2,30}})?"
    rf"(?:\s{{0,9}}[|•·–—-]\s*|{_SPACE}"
    r"(?=(?:[A-Z][a-z]{1,20} \d{1,2}, \d{4}|\d{1,2} [A-Z][a-z]{1,20} \d{4})))"
)
_DATE_STAMP = re.compile(
    rf"{_GAP}(?:(?:Published|Updated|Posted)(?: on)?:?\s{{0,9}})?"
    r"(?:[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}|\d{1,2} [A-Z][a-z]{2,8} \d{4})"
    r"(?:,? (?:at )?\d{1,2}:\d{2}(?: ?[ap]\.?m\.?)?(?: [A-Z]{2,4})?)?\s{0,9}[|•·–—:-]\s*"
)
_CAPTION = re.compile(
    rf"{_GAP}\([^()]{{0,80}}\b(?:pic|pics|photo|photos|image|images|file)\b[^()]{{0,40}}\)\s*", re.IGNORECASE
)
# Labels of a page that lost its line breaks stand before the first sentence: "Key points", "Search", "Ad".
_LABEL = re.compile(
    rf"{_GAP}(?:Search|Ad|Advertisement|Listen|Share|Save|Menu|Image|Home){_SPACE}(?=[A-Z][\w’'-]{{0,40}}\s)"
)
_LATE_LABEL = re.compile(rf"\b(?:Key Points|Key Takeaways|Bullet points)\s{{0,9}}:?{_SPACE}(?=[A-Z“\"])")
# Labels begin within so many characters of a sentence; none is longer than the second figure.
LATE_LABEL_CHARACTERS, LONGEST_LABEL_CHARACTERS = 400, 60
_SENTENCE_MARK = re.compile(r"[.!?]")
_STAMP = re.compile(
    r"\b[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4},? (?:at )?\d{1,2}:\d{2}\s?[AP]M(?: [A-Z]{2,4})?"
    rf"(?:{_SPACE}(?:Link|Share|Gift|Save|Comments?|\d{{1,9}})){{0,9}}{_SPACE}(?=[A-Z“\"])"
)
STAMP_CHARACTERS = 300
_STRIPPED = (_BYLINE, _DATE_STAMP, _LEAD_IN, _CAPTION, _DATELINE)
# What a sentence may begin with, looked for between two places of a text.
Finder = Callable[[str, int, int], re.Match[str] | None]

_FURNITURE = re.compile(rf"^{LISTS.any_of('furniture_beginning')}|{LISTS.any_of('furniture')}", re.IGNORECASE)
_CUT_OFF = re.compile(rf"(?:[,;:]\.|(?<!\.)\.\.+|…|\[(?:…|\.\.\.|\+\d+ chars)\])[{_CLOSERS}\s]*$")
_ENDED = re.compile(rf"[.!?。！？][{_CLOSERS}]*$")


@dataclass(frozen=True, slots=True)
class Span:
    """A sentence's place [start, end) in a text; `order` counts the body's sentences from 0, furniture included."""

    start: int
    end: int
    order: int


def title_span(text: str) -> tuple[int, int]:
    """Where the title stands in a text: (0, 0) if there is none."""
    end = text.find("\n\n")
    title = text[: end if end >= 0 else len(text)]
    start = len(title) - len(title.lstrip())
    return (start, len(title.rstrip())) if title.strip() else (0, 0)


def body_sentences(text: str) -> tuple[Span, ...]:
    """The whole sentences of a text's body, in order; titles, headings, captions and cut-off ends are left out.

    >>> text = "Kelp sues\\n\\nOSLO, May 6 (Reuters) - Kelp Inc. said it sued Brine. Read more: kelp.example"
    >>> [text[span.start : span.end] for span in body_sentences(text)]
    ['Kelp Inc. said it sued Brine.']
    >>> text = "Kelp sues\\n\\nBrine hired Dr. Ada Berg of Kelp Inc. The court did not say when. It cost $2.5 millio..."
    >>> [text[span.start : span.end] for span in body_sentences(text)]
    ['Brine hired Dr. Ada Berg of Kelp Inc.', 'The court did not say when.']
    """
    spans = []
    order = 0
    body_start = text.find("\n\n")
    if body_start < 0:
        return ()
    title = text[slice(*title_span(text))]
    for start, end in _blocks(text, body_start + 2):
        for left, right in _joined(text, list(_split(text, start, end))):
            left = _without_lead_in(text, left, right, title)
            if is_whole(text[left:right]):
                spans.append(Span(left, right, order))
            order += 1
    return tuple(spans)


def is_whole(sentence: str) -> bool:
    """Whether this is a sentence somebody finished: it ends, is not furniture, and its quotes and brackets close.

    >>> is_whole("“It is open,” said Berg."), is_whole("“It is open, said Berg."), is_whole("Photo: Ada Berg.")
    (True, False, False)
    """
    sentence = shown(sentence)
    return bool(
        _ENDED.search(sentence)
        and not _CUT_OFF.search(sentence)
        and not _FURNITURE.search(sentence.lstrip(_OPENERS))
        and _is_balanced(sentence)
    )


def _blocks(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Paragraphs: lines, joined where a line break stands in the middle of a sentence."""
    block: tuple[int, int] | None = None
    position = start
    for line in text[start:].split("\n"):
        left, right = position, position + len(line)
        position = right + 1
        if not line.strip():
            if block:
                yield block
            block = None
        elif block and _runs_on(text[max(block[0], block[1] - RUN_ON_CHARACTERS) : block[1]], line):
            block = (block[0], right)
        else:
            if block:
                yield block
            block = (left, right)
    if block:
        yield block


def _runs_on(before: str, line: str) -> bool:
    before, line = before.rstrip(), line.lstrip()
    if _ENDED.search(before) or before.endswith((":", "…")):
        return False
    last = _LAST_WORD.search(before)
    if before.endswith(("’s", "'s")):
        return True
    return (
        line[0].islower()
        or line[0] in ",.;)"
        or before.endswith(",")
        or bool(last and last.group().lower() in _JOINERS)
    )


def _split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans between sentence ends, white space trimmed."""
    left = start
    for match in _END.finditer(text, start, end):
        if match.end() < end and not _is_end(text, match, end):
            continue
        yield from _trimmed(text, left, match.end())
        left = match.end()
    yield from _trimmed(text, left, end)


def _is_end(text: str, match: re.Match[str], end: int) -> bool:
    if match.group()[0] in "。！？":
        return match.group()[-1] not in _CLOSERS or text[match.end()] not in _JAPANESE_PARTICLES
    rest = text[match.end() : min(end, match.end() + 40)].lstrip()
    following = rest.lstrip(_OPENERS)
    if not following:
        return True
    if following[0].islower():
        return False
    if match.group() != ".":
        return True
    word = _LAST_WORD.search(text, max(0, match.start() - 24), match.start())
    before = word.group().lower() if word else ""
    if before in _NEVER_ENDS or (len(before) == 1 and before.isalpha()):
        return before == "no" and not following[0].isdigit()
    if before in _MAY_END or _ABBREVIATED.fullmatch(before):
        return _NOT_A_LETTER.split(following, maxsplit=1)[0].lower() in _BEGINS
    return not (
        before.isdigit()
        and len(before) < 3
        and text[match.start() - len(before) - 1 : match.start() - len(before)] == "\n"
    )


def _trimmed(text: str, left: int, right: int) -> Iterator[tuple[int, int]]:
    while left < right and text[left].isspace():
        left += 1
    while right > left and text[right - 1].isspace():
        right -= 1
    if left < right:
        yield left, right


def _joined(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Sentences put together again where a quotation runs over several of them."""
    held: tuple[int, int] | None = None
    for left, right in spans:
        if held and right - held[0] <= LONGEST_QUOTED_SENTENCE:
            held = (held[0], right)
        else:
            if held:
                yield held
            held = (left, right)
        if _is_balanced(text[held[0] : held[1]]):
            yield held
            held = None
    if held:
        yield held


def _is_balanced(sentence: str) -> bool:
    return (
        sentence.count("“") == sentence.count("”")
        and sentence.count('"') % 2 == 0
        and sentence.count("(") == sentence.count(")")
        and sentence.count("「") == sentence.count("」")
    )


def _without_lead_in(text: str, left: int, right: int, title: str) -> int:
    """Where the sentence proper begins: after the title said again, labels, a byline, date stamp or dateline."""
    if len(title) >= SHORTEST_TELLING_TITLE and (at := text.find(title, left, right)) >= 0 and at + len(title) < right:
        left = at + len(title)
    finders: tuple[Finder, ...] = (_labels, _stamp, *(pattern.match for pattern in _STRIPPED))
    for found_in in finders:
        match = found_in(text, left, right)
        if match and match.end() < right:
            left = match.end()
    return next((n for n in range(left, right) if not text[n].isspace()), left)


def _labels(text: str, left: int, right: int) -> re.Match[str] | None:
    """The last late label among a sentence's first words, else a label that it begins with."""
    mark = _SENTENCE_MARK.search(text, left, min(right, left + LATE_LABEL_CHARACTERS))
    furthest = mark.start() if mark else left + LATE_LABEL_CHARACTERS
    late = list(_LATE_LABEL.finditer(text, left, min(right, furthest + LONGEST_LABEL_CHARACTERS)))
    late = [match for match in late if match.start() <= furthest]
    return late[-1] if late else _LABEL.match(text, left, right)


def _stamp(text: str, left: int, right: int) -> re.Match[str] | None:
    """The first stamp of date and time in a sentence's first line."""
    furthest = left + STAMP_CHARACTERS
    line_end = text.find("\n", left, furthest)
    match = _STAMP.search(text, left, right)
    return match if match and match.start() <= (furthest if line_end < 0 else line_end) else None
