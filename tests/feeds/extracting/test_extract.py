"""Extraction end to end: real rows, real pages from a loopback publisher."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from feeds.extracting.extract import CLAIM, extract_pending
from feeds.extracting.verdict import MAX_CLAIMS, RETRY_AFTER
from feeds.models import Article, ArticleText, Entry, Feed
from tests.feeds.extracting.rows import BODY, NOW, SUMMARY, article_of, make_entry, page
from tests.servers.publisher import Publisher as Server
from tests.servers.publisher import Reply, Request, silence

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("allow")]


def test_an_entry_gets_the_text_of_its_page(publisher: Server, feed: Feed) -> None:
    publisher.routes["/a"] = page(
        head='<meta name="author" content="Ada Quill"><meta name="date" content="2026-03-24">'
    )
    entry = make_entry(feed, publisher.url("/a"))
    assert extract_pending(now=NOW) == 1
    article = article_of(entry)
    assert (article.outcome, article.origin, article.reason, article.retry_at) == ("done", "page", "", None)
    assert article.text.text == f"{entry.title}\n\n{BODY}"
    assert article.text_id == hashlib.sha256(article.text.text.encode()).hexdigest()
    assert (article.author, article.published_at) == ("Ada Quill", datetime(2026, 3, 24, tzinfo=UTC))
    assert article.extracted_at - NOW < timedelta(minutes=1)
    asked = publisher.requests[0].headers
    assert asked["user-agent"] == "Newsdesk/0.1 (+https://desk.example)"
    assert extract_pending(now=NOW + timedelta(days=9)) == 0
    assert len(publisher.requests) == 1


def test_entries_that_need_no_page_get_the_feeds_text_without_a_request(publisher: Server, feed: Feed) -> None:
    recorded = Feed.objects.create(publisher=feed.publisher, url="recording:outlet", next_poll_at=NOW)
    url = publisher.url("/a")
    entries = [
        make_entry(feed, ""),
        make_entry(feed, url, body="word " * 300),
        make_entry(feed, url, is_news=False),
        make_entry(recorded, url),
        make_entry(feed, publisher.url("/report.pdf")),
        make_entry(feed, url, extraction_claims=MAX_CLAIMS),
    ]
    assert extract_pending(now=NOW) == len(entries)
    assert publisher.requests == []
    for entry in entries:
        article = article_of(entry)
        assert (article.outcome, article.origin) == ("skipped", "feed")
        assert article.text.text == f"{entry.title}\n\n{entry.body or SUMMARY}"
        assert article.reason


@pytest.mark.parametrize(
    "route",
    [
        Reply(b"%PDF-1.7", content_type="application/pdf"),
        Reply(page(), headers=(("X-Robots-Tag", "noai"),)),
        b"<html><body><p>Please enable JavaScript.</p></body></html>",
        page("We use cookies and similar means to show advertising that fits you. " * 10),
        Reply(b"gone", status=410),
    ],
    ids=["pdf", "opted out", "empty", "consent", "gone"],
)
def test_a_page_without_a_usable_article_leaves_the_feeds_text(publisher: Server, feed: Feed, route: Any) -> None:
    publisher.routes["/a"] = route
    entry = make_entry(feed, publisher.url("/a"))
    assert extract_pending(now=NOW) == 1
    article = article_of(entry)
    assert (article.outcome, article.origin, article.retry_at) == ("skipped", "feed", None)
    assert article.text.text == f"{entry.title}\n\n{SUMMARY}"
    assert article.reason


def test_a_failure_is_tried_again_and_a_later_success_replaces_the_text(publisher: Server, feed: Feed) -> None:
    publisher.routes["/a"] = Reply(b"down", status=500)
    entry = make_entry(feed, publisher.url("/a"))
    assert extract_pending(now=NOW) == 1
    first = article_of(entry)
    assert (first.outcome, first.origin, first.attempts) == ("failed", "feed", 1)
    assert first.text.text == f"{entry.title}\n\n{SUMMARY}"
    assert first.retry_at == first.extracted_at + RETRY_AFTER[0]
    assert extract_pending(now=NOW + timedelta(minutes=14)) == 0
    publisher.routes["/a"] = page()
    assert extract_pending(now=NOW + timedelta(minutes=16)) == 1
    second = article_of(entry)
    assert (second.outcome, second.origin, second.attempts, second.retry_at) == ("done", "page", 2, None)
    assert second.text.text == f"{entry.title}\n\n{BODY}"
    assert ArticleText.objects.filter(pk=first.text_id).exists()


def test_the_fourth_failure_is_the_last(publisher: Server, feed: Feed) -> None:
    entry = make_entry(feed, publisher.url("/missing"))
    moment = NOW
    for wait in (*RETRY_AFTER, timedelta(days=30)):
        assert extract_pending(now=moment) == 1
        moment += wait + timedelta(minutes=1)
    assert article_of(entry).outcome == "skipped"
    assert extract_pending(now=moment) == 0


def test_a_changed_entry_keeps_the_pages_text_while_the_page_is_away(publisher: Server, feed: Feed) -> None:
    publisher.routes["/a"] = page()
    entry = make_entry(feed, publisher.url("/a"))
    extract_pending(now=NOW)
    Entry.objects.filter(pk=entry.pk).update(title="Harbour Labs shuts its assistant")
    Article.objects.update(outcome="failed", retry_at=NOW, attempts=0)
    publisher.routes["/a"] = Reply(b"down", status=500)
    assert extract_pending(now=NOW + timedelta(minutes=1)) == 1
    article = article_of(entry)
    assert (article.outcome, article.origin) == ("failed", "page")
    assert article.text.text == f"Harbour Labs shuts its assistant\n\n{BODY}"


def test_newest_first_within_the_limit_and_the_window(publisher: Server, feed: Feed) -> None:
    entries = [make_entry(feed, publisher.url(f"/{age}"), seen_at=NOW - timedelta(hours=age)) for age in (3, 1, 4, 2)]
    seen: list[tuple[int, int]] = []
    since = NOW - timedelta(hours=3)
    assert extract_pending(now=NOW, limit=2, since=since, workers=1, progress=lambda *step: seen.append(step)) == 2
    assert publisher.paths() == ["/1", "/2"]
    assert seen == [(1, 2), (2, 2)]
    assert extract_pending(now=NOW, since=since) == 1
    assert not Article.objects.filter(entry=entries[2]).exists()


def test_no_page_is_begun_after_the_deadline(publisher: Server, feed: Feed) -> None:
    def slow(request: Request) -> bytes:
        publisher.stopped.wait(0.3)
        return page()

    publisher.routes |= {"/0": slow, "/1": slow}
    for number in range(2):
        make_entry(feed, publisher.url(f"/{number}"))
    assert extract_pending(now=NOW, workers=1, deadline_s=0.1) == 1
    assert len(publisher.requests) == 1


def test_a_busy_host_is_left_alone_for_the_rest_of_the_run(publisher: Server, feed: Feed) -> None:
    busy = Reply(b"later", status=503, headers=(("Retry-After", "3600"),))
    publisher.routes |= {f"/{number}": busy for number in range(5)}
    entries = [make_entry(feed, publisher.url(f"/{number}")) for number in range(5)]
    assert extract_pending(now=NOW, workers=1) == 1
    assert publisher.paths() == ["/0"]
    first = article_of(entries[0])
    assert first.retry_at == first.extracted_at + timedelta(hours=1)
    assert extract_pending(now=NOW, workers=1) == 1


def test_a_hostile_page_does_not_hold_up_the_others(publisher: Server, feed: Feed) -> None:
    publisher.routes |= {"/deep": b"<div>" * 100_000, "/zero": b"\x00\xff" * 1000, "/good": page()}
    bad = [
        make_entry(feed, publisher.url("/deep")),
        make_entry(feed, publisher.url("/zero")),
        make_entry(feed, "http://["),
    ]
    good = make_entry(feed, publisher.url("/good"))
    assert extract_pending(now=NOW) == 4
    assert article_of(good).outcome == "done"
    assert {article_of(entry).outcome for entry in bad} == {"skipped"}


def test_private_addresses_are_not_asked(publisher: Server, feed: Feed, settings: Settings) -> None:
    settings.FETCH_ALLOWED_ADDRESSES = frozenset()
    publisher.routes["/a"] = page()
    entry = make_entry(feed, publisher.url("/a"))
    assert extract_pending(now=NOW) == 1
    assert article_of(entry).outcome == "skipped"
    assert publisher.connections == 0


def test_a_claimed_entry_is_left_to_its_worker_until_the_claim_ends(publisher: Server, feed: Feed) -> None:
    publisher.routes["/a"] = page()
    entry = make_entry(feed, publisher.url("/a"))
    assert Entry.objects.claim_extraction(entry.pk, NOW, NOW + CLAIM)
    assert not Entry.objects.claim_extraction(entry.pk, NOW, NOW + CLAIM)
    assert extract_pending(now=NOW) == 0
    assert publisher.requests == []
    assert extract_pending(now=NOW + CLAIM) == 1
    entry.refresh_from_db()
    assert (entry.extraction_claimed_until, entry.extraction_claims) == (None, 0)


def test_an_entry_with_an_outcome_cannot_be_claimed(feed: Feed) -> None:
    entry = make_entry(feed, "")
    extract_pending(now=NOW)
    assert not Entry.objects.claim_extraction(entry.pk, NOW, NOW + CLAIM)


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, ValueError])
def test_an_interrupted_run_gives_its_claims_back(
    publisher: Server, feed: Feed, interrupt: type[BaseException]
) -> None:
    def stop(done: int, total: int) -> None:
        raise interrupt

    publisher.routes |= {"/0": page(), "/1": silence()}
    entries = [make_entry(feed, publisher.url(f"/{number}")) for number in range(2)]
    with pytest.raises(interrupt):
        extract_pending(now=NOW, progress=stop)
    assert article_of(entries[0]).outcome == "done"
    entries[1].refresh_from_db()
    assert (entries[1].extraction_claimed_until, entries[1].extraction_claims) == (None, 0)
