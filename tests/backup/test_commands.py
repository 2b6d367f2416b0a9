"""`backup` and `restore` as an operator calls them. What they do to mail: tests/newsletter/test_restored.py."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import sqlite3
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def manage(data_dir: Path, *arguments: str, limit_bytes: int = 0) -> subprocess.CompletedProcess[str]:
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment |= {"NEWSDESK_DATA_DIR": str(data_dir), "NEWSDESK_ENV_FILE": os.devnull, "LOG_LEVEL": "ERROR"}
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    if limit_bytes:
        command = ["sh", "-c", f'trap "" XFSZ; ulimit -f {limit_bytes // 512}; exec "$@"', "sh", *command]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, encoding="utf-8"
    )


def execute(data_dir: Path, statement: str) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(data_dir / "newsdesk.sqlite3")) as database:
        found = database.execute(statement).fetchall()
        database.commit()
        return found


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a database, and a backup of it."""
    folder = tmp_path_factory.mktemp("desk")
    assert manage(folder, "migrate", "--verbosity", "0").returncode == 0
    (folder / "clusterer.json").write_text("{}", encoding="utf-8")
    done = manage(folder, "backup", str(folder / "backup.tar.gz"))
    assert done.returncode == 0, done.stderr
    assert "database.sqlite3" in done.stdout and "secret_key" in done.stdout and "clusterer.json" in done.stdout
    return folder


def test_what_is_in_a_backup_and_what_is_not(desk: Path) -> None:
    with tarfile.open(desk / "backup.tar.gz") as tar:
        assert tar.getnames() == ["manifest.json", "database.sqlite3", "secret_key", "clusterer.json"]
        member = tar.extractfile("manifest.json")
        manifest = json.load(member) if member else {}
    assert manifest["format"] == "newsdesk-backup/1"
    assert ["newsletter", "0002_logbook"] in manifest["migrations"]
    assert (desk / "backup.tar.gz").stat().st_mode & 0o777 == 0o600


def test_another_file_is_not_written_over_and_without_room_nothing_is_left(desk: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    refused = manage(desk, "backup", str(tmp_path / "letter.txt"))
    assert refused.returncode == 1 and "exists and is no backup" in refused.stderr
    full = manage(desk, "backup", str(tmp_path / "backup.tar.gz"), limit_bytes=200_000)
    assert full.returncode == 1 and "no backup was written" in full.stderr, full.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_it_is_put_back_and_what_was_there_is_kept(desk: Path) -> None:
    execute(desk, "INSERT INTO digests_edition (slug, title) VALUES ('later', 'Later')")
    key = (desk / "secret_key").read_text(encoding="utf-8")
    (desk / "secret_key").write_text("another" * 8, encoding="utf-8")
    done = manage(desk, "restore", str(desk / "backup.tar.gz"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("is kept: ") == 2
    assert execute(desk, "SELECT count(*) FROM digests_edition WHERE slug = 'later'") == [(0,)]
    (kept,) = desk.glob("newsdesk.sqlite3.before-restore-*")
    with contextlib.closing(sqlite3.connect(kept)) as database:
        assert database.execute("SELECT count(*) FROM digests_edition WHERE slug = 'later'").fetchone() == (1,)
    assert (desk / "secret_key").read_text(encoding="utf-8") == key
    (other,) = desk.glob("secret_key.before-restore-*")
    assert other.read_text(encoding="utf-8") == "another" * 8


def test_while_it_runs_nothing_is_put_back(desk: Path) -> None:
    with (desk / "run.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused = manage(desk, "restore", str(desk / "backup.tar.gz"))
    assert refused.returncode == 1 and "is running" in refused.stderr


def test_a_backup_of_a_newer_newsdesk_is_refused(desk: Path, tmp_path: Path) -> None:
    before = execute(desk, "SELECT count(*) FROM django_migrations")
    row = "INSERT INTO django_migrations (app, name, applied) VALUES ('feeds', '9999_tomorrow', '2030-01-01')"
    execute(desk, row)
    assert manage(desk, "backup", str(tmp_path / "newer.tar.gz")).returncode == 0
    execute(desk, "DELETE FROM django_migrations WHERE name = '9999_tomorrow'")
    refused = manage(desk, "restore", str(tmp_path / "newer.tar.gz"))
    assert refused.returncode == 1 and "feeds 9999_tomorrow" in refused.stderr
    assert execute(desk, "SELECT count(*) FROM django_migrations") == before
