from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from feeds.management.exampled import ExampledCommand
from feeds.models import Feed
from feeds.polling.poll import FeedPolled, poll_due


class Command(ExampledCommand):
    help = "Poll the feeds that are due; entries are stored, a failing feed is noted on its row."
    example = """  manage.py poll --all
  [ 1/59] https://www.theverge.com/rss/index.xml: 10 new
  ...
  59 feeds polled, 3 failed: 512 new entries, 0 updated"""

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--feed", metavar="URL", help="poll this feed alone, due or not, stopped or not")
        which.add_argument("--all", action="store_true", help="poll every active feed, due or not")

    def handle(self, *args: Any, **options: Any) -> None:
        only = None
        if options["feed"]:
            only = list(Feed.objects.filter(url=options["feed"]).values_list("pk", flat=True))
            if not only:
                raise CommandError(f"There is no feed {options['feed']}; add it with manage.py add_feed.")
        force = bool(options["all"] or only)
        polled = poll_due(now=timezone.now(), only=only, force=force, progress=self._show)
        failed = sum(feed.outcome == "failed" for feed in polled)
        new, updated = sum(feed.new_entries for feed in polled), sum(feed.updated_entries for feed in polled)
        self.stdout.write(f"{len(polled)} feeds polled, {failed} failed: {new} new entries, {updated} updated")
        if only and failed:
            raise CommandError(polled[0].message)

    def _show(self, feed: FeedPolled, done: int, total: int) -> None:
        words = f"{feed.new_entries} new" if feed.outcome == "stored" else feed.outcome
        note = f" ({feed.message})" if feed.message else ""
        self.stderr.write(f"[{done:>{len(str(total))}}/{total}] {feed.url}: {words}{note}")
