"""The desk in figures for Prometheus: read from the database when asked, so any web process tells the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from newsdesk.health.examine import Report
from newsdesk.health.judge import Facts


def as_metrics(report: Report) -> bytes:
    """The text that Prometheus reads."""
    registry = CollectorRegistry()
    registry.register(_Figures(report))
    return generate_latest(registry)


class _Figures(Collector):
    def __init__(self, report: Report) -> None:
        self._report = report

    def collect(self) -> Iterator[GaugeMetricFamily]:
        states = GaugeMetricFamily(
            "newsdesk_component_state", "0: well, 1: look at it, 2: needs somebody.", labels=["component"]
        )
        for component in self._report.components:
            states.add_metric([component.name], component.state)
        yield states
        if self._report.facts is not None and not self._report.facts.missing_migrations:
            for name, words, value in _figures(self._report.facts):
                yield GaugeMetricFamily(f"newsdesk_{name}", words, value=value)


def _figures(facts: Facts) -> Iterator[tuple[str, str, float]]:
    moments = {"poll": facts.polled_at, "sweep": facts.swept_at}
    for name, moment in moments.items():
        if moment is not None:
            yield f"last_{name}_timestamp_seconds", f"When the last {name} was.", moment.timestamp()
    waits = _seconds(facts.waiting_since, facts.now)
    yield "queue_age_seconds", "How long the oldest news waits to be read or put into a story.", waits
    yield "poll_overdue_seconds", "How long a feed has been due.", _seconds(facts.poll_due_since, facts.now)
    late = 0.0 if facts.is_digest_out or not facts.was_any_published else _seconds(facts.digest_due_at, facts.now)
    yield "digest_overdue_seconds", "How long the digest has been due.", late
    yield "feeds", "Feeds that are polled.", facts.feeds
    yield "mail_paused", "1 while all mail is paused.", float(facts.is_mail_paused)
    yield "mail_waiting", "Mails that wait to be sent.", facts.waiting_mails
    yield "mail_unknown", "Mails of which nobody knows whether they went out.", facts.unknown_mails
    yield "disk_free_bytes", "Room on the disk of the data directory.", facts.disk_free_bytes
    yield "model_spend_usd", "What the language model cost today (UTC).", facts.spent_usd
    yield "model_budget_usd", "What it may cost a day.", facts.budget_usd


def _seconds(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
