"""From facts to what is well and what is not, in words: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum

from newsdesk.digests.due import GRACE

MEGABYTE = 1_000_000
# What SQLite and PostgreSQL need to go on writing while somebody makes room; and when to begin making it.
LOW_DISK_BYTES, SCARCE_DISK_BYTES = 200 * MEGABYTE, 1000 * MEGABYTE
# Polls, articles and clusters are some seconds' work each; a stage may run for ten minutes before the next has a turn.
LATE_POLL, STOPPED_POLLS = timedelta(minutes=15), timedelta(minutes=45)
LATE_ENTRY = timedelta(hours=1)
MISSED_SWEEPS, SHORTEST_SILENCE = 5, timedelta(minutes=5)
LATE_DIGEST = timedelta(hours=1)


class State(IntEnum):
    """How a component is doing."""

    OK = 0
    WARN = 1
    FAIL = 2


@dataclass(frozen=True, slots=True)
class Component:
    """One thing that must work: its name, its state, a sentence, and the permission to read the sentence."""

    name: str
    state: State
    words: str
    right: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the desk at `now`."""

    now: datetime
    missing_migrations: int
    feeds: int
    polled_at: datetime | None
    poll_due_since: datetime | None
    swept_at: datetime | None
    sweep_interval: timedelta
    waiting_since: datetime | None
    digest_date: date
    digest_due_at: datetime
    is_digest_out: bool
    was_any_published: bool
    is_mail_paused: bool
    waiting_mails: int
    unknown_mails: int
    is_mail_stalled: bool
    spent_usd: float
    budget_usd: float
    has_model: bool
    model_pause: str
    has_broker_server: bool
    broker_fault: str
    disk_free_bytes: int


# Whoever cannot be given a page must be told by the status (503); with anything else wrong, pages are served.
NEEDED_TO_SERVE = frozenset({"database", "migrations"})


def judge(facts: Facts) -> list[Component]:
    """Every component, in the order of the line; where tables may be missing, those that need none."""
    if facts.missing_migrations:
        return [Component("database", State.OK, "It answers."), _migrations(facts), judge_disk(facts.disk_free_bytes)]
    return [
        Component("database", State.OK, "It answers."),
        _migrations(facts),
        _broker(facts),
        _sweep(facts),
        _polls(facts),
        _queue(facts),
        _digest(facts),
        _mail(facts),
        _model(facts),
        judge_disk(facts.disk_free_bytes),
    ]


def judge_disk(free_bytes: int) -> Component:
    """Whether there is room on the disk of the data directory."""
    free = f"{free_bytes / MEGABYTE:,.0f} MB are free in the data directory"
    if free_bytes < LOW_DISK_BYTES:
        return Component("disk", State.FAIL, f"Only {free}: make room, or nothing new can be stored.")
    if free_bytes < SCARCE_DISK_BYTES:
        return Component("disk", State.WARN, f"Only {free}.")
    return Component("disk", State.OK, f"{free}.")


def _migrations(facts: Facts) -> Component:
    if facts.missing_migrations:
        words = f"The database lacks {facts.missing_migrations} of them: run manage.py migrate."
        return Component("migrations", State.FAIL, words)
    return Component("migrations", State.OK, "The database has the form that this version needs.")


def _broker(facts: Facts) -> Component:
    if facts.broker_fault:
        words = f"It does not answer ({facts.broker_fault}): nothing new comes in until it does."
        return Component("broker", State.WARN, words)
    return Component("broker", State.OK, "It answers." if facts.has_broker_server else "It needs no server.")


def _sweep(facts: Facts) -> Component:
    if facts.swept_at is None:
        return Component("sweep", State.WARN, "None has run yet: are worker and beat running?")
    silence = max(MISSED_SWEEPS * facts.sweep_interval, SHORTEST_SILENCE)
    words = f"The last one ran {_ago(facts.now - facts.swept_at)}"
    if facts.now - facts.swept_at > silence:
        return Component("sweep", State.FAIL, f"{words}: worker or beat has stopped, so no news comes in.")
    return Component("sweep", State.OK, f"{words}.")


def _polls(facts: Facts) -> Component:
    right = "feeds.view_feed"
    if not facts.feeds:
        return Component("polls", State.WARN, "No feed is polled.", right)
    last = f"The last one was {_ago(facts.now - facts.polled_at)}" if facts.polled_at else "There was none yet"
    late = facts.now - facts.poll_due_since if facts.poll_due_since else timedelta(0)
    if late > LATE_POLL:
        words = f"{last}; a feed has been due for {_long(late)}."
        return Component("polls", State.FAIL if late > STOPPED_POLLS else State.WARN, words, right)
    return Component("polls", State.OK, f"{last}; {facts.feeds} feeds are polled.", right)


def _queue(facts: Facts) -> Component:
    right = "stories.view_story"
    if facts.waiting_since is None:
        return Component("queue", State.OK, "No news waits to be read and put into stories.", right)
    waits = facts.now - facts.waiting_since
    words = f"The oldest news that waits to be read or put into a story has waited for {_long(waits)}."
    return Component("queue", State.WARN if waits > LATE_ENTRY else State.OK, words, right)


def _digest(facts: Facts) -> Component:
    right = "digests.view_digest"
    day = f"{facts.digest_date.day} {facts.digest_date:%B}"
    if facts.is_digest_out:
        return Component("digest", State.OK, f"That of {day} is published.", right)
    if not facts.was_any_published:
        return Component("digest", State.WARN, "None has been published yet.", right)
    late = facts.now - facts.digest_due_at
    words = f"That of {day} was due {_long(late)} ago and is not published."
    if late > LATE_DIGEST:
        return Component("digest", State.FAIL, words, right)
    return Component("digest", State.WARN if late > GRACE else State.OK, words, right)


def _mail(facts: Facts) -> Component:
    right = "newsletter.view_mailing"
    waiting = f"{facts.waiting_mails} waiting"
    if facts.is_mail_stalled:
        words = f"Mail has been due for an hour and none went out; {waiting}."
        return Component("mail", State.FAIL, words + (" All mail is paused." if facts.is_mail_paused else ""), right)
    if facts.is_mail_paused:
        return Component("mail", State.WARN, f"All mail is paused; {waiting}.", right)
    if facts.unknown_mails:
        words = f"Nobody knows whether {facts.unknown_mails} went out: somebody must say; {waiting}."
        return Component("mail", State.WARN, words, right)
    return Component("mail", State.OK, f"It goes out; {waiting}.", right)


def _model(facts: Facts) -> Component:
    right = "llm.view_dailyspend"
    if not facts.has_model:
        return Component("model", State.OK, "None is set up.", right)
    spent = f"{facts.spent_usd:.2f} of {facts.budget_usd:.2f} USD used today"
    if facts.model_pause:
        return Component("model", State.WARN, f"Not asked for now: {facts.model_pause} {spent}.", right)
    if facts.spent_usd >= facts.budget_usd:
        return Component("model", State.WARN, f"{spent}: extracts take over until midnight UTC.", right)
    return Component("model", State.OK, f"{spent}.", right)


def _ago(span: timedelta) -> str:
    return f"{_long(span)} ago"


def _long(span: timedelta) -> str:
    """40 seconds, 12 minutes, 5 hours, 3 days."""
    seconds = max(0, int(span.total_seconds()))
    for name, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {name}s"
    return f"{seconds} seconds"
