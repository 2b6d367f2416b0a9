"""Watch the desk: find incidents, and tell the operator; run by a worker, and by the web process in case none runs."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from newsdesk.databases.waiting import is_outage, waiting_at_most
from newsdesk.health.alarms.incidents import note_incidents, tell_pending
from newsdesk.health.alarms.tell import channels, tell
from newsdesk.health.alarms.words import Telling
from newsdesk.health.examine import examine

ROWS_S = 5.0
# A restart of the database is no outage yet.
OUTAGE_AFTER = timedelta(minutes=1)
# After a start, what was off with this process has so long to begin again.
SETTLES_IN = timedelta(minutes=2)
KIND = "database"
logger = logging.getLogger(__name__)


def watch(*, now: datetime, is_settled: bool = True) -> None:
    """One look; nothing is an incident yet while not settled. Raises: DatabaseError, while nothing can be noted."""
    report = examine(now)
    with waiting_at_most(ROWS_S):
        if is_settled:
            note_incidents(report.components, now=now)
        tell_pending(now=now)


@dataclass
class Watcher:
    """Watches as long as its process lives, and remembers what no row can: that there is no database to note it in."""

    begun: datetime | None = None
    away_since: datetime | None = None
    is_told: bool = False

    def look(self, now: datetime) -> None:
        """One look; an outage of the database is told once it has lasted a minute, and once more when it is over."""
        self.begun = self.begun or now
        try:
            watch(now=now, is_settled=now - self.begun >= SETTLES_IN)
        except Exception as error:
            if not is_outage(error):
                raise
            self.away_since = self.away_since or now
            if not self.is_told and now - self.away_since >= OUTAGE_AFTER:
                words = " ".join(str(error).split())
                logger.error("The database cannot be used since %s: %s", self.away_since, words)
                self.is_told = self._tell("The database cannot be used; readers get the pages that were kept.", now)
            return
        if self.is_told:
            self._tell("The database could not be used.", now, is_end=True)
        self.away_since, self.is_told = None, False

    def _tell(self, words: str, now: datetime, *, is_end: bool = False) -> bool:
        telling = Telling(KIND, words, (not is_end and self.away_since) or now, is_end, settings.SITE_URL)
        faults = [fault for channel in channels() if (fault := tell(channel, telling))]
        for fault in faults:
            logger.error("The operator could not be told: %s", fault)
        return not faults or len(faults) < len(channels())
