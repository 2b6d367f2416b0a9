"""What follows a call that gave no answer: another one, in which manner and when, or a pause for everybody."""

from __future__ import annotations

import pytest

from newsdesk.llm.answer import BadReply
from newsdesk.llm.server import CallFailed, Fault
from newsdesk.llm.tries import PAUSE_AFTER_SILENCE_S, TRIES, WAIT_HERE_S, Manner, Step, decide

PLAIN = Manner()


def failed(fault: Fault, wait_s: float = 0.0) -> CallFailed:
    return CallFailed(fault, "why", wait_s=wait_s)


@pytest.mark.parametrize(
    ("failure", "manner", "attempt", "step"),
    [
        (failed(Fault.RATE, WAIT_HERE_S), PLAIN, 1, Step(PLAIN, sleep_s=WAIT_HERE_S, pause_s=WAIT_HERE_S)),
        (failed(Fault.RATE, 6.0), PLAIN, 1, Step(None, sleep_s=6.0, pause_s=6.0)),
        (failed(Fault.NETWORK), PLAIN, 1, Step(PLAIN, sleep_s=0.5)),
        (failed(Fault.NETWORK), PLAIN, 2, Step(PLAIN, sleep_s=1.0)),
        (failed(Fault.NETWORK), PLAIN, TRIES, Step(None, pause_s=PAUSE_AFTER_SILENCE_S)),
        (failed(Fault.FORMAT), PLAIN, 1, Step(Manner(with_schema=False))),
        (failed(Fault.FORMAT), Manner(complaint="that"), 2, Step(Manner(with_schema=False, complaint="that"))),
        (failed(Fault.FORMAT), Manner(with_schema=False), 1, Step(None)),
        (failed(Fault.REFUSED, 600.0), PLAIN, 1, Step(None, pause_s=600.0)),
        (failed(Fault.REPLY), PLAIN, 1, Step(None)),
        (BadReply("that", repairable=True), PLAIN, 1, Step(Manner(complaint="that"))),
        (BadReply("again", repairable=True), Manner(complaint="that"), 2, Step(None)),
        (BadReply("that", repairable=False), PLAIN, 1, Step(None)),
        (BadReply("that", repairable=True), PLAIN, TRIES, Step(None)),
    ],
)
def test_what_follows(failure: CallFailed | BadReply, manner: Manner, attempt: int, step: Step) -> None:
    assert decide(failure, manner, attempt=attempt, jitter=0.5) == step
