"""Words as they are compared: normalised, without a publisher's name, lightly stemmed."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

from newsdesk.stories.stems import stem
from newsdesk.stories.stop_words import COMPARED

_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_FOLDED = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´ʼ", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": "...",
        "⁄": "/",
    }
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>")
_SPACE = re.compile(r"\s+")
# Feeds end a cut summary in one of these; they say nothing of the article.
_FEED_TAIL = re.compile(
    r"(?:The post .{1,300}? appeared first on .{1,80}"
    r"|\[?(?:Continue reading|Read more)\b.{0,200}|\[\.\.\.\]|\.\.\.)\s*$",
    re.IGNORECASE,
)
# Looked for at the end first, which costs less than the whole expression; no tail is longer.
_MAY_HAVE_TAIL = re.compile(r"\.\.\.|appeared first on|continue reading|read more", re.IGNORECASE)
TAIL_CHARACTERS = 450
_ADDRESS = re.compile(r"\bhttps?://\S+", re.IGNORECASE)
# What is printed loses no more than what nobody sees, and white space of markup that stood around a word.
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_LOOSE_STOP = re.compile(r" ([,.;:!?)])(?=[\s,.;:]|$)")
_LOOSE_BRACKET = re.compile(r"(?<=\s\() (?=\w)")

_WORD = re.compile(
    r"(?P<cve>cve-\d{4}-\d{4,7})"
    r"|(?P<sum>[$€£¥]\s?\d[\d,]*(?:\.\d+)?(?:\s?(?:trillion|billion|million|thousand|tn|bn|mn|[tbmk])\b)?)"
    r"|(?P<figure>\d[\d,]*(?:\.\d+)*(?:\s?(?:trillion|billion|million|bn|%|percent|per cent)|[tbmk]\b)?)"
    r"|(?P<cjk>[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+)"
    r"|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)?)"
)
_SCALE = {
    **dict.fromkeys(("t", "tn", "trillion"), "t"),
    **dict.fromkeys(("b", "bn", "billion"), "b"),
    **dict.fromkeys(("m", "mn", "million"), "m"),
    **dict.fromkeys(("k", "thousand"), "k"),
    **dict.fromkeys(("%", "percent", "per cent"), "%"),
}
_FIGURE = re.compile(r"([$€£¥]?)\s?(\d[\d,]*(?:\.\d+)*)\s?(.*)", re.S)


def normalise(text: str) -> str:
    """The text on one line as it is compared: NFKC, entities and tags gone, one style of quotes and dashes.

    Soft hyphens, zero-width and direction marks are dropped; case is kept.
    """
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).translate(_FOLDED)
    return _SPACE.sub(" ", text).strip()


def shown(quote: str) -> str:
    """A verbatim quote as printed: white space folded, none before a comma, unseen characters left out."""
    return _LOOSE_BRACKET.sub("", _LOOSE_STOP.sub(r"\1", " ".join(_UNSEEN.sub("", quote).split())))


def lead(text: str, words: int) -> str:
    """The first `words` words of a body, normalised, without addresses and what feeds append to it."""
    text = normalise(text[: words * 12])
    if _MAY_HAVE_TAIL.search(text, max(0, len(text) - TAIL_CHARACTERS)):
        text = _FEED_TAIL.sub("", text)
    if "://" in text:
        text = _ADDRESS.sub("", text)
    return " ".join(text.split(" ")[:words])


def tokenize(text: str) -> list[str]:
    """Comparable terms of a normalised text, in order, stop words dropped.

    Words are lower-cased and stemmed; figures keep currency and scale ("$27 billion" is "$27b"); CVE ids stay whole;
    runs of Chinese, Japanese or Korean become their pairs of characters.
    """
    return list(_terms(text))


# A short text is read twice, to find copies and to find its story.
@lru_cache(maxsize=256)
def _terms(text: str) -> tuple[str, ...]:
    terms: list[str] = []
    for match in _WORD.finditer(text.lower()):
        kind, token = match.lastgroup, match.group()
        if kind == "word":
            if token not in COMPARED and (len(token) > 1 or not token.isascii()):
                terms.append(stem(token))
        elif kind == "cjk":
            terms.extend(token[n : n + 2] for n in range(max(1, len(token) - 1)))
        elif kind == "cve":
            terms.append(token)
        else:
            terms.append(_figure(token))
    return tuple(terms)


def content_words(text: str) -> list[str]:
    """The terms of a normalised text that are no bare figures."""
    return [term for term in tokenize(text) if not is_figure(term)]


def is_figure(term: str) -> bool:
    """Whether a term is a number, a sum of money, a share or a version."""
    return term[0].isdigit() or term[0] in "$€£¥"


def _figure(token: str) -> str:
    match = _FIGURE.fullmatch(token)
    if match is None:
        return token
    currency, digits, scale = match.groups()
    return currency + digits.replace(",", "").rstrip(".") + _SCALE.get(scale.strip(), scale.strip())
