"""The Celery app: how the stages of the line wake one another.

A stage task does what is pending and returns how many rows it worked on. If it did any work, the next
stage is woken from here; the sweep, run by beat, wakes every stage and so catches whatever was lost.
"""

from __future__ import annotations

import contextlib
import logging
import os
from typing import Any

from celery import Celery, Task
from celery.signals import worker_ready
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerAway

from newsdesk.stages import Stage

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsdesk.settings")
logger = logging.getLogger(__name__)

STAGES = tuple(stage.value for stage in Stage)
# What deletes what is too old to be kept, or settles what was left open; beat runs these every hour.
HOURLY = ("newsdesk.access.tasks.forget", "newsdesk.newsletter.tasks.forget", "newsdesk.llm.tasks.settle_lost")


class StageTask(Task[Any, Any]):
    """A task that, when it is a stage and did work, wakes the next stage."""

    # A database that is away is told by the watch, once; the next sweep does the work. So it is no traceback here.
    throws = (OperationalError, InterfaceError)

    def on_success(self, retval: Any, task_id: str, args: Any, kwargs: Any) -> None:
        if retval and self.name in STAGES[:-1]:
            wake(STAGES[STAGES.index(self.name) + 1])


def wake(stage: str) -> None:
    """Enqueue a stage by its task name; without a broker, leave it to the next sweep.

    A wake-up that waits longer than a sweep's interval is dropped, for the next sweep sends its own: however long the
    workers are away or busy, the queue holds one sweep's wake-ups at most.
    """
    try:
        app.send_task(stage, expires=settings.SWEEP_INTERVAL_S)
    except BrokerAway as error:
        logger.warning("The broker is away (%s); the next sweep will wake %s.", error, stage)


app = Celery("newsdesk", task_cls=StageTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.task(name="newsdesk.celery.sweep")
def sweep() -> None:
    """Wake every stage, and let the heart beat that health is told by."""
    for stage in STAGES:
        wake(stage)
    from newsdesk.health.heartbeat import SWEEP, beat  # its model needs the applications

    with contextlib.suppress(DatabaseError, InterfaceError):
        beat(SWEEP, now=timezone.now())


@worker_ready.connect
def sweep_at_once(**_: object) -> None:
    """A worker that has just started, perhaps after a crash, need not wait for the next sweep.

    Nor for the hour at which what is too old is forgotten: a desk that runs only briefly must forget as well.
    """
    sweep.delay()
    for task in HOURLY:
        wake(task)
