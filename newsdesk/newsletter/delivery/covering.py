"""Whether the logbook covers what the database knows: only then may mail go out by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from django.db.models import Max

from feeds.models import Feed
from newsdesk.digests.models import Digest
from newsdesk.newsletter.delivery.seed import SENDS_KEPT, handed_over, lines_of_database
from newsdesk.newsletter.delivery.sends import about, known_so_far, sent_before
from newsdesk.newsletter.logbook.file import begin, has_logbook, logbook_path, write
from newsdesk.newsletter.logbook.lines import Kind, Known, Line
from newsdesk.newsletter.models import Delivery, Mailing, Outbox, Subscriber, Suppression

# A desk that runs polls every feed at least so often (`feeds/polling/schedule.py`): a database whose newest trace is
# older is not of this moment, and what was mailed since it cannot know.
FRESH = timedelta(hours=6)
# Workers of the version before the logbook may still send while they are replaced.
HANDING_OVER = timedelta(hours=1)
# Of the newest mails that the database says were sent, so many must stand in the logbook.
COMPARED_MAILS = 20
# How every reason begins for which a new logbook is begun when a person lets mail go on.
REASON = "The mail logbook"


class Verdict(Enum):
    """What is to be done with the logbook."""

    USE = "use"
    BEGIN = "begin"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for or against the logbook.

    `since` is since when the database relies on one, `newest_at` the newest trace of work in the database, `has_people`
    whether anybody could be mailed wrongly, `lacks` whether mails that were sent are missing in the logbook.
    """

    has_logbook: bool
    since: datetime | None
    newest_at: datetime | None
    has_people: bool
    lacks: bool = False


def judge(evidence: Evidence, *, path: object, now: datetime) -> tuple[Verdict, str]:
    """What to do, and for a pause why, in sentences for a person. Pure."""
    if evidence.has_logbook:
        if not evidence.lacks:
            return Verdict.USE, ""
        why = (
            f"{path} lacks mails that the database says were sent: it is another desk's or an older copy, or SECRET_KEY"
        )
        return Verdict.PAUSE, f"{REASON} {why} is a new one without SECRET_KEY_FALLBACKS. {_LOOK}"
    if not evidence.has_people:
        return Verdict.BEGIN, ""
    if evidence.since is not None:
        return (
            Verdict.PAUSE,
            f"{REASON} {path} is gone, and with it who left and who was mailed since a backup. {_LOOK}",
        )
    if evidence.newest_at and evidence.newest_at < now - FRESH:
        when = f"{evidence.newest_at:%d %B %Y, %H:%M} UTC"
        why = f"{path} is not there, and the database ends at {when}: if it was put back, it forgot what came after."
        return Verdict.PAUSE, f"{REASON} {why} {_LOOK}"
    return Verdict.BEGIN, ""


_LOOK = "Put the file back, or look at the mailings and pause those that went out; then send again."


def weigh(outbox: Outbox, *, now: datetime) -> tuple[Verdict, str]:
    """What to do with the logbook as it stands; a few queries."""
    has_file = has_logbook()
    evidence = Evidence(
        has_logbook=has_file,
        since=outbox.logbook_since,
        newest_at=None if has_file else _newest_at(),
        has_people=not has_file and _has_people(),
        lacks=has_file and bool(_missing_sends(known_so_far(), outbox.logbook_since, now)),
    )
    return judge(evidence, path=logbook_path(), now=now)


def begin_logbook(*, now: datetime) -> None:
    """Make a logbook of what the database knows, or add to the one there is what it lacks; it counts from now on.

    Raises:
        NoLogbook: It cannot be written.
    """
    if has_logbook():
        known = known_so_far()
        write(*(line for line in lines_of_database(now=now) if not _says(known, line)))
    else:
        begin(lines_of_database(now=now))
    rely_on_logbook(now=now)


def rely_on_logbook(*, now: datetime) -> None:
    """Note that every mail stands in the logbook from now on."""
    Outbox.objects.bulk_create([Outbox(pk=1)], ignore_conflicts=True)
    Outbox.objects.filter(pk=1).update(logbook_since=now)


def _says(known: Known, line: Line) -> bool:
    match line.kind:
        case Kind.SENT:
            return line.about in known.mailed or known.sent_at(line.about, [line.who]) is not None
        case Kind.MAILED:
            return line.about in known.mailed
    standing = known.standing([line.who])
    return standing is not None and standing.at >= line.at


def _missing_sends(known: Known, since: datetime | None, now: datetime) -> list[Delivery]:
    """Which of the newest mails that the database says were sent do not stand in the logbook."""
    if since is None:
        return []
    after = max(since + HANDING_OVER, now - SENDS_KEPT)
    recent = handed_over(
        Delivery.objects.filter(digest__mailing__started_at__gt=now - SENDS_KEPT, claimed_at__gt=after)
    )
    newest = recent.filter(state=Delivery.State.SENT).select_related("subscriber", "digest__edition")
    return [
        delivery
        for delivery in newest.order_by("-claimed_at")[:COMPARED_MAILS]
        if about(delivery) not in known.mailed and not sent_before(known, about(delivery), delivery.subscriber.email)
    ]


def _newest_at() -> datetime | None:
    mailings = Mailing.objects.aggregate(started=Max("started_at"), finished=Max("finished_at"))
    others = (
        Feed.objects.aggregate(at=Max("polled_at"))["at"],
        Digest.objects.aggregate(at=Max("published_at"))["at"],
        Subscriber.objects.aggregate(at=Max("asked_at"))["at"],
    )
    return max(filter(None, (*mailings.values(), *others)), default=None)


def _has_people() -> bool:
    """Without anybody who confirmed, nobody can be mailed who should not be."""
    return Subscriber.objects.exclude(state=Subscriber.State.PENDING).exists() or Suppression.objects.exists()
