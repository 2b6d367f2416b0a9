"""Make sure that there is something to see: migrate, load publishers, and run the line once for the newest digest.

Run by the supervisor as a program of its own, so that stopping it is one kill. Progress goes to standard error, the
report, one JSON object, to standard output.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
from dataclasses import asdict, replace

import django
import redis
from django.conf import settings
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from newsdesk.databases.waiting import is_outage
from newsdesk.launch.bootstrap import Progress, Trouble
from newsdesk.launch.report import NOBODY_REACHABLE, Report

REDIS_TIMEOUT_S = 5.0
# SQLite says "disk I/O error" where it has no room for its own files.
ROOM_TO_START_BYTES = 1_000_000


def main() -> int:
    """Prepare; returns 0, 1 when somebody must put something right first, or NOBODY_REACHABLE."""
    progress = Progress()
    try:
        django.setup()
        report = prepare(progress)
    except (Trouble, ImproperlyConfigured) as error:
        progress.say(str(error))
        return 1
    except (DatabaseError, OSError) as error:
        if not is_outage(error):
            raise
        progress.say(_outage_in_words(error))
        return 1
    if report is None:
        return NOBODY_REACHABLE
    print(json.dumps(asdict(report)), flush=True)
    return 0


def prepare(progress: Progress) -> Report | None:
    """Everything before serving; None when there is nothing to show and no publisher answers.

    A digest that is there already is served at once: the worker looks for news by itself.

    Raises: Trouble.
    """
    from feeds.catalogue.publishers import load_publishers
    from newsdesk.launch.claims import release_claims
    from newsdesk.launch.editor import make_first_editor
    from newsdesk.launch.first_line import is_anyone_reachable, report_newest, run_line
    from newsdesk.sample.load import load_sample

    logging.getLogger().setLevel(logging.CRITICAL)  # what a person at a start needs to know is said as progress
    progress.step("Preparing the database")
    (settings.DATA_DIR / "static").mkdir(parents=True, exist_ok=True)
    _check_settings()
    _check_servers()
    call_command("migrate", verbosity=0, interactive=False)
    now = timezone.now()
    if not settings.DATABASE_URL:
        release_claims(now)
    _compare_logbook(progress)
    if not settings.SAMPLE:
        load_publishers(now=now)
    if not report_newest().digest:
        if settings.SAMPLE:
            (address,) = settings.FETCH_ALLOWED_ADDRESSES
            load_sample(f"http://{address}", now=now)
        else:
            progress.step("Looking for publishers that can be reached")
            if not is_anyone_reachable():
                return None
        run_line(now, progress)
    return replace(report_newest(), password=make_first_editor())


def _outage_in_words(error: Exception) -> str:
    """What must be put right before a start, in one sentence."""
    words = str(error).splitlines()[0]
    is_file = not settings.DATABASE_URL or isinstance(error, OSError)
    if is_file and ("full" in words or shutil.disk_usage(settings.DATA_DIR).free < ROOM_TO_START_BYTES):
        return f"The disk is full: there is no room for the database in {settings.DATA_DIR}."
    return f"The database in {settings.DATA_DIR} cannot be used: {words}." if is_file else f"DATABASE_URL: {words}"


def _compare_logbook(progress: Progress) -> None:
    """Settle what the mail logbook knows better than a database that was put back, and say so."""
    from newsdesk.newsletter.delivery.opening import compare_in_words

    if words := compare_in_words(now=timezone.now()):
        progress.say(words)


def _check_settings() -> None:
    """Make sure that Django's system checks find nothing serious.

    Raises: Trouble, with the first finding.
    """
    for found in run_checks():
        if found.is_serious():
            raise Trouble(str(found.msg))


def _check_servers() -> None:
    """Make sure that the database and the Redis that the settings name answer.

    Raises: Trouble, naming the setting and never its password.
    """
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        name = "DATABASE_URL" if settings.DATABASE_URL else f"The database {settings.DATABASE['NAME']}"
        raise Trouble(f"{name}: cannot be opened: {str(error).splitlines()[0]}") from error
    if settings.REDIS_URL:
        try:
            redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=REDIS_TIMEOUT_S).ping()
        except redis.RedisError as error:
            raise Trouble(f"REDIS_URL: no Redis answers there: {error}") from error


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsdesk.settings")
    status = main()
    sys.stderr.flush()
    os._exit(status)  # not waiting for threads that still wait for a resolver
