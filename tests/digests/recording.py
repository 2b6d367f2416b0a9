"""An invented recording of three days, and the line it is put through."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from feeds.recording import read_records
from newsdesk.digests.models import Edition
from newsdesk.replay import Progress, replay

LINES: list[dict[str, Any]] = [
    json.loads(line) for line in Path(__file__).with_name("stream.jsonl").read_text(encoding="utf-8").splitlines()
]


def write_recording(path: Path, lines: Iterable[dict[str, Any]] = LINES) -> Path:
    """The recording as a JSONL file; every record gets an address and a language."""
    records = [
        {"url": f"https://{line['domain']}/{line['id']}", "lang": "en", "published": None, **line} for line in lines
    ]
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def put_through(path: Path, until: datetime | None = None) -> Progress:
    """Replay a recording into the daily edition."""
    return replay(read_records(path), Edition.objects.get(slug="daily"), until=until)


def at(text: str) -> datetime:
    """A UTC time."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
