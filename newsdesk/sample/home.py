"""The sample's own data directory: for one day of news, on one port of its little server."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from feeds.files import write_whole

STATE_NAME = "sample.json"
# The sample must not meet real data, real servers or real readers.
APART = {"EMAIL_URL": "file://"} | dict.fromkeys(
    ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "EMAIL_ESP", "MAIL_LOGBOOK"), ""
)


@dataclass(frozen=True)
class SampleHome:
    """What the sample in a data directory was made for: the digest's date (ISO) and the port in its feeds' URLs."""

    day: str
    port: int


def renew_sample(data_dir: Path, day: date, say: Callable[[str], None]) -> SampleHome:
    """The sample for the digest of `day`: the one that is there, or an empty place for a new one.

    A sample is dated by the day it was made and its feeds name a port; when the day has passed or the port has been
    taken by another program, the old sample goes and a new one is made.
    """
    kept = _read(data_dir / STATE_NAME)
    if kept and kept.day == day.isoformat() and _is_free(kept.port):
        return kept
    if kept:
        why = "is of another day" if kept.day != day.isoformat() else f"needs port {kept.port}, which is taken"
        say(f"The sample {why}: making a new one.")
        for path in data_dir.iterdir():
            if path.name.startswith("newsdesk.sqlite3"):
                path.unlink()
            elif path.name in ("broker", "logbook", "published"):
                shutil.rmtree(path)
    fresh = SampleHome(day.isoformat(), _free_port())
    data_dir.mkdir(parents=True, exist_ok=True)
    write_whole(data_dir / STATE_NAME, json.dumps(asdict(fresh)))
    return fresh


def settings_of_sample(data_dir: Path) -> dict[str, str]:
    """The settings that hold in a sample's data directory, as environment variables; none in any other directory."""
    home = _read(data_dir / STATE_NAME)
    if not home:
        return {}
    return {**APART, "NEWSDESK_SAMPLE": "1", "FETCH_ALLOWED_ADDRESSES": f"127.0.0.1:{home.port}"}


def _read(path: Path) -> SampleHome | None:
    try:
        return SampleHome(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _is_free(port: int) -> bool:
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        port: int = attempt.getsockname()[1]
    return port
