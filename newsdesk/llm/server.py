"""A model server as its callers see it: where it is, and why a call gave no reply."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

# A call's, from looking up the server's name to the last byte of its reply.
DEADLINE_S = 90.0


@dataclass(frozen=True)
class Server:
    """Where to ask, and with which key. An empty `base_url` means OpenAI's own; `setting` is where it was set."""

    base_url: str
    api_key: str
    model: str
    setting: str = "OPENAI_BASE_URL"

    def redact(self, text: str) -> str:
        """`text` without the key."""
        return text.replace(self.api_key, "***") if self.api_key else text


class Fault(Enum):
    """Why a call gave no reply, as far as it matters to what comes next."""

    NETWORK = "no connection, no answer in time, or a server error"
    RATE = "asked to wait"
    REFUSED = "key, address, model or quota refused"
    FORMAT = "the request's form refused"
    REPLY = "a reply that cannot be used"


class CallFailed(Exception):
    """A call that gave no reply; `wait_s` is how long nobody should call, where the server or its silence says so."""

    def __init__(self, fault: Fault, reason: str, *, wait_s: float = 0.0) -> None:
        super().__init__(reason)
        self.fault = fault
        self.reason = reason
        self.wait_s = wait_s
