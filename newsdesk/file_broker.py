"""The file broker, mended: kombu lets a reader see a message, or a table of queues, before its writer has written it.

A worker that takes such a message ends with a traceback and the message is lost; on a full disk it finds an empty one
every time. Here what is read was put into its place whole. No message is flushed to the disk: a broker may lose all.
"""

from __future__ import annotations

import fcntl
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import time_ns
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Messages and tables of queues are there whole or not at all."""

    def _put(self, queue: str, payload: Any, **kwargs: object) -> None:  # type: ignore[override]
        _put_in_place(Path(self.data_folder_out) / f"{time_ns()}_{uuid.uuid4()}.{queue}.msg", dumps(payload))

    def _queue_bind(self, exchange: str, routing_key: str | None, pattern: str | None, queue: str | None) -> None:
        bound = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._alone():
            table = self.get_table(exchange)
            if bound not in table:
                _put_in_place(self._exchange_file(exchange), dumps([bound, *table]))  # type: ignore[attr-defined]

    def _delete(self, queue: str, exchange: str, *args: Any, **kwargs: Any) -> None:
        with self._alone():
            super()._delete(queue, exchange, *args, **kwargs)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time changes the tables."""
        with (self.control_folder / "lock").open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _put_in_place(path: Path, content: str) -> None:
    unfinished = path.with_name(f".{uuid.uuid4()}.tmp")
    try:
        unfinished.write_text(content, encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise ChannelError(f"The file broker cannot write {path}: {error}") from error


class Transport(filesystem.Transport):
    """What the settings name for `filesystem://`."""

    Channel = Channel
