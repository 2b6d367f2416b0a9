"""Disks of another kind for a test: a mount that only one command and its children see."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

UNSHARE = ("unshare", "--mount", *(() if os.geteuid() == 0 else ("--map-root-user",)))
MOUNT = 'mount -t tmpfs -o "$1" newsdesk-test "$2" && shift 2 && exec "$@"'


def on_disk(folder: Path, options: str) -> tuple[str, ...]:
    """What to put before a command so that, for it, an empty disk with these mount options lies at `folder`.

    Skips the test where this user may mount nothing.
    """
    try:
        subprocess.run([*UNSHARE, "mount", "-t", "tmpfs", "newsdesk-test", "/tmp"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this machine lets this user mount nothing")
    return (*UNSHARE, "sh", "-c", MOUNT, "sh", options, str(folder))
