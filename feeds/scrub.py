"""Making publishers' text fit to store: plain, printable, bounded."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping

from lxml import etree

PARAGRAPH = "\n\n"
# Longer markup is cut before it is parsed; parsing a million characters takes 0.3 s at the worst (10^6 times "<").
MAX_MARKUP_CHARACTERS = 1_000_000
# Text this much longer than its limit is cut before it is cleaned; the slack is for what cleaning takes away.
SLACK_CHARACTERS = 10_000
# A word that ends in this last share of the text is cut whole rather than split.
WORD_CUT_SHARE = 0.1

# Line breaks of other systems, then all that is no text: controls, surrogates, noncharacters, and the invisible
# characters with which text is hidden, split or turned round (soft hyphen, zero-width, bidi, fillers, tags).
_LINE_BREAK = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_NOT_TEXT = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
    # Joiners belong between two letters of a script that needs them, or in an emoji, one at a time.
    "|(?<![^\x00-\x7f\u200c\u200d])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f\u200c\u200d])|[\u200c\u200d]{2,}"
)
_SPACES = re.compile(r"\s+")
# Python refuses to read an integer this long.
_LONG_REFERENCE = re.compile(r"&#[0-9]{16,};?")

_TAG = re.compile(r"<[a-zA-Z/!?]")
# Markup that is still there after one reading was encoded twice; a lone "<b>" may be what the text is about.
_ENCODED_MARKUP = re.compile(
    r"</(?:p|div|a|em|strong|b|i|u|span|li|ul|ol|h[1-6]|blockquote|figure|script|style)\s*>"
    r"|<(?:p|br|br/|br /|img [^<>]{0,1000})>",
    re.IGNORECASE,
)
_ENCODED_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});", re.IGNORECASE)

# fmt: off
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "dd", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
})
_NOT_READ = frozenset({
    "audio", "button", "canvas", "embed", "head", "iframe", "input", "math", "noscript", "object", "script", "select",
    "style", "svg", "template", "textarea", "title", "video",
})
# fmt: on
MAX_STYLE_CHARACTERS = 1000
_HIDDEN_STYLE = re.compile(
    r"(?:^|;)(?:display:none|visibility:(?:hidden|collapse)|opacity:0?\.?0*(?=;|!|$)"
    r"|font(?:-size)?:(?:0*1(?:\.\d+)?px|0*(?:\.0*)?(?:px|r?em|pt|%|ex|ch|v[wh])?)(?=;|!|/|$)"
    r"|color:transparent|text-indent:-\d{3,}|(?:left|right|top|margin-left):-\d{4,}px|clip:rect\((?:0|1)(?:px)?[,0-1px]*\)"
    r"|clip-path:inset\((?:50|100)%\)|transform:scale\(0\))"
)


def scrub(text: str, limit: int, *, keep_paragraphs: bool = False) -> str:
    """Plain text without controls and invisible characters, in NFC, at most `limit` characters.

    White space becomes single spaces; with `keep_paragraphs` blank lines between paragraphs stay.
    """
    text = text[: limit * 2 + SLACK_CHARACTERS]
    if not (text.isascii() and text.isprintable()):
        # Twice: what stands between two invisible characters is seen only once they are gone.
        text = _NOT_TEXT.sub("", _NOT_TEXT.sub("", _LINE_BREAK.sub("\n", text)))
        text = unicodedata.normalize("NFC", text)
    text = text.strip()
    if keep_paragraphs:
        return cut(_SPACES.sub(lambda found: PARAGRAPH if found[0].count("\n") > 1 else " ", text), limit)
    return cut(_SPACES.sub(" ", text), limit)


def cut(text: str, limit: int) -> str:
    """The first `limit` characters, without splitting a word or a letter from its accents."""
    if len(text) <= limit:
        return text
    end = limit
    while end and (
        unicodedata.combining(text[end]) or text[end] in "\u200c\u200d\ufe0e\ufe0f" or text[end - 1] == "\u200d"
    ):
        end -= 1
    if not text[end].isspace():
        words_end = max(text.rfind(" ", 0, end), text.rfind("\n", 0, end))
        if words_end >= limit * (1 - WORD_CUT_SHARE):
            end = words_end
    return text[:end].rstrip()


def plain_text(markup: str, limit: int, *, keep_paragraphs: bool = False) -> str:
    """What a reader sees of an HTML fragment, as `scrub` gives it; markup that was encoded twice is read twice.

    Scripts, styles, embedded documents and hidden elements are left out. Linear in the input, which is cut first.
    """
    text = _read_markup(markup[:MAX_MARKUP_CHARACTERS])
    if _ENCODED_MARKUP.search(text):
        text = _read_markup(text)
    elif _ENCODED_ENTITY.search(text):
        text = _unescape(text)
    return scrub(text, limit, keep_paragraphs=keep_paragraphs)


def is_hidden(tag: str, attributes: Mapping[str, str]) -> bool:
    """Whether an element's own attributes hide it from a reader: the way to slip words to a machine alone."""
    if "hidden" in attributes or (tag == "span" and attributes.get("aria-hidden") == "true"):
        return True
    style = attributes.get("style", "")[:MAX_STYLE_CHARACTERS]
    return bool(style) and _HIDDEN_STYLE.search(_SPACES.sub("", style).lower()) is not None


def _unescape(text: str) -> str:
    return html.unescape(_LONG_REFERENCE.sub("\ufffd", text))


def _read_markup(markup: str) -> str:
    if not _TAG.search(markup):
        return _unescape(markup)
    # The parser stops at NUL and refuses lone surrogates.
    source = markup.replace("\x00", "").encode("utf-8", "ignore")
    parser = etree.HTMLParser(target=_Reader(), huge_tree=True, encoding="utf-8")
    try:
        return str(etree.fromstring(source, parser))
    except etree.LxmlError:
        return ""


class _Reader:
    """Collects text from parser events, so that no tree is built and depth costs nothing."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._unread_depth = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._unread_depth or tag in _NOT_READ or is_hidden(tag, attributes):
            self._unread_depth += 1
        if tag in _BLOCKS:
            self._pieces.append(PARAGRAPH)
        elif tag == "br":
            self._pieces.append("\n")

    def end(self, tag: str) -> None:
        if self._unread_depth:
            self._unread_depth -= 1
        if tag in _BLOCKS:
            self._pieces.append(PARAGRAPH)

    def data(self, data: str) -> None:
        if not self._unread_depth:
            self._pieces.append(_SPACES.sub(" ", data))

    def comment(self, text: str) -> None:
        """Comments are not read."""

    def pi(self, target: str, data: str | None = None) -> None:
        """Nor are processing instructions."""

    def close(self) -> str:
        return "".join(self._pieces)
