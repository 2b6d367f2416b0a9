"""kill -9 between any two commits of sending, and several senders at once: nobody is mailed twice, nothing is lost."""

from __future__ import annotations

import pytest

from tests.playing import Played

pytestmark = pytest.mark.django_db  # on PostgreSQL too
PROGRAM = "tests.newsletter.killed_sender"
# As in killed_sender, which is a program and sets Django up when it is imported.
KINDS = ("good0", "gone", "busy", "good1")
RACED = 60


def test_killed_at_any_commit_nobody_gets_two_mails_and_every_mail_is_accounted_for(playing: Played) -> None:
    rounds = playing(PROGRAM, "kill")
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


def test_several_senders_at_once_send_everything_once(playing: Played) -> None:
    (race,) = playing(PROGRAM, "race")
    addresses = {f"n{number}@example.org" for number in range(RACED)}
    assert race["received"] == dict.fromkeys([*addresses, "letter@example.org"], 1)
    assert set(race["deliveries"].values()) == set(race["letters"].values()) == {"sent"}
