"""The Celery app: how the stages of the line wake one another.

A stage task does what is pending and returns how many rows it worked on. If it did any work, the next
stage is woken from here; the sweep, run by beat, wakes every stage and so catches whatever was lost.
"""

from __future__ import annotations

import contextlib
import logging
import os
import time
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
# Run by beat every hour what deletes what is too old and settles what was left open, every night what finds lost work.
HOUSEKEEPING = (
    "newsdesk.access.tasks.forget",
    "newsdesk.newsletter.tasks.forget",
    "newsdesk.llm.tasks.settle_lost",
    "feeds.tasks.audit",
    "newsdesk.stories.tasks.audit",
)
# Woken with the stages: what readers see of the next digest. It is none, for nothing waits for it.
PREVIEW = "newsdesk.digests.tasks.preview"
# A stage that goes on for long wakes the next so often at most.
WAKE_INTERVAL_S = 3.0


class StageTask(Task[Any, Any]):
    """A task that, when it is a stage and did work, wakes the next stage."""

    # A database that is away is told by the watch, once; the next sweep does the work. So it is no traceback here.
    throws = (OperationalError, InterfaceError)
    _woke_at_s = -WAKE_INTERVAL_S

    def on_success(self, retval: Any, task_id: str, args: Any, kwargs: Any) -> None:
        if retval and self.name in STAGES[:-1]:
            wake(STAGES[STAGES.index(self.name) + 1])

    def wake_next(self) -> None:
        """Wake the next stage while this one goes on, every few seconds at most."""
        if time.monotonic() - self._woke_at_s >= WAKE_INTERVAL_S:
            self._woke_at_s = time.monotonic()
            wake(STAGES[STAGES.index(self.name) + 1])

    def wake_again(self) -> None:
        """Let another process share this stage's work, or a later turn go on with it."""
        wake(self.name)


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
    """Wake every stage and the preview, and let the heart beat that health is told by."""
    for task in (*STAGES, PREVIEW):
        wake(task)
    from newsdesk.health.heartbeat import SWEEP, beat  # its model needs the applications

    with contextlib.suppress(DatabaseError, InterfaceError):
        beat(SWEEP, now=timezone.now())


@worker_ready.connect
def sweep_at_once(**_: object) -> None:
    """A worker that has just started, perhaps after a crash, need not wait for the next sweep.

    Nor for the hour at which what is too old is forgotten and what is lost is found: a desk that runs only briefly
    must do that as well, and older code that ran beside a migration may have left something behind.
    """
    sweep.delay()
    if settings.CELERY_TASK_DEFAULT_QUEUE in app.amqp.queues.consume_from:
        for task in HOUSEKEEPING:
            wake(task)
