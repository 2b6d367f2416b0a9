"""The state of the desk at a glance: its index page says it to whoever may see what a notice is about.

Each `read_…` makes a fixed number of queries; the words are `wording.py`'s.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Count, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from feeds.models import FAILING_AFTER, RECORDING_SCHEME, Feed
from newsdesk.access.second_factor import device_id
from newsdesk.desk.wording import (
    Clock,
    DigestState,
    Notice,
    list_url,
    say_embeddings,
    say_feeds,
    say_last_digest,
    say_mail,
    say_model,
    say_next_digest,
    say_proposed,
)
from newsdesk.digests.gaps import in_words
from newsdesk.digests.models import Digest, Gap, Sequel
from newsdesk.digests.window import Hours
from newsdesk.llm.ledger import EMBEDDING_PAUSE, paused
from newsdesk.llm.models import Completion, DailySpend
from newsdesk.newsletter.models import Delivery, Mailing, Outbox
from newsdesk.newsletter.people.subscribe import uses_within_the_hour
from newsdesk.stories.embedding.embed import newest_without_vector

MICROUSD = 1_000_000
# Failing feeds that are named; the rest is a number.
NAMED_FEEDS = 3
# The newest reports of which is told how many have no embedding.
TOLD_REPORTS = 200
# Under which uses of the form to subscribe are counted beside deliveries.
FORM = "form"
GAP_FIELDS = ("date", "was_watched", "feeds_answered", "feeds")
FILES_BACKEND = "django.core.mail.backends.filebased.EmailBackend"


def read_notices(user: AbstractBaseUser | AnonymousUser, *, now: datetime) -> list[Notice]:
    """What the user may see of the state of the desk."""
    readers: dict[str, Callable[[datetime], list[Notice]]] = {
        "digests.view_digest": read_digests,
        "feeds.view_feed": read_feeds,
        "newsletter.view_mailing": read_mail,
        "llm.view_dailyspend": read_model,
        "stories.view_story": read_embeddings,
    }
    notices = [notice for right, read in readers.items() if user.has_perm(right) for notice in read(now)]  # type: ignore[union-attr]
    if device_id(user) is None:
        words = "Your account is protected by its password alone. An app on your phone adds a code to it."
        notices.append(Notice("Your log-in", "off", words, reverse("admin:second_factor")))
    return notices


def read_digests(now: datetime) -> list[Notice]:
    """The digest that appears next, the last one, and corrections that wait for an editor; one query."""
    rows = Digest.objects.filter(edition__slug=settings.EDITION)
    due = Gap.objects.filter(edition__slug=settings.EDITION, date=Hours.of_settings().latest_date(now))
    gap = {f"gap_{name}": Subquery(due.values(name)[:1]) for name in GAP_FIELDS}
    proposed = Sequel.objects.filter(state=Sequel.State.PROPOSED, digest__edition__slug=settings.EDITION)
    counted = rows.annotate(
        shown=Count("items", filter=Q(items__is_dropped=False)),
        proposed=_count_of(proposed),
        corrected_first=Subquery(proposed.order_by("pk").values("digest_id")[:1]),
        **gap,
    )
    newest = list(counted.order_by("-date")[:3])
    states = [DigestState(row.pk, row.date, row.state, row.title, row.shown, row.published_at) for row in newest]
    clock = Clock(Hours.of_settings(), timedelta(minutes=settings.DIGEST_REVIEW_MINUTES))
    found = [{name: getattr(row, f"gap_{name}") for name in GAP_FIELDS} for row in newest[:1]]
    told = "".join(in_words(Gap(**fields)) for fields in found if fields["date"])
    notices = [say_next_digest(states, clock, now), say_last_digest(states, clock, now, told)]
    return notices + [say_proposed(row.proposed, row.corrected_first) for row in newest[:1] if row.proposed]


def read_feeds(_: datetime) -> list[Notice]:
    """How many feeds are polled and which fail; two queries."""
    polled = Feed.objects.filter(is_active=True).exclude(url__startswith=RECORDING_SCHEME)
    is_failing = Q(failure_count__gte=FAILING_AFTER)
    counts = polled.aggregate(
        all=Count("pk"), failing=Count("pk", filter=is_failing), unread=Count("pk", filter=Q(polled_at=None))
    )
    failing = polled.filter(is_failing).select_related("publisher").order_by("-failure_count", "pk")[:NAMED_FEEDS]
    return [say_feeds(counts, [feed.publisher.name for feed in failing])]


def read_mail(now: datetime) -> list[Notice]:
    """Whether mail goes out, what waits, and what nobody knows the fate of; three queries."""
    outbox = Outbox.objects.order_by("pk").first()
    states = Delivery.State
    watched = Delivery.objects.filter(state__in=(states.QUEUED, states.INFLIGHT, states.UNKNOWN))
    uses = (
        uses_within_the_hour(now).annotate(what=Value(FORM)).values_list("what").annotate(rows=Count("pk")).order_by()
    )
    counts = dict(watched.values_list("state").annotate(rows=Count("pk")).order_by().union(uses, all=True))
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
        letters_refused=counts.get(FORM, 0) >= settings.LETTERS_PER_HOUR,
    )


def read_model(now: datetime) -> list[Notice]:
    """What the language model cost today, and calls that nobody knows the cost of; two queries."""
    url = list_url("llm", "completion")
    if not (settings.OPENAI_API_KEY or settings.OPENAI_BASE_URL):
        return [Notice("Language model", "off", "None is set up: every sentence is an extract.", url)]
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    unknown = _count_of(Completion.objects.filter(status=Completion.Status.UNKNOWN, created_at__gte=today))
    spend = DailySpend.objects.filter(date=now.date()).annotate(unknown=unknown).first()
    spent_usd = (spend.microusd if spend else 0) / MICROUSD
    unknown_today = spend.unknown if spend else 0
    return [say_model(spent_usd, float(settings.LLM_DAILY_BUDGET_USD), paused(now), url, unknown=unknown_today)]


def read_embeddings(now: datetime) -> list[Notice]:
    """Whether the newest reports have embeddings, where a model for them is set; three queries."""
    if not (settings.EMBEDDING_MODEL_PATH or settings.EMBEDDING_MODEL):
        return []
    missing, reports = newest_without_vector(TOLD_REPORTS)
    return [say_embeddings(missing, reports, paused(now, EMBEDDING_PAUSE))]


def _count_of(rows: QuerySet[Any]) -> Coalesce:
    """How many rows there are, as part of another query."""
    counted = rows.order_by().annotate(one=Value(1)).values("one").annotate(all=Count("pk")).values("all")
    return Coalesce(Subquery(counted), 0)
