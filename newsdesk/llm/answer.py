"""From a model's raw reply to a validated object, or a plain reason why not. Pure."""

from __future__ import annotations

import json
import math
import re
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

Shape = TypeVar("Shape", bound=BaseModel)

# The widest window of a model, and what the fastest write within a call's 90 seconds; who counts more has miscounted.
MAX_READ_TOKENS = 2_000_000
MAX_WRITTEN_TOKENS = 200_000
# No tokenizer makes fewer tokens of ordinary text than one for so many bytes.
MAX_TOKEN_BYTES = 16

FENCE = re.compile(r"\A\s*```(?:json)?\s*\n(.*)\n\s*```\s*\Z", re.DOTALL)


class BadReply(Exception):
    """A reply that cannot be used; `repairable` where asking once more may help."""

    def __init__(self, reason: str, *, repairable: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.repairable = repairable


def reply_text(payload: Any) -> str:
    """The text of a chat completion.

    Raises:
        BadReply: the payload is no chat completion, was cut, is empty or is a refusal.
    """
    try:
        choice = payload["choices"][0]
        message = choice["message"]
        text, refusal, finish = message.get("content"), message.get("refusal"), choice.get("finish_reason")
    except (KeyError, IndexError, TypeError, AttributeError):
        raise BadReply("the server's answer is not a chat completion", repairable=False) from None
    if refusal or finish == "content_filter":
        raise BadReply("the model refused", repairable=False)
    if finish == "length":
        raise BadReply("the answer was cut at the token limit", repairable=False)
    if not isinstance(text, str) or not text.strip():
        raise BadReply("the answer is empty", repairable=True)
    return text


def parse(text: str, shape: type[Shape]) -> Shape:
    """The validated answer; a Markdown fence around it is taken off.

    Raises:
        BadReply: it is not JSON or does not fit `shape`.
    """
    fenced = FENCE.match(text)
    try:
        return shape.model_validate_json(fenced.group(1) if fenced else text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise BadReply(f"the answer does not fit its schema ({place}: {first['msg']})", repairable=True) from None


def usage(payload: Any) -> tuple[int, int] | None:
    """(input, output) tokens as the server counts them; None where it does not say.

    Some servers leave what the model thought out of `completion_tokens`, which their total or their details then tell.
    """
    counts = payload.get("usage") if isinstance(payload, dict) else None
    if not isinstance(counts, dict):
        return None
    read, written = counts.get("prompt_tokens"), counts.get("completion_tokens")
    if not (isinstance(read, int) and isinstance(written, int)):
        return None
    total, details = counts.get("total_tokens"), counts.get("completion_tokens_details")
    thought = details.get("reasoning_tokens") if isinstance(details, dict) else None
    if isinstance(thought, int) and thought > written:
        written += thought
    said = len(json.dumps(payload.get("choices"))) // MAX_TOKEN_BYTES
    return read, max(written, said, total - read if isinstance(total, int) else 0)


def believable(counted: tuple[int, int] | None, most: tuple[int, int]) -> tuple[int, int] | None:
    """`counted` (input, output) tokens if a call can have taken them; None where nobody can believe that.

    Something is always read. What is too little for so much text, by the bounds `most` of what was asked, is raised to
    what that must at least have taken.
    """
    if counted is None:
        return None
    (read, written), (most_read, _) = counted, most
    if not (0 < read <= MAX_READ_TOKENS and 0 <= written <= MAX_WRITTEN_TOKENS):
        return None
    return max(read, most_read // MAX_TOKEN_BYTES), written


def embeddings(payload: Any, count: int) -> list[list[float]]:
    """The vectors of an embeddings reply, in the order of the texts asked about.

    Raises:
        BadReply: they are not `count` vectors of one width, or one of them holds what is not a finite number.
    """
    try:
        rows = {row["index"]: row["embedding"] for row in payload["data"]}
    except (KeyError, TypeError):
        raise BadReply("the server's answer is not a list of embeddings", repairable=False) from None
    if rows.keys() != set(range(count)) or len(payload["data"]) != count:
        raise BadReply(f"the server gave other embeddings than the {count} asked for", repairable=False)
    vectors = [rows[index] for index in range(count)]
    if not all(isinstance(vector, list) and vector and len(vector) == len(vectors[0]) for vector in vectors):
        raise BadReply("the embeddings are not vectors of one width", repairable=False)
    if not all(_is_finite(value) for vector in vectors for value in vector):
        raise BadReply("an embedding holds what is not a finite number", repairable=False)
    return vectors


def _is_finite(value: object) -> bool:
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # an integer beyond every float
        return False


def tokens_read(payload: Any) -> tuple[int, int] | None:
    """(input, output) tokens of an embeddings reply, which has no output; None where the server does not say."""
    counts = payload.get("usage") if isinstance(payload, dict) else None
    read = counts.get("prompt_tokens") if isinstance(counts, dict) else None
    return (read, 0) if isinstance(read, int) else None


def load(body: bytes) -> Any:
    """The reply's JSON.

    Raises:
        BadReply: it is not JSON.
    """
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise BadReply("the server's answer is not JSON", repairable=False) from None
