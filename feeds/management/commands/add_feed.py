from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from feeds.catalogue.subscribe import CannotAdd, add_feed, find_feed
from feeds.management.exampled import ExampledCommand


class Command(ExampledCommand):
    help = "Add a feed (RSS, Atom or JSON Feed) after reading it once."
    example = """  manage.py add_feed https://simonwillison.net/
  Found "Simon Willison's Weblog": 30 entries, newest 2026-03-20 14:05 UTC
  Added https://simonwillison.net/atom/everything/ for Simon Willison's Weblog; the next poll reads it."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", help="address of the feed, or of a web page that names it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = find_feed(options["url"])
        except CannotAdd as error:
            raise CommandError(str(error)) from error
        parsed = found.parsed
        if found.page_url:
            self.stdout.write(f"The page {found.page_url} names the feed {found.url}")
        dates = [entry.published_at for entry in parsed.entries if entry.published_at]
        newest = f", newest {max(dates):%Y-%m-%d %H:%M} UTC" if dates else ""
        self.stdout.write(f'Found "{parsed.title or found.url}": {len(parsed.entries)} entries{newest}')
        if parsed.problem:
            self.stdout.write(f"It can be read, with a fault: {parsed.problem}")
        feed, is_new = add_feed(
            found.url, now=timezone.now(), title=parsed.title, site_url=parsed.site_url, language=parsed.language
        )
        if is_new:
            self.stdout.write(f"Added {feed.url} for {feed.publisher.name}; the next poll reads it.")
        else:
            self.stdout.write(f"Already there: {feed.url} for {feed.publisher.name}.")
