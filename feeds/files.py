"""Files that are there whole or not at all: written beside their place, onto the disk, then put into it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

OWNER_ONLY = 0o600


@contextmanager
def whole_file(path: Path, *, mode: int = 0o666, is_new: bool = False) -> Iterator[BinaryIO]:
    """A file to write to that takes its place at the block's end, with `mode` less the umask; nothing after an error.

    With `is_new` another one that stands there meanwhile stays. A device or a pipe is written to directly.

    Raises: OSError, FileExistsError.
    """
    place = path.resolve()
    if place.exists() and not place.is_file():
        with place.open("wb") as file:
            yield file
        return
    unfinished = place.with_name(f".{place.name[:100]}.{secrets.token_hex(6)}.tmp")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            os.link(unfinished, place)
        else:
            unfinished.replace(place)
    finally:
        unfinished.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes | str, *, mode: int = 0o666, is_new: bool = False) -> None:
    """Write a file, all of it or nothing (`whole_file`); text as UTF-8.

    Raises: OSError, FileExistsError.
    """
    with whole_file(path, mode=mode, is_new=is_new) as file:
        file.write(content.encode("utf-8") if isinstance(content, str) else content)
