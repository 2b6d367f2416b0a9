from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from celery.schedules import crontab
from django.conf import settings
from django.contrib.sessions.models import Session

from newsdesk.access.forget import forget
from newsdesk.access.tasks import forget as forget_task
from newsdesk.celery import app

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 25, 12, tzinfo=UTC)


def rows_at(moment: datetime) -> None:
    common = {"ip_address": "203.0.113.7", "username": "editor", "user_agent": str(moment)}
    AccessAttempt.objects.create(**common, failures_since_start=1)
    AccessFailureLog.objects.create(**common)
    AccessLog.objects.create(**common)
    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        model.objects.filter(user_agent=str(moment)).update(attempt_time=moment)


def test_no_address_is_kept_for_more_than_thirty_days() -> None:
    rows_at(NOW - timedelta(days=30))
    rows_at(NOW - timedelta(days=2))
    assert forget(now=NOW) == 3
    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        assert model.objects.get().attempt_time == NOW - timedelta(days=2)
    assert forget(now=NOW) == 0


def test_ended_sessions_go() -> None:
    Session.objects.create(session_key="old", session_data="", expire_date=NOW - timedelta(seconds=1))
    Session.objects.create(session_key="new", session_data="", expire_date=NOW + timedelta(seconds=1))
    forget(now=NOW)
    assert Session.objects.get().session_key == "new"


def test_beat_runs_it_every_hour() -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["forget"]
    assert entry["task"] == forget_task.name
    assert forget_task.name in app.tasks
    assert isinstance(entry["schedule"], crontab)
    assert len(entry["schedule"].hour) == 24
