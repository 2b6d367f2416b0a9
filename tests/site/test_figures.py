"""The pure parts: figures, health, times, and a story's timeline."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from pytest_django import Settings

from newsdesk.site.charts import FIGURE_HEIGHT, FIGURE_WIDTH, coverage_figure, sparkline
from newsdesk.site.shelf import schedule
from newsdesk.site.templatetags.desk import clock, full_clock, language_name
from newsdesk.site.timeline import timeline, told
from newsdesk.stories.read import EntryView

NOON = datetime(2026, 3, 24, 12, tzinfo=UTC)
ZONE = ZoneInfo("UTC")


def _entry(number: int, **fields: object) -> EntryView:
    values: dict[str, object] = {
        "id": number,
        "public_id": str(number),
        "url": "https://outlet.example/",
        "title": f"Title {number}",
        "author": "",
        "publisher": f"Outlet {number}",
        "owner": f"outlet-{number}",
        "kind": "report",
        "standing": 0.5,
        "has_paywall": False,
        "language": "en",
        "published_at": None,
        "seen_at": NOON + timedelta(hours=number),
        "role": "report",
        "duplicate_of": "",
        "text_sha256": "",
        "text": "",
    }
    return EntryView(**{**values, **fields})  # type: ignore[arg-type]


def test_a_figure_needs_two_moments() -> None:
    assert coverage_figure([(NOON, True)]) is None


def test_bars_stand_within_the_figure_copies_upon_originals() -> None:
    figure = coverage_figure([(NOON, True), (NOON, False), (NOON + timedelta(days=3), True)])
    assert figure is not None
    for bar in figure.bars:
        assert 0 <= bar.x <= bar.x + bar.width <= FIGURE_WIDTH
        assert 0 <= bar.y <= bar.y + bar.height <= FIGURE_HEIGHT + 0.1
    original, copy, last = figure.bars
    assert (original.is_faint, copy.is_faint, last.is_faint) == (False, True, False)
    assert copy.y < original.y and copy.x == original.x < last.x


def test_moments_at_once_make_one_bar() -> None:
    figure = coverage_figure([(NOON, True)] * 5)
    assert figure is not None and len(figure.bars) == 1


def test_a_sparkline_ends_with_its_last_day_and_leaves_out_older_ones() -> None:
    day = date(2026, 3, 25)
    spark = sparkline({day: 4, day - timedelta(days=29): 2, day - timedelta(days=30): 9}, day)
    assert (spark.total, spark.since) == (6, day - timedelta(days=29))
    assert [bar.height for bar in spark.bars] == [18.0, 36.0]


def test_a_copy_is_folded_under_its_original_unless_that_is_elsewhere() -> None:
    entries = [
        _entry(1),
        _entry(2, duplicate_of="1", role="copy"),
        _entry(3, duplicate_of="99", role="copy"),
        _entry(13),
    ]
    shown = timeline(entries, [], ZONE)
    assert [(day, [row.number for row in rows]) for day, rows in shown.days] == [
        (date(2026, 3, 24), [1, 2]),
        (date(2026, 3, 25), [3]),
    ]
    first, second = shown.days[0][1]
    assert [copy.public_id for copy in first.copies] == ["2"]
    assert second.entry.public_id == "3" and not second.copies


def test_a_receipt_in_a_copy_counts_as_its_originals() -> None:
    entries = [_entry(1), _entry(2, duplicate_of="1", role="copy")]
    sentence = {
        "text": "It closes.",
        "role": "what",
        "kind": "fact",
        "written_by": "extract",
        "receipts": [{"entry": "2", "quote": "It closes."}, {"entry": "5", "quote": "Unknown."}],
    }
    (passage,) = told([sentence], timeline(entries, [sentence], ZONE))
    assert [mark.number for mark in passage.sentences[0].citations] == [1]


def test_a_long_story_is_cut_and_says_so() -> None:
    shown = timeline([_entry(n) for n in range(1, 100)], [], ZONE)
    assert sum(len(rows) for _, rows in shown.days) == 80
    assert shown.hidden == 19


def test_times_are_written_in_the_desks_zone(settings: Settings) -> None:
    settings.DIGEST_TIME_ZONE = ZoneInfo("Asia/Kathmandu")
    assert clock(NOON) == '<time datetime="2026-03-24T12:00Z">24 Mar, 17:45 UTC+0545</time>'
    settings.DIGEST_TIME_ZONE = ZoneInfo("Europe/Berlin")
    assert full_clock(NOON) == '<time datetime="2026-03-24T12:00Z">24 March 2026, 13:00 CET</time>'


def test_a_language_has_a_name_and_an_unknown_one_its_code() -> None:
    assert (language_name("de"), language_name("xx-new")) == ("German", "xx-new")


def test_the_schedule_names_the_next_cut_off_and_a_missing_digest() -> None:
    now = datetime(2026, 3, 25, 7, 5, tzinfo=UTC)
    assert schedule(date(2026, 3, 25), now).missing is None
    assert schedule(date(2026, 3, 25), now).next_at == datetime(2026, 3, 26, 7, tzinfo=UTC)
    assert schedule(date(2026, 3, 24), now).missing == date(2026, 3, 25)
    assert schedule(None, now).missing is None
