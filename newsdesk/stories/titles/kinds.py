"""What kind of piece a title announces: a teaser, praise, comment, a forecast, somebody's own doings. Pure.

The words stand in `kinds.toml`, one list a question. Lists of one sort are not merged, for each was chosen with the
decision that it serves, and they do not agree: of 7,449 titles of a recorded stream 892 are comment or by their author,
both only 525; 1,764 are comment or teasers, both only 779. Round-ups, which take more than words to tell, are in
`round_up.py`.
"""

from __future__ import annotations

import re
from pathlib import Path

from newsdesk.stories.word_lists import WordLists

LISTS = WordLists(Path(__file__).with_name("kinds.toml"))
_any_of = LISTS.any_of

# What a teaser is told by; a headline's merit weighs them one by one (`digests/prose/headlines.py`).
BAIT = re.compile(rf"\b{_any_of('bait')}", re.IGNORECASE)
TEASE = re.compile(rf"^{_any_of('tease')}\b", re.IGNORECASE)
SALES = re.compile(rf"^{_any_of('sales_beginning')}\b|\b{_any_of('sales')}\b", re.IGNORECASE)
PERSONAL = re.compile(rf"\b{_any_of('personal')}\b", re.IGNORECASE)
_ODD = re.compile(r"[?|•]|#\w")
# What somebody else says, in marks: whose words it quotes a headline does not speak itself.
_QUOTATION = re.compile(
    r"[\"“«「『][^\"”»」』]{2,200}[\"”»」』]|(?<!\w)['‘](?:[^'’]|['’](?=\w)){2,200}['’](?!\w)",
)

_PRAISE = re.compile(rf"\b{_any_of('praise')}\b", re.IGNORECASE)
_BY_AUTHOR = re.compile(
    rf"^{_any_of('author_beginning')}|\b(?:i(?:'m|'ve)?|my) {_any_of('author_deeds')}\b|\b{_any_of('author')}\b",
    re.IGNORECASE,
)
# Many topics under one headline, a post's own address, or a newsletter's issue.
_CHATTER = re.compile(
    r"^[^,]+(?: [^ ,]+){2},(?: [^ ,]+){3,}, and(?: [^ ,]+){3,}"
    r"|^(?:\W*the download\b|\[\w+\]|[\w.-]+/[\w.-]+$|rt by @)|\b(?:newsletter|issue #\d+|weekly)\b",
    re.IGNORECASE,
)
_FORECAST = re.compile(rf"\b{_any_of('forecast')}\b", re.IGNORECASE)
_WEIGHTY = re.compile(rf"\b{_any_of('weighty')}\b|\$\s?\d[\d.,]*\s?(?:b|bn|billion|t|tn|trillion)\b", re.IGNORECASE)
_COMMENT = re.compile(rf"^\W*{_any_of('comment_beginning')}\b|\b{_any_of('comment')}\b|\?\s*$", re.IGNORECASE)
_HEDGED = re.compile(rf"^{_any_of('hedged_beginning')}\b|\b{_any_of('hedged')}\b", re.IGNORECASE)
_OPENING = re.compile(
    rf"(?P<first_person>{_any_of('opening_first_person')}\b)|(?P<asks>{_any_of('opening_question')}\b)"
    rf"|(?P<article>{_any_of('opening_article')}\b)|(?P<listicle>\d)|(?P<forum>(?:show|launch|ask|tell) hn)"
    rf"|(?P<label>{_any_of('opening_label')}\b)"
)
_NEWS_VERB = re.compile(
    rf"\b{_any_of('news_verb_stem')}(?:s|es|ed|d|t|ing)?\b|\b{_any_of('news_verb')}\b", re.IGNORECASE
)


def has_news_verb(title: str) -> bool:
    """Whether a title, or a part of one, holds a verb, as a statement of what happened does.

    >>> has_news_verb("Kelp sues Brine"), has_news_verb("Kelp, Brine and the tide")
    (True, False)
    """
    return _NEWS_VERB.search(title) is not None


def is_teaser(title: str) -> bool:
    """Whether a title asks, teases, sells or talks of itself instead of saying what happened; quotations do not count.

    >>> is_teaser("Here’s what you need to know about Kelp"), is_teaser("Kelp Labs opens the weights of Harbour")
    (True, False)
    >>> is_teaser("Kelp's founder: “I was wrong, what should we do?”")
    False
    """
    own = _QUOTATION.sub("“”", title)
    return bool(_ODD.search(own)) or any(pattern.search(own) for pattern in (BAIT, TEASE, PERSONAL, SALES))


def is_praise(title: str) -> bool:
    """Whether a title holds words of praise, as advertisements do.

    >>> is_praise("Kelp launches the world’s first AI-native harbour"), is_praise("Kelp launches a harbour planner")
    (True, False)
    """
    return _PRAISE.search(title) is not None


def is_by_author(title: str) -> bool:
    """Whether a bare title tells of its author, teaches or argues, or is a post without a headline.

    >>> is_by_author("How I built a harbour planner"), is_by_author("How-to guides vanish from Kelp's site")
    (True, False)
    """
    return _BY_AUTHOR.search(title) is not None


def is_chatter(title: str) -> bool:
    """Whether a bare title strings many topics together, is an address, or a newsletter's issue.

    >>> is_chatter("Fjord Weekly: ferries and models"), is_chatter("kelp/harbour"), is_chatter("Kelp and Brine settle")
    (True, True, False)
    """
    return _CHATTER.search(title) is not None


def is_forecast(title: str) -> bool:
    """Whether a title is on what a share is worth or may be: no news of the industry.

    >>> is_forecast("2 AI stocks to buy and hold"), is_forecast("Kelp's stock falls 9% after its results")
    (True, False)
    """
    return _FORECAST.search(title) is not None


def is_weighty(title: str) -> bool:
    """Whether a title tells of an event that changes what others can use, must do or have to fear.

    >>> is_weighty("Oslo court bans Kelp's app"), is_weighty("Kelp adds folders to its app")
    (True, False)
    """
    return _WEIGHTY.search(title) is not None


def is_comment(title: str) -> bool:
    """Whether a bare title announces comment, advice or a round-up: what follows many stories and develops none.

    >>> is_comment("Opinion: Kelp was right"), is_comment("Kelp appeals the ruling")
    (True, False)
    """
    return _COMMENT.search(title) is not None


def is_hedged(title: str) -> bool:
    """Whether a bare title says that something may come so, or that others say it does.

    >>> is_hedged("Sources: Kelp in talks to buy Brine"), is_hedged("Kelp buys Brine")
    (True, False)
    """
    return _HEDGED.search(title) is not None


def opening_of(lowered: str) -> tuple[str, str] | None:
    """The kind of a lower-cased title's first words and these words, None for plain news.

    Kinds: first_person, asks, article, listicle, forum, label.

    >>> opening_of("why kelp sued"), opening_of("kelp sues")
    (('asks', 'why'), None)
    """
    match = _OPENING.match(lowered)
    return (match.lastgroup, match.group()) if match and match.lastgroup else None
