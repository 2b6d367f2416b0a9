"""Who is given a delivery of which digest, once."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.contrib.auth.models import User

from newsdesk.digests.models import Digest
from newsdesk.journal.models import Change
from newsdesk.newsletter.delivery import queue
from newsdesk.newsletter.delivery.queue import BATCH_SUBSCRIBERS, CannotMail, queue_all, queue_due, start_mailing
from newsdesk.newsletter.models import Delivery, Mailing, Subscriber, Suppression
from newsdesk.newsletter.people.suppressions import suppress
from tests.newsletter.mailings import PUBLISHED, make_published
from tests.newsletter.rows import NOW, make_subscriber
from tests.site import rows

pytestmark = pytest.mark.django_db


def recipients(digest: Digest) -> set[str]:
    return set(digest.deliveries.values_list("subscriber__email", flat=True))


def test_only_who_is_active_and_confirmed_before_and_wants_it_so_often() -> None:
    digest = make_published()
    make_subscriber("yes@example.org")
    make_subscriber("weekly@example.org", frequency="weekly")
    make_subscriber("late@example.org", confirmed_at=PUBLISHED)
    for state in ("pending", "unsubscribed", "suppressed"):
        make_subscriber(f"{state}@example.org", state=state)
    make_subscriber("Restored@example.org")
    suppress("restored@EXAMPLE.org", Suppression.Reason.COMPLAINED, now=NOW)
    Subscriber.objects.filter(email__startswith="Restored").update(state="active")
    queue_due(now=NOW)
    assert recipients(digest) == {"yes@example.org"}


def test_weekly_subscribers_get_the_weekly_edition() -> None:
    daily, weekly = make_published(), make_published(edition="weekly")
    make_subscriber("daily@example.org")
    make_subscriber("weekly@example.org", frequency="weekly")
    queue_due(now=NOW)
    assert recipients(daily) == {"daily@example.org"}
    assert recipients(weekly) == {"weekly@example.org"}


def test_twice_is_once() -> None:
    make_published()
    make_subscriber("one@example.org")
    assert [queue_due(now=NOW), queue_due(now=NOW), queue_due(now=NOW + timedelta(hours=1))] == [1, 0, 0]
    assert Delivery.objects.count() == Mailing.objects.count() == 1
    assert Change.objects.filter(verb="mailing.send").count() == 1


def test_by_itself_only_what_is_new_and_newest_is_mailed(settings: Any) -> None:
    make_subscriber("one@example.org")
    old = make_published(date(2026, 3, 24), published_at=NOW - timedelta(hours=13))
    queue_due(now=NOW)
    assert not Mailing.objects.exists()
    make_published(date(2026, 3, 23), published_at=NOW)
    queue_due(now=NOW)
    assert not Mailing.objects.exists()
    rows.make_digest(date(2026, 3, 26), state=Digest.State.DRAFT, published_at=None)
    settings.MAIL_DIGESTS = False
    newest = make_published(date(2026, 3, 25))
    queue_due(now=NOW)
    assert not Mailing.objects.exists()
    settings.MAIL_DIGESTS = True
    queue_due(now=NOW)
    assert Mailing.objects.get().digest == newest
    start_mailing(old, actor=None, now=NOW)
    assert Mailing.objects.count() == 2


def test_what_a_person_started_is_queued_to_its_end_whatever_the_setting(settings: Any) -> None:
    settings.MAIL_DIGESTS = False
    make_subscriber("one@example.org")
    digest = make_published()
    editor = User.objects.create_user("editor")
    start_mailing(digest, actor=editor, now=NOW)
    queue_due(now=NOW)
    assert recipients(digest) == {"one@example.org"}
    assert Change.objects.get(verb="mailing.send").actor == editor


def test_many_are_queued_in_batches_that_are_resumed_where_they_ended(django_assert_max_num_queries: Any) -> None:
    number = BATCH_SUBSCRIBERS * 2 + 5
    defaults = {"state": "active", "asked_at": NOW, "confirmed_at": PUBLISHED - timedelta(days=1)}
    Subscriber.objects.bulk_create(
        Subscriber(email=f"n{n}@example.org", themes=[["security"], []][n % 2], **defaults) for n in range(number)
    )
    digest = make_published()
    mailing = start_mailing(digest, actor=None, now=NOW)
    assert queue.queue_batch(mailing.pk) == BATCH_SUBSCRIBERS
    mailing.refresh_from_db()
    assert not mailing.is_queued
    assert digest.deliveries.count() == BATCH_SUBSCRIBERS
    # As if the process had been killed after its rows were there and before anybody noted it.
    Mailing.objects.update(queued_to=0)
    with django_assert_max_num_queries(60):
        assert queue_all(mailing) == number
    assert digest.deliveries.count() == number
    in_order = digest.deliveries.order_by("pk").values_list("subscriber__themes", flat=True)
    changes = sum(before != after for before, after in pairwise(in_order))
    assert changes <= 5


def test_a_paused_mailing_is_not_queued_on() -> None:
    make_subscriber("one@example.org")
    digest = make_published()
    start_mailing(digest, actor=None, now=NOW)
    Mailing.objects.update(state=Mailing.State.PAUSED)
    queue_due(now=NOW)
    assert recipients(digest) == set()
    Mailing.objects.update(state=Mailing.State.SENDING)
    queue_due(now=NOW)
    assert recipients(digest) == {"one@example.org"}


@pytest.mark.parametrize(("edition", "state"), [("daily", "draft"), ("daily", "approved"), ("robots", "published")])
def test_what_is_not_published_or_of_no_subscriber_is_refused(edition: str, state: str) -> None:
    digest = make_published(edition=edition)
    if state != "published":
        Digest.objects.update(state=state, published_at=None)
    digest.refresh_from_db()
    with pytest.raises(CannotMail):
        start_mailing(digest, actor=None, now=NOW)
    assert not Mailing.objects.exists()
