"""What becomes of an entry's article, decided without network or database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feeds.extracting.readable import ReadArticle
from feeds.extracting.verdict import RETRY_AFTER, Page, PageFailure, judge_failure, judge_page, reason_for_no_request

NOW = datetime(2026, 3, 24, 12, tzinfo=UTC)
TITLE = "Harbour Labs closes its assistant"
TEXT = "Harbour Labs closes its code assistant at the end of June. " * 10


def article(text: str = TEXT, *, opt_out: str = "", published_at: datetime | None = None, title: str = "") -> Page:
    read = ReadArticle(title, "Ada Quill", text, published_at, "", "en", opt_out)
    return Page("text/html; charset=utf-8", read)


def judge(page: Page, *, title: str = TITLE, feed_body: str = "A summary.") -> tuple[str, str, str]:
    verdict = judge_page(page, title=title, feed_body=feed_body, now=NOW)
    return verdict.outcome, verdict.origin, verdict.body


def test_a_longer_page_about_the_title_is_kept() -> None:
    assert judge(article()) == ("done", "page", TEXT)


@pytest.mark.parametrize(
    "page",
    [
        Page("text/html"),
        Page("application/pdf"),
        article("Too short."[:5]),
        article("", opt_out="noai"),
        article("We and our partners store cookies. Accept all or manage your choices. " * 10),
    ],
    ids=["nothing readable", "no page", "shorter", "opted out", "consent wall"],
)
def test_else_the_feeds_text_is_kept_and_a_reason_given(page: Page) -> None:
    verdict = judge_page(page, title=TITLE, feed_body="A summary.", now=NOW)
    assert (verdict.outcome, verdict.origin, verdict.body) == ("skipped", "feed", "A summary.")
    assert verdict.reason.endswith(".")


def test_a_title_too_short_to_tell_is_believed() -> None:
    assert judge(article("Something else entirely. " * 20), title="GPT-9 out")[0] == "done"


def test_the_pages_own_title_counts_as_its_text() -> None:
    assert judge(article("Something else entirely. " * 20, title=TITLE))[0] == "done"


def test_a_date_in_the_future_is_not_believed() -> None:
    for published_at, kept in ((NOW, NOW), (NOW + timedelta(minutes=1), None), (None, None)):
        verdict = judge_page(article(published_at=published_at), title=TITLE, feed_body="", now=NOW)
        assert verdict.published_at == kept


def test_failures_are_tried_again_ever_later_and_then_left() -> None:
    failure = PageFailure("timeout", "The server took longer than 20 seconds.")
    verdicts = [judge_failure(failure, attempts=attempts, feed_body="A summary.") for attempts in range(1, 5)]
    assert [verdict.outcome for verdict in verdicts] == ["failed", "failed", "failed", "skipped"]
    assert [verdict.retry_in for verdict in verdicts] == [timedelta(minutes=15), timedelta(hours=2), timedelta(1), None]
    assert {verdict.body for verdict in verdicts} == {"A summary."}
    assert {verdict.reason for verdict in verdicts} == {failure.message}


def test_a_wait_the_server_asks_for_only_lengthens_ours() -> None:
    for asked, wait in ((timedelta(hours=1), timedelta(hours=1)), (timedelta(minutes=1), RETRY_AFTER[0])):
        failure = PageFailure("http_status", "Busy.", 503, asked)
        assert judge_failure(failure, attempts=1, feed_body="").retry_in == wait


@pytest.mark.parametrize("failure", [PageFailure("blocked_address", "No."), PageFailure("http_status", "Gone.", 410)])
def test_what_no_retry_mends_is_not_retried(failure: PageFailure) -> None:
    assert judge_failure(failure, attempts=1, feed_body="").outcome == "skipped"


@pytest.mark.parametrize(
    "changes",
    [
        {"url": ""},
        {"url": "https://outlet.example/report.PDF?x=1"},
        {"body_characters": 1500},
        {"is_news": False},
        {"is_recorded": True},
        {"claims": 3},
    ],
)
def test_some_entries_ask_for_no_page(changes: dict[str, object]) -> None:
    facts: dict[str, object] = {
        "url": "https://outlet.example/a",
        "body_characters": 1499,
        "is_news": True,
        "is_recorded": False,
        "claims": 2,
    }
    assert reason_for_no_request(**facts) == ""  # type: ignore[arg-type]
    assert reason_for_no_request(**(facts | changes)).endswith(".")  # type: ignore[arg-type]
