"""A program that migrates while the code of before reads and writes: `python -m tests.line.migrated_alive both`.

The newest migration of every app is held back first. The old code is played by the models as they were then: they name
the columns that an old worker names, no others. Run with NEWSDESK_DATA_DIR (SQLite) or DATABASE_URL (PostgreSQL) of its
own; a line of JSON says what became of it.
"""

from __future__ import annotations

import json
import os
import signal
import time
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import django

django.setup()

from django.apps import apps  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402
from django.utils import timezone  # noqa: E402

from feeds.models import Entry, Feed  # noqa: E402
from tests.killing import forked  # noqa: E402

OURS = ("feeds", "newsdesk")
AFTER = 3  # entries that the old code writes once the migration is through
PATIENCE_S = 60


def before_the_newest() -> list[tuple[str, str]]:
    """For each app of ours with a past, the migration before its newest."""
    loader = MigrationExecutor(connection).loader
    held = []
    for config in apps.get_app_configs():
        if config.name.split(".")[0] in OURS:
            names = sorted(name for app, name in loader.disk_migrations if app == config.label)
            held += [(config.label, names[-2])] if len(names) > 1 else []
    return held


def old_models() -> Any:
    """The models of what is applied now, as the code of that day had them."""
    executor = MigrationExecutor(connection)
    return executor.loader.project_state(list(executor.loader.applied_migrations)).apps


def live(models: Any, written: Path) -> None:
    """Read every table and write entries, over and over; each entry that was stored adds a line to a file."""
    ours = [model for model in models.get_models() if model.__module__.split(".")[0] in (*OURS, "__fake__")]
    feed = models.get_model("feeds", "Feed").objects.get()
    for number in count():
        entry = models.get_model("feeds", "Entry")
        row = entry.objects.create(
            feed_id=feed.pk, guid=f"old-{number}", url="https://e.example/", seen_at=timezone.now()
        )
        entry.objects.filter(pk=row.pk).update(title=f"Old {number}")
        for model in ours:
            model.objects.order_by("pk").first()
        with written.open("a", encoding="utf-8") as file:
            file.write(f"old-{number}\n")


def wait_for_more(written: Path, child: int, more: int) -> None:
    goal, deadline = len(lines(written)) + more, time.monotonic() + PATIENCE_S
    while len(lines(written)) < goal:
        assert os.waitpid(child, os.WNOHANG) == (0, 0), "the old code came to an end"
        assert time.monotonic() < deadline, "the old code stands still"
        time.sleep(0.05)


def lines(written: Path) -> list[str]:
    return written.read_text(encoding="utf-8").splitlines()


def main() -> None:
    """Migrate under the old code; print what it wrote and what the new code sees."""
    held = before_the_newest()
    call_command("migrate", verbosity=0)
    for label, name in held:
        call_command("migrate", label, name, verbosity=0)
    behind = len(MigrationExecutor(connection).migration_plan(MigrationExecutor(connection).loader.graph.leaf_nodes()))
    models = old_models()
    publisher = models.get_model("feeds", "Publisher").objects.create(slug="kelp", name="Kelp")
    models.get_model("feeds", "Feed").objects.create(
        publisher=publisher, url="https://e.example/feed", next_poll_at=timezone.now()
    )
    written = Path(mkdtemp()) / "written"
    written.touch()
    connections.close_all()
    child = forked(lambda: live(models, written))
    try:
        wait_for_more(written, child, AFTER)
        call_command("migrate", verbosity=0)
        wait_for_more(written, child, AFTER)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    known = set(Entry.objects.values_list("guid", flat=True))
    report = {"behind": behind, "written": len(lines(written)), "lost": sorted(set(lines(written)) - known)}
    print(json.dumps({**report, "feeds": Feed.objects.count()}), flush=True)


if __name__ == "__main__":
    main()
