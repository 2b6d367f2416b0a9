"""The logbook's file: lines are added at its end, on the disk before anything is done about them, by any process.

Writers take turns by a lock on the file; a line that could not be written whole is taken back, and one that a crash
tore ends before the next begins. Whoever copies the lines into a new file does so under the same lock.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from newsdesk.newsletter.logbook.lines import Known, Line, read_line

CHUNK_BYTES = 1 << 20
# The first line tells one file from another, whatever its place on the disk. It is none of the lines.
HEAD = "# Newsdesk's mail logbook {}: keep it beside the database and out of its backups (docs/operations.md)\n"
HEAD_BYTES = 64


class NoLogbook(Exception):
    """There is no file, or none that can be read or written; the message is a sentence for whoever runs the desk."""


def logbook_path() -> Path:
    """Where the file is."""
    return Path(settings.MAIL_LOGBOOK)


def has_logbook() -> bool:
    """Whether there is a file."""
    return logbook_path().exists()


def write(*lines: Line) -> None:
    """Add lines at the end; they are on the disk when this returns.

    Raises:
        NoLogbook: There is no file, or nothing can be added to it; then nothing was.
    """
    if not lines:
        return
    try:
        with _locked() as file:
            size = os.fstat(file).st_size
            torn = size > 0 and os.pread(file, 1, size - 1) != b"\n"
            try:
                _write_all(file, (b"\n" if torn else b"") + "".join(map(str, lines)).encode("ascii"))
                os.fsync(file)
            except OSError:
                os.ftruncate(file, size)
                raise
    except OSError as error:
        raise NoLogbook(f"The mail logbook {logbook_path()} cannot be written: {error.strerror}.") from error


def begin(lines: Iterable[Line]) -> None:
    """Make the file, whole or not at all, with these lines in it; a file that somebody else has made stays.

    Raises:
        NoLogbook: It cannot be made.
    """
    path = logbook_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = _fresh_file(path, lines)
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without hard links
            if not path.exists():
                fresh.rename(path)
        finally:
            fresh.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except OSError as error:
        raise NoLogbook(f"The mail logbook {path} cannot be made: {error.strerror}.") from error


def rewrite(shorten: Callable[[Iterable[Line]], Iterable[Line]]) -> None:
    """Put what `shorten` makes of the lines into the file's place, whole or not at all.

    Raises:
        NoLogbook: There is no file, or no room for the new one; then the old one stays.
    """
    path = logbook_path()
    try:
        with _locked() as file:
            fresh = _fresh_file(path, shorten(list(_lines_from(file, 0)[0])))
            fresh.rename(path)
            _sync_folder(path.parent)
    except OSError as error:
        raise NoLogbook(f"The mail logbook {path} cannot be written: {error.strerror}.") from error


class Reader:
    """What the file says, read on from where it was left; from the start where it is another file now.

    `head` is how the file begins.
    """

    def __init__(self) -> None:
        self._known = Known()
        self._offset = 0
        self.head = b""

    def read(self) -> Known:
        """Everything that stands in the file now.

        Raises:
            NoLogbook: There is no file, or it cannot be read.
        """
        path = logbook_path()
        try:
            file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                head = os.pread(file, HEAD_BYTES, 0)
                if head != self.head or os.fstat(file).st_size < self._offset:
                    self._known, self._offset, self.head = Known(), 0, head
                lines, self._offset = _lines_from(file, self._offset)
                self._known.take(lines)
            finally:
                os.close(file)
        except OSError as error:
            raise NoLogbook(f"The mail logbook {path} cannot be read: {error.strerror}.") from error
        return self._known


def _lines_from(file: int, offset: int) -> tuple[list[Line], int]:
    """The lines from an offset on, and where the last whole one ends."""
    lines: list[Line] = []
    rest = b""
    while chunk := os.pread(file, CHUNK_BYTES, offset + len(rest)):
        *whole, rest = (rest + chunk).split(b"\n")
        lines += filter(None, (read_line(text.decode("ascii", "replace")) for text in whole))
        offset += sum(len(text) + 1 for text in whole)
    return lines, offset


@contextmanager
def _locked() -> Iterator[int]:
    """The file, open to be added to, and nobody else's for so long."""
    while True:
        file = os.open(logbook_path(), os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if _is_still_there(file):  # not put aside by a rewrite while we waited
                yield file
                return
        finally:
            os.close(file)


def _is_still_there(file: int) -> bool:
    held, named = os.fstat(file), logbook_path().stat()
    return (held.st_dev, held.st_ino) == (named.st_dev, named.st_ino)


def _fresh_file(path: Path, lines: Iterable[Line]) -> Path:
    """A file beside `path` with the lines in it, on the disk and its owner's alone."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        os.fchmod(file, 0o600)
        _write_all(file, "".join([HEAD.format(secrets.token_hex(8)), *map(str, lines)]).encode("ascii"))
        os.fsync(file)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    finally:
        os.close(file)
    return fresh


def _write_all(file: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(file, left) :]


def _sync_folder(folder: Path) -> None:
    """Put a file's name on the disk as well."""
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
