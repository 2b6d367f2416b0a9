"""The secret key that is kept in the data directory: made on first use, and told of where it was cut short."""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from feeds.files import OWNER_ONLY, write_whole

# What is made has 67 characters; Django asks for 50.
MIN_CHARACTERS = 50
# What a disk leaves where a file's end was never written.
_FILLING = "\0 \r\n\t"
# Links in mails are signed with the key, suppressed addresses are known by it.
_RESTS_ON_KEY = ("newsletter_subscriber", "newsletter_suppression")


def kept_secret_key(data_dir: Path, *, has_own_database: bool) -> str:
    """The key in the data directory; one that a full disk or a kill cut short is made anew while nothing rests on it.

    With `has_own_database` what may rest on it is in the data directory as well.

    Raises: ImproperlyConfigured, in one sentence.
    """
    path = data_dir / "secret_key"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        key = _read(path)
        if key is not None and len(key) < MIN_CHARACTERS:
            if not has_own_database or _is_in_use(path.with_name("newsdesk.sqlite3")):
                raise ImproperlyConfigured(
                    f"SECRET_KEY: {path} was cut short. Put the whole file back from a backup, or delete it for a new"
                    " key: links in mails that were sent then end, and suppressed addresses are not recognised."
                )
            path.unlink()
            key = None
        if key is None:
            with contextlib.suppress(FileExistsError):  # another program was faster: its key is the key
                write_whole(path, secrets.token_urlsafe(50), mode=OWNER_ONLY, is_new=True)
            key = _read(path)
    except OSError as error:
        raise ImproperlyConfigured(f"NEWSDESK_DATA_DIR: cannot write to {data_dir}: {error.strerror}.") from error
    return key or ""


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip(_FILLING)
    except FileNotFoundError:
        return None


def _is_in_use(database: Path) -> bool:
    """Whether anything rests on the key; a database that cannot be read may hold anything."""
    if not database.exists():
        return False
    try:
        with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            wanted = tables.intersection(_RESTS_ON_KEY)
            return any(connection.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone() for name in wanted)
    except sqlite3.Error:
        return True
