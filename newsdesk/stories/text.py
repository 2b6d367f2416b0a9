"""Words as they are compared: normalised, without a publisher's name, lightly stemmed."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

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
_SUFFIX = re.compile(r"\s+[-|:·•]\s+([^-|:·•]{2,60})$")

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

# Fewer letters than this are no publisher's signature.
MIN_SIGNATURE_LETTERS = 3

STOP_WORDS = frozenset(
    """
    a about after again all also am an and any are as at be because been before being between both but by can could
    did do does doing down during each few for from further had has have having he her here hers him his how i if in
    into is it its itself just let like may me might more most must my new no nor not now of off on once one only or
    other our out over own per said same say says she should so some such than that the their theirs them then there
    these they this those through to too under until up upon us use used uses using very via was we were what when
    where which while who whom why will with within without would yet you your get gets got make makes made don't
    isn't can't won't it's that's here's what's amid among
    """.split()
)


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


# Each step of the line asks for it once.
@lru_cache(maxsize=4_096)
def clean_title(title: str, publisher: str = "") -> str:
    """The title normalised and without the publisher's name at its end.

    `publisher` is its name or slug. A part after the last dash or bar is cut when it names the publisher, or after a
    bar when it is a few words and much shorter than what it follows.
    """
    title = normalise(title)
    match = _SUFFIX.search(title)
    if match and _is_signature(title[: match.start()], match.group(0).strip()[0], match.group(1), publisher):
        title = title[: match.start()]
    return title


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
            if token not in STOP_WORDS and (len(token) > 1 or not token.isascii()):
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


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """An English word without its plural, -ing or -ed ending; words of other languages mostly pass unchanged.

    A light suffix stripper in the manner of Harman's S-stemmer (1991), which errs less on names than Porter's.
    """
    word = word.removesuffix("'s").replace("'", "")
    if len(word) < 4 or not word.isascii():
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("s") and word[-2] not in "suia":
        word = word[:-2] if word.endswith(("shes", "ches", "xes", "sses", "zes")) else word[:-1]
    for ending in ("ing", "ed"):
        base = word.removesuffix(ending)
        if base != word and len(base) > 2 and any(vowel in base for vowel in "aeiouy"):
            if base[-1] == base[-2] and base[-1] not in "lsz":
                return base[:-1]
            return base
    return word.removesuffix("e") if len(word) > 4 else word


def _figure(token: str) -> str:
    match = _FIGURE.fullmatch(token)
    if match is None:
        return token
    currency, digits, scale = match.groups()
    return currency + digits.replace(",", "").rstrip(".") + _SCALE.get(scale.strip(), scale.strip())


def _is_signature(before: str, mark: str, after: str, publisher: str) -> bool:
    letters = _letters(after)
    if len(letters) >= MIN_SIGNATURE_LETTERS and _letters(publisher).startswith(letters):
        return True
    return mark == "|" and len(after.split()) <= 3 and len(before.split()) >= 2 * len(after.split()) + 2


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
