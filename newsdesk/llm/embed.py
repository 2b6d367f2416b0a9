"""Ask a server for the vectors of texts: under the same ceiling as a language model, recorded, retried alike."""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings

from newsdesk.llm import answer, ledger
from newsdesk.llm.complete import TRIES, NoAnswer, Step, decide, reserve_call, settle_call
from newsdesk.llm.transport import CallFailed, Server, call_embeddings

# All tries of one call end within the minute for which clustering, which waits for them, holds its lease.
DEADLINE_S = 15.0
# What a model's own marks add to a text, in tokens; generous.
FRAMING_TOKENS = 8
VERSION = "embedding"


def embedding_server() -> Server:
    """Where the settings say to ask. A server of its own is not sent the language model's key."""
    base_url = settings.EMBEDDING_BASE_URL or settings.OPENAI_BASE_URL
    shared_key = "" if settings.EMBEDDING_BASE_URL else settings.OPENAI_API_KEY
    return Server(base_url, settings.EMBEDDING_API_KEY or shared_key, settings.EMBEDDING_MODEL)


def embed(texts: Sequence[str], *, purpose: str, now: datetime, deadline_s: float = DEADLINE_S) -> list[list[float]]:
    """A vector for each text, all of one width and finite, by one call; its ledger row keeps how many, not which.

    Must not run in a transaction. `deadline_s` bounds each try.

    Raises:
        NoAnswer: no model is named, calls are paused, the day's ceiling is reached, or no usable vectors came.
    """
    server = embedding_server()
    if not server.model or not (server.base_url or server.api_key):
        raise NoAnswer("no embedding model is configured")
    if not texts:
        return []
    question = hashlib.sha256(json.dumps(list(texts)).encode()).hexdigest()
    prices = ledger.Prices(settings.EMBEDDING_USD_PER_MILLION, Decimal(0))
    # A token is at least one byte of UTF-8, so the bytes are a bound that no tokenizer passes.
    cost = prices.microusd(sum(len(text.encode()) + FRAMING_TOKENS for text in texts), 0)
    started = time.monotonic()
    for attempt in range(1, TRIES + 1):
        clock = now + timedelta(seconds=time.monotonic() - started)
        row = reserve_call(server.model, purpose, VERSION, question, cost, clock, pause=ledger.EMBEDDING_PAUSE)
        counts: tuple[int, int] | None = (0, 0)
        try:
            payload = call_embeddings(server, texts, deadline_s=deadline_s)
            counts = answer.tokens_read(payload)
            vectors = answer.embeddings(payload, len(texts))
        except CallFailed as failure:
            reason = failure.reason
            step = decide(failure, attempt=attempt, with_schema=False, jitter=random.random())  # noqa: S311
        except answer.BadReply as bad:
            reason, step = bad.reason, Step(again=False)
        else:
            size = json.dumps({"vectors": len(vectors), "width": len(vectors[0])})
            settle_call(row, counts, clock, prices=prices, output=size)
            return vectors
        settle_call(row, counts, clock, prices=prices, error=reason)
        if step.pause_s:
            ledger.pause(clock + timedelta(seconds=step.pause_s), reason, ledger.EMBEDDING_PAUSE)
        if not step.again:
            break
        time.sleep(step.sleep_s)
    raise NoAnswer(reason)
