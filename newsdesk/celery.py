"""The Celery app and the one ordered list of stages.

A stage task does what is pending and returns how many rows it worked on. If it did any work, the next
stage is woken from here; the sweep, run by beat, wakes every stage and so catches whatever was lost.
"""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, Task

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsdesk.settings")

STAGES = (
    "feeds.tasks.poll",
    "feeds.tasks.extract",
    "newsdesk.stories.tasks.dedupe",
    "newsdesk.stories.tasks.cluster",
    "newsdesk.stories.tasks.classify",
    "newsdesk.digests.tasks.publish",
)
SWEEP_INTERVAL_S = 60
# A wake-up that waited longer than this is dropped: a later sweep has sent its own.
WAKE_UP_EXPIRES_S = 300


class StageTask(Task[Any, Any]):
    """A task that, when it is a stage and did work, wakes the next stage."""

    def on_success(self, retval: Any, task_id: str, args: Any, kwargs: Any) -> None:
        if retval and self.name in STAGES[:-1]:
            wake(STAGES[STAGES.index(self.name) + 1])


def wake(stage: str) -> None:
    """Enqueue a stage by its task name."""
    app.send_task(stage, expires=WAKE_UP_EXPIRES_S)


app = Celery("newsdesk", task_cls=StageTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "sweep": {
        "task": "newsdesk.celery.sweep",
        "schedule": SWEEP_INTERVAL_S,
        "options": {"expires": SWEEP_INTERVAL_S},
    }
}


@app.task(name="newsdesk.celery.sweep")
def sweep() -> None:
    """Wake every stage."""
    for stage in STAGES:
        wake(stage)
