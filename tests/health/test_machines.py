"""What machines are told, and strangers are not."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from newsdesk.health import facts
from newsdesk.health.heartbeat import SWEEP, beat
from newsdesk.newsletter.models import Outbox
from tests.access.people import client_of
from tests.site import rows

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-some-length"
READY = "/health/ready"


def away(*_: object) -> None:
    raise OperationalError("the server closed the connection unexpectedly")


def test_the_process_says_that_it_lives_whatever_the_database_does(client: Client) -> None:
    with connection.execute_wrapper(away):
        response = client.get("/health/live")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response.headers["Cache-Control"]


def test_ready_tells_what_the_desk_does_and_when_it_did_it(client: Client) -> None:
    rows.make_feed(next_poll_at=timezone.now() + timedelta(hours=1), polled_at=timezone.now())
    beat(SWEEP, now=timezone.now() - timedelta(hours=3))
    Outbox.objects.create(pk=1, is_paused=True, reason="550 reader@example.org is refused")
    response = client.get(READY)
    assert response.status_code == 200
    found = response.json()
    assert (found["status"], found["serves"]) == ("fail", True)
    words = {name: (one["status"], one["words"]) for name, one in found["components"].items()}
    assert words["sweep"] == ("fail", "The last one ran 3 hours ago: worker or beat has stopped, so no news comes in.")
    assert words["polls"][0] == "ok"
    assert words["mail"] == ("warn", "All mail is paused; 0 waiting.")
    assert "example.org" not in response.text


def test_a_database_that_is_away_is_a_503_and_a_sentence(client: Client) -> None:
    with connection.execute_wrapper(away):
        response = client.get(READY)
    assert response.status_code == 503
    assert response.json()["components"]["database"]["status"] == "fail"
    assert "closed the connection" not in response.text


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer another-token"}, {"Authorization": TOKEN}])
def test_strangers_learn_only_whether_it_is_well(client: Client, settings: Settings, headers: dict[str, str]) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert set(client.get(READY, headers=headers).json()) == {"status", "serves"}
    assert client.get("/metrics", headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("setting", "value", "extra"),
    [
        ("PRODUCTION", True, {}),
        ("PROXY_COUNT", 1, {}),
        ("DEBUG", False, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}),
        ("DEBUG", False, {"HTTP_FORWARDED": "for=127.0.0.1"}),
        ("DEBUG", False, {"REMOTE_ADDR": "10.0.0.7"}),
    ],
)
def test_coming_from_this_machine_proves_nothing_where_a_proxy_may_stand(
    client: Client, settings: Settings, setting: str, value: object, extra: dict[str, str]
) -> None:
    setattr(settings, setting, value)
    assert client.get("/metrics", **extra).status_code == 404
    assert "components" not in client.get(READY, **extra).json()


def test_the_token_opens_the_figures(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN, settings.PRODUCTION = TOKEN, True
    beat(SWEEP, now=timezone.now())
    response = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, REMOTE_ADDR="10.0.0.7")
    assert response.status_code == 200
    figures = dict(re.findall(r"^(newsdesk_[^ ]+) ([0-9.e+]+)$", response.text, re.MULTILINE))
    assert figures['newsdesk_component_state{component="sweep"}'] == "0.0"
    assert float(figures["newsdesk_last_sweep_timestamp_seconds"]) == pytest.approx(timezone.now().timestamp(), abs=30)
    assert float(figures["newsdesk_disk_free_bytes"]) > 0
    assert figures["newsdesk_mail_paused"] == "0.0"
    # A second scrape is of the moment as well: nothing is kept in the process.
    assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_the_page_says_it_in_words_to_whoever_may_know_the_part(client: Client) -> None:
    for role, may_see_mail in (("viewer", False), ("sender", True)):
        page = client_of(role).get("/admin/health/").text
        assert "None has run yet: are worker and beat running?" in page
        assert ("It goes out; 0 waiting." in page) is may_see_mail
    assert client.get("/admin/health/").status_code == 302


def test_a_database_without_the_newest_migration_is_not_ready(client: Client) -> None:
    facts._has_every_migration = False  # as in a process that has just started
    MigrationRecorder(connection).record_unapplied("health", "0001_initial")
    response = client.get(READY)
    assert response.status_code == 503
    assert (
        response.json()["components"]["migrations"]["words"] == "The database lacks 1 of them: run manage.py migrate."
    )
    MigrationRecorder(connection).record_applied("health", "0001_initial")
    assert client.get(READY).status_code == 200
