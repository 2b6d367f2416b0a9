"""Ask a model for a schema-validated answer, under the ceiling, recorded, never twice for the same question."""

from __future__ import annotations

import hashlib
import json
import random
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from django.conf import settings
from openai.types.chat import ChatCompletionMessageParam
from pydantic import BaseModel

from newsdesk.llm import answer, ledger
from newsdesk.llm.models import Completion
from newsdesk.llm.transport import DEADLINE_S, CallFailed, Fault, Server, call

Shape = TypeVar("Shape", bound=BaseModel)
Messages = list[ChatCompletionMessageParam]

MAX_OUTPUT_TOKENS = 4000
TRIES = 3
# A rate limit that ends within this time is waited out here; a longer one leaves the caller to its fallback.
WAIT_HERE_S = 5.0
PAUSE_AFTER_SILENCE_S = 300.0
# What a chat's framing and schema add to its text, in tokens; generous.
FRAMING_TOKENS = 1000
MICROUSD = 1_000_000


class NoAnswer(Exception):
    """No usable answer; the message says why in plain words. The caller falls back to what needs no model."""


class NotAsked(NoAnswer):
    """No call was made: another time there may be an answer."""


@dataclass(frozen=True)
class Step:
    """What follows a failed call: another one after `sleep_s`, or none; and `pause_s` for every worker."""

    again: bool
    sleep_s: float = 0.0
    pause_s: float = 0.0
    with_schema: bool = True


def decide(failure: CallFailed, *, attempt: int, with_schema: bool, jitter: float) -> Step:
    """What to do after a call gave no reply; `attempt` counts from 1, `jitter` is 0 to 1."""
    tries_left = attempt < TRIES
    match failure.fault:
        case Fault.RATE:
            here = tries_left and failure.wait_s <= WAIT_HERE_S
            return Step(again=here, sleep_s=failure.wait_s, pause_s=failure.wait_s, with_schema=with_schema)
        case Fault.NETWORK if tries_left:
            return Step(again=True, sleep_s=(0.25 + 0.5 * jitter) * 2 ** (attempt - 1), with_schema=with_schema)
        case Fault.NETWORK:
            return Step(again=False, pause_s=PAUSE_AFTER_SILENCE_S)
        case Fault.FORMAT if with_schema and tries_left:
            return Step(again=True, with_schema=False)
        case _:
            return Step(again=False, pause_s=failure.wait_s)


def is_configured() -> bool:
    """Whether there is a model to ask: a key, or a server of one's own."""
    return bool(settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL)


def model_name() -> str:
    """The model that is asked."""
    return str(settings.OPENAI_MODEL)


def complete(
    *,
    purpose: str,
    prompt_version: str,
    instructions: str,
    material: str,
    shape: type[Shape],
    now: datetime,
    deadline_s: float = DEADLINE_S,
) -> Shape:
    """A model's answer in the given shape.

    `instructions` is ours, `material` is untrusted. The same question to the same model is answered from the ledger.
    `deadline_s` bounds each call.

    Raises:
        NotAsked: no model is configured, calls are paused, or the day's ceiling is reached.
        NoAnswer: no valid answer came.
    """
    if not is_configured():
        raise NotAsked("no model is configured")
    server = Server(settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY, settings.OPENAI_MODEL)
    messages: Messages = [{"role": "system", "content": instructions}, {"role": "user", "content": material}]
    schema = shape.model_json_schema()
    question = hashlib.sha256(json.dumps([messages, schema], sort_keys=True).encode()).hexdigest()
    recorded = Completion.objects.answered(question, server.model, prompt_version)
    if recorded is not None:
        return shape.model_validate_json(recorded.output)

    started = time.monotonic()
    with_schema, may_repair = True, True
    for attempt in range(1, TRIES + 1):
        clock = now + timedelta(seconds=time.monotonic() - started)
        # A token is at least one byte of UTF-8, so the bytes are a bound that no tokenizer passes.
        input_bytes = sum(len(str(message["content"]).encode()) for message in messages)
        cost = _prices().microusd(input_bytes + FRAMING_TOKENS, MAX_OUTPUT_TOKENS)
        try:
            row = reserve_call(server.model, purpose, prompt_version, question, cost, clock)
        except NotAsked as refusal:
            if attempt == 1:
                raise
            raise NoAnswer(str(refusal)) from refusal
        counts: tuple[int, int] | None = (0, 0)
        try:
            payload = call(
                server,
                messages,
                schema=schema if with_schema else None,
                max_output_tokens=MAX_OUTPUT_TOKENS,
                deadline_s=deadline_s,
            )
            counts = answer.usage(payload)
            good = answer.parse(answer.reply_text(payload), shape)
        except CallFailed as failure:
            reason = failure.reason
            step = decide(failure, attempt=attempt, with_schema=with_schema, jitter=random.random())  # noqa: S311
        except answer.BadReply as bad:
            reason = bad.reason
            step = Step(again=bad.repairable and may_repair, with_schema=with_schema)
            may_repair = False
            messages = [*messages, {"role": "user", "content": f"That was not usable: {reason}. Answer again."}]
        else:
            settle_call(row, counts, clock, prices=_prices(), output=good.model_dump_json())
            return good
        settle_call(row, counts, clock, prices=_prices(), error=reason)
        if step.pause_s:
            ledger.pause(clock + timedelta(seconds=step.pause_s), reason)
        if not step.again:
            break
        with_schema = step.with_schema
        time.sleep(step.sleep_s)
    raise NoAnswer(reason)


def reserve_call(
    model: str,
    purpose: str,
    prompt_version: str,
    question: str,
    cost_microusd: int,
    clock: datetime,
    *,
    pause: str = ledger.PAUSE,
) -> Completion:
    """Record the call about to be made and take its highest possible cost from the day's ceiling.

    Raises:
        NotAsked: calls are paused, or the ceiling leaves no room.
    """
    if why := ledger.paused(clock, pause):
        raise NotAsked(why)
    if not ledger.reserve(_day(clock), cost_microusd, int(settings.LLM_DAILY_BUDGET_USD * MICROUSD)):
        raise NotAsked(f"the day's ceiling of {settings.LLM_DAILY_BUDGET_USD} USD is reached")
    return Completion.objects.create(
        purpose=purpose,
        model=model,
        prompt_version=prompt_version,
        input_sha256=question,
        cost_microusd=cost_microusd,
        created_at=clock,
    )


def settle_call(
    row: Completion,
    counts: tuple[int, int] | None,
    clock: datetime,
    *,
    prices: ledger.Prices,
    output: str = "",
    error: str = "",
) -> None:
    """Write the outcome and the real cost; where the server gave no counts, the reserve stays as the cost."""
    reserved = row.cost_microusd
    row.status = Completion.Status.DONE if output else Completion.Status.FAILED
    row.output, row.error, row.settled_at = output, error[:500], clock
    if counts is not None:
        row.input_tokens, row.output_tokens = counts
        row.cost_microusd = prices.microusd(*counts)
    row.save()
    ledger.settle(_day(row.created_at), reserved, row.cost_microusd)


def _prices() -> ledger.Prices:
    return ledger.Prices(settings.LLM_INPUT_USD_PER_MILLION, settings.LLM_OUTPUT_USD_PER_MILLION)


def _day(clock: datetime) -> date:
    return clock.astimezone(UTC).date()
