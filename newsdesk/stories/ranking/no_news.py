"""Which posts bring no news: advertisements, vacancies, law firms' calls, reports for sale, deals, puzzles. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from newsdesk.stories.entities.find import find_entities
from newsdesk.stories.word_lists import WordLists

LISTS = WordLists(Path(__file__).with_name("no_news.toml"))
# A post says of itself what it is where it begins.
HEAD_CHARACTERS = 600
TITLE_CHARACTERS = 300


class NoNews(StrEnum):
    ADVERT = "advert"
    JOB = "job"
    INVESTOR_NOTICE = "investor_notice"
    MARKET_REPORT = "market_report"
    EVENT = "event"
    DEAL = "deal"
    PUZZLE = "puzzle"
    POLL = "poll"
    HOW_TO = "how_to"
    REPOSITORY = "repository"
    HOBBY = "hobby"


# How editors are told.
WORDS = {
    NoNews.ADVERT: "An advertisement",
    NoNews.JOB: "A vacancy",
    NoNews.INVESTOR_NOTICE: "A law firm's call to investors",
    NoNews.MARKET_REPORT: "A market report for sale",
    NoNews.EVENT: "Announces an appearance, a seminar or a date",
    NoNews.DEAL: "An offer: something costs less",
    NoNews.PUZZLE: "A puzzle or quiz",
    NoNews.POLL: "Asks its readers",
    NoNews.HOW_TO: "Teaches how something is done",
    NoNews.REPOSITORY: "A repository or version by its bare name",
    NoNews.HOBBY: "Somebody shows what they made",
}
# These may stand in short; the others are left out.
AT_MOST_IN_SHORT = frozenset({NoNews.HOW_TO, NoNews.REPOSITORY, NoNews.HOBBY})

_any_of = LISTS.any_of
_ADVERT = re.compile(
    rf"^\W{{0,3}}{_any_of('advert_label')}\s?[:：\])】］|–—-]|^[\[(【［]{_any_of('advert_label')}[\])】］]"
    rf"|[\[(【［]{_any_of('advert_label')}[\])】］]\s*$",
    re.IGNORECASE,
)
_ADVERT_TEXT = re.compile(_any_of("advert_text"), re.IGNORECASE)
_JOB_TEXT = re.compile(_any_of("job_text"), re.IGNORECASE)
_JOB_TITLE = re.compile(
    r"\b(?:hiring|engineers?|developers?|scientists?|managers?|interns?|designers?)\b", re.IGNORECASE
)
# "… Market to Reach $9 Billion by 2032, Says Report".
_FOR_SALE = re.compile(r"\bcagr\b|\bc\.a\.g\.r|\breport\b|\bresearch(?:andmarkets)?\b|\binsights\b", re.IGNORECASE)
_BARE_REPOSITORY = re.compile(r"^[\w.-]+\s?/\s?[\w.-]+$")
_BY_TITLE = {kind: re.compile(_any_of(kind.value), re.IGNORECASE) for kind in NoNews if kind != NoNews.ADVERT}


class Post(Protocol):
    """What the decision needs to know of an entry; `EntryView` is one."""

    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...


def no_news_of(posts: Iterable[Post]) -> NoNews | None:
    """The kind of all posts of a story, None where one of them may be news, or there is none."""
    kinds = [no_news_kind(post.title, post.text[: TITLE_CHARACTERS + HEAD_CHARACTERS]) for post in posts]
    return kinds[0] if kinds and all(kinds) else None


@lru_cache(maxsize=8_192)
def no_news_kind(title: str, text: str = "") -> NoNews | None:
    """What kind of post without news a title announces, or its text says it is; None for what may be news.

    >>> no_news_kind("Hiring: Senior Engineer at Kelp (Remote)"), no_news_kind("Kelp is hiring 500 engineers")
    (<NoNews.JOB: 'job'>, None)
    """
    title = title.strip()[:TITLE_CHARACTERS]
    head = text.removeprefix(title).lstrip()[:HEAD_CHARACTERS]
    if _ADVERT.search(title) or _ADVERT_TEXT.search(head):
        return NoNews.ADVERT
    if _JOB_TITLE.search(title) and _JOB_TEXT.search(head):
        return NoNews.JOB
    if _BARE_REPOSITORY.fullmatch(title):
        return NoNews.REPOSITORY
    return next((kind for kind, pattern in _BY_TITLE.items() if _is_kind(kind, pattern, title)), None)


def _is_kind(kind: NoNews, pattern: re.Pattern[str], title: str) -> bool:
    """Whether a title is of a kind: what a company says of its market is no report for sale, unless it says so."""
    if not pattern.search(title):
        return False
    return kind != NoNews.MARKET_REPORT or _FOR_SALE.search(title) is not None or not find_entities(title)
