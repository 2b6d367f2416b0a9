"""The tries of one question: each is reserved, called and settled, and from how it went follows the next or none."""

from __future__ import annotations

import random
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.conf import settings

from newsdesk.llm import ledger
from newsdesk.llm.answer import BadReply, believable
from newsdesk.llm.deadline import Deadline
from newsdesk.llm.models import Completion
from newsdesk.llm.server import CallFailed, Fault

Answer = TypeVar("Answer")

TRIES = 3
# A rate limit that ends within this time is waited out here; a longer one leaves the caller to its fallback.
WAIT_HERE_S = 5.0
# With less time than this no call is begun: it would be paid for and cut off.
MIN_CALL_S = 0.2
PAUSE_AFTER_SILENCE_S = 300.0
# A call that had so long and got no whole reply says that the server is silent, though no time is left to ask again.
SILENCE_S = 15.0
MICROUSD = 1_000_000


class NoAnswer(Exception):
    """No usable answer; the message says why in plain words. The caller falls back to what needs no model."""


class NotAsked(NoAnswer):
    """No call was made: another time there may be an answer."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a question is put: whether its schema goes along, and what was wrong with the answer before."""

    with_schema: bool = True
    complaint: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What follows a failed call: another one after `sleep_s`, or none; and `pause_s` for every worker."""

    again: Manner | None
    sleep_s: float = 0.0
    pause_s: float = 0.0


class Question(ABC, Generic[Answer]):
    """What is asked, how it is put on the wire, and how the reply is read."""

    model: str
    purpose: str
    version: str
    sha256: str
    prices: ledger.Prices
    deadline_s: float
    pause = ledger.PAUSE

    @abstractmethod
    def most_tokens(self, manner: Manner) -> tuple[int, int]:
        """Bounds of the (input, output) tokens that no call passes."""

    @abstractmethod
    def call(self, manner: Manner, deadline_s: float) -> Any:
        """The reply's JSON, within `deadline_s`.

        Raises:
            CallFailed: no usable reply came.
            BadReply: the reply is not JSON.
        """

    @abstractmethod
    def count(self, payload: Any) -> tuple[int, int] | None:
        """The (input, output) tokens that the reply says; None where it does not."""

    @abstractmethod
    def read(self, payload: Any) -> Answer:
        """The answer that the reply holds.

        Raises:
            BadReply: it holds none.
        """

    @abstractmethod
    def as_recorded(self, result: Answer) -> str:
        """What the ledger keeps of an answer; never empty."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Answer]):
    """How one call went: an answer or what failed, and the tokens that it took; None where nobody knows."""

    result: Answer | CallFailed | BadReply
    tokens: tuple[int, int] | None


def ask(question: Question[Answer], *, manner: Manner, now: datetime, within: Deadline | None = None) -> Answer:
    """The answer, after three tries at most; must not run in a transaction. `within` is the time for all of them.

    Raises:
        NotAsked: calls are paused, or neither the day's ceiling nor `within` leaves room for the first.
        NoAnswer: no usable answer came.
    """
    started, attempt = time.monotonic(), 0
    within = within or Deadline(TRIES * (question.deadline_s + WAIT_HERE_S))
    while True:
        attempt += 1
        clock = now + timedelta(seconds=time.monotonic() - started)
        if within.left_s() < MIN_CALL_S:
            raise (NotAsked if attempt == 1 else NoAnswer)(f"the {within.total_s:.0f} s for asking a model are used up")
        row = _reserve(question, manner, clock, attempt=attempt)
        given_s = within.within(question.deadline_s).total_s
        outcome = _call(question, manner, given_s)
        _settle(row, question, outcome, clock)
        failure = outcome.result
        if not isinstance(failure, CallFailed | BadReply):
            return failure
        is_last = within.left_s() < MIN_CALL_S and given_s >= SILENCE_S
        step = decide(failure, manner, attempt=TRIES if is_last else attempt, jitter=random.random())  # noqa: S311
        if step.pause_s:
            ledger.pause(clock + timedelta(seconds=step.pause_s), failure.reason, question.pause)
        if step.again is None:
            raise NoAnswer(failure.reason)
        manner = step.again
        time.sleep(min(step.sleep_s, within.left_s()))


def _reserve(question: Question[Any], manner: Manner, clock: datetime, *, attempt: int) -> Completion:
    """Record the call about to be made and take its highest possible cost from the day's ceiling.

    Raises:
        NotAsked: calls are paused, or the ceiling leaves no room.
        NoAnswer: the same, after a call was made.
    """
    refused = NotAsked if attempt == 1 else NoAnswer
    ledger.settle_lost(now=clock)
    if why := ledger.paused(clock, question.pause):
        raise refused(why)
    cost = question.prices.microusd(*question.most_tokens(manner))
    if not ledger.reserve(_day(clock), cost, int(settings.LLM_DAILY_BUDGET_USD * MICROUSD)):
        raise refused(f"the day's ceiling of {settings.LLM_DAILY_BUDGET_USD} USD is reached")
    return Completion.objects.create(
        purpose=question.purpose,
        model=question.model,
        prompt_version=question.version,
        input_sha256=question.sha256,
        cost_microusd=cost,
        created_at=clock,
    )


def _call(question: Question[Answer], manner: Manner, deadline_s: float) -> Outcome[Answer]:
    """One call, and what came of it."""
    tokens: tuple[int, int] | None = (0, 0)
    try:
        payload = question.call(manner, deadline_s)
        tokens = believable(question.count(payload), question.most_tokens(manner))
        return Outcome(question.read(payload), tokens)
    except (CallFailed, BadReply) as failure:
        return Outcome(failure, tokens)


def _settle(row: Completion, question: Question[Answer], outcome: Outcome[Answer], clock: datetime) -> None:
    """Write the outcome and the real cost; where the server gave no counts, the reserve stays as the cost."""
    reserved, result = row.cost_microusd, outcome.result
    if isinstance(result, CallFailed | BadReply):
        row.status, row.error = Completion.Status.FAILED, result.reason[:500]
    else:
        row.status, row.output = Completion.Status.DONE, question.as_recorded(result)
    row.settled_at = clock
    if outcome.tokens is not None:
        row.input_tokens, row.output_tokens = outcome.tokens
        row.cost_microusd = question.prices.microusd(*outcome.tokens)
    row.save()
    ledger.settle(_day(row.created_at), reserved, row.cost_microusd)


def decide(failure: CallFailed | BadReply, manner: Manner, *, attempt: int, jitter: float) -> Step:
    """What to do after a call gave no answer; `attempt` counts from 1, `jitter` is 0 to 1."""
    tries_left = attempt < TRIES
    if isinstance(failure, BadReply):
        may_mend = failure.repairable and not manner.complaint and tries_left
        return Step(again=replace(manner, complaint=failure.reason) if may_mend else None)
    match failure.fault:
        case Fault.RATE:
            here = tries_left and failure.wait_s <= WAIT_HERE_S
            return Step(again=manner if here else None, sleep_s=failure.wait_s, pause_s=failure.wait_s)
        case Fault.NETWORK if tries_left:
            return Step(again=manner, sleep_s=(0.25 + 0.5 * jitter) * 2 ** (attempt - 1))
        case Fault.NETWORK:
            return Step(again=None, pause_s=PAUSE_AFTER_SILENCE_S)
        case Fault.FORMAT if manner.with_schema and tries_left:
            return Step(again=replace(manner, with_schema=False))
        case _:
            return Step(again=None, pause_s=failure.wait_s)


def _day(clock: datetime) -> date:
    return clock.astimezone(UTC).date()
