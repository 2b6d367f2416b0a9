"""Does a sentence that a model wrote stand on the text it cites? Pure; fails closed.

A sentence is held against what it cites only: its numbers must stand in the cited spans or titles, its names and
quotations in the cited sources, and most of its content words too. What passes may still misread its source; what
fails is dropped sentence by sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from newsdesk.stories.stems import root
from newsdesk.stories.stop_words import PROVED

MIN_CHARS = 20
MAX_CHARS = 420
# Share of a sentence's content words that its sources must hold; paraphrase lives in the rest.
MIN_WORD_SUPPORT = 0.6
# Shorter quotations are scare quotes and product names, held to the names' rule.
MIN_QUOTATION_WORDS = 3

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_THOUSANDS = re.compile(r",(?=\d{3}(?:\D|$))")
_POSSESSIVE = re.compile(r"['’]s?$")
QUOTATION = re.compile(r"[“\"]([^“”\"]+)[”\"]")
NOT_PLAIN = re.compile(
    r"https?:|www\.|javascript:|[<>{}\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\]\(|```|\*\*"
)
FOLD = {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "‑": "-", "\u00a0": " "}


@dataclass(frozen=True)
class Cited:
    """A source that a sentence cites: its whole text and the span quoted from it."""

    text: str
    quote: str


def locate(quote: str, text: str) -> tuple[int, int] | None:
    """The span of `quote` in `text`, looking past quote styles, dashes and white space; None if it is not there.

    >>> locate("it's 'open' - now", "Berg said it’s ‘open’ – now, and left.")
    (10, 27)
    >>> locate("it is open", "Berg said it’s ‘open’.") is None
    True
    """
    if not quote.strip():
        return None
    at = text.find(quote)
    if at >= 0:
        return at, at + len(quote)
    folded, places = _fold(text)
    wanted = _fold(quote)[0].strip()
    at = folded.find(wanted)
    if at < 0 or not wanted:
        return None
    return places[at], places[at + len(wanted) - 1] + 1


def faults(sentence: str, cited: Sequence[Cited]) -> list[str]:
    """Why a sentence must not be published; empty if it stands on what it cites.

    >>> quote = "Kelp sued Brine for $40 million in Oslo."
    >>> source = Cited(f"Kelp sues Brine\\n\\n{quote}", quote)
    >>> faults("Kelp is suing Brine in Oslo for $40 million.", [source])
    []
    >>> faults("Kelp is suing Marram in Oslo for $45 million.", [source])
    ['number 45 is not in what it cites', 'name Marram is not in its sources']
    """
    found: list[str] = []
    if not MIN_CHARS <= len(sentence) <= MAX_CHARS:
        found.append(f"{len(sentence)} characters long")
    if NOT_PLAIN.search(sentence):
        found.append("holds an address, markup or control characters")
    if not cited:
        return [*found, "cites nothing"]
    titles = [source.text.partition("\n")[0] for source in cited]
    spans = "\n".join([*(source.quote for source in cited), *titles])
    texts = "\n".join(source.text for source in cited)
    found += [f"number {number} is not in what it cites" for number in sorted(_numbers(sentence) - _numbers(spans))]
    found += [f"quotation not in its sources: {said}" for said in quotations(sentence) if locate(said, texts) is None]
    found += [f"name {name} is not in its sources" for name in _unknown_names(sentence, texts)]
    words = {root(word) for word in WORD.findall(sentence.lower())} - PROVED
    known = {root(word) for word in WORD.findall(texts.lower())}
    if words and len(words & known) / len(words) < MIN_WORD_SUPPORT:
        found.append("says what its sources do not speak of")
    return found


def quotations(sentence: str) -> list[str]:
    """What stands in quotation marks and is long enough to be somebody's words."""
    return [said for said in QUOTATION.findall(sentence) if len(said.split()) >= MIN_QUOTATION_WORDS]


def _fold(text: str) -> tuple[str, list[int]]:
    """`text` with quotes, dashes and runs of white space folded, and the place each character came from."""
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        character = FOLD.get(character, character)
        if character.isspace():
            if characters and characters[-1] == " ":
                continue
            character = " "
        characters.append(character)
        places.append(place)
    return "".join(characters), places


def _numbers(text: str) -> set[str]:
    """Numbers without their thousands separators: 1,200 and 1200 are one, 1.5 stays."""
    text = unicodedata.normalize("NFKC", text)
    return {_THOUSANDS.sub("", number).rstrip(".,") for number in NUMBER.findall(text)}


def _unknown_names(sentence: str, texts: str) -> Iterable[str]:
    """Capitalised words, other than a lone one that opens the sentence, that no cited source holds."""
    known = {_POSSESSIVE.sub("", word) for word in WORD.findall(texts)}
    known |= {part for word in known for part in word.split("-")}
    words = list(WORD.finditer(sentence))
    for number, match in enumerate(words):
        word = _POSSESSIVE.sub("", match.group())
        opens = number == 0 or sentence[: match.start()].rstrip()[-1:] in '.!?:"“'
        if not word[0].isupper() or (opens and not word[1:].isupper() and word.lower() in PROVED):
            continue
        if opens and word.lower() in {name.lower() for name in known}:
            continue
        if opens and not (number + 1 < len(words) and words[number + 1].group()[0].isupper()) and word[1:].islower():
            continue
        if any(part[:1].isupper() and part not in known for part in word.split("-")):
            yield word
