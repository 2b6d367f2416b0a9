"""kill -9 between any two commits of sending, and several senders at once: nobody is mailed twice, nothing is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db  # on PostgreSQL too
DATABASE = f"killed_sender_{os.getpid()}"  # test processes share the server
# As in killed_sender, which is a program and sets Django up when it is imported.
KINDS = ("good0", "gone", "busy", "good1")
RACED = 60


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A database of its own: a file, or where the tests run on PostgreSQL, one there."""
    environment = {**os.environ, "NEWSDESK_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "newsdesk.settings"}
    environment.pop("DATABASE_URL", None)
    if not settings.DATABASE_URL.startswith("postgres"):
        yield environment
        return
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {DATABASE}")
        yield environment | {"DATABASE_URL": urlsplit(settings.DATABASE_URL)._replace(path=f"/{DATABASE}").geturl()}
        for name in (DATABASE, f"{DATABASE}_template"):
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def play(environment: dict[str, str], mode: str) -> list[dict[str, Any]]:
    program = subprocess.run(
        [sys.executable, "-m", "tests.newsletter.killed_sender", mode],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert program.returncode == 0, program.stderr
    return [json.loads(line) for line in program.stdout.splitlines()]


def test_killed_at_any_commit_nobody_gets_two_mails_and_every_mail_is_accounted_for(
    environment: dict[str, str],
) -> None:
    rounds = play(environment, "kill")
    *killed, last = rounds
    # Lease, queueing, a claim and a record for each of six mails, the end: before and after each of their commits.
    assert len(killed) >= 2 * (3 + 2 * (len(KINDS) + 1))
    assert all(one["was_killed"] for one in killed) and not last["was_killed"]
    unknowns = 0
    for one in rounds:
        mails = {**one["deliveries"], **one["letters"]}
        assert set(mails) == {f"{kind}@example.org" for kind in (*KINDS, "letter")}, one
        unknown = {address for address, state in mails.items() if state == "unknown"}
        assert len(unknown) <= 1, one
        unknowns += len(unknown)
        for address, state in mails.items():
            expected = "failed" if address.startswith("gone") else "sent"
            assert state == expected or address in unknown, one
            received = one["received"].get(address, 0)
            assert received == (expected == "sent") or (address in unknown and received == 0), one
        assert one["mailings"] == ["done"], one
    assert not any(state == "unknown" for state in last["deliveries"].values())
    assert unknowns >= len(KINDS)


def test_several_senders_at_once_send_everything_once(environment: dict[str, str]) -> None:
    (race,) = play(environment, "race")
    addresses = {f"n{number}@example.org" for number in range(RACED)}
    assert race["received"] == dict.fromkeys([*addresses, "letter@example.org"], 1)
    assert set(race["deliveries"].values()) == set(race["letters"].values()) == {"sent"}
