"""Incidents in rows, so that however many processes look, each is begun, ended and told once."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F

from newsdesk.health.alarms.tell import channels, tell
from newsdesk.health.alarms.words import Telling
from newsdesk.health.judge import Component, State
from newsdesk.health.models import Alarm, Incident

# What somebody must be woken for; everything else can wait until somebody looks.
TOLD = ("sweep", "polls", "digest", "mail", "disk")
# What is well for so long is over; until then it has not ended, and coming back is no new incident.
WELL_FOR = timedelta(minutes=10)
FIRST_RETRY, ATTEMPTS = timedelta(minutes=1), 10
logger = logging.getLogger(__name__)


def note_incidents(components: Iterable[Component], *, now: datetime) -> None:
    """Begin and end incidents by what was found."""
    open_incidents = {incident.kind: incident for incident in Incident.objects.filter(ended_at=None)}
    for component in components:
        if component.name not in TOLD:
            continue
        incident = open_incidents.get(component.name)
        if component.state == State.FAIL:
            _begin(component, now) if incident is None else _go_on(incident)
        elif incident is not None:
            _end(incident, now)


def tell_pending(*, now: datetime) -> None:
    """Tell what nobody has been told yet; a channel that fails is tried again, less and less often."""
    due = Alarm.objects.filter(sent_at=None, next_attempt_at__lte=now, attempts__lt=ATTEMPTS)
    for alarm in due.select_related("incident").order_by("id"):
        next_attempt_at = now + FIRST_RETRY * 2**alarm.attempts
        mine = Alarm.objects.filter(pk=alarm.pk, sent_at=None, attempts=alarm.attempts)
        if not mine.update(attempts=F("attempts") + 1, next_attempt_at=next_attempt_at):
            continue
        incident = alarm.incident
        at = incident.ended_at if alarm.is_end and incident.ended_at else incident.began_at
        fault = tell(alarm.channel, Telling(incident.kind, incident.words, at, alarm.is_end, settings.SITE_URL))
        if fault:
            logger.error("The operator could not be told by %s: %s", alarm.channel, fault)
        Alarm.objects.filter(pk=alarm.pk).update(sent_at=None if fault else now, error=fault[:500])


def _begin(component: Component, now: datetime) -> None:
    incident = Incident(kind=component.name, words=component.words[:500], began_at=now)
    Incident.objects.bulk_create([incident], ignore_conflicts=True)  # somebody else may have been faster
    row = Incident.objects.filter(kind=component.name, ended_at=None).first()
    if row is not None and _queue(row, is_end=False, now=now):
        logger.error("%s: %s", component.name, component.words)


def _go_on(incident: Incident) -> None:
    if incident.well_since is not None:
        Incident.objects.filter(pk=incident.pk, ended_at=None).update(well_since=None)


def _end(incident: Incident, now: datetime) -> None:
    row = Incident.objects.filter(pk=incident.pk, ended_at=None)
    if incident.well_since is None:
        row.filter(well_since=None).update(well_since=now)
    elif now - incident.well_since >= WELL_FOR and row.update(ended_at=now):
        _queue(incident, is_end=True, now=now)
        logger.warning("%s is well again; it was: %s", incident.kind, incident.words)


def _queue(incident: Incident, *, is_end: bool, now: datetime) -> bool:
    """Let it be told by every channel that is set; whether it is new."""
    wanted = [Alarm(incident=incident, channel=one, is_end=is_end, next_attempt_at=now) for one in channels()]
    Alarm.objects.bulk_create(wanted, ignore_conflicts=True)
    return incident.began_at == now or is_end
