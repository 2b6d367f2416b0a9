"""`./test`, once the environment stands: every test on SQLite, then those that touch the database on PostgreSQL.

    ./test [--browser] [--checks] [PYTEST ARGUMENTS]

--browser also runs the tests that need a Chromium; --checks runs linters, types and Django's checks instead of tests.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.browser.programs import CHROMIUMS, find_program
from tests.servers.postgres import NoPostgres, running_postgres

ROOT = Path(__file__).resolve().parents[1]
PROCESSES = "2"
INTERRUPTED, NO_TESTS_COLLECTED = 2, 5  # pytest's exit statuses
# The font is what the pages are measured in.
BROWSER_PACKAGES = ("chromium", "chromium-driver", "fonts-liberation")
CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy", "feeds", "newsdesk", "manage.py"),
    ("lint-imports",),
    ("djlint", "--lint", "templates"),
    ("djade", "--check"),
    ("manage.py", "makemigrations", "--check", "--dry-run"),
    ("manage.py", "check", "--deploy", "--fail-level", "WARNING"),
)
# `check --deploy` judges what a server would run with.
PRODUCTION = {
    "NEWSDESK_PRODUCTION": "1",
    "SECRET_KEY": "a-key-for-the-checks-alone-that-is-long-enough-to-satisfy-django",
    "ALLOWED_HOSTS": "news.example.org",
    "SITE_URL": "https://news.example.org",
    "DATABASE_URL": "postgres://newsdesk@localhost/newsdesk",
    "REDIS_URL": "redis://localhost:6379/0",
    "EMAIL_URL": "smtp://localhost:25",
    "PROXY_COUNT": "1",
}
# How newsdesk/settings.py asks for a setting by name.
SETTING = re.compile(r'(?:env\.\w+|_url|environ\.get)\(\s*"([A-Z0-9_]+)"')


def setting_names() -> set[str]:
    """Every environment variable that the settings read."""
    return set(SETTING.findall((ROOT / "newsdesk" / "settings.py").read_text(encoding="utf-8")))


def main(argv: list[str]) -> int:
    """Run what is asked for; the exit status is 0 only if all of it passed."""
    os.chdir(ROOT)
    arguments = [argument for argument in argv if argument not in ("--browser", "--checks")]
    with tempfile.TemporaryDirectory(prefix="newsdesk-test-") as folder:
        # A developer's own settings, in the environment or in .env, must not change what the tests see.
        environment = {name: os.environ[name] for name in os.environ.keys() - setting_names()}
        environment |= {"NEWSDESK_DATA_DIR": folder, "NEWSDESK_ENV_FILE": os.devnull}
        if "--checks" in argv:
            return run_checks(environment)
        return run_tests(arguments, environment, with_browser="--browser" in argv)


def run_tests(arguments: list[str], environment: dict[str, str], *, with_browser: bool) -> int:
    """SQLite first, PostgreSQL second, each with a closing line of its own."""
    notes = []
    if with_browser and not has_browser():
        print("There is no Chromium with its chromedriver here. On Debian or Ubuntu run as root:")
        print(f"apt install {' '.join(BROWSER_PACKAGES)}. ./test without --browser needs none of them.")
        return 1
    markers = "browser or not browser" if with_browser else "not browser"
    statuses = [_pytest(["-m", markers, *arguments], environment, "SQLite")]
    if statuses == [INTERRUPTED]:
        return INTERRUPTED
    try:
        with running_postgres() as url:
            on_postgres = environment | {"DATABASE_URL": url}
            statuses.append(_pytest(["-m", "not browser", "--database-only", *arguments], on_postgres, "PostgreSQL"))
    except NoPostgres as error:
        notes.append(f"The tests on PostgreSQL did not run: {error}")
        statuses.append(1)
    for note in notes:
        print(note)
    # A selection may hold no test that touches the database; one of the two runs must have had some.
    ran = [status for status in statuses if status != NO_TESTS_COLLECTED]
    return max(ran, default=NO_TESTS_COLLECTED)


def run_checks(environment: dict[str, str]) -> int:
    """Every linter and check; all of them run, whatever the first ones say."""
    failed = []
    for command in CHECKS:
        name = " ".join(command)
        print(f"--- {name}", flush=True)
        extra = [str(path) for path in sorted(ROOT.glob("templates/**/*.html"))] if command[0] == "djade" else []
        program = [sys.executable, "manage.py"] if command[0] == "manage.py" else [_tool(command[0])]
        settings = environment | (PRODUCTION if "--deploy" in command else {})
        if subprocess.run([*program, *command[1:], *extra], env=settings, check=False).returncode != 0:
            failed.append(name)
    print(f"Failed: {', '.join(failed)}" if failed else f"All {len(CHECKS)} checks hold.")
    return 1 if failed else 0


def has_browser() -> bool:
    """Whether there is a Chromium to drive; where root can use apt-get, one is installed first if need be."""
    if not _browser_is_here() and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium from Debian's packages", flush=True)
        for command in (["apt-get", "-q", "update"], ["apt-get", "-qy", "install", *BROWSER_PACKAGES]):
            with (Path(tempfile.gettempdir()) / "newsdesk-apt.log").open("ab") as log:
                subprocess.run(
                    command, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, stdout=log, stderr=log, check=False
                )
    return _browser_is_here()


def _browser_is_here() -> bool:
    return bool(find_program(*CHROMIUMS) and find_program("chromedriver"))


def _tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _pytest(arguments: list[str], environment: dict[str, str], name: str) -> int:
    print(f"=== {name}", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "-n", PROCESSES, "--dist", "worksteal", *arguments]
    with _interruptible():
        return subprocess.run(command, env=environment, check=False).returncode


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Leave Ctrl-C to pytest, which reports what it had; afterwards it is ours again."""
    earlier = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, earlier)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
