"""Ask a model for a schema-validated answer, under the ceiling, recorded, never twice for the same question."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from pydantic import BaseModel

from newsdesk.llm import answer
from newsdesk.llm.deadline import Deadline
from newsdesk.llm.ledger import Prices
from newsdesk.llm.models import Completion
from newsdesk.llm.server import DEADLINE_S, Server
from newsdesk.llm.tries import Manner, NotAsked, Question, ask

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionMessageParam

    Messages = list[ChatCompletionMessageParam]

Shape = TypeVar("Shape", bound=BaseModel)

MAX_OUTPUT_TOKENS = 4000
# What a chat's framing and schema add to its text, in tokens; generous.
FRAMING_TOKENS = 1000


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
    within: Deadline | None = None,
) -> Shape:
    """A model's answer in the given shape.

    `instructions` is ours, `material` is untrusted. The same question to the same model is answered from the ledger.
    `deadline_s` bounds each call, `within` all that the caller's work asks.

    Raises:
        NotAsked: no model is configured, calls are paused, the day's ceiling is reached, or `within` is over.
        NoAnswer: no valid answer came.
    """
    if not is_configured():
        raise NotAsked("no model is configured")
    messages: Messages = [{"role": "system", "content": instructions}, {"role": "user", "content": material}]
    question = _Chat(messages, shape, purpose, prompt_version, deadline_s)
    recorded = Completion.objects.answered(question.sha256, question.model, prompt_version)
    if recorded is not None:
        return shape.model_validate_json(recorded.output)
    return ask(question, manner=Manner(), now=now, within=within)


class _Chat(Question[Shape]):
    """A conversation that is to end in an answer of one shape."""

    def __init__(self, messages: Messages, shape: type[Shape], purpose: str, version: str, deadline_s: float) -> None:
        self.server = Server(settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY, settings.OPENAI_MODEL)
        self.prices = Prices(settings.LLM_INPUT_USD_PER_MILLION, settings.LLM_OUTPUT_USD_PER_MILLION)
        self.model, self.purpose, self.version, self.deadline_s = self.server.model, purpose, version, deadline_s
        self.messages, self.shape, self.schema = messages, shape, shape.model_json_schema()
        self.sha256 = hashlib.sha256(json.dumps([messages, self.schema], sort_keys=True).encode()).hexdigest()

    def most_tokens(self, manner: Manner) -> tuple[int, int]:
        # A token is at least one byte of UTF-8, so the bytes are a bound that no tokenizer passes.
        input_bytes = sum(len(str(message["content"]).encode()) for message in self._messages(manner))
        return input_bytes + FRAMING_TOKENS, MAX_OUTPUT_TOKENS

    def call(self, manner: Manner, deadline_s: float) -> Any:
        from newsdesk.llm.transport import call  # its library takes long to load, and most processes never ask

        return call(
            self.server,
            self._messages(manner),
            schema=self.schema if manner.with_schema else None,
            max_output_tokens=MAX_OUTPUT_TOKENS,
            deadline_s=deadline_s,
        )

    def count(self, payload: Any) -> tuple[int, int] | None:
        return answer.usage(payload)

    def read(self, payload: Any) -> Shape:
        return answer.parse(answer.reply_text(payload), self.shape)

    def as_recorded(self, result: Shape) -> str:
        return result.model_dump_json()

    def _messages(self, manner: Manner) -> Messages:
        if not manner.complaint:
            return self.messages
        return [*self.messages, {"role": "user", "content": f"That was not usable: {manner.complaint}. Answer again."}]
