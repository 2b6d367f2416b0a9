"""What the preparation tells the supervisor, and the last lines that a start prints."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

# Exit status of the preparation when there is nothing to show and no publisher answers.
NOBODY_REACHABLE = 3


@dataclass(frozen=True)
class Report:
    """What there is to see: the newest digest's title, and the one-time password of an editor made just now."""

    digest: str = ""
    stories: int = 0
    password: str = ""


def directions(report: Report, url: str, data_dir: Path, default_data_dir: Path, *, is_sample: bool) -> str:
    """Where to look and what to do next, as lines of text."""
    shown = f"{report.digest} ({report.stories} stories)" if report.digest else "no digest yet; the first is on its way"
    manage = _manage(data_dir, default_data_dir)
    if report.password:
        login = f"user editor, password {report.password} (shown only this once: write it down)"
    else:
        login = f"user editor; a new password: {manage} changepassword editor"
    lines = [
        "",
        f"Newsdesk{' with SAMPLE news' if is_sample else ''} is running.",
        f"  Site   {url}/   {shown}",
        f"  Admin  {url}/admin/   {login}",
        f"  Mails  {data_dir / 'mail'}   nothing is sent to anybody until EMAIL_URL is set",
        f"  Logs   {data_dir / 'logs'}",
        "",
    ]
    if is_sample:
        lines.append("Next: read the site. Real news: stop this with Ctrl-C, then ./run")
    else:
        lines.append(f"Next: read the site, or add a publisher: {manage} add_feed https://example.org/feed.xml")
    lines.append("Settings: docs/settings.md. Ctrl-C stops everything.")
    return "\n".join(lines)


def _manage(data_dir: Path, default_data_dir: Path) -> str:
    """How to call manage.py on this data directory from wherever the reader's shell is."""
    root = default_data_dir.parent
    # PWD is where the shell was; we ourselves have moved to the project's folder.
    is_there = os.environ.get("PWD") == str(root)
    python = Path(sys.executable)
    if is_there and python.is_relative_to(root):
        python = python.relative_to(root)
    command = shlex.join([str(python), "manage.py" if is_there else str(root / "manage.py")])
    return command if data_dir == default_data_dir else f"NEWSDESK_DATA_DIR={shlex.quote(str(data_dir))} {command}"
