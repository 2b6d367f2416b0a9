from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feeds.polling.schedule import Move, after_failure, after_redirects, after_success, retry_after_wait

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OLD, NEW = "https://old.example/feed", "https://new.example/feed"


def wait(**facts: object) -> timedelta:
    values = {"feed_id": 1, "now": NOW, "failure_count": 0, "code": "timeout"} | facts
    return after_failure(**values).next_poll_at - NOW  # type: ignore[arg-type]


def test_a_busy_feed_is_polled_more_often_than_a_quiet_one() -> None:
    waits = [after_success(feed_id=1, now=NOW, recent_entries=count).next_poll_at - NOW for count in (0, 7, 70, 5000)]
    assert waits == sorted(waits, reverse=True)
    assert len(set(waits)) == 4
    assert 4 * HOUR < waits[0] <= 6 * HOUR
    assert 8 * MINUTE <= waits[-1] <= 10 * MINUTE


def test_the_first_poll_is_followed_by_the_base_interval() -> None:
    first = after_success(feed_id=1, now=NOW, recent_entries=0, is_first=True)
    assert 12 * MINUTE <= first.next_poll_at - NOW <= 15 * MINUTE


def test_waits_differ_between_feeds_and_repeat_for_one() -> None:
    waits = [after_success(feed_id=feed_id, now=NOW, recent_entries=7) for feed_id in (1, 2, 3, 1)]
    assert waits[0] == waits[3]
    assert len(set(waits)) == 3


def test_failures_back_off_to_a_day_and_no_further() -> None:
    waits = [wait(failure_count=count) for count in range(30)]
    assert waits[0] <= 15 * MINUTE
    assert waits[:7] == sorted(waits[:7])
    assert 19 * HOUR < waits[-1] <= DAY
    assert max(waits) <= DAY


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_a_feed_that_fails_for_long_is_still_polled(status: int) -> None:
    plan = after_failure(feed_id=1, now=NOW, failure_count=30, code="http_status", status=status)
    assert plan.is_active
    assert plan.failure_count == 31


def test_gone_stops_a_feed_with_a_reason() -> None:
    plan = after_failure(feed_id=1, now=NOW, failure_count=0, code="http_status", status=410)
    assert not plan.is_active
    assert "gone" in plan.reason


def test_too_large_waits_an_hour_or_more() -> None:
    assert all(wait(feed_id=feed_id, code="too_large") >= HOUR for feed_id in range(50))


def test_retry_after_is_waited_for() -> None:
    assert wait(retry_after=str(6 * 3600)) == 6 * HOUR
    assert wait(retry_after="5", failure_count=4) > HOUR  # what is asked is the least, not the most


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", 2 * MINUTE),
        ("0", MINUTE),
        ("-50", MINUTE),
        ("1000000000", 7 * DAY),
        ("9" * 18, 7 * DAY),
        ("Tue, 10 Mar 2026 15:00:00 GMT", 3 * HOUR),
        ("Tue, 10 Mar 2020 15:00:00 GMT", MINUTE),
        ("Tue, 10 Mar 2999 15:00:00 GMT", 7 * DAY),
        ("", None),
        ("soon", None),
        ("9" * 400, None),
        ("Tue, 99 Mar 2026 15:00:00 GMT", None),
    ],
)
def test_retry_after_is_read_and_clamped(value: str, expected: timedelta | None) -> None:
    assert retry_after_wait(value, NOW) == expected


class TestMove:
    def after(self, *hops: tuple[int, str], moved_to: str = "", seen: datetime | None = None) -> Move:
        return after_redirects(url=OLD, moved_to=moved_to, moved_seen_at=seen, hops=list(hops), now=NOW)

    def test_a_permanent_redirect_is_noted_first(self) -> None:
        assert self.after((301, NEW)) == Move(OLD, NEW, NOW)

    def test_it_is_taken_after_a_day(self) -> None:
        assert self.after((308, NEW), moved_to=NEW, seen=NOW - 23 * HOUR) == Move(OLD, NEW, NOW - 23 * HOUR)
        assert self.after((308, NEW), moved_to=NEW, seen=NOW - DAY) == Move(NEW)

    def test_another_target_begins_anew(self) -> None:
        assert self.after((301, NEW + "2"), moved_to=NEW, seen=NOW - DAY) == Move(OLD, NEW + "2", NOW)

    def test_no_redirect_any_more_forgets_it(self) -> None:
        assert self.after(moved_to=NEW, seen=NOW - DAY) == Move(OLD)

    @pytest.mark.parametrize("status", [302, 303, 307])
    def test_a_temporary_redirect_is_not_a_move(self, status: int) -> None:
        assert self.after((status, NEW), moved_to=NEW, seen=NOW - DAY) == Move(OLD)

    def test_only_the_permanent_start_of_a_chain_counts(self) -> None:
        assert self.after((301, NEW), (302, NEW + "/today")) == Move(OLD, NEW, NOW)
