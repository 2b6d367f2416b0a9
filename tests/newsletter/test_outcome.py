"""What a mail server's words mean."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsdesk.newsletter.delivery.outcome import (
    Kind,
    Stage,
    is_block,
    judge_loss,
    judge_reply,
    reopening_wait,
    retry_wait,
)
from newsdesk.newsletter.people.redact import as_kept

RECIPIENT, FINAL = Stage.RECIPIENT, Stage.FINAL


@pytest.mark.parametrize(
    ("stage", "code", "text", "kind", "is_about_mail"),
    [
        (FINAL, 250, "2.0.0 queued as 4711", Kind.SENT, True),
        (RECIPIENT, 450, "4.2.0 greylisted, try again", Kind.LATER, True),
        (FINAL, 452, "4.3.1 out of disk", Kind.LATER, True),
        (RECIPIENT, 421, "4.7.0 closing", Kind.LATER, True),
        (Stage.CONNECT, 421, "too many connections", Kind.AWAY, False),
        (Stage.LOGIN, 454, "4.7.0 temporary trouble", Kind.AWAY, False),
        (Stage.SENDER, 451, "4.7.1 slow down", Kind.AWAY, False),
        (Stage.CONNECT, 554, "no service for you", Kind.BLOCKED, False),
        (Stage.LOGIN, 535, "5.7.8 wrong password", Kind.BLOCKED, False),
        (Stage.SENDER, 553, "sender not owned by you", Kind.BLOCKED, False),
        (RECIPIENT, 550, "5.1.1 user unknown", Kind.NO_MAILBOX, True),
        (RECIPIENT, 550, "5.1.2 no such domain", Kind.NO_MAILBOX, True),
        (FINAL, 550, "5.1.10 null MX", Kind.NO_MAILBOX, True),
        (RECIPIENT, 550, "5.2.1 mailbox disabled", Kind.NO_MAILBOX, True),
        (RECIPIENT, 553, "5.1.8 bad sender domain", Kind.BLOCKED, True),
        (RECIPIENT, 550, "no such user here", Kind.NO_MAILBOX, True),
        (RECIPIENT, 551, "user not local", Kind.NO_MAILBOX, True),
        (RECIPIENT, 550, "Relaying denied", Kind.BLOCKED, True),
        (RECIPIENT, 553, "sorry, that domain isn't in my list of allowed rcpthosts", Kind.BLOCKED, True),
        (RECIPIENT, 552, "5.2.2 mailbox full", Kind.MAILBOX_FULL, True),
        (RECIPIENT, 552, "over quota", Kind.MAILBOX_FULL, True),
        (RECIPIENT, 550, "5.7.1 blocked by policy", Kind.BLOCKED, True),
        (FINAL, 554, "5.7.26 unauthenticated mail is not accepted", Kind.BLOCKED, True),
        (FINAL, 550, "message content rejected", Kind.REFUSED, True),
        (FINAL, 554, "looks like spam", Kind.BLOCKED, True),
        (FINAL, 552, "5.3.4 message too big", Kind.REFUSED, True),
        (Stage.DATA, 554, "5.5.1 no valid recipients", Kind.REFUSED, True),
        (FINAL, 354, "go ahead", Kind.UNKNOWN, True),
        (FINAL, -1, "garbage", Kind.UNKNOWN, True),
        (RECIPIENT, -1, "garbage", Kind.AWAY, True),
    ],
)
def test_a_reply_means(stage: Stage, code: int, text: str, kind: Kind, is_about_mail: bool) -> None:
    outcome = judge_reply(stage, code, text)
    assert (outcome.kind, outcome.is_about_mail) == (kind, is_about_mail)


def test_a_lost_connection_is_unknown_only_after_the_final_dot() -> None:
    assert {stage: judge_loss(stage, "gone").kind for stage in Stage} == {
        **dict.fromkeys(Stage, Kind.AWAY),
        FINAL: Kind.UNKNOWN,
    }
    assert [stage for stage in Stage if judge_loss(stage, "gone").is_about_mail] == [RECIPIENT, Stage.DATA, FINAL]


def test_a_refused_mail_is_tried_again_for_48_hours() -> None:
    waits = [wait for attempts in range(1, 30) if (wait := retry_wait(attempts, 0.0))]
    assert waits[:4] == [timedelta(minutes=minutes) for minutes in (5, 10, 20, 40)]
    assert sum(waits, timedelta()) == timedelta(hours=48)
    assert retry_wait(len(waits) + 1, 0.0) is None
    assert retry_wait(1, 1.0) == timedelta(minutes=4)


def test_a_server_that_stays_away_is_asked_less_and_less() -> None:
    assert [reopening_wait(failures, 0.0) for failures in (1, 2, 3)] == [timedelta(minutes=n) for n in (1, 2, 4)]
    assert reopening_wait(10_000, 0.0) == timedelta(minutes=30)


def test_what_is_kept_of_a_reply_names_nobody() -> None:
    kept = as_kept("550 5.1.1 <Jo.Doe@example.org>:\r\n unknown; write to postmaster@example.org\n" + "x" * 900)
    assert "@" not in kept
    assert kept.startswith("550 5.1.1 (address): unknown; write to (address)")
    assert "\n" not in kept and len(kept) == 500


def test_a_block_is_recognised_when_read_again() -> None:
    assert is_block(judge_reply(RECIPIENT, 550, "5.7.1 not you").reply)
    assert not is_block(judge_reply(RECIPIENT, 450, "4.7.1 not you now").reply)
    assert not is_block("") and not is_block("The sender ended while this was being sent.")
