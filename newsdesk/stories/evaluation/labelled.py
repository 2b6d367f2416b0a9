"""Labelled files: recorded streams whose records carry the right answers."""

from __future__ import annotations

from pathlib import Path

from feeds.recording import BadRecord, Record, read_records


class BadLabelledFile(Exception):
    """A file that cannot be measured with; the message says which line and why."""


def read_labelled(path: Path) -> list[Record]:
    """The records of a labelled file in the order in which `replay` puts them through the line.

    Raises:
        BadLabelledFile: the file cannot be read, a line is no record, or two records have one id.
    """
    try:
        records = sorted(read_records(path), key=lambda record: record.first_seen)
    except BadRecord as error:
        raise BadLabelledFile(str(error)) from error
    except OSError as error:
        raise BadLabelledFile(f"{path}: cannot be read: {error.strerror or error}.") from error
    if not records:
        raise BadLabelledFile(f"{path}: holds no records.")
    if len({record.id for record in records}) != len(records):
        raise BadLabelledFile(f"{path}: two records have the same id.")
    return records


def label(record: Record, name: str) -> str | None:
    """A label as text, None where the record has none."""
    value = record.labels.get(name)
    return None if value is None else str(value)


def text_of(record: Record) -> str:
    """The text that the line would read: the body, else the summary."""
    return record.body or record.summary
