"""A request's hand: who sent it, when, and what they saw; and the line that it leaves in the journal."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.test import RequestFactory

from newsdesk.journal.hand import Hand, hand_of

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 25, 6, tzinfo=UTC)


def test_the_hand_of_a_request_is_who_sent_it_now_and_what_its_page_showed(rf: RequestFactory) -> None:
    request = rf.post("/")
    request.user = User.objects.create(username="anna")
    before = datetime.now(UTC)
    hand = hand_of(request, edits=3)
    assert (hand.actor, hand.edits) == (request.user, 3)
    assert before <= hand.now <= datetime.now(UTC)
    assert hand_of(request).edits is None


def test_what_a_hand_notes_is_by_its_actor_and_of_its_moment() -> None:
    anna = User.objects.create(username="anna")
    change = Hand(anna, NOW).note("story.pin", "story s1", before={"is_pinned": False}, after={"is_pinned": True})
    change.refresh_from_db()
    assert (change.actor, change.actor_name, change.made_at) == (anna, "anna", NOW)
    assert (change.before, change.after) == ({"is_pinned": False}, {"is_pinned": True})
