"""The weekly edition: each story once, nothing told anew, built right after the daily digest that closes the week."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from newsdesk.digests.building.week_from_days import MOST_BIG, MOST_SHORT, CurrentStory, Week, compose_week, days_of
from newsdesk.digests.building.weekly import NoWeek, build_week
from newsdesk.digests.documents.document import as_document
from newsdesk.digests.documents.verify import verify_document
from newsdesk.digests.models import Digest, DigestItem, Edition
from newsdesk.digests.publish import publish_digest, publish_due
from newsdesk.digests.refused import AlreadyApproved, AlreadyPublished, NotYetDue
from newsdesk.stories.models import Story
from tests.digests.recording import at, put_through, write_recording

SUNDAY = date(2031, 5, 11)
COVERAGE = {"articles": 90, "publishers": 12, "stories": 31, "other_languages": 0, "feeds_answered": 0, "feeds": 0}


def item(story: str, section: str = "big", score: float = 5.0, **changes: Any) -> dict[str, Any]:
    """An item of a document, with as many sentences as its section has."""
    sentence = {
        "text": f"{story} happened.",
        "role": "what",
        "kind": "fact",
        "written_by": "extract",
        "receipts": [
            {"entry": story, "url": f"https://o.example/{story}", "text_sha256": "0" * 64, "start": 0, "end": 9}
        ],
    }
    return {
        "section": section,
        "story": story,
        "headline": f"{story} happens",
        "theme": f"theme-{story}",
        "why_ranked": {"score": score, "reasons": []},
        "sentences": [sentence] * (1 if section == "short" else 3),
        "sources": [{"entry": story, "url": f"https://o.example/{story}"}],
        **changes,
    }


def document(day: date, *items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "edition": "daily",
        "date": day.isoformat(),
        "items": [{**one, "position": position} for position, one in enumerate(items, start=1)],
        "pattern": [],
        "watch": [],
        "manifest": {"number": day.day, "models": ["extract"], "prompt_versions": ["p-1"]},
        **changes,
    }


def days(*per_day: list[dict[str, Any]], **changes: Any) -> list[dict[str, Any]]:
    """Documents of the days up to Sunday."""
    first = SUNDAY - timedelta(days=len(per_day) - 1)
    return [document(first + timedelta(days=n), *items, **changes) for n, items in enumerate(per_day)]


def week(documents: list[dict[str, Any]], **current: CurrentStory) -> Week:
    """The week, every story standing for itself unless said otherwise."""
    told = {one["story"] for d in documents for one in d["items"]}
    everyone = {story: CurrentStory(story, story) for story in told} | current
    known = {story: one for story, one in everyone.items() if one.public_id}
    return compose_week(documents, day=SUNDAY, current=known, coverage=COVERAGE)


def stories(found: Week, section: str) -> list[str]:
    return [one["story"] for one in found.items if one["section"] == section]


def test_the_lead_is_what_matters_most_by_score_and_days_told() -> None:
    found = week(days([item("flash", "lead", 9.0), item("slow", score=7.0)], [item("slow")], [item("slow")]))
    assert (stories(found, "lead"), stories(found, "big")) == (["slow"], ["flash"])
    assert found.title == "slow happens"
    assert found.items[0]["why_ranked"] == {
        "score": 11.755,
        "reasons": [{"name": "days_told", "points": 4.755, "words": "Told on three days of the week"}],
    }


def test_a_story_told_twice_stands_once_as_last_told_in_full() -> None:
    first, last = item("a", headline="First word"), item("a", headline="Last word")
    found = week(days([first], [last], [item("a", "short", headline="In passing")]))
    assert [one["headline"] for one in found.items] == ["Last word"]
    mentioned = week(days([item("a", "short", headline="First")], [item("a", "short", headline="Second")]))
    assert [one["headline"] for one in mentioned.items] == ["Second"]


def test_a_thread_and_a_merged_story_stand_once_and_a_hidden_one_not_at_all() -> None:
    documents = days([item("ruling"), item("copy"), item("gone")], [item("appeal"), item("whole")])
    found = week(
        documents,
        appeal=CurrentStory("appeal", "ruling"),
        copy=CurrentStory("whole", "whole"),
        gone=CurrentStory("", ""),
    )
    assert sorted(one["story"] for one in found.items) == ["appeal", "whole"]


def test_a_merged_story_goes_by_the_id_of_the_one_it_is_in() -> None:
    found = week(days([item("copy")], [item("other")]), copy=CurrentStory("whole", "whole"))
    assert "whole" in [one["story"] for one in found.items]


def test_sentences_and_receipts_are_the_days_own_and_short_ones_keep_one() -> None:
    told = [item(f"s{n}", score=20.0 - n) for n in range(MOST_BIG + 3)]
    found = week(days(told, []))
    assert all(one["sentences"] == told[0]["sentences"] or one["story"] != "s0" for one in found.items)
    assert {len(one["sentences"]) for one in found.items if one["section"] != "short"} == {3}
    assert {len(one["sentences"]) for one in found.items if one["section"] == "short"} == {1}
    assert [one["position"] for one in found.items] == list(range(1, len(told) + 1))


def test_no_theme_fills_the_big_stories_unless_there_is_nothing_else() -> None:
    mixed = [item(f"s{n}", score=20.0 - n, theme="funding") for n in range(5)]
    mixed += [item(f"r{n}", score=5.0 - n, theme=f"t{n}") for n in range(4)]
    found = week(days(mixed, []))
    assert stories(found, "big") == ["s1", "r0", "r1", "r2", "r3"]
    alone = week(days([item(f"s{n}", score=20.0 - n, theme="funding") for n in range(9)], []))
    assert stories(alone, "big") == ["s1", "s2", "s3", "s4"]


def test_short_items_stand_by_theme_what_was_told_in_full_first_and_are_capped() -> None:
    told = [item(f"s{n}", "short", score=50.0 - n, theme=("x", "y")[n % 2]) for n in range(40)]
    found = week(days([item("lead", "lead", 9.0), *told], []))
    short = [one for one in found.items if one["section"] == "short"]
    assert len(short) == MOST_SHORT
    assert [one["theme"] for one in short] == ["x"] * 15 + ["y"] * 15
    assert [one["story"] for one in short[:2]] == ["s0", "s2"]


def test_a_week_of_short_items_alone_has_a_lead_and_an_empty_one_says_so() -> None:
    assert stories(week(days([item("a", "short"), item("b", "short")], [])), "lead") == ["a"]
    quiet = week(days([], []))
    assert (quiet.title, quiet.items) == ("A quiet week", ())


def test_the_dek_counts_days_stories_and_publishers() -> None:
    whole = week(days(*[[item(f"s{n}", score=9.0 - n)] for n in range(7)]))
    assert whole.dek.startswith("Seven days, 31 stories from 12 publishers. Also: s1 happens; s2 happens; s3 happens.")
    assert week(days([item("a")], [])).dek == "Two of seven days, 31 stories from 12 publishers."


def test_theses_stay_while_they_rest_on_two_kept_stories_and_name_their_day() -> None:
    def thesis(*names: str) -> dict[str, Any]:
        return {"text": "Two of today's 9 headlines.", "kind": "analysis", "stories": [*names], "counter": "Few."}

    first = document(SUNDAY - timedelta(days=1), item("a"), item("b"), item("c"), pattern=[thesis("a", "b", "c")])
    last = document(SUNDAY, item("d"), pattern=[thesis("d", "e")])
    (kept,) = week([first, last], c=CurrentStory("", "")).pattern
    assert kept == thesis("a", "b") | {"text": "Saturday: Two of the day's 9 headlines."}
    assert week([first, last], b=CurrentStory("", ""), c=CurrentStory("", "")).pattern == ()


def test_what_to_watch_lies_after_the_week_and_rests_on_sources_that_are_kept() -> None:
    def watched(story: str, day: str | None, entry: str = "") -> dict[str, Any]:
        receipt = {"entry": entry or story, "url": f"https://o.example/{entry or story}"}
        return {"story": story, "date": day, "when": "", "owner": "", "sentence": {"receipts": [receipt]}}

    rows = [
        watched("a", "2031-05-20"),
        watched("b", "2031-05-11"),
        watched("c", None),
        watched("d", "2031-05-12", entry="elsewhere"),
        watched("e", "2031-05-12"),
    ]
    documents = days([item(name) for name in "abcde"], [])
    documents[0]["watch"] = rows
    assert [row["story"] for row in week(documents).watch] == ["e", "a"]
    assert [row["story"] for row in week(documents, e=CurrentStory("", "")).watch] == ["a"]


def test_the_manifest_names_the_days_it_is_made_of() -> None:
    documents = days([item("a")], [item("b")])
    manifest = week(documents).manifest
    assert [(row["edition"], row["date"], row["number"]) for row in manifest["digests"]] == [
        ("daily", "2031-05-10", 10),
        ("daily", "2031-05-11", 11),
    ]
    documents[0]["items"][0]["headline"] = "Something else"
    assert week(documents).manifest["digests"] != manifest["digests"]


def test_a_week_is_seven_days() -> None:
    assert days_of(SUNDAY) == (date(2031, 5, 5), SUNDAY)


# With rows.

WEDNESDAY = date(2025, 5, 7)


@pytest.fixture
def replayed(db: None, tmp_path: Path, settings: Settings) -> None:
    """Daily digests of Tuesday and Wednesday, published; the week closes on Wednesdays."""
    settings.WEEKLY_DAY = "wednesday"
    put_through(write_recording(tmp_path / "stream.jsonl"))


@pytest.mark.usefixtures("replayed")
def test_a_week_of_real_digests_holds_when_verified_and_counts_a_publisher_once() -> None:
    document = as_document(build_week(WEDNESDAY, now=at("2025-05-07T07:01:00")))
    assert verify_document(document) == []
    daily = [as_document(digest) for digest in Digest.objects.filter(edition__slug="daily").order_by("date")]
    told = {one["headline"]: one["sentences"] for d in daily for one in d["items"]}
    assert document["items"]
    assert all(one["sentences"][0] == told[one["headline"]][0] for one in document["items"])
    assert document["window"] == {"from": "2025-04-30T07:00:00Z", "to": "2025-05-07T07:00:00Z"}
    assert document["coverage"]["articles"] == sum(d["coverage"]["articles"] for d in daily)
    assert document["coverage"]["publishers"] < sum(d["coverage"]["publishers"] for d in daily)
    assert document["dek"].startswith("Two of seven days, ")


@pytest.mark.usefixtures("replayed")
def test_mergers_are_followed_and_hidden_stories_left_out() -> None:
    kept, gone, *_ = Story.objects.filter(digest_items__digest__edition__slug="daily").distinct().order_by("pk")
    middle = Story.objects.create(public_id="middle", first_seen_at=at("2025-05-05"), last_seen_at=at("2025-05-05"))
    Story.objects.filter(pk=gone.pk).update(merged_into=middle)
    Story.objects.filter(pk=middle.pk).update(merged_into=kept)

    def told() -> set[int]:
        digest = build_week(WEDNESDAY, now=at("2025-05-07T07:01:00"))
        assert verify_document(as_document(digest)) == []
        return set(digest.items.values_list("story_id", flat=True))

    assert kept.pk in told()
    assert told().isdisjoint({gone.pk, middle.pk})
    Story.objects.filter(pk=kept.pk).update(is_hidden=True)
    assert told().isdisjoint({kept.pk, gone.pk, middle.pk})


@pytest.mark.usefixtures("replayed")
def test_it_is_published_right_after_the_daily_digest_that_closes_the_week_and_once() -> None:
    Digest.objects.filter(date=WEDNESDAY).delete()
    now = at("2025-05-07T07:00:30")
    assert publish_due(now=now) == 2
    assert publish_due(now=now) == 0
    weekly = Digest.objects.get(edition__slug="weekly")
    assert (weekly.date, weekly.number, weekly.state, weekly.published_at) == (WEDNESDAY, 1, "published", now)


@pytest.mark.usefixtures("replayed")
def test_a_desk_that_was_killed_in_between_makes_it_up_until_the_next_cut_off() -> None:
    assert publish_due(now=at("2025-05-08T06:59:00")) == 1
    Digest.objects.filter(edition__slug="weekly").delete()
    publish_due(now=at("2025-05-08T07:00:30"))
    assert not Digest.objects.filter(edition__slug="weekly").exists()


@pytest.mark.usefixtures("replayed")
def test_without_two_days_or_on_another_day_or_in_the_sample_there_is_none(settings: Settings) -> None:
    now = at("2025-05-07T08:00:00")
    settings.EDITION = "sample"
    publish_due(now=now)
    settings.EDITION, settings.WEEKLY_DAY = "daily", "thursday"
    assert publish_due(now=now) == 0
    with pytest.raises(NoWeek, match="dated Thursdays"):
        build_week(WEDNESDAY, now=now)
    settings.WEEKLY_DAY = "wednesday"
    Digest.objects.filter(edition__slug="daily", date=date(2025, 5, 6)).delete()
    assert publish_due(now=now) == 0
    with pytest.raises(NoWeek, match="one daily digest"):
        build_week(WEDNESDAY, now=now)
    Digest.objects.all().delete()
    with pytest.raises(NotYetDue):
        build_week(WEDNESDAY, now=now)
    assert not Digest.objects.filter(edition__slug="weekly").exists()


@pytest.mark.usefixtures("replayed")
def test_building_again_replaces_a_draft_but_not_what_an_editor_changed_or_what_is_published() -> None:
    now = at("2025-05-07T08:00:00")
    first = build_week(WEDNESDAY, now=now)
    DigestItem.objects.filter(digest=first).update(headline="Overwritten")
    assert not build_week(WEDNESDAY, now=now).items.filter(headline="Overwritten").exists()
    Digest.objects.filter(pk=first.pk).update(edits=1, title="An editor's")
    with pytest.raises(AlreadyApproved):
        build_week(WEDNESDAY, now=now)
    assert publish_due(now=now) == 1
    assert Digest.objects.get(pk=first.pk).title == "An editor's"
    with pytest.raises(AlreadyPublished):
        build_week(WEDNESDAY, now=now)


@pytest.mark.usefixtures("replayed")
def test_an_editor_s_headline_stays_one_and_holds() -> None:
    row = DigestItem.objects.filter(digest__date=WEDNESDAY).earliest("position")
    DigestItem.objects.filter(pk=row.pk).update(headline="In other words", is_headline_edited=True, is_rewritten=True)
    document = as_document(build_week(WEDNESDAY, now=at("2025-05-07T08:00:00")))
    (found,) = [one for one in document["items"] if one["headline"] == "In other words"]
    assert found["headline_by"] == "editor"
    assert verify_document(document) == []


@pytest.mark.usefixtures("replayed")
def test_the_commands_work_on_the_edition_that_they_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("build_digest", "2025-05-07", "--edition", "weekly")
    assert capsys.readouterr().out.startswith("2025-05-07 No. 1: ")
    assert "digests" in Digest.objects.get(edition__slug="weekly").manifest
    with pytest.raises(CommandError, match="dated Wednesdays"):
        call_command("build_digest", "2025-05-06", "--edition", "weekly")
    call_command("publish_digest", "2025-05-07", "--edition", "weekly")
    call_command("verify_digest", "2025-05-07", "--edition", "weekly")
    assert "receipts hold" in capsys.readouterr().out


@pytest.mark.usefixtures("replayed")
def test_numbers_follow_each_other() -> None:
    edition = Edition.objects.get(slug="weekly")
    earlier = datetime(2025, 4, 30, 7, tzinfo=at("2025-04-30").tzinfo)
    old = Digest.objects.create(
        edition=edition,
        date=date(2025, 4, 30),
        number=7,
        title="x",
        window_from=earlier,
        window_to=earlier,
        built_at=earlier,
    )
    publish_digest(old, now=earlier)
    assert build_week(WEDNESDAY, now=at("2025-05-07T08:00:00")).number == 8
