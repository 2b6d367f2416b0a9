"""Where a Chromium and the program that drives it are on this machine."""

from __future__ import annotations

import os
import shutil

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "Google Chrome")
FOLDERS = (
    *("/snap/bin", "/usr/lib/chromium", "/opt/google/chrome"),
    "/Applications/Google Chrome.app/Contents/MacOS",
)


def find_program(*names: str) -> str | None:
    """The first of these programs on the PATH or where packages put them beside it."""
    path = os.pathsep.join((os.environ.get("PATH", ""), *FOLDERS))
    return next((found for name in names if (found := shutil.which(name, path=path))), None)
