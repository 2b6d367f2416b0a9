"""The state of the desk in words: what its index page says of each thing, and how much that matters. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse

from newsdesk.digests.due import GRACE
from newsdesk.digests.models import Digest
from newsdesk.digests.window import Hours


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to know: a mark (good, look, bad or off), a sentence or two, and where to go."""

    about: str
    mark: str
    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class DigestState:
    """What the notices about digests need of a stored one."""

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


def say_next_digest(digests: Sequence[DigestState], clock: Clock, now: datetime) -> Notice:
    """Where the next digest stands and when it appears; `digests` are the newest ones, newest first."""
    day = clock.hours.latest_date(now) + timedelta(days=1)
    until = clock.hours.cut_off(day)
    at = f"{clock.words(until)} ({in_words(until - now)})"
    stored = next((one for one in digests if one.date == day), None)
    about = f"Next digest, {_day(day)}"
    if stored is None:
        begins = until - clock.review
        draft = f"It is drafted at {clock.words(begins)} and" if clock.review and begins > now else "It is built and"
        return Notice(about, "good", f"No draft yet. {draft} published at {at}.", list_url("digests", "digest"))
    url = reverse("admin:digests_digest_change", args=[stored.pk])
    items = f"{stored.items} item{'' if stored.items == 1 else 's'}"
    match stored.state:
        case Digest.State.APPROVED:
            return Notice(about, "good", f"Approved, {items}. It is published as it stands at {at}.", url)
        case Digest.State.PUBLISHED:
            return Notice(about, "good", f"Published before its hour, {items}.", url)
    words = f"A draft of {items}, not approved. It is built once more and published at {at}, approved or not."
    return Notice(about, "look", words, url)


def say_proposed(count: int, first: int) -> Notice:
    """How many corrections of published digests wait for an editor; `first` is the digest of the oldest."""
    waits = "1 correction is" if count == 1 else f"{count} corrections are"
    words = f"{waits} proposed: a later digest contradicts what was published. Accept or dismiss."
    return Notice("Corrections", "look", words, f"{reverse('admin:digests_digest_change', args=[first])}#desk-sequels")


def say_last_digest(digests: Sequence[DigestState], clock: Clock, now: datetime, gap: str = "") -> Notice:
    """Which digest readers see, and whether one is overdue; `gap` says so if nobody watched in the due one's window."""
    due = clock.hours.latest_date(now)
    last = next((one for one in digests if one.state == Digest.State.PUBLISHED and one.published_at), None)
    if last is None or last.published_at is None:
        return Notice("Last digest", "off", "None has been published yet.", list_url("digests", "digest"))
    url = reverse("admin:digests_digest_change", args=[last.pk])
    if last.date < due and gap:
        return Notice("Last digest", "bad", f"{gap} Readers see that of {_day(last.date)}.", url)
    if last.date < due:
        until = clock.hours.cut_off(due)
        late = now > until + GRACE
        why = "something keeps it: see the worker's log" if late else "it waits for news on its way"
        words = f"The digest of {_day(due)} was due at {clock.words(until)}; {why}. "
        words += f"Readers see that of {_day(last.date)}."
        return Notice("Last digest", "bad" if late else "look", words, url)
    words = f"{last.title}. Published {_day(last.date)} at {clock.words(last.published_at)}."
    return Notice(f"Last digest, {_day(last.date)}", "good", words, url)


def say_feeds(counts: Mapping[str, int], failing: Sequence[str]) -> Notice:
    """Counts (`all`, `failing`, `unread`) and the first failing feeds' publishers, in words."""
    url = list_url("feeds", "feed")
    if not counts["all"]:
        return Notice("Feeds", "off", "No feed is polled.", url)
    words = f"{counts['all']} polled"
    if counts["unread"]:
        words += f", {counts['unread']} of them not yet"
    if not counts["failing"]:
        return Notice("Feeds", "good", f"{words}; none is failing.", url)
    more = counts["failing"] - len(failing)
    names = ", ".join(dict.fromkeys(failing)) + (f" and {more} more" if more > 0 else "")
    return Notice("Feeds", "look", f"{words}; {counts['failing']} failing: {names}.", url)


def say_mail(
    *,
    is_paused: bool,
    reason: str,
    is_failing: bool,
    to_files: bool,
    waiting: int,
    unknown: int,
    paused_mailings: int,
    letters_refused: bool = False,
) -> list[Notice]:
    """The state of sending, and a note of its own for deliveries that somebody must look at."""
    mark, words = "good", "Mail goes out"
    if is_paused:
        mark, words = "look", f"All mail is paused{reason}"
    elif is_failing:
        mark, words = "look", f"The mail server or the logbook could not be used{reason}; it is tried again"
    elif to_files:
        mark, words = "off", "Mails are written into files, nothing is sent: EMAIL_URL is not set"
    words += f"; {_count(waiting, 'mail')} waiting." if waiting else "; nothing is waiting."
    if paused_mailings:
        mark, words = "look", f"{words} {_count(paused_mailings, 'mailing')} paused."
    notes = [Notice("Mail", mark, words, list_url("newsletter", "mailing"))]
    if letters_refused:
        words = "So many have used the form within the hour (LETTERS_PER_HOUR) that it asks to come back later."
        notes.append(Notice("Subscribing", "look", words, list_url("newsletter", "subscriber")))
    if unknown:
        words = f"Nobody knows whether {_count(unknown, 'mail')} went out. Never sent again without you."
        notes.append(
            Notice("Unknown deliveries", "bad", words, f"{list_url('newsletter', 'delivery')}?state__exact=unknown")
        )
    return notes


def say_model(spent_usd: float, budget_usd: float, pause: str, url: str, *, unknown: int = 0) -> Notice:
    """The day's cost against its ceiling, why calls pause, if they do, and how many were never heard of again."""
    words = f"{spent_usd:.2f} of {budget_usd:.2f} USD used today (UTC)."
    if unknown:
        words += f" {_count(unknown, 'call')} of unknown outcome, counted at the highest cost."
    if pause:
        return Notice("Language model", "bad", f"Not asked for now: {pause}. {words} Extracts take over.", url)
    if spent_usd >= 0.95 * budget_usd:
        return Notice("Language model", "look", f"{words} At the ceiling extracts take over.", url)
    return Notice("Language model", "good", words, url)


def say_embeddings(missing: int, reports: int, pause: str) -> Notice:
    """How many of the newest reports were put into stories without an embedding, and why calls pause, if they do."""
    url = list_url("stories", "story")
    words = f"{missing or 'None'} of the newest {_count(reports, 'report')} lack{'s' if missing <= 1 else ''} one."
    if pause:
        return Notice("Embeddings", "bad", f"Not asked for now: {pause}. {words} Words alone decide.", url)
    if missing:
        words += " Words alone decided there; why, the worker's log and manage.py check say."
        return Notice("Embeddings", "look", words, url)
    return Notice("Embeddings", "good", words, url)


def in_words(span: timedelta) -> str:
    """in 43 minutes; in 5 hours."""
    minutes = max(1, round(span / timedelta(minutes=1)))
    return f"in {_count(minutes, 'minute')}" if minutes < 90 else f"in {_count(round(minutes / 60), 'hour')}"


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"


def list_url(app: str, model: str) -> str:
    """Where the admin lists the rows of a model."""
    return reverse(f"admin:{app}_{model}_changelist")
