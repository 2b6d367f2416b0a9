"""The addresses of a name, in time."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable

Resolver = Callable[[str, int], list[str]]


def system_resolver(host: str, port: int) -> list[str]:
    """The addresses of a name, as the machine's resolver orders them. Raises: OSError, UnicodeError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


def resolve_in_time(host: str, port: int, resolve: Resolver, timeout_s: float) -> list[str]:
    """Resolve in a thread of its own: the system's resolver knows no timeout and cannot be stopped.

    Raises: TimeoutError, and what `resolve` raises.
    """
    answers: queue.SimpleQueue[list[str] | OSError | UnicodeError] = queue.SimpleQueue()

    def put_answer() -> None:
        try:
            answers.put(resolve(host, port))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=put_answer, name=f"resolve {host}", daemon=True).start()
    try:
        answer = answers.get(timeout=timeout_s)
    except queue.Empty:
        raise TimeoutError from None
    if not isinstance(answer, list):
        raise answer
    return answer
