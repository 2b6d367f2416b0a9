"""The wire: one chat completion, or some embeddings, from any server that speaks the OpenAI protocol."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpcore2
import httpx2
import openai
from openai.types.chat import ChatCompletionMessageParam

from newsdesk.llm.answer import load
from newsdesk.llm.connection import DeadlineTransport
from newsdesk.llm.deadline import Deadline
from newsdesk.llm.server import DEADLINE_S, CallFailed, Fault, Server

MAX_REPLY_BYTES = 1_000_000
# 32 vectors of 4096 numbers, written with 20 digits and spaces, are under 3 MB.
MAX_EMBEDDINGS_BYTES = 8_000_000

WAIT_AFTER_RATE_LIMIT_S = 30.0
WAIT_AFTER_QUOTA_S = 3600.0
WAIT_AFTER_REFUSAL_S = 600.0
MAX_WAIT_S = 3600.0

_BROKEN = (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.UnsupportedProtocol)


def call(
    server: Server,
    messages: Sequence[ChatCompletionMessageParam],
    *,
    schema: dict[str, Any] | None,
    max_output_tokens: int,
    deadline_s: float = DEADLINE_S,
) -> Any:
    """The reply's JSON; `schema` None asks without a response format, for servers that know none.

    Raises:
        CallFailed: no usable reply came.
        BadReply: the reply is not JSON.
    """
    response_format: Any = openai.omit
    if schema is not None:
        response_format = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema, "strict": True}}
    return _reply(
        server,
        lambda client: client.chat.completions.with_streaming_response.create(
            model=server.model,
            messages=list(messages),
            response_format=response_format,
            max_completion_tokens=max_output_tokens,
        ),
        deadline_s=deadline_s,
        max_bytes=MAX_REPLY_BYTES,
    )


def call_embeddings(server: Server, texts: Sequence[str], *, deadline_s: float) -> Any:
    """The reply's JSON; numbers are asked for as such, for not every server writes base64.

    Raises:
        CallFailed: no usable reply came.
        BadReply: the reply is not JSON.
    """
    return _reply(
        server,
        lambda client: client.embeddings.with_streaming_response.create(
            model=server.model, input=list(texts), encoding_format="float"
        ),
        deadline_s=deadline_s,
        max_bytes=MAX_EMBEDDINGS_BYTES,
    )


def _reply(
    server: Server,
    request: Callable[[openai.OpenAI], AbstractContextManager[openai.APIResponse[Any]]],
    *,
    deadline_s: float,
    max_bytes: int,
) -> Any:
    """The JSON that the server answers to one request, of `max_bytes` at most.

    Raises:
        CallFailed: no usable reply came.
        BadReply: the reply is not JSON.
    """
    # Nothing of the environment (proxies, .netrc) is taken up unsaid, and what is asked goes to this server alone.
    wire = httpx2.Client(
        transport=DeadlineTransport(Deadline(deadline_s), max_bytes), trust_env=False, follow_redirects=False
    )
    client = openai.OpenAI(
        base_url=server.base_url or "https://api.openai.com/v1",
        api_key=server.api_key or "none",
        max_retries=0,
        http_client=wire,
    )
    try:
        with client, request(client) as reply:
            body = reply.read()
    except openai.APIStatusError as error:
        raise _of_status(error, server) from None
    except CallFailed as failure:
        raise CallFailed(failure.fault, server.redact(failure.reason)[:300]) from None
    except httpcore2.ConnectError as error:
        raise CallFailed(Fault.NETWORK, f"no connection to the model server ({_why(error, server)})") from None
    except (openai.OpenAIError, httpx2.HTTPError, httpx2.InvalidURL, *_BROKEN, OSError) as error:
        raise CallFailed(Fault.NETWORK, f"the call broke off ({_why(error, server)})") from None
    return load(body)


def _why(error: Exception, server: Server) -> str:
    return server.redact(str(error.__cause__ or error))[:200]


def _of_status(error: openai.APIStatusError, server: Server) -> CallFailed:
    """What an HTTP error status means for this call and for the ones after it."""
    status = error.status_code
    said = server.redact(error.message)[:200]
    if 300 <= status < 400:
        target = server.redact(error.response.headers.get("location", ""))[:200]
        reason = (
            f"the model server redirects to {target!r}, where nothing is sent; if it is yours, set {server.setting}"
        )
        return CallFailed(Fault.REFUSED, reason, wait_s=WAIT_AFTER_REFUSAL_S)
    if status in (401, 403):
        return CallFailed(Fault.REFUSED, f"the model server refused the key: {said}", wait_s=WAIT_AFTER_REFUSAL_S)
    if status == 404:
        return CallFailed(
            Fault.REFUSED, f"the model server knows no such address or model: {said}", wait_s=WAIT_AFTER_REFUSAL_S
        )
    if status == 429 and error.code == "insufficient_quota":
        return CallFailed(Fault.REFUSED, "the model account's quota is used up", wait_s=WAIT_AFTER_QUOTA_S)
    if status == 429:
        wait_s = retry_after_s(error.response.headers.get, datetime.now(UTC))
        return CallFailed(Fault.RATE, "the model server asks to wait", wait_s=wait_s)
    fault = Fault.NETWORK if status >= 500 or status == 408 else Fault.FORMAT
    return CallFailed(fault, f"the model server answered {status}: {said}")


def retry_after_s(header: Any, now: datetime) -> float:
    """Seconds to wait by `retry-after-ms` or `Retry-After` (RFC 9110, 10.2.3), clamped to 1 s … 1 h."""
    for name, unit_s in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            wait_s = float(header(name)) * unit_s
        except (TypeError, ValueError):
            continue
        if wait_s == wait_s:  # not NaN
            return min(max(wait_s, 1.0), MAX_WAIT_S)
    try:
        wait_s = (parsedate_to_datetime(header("retry-after")) - now).total_seconds()
    except (TypeError, ValueError):
        return WAIT_AFTER_RATE_LIMIT_S
    return min(max(wait_s, 1.0), MAX_WAIT_S)
