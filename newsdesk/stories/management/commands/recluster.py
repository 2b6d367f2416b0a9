from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from feeds.management.exampled import ExampledCommand
from newsdesk.lease import LeaseBusy, LeaseLost
from newsdesk.stories.clustering.recluster import recluster
from newsdesk.stories.management.arguments import read_moment


class Command(ExampledCommand):
    help = """\
Cluster the entries seen since a time again, as the line would do it now, and write what comes out differently.

Stories keep their public ids, and one that ends up empty redirects to the story that holds its first entry. What
editors merged, split or moved stays so, and so do their headlines and themes. Published digests do not change."""
    example = "  manage.py recluster --since 2026-03-19T07:00:00Z"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", metavar="ISO", required=True, help="the first time to cluster again")

    def handle(self, *args: Any, **options: Any) -> None:
        since = read_moment("--since", options["since"])
        if since is None:
            raise CommandError("--since: a time is needed.")
        self.stderr.write(f"Clustering what was seen since {since.isoformat()} again ...")
        try:
            done = recluster(since, now=timezone.now())
        except (LeaseBusy, LeaseLost) as error:
            raise CommandError("Clustering is running; try again when it has ended.") from error
        self.stdout.write(
            f"{done.entries} entries clustered again, {done.moved} of them stand elsewhere now;"
            f" {done.stories} stories changed."
        )
