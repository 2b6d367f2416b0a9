from __future__ import annotations

import gzip
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from newsdesk.stories.clustering.cluster import cluster_pending
from newsdesk.stories.duplicates.dedupe import dedupe_pending
from newsdesk.stories.evaluation.kinds import measure_clustering, measure_duplicates
from newsdesk.stories.evaluation.line import place_all
from newsdesk.stories.evaluation.measures import (
    clustering_figures,
    duplicate_figures,
    label_figures,
    yes_no_figures,
)
from newsdesk.stories.export import export_stories
from tests.stories.labelled import PATH, invented

ORIGINS = Path(__file__).parents[1] / "data" / "origins.jsonl"


def figures_of(kind: str, path: Path) -> dict[str, float]:
    out = StringIO()
    call_command("evaluate", kind, str(path), json=True, stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def test_quality_on_the_invented_days_does_not_fall() -> None:
    """Pinned floors: lowering one is an explicit act."""
    _, clustering = measure_clustering(invented())
    assert clustering["bcubed_f1"] >= 0.95
    assert clustering["story_f1"] >= 0.96
    assert clustering["pair_precision"] >= 0.88
    _, duplicates = measure_duplicates(invented())
    assert (duplicates["precision"], duplicates["recall"], duplicates["in_one_story"]) == (1, 1, 1)


def test_origins_on_invented_stories_do_not_fall() -> None:
    """Pinned floors on 44 reports of 18 invented stories in four languages: lowering one is an explicit act."""
    figures = figures_of("origins", ORIGINS)
    assert figures["labelled"] == 44
    assert figures["accuracy"] >= 0.95
    assert figures["false_own"] <= 0.05
    assert figures["relays_named"] >= 0.85
    assert figures["over_count"] == figures["under_count"] == figures["single_as_several"] == 0
    assert figures["several_found"] == 1


def test_origins_are_measured_by_hand(tmp_path: Path) -> None:
    said = [
        ("a", "Kelp buys Brine", "Kelp buys it, Reuters reported, citing people familiar with it.", "relay", "Reuters"),
        ("a", "Kelp sale", "Ada Berg told us so.", "relay", "Axios"),
        ("b", "Kelp price", "", "unknown", ""),
        ("b", "Kelp is reportedly cheaper", "", "unknown", ""),
    ]
    labels = {"origins_min": 1, "origins_likely": 1, "origins_max": 1}
    lines = [
        {"id": str(n), "domain": f"d{n}.example", "title": title, "summary": text, "story": story, "state": state}
        | {"relays": relays, **labels}
        for n, (story, title, text, state, relays) in enumerate(said)
    ]
    path = tmp_path / "origins.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    figures = figures_of("origins", path)
    assert (figures["accuracy"], figures["accuracy_where_told"], figures["false_own"]) == (0.5, 0.5, 1)
    assert (figures["relay_precision"], figures["relay_recall"], figures["relays_named"]) == (0.5, 0.5, 1)
    assert (figures["over_count"], figures["single_as_several"], figures["stories"]) == (0.5, 0.5, 2)
    # Without states there are predictions and shares.
    for line in lines:
        del line["state"], line["origins_min"]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert figures_of("origins", path)["said_relay"] == 0.5


def test_clustering_measures_by_hand() -> None:
    # Right: {a b c} {d e}; found: {a b} {c d} {e}.
    figures = clustering_figures([1, 1, 2, 2, 3], ["x", "x", "x", "y", "y"])
    assert figures["bcubed_precision"] == pytest.approx((1 + 1 + 0.5 + 0.5 + 1) / 5)
    assert figures["bcubed_recall"] == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 0.5 + 0.5) / 5)
    assert figures["story_f1"] == pytest.approx((0.8 + 2 / 3) / 2)
    assert (figures["pair_precision"], figures["pair_recall"]) == (0.5, 0.25)
    alone = clustering_figures([1, 2, 3], ["x", "y", "z"])
    assert (alone["bcubed_f1"], alone["story_f1"], alone["pair_f1"]) == (1, 0, 0)


def test_other_measures_by_hand() -> None:
    yes_no = yes_no_figures([True, True, False, False], [True, False, True, False])
    assert (yes_no["precision"], yes_no["recall"], yes_no["f1"], yes_no["no_caught"]) == (0.5, 0.5, 0.5, 0.5)
    labels = label_figures([["a"], ["b", "a"], ["c"], []], ["a", "a", "c", "b"])
    assert (labels["accuracy"], labels["among_named"]) == (0.5, 0.75)
    assert labels["macro_f1"] == pytest.approx((2 / 3 + 0 + 1) / 3)
    copies = duplicate_figures(["", "1", "1"], ["", "1", "2"])
    assert (copies["precision"], copies["recall"], copies["right_original"]) == (1, 1, 0.5)


@pytest.mark.django_db
def test_the_line_and_its_evaluation_give_the_same_clusters() -> None:
    from feeds.extracting.extract import adopt_feed_text
    from feeds.recording import RecordStore

    records = invented()
    RecordStore().store(records)
    now = records[-1].first_seen
    adopt_feed_text(now=now)
    dedupe_pending(now=now)
    cluster_pending(now=now)

    by_line = {
        frozenset((entry["id"], entry["duplicate_of"] or "") for entry in json.loads(story)["entries"])
        for story in export_stories()
    }
    placed = place_all(records)
    in_memory = {
        frozenset((one.id, one.duplicate_of) for one in placed if one.story == story)
        for story in {one.story for one in placed}
    }
    assert by_line == in_memory


def test_the_command_measures_files_with_and_without_times(tmp_path: Path) -> None:
    assert figures_of("clustering", PATH)["items"] == 49
    assert figures_of("themes", PATH)["items"] > 30
    assert figures_of("relevance", PATH)["items"] == 49

    bare = tmp_path / "bare.jsonl.gz"
    titles = ["brine sued kelp stolen harbour weights", "kelp sues brine stolen harbour weights", "herring prices fall"]
    lines = [json.dumps({"id": str(n), "title": title, "story": "ab"[n // 2]}) for n, title in enumerate(titles)]
    bare.write_bytes(gzip.compress("\n".join(lines).encode()))
    assert figures_of("clustering", bare)["bcubed_f1"] == 1


def test_predictions_are_written_for_every_record(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    for kind, names in (
        ("clustering", {"id", "story"}),
        ("themes", {"id", "theme", "themes"}),
        ("relevance", {"id", "relevant", "probability"}),
        ("duplicates", {"id", "duplicate_of"}),
        ("origins", {"id", "state", "relays"}),
    ):
        call_command("evaluate", kind, str(PATH), predictions=out, stdout=StringIO(), stderr=StringIO())
        written = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        assert len(written) == 49
        assert all(set(line) == names for line in written)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("not json\n", "line 1"),
        ('{"id": "1", "title": "a"}\n', "labelled with story"),
        ('{"id": "1", "title": "a"}\n{"id": "1", "title": "b"}\n', "same id"),
        ("", "no records"),
    ],
)
def test_a_bad_file_gets_one_clear_sentence(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=message):
        figures_of("clustering", path)
    with pytest.raises(CommandError, match="cannot be read"):
        figures_of("clustering", tmp_path / "missing.jsonl")
