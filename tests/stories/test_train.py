"""`manage.py train_clusterer`: what editors did is learned from, and kept only if nothing becomes worse."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import call_command

from feeds.models import Entry
from newsdesk.journal.hand import Hand
from newsdesk.sample.records import labelled_records
from newsdesk.stories.actions.merge import merge_stories
from newsdesk.stories.actions.split import split_story
from newsdesk.stories.actions.undo import undo_change
from newsdesk.stories.clustering import cluster as cluster_module
from newsdesk.stories.clustering.cluster import cluster_pending
from newsdesk.stories.clustering.clusterer import Clusterer, profile_of
from newsdesk.stories.clustering.comparing.learned import LIKENESS, Logistic
from newsdesk.stories.clustering.comparing.own_odds import current_odds, trained_path
from newsdesk.stories.clustering.rebuild import item_of, rebuild_clusterer
from newsdesk.stories.duplicates.dedupe import dedupe_pending
from newsdesk.stories.evaluation.kinds import measure_clustering
from newsdesk.stories.models import Constraint, Coverage, Story
from newsdesk.stories.training.evidence import read_evidence
from newsdesk.stories.training.trained import forget_trained, write_trained
from tests.stories.desk import NOW, invent_stories, last_change, reports, story_of
from tests.stories.labelled import invented
from tests.stories.rows import at, entry_of

pytestmark = pytest.mark.django_db
OTHER = {LIKENESS: replace(LIKENESS, intercept=LIKENESS.intercept + 1)}


@pytest.fixture(autouse=True)
def shipped_weights(settings, tmp_path: Path) -> Iterator[None]:
    """A data directory that no other test's training reaches."""
    settings.DATA_DIR = tmp_path
    yield
    cluster_module._left = None


