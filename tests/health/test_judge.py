"""What is well and what is not, from facts alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from newsdesk.health.judge import MEGABYTE, Facts, State, judge

NOW = datetime(2026, 3, 25, 9, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WELL = Facts(
    now=NOW,
    missing_migrations=0,
    feeds=57,
    polled_at=NOW - MINUTE,
    poll_due_since=NOW - MINUTE,
    swept_at=NOW - MINUTE,
    sweep_interval=MINUTE,
    waiting_since=NOW - 2 * MINUTE,
    digest_date=date(2026, 3, 25),
    digest_due_at=NOW - 2 * HOUR,
    is_digest_out=True,
    was_any_published=True,
    is_mail_paused=False,
    waiting_mails=3,
    unknown_mails=0,
    is_mail_stalled=False,
    spent_usd=0.2,
    budget_usd=1.0,
    has_model=True,
    model_pause="",
    has_broker_server=True,
    broker_fault="",
    disk_free_bytes=50_000 * MEGABYTE,
)


def test_a_desk_at_work_is_well() -> None:
    assert [one.name for one in judge(WELL) if one.state != State.OK] == []


@pytest.mark.parametrize(
    ("name", "state", "words", "changes"),
    [
        ("sweep", State.FAIL, "6 minutes ago: worker or beat has stopped", {"swept_at": NOW - 6 * MINUTE}),
        ("sweep", State.WARN, "None has run yet", {"swept_at": None}),
        ("polls", State.WARN, "a feed has been due for 20 minutes", {"poll_due_since": NOW - 20 * MINUTE}),
        ("polls", State.FAIL, "a feed has been due for 3 hours", {"poll_due_since": NOW - 3 * HOUR}),
        ("polls", State.WARN, "No feed is polled.", {"feeds": 0}),
        ("queue", State.WARN, "has waited for 2 hours", {"waiting_since": NOW - 2 * HOUR}),
        ("digest", State.FAIL, "of 25 March was due 2 hours ago", {"is_digest_out": False}),
        ("digest", State.WARN, "30 minutes", {"is_digest_out": False, "digest_due_at": NOW - 30 * MINUTE}),
        ("digest", State.WARN, "None has been", {"is_digest_out": False, "was_any_published": False}),
        ("mail", State.FAIL, "due for an hour and none went out; 3 waiting", {"is_mail_stalled": True}),
        ("mail", State.WARN, "All mail is paused", {"is_mail_paused": True}),
        ("mail", State.WARN, "whether 2 went out", {"unknown_mails": 2}),
        ("model", State.WARN, "1.00 of 1.00 USD", {"spent_usd": 1.0}),
        ("model", State.WARN, "Not asked for now: The key is refused.", {"model_pause": "The key is refused."}),
        ("broker", State.WARN, "(no answer in time)", {"broker_fault": "no answer in time"}),
        ("disk", State.FAIL, "Only 150 MB", {"disk_free_bytes": 150 * MEGABYTE}),
        ("disk", State.WARN, "Only 900 MB", {"disk_free_bytes": 900 * MEGABYTE}),
        ("migrations", State.FAIL, "run manage.py migrate", {"missing_migrations": 2}),
    ],
)
def test_what_is_not_well_is_said(name: str, state: State, words: str, changes: dict[str, Any]) -> None:
    found = {one.name: one for one in judge(replace(WELL, **changes))}
    assert found.pop(name).state == state
    assert words in {one.name: one for one in judge(replace(WELL, **changes))}[name].words
    assert all(one.state == State.OK for one in found.values())


def test_a_digest_that_waits_for_news_on_its_way_is_well() -> None:
    waiting = replace(WELL, is_digest_out=False, digest_due_at=NOW - 10 * MINUTE)
    assert max(one.state for one in judge(waiting)) == State.OK
