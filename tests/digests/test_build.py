"""From a recording to published digests, with real rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from newsdesk.digests.building.daily import build_digest, preview_digest
from newsdesk.digests.documents.document import SCHEMA_FILE, as_document, canonical_json, citations
from newsdesk.digests.documents.verify import verify_document
from newsdesk.digests.due import is_pending
from newsdesk.digests.models import Digest, DigestItem, Edition, Summary
from newsdesk.digests.publish import publish_digest, publish_due
from newsdesk.digests.refused import AlreadyPublished, NotYetDue
from newsdesk.stories.models import Coverage
from tests.digests.recording import LINES, at, put_through, write_recording

pytestmark = pytest.mark.django_db

DAY = date(2025, 5, 6)


@pytest.fixture
def daily() -> Edition:
    return Edition.objects.get(slug="daily")


@pytest.fixture
def replayed(tmp_path: Path) -> None:
    put_through(write_recording(tmp_path / "stream.jsonl"))


def digest_of(day: date) -> Digest:
    return Digest.objects.select_related("edition").get(edition__slug="daily", date=day)


def draft_of(edition: Edition, day: date) -> Digest:
    """The digest of a date as a draft again: what a build left before it was published."""
    Digest.objects.filter(edition=edition, date=day).update(state=Digest.State.DRAFT, published_at=None)
    return digest_of(day)


@pytest.mark.usefixtures("replayed")
def test_each_day_is_published_at_its_cut_off() -> None:
    digests = Digest.objects.order_by("date")
    assert [(d.date, d.number, d.published_at) for d in digests] == [
        (date(2025, 5, 6), 1, at("2025-05-06T07:00:00")),
        (date(2025, 5, 7), 2, at("2025-05-07T07:00:00")),
    ]


@pytest.mark.usefixtures("replayed")
def test_the_document_holds_its_schema_and_its_receipts() -> None:
    import json

    validator = Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))
    for digest in Digest.objects.select_related("edition"):
        document = as_document(digest)
        assert [error.message for error in validator.iter_errors(document)] == []
        assert verify_document(document) == []
        assert canonical_json(document) == canonical_json(json.loads(canonical_json(document)))


@pytest.mark.usefixtures("replayed")
def test_the_lead_is_told_by_several_and_copies_are_folded() -> None:
    lead = as_document(digest_of(DAY))["items"][0]
    assert lead["section"] == "lead"
    sources = {s["entry"]: s["duplicate_of"] for item in as_document(digest_of(DAY))["items"] for s in item["sources"]}
    assert sources["a3"] == "a1"
    assert sources["a1"] == sources["a2"] == ""


@pytest.mark.usefixtures("replayed")
def test_nothing_after_the_cut_off_counts() -> None:
    entries = {s["entry"] for item in as_document(digest_of(DAY))["items"] for s in item["sources"]}
    assert entries <= {"a1", "a2", "a3", "b1", "b2"}
    assert "c1" not in entries


@pytest.mark.usefixtures("replayed")
def test_yesterday_s_story_does_not_come_back_for_one_more_report() -> None:
    second = as_document(digest_of(DAY + timedelta(days=1)))
    assert {s["entry"] for item in second["items"] for s in item["sources"]} == {"c1"}


@pytest.mark.usefixtures("replayed")
def test_a_published_digest_is_not_built_again(daily: Edition) -> None:
    before = canonical_json(as_document(digest_of(DAY)))
    with pytest.raises(AlreadyPublished):
        build_digest(daily, DAY, now=at("2025-05-09T07:00:00"))
    with pytest.raises(AlreadyPublished):
        publish_digest(digest_of(DAY), now=at("2025-05-09T07:00:00"))
    assert canonical_json(as_document(digest_of(DAY))) == before


def test_building_again_replaces_and_says_the_same(daily: Edition, tmp_path: Path) -> None:
    put_through(write_recording(tmp_path / "stream.jsonl"), until=at("2025-05-06T07:00:00"))
    before = as_document(draft_of(daily, DAY))
    rows = set(DigestItem.objects.filter(digest__date=DAY).values_list("pk", flat=True))
    summaries = Summary.objects.count()
    rebuilt = as_document(build_digest(daily, DAY, now=at("2025-05-06T07:00:00"), model="none"))
    assert canonical_json(rebuilt) == canonical_json(before)
    assert rows.isdisjoint(DigestItem.objects.filter(digest__date=DAY).values_list("pk", flat=True))
    assert Summary.objects.count() == summaries


@pytest.mark.usefixtures("replayed")
def test_a_digest_is_not_built_before_its_cut_off(daily: Edition) -> None:
    with pytest.raises(NotYetDue):
        build_digest(daily, date(2025, 5, 8), now=at("2025-05-08T06:59:59"))


@pytest.mark.usefixtures("replayed")
def test_the_preview_shows_the_next_one_and_stores_nothing(daily: Edition) -> None:
    before = (Digest.objects.count(), Summary.objects.count())
    preview = preview_digest(daily, now=at("2025-05-07T09:00:00"))
    assert preview["date"] == "2025-05-08"
    assert preview["manifest"]["state"] == "preview"
    assert [s["entry"] for item in preview["items"] for s in item["sources"]] == ["d1"]
    assert (Digest.objects.count(), Summary.objects.count()) == before
    assert verify_document(preview) == []


@pytest.mark.usefixtures("replayed")
def test_citations_are_numbered_as_they_are_met() -> None:
    document = as_document(digest_of(DAY))
    numbered = citations(document)
    assert [source["number"] for source in numbered] == list(range(1, len(numbered) + 1))
    first = document["items"][0]["sentences"][0]["receipts"][0]
    assert numbered[0]["entry"] == first["entry"]
    assert first["quote"] in numbered[0]["quotes"]


@pytest.mark.usefixtures("replayed")
def test_what_is_due_is_published_once(settings: pytest.FixtureRequest) -> None:
    now = at("2025-05-08T07:00:30")
    assert publish_due(now=now) == 1
    assert publish_due(now=now) == 0
    assert digest_of(date(2025, 5, 8)).published_at == now


@pytest.mark.usefixtures("replayed")
def test_a_new_desk_does_not_publish_the_past(daily: Edition) -> None:
    Digest.objects.all().delete()
    assert publish_due(now=at("2025-05-08T07:00:30")) == 1
    assert [d.date for d in Digest.objects.all()] == [date(2025, 5, 8)]


@pytest.mark.usefixtures("replayed")
def test_the_sample_publishes_every_date_that_has_news(settings) -> None:
    settings.EDITION = "sample"
    assert publish_due(now=at("2025-05-07T12:00:00")) == 2
    assert sorted(d.date for d in Digest.objects.filter(edition__slug="sample")) == [DAY, DAY + timedelta(days=1)]


def test_an_empty_desk_publishes_nothing() -> None:
    assert publish_due(now=at("2025-05-08T07:00:30")) == 0


@pytest.mark.usefixtures("replayed")
def test_it_waits_a_while_for_what_is_on_its_way() -> None:

    cut_off = at("2025-05-08T07:00:00")
    Coverage.objects.filter(entry__guid="d1").delete()
    assert is_pending(cut_off - timedelta(days=1), cut_off)
    assert publish_due(now=cut_off + timedelta(minutes=19)) == 0
    assert publish_due(now=cut_off + timedelta(minutes=20)) == 1
    quiet = as_document(digest_of(date(2025, 5, 8)))
    assert quiet["items"] == []
    assert "No AI-industry story" in quiet["dek"]


def test_a_recording_put_through_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "stream.jsonl")
    first_run = put_through(path)
    first = [canonical_json(as_document(d)) for d in Digest.objects.select_related("edition").order_by("date")]
    again = put_through(path)
    second = [canonical_json(as_document(d)) for d in Digest.objects.select_related("edition").order_by("date")]
    assert first == second
    assert (first_run.published, again.published) == (2, 0)
    assert len(LINES) == first_run.records


def test_the_clock_can_be_stopped(tmp_path: Path) -> None:
    put_through(write_recording(tmp_path / "stream.jsonl"), until=datetime(2025, 5, 6, 7, tzinfo=UTC))
    assert [d.date for d in Digest.objects.all()] == [DAY]


@pytest.mark.usefixtures("replayed")
def test_a_story_told_yesterday_without_a_development_is_held_back_and_says_so() -> None:
    told = digest_of(DAY).items.get(sources__icontains="a1").story
    held = [one for one in digest_of(date(2025, 5, 7)).held_back if one["story"] == told.public_id]
    assert [(one["reason"], one["words"]) for one in held] == [
        ("told", "Told on 6 May; nothing new has been reported since")
    ]
    assert told.pk not in digest_of(date(2025, 5, 7)).items.values_list("story_id", flat=True)


@pytest.mark.usefixtures("replayed")
def test_every_story_of_a_window_is_told_or_listed_with_the_reason() -> None:
    for digest in Digest.objects.filter(edition__slug="daily"):
        window = {"entry__seen_at__gt": digest.window_from, "entry__seen_at__lte": digest.window_to}
        seen = set(Coverage.objects.filter(role="report", **window).values_list("story__public_id", flat=True))
        told = set(digest.items.values_list("story__public_id", flat=True))
        assert seen and seen - told == {one["story"] for one in digest.held_back} - told
        assert all(one["reason"] and one["words"] for one in digest.held_back)


@pytest.mark.usefixtures("replayed")
def test_building_again_holds_the_same_back(daily: Edition) -> None:
    day = date(2025, 5, 7)
    before = digest_of(day).held_back
    build_digest(daily, draft_of(daily, day).date, now=at("2025-05-07T07:00:00"), model="none")
    assert digest_of(day).held_back == before != []
