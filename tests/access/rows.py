"""One row of everything that the admin shows, so that every page of it has something to show, change or refuse."""

from __future__ import annotations

from datetime import UTC, date, datetime

from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.models import Group, User
from django.db.models import Model
from django_otp.plugins.otp_totp.models import TOTPDevice

from newsdesk.digests.models import Correction, Sequel, Summary
from newsdesk.journal.note import note_change
from newsdesk.llm.models import Completion, DailySpend, Pause
from newsdesk.newsletter import models as newsletter
from newsdesk.stories.models import Constraint
from tests.access.people import make_account
from tests.site import rows

NOW = datetime(2026, 3, 25, 8, tzinfo=UTC)
HASH = "0" * 64


def one_of_each() -> dict[str, Model]:
    """A row of each model by its label in small letters, `feeds.feed`; owners that no role has."""
    owner = User.objects.create(username="somebody")
    make_account("viewer", "a viewer")  # with the groups, where a test emptied the tables
    story = rows.make_story(rows.make_entry(), rows.make_entry())
    entries = [coverage.entry for coverage in story.coverage.select_related("entry__feed").order_by("entry_id")]
    digest = rows.make_digest(stories=[story])
    change = note_change("story.pin", f"story {story.public_id}", actor=owner, now=NOW, after={"is_pinned": True})
    subscriber = newsletter.Subscriber.objects.create(
        email="reader@example.org", asked_at=NOW, confirmed_at=NOW, state="active", consent_version="1"
    )
    sent = {"subscriber": subscriber, "next_attempt_at": NOW, "state": "unknown"}
    made = [
        owner,
        Group.objects.get(name="editor"),
        entries[0].feed.publisher,
        entries[0].feed,
        entries[0],
        entries[0].article,
        entries[0].article.text,
        story,
        story.coverage.order_by("pk")[0],
        Constraint.objects.create(kind="must_link", one=entries[0], other=entries[1], change=change, made_at=NOW),
        digest.edition,
        digest,
        digest.items.get(),
        Correction.objects.create(digest=digest, text="It was Tuesday.", made_at=NOW),
        Sequel.objects.create(
            digest=digest, position=1, later=digest, later_position=1, words="W", text="T", state="linked", made_at=NOW
        ),
        Summary.objects.create(
            story=story, story_version=1, model="extract", cut_off=NOW, headline="H", sentences=[], created_at=NOW
        ),
        change,
        Completion.objects.create(model="m", cost_microusd=1, created_at=NOW),
        DailySpend.objects.create(date=date(2026, 3, 25)),
        Pause.objects.create(name="model", until=NOW, reason="the key is refused"),
        subscriber,
        newsletter.Suppression.objects.create(email_hash=HASH, reason="bounced", made_at=NOW),
        newsletter.Outbox.objects.first() or newsletter.Outbox.objects.create(),
        newsletter.Mailing.objects.create(digest=digest, started_at=NOW),
        newsletter.Delivery.objects.create(digest=digest, **sent),
        newsletter.Letter.objects.create(kind="confirm", made_on=NOW.date(), **sent),
        newsletter.MailEvent.objects.create(
            service="postmark", event_id="1", kind="complaint", email_hash=HASH, made_at=NOW
        ),
        newsletter.Attempt.objects.create(network_hash=HASH, made_at=NOW),
    ]
    found: dict[str, Model] = {row._meta.label_lower: row for row in made}
    found["access.failedlogin"] = AccessAttempt.objects.create(username="x", failures_since_start=1)
    found["access.login"] = AccessLog.objects.create(username="x")
    found["access.secondfactor"] = TOTPDevice.objects.create(user=owner, name="app")
    return found
