"""Read how the desk stands: a fixed number of queries, each by an index, and the disk."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from typing import Any

import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Max, Min, Q

from feeds.models import RECORDING_SCHEME, Entry, Feed
from newsdesk.digests.models import Digest
from newsdesk.digests.window import Hours
from newsdesk.health.heartbeat import SWEEP
from newsdesk.health.judge import Facts
from newsdesk.health.models import Heartbeat
from newsdesk.llm.ledger import paused
from newsdesk.llm.models import DailySpend
from newsdesk.newsletter.delivery.claim import due_mails
from newsdesk.newsletter.models import Delivery, Letter, Outbox

BROKER_ANSWER_S = 0.5
MICROUSD = 1_000_000
# Older news that was never read is no sign of today's trouble.
WAITING_WITHIN = timedelta(days=1)
STALLED_AFTER, QUIET_FOR = timedelta(hours=1), timedelta(minutes=30)
_has_every_migration = False


def read_facts(now: datetime) -> Facts:
    """What is known at `now`. Raises: DatabaseError, while the database is away."""
    missing = count_missing_migrations()
    if missing:  # tables may not be there
        return _without_database(now, missing)
    due = Hours.of_settings().latest_date(now)
    digests = Digest.objects.filter(edition__slug=settings.EDITION, state=Digest.State.PUBLISHED)
    newest = digests.order_by("-date").values_list("date", flat=True).first()
    spend = DailySpend.objects.filter(date=now.date()).first()
    return Facts(
        now=now,
        missing_migrations=0,
        **_feeds(now),
        swept_at=Heartbeat.objects.filter(pk=SWEEP).values_list("at", flat=True).first(),
        sweep_interval=timedelta(seconds=settings.SWEEP_INTERVAL_S),
        waiting_since=_waiting_since(now),
        digest_date=due,
        digest_due_at=Hours.of_settings().cut_off(due),
        is_digest_out=newest is not None and newest >= due,
        was_any_published=newest is not None,
        **_mail(now),
        spent_usd=(spend.microusd if spend else 0) / MICROUSD,
        budget_usd=float(settings.LLM_DAILY_BUDGET_USD),
        has_model=bool(settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL),
        model_pause=paused(now),
        has_broker_server=bool(_broker_url()),
        broker_fault=find_broker_fault(),
        disk_free_bytes=free_bytes(),
    )


def free_bytes() -> int:
    """Room on the disk of the data directory."""
    return shutil.disk_usage(settings.DATA_DIR).free


def count_missing_migrations() -> int:
    """How many migrations the database lacks; once it has all, it is not looked at again."""
    global _has_every_migration
    if _has_every_migration:
        return 0
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    _has_every_migration = not missing
    return missing


def find_broker_fault() -> str:
    """Why the broker does not answer, in a few words without its address; empty where it does, or is no Redis."""
    url = _broker_url()
    if not url:
        return ""
    try:
        with redis.Redis.from_url(
            url, socket_timeout=BROKER_ANSWER_S, socket_connect_timeout=BROKER_ANSWER_S, retry=None
        ) as broker:
            broker.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        return "no answer in time" if isinstance(error, redis.TimeoutError) else "no connection"
    return ""


def _broker_url() -> str:
    """The broker's address in redis-py's notation; empty where it is no Redis."""
    url: str = settings.CELERY_BROKER_URL.replace("redis+socket://", "unix://")
    return url if url.startswith(("redis://", "rediss://", "unix://")) else ""


def _without_database(now: datetime, missing: int) -> Facts:
    nothing: dict[str, Any] = dict.fromkeys(Facts.__dataclass_fields__)
    return Facts(**nothing | {"now": now, "missing_migrations": missing, "disk_free_bytes": free_bytes()})


def _feeds(now: datetime) -> dict[str, Any]:
    polled = Feed.objects.filter(is_active=True).exclude(url__startswith=RECORDING_SCHEME)
    is_due = Q(next_poll_at__lte=now) & (Q(claimed_until=None) | Q(claimed_until__lte=now))
    return polled.aggregate(
        feeds=Count("pk"), polled_at=Max("polled_at"), poll_due_since=Min("next_poll_at", filter=is_due)
    )


def _waiting_since(now: datetime) -> datetime | None:
    recent = Entry.objects.filter(is_news=True, seen_at__gt=now - WAITING_WITHIN, seen_at__lte=now, coverage=None)
    return recent.order_by("seen_at").values_list("seen_at", flat=True).first()


def _mail(now: datetime) -> dict[str, Any]:
    states = Delivery.State
    watched = Delivery.objects.filter(state__in=(states.QUEUED, states.INFLIGHT, states.UNKNOWN))
    counts = {row["state"]: row["rows"] for row in watched.values("state").annotate(rows=Count("pk")).order_by()}
    letters = Letter.objects.filter(state__in=(states.QUEUED, states.INFLIGHT)).count()
    return {
        "is_mail_paused": Outbox.objects.filter(is_paused=True).exists(),
        "waiting_mails": counts.get(states.QUEUED, 0) + counts.get(states.INFLIGHT, 0) + letters,
        "unknown_mails": counts.get(states.UNKNOWN, 0),
        "is_mail_stalled": bool(due_mails(now - STALLED_AFTER)) and not _was_mailed_since(now - QUIET_FOR),
    }


def _was_mailed_since(moment: datetime) -> bool:
    """Whether any mail went out: the last ones are sent last, so that the newest numbers tell."""
    sent = [kind._default_manager.filter(state="sent").order_by("-id")[:1] for kind in (Delivery, Letter)]
    return any(mail.sent_at is not None and mail.sent_at > moment for rows in sent for mail in rows)
