"""Feeds on the loopback publisher, and polls of one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from feeds.models import Feed
from feeds.polling.poll import FeedPolled, poll_due
from tests.feeds.documents import item, rss
from tests.feeds.rows import NOW, make_feed
from tests.servers.publisher import Publisher, Reply

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FEED = "application/rss+xml"
# `poll_due` adds the time that passed to `now`.
SLACK = timedelta(seconds=30)


def document(*numbers: int, **reply: Any) -> Reply:
    return Reply(rss(*(item(number, date=NOW - HOUR) for number in numbers)), content_type=FEED, **reply)


def feed_at(site: Publisher, path: str = "/feed", **fields: Any) -> Feed:
    return make_feed(site.url(path), **fields)


def poll(now: datetime = NOW, **options: Any) -> FeedPolled:
    (polled,) = poll_due(now=now, force=True, **options)
    return polled
