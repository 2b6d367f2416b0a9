from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from newsdesk.stories.clustering.cluster import cluster_pending
from newsdesk.stories.duplicates.dedupe import dedupe_pending
from newsdesk.stories.export import export_stories
from tests.stories.rows import at, entry_of

pytestmark = pytest.mark.django_db

BODY = "The harbour of Brest has bought forty cranes that plan their own day, the port authority said. " * 4


@pytest.fixture
def line() -> None:
    entry_of("Brest harbour buys forty self-planning AI cranes", BODY, publisher="One")
    entry_of("Forty smart AI cranes", BODY, publisher="Two", hours=1)
    entry_of("Kelp Labs sues Brine AI over stolen harbour model weights", publisher="One", hours=30)
    dedupe_pending(now=at(40))
    cluster_pending(now=at(40))


def exported(**options: object) -> list[dict]:
    return [json.loads(one) for one in export_stories(**options)]


def test_stories_are_exported_with_their_entries(line: None) -> None:
    cranes, suit = exported()
    assert cranes["headline"] == "Brest harbour buys forty self-planning AI cranes"
    assert (cranes["first_seen"], cranes["last_seen"]) == ("2026-05-04T12:00:00Z", "2026-05-04T13:00:00Z")
    assert [entry["publisher"] for entry in cranes["entries"]] == ["One", "Two"]
    assert cranes["entries"][0]["duplicate_of"] is None
    assert cranes["entries"][1]["duplicate_of"] == cranes["entries"][0]["id"]
    assert (cranes["publishers"], len(suit["entries"])) == (1, 1)
    assert (cranes["origins"]["at_least"], len(cranes["origins"]["by"])) == (1, 2)
    assert list(cranes) == [
        *("id", "headline", "theme", "themes", "relevant", "rank", "score", "publishers", "origins", "thread"),
        *("first_seen", "last_seen", "entries"),
    ]


def test_since_and_until_bound_what_is_told(line: None) -> None:
    assert [len(story["entries"]) for story in exported(until=at(0.5))] == [1]
    assert [story["headline"][:4] for story in exported(since=at(2))] == ["Kelp"]
    assert exported(since=at(40)) == []


def test_the_command_writes_the_same_bytes_twice(line: None, tmp_path: Path, capfdbinary) -> None:
    call_command("export_stories", output=tmp_path / "a.jsonl")
    call_command("export_stories", output=tmp_path / "b.jsonl")
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()
    assert (tmp_path / "a.jsonl").read_bytes().count(b"\n") == 2


def test_a_bad_time_or_place_is_named(line: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--since: 'yesterday'"):
        call_command("export_stories", since="yesterday")
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_stories", output=tmp_path / "no" / "a.jsonl")
