"""What the web process does beside answering: keep the published pages, and watch the desk in case no worker does.

One of a machine's web processes does it, in a thread of its own; another takes over where that one ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, connections
from django.utils import timezone

from newsdesk.databases.waiting import RETRY_S, is_outage, server, waiting_at_most
from newsdesk.health.watch import Watcher
from newsdesk.site.keeping.middleware import OTHERS_S
from newsdesk.site.keeping.refresh import Shelf

# A digest is published once a day; this is how soon it is kept though nobody has read it.
ROUND_S = 15.0
# For each of the two, in all.
DATABASE_S = 20.0
LOCK_NAME = "published.lock"
logger = logging.getLogger(__name__)


def start_rounds() -> None:
    """Begin, in a thread that ends with its process."""
    threading.Thread(target=_go_round, name="rounds", daemon=True).start()


def _go_round() -> None:
    shelf, watcher = Shelf(), Watcher()
    lock: BinaryIO | None = None
    while True:
        lock = lock or _take_lock()
        if lock is not None:
            _one_round(shelf, watcher)
        for _ in range(int(ROUND_S / RETRY_S)):
            time.sleep(RETRY_S)
            _try_server()


def _try_server() -> None:
    """Ask a server that is away: readers, whose pages are kept, do not wait to find out that it is back."""
    if server.is_away:
        with contextlib.suppress(DatabaseError, InterfaceError), waiting_at_most(OTHERS_S):
            connection.ensure_connection()
        connections.close_all()


def _one_round(shelf: Shelf, watcher: Watcher) -> None:
    steps: tuple[Callable[[], None], ...] = (shelf.tend, lambda: watcher.look(timezone.now()))
    for step in steps:
        try:
            with waiting_at_most(DATABASE_S):
                step()
        except Exception as error:
            if not is_outage(error):  # an outage is told by the watcher, once
                logger.exception("A round of the web process failed; the next one tries again.")
        finally:
            connections.close_all()


def _take_lock() -> BinaryIO | None:
    """The lock, held until the process ends; None while another process has it, or the disk is full."""
    try:
        file = (Path(settings.DATA_DIR) / LOCK_NAME).open("ab")
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file
