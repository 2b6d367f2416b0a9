"""Ask a server for the vectors of texts: under the same ceiling as a language model, recorded, retried alike."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from newsdesk.llm import answer, ledger
from newsdesk.llm.deadline import Deadline
from newsdesk.llm.server import Server
from newsdesk.llm.tries import Manner, NoAnswer, Question, ask

# All tries of one call end within the minute for which clustering, which waits for them, holds its lease.
DEADLINE_S = 15.0
# What a model's own marks add to a text, in tokens; generous.
FRAMING_TOKENS = 8


def embedding_server() -> Server:
    """Where the settings say to ask. A server of its own is not sent the language model's key."""
    base_url = settings.EMBEDDING_BASE_URL or settings.OPENAI_BASE_URL
    shared_key = "" if settings.EMBEDDING_BASE_URL else settings.OPENAI_API_KEY
    setting = "EMBEDDING_BASE_URL" if settings.EMBEDDING_BASE_URL else "OPENAI_BASE_URL"
    return Server(base_url, settings.EMBEDDING_API_KEY or shared_key, settings.EMBEDDING_MODEL, setting)


def embed(
    texts: Sequence[str],
    *,
    purpose: str,
    now: datetime,
    deadline_s: float = DEADLINE_S,
    within: Deadline | None = None,
) -> list[list[float]]:
    """A vector for each text, all of one width and finite, by one call; its ledger row keeps how many, not which.

    Must not run in a transaction. `deadline_s` bounds each try, `within` all that the caller's work asks.

    Raises:
        NoAnswer: no model is named, calls are paused, the day's ceiling is reached, `within` is over, or no usable
            vectors came.
    """
    server = embedding_server()
    if not server.model or not (server.base_url or server.api_key):
        raise NoAnswer("no embedding model is configured")
    if not texts:
        return []
    question = _Texts(server, texts, purpose, deadline_s)
    return ask(question, manner=Manner(with_schema=False), now=now, within=within)


class _Texts(Question[list[list[float]]]):
    """Some texts, of which each is to get a vector."""

    pause = ledger.EMBEDDING_PAUSE
    version = "embedding"

    def __init__(self, server: Server, texts: Sequence[str], purpose: str, deadline_s: float) -> None:
        self.server, self.texts, self.purpose, self.deadline_s = server, texts, purpose, deadline_s
        self.model, self.prices = server.model, ledger.Prices(settings.EMBEDDING_USD_PER_MILLION, Decimal(0))
        self.sha256 = hashlib.sha256(json.dumps(list(texts)).encode()).hexdigest()

    def most_tokens(self, manner: Manner) -> tuple[int, int]:
        # A token is at least one byte of UTF-8, so the bytes are a bound that no tokenizer passes.
        return sum(len(text.encode()) + FRAMING_TOKENS for text in self.texts), 0

    def call(self, manner: Manner, deadline_s: float) -> Any:
        from newsdesk.llm.transport import call_embeddings  # its library takes long to load, and most never ask

        return call_embeddings(self.server, self.texts, deadline_s=deadline_s)

    def count(self, payload: Any) -> tuple[int, int] | None:
        return answer.tokens_read(payload)

    def read(self, payload: Any) -> list[list[float]]:
        return answer.embeddings(payload, len(self.texts))

    def as_recorded(self, result: list[list[float]]) -> str:
        return json.dumps({"vectors": len(result), "width": len(result[0])})
