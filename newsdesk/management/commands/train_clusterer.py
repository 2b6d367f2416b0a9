from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from feeds.management.exampled import ExampledCommand
from newsdesk.sample.records import labelled_records
from newsdesk.stories.clustering.comparing.own_odds import trained_path
from newsdesk.stories.training.train import MEASURED, Judged, TooLittleSaid, Training, train
from newsdesk.stories.training.trained import NoCurvature, forget_trained


class Command(ExampledCommand):
    help = (
        "Learn from every merge, split and move that stands how alike reports of one story are on this desk.\n\n"
        "The weights learned are kept, in NEWSDESK_DATA_DIR, only if they do no worse than those in use: on edits\n"
        "left out of learning, and on the labelled days of the sample. Running workers use them from their next batch\n"
        "on. "
        "What is clustered already stays as it is; `manage.py recluster --since` decides it afresh, if you wish."
    )
    example = "  manage.py train_clusterer --dry-run"

    def add_arguments(self, parser: CommandParser) -> None:
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--dry-run", action="store_true", help="show the figures, keep nothing")
        choice.add_argument("--forget", action="store_true", help="go back to the weights that are shipped")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["forget"]:
            had_own = forget_trained()
            self.stdout.write("The shipped weights count again." if had_own else "The shipped weights count already.")
            return
        try:
            done = train([labelled_records()], is_trial=options["dry_run"])
        except TooLittleSaid as error:
            self.stdout.write(f"Too little to learn from: {error} The weights stay as they are.")
            return
        except NoCurvature as error:
            raise CommandError("The shipped weights came without their curvature; nothing can be learned.") from error
        self.stdout.write(f"Learned from {done.pairs} pairs of {done.edits} edits.")
        self.stdout.write(_told("in use", done.old))
        self.stdout.write(_told("learned", done.new))
        self.stdout.write(_outcome(done, is_trial=options["dry_run"]))


def _told(name: str, judged: Judged) -> str:
    days = ", ".join(f"{figure.replace('_', ' ')} {judged.days[figure]:.4f}" for figure in MEASURED)
    return (
        f"{name:<8} on edits left out: log loss {judged.loss:.4f}, decided alike {judged.agreed:.1%}; "
        f"on labelled days: {days}"
    )


def _outcome(done: Training, *, is_trial: bool) -> str:
    if not done.is_better:
        return "The learned weights do worse, so those in use stay."
    if is_trial:
        return "The learned weights do no worse and would be kept."
    return (
        f"The learned weights do no worse and are kept in {trained_path()}. "
        "What is clustered already stays; `manage.py recluster --since` decides it afresh."
    )
