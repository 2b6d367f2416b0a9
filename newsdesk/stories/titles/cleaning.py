"""A title as its publisher meant it: as it is compared, and as it is printed. Pure.

There are two cleaners, for they must differ. What is compared is folded to plain quotes and dashes and keeps its
labels, from which classifiers learned; what is printed stands verbatim in its source, so that a receipt can point at
it. Of 7,449 titles of a recorded stream 2,232 come out of the two in different forms.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from newsdesk.stories.text import normalise, shown
from newsdesk.stories.word_lists import WordLists

LISTS = WordLists(Path(__file__).with_name("cleaning.toml"))

# Fewer letters than this are no publisher's signature.
MIN_SIGNATURE_LETTERS = 3
# White space before what is looked for, or none: from the middle of it no search is begun.
_GAP = r"(?:(?<!\s)\s++)?"
_SIGNATURE = re.compile(r"(?<!\s)\s+[-|:·•]\s+([^-|:·•]{2,60})$")
# "(Ada Berg/The Fjord Times)": an aggregator's credit at the end of a title.
_CREDIT = re.compile(_GAP + r"\([^()]{3,60}/[^()]{2,40}\)\s*(?::\s*)?$")
# "Launch HN: ", "@lab: RT by @lab: ", "(YC W26)": what a forum or a feed of posts puts around a title.
_FORUM = re.compile(
    r"^(?:(?:Launch|Show|Ask|Tell) HN\b:?\s*|@\w+:\s*(?:RT by @\w+:\s*)?)|" + _GAP + r"\(YC [A-Z]\d\d\)"
)

# Labels that say who says so ("Sources:", "Filing:", "Opinion:") stay: without them a rumour reads as a fact.
_LABEL = re.compile(
    r"^(?:@\w+:\s+(?=\S)|(?:r to|rt by) @\w+:\s+(?=\S)|"
    rf"\[(?!\W{{0,3}}{LISTS.any_of('kept')}\W{{0,3}}\])[^\]]{{1,30}}\]\s*"
    rf"|{LISTS.any_of('labels')}\s*[:|–—]\s+(?=\S))",
    re.IGNORECASE,
)
_PRINTED_CREDIT = re.compile(
    _GAP
    + rf"(?!\(\W{{0,3}}{LISTS.any_of('kept')}\W{{0,3}}\))"
    + r"(?:\((?:[^()/]{2,60}/)[^()]{2,50}\)|\((?-i:[A-Z][a-z][\w.&’' -]{2,30})\)"
    r"|\((?:video|audio|pdf|updated?|paywall|19\d\d|20\d\d)\)|\[(?:pdf|video|updated?)\])\s*$",
    re.IGNORECASE,
)
_KEPT_AT_END = re.compile(rf"[(\[]\W{{0,3}}{LISTS.any_of('kept')}\W{{0,3}}[)\]]$", re.IGNORECASE)
_TRAILING_CUT = re.compile(_GAP + r"(?:(?<!\.)\.{2,}|…|\[…\]|\[\.\.\.\])\s*$")
_PRINTED_SIGNATURE = re.compile(r"(?<!\s)\s+[|–—·•-]\s+([^|–—·•]{2,40})$")
_EMOJI_OR_SPACE = "[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\\s]"
_EMOJI = re.compile(f"^{_EMOJI_OR_SPACE}+|(?<!{_EMOJI_OR_SPACE}){_EMOJI_OR_SPACE}+$")
_SITE = re.compile(r"(?<![\w-])[\w-]+\.(?:com|org|net|io|ai|co\.uk)")
_NOT_LETTERS = re.compile(r"\W")
_OUTLETS = LISTS.words("outlets")
# One layer after the other: a label, then an emoji, then a label.
MOST_LAYERS = 3


# Each step of the line asks for it once.
@lru_cache(maxsize=4_096)
def clean_title(title: str, publisher: str = "") -> str:
    """The title normalised and without the publisher's name at its end.

    `publisher` is its name or slug. A part after the last dash or bar is cut when it names the publisher, or after a
    bar when it is a few words and much shorter than what it follows.

    >>> clean_title("Kelp “opens” its weights | Fjord Times", "Fjord Times")
    'Kelp "opens" its weights'
    >>> clean_title("Kelp's plan - a closer look", "Fjord Times")
    "Kelp's plan - a closer look"
    """
    title = normalise(title)
    match = _SIGNATURE.search(title)
    if match and _is_signature(title[: match.start()], match.group(0).strip()[0], match.group(1), publisher):
        title = title[: match.start()]
    return title


def without_credit(title: str) -> str:
    """The title normalised, without an aggregator's credit at its end."""
    return _CREDIT.sub("", clean_title(title))


def bare_title(title: str) -> str:
    """The title normalised, without an aggregator's credit at its end or a forum's label before it.

    >>> bare_title("Show HN: Harbour (YC W26) (Ada Berg/The Fjord Times)")
    'Harbour'
    """
    return _FORUM.sub("", without_credit(title))


def printed_title(title: str, publisher: str = "") -> str:
    """A title without the outlet's name, labels, credits, emoji and cut-off marks; the words that stay are verbatim.

    >>> printed_title("🚨 BREAKING: Kelp “opens” its weights – The Fjord Times", "Fjord Times")
    'Kelp “opens” its weights'
    >>> printed_title("Sources: Kelp opens its weights")
    'Sources: Kelp opens its weights'
    """
    title = shown(title)
    for _ in range(MOST_LAYERS):
        before = title
        title = _EMOJI.sub("", title)
        title = _LABEL.sub("", title)
        title = _PRINTED_CREDIT.sub("", title)
        title = _TRAILING_CUT.sub("", title)
        signature = _PRINTED_SIGNATURE.search(title)
        if signature and _is_outlet(signature.group(1), publisher):
            title = title[: signature.start()]
        if title == before:
            break
    return title.strip(" |–—·*_#") or shown(title)


def kept_label(title: str) -> str:
    """The label at a title's end that says that it is not so, not sure or paid for; empty if there is none.

    >>> kept_label("Kelp ferries sink in calm water (Satire)"), kept_label("Kelp ferries sink (Oslo)")
    ('(Satire)', '')
    """
    match = _KEPT_AT_END.search(title)
    return match.group() if match else ""


def is_cut_off(title: str) -> bool:
    """Whether a title as printed ends in the marks of one that its feed cut off."""
    return _TRAILING_CUT.search(title) is not None


def _is_signature(before: str, mark: str, after: str, publisher: str) -> bool:
    letters = _letters(after)
    if len(letters) >= MIN_SIGNATURE_LETTERS and _letters(publisher).startswith(letters):
        return True
    return mark == "|" and len(after.split()) <= 3 and len(before.split()) >= 2 * len(after.split()) + 2


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _is_outlet(suffix: str, publisher: str) -> bool:
    folded, name = _NOT_LETTERS.sub("", suffix).lower(), _NOT_LETTERS.sub("", publisher).lower()
    if name and (folded in name or name in folded):
        return True
    return folded.removeprefix("www").removesuffix("com") in _OUTLETS or bool(_SITE.fullmatch(suffix))
