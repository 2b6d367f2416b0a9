"""A digest is published only of a window that somebody watched, and none is dated beyond the next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.test import Client

from feeds.models import Entry, Feed
from feeds.polling.poll import poll_due
from newsdesk.desk.notices import read_digests
from newsdesk.digests.due import overdue_date
from newsdesk.digests.models import Digest, Edition, Gap
from newsdesk.digests.publish import publish_due
from newsdesk.digests.watching import Answers, answered_for, judge_watch
from newsdesk.digests.window import Hours
from newsdesk.lease import take_lease
from newsdesk.newsletter.delivery.outbox import is_open
from newsdesk.newsletter.models import Outbox
from tests.feeds.documents import item, rss
from tests.servers.publisher import Publisher, Reply
from tests.site import rows

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
# The cut-off of the digest of 25 March.
CUT_OFF = datetime(2026, 3, 25, 7, tzinfo=UTC)
MARCH_25 = date(2026, 3, 25)
AFTER, UNTIL = CUT_OFF - DAY, CUT_OFF


# Pure


@pytest.mark.parametrize(
    ("feed", "did"),
    [
        (Answers(UNTIL - HOUR, AFTER - 9 * DAY, None), True),  # within the window
        (Answers(UNTIL + HOUR, AFTER - 9 * DAY, None), True),  # without a gap, before, in and after it
        (Answers(AFTER, AFTER - 9 * DAY, None), False),  # not since the window opened
        (Answers(UNTIL + HOUR, UNTIL + HOUR, AFTER - HOUR), False),  # again, after a gap over the whole window
        (Answers(UNTIL + HOUR, UNTIL + HOUR, AFTER + HOUR), True),  # again, after a gap that began within it
        (Answers(UNTIL + 2 * DAY, UNTIL + 2 * DAY, UNTIL + HOUR), True),  # or after it
        (Answers(UNTIL + HOUR, UNTIL + HOUR, None), True),  # for the first time: its backlog stands for the window
        (Answers(UNTIL + HOUR, None, None), True),  # nobody has kept book
        (Answers(AFTER - HOUR, None, None, has_entries=True), True),  # what it brought is there
        (Answers(None, None, None), False),
    ],
)
def test_whether_a_feed_answered_for_a_window(feed: Answers, did: bool) -> None:
    assert answered_for(feed, AFTER, UNTIL) == did


def test_how_many_are_enough() -> None:
    here, away = Answers(UNTIL, AFTER - DAY, None), Answers(AFTER - HOUR, AFTER - DAY, None)
    failing = Answers(AFTER - HOUR, AFTER - DAY, None, is_failing=True)

    def is_enough(*feeds: Answers) -> bool:
        return judge_watch(feeds, AFTER, UNTIL).is_enough

    assert is_enough(here)
    assert not is_enough() and not is_enough(away) and not is_enough(failing, failing)
    assert is_enough(here, away) and not is_enough(here, away, away)
    assert judge_watch([failing, failing], AFTER, UNTIL).feeds == 2
    # Who has failed for long does not count against those that answer.
    assert is_enough(here, *[failing] * 9)


# With feeds that are polled


@pytest.fixture
def outlet(publisher: Publisher, settings: Any) -> Iterator[Publisher]:
    """A publisher with one feed of one old story, which is never the news."""
    settings.FETCH_ALLOWED_ADDRESSES = frozenset({publisher.address})
    say(publisher)
    rows.make_edition("weekly")
    rows.make_feed(url=publisher.url("/feed"), next_poll_at=AFTER - 30 * DAY)
    yield publisher


def say(publisher: Publisher, *items: str) -> None:
    old = item(1, date=AFTER - 30 * DAY)
    publisher.routes["/feed"] = Reply(rss(old, *items), content_type="application/rss+xml")


def poll(now: datetime) -> None:
    Feed.objects.update(next_poll_at=now)
    (polled,) = poll_due(now=now)
    assert polled.outcome != "failed", polled.message


def published() -> list[date]:
    done = Digest.objects.filter(edition__slug="daily", state="published").order_by("date")
    return list(done.values_list("date", flat=True))


def watched_until(now: datetime) -> None:
    """A desk that has published the digest of 25 March and polled ever since, every six hours, until `now`."""
    moment = CUT_OFF - 2 * DAY
    while moment < now:
        poll(moment)
        if moment == CUT_OFF:
            publish_due(now=moment + MINUTE)
        moment += 6 * HOUR
    poll(now)
    assert published() == [MARCH_25]


def page(path: str) -> str:
    response = Client().get(path)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.django_db
def test_a_quiet_day_that_was_watched_is_published_at_its_cut_off(outlet: Publisher) -> None:
    watched_until(CUT_OFF + DAY - HOUR)
    assert publish_due(now=CUT_OFF + DAY) == 1
    assert published() == [MARCH_25, MARCH_25 + DAY]
    assert not Gap.objects.exists()


@pytest.mark.django_db
def test_after_two_days_off_no_digest_of_them_is_claimed(outlet: Publisher) -> None:
    watched_until(CUT_OFF + HOUR)
    back = CUT_OFF + 2 * DAY + 5 * HOUR  # the 27th, noon
    say(outlet, item(2, title="AI lab Quillon opens an office", date=CUT_OFF + DAY))
    assert publish_due(now=back) == 0  # half a second before the first poll
    poll(back)
    for minutes in range(20):
        assert publish_due(now=back + minutes * MINUTE) == 0
    assert not Gap.objects.exists()
    assert "not out yet" in page("/")
    assert publish_due(now=back + 20 * MINUTE) == 0
    # The 26th's window had an answer in its first hour; nobody was there to publish it.
    told = Gap.objects.order_by("date").values_list("date", "feeds_answered", "feeds")
    assert list(told) == [(date(2026, 3, 26), 1, 1), (date(2026, 3, 27), 0, 1)]
    assert published() == [MARCH_25]
    assert overdue_date(back + 20 * MINUTE) is None
    # The next date is published as ever, with what stood in the feed still.
    poll(CUT_OFF + 3 * DAY - HOUR)
    assert Entry.objects.get(title__startswith="AI lab").seen_at >= back
    publish_due(now=CUT_OFF + 3 * DAY)
    publish_due(now=CUT_OFF + 3 * DAY + 20 * MINUTE)
    assert published()[-1] == date(2026, 3, 28)


@pytest.mark.django_db
def test_readers_and_editors_are_told_and_the_date_can_be_built_later(outlet: Publisher, capsys: Any) -> None:
    watched_until(CUT_OFF + HOUR)
    back = CUT_OFF + 2 * DAY + 5 * HOUR
    publish_due(now=back)
    publish_due(now=back + HOUR)
    told = page("/2026/03/27/")
    assert "Not watching" in told and "noindex" in told
    assert "Not watching: no digest" in page("/archive/") and re.search(r">\s*No digest\s*<", page("/archive/"))
    assert "Newsdesk was off" in page("/2026/03/26/") and "Not watching" not in page("/2026/03/26/")
    assert Client().get("/2026/03/27.json").status_code == 404
    (_, last) = read_digests(back + HOUR)
    assert last.mark == "bad"
    assert "0 of 1 feeds answered for 2026-03-27" in last.words and "build_digest 2026-03-27" in last.words
    call_command("build_digest", "2026-03-27")
    assert published() == [MARCH_25]
    call_command("publish_digest", "2026-03-27")
    assert "Not watching" not in page("/2026/03/27/")
    assert "Not watching" not in page("/archive/") and re.search(r">\s*No digest\s*<", page("/archive/"))


@pytest.mark.django_db
def test_a_clock_that_jumps_for_one_sweep_moves_nothing(outlet: Publisher) -> None:
    now = CUT_OFF + 5 * HOUR
    watched_until(now)
    ahead = now + 2 * DAY
    say(outlet, item(2, title="AI lab Quillon opens an office", date=CUT_OFF + HOUR))
    poll_due(now=ahead)
    assert publish_due(now=ahead) == 0
    take_lease("cluster", "one", now=ahead, duration=MINUTE)
    Outbox.objects.update_or_create(pk=1, defaults={"retry_at": ahead})
    # And back: what was written in the future holds nothing up.
    now += MINUTE
    assert publish_due(now=now) == 0
    assert take_lease("cluster", "another", now=now, duration=MINUTE)
    assert is_open(now)
    (polled,) = poll_due(now=now)
    assert polled.outcome != "failed"
    assert Entry.objects.get(title__startswith="AI lab").seen_at <= now + MINUTE
    assert publish_due(now=now + HOUR) == 0
    assert published() == [MARCH_25] and not Gap.objects.exists()
    assert not Digest.objects.filter(date__gt=MARCH_25).exists()
    poll(CUT_OFF + DAY - HOUR)
    assert publish_due(now=CUT_OFF + DAY + 21 * MINUTE) == 1
    assert published() == [MARCH_25, MARCH_25 + DAY]


@pytest.mark.django_db
def test_a_clock_that_stays_ahead_for_an_hour_leaves_no_gap_behind(outlet: Publisher) -> None:
    now = CUT_OFF + 5 * HOUR
    watched_until(now)
    for minutes in range(0, 60, 5):
        assert publish_due(now=now + 2 * DAY + minutes * MINUTE) == 0
    assert Gap.objects.exists()
    poll(CUT_OFF + DAY - HOUR)
    assert publish_due(now=CUT_OFF + DAY) == 1
    assert published() == [MARCH_25, MARCH_25 + DAY]


@pytest.mark.django_db
def test_a_date_beyond_the_next_waits_though_it_was_watched(outlet: Publisher) -> None:
    watched_until(CUT_OFF + HOUR)
    poll(CUT_OFF + DAY + 12 * HOUR)  # off over one cut-off, and on again before the next
    at = CUT_OFF + 2 * DAY
    assert [publish_due(now=at + minutes * MINUTE) for minutes in (0, 19, 20)] == [0, 0, 1]
    assert published() == [MARCH_25, date(2026, 3, 27)]


@pytest.mark.django_db
def test_a_new_desk_publishes_after_its_first_poll(outlet: Publisher) -> None:
    now = CUT_OFF + 5 * HOUR
    assert publish_due(now=now) == 0
    assert not Gap.objects.exists()
    poll(now)
    assert publish_due(now=now + HOUR) == 1
    assert published() == [MARCH_25]


@pytest.mark.django_db
@pytest.mark.parametrize("how", [{"failure_count": 40}, {"is_active": False}])
def test_a_desk_without_a_network_or_a_feed_claims_nothing(outlet: Publisher, how: dict[str, Any]) -> None:
    watched_until(CUT_OFF + MINUTE)
    Feed.objects.update(succeeded_at=CUT_OFF, **how)
    at = CUT_OFF + DAY
    assert [publish_due(now=at + minutes * MINUTE) for minutes in (0, 30)] == [0, 0]
    assert published() == [MARCH_25]
    (gap,) = Gap.objects.all()
    assert not gap.was_watched


@pytest.mark.django_db
def test_a_week_that_closes_on_a_gap_is_gathered_from_its_other_days(settings: Any) -> None:
    settings.WEEKLY_DAY = "wednesday"
    daily = rows.make_edition()
    rows.make_edition("weekly")
    for number in (1, 2, 3):
        rows.make_digest(MARCH_25 - number * DAY, stories=[rows.make_story()], edition=daily)
    rows.make_feed(succeeded_at=AFTER - HOUR, polled_at=AFTER - HOUR)
    assert publish_due(now=CUT_OFF) == 0
    assert publish_due(now=CUT_OFF + HOUR) == 1
    assert Digest.objects.get(edition__slug="weekly").date == MARCH_25


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("zone", "hour", "start"),
    [
        ("Europe/Berlin", 2, datetime(2026, 3, 28, tzinfo=UTC)),  # the hour is skipped
        ("Europe/Berlin", 2, datetime(2026, 10, 24, tzinfo=UTC)),  # it comes twice
        ("America/Sao_Paulo", 0, datetime(2018, 11, 3, tzinfo=UTC)),  # a day without midnight
    ],
)
def test_where_the_clock_is_changed_there_is_one_digest_a_local_date(
    settings: Any, zone: str, hour: int, start: datetime
) -> None:
    settings.DIGEST_TIME_ZONE, settings.DIGEST_HOUR = ZoneInfo(zone), hour
    settings.DIGEST_REVIEW_MINUTES = 0
    rows.make_edition("weekly")
    feed = rows.make_feed(polled_at=start, succeeded_at=start)
    for hours in range(3 * 24):
        now = start + hours * HOUR
        Feed.objects.filter(pk=feed.pk).update(succeeded_at=now - MINUTE, answers_since=start)
        publish_due(now=now)
    dates = published()
    assert dates == [dates[0] + number * DAY for number in range(len(dates))]
    assert len(dates) >= 3
    for day in dates[1:]:
        digest = Digest.objects.get(edition__slug="daily", date=day)
        assert digest.published_at and digest.published_at - Hours.of_settings().cut_off(day) < HOUR


@pytest.mark.django_db
def test_the_latest_date_is_noted_once(outlet: Publisher) -> None:
    watched_until(CUT_OFF + HOUR)
    edition = Edition.objects.get(slug="daily")
    assert (edition.due_date, edition.due_since) == (MARCH_25, CUT_OFF + MINUTE)
