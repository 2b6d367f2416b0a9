from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from feeds.files import write_whole
from feeds.management.exampled import ExampledCommand
from newsdesk.digests.evaluation.measure import measure_ranking
from newsdesk.digests.evaluation.ranking import BadRankingFile
from newsdesk.digests.management.arguments import find_edition
from newsdesk.stories.embedding.embedder import EmbeddingFailed
from newsdesk.stories.evaluation.kinds import KINDS, Figures
from newsdesk.stories.evaluation.labelled import BadLabelledFile, read_labelled

RANKING = "ranking"


class Command(ExampledCommand):
    help = """\
Run the line's own decisions over a labelled file and compare. The database is neither read nor written, but for
the ledger where the settings name an endpoint for embeddings, and for `ranking`, which reads digests.

The file is JSON Lines (also .gz): a recorded stream whose records also carry what is to be measured: `story`
(clustering), `theme`, `relevant`, or `duplicate_of` (duplicates: the original's id, "" for none). Records are taken
by `first_seen`, or in the file's order where they have no times.

For `ranking` it holds a day a line: `date`, `top` (the events an editor would put on top, best first, each with the
`ids` of its records), `good` (further events) and `not_big` (records that must not be told large). The digests that
this desk has built of those dates are measured."""
    example = "  manage.py evaluate clustering labelled.jsonl --predictions stories.jsonl"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=[*KINDS, RANKING], help="what to measure")
        parser.add_argument("file", type=Path, help="the labelled file")
        parser.add_argument("--predictions", type=Path, metavar="OUT", help="write a JSON object a record to OUT")
        parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if options["kind"] == RANKING:
            self._print(self._ranking(path), as_json=options["json"])
            return
        try:
            records = read_labelled(path)
            self.stderr.write(f"Measuring {options['kind']} on {len(records)} records of {path} ...")
            started = time.process_time()
            predictions, figures = KINDS[options["kind"]](records)
        except (BadLabelledFile, EmbeddingFailed) as error:
            raise CommandError(str(error)) from error
        seconds = time.process_time() - started
        if options["predictions"]:
            lines = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in predictions)
            try:
                write_whole(options["predictions"], lines)
            except OSError as error:
                raise CommandError(f"{options['predictions']}: cannot be written: {error.strerror}.") from error
        self.stderr.write(f"{len(records) / max(seconds, 0.001):.0f} records per CPU second")
        self._print(figures, as_json=options["json"])

    def _ranking(self, path: Path) -> Figures:
        try:
            return measure_ranking(path, find_edition(settings.EDITION))
        except BadRankingFile as error:
            raise CommandError(str(error)) from error

    def _print(self, figures: Figures, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({name: round(value, 4) for name, value in figures.items()}))
        else:
            for name, value in figures.items():
                self.stdout.write(
                    f"{name.replace('_', ' '):<20} {value:.4f}"
                    if isinstance(value, float)
                    else f"{name.replace('_', ' '):<20} {value}"
                )
