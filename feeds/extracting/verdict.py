"""What becomes of an entry's article: decided by pure functions from what the feed and the page gave."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from feeds.extracting.readable import ReadArticle
from feeds.parsing.parsed import FULL_TEXT_CHARACTERS

# Waits after the first, second and third failure; after the next one the feed's text is kept for good.
RETRY_AFTER = (timedelta(minutes=15), timedelta(hours=2), timedelta(days=1))
# Failures that another try does not mend.
FINAL_CODES = frozenset({"bad_url", "blocked_address", "bad_redirect", "too_many_redirects", "too_large", "cut_off"})
FINAL_STATUSES = frozenset({401, 402, 410, 451})
# A claim that ended without an outcome this often killed its worker each time.
MAX_CLAIMS = 3

NOT_PAGES = (".pdf", ".mp3", ".m4a", ".mp4", ".mov", ".jpg", ".jpeg", ".png", ".gif", ".zip", ".gz", ".csv", ".xlsx")
# A server that names no type sends HTML, most of the time.
HTML_KINDS = ("text/html", "application/xhtml+xml", "")
# Shares of the title's longer words that a page about it holds; a consent wall or front page holds fewer.
MIN_TITLE_SHARE = 0.3
MIN_TITLE_WORDS = 3
_QUERY = re.compile(r"[?#]")
_LONG_WORD = re.compile(r"\w{4,}")


@dataclass(frozen=True)
class PageFailure:
    """A page that could not be had; `retry_after` is what the server asked for."""

    code: str
    message: str
    status: int | None = None
    retry_after: timedelta | None = None


@dataclass(frozen=True)
class Page:
    """What an address gave: the answer's content type, and the article of an HTML page that has one."""

    content_type: str
    article: ReadArticle | None = None

    @property
    def kind(self) -> str:
        """The content type without parameters, lower case."""
        return self.content_type.partition(";")[0].strip().lower()

    @property
    def is_html(self) -> bool:
        return self.kind in HTML_KINDS


@dataclass(frozen=True)
class Verdict:
    """An article's outcome; `body` is without the title, `retry_in` is set when it failed."""

    outcome: Literal["done", "skipped", "failed"]
    origin: Literal["page", "feed"]
    body: str
    reason: str = ""
    author: str = ""
    published_at: datetime | None = None
    retry_in: timedelta | None = None


def reason_for_no_request(*, url: str, body_characters: int, is_news: bool, is_recorded: bool, claims: int) -> str:
    """Why an entry's page is not asked for, in plain words; empty if it is."""
    if is_recorded:
        return "The entry is from a recording: its page is not asked for."
    if not is_news:
        return "The entry was old when first seen."
    if not url:
        return "The entry has no address."
    if body_characters >= FULL_TEXT_CHARACTERS:
        return "The feed carries the full text."
    if _QUERY.split(url, maxsplit=1)[0].lower().endswith(NOT_PAGES):
        return "The address is not that of a web page."
    if claims >= MAX_CLAIMS:
        return f"Reading the page was begun {claims} times and never ended."
    return ""


def judge_page(page: Page, *, title: str, feed_body: str, now: datetime) -> Verdict:
    """Whether the page's text is kept, or the feed's."""
    article = page.article
    if not page.is_html:
        return Verdict("skipped", "feed", feed_body, f"The address leads to {page.kind[:60]}, not to a web page.")
    if article is None:
        return Verdict("skipped", "feed", feed_body, "The page has no readable article.")
    published_at = article.published_at if article.published_at and article.published_at <= now else None
    if article.opt_out:
        reason = f"The publisher asks not to keep the page's text ({article.opt_out})."
    elif not is_about(title, article):
        reason = "The page does not speak of what the entry's title says."
    elif len(article.text) <= len(feed_body):
        reason = "The feed's text is the longer one."
    else:
        return Verdict("done", "page", article.text, author=article.author, published_at=published_at)
    return Verdict("skipped", "feed", feed_body, reason, article.author, published_at)


def judge_failure(failure: PageFailure, *, attempts: int, feed_body: str) -> Verdict:
    """The verdict on a page that could not be had at the `attempts`-th try: try again later, or leave it."""
    is_final = failure.code in FINAL_CODES or failure.status in FINAL_STATUSES
    if is_final or attempts > len(RETRY_AFTER):
        return Verdict("skipped", "feed", feed_body, failure.message)
    wait = max(RETRY_AFTER[attempts - 1], failure.retry_after or timedelta())
    return Verdict("failed", "feed", feed_body, failure.message, retry_in=wait)


def is_about(title: str, article: ReadArticle) -> bool:
    """Whether an article may be the one the title promises; always, for a title too short to tell."""
    words = set(_LONG_WORD.findall(title.lower()))
    if len(words) < MIN_TITLE_WORDS:
        return True
    found = words & set(_LONG_WORD.findall(f"{article.title} {article.text}".lower()))
    return len(found) >= MIN_TITLE_SHARE * len(words)
