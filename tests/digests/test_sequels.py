"""A published item whose story changes: linked to what became of it, and corrected if an editor says so."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from newsdesk.desk.notices import read_digests
from newsdesk.digests.actions.sequels import accept_sequel, dismiss_sequel
from newsdesk.digests.building.daily import preview_digest
from newsdesk.digests.documents.document import as_document, canonical_json
from newsdesk.digests.models import Correction, Digest, Edition, Sequel
from newsdesk.journal.hand import ActRefused, Hand, StaleEdit
from newsdesk.journal.models import Change
from tests.access.people import client_of
from tests.digests.recording import at, put_through, write_recording

pytestmark = pytest.mark.django_db

FIRST, SECOND, THIRD = (date(2025, 5, day) for day in (6, 7, 8))
_LEAK = "A breach at the artificial intelligence company Lantern exposed the records of {} keepers. Lantern told Oslo."
_SUIT = "A court in Riga {} over artificial intelligence chips on Monday. Investors say that Quarry hid defects."
_NEWS = [
    (0, "Lantern AI breach exposed 20 million keepers", _LEAK.format("20 million")),
    (0, "Court allows lawsuit against Quarry over AI chips to proceed", _SUIT.format("lets a lawsuit against Quarry")),
    (1, "Correction: Lantern AI breach exposed 2 million keepers, not 20 million", _LEAK.format("2 million")),
    (
        1,
        "Court dismisses lawsuit against Quarry over AI chips",
        _SUIT.format("has dismissed the lawsuit against Quarry"),
    ),
    (2, "Lantern AI breach exposed 2 million keepers", _LEAK.format("2 million")),
    (3, "Quarry opens an AI data centre", "Quarry opened a data centre for artificial intelligence in Norway."),
]


@pytest.fixture
def told(tmp_path: Path) -> Digest:
    lines = [
        {
            "id": f"n{n}{outlet}",
            "source": f"{outlet}{n % 2}.example",
            "domain": f"{outlet}{n % 2}.example",
            "title": title,
            "summary": summary,
            "first_seen": (at("2025-05-05T09:00:00") + timedelta(days=day, minutes=n)).isoformat(),
        }
        for n, (day, title, summary) in enumerate(_NEWS)
        for outlet in ("one", "two")
    ]
    put_through(write_recording(tmp_path / "stream.jsonl", lines))
    return digest_of(FIRST)


def digest_of(day: date) -> Digest:
    return Digest.objects.select_related("edition").get(edition__slug="daily", date=day)


def proposed() -> Sequel:
    return Sequel.objects.get(state=Sequel.State.PROPOSED)


def hand(edits: int | None = None) -> Hand:
    return Hand(User.objects.get_or_create(username="anna")[0], timezone.now(), edits)


def page_of(day: date) -> str:
    return Client().get(f"/{day:%Y/%m/%d}/").content.decode()


def test_what_has_changed_is_told_the_next_day_and_linked_from_the_first(told: Digest) -> None:
    later = as_document(digest_of(SECOND))
    labels = {label["words"]: label.get("change") for item in later["items"] for label in item.get("labels", ())}
    assert labels == {
        "Corrected: 20 million was 2 million": "corrected",
        "Ruled: Court dismisses lawsuit against Quarry over AI chips": "ruled",
    }
    states = dict(Sequel.objects.filter(digest=told).values_list("words", "state"))
    assert states == {
        "Corrected: 20 million was 2 million": "proposed",
        "Ruled: Court dismisses lawsuit against Quarry over AI chips": "linked",
    }
    for sequel in Sequel.objects.all():
        assert f'<a href="/2025/05/07/#story-{sequel.later_position}">{sequel.words}</a>' in page_of(FIRST)
    assert "Since then" not in page_of(SECOND)


def test_a_mere_repeat_is_held_back_and_the_page_says_so(told: Digest) -> None:
    quiet = as_document(digest_of(THIRD))
    assert quiet["items"] == []
    assert "No AI-industry story" not in quiet["dek"]
    assert quiet["dek"].startswith("Nothing new was seen in this window. Of 1 story, held back: “")
    assert "told on 7 May; nothing new has been reported since" in quiet["dek"]
    assert quiet["dek"] in page_of(THIRD).replace("&#x27;", "'")


def test_a_preview_two_hours_into_a_quiet_window_says_what_it_holds_back(told: Digest) -> None:
    edition = Edition.objects.get(slug="daily")
    early = preview_digest(edition, now=at("2025-05-07T09:30:00"))
    assert early["title"] == "Nothing new so far"
    assert early["dek"].startswith("Nothing new has been seen in this window so far. Of 1 story, held back: “")
    none = preview_digest(edition, now=at("2025-05-07T07:30:00"))
    assert none["dek"] == "No AI-industry story has been seen in this window so far."


def test_nothing_published_changes_by_itself(told: Digest) -> None:
    assert as_document(told)["corrections"] == []
    assert told.edits == 0


def test_an_accepted_proposal_is_a_correction(told: Digest) -> None:
    accept_sequel(told.pk, proposed().pk, hand=hand())
    (made,) = as_document(digest_of(FIRST))["corrections"]
    assert made["position"] == Sequel.objects.get(state=Sequel.State.ACCEPTED).position
    assert "Corrected: 20 million was 2 million (digest of 7 May 2025)." in made["text"]
    with pytest.raises(ActRefused):
        accept_sequel(told.pk, Sequel.objects.get(state=Sequel.State.ACCEPTED).pk, hand=hand())
    assert Correction.objects.count() == 1


def test_an_editor_may_say_it_in_words_of_their_own(told: Digest) -> None:
    accept_sequel(told.pk, proposed().pk, text="It was two million.", hand=hand())
    assert Correction.objects.get().text == "It was two million."


def test_a_dismissed_proposal_leaves_the_page_and_the_journal_says_who(told: Digest) -> None:
    before = canonical_json(as_document(told))
    dismiss_sequel(told.pk, proposed().pk, hand=hand())
    assert canonical_json(as_document(digest_of(FIRST))) == before
    assert Change.objects.get(verb="digest.dismiss").actor_name == "anna"
    assert not Sequel.objects.filter(state=Sequel.State.PROPOSED).exists()


def test_who_saw_another_page_is_told_and_nothing_is_decided(told: Digest) -> None:
    seen = proposed()
    for act in (accept_sequel, dismiss_sequel):
        with pytest.raises(StaleEdit):
            act(told.pk, seen.pk, hand=hand(edits=7))
    assert proposed() == seen


def test_the_desk_says_that_corrections_wait(told: Digest) -> None:
    settings.EDITION = "daily"
    (notice,) = [one for one in read_digests(timezone.now()) if one.about == "Corrections"]
    assert notice.words.startswith("1 correction is proposed")
    dismiss_sequel(told.pk, proposed().pk, hand=hand())
    assert "Corrections" not in [one.about for one in read_digests(timezone.now())]


@pytest.mark.parametrize(("act", "corrections"), [("accept", 1), ("dismiss", 0)])
def test_editors_decide_on_the_digests_desk_page(told: Digest, act: str, corrections: int) -> None:
    client: Any = client_of("editor")
    address = f"/admin/digests/digest/{told.pk}/"
    page = client.get(f"{address}change/").content.decode()
    assert "Correction proposed." in page
    client.post(f"{address}sequels/{proposed().pk}/{act}/", {"edits": told.edits, "text": "It was two million."})
    assert Correction.objects.filter(digest=told).count() == corrections
    assert "Correction proposed." not in client.get(f"{address}change/").content.decode()
