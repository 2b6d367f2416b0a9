"""The state of the desk at a glance: what its front page says, in sentences, to whoever may see what they are about.

Each `read_…` makes a fixed number of queries; each `say_…` is pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Count, Q
from django.urls import reverse

from feeds.models import FAILING_AFTER, RECORDING_SCHEME, Feed
from newsdesk.access.second_factor import device_id
from newsdesk.digests.models import Digest
from newsdesk.digests.publish import GRACE
from newsdesk.digests.window import Hours
from newsdesk.llm.ledger import EMBEDDING_PAUSE, paused
from newsdesk.llm.models import DailySpend
from newsdesk.newsletter.models import Delivery, Mailing, Outbox
from newsdesk.stories.embedding.embed import newest_without_vector

MICROUSD = 1_000_000
# Failing feeds that are named; the rest is a number.
NAMED_FEEDS = 3
# The newest reports of which is told how many have no embedding.
TOLD_REPORTS = 200
FILES_BACKEND = "django.core.mail.backends.filebased.EmailBackend"


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to know: a mark (good, look, bad or off), a sentence or two, and where to go."""

    about: str
    mark: str
    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class DigestState:
    """What the front page needs of a stored digest."""

    pk: int
    date: date
    state: str
    title: str
    items: int
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Clock:
    """When digests close and appear."""

    hours: Hours
    review: timedelta

    def words(self, moment: datetime) -> str:
        """07:00 UTC."""
        return f"{moment.astimezone(self.hours.zone):%H:%M %Z}"


def read_front(user: AbstractBaseUser | AnonymousUser, *, now: datetime) -> list[Note]:
    """What the user may see of the state of the desk."""
    readers: dict[str, Callable[[datetime], list[Note]]] = {
        "digests.view_digest": read_digests,
        "feeds.view_feed": read_feeds,
        "newsletter.view_mailing": read_mail,
        "llm.view_dailyspend": read_model,
        "stories.view_story": read_embeddings,
    }
    notes = [note for right, read in readers.items() if user.has_perm(right) for note in read(now)]  # type: ignore[union-attr]
    if device_id(user) is None:
        words = "Your account is protected by its password alone. An app on your phone adds a code to it."
        notes.append(Note("Your log-in", "off", words, reverse("admin:second_factor")))
    return notes


def read_digests(now: datetime) -> list[Note]:
    """The digest that appears next and the last one; one query."""
    rows = Digest.objects.filter(edition__slug=settings.EDITION)
    newest = rows.annotate(shown=Count("items", filter=Q(items__is_dropped=False))).order_by("-date")[:3]
    states = [DigestState(row.pk, row.date, row.state, row.title, row.shown, row.published_at) for row in newest]
    clock = Clock(Hours.of_settings(), timedelta(minutes=settings.DIGEST_REVIEW_MINUTES))
    return [say_next_digest(states, clock, now), say_last_digest(states, clock, now)]


def say_next_digest(digests: Sequence[DigestState], clock: Clock, now: datetime) -> Note:
    """Where the next digest stands and when it appears; `digests` are the newest ones, newest first."""
    day = clock.hours.latest_date(now) + timedelta(days=1)
    until = clock.hours.cut_off(day)
    at = f"{clock.words(until)} ({in_words(until - now)})"
    stored = next((one for one in digests if one.date == day), None)
    about = f"Next digest, {_day(day)}"
    if stored is None:
        begins = until - clock.review
        draft = f"It is drafted at {clock.words(begins)} and" if clock.review and begins > now else "It is built and"
        return Note(about, "good", f"No draft yet. {draft} published at {at}.", _list("digests", "digest"))
    url = reverse("admin:digests_digest_change", args=[stored.pk])
    items = f"{stored.items} item{'' if stored.items == 1 else 's'}"
    match stored.state:
        case Digest.State.APPROVED:
            return Note(about, "good", f"Approved, {items}. It is published as it stands at {at}.", url)
        case Digest.State.PUBLISHED:
            return Note(about, "good", f"Published before its hour, {items}.", url)
    words = f"A draft of {items}, not approved. It is built once more and published at {at}, approved or not."
    return Note(about, "look", words, url)


def say_last_digest(digests: Sequence[DigestState], clock: Clock, now: datetime) -> Note:
    """Which digest readers see, and whether one is overdue."""
    due = clock.hours.latest_date(now)
    last = next((one for one in digests if one.state == Digest.State.PUBLISHED and one.published_at), None)
    if last is None or last.published_at is None:
        return Note("Last digest", "off", "None has been published yet.", _list("digests", "digest"))
    url = reverse("admin:digests_digest_change", args=[last.pk])
    if last.date < due:
        until = clock.hours.cut_off(due)
        late = now > until + GRACE
        why = "something keeps it: see the worker's log" if late else "it waits for news on its way"
        words = f"The digest of {_day(due)} was due at {clock.words(until)}; {why}. "
        words += f"Readers see that of {_day(last.date)}."
        return Note("Last digest", "bad" if late else "look", words, url)
    words = f"{last.title}. Published {_day(last.date)} at {clock.words(last.published_at)}."
    return Note(f"Last digest, {_day(last.date)}", "good", words, url)


def read_feeds(_: datetime) -> list[Note]:
    """How many feeds are polled and which fail; two queries."""
    polled = Feed.objects.filter(is_active=True).exclude(url__startswith=RECORDING_SCHEME)
    is_failing = Q(failure_count__gte=FAILING_AFTER)
    counts = polled.aggregate(
        all=Count("pk"), failing=Count("pk", filter=is_failing), unread=Count("pk", filter=Q(polled_at=None))
    )
    failing = polled.filter(is_failing).select_related("publisher").order_by("-failure_count", "pk")[:NAMED_FEEDS]
    return [say_feeds(counts, [feed.publisher.name for feed in failing])]


