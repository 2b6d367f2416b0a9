from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from feeds.management.exampled import ExampledCommand
from feeds.recording import BadRecord, Record, read_records
from newsdesk.digests.management.arguments import add_edition, find_edition
from newsdesk.digests.refused import NotYetDue
from newsdesk.newsletter.models import Mailing, Subscriber
from newsdesk.replay import HoldsPolledEntries, Progress, delete_recording, refuse_polled_entries, replay
from newsdesk.stories.management.arguments import read_moment


class Command(ExampledCommand):
    help = (
        "Put recorded streams (JSONL, also .gz) through the line with their own clock, without network, model, mail:\n"
        "each day's digest is built and published as its cut-off passes. Replaying the same again changes nothing.\n"
        "Only an endpoint for embeddings is asked, if the settings name one.\n"
        "Refuses a database that holds polled entries, subscribers or mailings."
    )
    example = "  manage.py replay march.jsonl.gz --until 2026-03-20T07:00:00Z"

    def add_arguments(self, parser: CommandParser) -> None:
        add_edition(parser)
        parser.add_argument("files", metavar="FILE", nargs="+", type=Path, help="a recorded stream")
        parser.add_argument("--until", metavar="ISO", help="leave out what was seen later; the clock ends here")
        parser.add_argument("--fresh", action="store_true", help="first delete what an earlier replay left")

    def handle(self, *args: Any, **options: Any) -> None:
        edition = find_edition(options["edition"])
        until = read_moment("--until", options["until"])
        bad: list[BadRecord] = []
        started, cpu = time.monotonic(), time.process_time()
        try:
            refuse_polled_entries()
            _refuse_subscribers()
            records = list(_records(options["files"], bad))
            for fault in bad:
                self.stderr.write(str(fault))
            if options["fresh"]:
                self.stderr.write("deleting what an earlier replay left ...")
                delete_recording()
            done = replay(records, edition, until=until, tell=self._tell)
        except (HoldsPolledEntries, NotYetDue) as error:
            raise CommandError(str(error)) from error
        seconds, cpu_s = time.monotonic() - started, time.process_time() - cpu
        self.stdout.write(
            f"{done.records} records, {done.published} digests published, {len(bad)} bad lines left out; "
            f"{seconds:.0f} s, {done.records / max(cpu_s, 0.001):.0f} records per CPU second"
        )
        if bad and not records:
            raise CommandError("No line of the recording could be read.")

    def _tell(self, progress: Progress) -> None:
        self.stderr.write(f"{progress.clock:%Y-%m-%d %H:%M} {progress.records} records, {progress.published} digests")


def _refuse_subscribers() -> None:
    if Subscriber.objects.exists() or Mailing.objects.exists():
        raise CommandError(
            "This database holds subscribers or mailings, whom a recording's digests do not concern; replay into "
            "another NEWSDESK_DATA_DIR."
        )


def _records(files: list[Path], bad: list[BadRecord]) -> Iterator[Record]:
    for path in files:
        try:
            yield from read_records(path, bad=bad)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror or error}.") from error