def trained(*options: str) -> str:
    out = io.StringIO()
    call_command("train_clusterer", *options, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def merge_rewordings() -> None:
    """What a careful editor does where the line is too timid: one event in other words is one story."""
    firms = (
        "Kelp",
        "Brine",
        "Dulse",
        "Wrack",
        "Nori",
        "Laver",
        "Carrageen",
        "Samphire",
        "Sargasso",
        "Tangle",
        "Eel",
        "Cod",
    )
    for number, firm in enumerate(firms):
        hours = 3.0 * number
        one = story_of(*reports(f"{firm} recalls its crane pilot after a collision at berth {number}", hours=hours))
        titles = (
            f"Collision makes {firm} withdraw the crane pilot",
            f"{firm} pulls crane pilot: collision at the berth",
        )
        merge_stories([one, story_of(*reports(*titles, hours=hours + 0.5))], hand=Hand(None, NOW))


def muddle() -> None:
    """What nobody should do: stories merged with others that have not a word in common with them."""
    for number in range(40):
        one = story_of(*reports(f"Mayor opens library {number}", hours=number))
        other = story_of(*reports(f"Ferries keep winter timetable, line {number + 100} says", hours=number + 0.5))
        merge_stories([one, other], hand=Hand(None, NOW))


def test_too_little_is_said() -> None:
    invent_stories()
    assert "0 pairs of 0 edits" in trained()
    one, other = Story.objects.order_by("pk")[:2]
    merge_stories([one, other], hand=Hand(None, NOW))
    assert trained().startswith("Too little to learn from")
    assert not trained_path().exists()


def test_a_pair_is_what_the_line_would_have_seen_then() -> None:
    early, late = reports("Kelp sues Brine over weights", "Port of Brest buys cranes"), reports("Brine sued", hours=5)
    one, other = story_of(*early), story_of(*late)
    merge_stories([one, other], hand=Hand(None, NOW))
    future = entry_of("Brine and Kelp settle over weights", publisher="Future", hours=40)
    dedupe_pending(now=NOW)
    Coverage.objects.create(entry=future, story=one, similarity=0.9, clustered_at=NOW)

    rows = read_evidence()
    assert [(row.is_same, row.change) for row in rows] == [(True, last_change(one).pk)] * 2
    clusterer = Clusterer()
    for number, entry in enumerate(Entry.objects.filter(pk__in=[x.pk for x in (*early, *late)]).order_by("seen_at")):
        item = item_of(entry, entry.fingerprint.text, founds="")
        clusterer.advance(item.seen_at)
        if number:
            report = clusterer.weigh(profile_of(item))
            assert rows[number - 1].values == clusterer.compare(report, one.public_id, item.seen_at)
        clusterer.restore([(item, one.public_id)], clock=item.seen_at)


def test_a_split_teaches_what_is_apart_and_what_is_taken_back_teaches_nothing() -> None:
    whole = story_of(*reports("Kelp sues Brine", "Brine sued", "Port buys cranes", "Cranes for the port"))
    parted = [row.entry_id for row in whole.coverage.order_by("entry_id")[2:]]
    split_story(whole, parted, hand=Hand(None, NOW))
    assert sorted(row.is_same for row in read_evidence()) == [False, True, True]
    undo_change(last_change(whole), hand=Hand(None, NOW))
    assert read_evidence() == []


def test_what_a_careful_editor_did_is_learned_and_kept_and_forgotten_again() -> None:
    invent_stories()
    merge_rewordings()
    told = trained("--dry-run")
    assert "would be kept" in told and not trained_path().exists()
    told = trained()
    assert "are kept in" in told and "recluster" in told
    assert told.count("on edits left out: log loss") == 2
    kept = trained_path().read_bytes()
    assert current_odds().get(LIKENESS, LIKENESS) != LIKENESS
    assert set(json.loads(kept)["changes"]) <= set(Constraint.objects.values_list("change", flat=True))

    trained()
    assert trained_path().read_bytes() == kept
    trained_path().unlink()
    trained()
    assert trained_path().read_bytes() == kept
    assert not [path for path in trained_path().parent.iterdir() if path != trained_path()]

    assert trained("--forget") == "The shipped weights count again.\n"
    assert current_odds() == {}
    assert trained("--forget") == "The shipped weights count already.\n"


def test_what_makes_the_line_worse_is_not_kept() -> None:
    muddle()
    told = trained()
    assert "do worse, so those in use stay" in told
    assert not trained_path().exists()


def test_weights_learned_from_others_than_are_shipped_are_left_aside(caplog: pytest.LogCaptureFixture) -> None:
    write_trained(OTHER, [1])
    assert current_odds() == OTHER
    kept = json.loads(trained_path().read_text(encoding="utf-8"))
    with caplog.at_level(logging.WARNING):
        trained_path().write_text(json.dumps({**kept, "shipped": "0" * 64}), encoding="utf-8")
        assert current_odds() == {}
    assert "learned from other weights than are shipped now" in caplog.text
    trained_path().write_text("{", encoding="utf-8")
    with caplog.at_level(logging.ERROR):
        assert current_odds() == {}
    assert "cannot be read" in caplog.text
    assert forget_trained()


def test_a_running_process_takes_new_weights_up_between_two_batches() -> None:
    invent_stories()
    entry_of("Port of Brest buys forty cranes", publisher="New", hours=210)
    dedupe_pending(now=NOW)
    cluster_pending(now=NOW)
    left = cluster_module._left
    assert left is not None and left[0].own_odds == {}
    never = {LIKENESS: Logistic(-30.0, (0.0,) * len(LIKENESS.coefficients))}
    write_trained(never, [1])
    before = Story.objects.count()
    for number, title in enumerate(("Kelp Labs sues Brine AI over stolen weights", "Brine AI sued by Kelp Labs")):
        entry_of(f"{title} of a harbour model", publisher=f"Same {number}", hours=211 + number)
    dedupe_pending(now=NOW)
    cluster_pending(now=NOW)
    assert cluster_module._left is not None and cluster_module._left[0].own_odds == never
    assert Story.objects.count() == before + 2
    assert rebuild_clusterer().own_odds == never
    forget_trained()
    entry_of("Kelp Labs sues Brine AI over harbour model weights", publisher="Same 2", hours=213)
    dedupe_pending(now=NOW)
    cluster_pending(now=NOW)
    assert cluster_module._left[0].own_odds == {}
    assert Story.objects.count() == before + 2


def test_evaluation_measures_with_the_weights_in_use() -> None:
    shipped = measure_clustering(invented())[1]
    write_trained({LIKENESS: Logistic(-30.0, (0.0,) * len(LIKENESS.coefficients))}, [1])
    assert measure_clustering(invented())[1]["pairs_found"] < shipped["pairs_found"]


def test_the_sample_is_labelled_days() -> None:
    records = labelled_records()
    assert len({record.id for record in records}) == len(records) > 50
    figures = measure_clustering(records)[1]
    assert figures["story_f1"] > 0.85 and figures["bcubed_f1"] > 0.85
    assert at(0) < records[-1].first_seen