def say_feeds(counts: Mapping[str, int], failing: Sequence[str]) -> Note:
    """Counts (`all`, `failing`, `unread`) and the first failing feeds' publishers, in words."""
    url = _list("feeds", "feed")
    if not counts["all"]:
        return Note("Feeds", "off", "No feed is polled.", url)
    words = f"{counts['all']} polled"
    if counts["unread"]:
        words += f", {counts['unread']} of them not yet"
    if not counts["failing"]:
        return Note("Feeds", "good", f"{words}; none is failing.", url)
    more = counts["failing"] - len(failing)
    names = ", ".join(dict.fromkeys(failing)) + (f" and {more} more" if more > 0 else "")
    return Note("Feeds", "look", f"{words}; {counts['failing']} failing: {names}.", url)


def read_mail(_: datetime) -> list[Note]:
    """Whether mail goes out, what waits, and what nobody knows the fate of; three queries."""
    outbox = Outbox.objects.order_by("pk").first()
    states = Delivery.State
    watched = Delivery.objects.filter(state__in=(states.QUEUED, states.INFLIGHT, states.UNKNOWN))
    counts = {row["state"]: row["rows"] for row in watched.values("state").annotate(rows=Count("pk")).order_by()}
    paused_mailings = Mailing.objects.filter(state=Mailing.State.PAUSED).count()
    reason = f" ({outbox.reason})" if outbox and outbox.reason else ""
    is_paused = bool(outbox and outbox.is_paused)
    to_files = settings.EMAIL_BACKEND == FILES_BACKEND and not settings.EMAIL_ESP
    waiting = counts.get(states.QUEUED, 0) + counts.get(states.INFLIGHT, 0)
    return say_mail(
        is_paused=is_paused,
        reason=reason,
        is_failing=bool(outbox and outbox.failures),
        to_files=to_files,
        waiting=waiting,
        unknown=counts.get(states.UNKNOWN, 0),
        paused_mailings=paused_mailings,
    )


def say_mail(
    *,
    is_paused: bool,
    reason: str,
    is_failing: bool,
    to_files: bool,
    waiting: int,
    unknown: int,
    paused_mailings: int,
) -> list[Note]:
    """The state of sending, and a note of its own for deliveries that somebody must look at."""
    mark, words = "good", "Mail goes out"
    if is_paused:
        mark, words = "look", f"All mail is paused{reason}"
    elif is_failing:
        mark, words = "look", f"The mail server could not be used{reason}; it is tried again"
    elif to_files:
        mark, words = "off", "Mails are written into files, nothing is sent: EMAIL_URL is not set"
    words += f"; {_count(waiting, 'mail')} waiting." if waiting else "; nothing is waiting."
    if paused_mailings:
        mark, words = "look", f"{words} {_count(paused_mailings, 'mailing')} paused."
    notes = [Note("Mail", mark, words, _list("newsletter", "mailing"))]
    if unknown:
        words = f"Nobody knows whether {_count(unknown, 'mail')} went out. Never sent again without you."
        notes.append(
            Note("Unknown deliveries", "bad", words, f"{_list('newsletter', 'delivery')}?state__exact=unknown")
        )
    return notes


def read_model(now: datetime) -> list[Note]:
    """What the language model cost today; two queries."""
    url = _list("llm", "completion")
    if not (settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL):
        return [Note("Language model", "off", "None is set up: every sentence is an extract.", url)]
    spend = DailySpend.objects.filter(date=now.date()).first()
    return [
        say_model((spend.microusd if spend else 0) / MICROUSD, float(settings.LLM_DAILY_BUDGET_USD), paused(now), url)
    ]


def say_model(spent_usd: float, budget_usd: float, pause: str, url: str) -> Note:
    """The day's cost against its ceiling, and why calls pause, if they do."""
    words = f"{spent_usd:.2f} of {budget_usd:.2f} USD used today (UTC)."
    if pause:
        return Note("Language model", "bad", f"Not asked for now: {pause}. {words} Extracts take over.", url)
    if spent_usd >= 0.95 * budget_usd:
        return Note("Language model", "look", f"{words} At the ceiling extracts take over.", url)
    return Note("Language model", "good", words, url)


def read_embeddings(now: datetime) -> list[Note]:
    """Whether the newest reports have embeddings, where a model for them is set; three queries."""
    if not (settings.EMBEDDING_MODEL_PATH or settings.EMBEDDING_MODEL):
        return []
    missing, reports = newest_without_vector(TOLD_REPORTS)
    return [say_embeddings(missing, reports, paused(now, EMBEDDING_PAUSE))]


def say_embeddings(missing: int, reports: int, pause: str) -> Note:
    """How many of the newest reports were put into stories without an embedding, and why calls pause, if they do."""
    words = f"{missing or 'None'} of the newest {_count(reports, 'report')} lack{'s' if missing <= 1 else ''} one."
    if pause:
        return Note("Embeddings", "bad", f"Not asked for now: {pause}. {words} Words alone decide.", _stories())
    if missing:
        words += " Words alone decided there; why, the worker's log and manage.py check say."
        return Note("Embeddings", "look", words, _stories())
    return Note("Embeddings", "good", words, _stories())


def _stories() -> str:
    return _list("stories", "story")


def in_words(span: timedelta) -> str:
    """in 43 minutes; in 5 hours."""
    minutes = max(1, round(span / timedelta(minutes=1)))
    return f"in {_count(minutes, 'minute')}" if minutes < 90 else f"in {_count(round(minutes / 60), 'hour')}"


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"


def _list(app: str, model: str) -> str:
    return reverse(f"admin:{app}_{model}_changelist")
