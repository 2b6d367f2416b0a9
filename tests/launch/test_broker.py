"""Which broker is chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsdesk.launch.broker import FILES_URL, choose_broker, clear_files


def executable(folder: Path, name: str, body: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_the_settings_come_first(tmp_path: Path) -> None:
    executable(tmp_path, "redis-server", "exit 0")
    broker = choose_broker(tmp_path, "redis://elsewhere/0", search_path=str(tmp_path))
    assert (broker.url, broker.command) == ("redis://elsewhere/0", ())


@pytest.mark.parametrize("name", ["redis-server", "valkey-server"])
def test_then_a_server_on_the_path_on_a_socket_of_our_own(tmp_path: Path, name: str) -> None:
    binary = executable(tmp_path / "bin", name, "exit 0")
    broker = choose_broker(tmp_path, "", search_path=str(tmp_path / "bin"))
    assert broker.url == f"redis+socket://{tmp_path}/broker.sock"
    assert broker.command[0] == str(binary)
    assert broker.command[broker.command.index("--port") + 1] == "0"


def test_a_server_that_does_not_run_here_is_passed_over(tmp_path: Path) -> None:
    binary = executable(tmp_path / "bin", "redis-server", "exit 127")
    broker = choose_broker(tmp_path, "", search_path=str(tmp_path / "bin"))
    assert str(binary) not in broker.command


def test_the_file_broker_starts_empty(tmp_path: Path) -> None:
    clear_files(tmp_path)
    (tmp_path / "broker" / "old.celery.msg").touch()
    clear_files(tmp_path)
    assert [path.name for path in (tmp_path / "broker").iterdir()] == ["control"]
    assert choose_broker(tmp_path, FILES_URL).command == ()
