"""The operator is told of an incident once when it begins and once when it is over, whoever watches."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from django.db import OperationalError, connection, connections
from django.test import Client
from pytest_django import Settings

from newsdesk.health.alarms.incidents import note_incidents, tell_pending
from newsdesk.health.heartbeat import SWEEP, beat
from newsdesk.health.judge import Component, State
from newsdesk.health.models import Alarm, Incident
from newsdesk.health.watch import Watcher, watch
from tests.servers.publisher import Publisher, Reply, redirect
from tests.servers.smtp import SmtpServer

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 25, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BAD = Component("digest", State.FAIL, "That of 25 March was due 2 hours ago and is not published.")
WELL = Component("digest", State.OK, "That of 25 March is published.")


@pytest.fixture(autouse=True)
def told(settings: Settings, smtp_server: SmtpServer, publisher: Publisher) -> None:
    """An operator with a mail server and a webhook."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp_server.port
    settings.OPERATOR_EMAIL, settings.OPERATOR_WEBHOOK_URL = "me@example.org", publisher.url("/hook?key=1")
    publisher.routes["/hook"] = Reply(b"ok")


def look(component: Component, now: datetime) -> None:
    note_incidents([component], now=now)
    tell_pending(now=now)


def posted(publisher: Publisher) -> list[dict[str, str]]:
    return [json.loads(request.body) for request in publisher.requests]


def test_an_incident_is_told_once_and_its_end_once(smtp_server: SmtpServer, publisher: Publisher) -> None:
    for minute in range(5):
        look(BAD, NOW + minute * MINUTE)
    (mail,) = smtp_server.accepted
    assert mail.to == "me@example.org"
    parsed = message_from_bytes(mail.data, policy=policy.default)
    assert parsed["Subject"] == "Newsdesk: digest needs you"
    assert BAD.words in parsed.get_content()
    assert parsed["Auto-Submitted"] == "auto-generated"
    (document,) = posted(publisher)
    assert (document["kind"], document["state"], document["words"]) == ("digest", "begun", BAD.words)
    assert publisher.requests[0].headers["content-type"] == "application/json"
    # Well for a moment, then bad again: the same incident.
    look(WELL, NOW + 6 * MINUTE)
    look(WELL, NOW + 7 * MINUTE)
    look(BAD, NOW + 8 * MINUTE)
    assert len(publisher.requests) == 1
    for minute in range(9, 30):
        look(WELL, NOW + minute * MINUTE)
    assert [mail["state"] for mail in posted(publisher)] == ["begun", "over"]
    assert len(smtp_server.accepted) == 2
    assert "is well again" in message_from_bytes(smtp_server.accepted[1].data, policy=policy.default)["Subject"]
    # And the next time it is a new one.
    look(BAD, NOW + 60 * MINUTE)
    assert [mail["state"] for mail in posted(publisher)] == ["begun", "over", "begun"]
    assert Incident.objects.count() == 2


def test_what_needs_nobody_at_night_is_not_told(smtp_server: SmtpServer, publisher: Publisher) -> None:
    for name, state in (("queue", State.WARN), ("digest", State.WARN), ("broker", State.WARN), ("model", State.FAIL)):
        look(Component(name, state, "words"), NOW)
    assert (smtp_server.accepted, publisher.requests) == ([], [])


@pytest.mark.parametrize("fault", [Reply(status=500), redirect("/elsewhere")])
def test_a_channel_that_fails_is_tried_again_and_keeps_no_other_back(
    smtp_server: SmtpServer, publisher: Publisher, fault: Reply
) -> None:
    publisher.routes["/hook"] = fault
    look(BAD, NOW)
    assert len(smtp_server.accepted) == 1
    alarm = Alarm.objects.get(channel="webhook")
    assert (alarm.sent_at, bool(alarm.error)) == (None, True)
    look(BAD, NOW + timedelta(seconds=30))
    assert len(publisher.requests) == 1  # a redirect is not followed either
    publisher.routes["/hook"] = Reply(b"ok")
    look(BAD, NOW + 2 * MINUTE)
    look(BAD, NOW + 20 * MINUTE)
    assert (len(publisher.requests), len(smtp_server.accepted)) == (2, 1)
    assert Alarm.objects.filter(sent_at=None).count() == 0


@pytest.mark.django_db(transaction=True)
def test_many_who_look_at_once_tell_once(smtp_server: SmtpServer, publisher: Publisher) -> None:
    def one(_: int) -> None:
        try:
            look(BAD, datetime.now(UTC))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(one, range(12)))
    assert (len(smtp_server.accepted), len(publisher.requests), Incident.objects.count()) == (1, 1, 1)


def test_a_sweep_that_stops_is_told_by_whoever_still_watches(publisher: Publisher) -> None:
    beat(SWEEP, now=NOW)
    watch(now=NOW + 3 * MINUTE)
    assert not Incident.objects.filter(kind="sweep").exists()
    watch(now=NOW + 10 * MINUTE)
    assert [document["kind"] for document in posted(publisher) if document["kind"] == "sweep"] == ["sweep"]


def test_after_a_start_what_was_off_has_time_to_begin_again(publisher: Publisher) -> None:
    beat(SWEEP, now=NOW - 2 * 24 * 60 * MINUTE)
    watcher = Watcher()
    for minute in range(2):
        watcher.look(NOW + minute * MINUTE)
    assert not Incident.objects.exists()
    watcher.look(NOW + 2 * MINUTE)
    assert "sweep" in {incident.kind for incident in Incident.objects.all()}


def test_a_database_that_is_away_is_told_without_a_row_once_it_lasts(publisher: Publisher) -> None:
    def away(*_: object) -> None:
        raise OperationalError("no answer")

    watcher = Watcher()
    with connection.execute_wrapper(away):
        watcher.look(NOW)
        assert publisher.requests == []  # a restart is no incident
        for minute in range(1, 6):
            watcher.look(NOW + minute * MINUTE)
    for minute in range(6, 9):
        watcher.look(NOW + minute * MINUTE)
    told = [(document["kind"], document["state"]) for document in posted(publisher) if document["kind"] == "database"]
    assert told == [("database", "begun"), ("database", "over")]


def test_the_sample_tells_nobody(settings: Settings, smtp_server: SmtpServer, publisher: Publisher) -> None:
    settings.SAMPLE = True
    look(BAD, NOW)
    assert (smtp_server.accepted, publisher.requests) == ([], [])


def test_incidents_stand_on_the_health_page(admin_client: Client) -> None:
    look(BAD, NOW)
    page = admin_client.get("/admin/health/").text
    assert BAD.words in page
    assert "and still so." in page
    assert "Told by mail at" in page
