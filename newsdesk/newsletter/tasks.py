"""The last stage of the line, and forgetting, as tasks."""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import shared_task
from celery.signals import worker_shutting_down
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from newsdesk.newsletter.delivery.opening import keep_logbook
from newsdesk.newsletter.delivery.queue import queue_due
from newsdesk.newsletter.delivery.send import has_due, send_pending
from newsdesk.newsletter.delivery.stop import heeding_stop, note_shut_down
from newsdesk.newsletter.delivery.transports import open_transport
from newsdesk.newsletter.people.forget import forget_old

logger = logging.getLogger(__name__)

# Short enough that other stages get the worker back; the next run is woken at once while anything is due.
RUN = timedelta(seconds=45)

worker_shutting_down.connect(note_shut_down)


@shared_task
def send() -> int:
    """Queue published digests for their subscribers and send what is due; safe to run twice."""
    now = timezone.now()
    queued = queue_due(now=now)
    with heeding_stop() as is_stopped, open_transport() as transport:
        sent = send_pending(now=now, deadline=now + RUN, transport=transport, should_stop=is_stopped)
        if sent and not is_stopped() and has_due(timezone.now()):
            wake_sender()
    return queued + sent


@shared_task
def forget() -> int:
    """Forget what need not be known any longer."""
    now = timezone.now()
    keep_logbook(now=now)
    return forget_old(now=now)


def wake_sender() -> None:
    """Let a worker send what is due, when the rate allows the next mail; without a broker, the next sweep does."""
    wait_s = 60 / settings.MAIL_RATE_PER_MINUTE if settings.MAIL_RATE_PER_MINUTE else 0
    try:
        send.apply_async(countdown=wait_s, expires=wait_s + settings.SWEEP_INTERVAL_S, retry=False)
    except OperationalError as error:
        logger.warning("The broker is away (%s); the next sweep goes on with sending.", error)
