"""A report's text as it is read for where its news comes from: sentences of what is news, each with its place."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

# Of 31 long texts that tell where they have their news from, 9 do within 1,000 characters, 23 within 2,000, nearly all
# within 3,000 to 4,000, bylines and advertisements left out.
READ_CHARACTERS = 4_000
# So much is looked through for them: a page's furniture stands among its text.
LOOKED_AT_CHARACTERS = 7_000
# Sources are listed under the text, before what the page's foot says.
TAIL_CHARACTERS = 600
MOST_QUOTED_CHARACTERS = 320
# Parties and outlets are named before this; the rest of a long sentence is a page's list.
SENTENCE_CHARACTERS = 700

_FOLDED = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´ʼ", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
    }
)
# What is not one plain space between two words.
_UNSEEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff"
_GAP = re.compile(rf" {{2,}}|(?<! ) ?[^\S ][\s{_UNSEEN}]*| ?[{_UNSEEN}][\s{_UNSEEN}]*")
_END = re.compile(
    r"\n|(?<=[.!?])[\"')]{0,3} (?=[\"'(]?[A-Z0-9\u00c0-\u00de\u4e00-\u9fff])"
    r"|(?<=[。！？])[」』\"]{0,2}"
)
_SPEECH = re.compile(r'[“„«][^“”„«»]{0,2000}[”“»]|"[^"]{0,1000}"|「[^」]{0,300}」|“[^”]{0,300}$')
# Who wrote, who sells, what else is on: none of it tells where the news comes from.
_FURNITURE = re.compile(
    r"\b(?:Getty Images|Shutterstock|EPA Images|AFP pic|Image (?:Credits?|source)|Photo(?:graph)? by"
    r"|(?:file|handout) photo|(?:his|her|their) work has (?:also )?appeared in|covering (?:\w+ ){1,4}for"
    r"|joined (?:The )?[A-Z]\w+(?: \w+)? in \d{4}"
    r"|(?:is|was) an? (?:[\w-]+ ){0,4}(?:editor|reporter|writer|journalist|correspondent|freelancer|columnist) "
    r"(?:at|for|with|covering|who|based)|[Pp]reviously,? (?:he|she|they) (?:worked|wrote|was)|years? of experience"
    r"|View the LinkedIn Profile|(?i:register now|subscribe now|save up to|offer ends|tickets? (?:now|before)"
    r"|sign up for|newsletters? (?:and|is)|your inbox|early bird)|(?i:techcrunch disrupt|founder summit))\b"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: `text` on one line with plain quotes and dashes, `unsaid` the same with speech blanked out.

    `start` and `end` are its place in the report's text, in code points.
    """

    text: str
    unsaid: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read of a report: its title, the sentences of its text, and the text's end, where sources are listed."""

    title: Sentence
    body: tuple[Sentence, ...]
    tail: Sentence

    @property
    def has_text(self) -> bool:
        """Whether there is more than the title."""
        return bool(self.body)


@lru_cache(maxsize=2_048)
def read(text: str) -> Reading:
    """What is read of a report's text, which is its title, an empty line, and its body."""
    title, _, body = text.partition("\n\n")
    offset = len(text) - len(body)
    tail = max(0, len(body) - TAIL_CHARACTERS)
    return Reading(
        title=_line(title, 0),
        body=tuple(_sentences(_Folded.of(body[:LOOKED_AT_CHARACTERS], offset))),
        tail=_line(body[tail:], offset + tail),
    )


def quoted(text: str, sentence: Sentence) -> tuple[int, int]:
    """The span of a sentence that is shown as its receipt, not longer than a quote may be."""
    end = min(sentence.end, sentence.start + MOST_QUOTED_CHARACTERS)
    return sentence.start, sentence.start + len(text[sentence.start : end].rstrip())


def _line(raw: str, offset: int) -> Sentence:
    folded = _Folded.of(raw, offset)
    return _sentence(folded, 0, len(folded.text))


@dataclass(frozen=True, slots=True)
class _Folded:
    """A text with one style of quotes and blanks, and where each of its parts stood in the text that it was.

    A line break stays where a sentence ends with it; pages break lines around links too.
    """

    text: str
    unsaid: str
    places: tuple[int, ...]
    origins: tuple[int, ...]

    @classmethod
    def of(cls, raw: str, offset: int) -> _Folded:
        pieces: list[str] = []
        places, origins, length, last = [], [], 0, 0
        for gap in (*_GAP.finditer(raw), None):
            piece = raw[last : gap.start() if gap else len(raw)]
            if piece:
                places.append(length)
                origins.append(offset + last)
                pieces.append(piece)
                length += len(piece)
            if gap and any(letter.isspace() for letter in gap[0]):
                pieces.append("\n" if _ends_line(gap[0], piece, raw[gap.end() : gap.end() + 1]) else " ")
                length += 1
            last = gap.end() if gap else last
        whole = "".join(pieces)
        unsaid = _SPEECH.sub(lambda speech: " " * len(speech[0]), whole)
        return cls(whole.translate(_FOLDED), unsaid.translate(_FOLDED), tuple(places), tuple(origins))

    def origin(self, place: int) -> int:
        part = max(bisect_right(self.places, place) - 1, 0)
        return self.origins[part] + place - self.places[part] if self.places else 0


def _ends_line(gap: str, before: str, after: str) -> bool:
    """Whether a sentence ends with a line: a link's line break stands after a small word or before one."""
    before = before.rpartition(" ")[2]
    if "\n" not in gap or not before:
        return False
    is_link = (before[0].islower() and before[-1].isalpha()) or after.islower() or after in ",.;:)"
    return gap.count("\n") > 1 or not is_link


def _sentences(folded: _Folded) -> list[Sentence]:
    kept: list[Sentence] = []
    start = taken = 0
    for end in (*(match.end() for match in _END.finditer(folded.text)), len(folded.text)):
        sentence = _sentence(folded, start, end)
        if sentence.text and not _FURNITURE.search(sentence.text):
            kept.append(sentence)
            taken += end - start
        start = end
        if taken >= READ_CHARACTERS:
            break
    return kept


def _sentence(folded: _Folded, start: int, end: int) -> Sentence:
    whole = folded.text[start:end]
    first = start + len(whole) - len(whole.lstrip())
    last = start + len(whole.rstrip())
    if first >= last:
        return Sentence("", "", 0, 0)
    cut = min(last, first + SENTENCE_CHARACTERS)
    return Sentence(folded.text[first:cut], folded.unsaid[first:cut], folded.origin(first), folded.origin(last - 1) + 1)
