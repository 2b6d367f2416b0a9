"""The notices on the desk's index page: what stands where, in words, for those who may see it, at a constant price."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AbstractBaseUser, User
from pytest_django import Settings

from newsdesk.desk.notices import read_notices
from newsdesk.desk.wording import (
    Clock,
    DigestState,
    in_words,
    say_feeds,
    say_last_digest,
    say_mail,
    say_model,
    say_next_digest,
)
from newsdesk.digests.models import Digest
from newsdesk.digests.window import Hours
from newsdesk.llm.ledger import pause
from newsdesk.newsletter.models import Delivery, Outbox, Subscriber
from tests.access.people import client_of, make_account
from tests.site import rows

NOW = datetime(2026, 3, 25, 6, 17, tzinfo=UTC)
CLOCK = Clock(Hours(7, ZoneInfo("UTC")), timedelta(minutes=60))


def state(day: int, stands: str = "published", items: int = 12) -> DigestState:
    published = datetime(2026, 3, day, 7, 3, tzinfo=UTC) if stands == "published" else None
    return DigestState(day, date(2026, 3, day), stands, "Chips are scarce", items, published)


class TestNextDigest:
    pytestmark = pytest.mark.django_db

    def test_before_its_draft(self) -> None:
        note = say_next_digest([state(24)], CLOCK, NOW - timedelta(hours=1))
        assert note.about == "Next digest, 25 March"
        assert note.words == "No draft yet. It is drafted at 06:00 UTC and published at 07:00 UTC (in 2 hours)."

    def test_with_a_draft_nobody_has_approved(self) -> None:
        note = say_next_digest([state(25, "draft"), state(24)], CLOCK, NOW)
        assert (note.mark, note.url) == ("look", "/admin/digests/digest/25/change/")
        assert note.words.startswith("A draft of 12 items, not approved.")
        assert "published at 07:00 UTC (in 43 minutes), approved or not" in note.words

    def test_approved(self) -> None:
        note = say_next_digest([state(25, "approved", 1), state(24)], CLOCK, NOW)
        assert (note.mark, note.words) == (
            "good",
            "Approved, 1 item. It is published as it stands at 07:00 UTC (in 43 minutes).",
        )

    def test_in_the_desks_own_zone(self) -> None:
        clock = Clock(Hours(7, ZoneInfo("America/New_York")), timedelta(0))
        note = say_next_digest([], clock, NOW)
        assert note.words == "No draft yet. It is built and published at 07:00 EDT (in 5 hours)."

    def test_the_last_one_is_named(self) -> None:
        note = say_last_digest([state(25, "draft"), state(24)], CLOCK, NOW)
        assert (note.mark, note.about) == ("good", "Last digest, 24 March")
        assert note.words == "Chips are scarce. Published 24 March at 07:03 UTC."

    @pytest.mark.parametrize(("minutes", "mark"), [(5, "look"), (25, "bad")])
    def test_a_late_one_is_told(self, minutes: int, mark: str) -> None:
        now = datetime(2026, 3, 25, 7, minutes, tzinfo=UTC)
        note = say_last_digest([state(25, "draft"), state(24)], CLOCK, now)
        assert note.mark == mark
        assert note.words.startswith("The digest of 25 March was due at 07:00 UTC")

    def test_a_new_desk_has_none(self) -> None:
        assert say_last_digest([], CLOCK, NOW).words == "None has been published yet."


class TestTheRest:
    pytestmark = pytest.mark.django_db

    def test_feeds(self) -> None:
        assert (
            say_feeds({"all": 41, "failing": 0, "unread": 2}, []).words
            == "41 polled, 2 of them not yet; none is failing."
        )
        note = say_feeds({"all": 41, "failing": 5, "unread": 0}, ["Gazette", "Gazette", "Courier"])
        assert (note.mark, note.words) == ("look", "41 polled; 5 failing: Gazette, Courier and 2 more.")
        assert say_feeds({"all": 0, "failing": 0, "unread": 0}, []).mark == "off"

    def test_mail(self) -> None:
        quiet: dict[str, Any] = {
            "is_paused": False,
            "reason": "",
            "is_failing": False,
            "to_files": False,
            "waiting": 0,
            "unknown": 0,
            "paused_mailings": 0,
        }
        assert [note.words for note in say_mail(**quiet)] == ["Mail goes out; nothing is waiting."]
        (paused,) = say_mail(**{**quiet, "is_paused": True, "reason": " (5.7.1 blocked)", "waiting": 1})
        assert (paused.mark, paused.words) == ("look", "All mail is paused (5.7.1 blocked); 1 mail waiting.")
        _, unknown = say_mail(**{**quiet, "unknown": 3})
        assert (unknown.mark, unknown.about) == ("bad", "Unknown deliveries")
        assert "whether 3 mails went out" in unknown.words
        assert "EMAIL_URL is not set" in say_mail(**{**quiet, "to_files": True})[0].words

    def test_model(self) -> None:
        assert say_model(0.118, 1.0, "", "").words == "0.12 of 1.00 USD used today (UTC)."
        assert say_model(0.99, 1.0, "", "").mark == "look"
        assert say_model(0.1, 1.0, "the key is refused", "").words.startswith("Not asked for now: the key is refused.")

    @pytest.mark.parametrize(
        ("minutes", "words"),
        [(0.2, "in 1 minute"), (43, "in 43 minutes"), (89, "in 89 minutes"), (90, "in 2 hours"), (1430, "in 24 hours")],
    )
    def test_spans(self, minutes: float, words: str) -> None:
        assert in_words(timedelta(minutes=minutes)) == words


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("viewer", ["Next digest", "Last digest", "Feeds", "Language model", "Your log-in"]),
        ("editor", ["Next digest", "Last digest", "Feeds", "Language model", "Your log-in"]),
        ("sender", ["Next digest", "Last digest", "Feeds", "Mail", "Language model", "Your log-in"]),
        ("plain", ["Your log-in"]),
    ],
)
def test_everybody_sees_what_they_may(role: str, seen: list[str]) -> None:
    notes = read_notices(fresh(make_account(role)), now=NOW)
    assert [note.about.partition(",")[0] for note in notes] == seen


@pytest.mark.django_db
def test_it_tells_what_the_rows_say(settings: Settings) -> None:
    settings.OPENAI_API_KEY = "key"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    story = rows.make_story()
    digest = rows.make_digest(date(2026, 3, 24), stories=[story], title="Chips are scarce")
    draft = rows.make_digest(
        date(2026, 3, 25), stories=[story, rows.make_story()], state=Digest.State.DRAFT, published_at=None
    )
    draft.items.filter(position=2).update(is_dropped=True)
    rows.make_feed(rows.make_publisher("Gazette"), failure_count=7, polled_at=NOW)
    rows.make_feed(rows.make_publisher("Off"), failure_count=7, is_active=False)
    rows.make_feed(url="recording:a/b")
    Outbox.objects.update_or_create(pk=1, defaults={"is_paused": True, "reason": "paused by anna"})
    reader = Subscriber.objects.create(email="a@example.org", asked_at=NOW, consent_version="1")
    Delivery.objects.create(digest=digest, subscriber=reader, next_attempt_at=NOW, state="unknown")
    pause(NOW + timedelta(hours=1), "the key is refused")
    notes = {note.about.partition(",")[0]: note for note in read_notices(fresh(make_account("superuser")), now=NOW)}
    assert notes["Next digest"].words.startswith("A draft of 1 item, not approved")
    assert notes["Last digest"].words.startswith("Chips are scarce")
    assert "1 failing: Gazette." in notes["Feeds"].words
    assert "paused by anna" in notes["Mail"].words
    assert "1 mail went out" in notes["Unknown deliveries"].words
    assert "the key is refused" in notes["Language model"].words
    page = client_of("superuser").get("/admin/").content.decode()
    assert "1 failing: Gazette." in page


@pytest.mark.django_db
def test_it_costs_the_same_however_much_there_is(django_assert_num_queries: Any) -> None:
    counted = []
    for many in (1, 12):
        for _ in range(many):
            rows.make_feed(failure_count=5)
            rows.make_digest(date(2026, 1, 1) + timedelta(days=Digest.objects.count()), stories=[rows.make_story()])
        user = fresh(make_account("superuser", f"root{many}"))
        with django_assert_num_queries(7) as queries:
            read_notices(user, now=NOW)
        counted.append(len(queries))
    assert counted[0] == counted[1]


@pytest.mark.django_db
def test_names_from_outside_are_text() -> None:
    rows.make_feed(rows.make_publisher("<script>alert(1)</script>"), failure_count=5)
    page = client_of("viewer").get("/admin/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def fresh(user: AbstractBaseUser) -> User:
    found = ModelBackend().get_user(user.pk)
    assert found is not None
    return found
