from __future__ import annotations

from typing import Any

from django.utils import timezone

from feeds.catalogue.publishers import load_publishers
from feeds.management.exampled import ExampledCommand


class Command(ExampledCommand):
    help = "Add the default publishers and feeds that are missing; what an editor changed stays as it is."
    example = """  manage.py load_publishers
  57 publishers and 59 feeds added"""

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load_publishers(now=timezone.now())
        self.stdout.write(f"{loaded.publishers} publishers and {loaded.feeds} feeds added")
