"""A backup's file, and SQLite's: whole or not there, checked before anything is touched, and old pages left out."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tarfile
from pathlib import Path

import pytest

from newsdesk.backup import sqlite
from newsdesk.backup.archive import FORMAT, MANIFEST, Manifest, describe, is_backup, unpack, write_archive
from newsdesk.backup.refused import BackupRefused


def make_database(path: Path, word: str) -> Path:
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE IF NOT EXISTS django_migrations (id INTEGER PRIMARY KEY, app TEXT, name TEXT)")
        database.execute("CREATE TABLE IF NOT EXISTS said (word TEXT)")
        database.execute("INSERT INTO django_migrations (app, name) VALUES ('feeds', '0001_initial')")
        database.execute("INSERT INTO said VALUES (?)", (word,))
        database.commit()
    return path


def words(path: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(path)) as database:
        return [word for (word,) in database.execute("SELECT word FROM said ORDER BY rowid")]


def make_backup(tmp_path: Path, content: bytes = b"content " * 1000) -> Path:
    folder = tmp_path / "parts"
    folder.mkdir(exist_ok=True)
    (folder / "database.sqlite3").write_bytes(content)
    parts = {"database.sqlite3": describe(folder / "database.sqlite3")}
    manifest = Manifest(FORMAT, "2026-03-25T08:00:00+00:00", "sqlite", (("feeds", "0001_initial"),), parts)
    write_archive(tmp_path / "backup.tar.gz", folder, manifest)
    return tmp_path / "backup.tar.gz"


def target(tmp_path: Path) -> Path:
    folder = tmp_path / "unpacked"
    folder.mkdir(exist_ok=True)
    return folder


def test_what_was_put_in_comes_out_and_is_its_owners_alone(tmp_path: Path) -> None:
    file = make_backup(tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600
    assert is_backup(file)
    manifest = unpack(file, target(tmp_path))
    assert manifest.migrations == (("feeds", "0001_initial"),)
    assert (tmp_path / "unpacked" / "database.sqlite3").read_bytes() == b"content " * 1000
    assert (tmp_path / "unpacked" / "database.sqlite3").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.tar.gz", "parts", "unpacked"]


def test_one_that_is_cut_short_or_changed_is_refused(tmp_path: Path) -> None:
    whole = make_backup(tmp_path, os.urandom(20_000)).read_bytes()
    file = tmp_path / "other.tar.gz"
    changed = whole[:9000] + bytes([whole[9000] ^ 1]) + whole[9001:]
    for spoiled in (b"", whole[:100], whole[: len(whole) // 2], b"no backup at all", changed):
        file.write_bytes(spoiled)
        with pytest.raises(BackupRefused):
            unpack(file, target(tmp_path))
    with pytest.raises(BackupRefused):
        unpack(tmp_path / "missing", target(tmp_path))


def test_a_part_that_would_land_elsewhere_or_is_another_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    make_backup(tmp_path)
    for name, described in (
        ("../outside", describe(folder / "database.sqlite3")),
        ("database.sqlite3", ("0" * 64, 8000)),
    ):
        manifest = Manifest(FORMAT, "", "sqlite", (), {name: described})
        shutil.copy(folder / "database.sqlite3", tmp_path / "outside")
        write_archive(tmp_path / "evil.tar.gz", folder, manifest)
        (tmp_path / "outside").unlink()
        with pytest.raises(BackupRefused, match="is damaged"):
            unpack(tmp_path / "evil.tar.gz", target(tmp_path))
        assert not (tmp_path / "outside").exists()


def test_another_format_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    make_backup(tmp_path)
    write_archive(tmp_path / "new.tar.gz", folder, Manifest("newsdesk-backup/2", "", "sqlite", (), {}))
    with pytest.raises(BackupRefused, match="newsdesk-backup/2"):
        unpack(tmp_path / "new.tar.gz", target(tmp_path))
    with tarfile.open(tmp_path / "new.tar.gz") as tar:
        assert tar.getnames() == [MANIFEST]


def test_a_database_is_copied_while_somebody_writes(tmp_path: Path) -> None:
    path = make_database(tmp_path / "one.sqlite3", "first")
    with contextlib.closing(sqlite3.connect(path)) as writer:
        writer.execute("INSERT INTO said VALUES ('committed')")
        writer.commit()
        writer.execute("INSERT INTO said VALUES ('not yet')")
        assert sqlite.copy_database(path, tmp_path / "copy") == (("feeds", "0001_initial"),)
        writer.rollback()
    assert words(tmp_path / "copy") == ["first", "committed"]
    assert not (tmp_path / "copy-wal").exists()


def test_a_damaged_database_is_neither_copied_nor_put_back(tmp_path: Path) -> None:
    path = make_database(tmp_path / "one.sqlite3", "first")
    spoiled = bytearray(path.read_bytes())
    spoiled[4096:8192] = os.urandom(4096)
    path.write_bytes(spoiled)
    with pytest.raises(BackupRefused, match=r"damaged|cannot be read"):
        sqlite.copy_database(path, tmp_path / "copy")
    path.write_bytes(b"this is no database" * 1000)
    with pytest.raises(BackupRefused):
        sqlite.check_database(path)
    with pytest.raises(BackupRefused, match="There is no database"):
        sqlite.copy_database(tmp_path / "none", tmp_path / "copy")


def leave_wal(path: Path) -> None:
    """The state that a kill leaves: the newest pages in the `-wal` alone."""
    writer = sqlite3.connect(path)
    writer.execute("PRAGMA wal_autocheckpoint=0")
    writer.execute("INSERT INTO said VALUES ('newer')")
    writer.commit()
    kept = {suffix: Path(f"{path}{suffix}").read_bytes() for suffix in ("-wal", "-shm")}
    main = path.read_bytes()
    writer.close()
    path.write_bytes(main)
    for suffix, content in kept.items():
        Path(f"{path}{suffix}").write_bytes(content)


def test_beside_a_left_over_wal_sqlite_shows_the_old_data_and_we_do_not(tmp_path: Path) -> None:
    path = make_database(tmp_path / "one.sqlite3", "old")
    shutil.copy(path, tmp_path / "backup.sqlite3")
    leave_wal(path)
    by_hand = tmp_path / "by-hand.sqlite3"
    for suffix in ("", "-wal", "-shm"):
        shutil.copy(f"{path}{suffix}", f"{by_hand}{suffix}")
    shutil.copy(tmp_path / "backup.sqlite3", by_hand)
    assert words(by_hand) == ["old", "newer"]  # the fault
    aside = tmp_path / "aside.sqlite3"
    sqlite.put_into_place(tmp_path / "backup.sqlite3", path, aside)
    assert words(path) == ["old"]
    assert words(aside) == ["old", "newer"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_database_that_a_program_has_open_is_left_alone(tmp_path: Path) -> None:
    path = make_database(tmp_path / "one.sqlite3", "old")
    fresh = make_database(tmp_path / "fresh.sqlite3", "fresh")
    with contextlib.closing(sqlite3.connect(path)) as reader:
        reader.execute("SELECT * FROM said").fetchall()
        with pytest.raises(BackupRefused, match=r"has .* open"):
            sqlite.put_into_place(fresh, path, tmp_path / "aside")
        assert words(path) == ["old"]
    assert not (tmp_path / "aside").exists()


def test_a_damaged_database_is_kept_aside(tmp_path: Path) -> None:
    path = tmp_path / "one.sqlite3"
    path.write_bytes(b"this is no database" * 1000)
    Path(f"{path}-wal").write_bytes(b"left over")
    fresh = make_database(tmp_path / "fresh.sqlite3", "fresh")
    sqlite.put_into_place(fresh, path, tmp_path / "aside")
    assert words(path) == ["fresh"]
    assert (tmp_path / "aside").read_bytes().startswith(b"this is no database")
    assert not Path(f"{path}-wal").exists()
