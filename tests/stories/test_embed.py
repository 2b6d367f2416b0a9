"""Vectors beside the line: stored before entries are placed, the same for a rebuilt clusterer, missed without loss."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.core.management import CommandError, call_command

from feeds.extracting.extract import adopt_feed_text
from feeds.models import ArticleText, Entry
from feeds.recording import RecordStore
from newsdesk.desk.notices import read_embeddings
from newsdesk.lease import LeaseLost
from newsdesk.llm.models import Completion
from newsdesk.stories.clustering import cluster as cluster_module
from newsdesk.stories.clustering import rebuild as rebuild_module
from newsdesk.stories.clustering.cluster import cluster_pending
from newsdesk.stories.clustering.clusterer import Clusterer
from newsdesk.stories.clustering.item import Decision, Item
from newsdesk.stories.clustering.rebuild import rebuild_clusterer, window_rows
from newsdesk.stories.clustering.recluster import recluster
from newsdesk.stories.duplicates.dedupe import dedupe_pending
from newsdesk.stories.embedding.chosen import chosen_embedder
from newsdesk.stories.embedding.embed import CHUNK_TEXTS, chosen_model, embed_texts, read_vectors
from newsdesk.stories.embedding.embedded_text import embedded_text
from newsdesk.stories.embedding.embedder import packed, unpacked
from newsdesk.stories.evaluation.line import _vectors, place_all
from newsdesk.stories.export import export_stories
from newsdesk.stories.models import Coverage, Story, Vector
from newsdesk.stories.pending import audit_pending
from tests.servers.openai_api import OpenAIServer, Reply, embed_letters, error, vectors
from tests.stories import tiny_model
from tests.stories.labelled import PATH, invented
from tests.stories.rows import at, entry_of
from tests.stories.test_cluster import forget, invent_entries, stories

pytestmark = pytest.mark.django_db

Start = Callable[[Any], OpenAIServer]


@pytest.fixture
def tiny(settings: Any) -> None:
    tiny_model.use(settings)


@pytest.fixture
def endpoint(settings: Any) -> Iterator[Start]:
    servers: list[OpenAIServer] = []

    def start(script: Any) -> OpenAIServer:
        server = OpenAIServer(script).__enter__()
        servers.append(server)
        settings.EMBEDDING_MODEL, settings.EMBEDDING_BASE_URL = "test-embedding", server.base_url
        return server

    yield start
    for server in servers:
        server.__exit__()


@pytest.fixture(autouse=True)
def restarted() -> None:
    forget()


def pending(*titles: str, hours: float = 0, body: str = "") -> list[Entry]:
    """Entries of several publishers, ready to be clustered."""
    rows = [
        entry_of(title, body, publisher=f"Paper {number} {hours}", hours=hours) for number, title in enumerate(titles)
    ]
    dedupe_pending(now=at(200))
    return rows


class Noting(Clusterer):
    """A clusterer that notes the vectors that it is given: of what it places, and of what it is rebuilt from."""

    placed: ClassVar[dict[int, tuple[float, ...]]] = {}
    restored: ClassVar[dict[int, tuple[float, ...]]] = {}

    def add(self, item: Item, **options: Any) -> Decision:
        self.placed[item.key] = item.vector
        return super().add(item, **options)

    def restore(self, items: Iterable[tuple[Item, str]], *, clock: datetime) -> None:
        kept = list(items)
        self.restored.update({item.key: item.vector for item, _ in kept})
        super().restore(kept, clock=clock)


@pytest.fixture(autouse=True)
def noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuild_module, "Clusterer", Noting)
    Noting.placed.clear()


def rebuilt() -> dict[int, tuple[float, ...]]:
    """The vectors that a rebuilt clusterer is given, by its entries."""
    Noting.restored.clear()
    rebuild_clusterer()
    return dict(Noting.restored)


def texts_of(rows: list[Entry]) -> list[ArticleText]:
    return [Entry.objects.get(pk=row.pk).fingerprint.text for row in rows]


def nothing() -> None:
    pass


def test_by_default_there_are_none_and_nothing_is_loaded() -> None:
    pending("Kelp Labs sues Brine AI over stolen harbour weights")
    assert chosen_embedder() is None and chosen_model() == ""
    assert cluster_pending(now=at(1)) == 1
    assert not Vector.objects.exists()
    assert read_embeddings(at(1)) == []


@pytest.mark.usefixtures("tiny")
def test_every_entry_that_is_placed_has_the_vector_of_its_text() -> None:
    count = invent_entries()
    assert cluster_pending(now=at(200)) == count

    embedder = chosen_embedder()
    assert embedder is not None
    rows = Coverage.objects.select_related("text")
    assert rows.count() == count
    for row in rows:
        assert row.text is not None
        title, _, body = row.text.text.partition("\n\n")
        (vector,) = embedder.embed([embedded_text(title, body)], now=at(0))
        assert bytes(row.text.vectors.get(model=embedder.name).values) == packed(vector)
        assert Noting.placed[row.entry_id] == unpacked(packed(vector))
    again = rebuilt()
    assert len(again) > 20
    assert again.items() <= Noting.placed.items()


@pytest.mark.usefixtures("tiny")
def test_batches_of_any_size_with_restarts_give_what_one_run_gives() -> None:
    count = invent_entries()
    cluster_pending(now=at(200))
    whole, kept, placed = stories(), rebuilt(), dict(Noting.placed)
    dice = random.Random(11)
    assert len(set(placed.values())) > 40
    for drop in (False, True):
        Coverage.objects.all().delete()
        Story.objects.all().delete()
        assert audit_pending() == count
        if drop:
            Vector.objects.all().delete()
        done = 0
        while step := cluster_pending(now=at(200), limit=dice.randint(1, 9)):
            done += step
            if dice.random() < 0.7:
                forget()
        assert done == count
        assert stories() == whole
        assert (rebuilt(), Noting.placed) == (kept, placed)


@pytest.mark.usefixtures("tiny")
def test_the_line_and_its_evaluation_have_the_same_vectors_and_clusters() -> None:
    records = invented()
    RecordStore().store(records)
    now = records[-1].first_seen
    adopt_feed_text(now=now)
    dedupe_pending(now=now)
    cluster_pending(now=now)

    by_id = {Entry.objects.get(pk=key).guid: vector for key, vector in Noting.placed.items()}
    assert by_id == dict(zip((record.id for record in records), _vectors(records), strict=True))
    placed = place_all(records)
    by_line = {frozenset(entry["id"] for entry in json.loads(story)["entries"]) for story in export_stories()}
    assert by_line == {
        frozenset(one.id for one in placed if one.story == story) for story in {one.story for one in placed}
    }


@pytest.mark.usefixtures("tiny")
def test_vectors_of_another_model_are_not_read_and_recluster_makes_those_of_this_one() -> None:
    (entry,) = pending("Kelp Labs sues Brine AI over stolen harbour weights")
    (text,) = texts_of([entry])
    Vector.objects.create(text=text, model="another", values=packed((1.0, 0.0)))
    cluster_pending(now=at(1))
    Vector.objects.exclude(model="another").delete()
    assert rebuilt() == {entry.pk: ()}

    recluster(at(-1), now=at(2))
    assert len(rebuilt()[entry.pk]) == tiny_model.WIDTH
    assert Vector.objects.filter(text=text).count() == 2


@pytest.mark.usefixtures("tiny")
def test_vectors_go_with_texts_that_are_taken_down() -> None:
    entries = pending("Kelp Labs sues Brine AI over stolen harbour weights", "Port of Brest buys forty cranes")
    cluster_pending(now=at(1))
    down, other = texts_of(entries)
    ArticleText.objects.filter(pk=down.pk).update(text="", purged_at=at(2))
    down.refresh_from_db()
    assert read_vectors([down.pk, other.pk]).keys() == {other.pk}
    Vector.objects.all().delete()
    embed_texts([down, other], now=at(2), after_chunk=nothing)
    assert list(Vector.objects.values_list("text", flat=True)) == [other.pk]

    Coverage.objects.all().delete()
    Entry.objects.all().delete()
    ArticleText.objects.all().delete()
    assert not Vector.objects.exists()


def test_an_endpoint_is_asked_for_a_chunk_at_a_time_and_never_twice(endpoint: Start) -> None:
    server = endpoint(embed_letters)
    names = "abcdefghijklmnopqrstuvwxyz"
    rows = pending(*(f"{one}{two}{one} founds a harbour" for one in names[:7] for two in names[:10]))
    texts = texts_of(rows)
    chunks: list[int] = []
    embed_texts(texts, now=at(1), after_chunk=lambda: chunks.append(len(server.requests)))
    assert [len(request["input"]) for request in server.requests] == [CHUNK_TEXTS, CHUNK_TEXTS, 70 - 2 * CHUNK_TEXTS]
    assert chunks == [1, 2, 3]
    assert read_vectors(text.pk for text in texts).keys() == {text.pk for text in texts}

    embed_texts([*texts, *texts], now=at(1), after_chunk=nothing)
    assert len(server.requests) == 3
    assert cluster_pending(now=at(1)) == 70
    assert len(server.requests) == 3
    assert len(next(iter(rebuilt().values()))) == 26


def test_what_was_made_before_the_lease_was_lost_is_kept(endpoint: Start) -> None:
    endpoint(embed_letters)
    rows = pending(*(f"{letter * 5} founds a harbour" for letter in "abcdefghijklmnopqrstuvwxyzäöü0123456789"))
    assert len(rows) > CHUNK_TEXTS

    def lost() -> None:
        raise LeaseLost

    with pytest.raises(LeaseLost):
        embed_texts(texts_of(rows), now=at(1), after_chunk=lost)
    assert Vector.objects.count() == CHUNK_TEXTS
    assert cluster_pending(now=at(1)) == len(rows)


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (error(500, "oops"), "answered 500"),
        (error(401, "no such key"), "refused the key"),
        (error(400, "too long"), "answered 400"),
        (vectors([[float("nan")] * 3] * 2), "not a finite number"),
        (vectors([[0.0] * 3] * 2), "without a direction"),
        (vectors([[1.0, 0.0]]), "other embeddings than the 2"),
        (Reply(body=b"<html>"), "not JSON"),
    ],
    ids=["500", "401", "400", "nan", "zeros", "few", "html"],
)
def test_a_failing_endpoint_loses_nothing(
    endpoint: Start, reply: Reply, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint([reply])
    rows = pending("Kelp Labs sues Brine AI over stolen harbour weights", "Port of Brest buys forty cranes")
    with caplog.at_level(logging.WARNING):
        assert cluster_pending(now=at(1)) == 2
    assert "2 entries are clustered without embeddings: " in caplog.text and says in caplog.text
    assert not Vector.objects.exists()
    assert rebuilt() == {row.pk: () for row in rows}
    (note,) = read_embeddings(at(1))
    assert note.mark in ("look", "bad") and "2 of the newest 2 reports lack one." in note.words


def test_a_used_up_budget_loses_nothing(endpoint: Start, settings: Any) -> None:
    server = endpoint(embed_letters)
    settings.EMBEDDING_USD_PER_MILLION = Decimal(1_000_000)
    pending("Kelp Labs sues Brine AI over stolen harbour weights")
    assert cluster_pending(now=at(1)) == 1
    assert not server.requests and not Vector.objects.exists() and not Completion.objects.exists()


def test_another_width_than_before_is_refused(endpoint: Start, caplog: pytest.LogCaptureFixture) -> None:
    endpoint([vectors([[0.6, 0.8]]), vectors([[0.0, 0.6, 0.8]])])
    first, second = pending("Kelp Labs sues Brine AI over weights"), pending("Port of Brest buys cranes", hours=2)
    assert cluster_pending(now=at(3), limit=1) == 1
    assert cluster_pending(now=at(3), limit=1) == 1
    assert "different widths (2, 3)" in caplog.text
    vectors_now = rebuilt()
    assert len(vectors_now[first[0].pk]) == 2 and vectors_now[second[0].pk] == ()


def test_a_text_that_was_placed_without_and_turns_up_again_is_taken_up_anew(endpoint: Start) -> None:
    """The process that placed it without goes on with what a rebuilt clusterer would know."""
    server = endpoint([error(400, "not now")])
    title, body = "Kelp Labs sues Brine AI over stolen harbour weights", "The harbour of Brest was told so. " * 12
    (first,) = pending(title, body=body)
    cluster_pending(now=at(1))
    known = cluster_module._left
    assert known is not None and rebuilt() == {first.pk: ()}

    server.script = embed_letters
    (second,) = pending(title, hours=1, body=body)
    assert texts_of([first]) == texts_of([second])
    rows = window_rows()
    cluster_pending(now=at(2))
    assert rows["vectors"] == 0 and window_rows()["vectors"] == 1
    assert len(rebuilt()[first.pk]) == 26
    assert cluster_module._left is not None and cluster_module._left[0] is not known[0]


@pytest.mark.usefixtures("tiny")
def test_a_model_that_cannot_be_loaded_loses_nothing_and_is_seen(
    settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tiny_model.use(settings, sha256="0" * 64)
    pending("Kelp Labs sues Brine AI over stolen harbour weights")
    assert cluster_pending(now=at(1)) == 1
    assert f"expected {'0' * 64}, found {tiny_model.SHA256}" in caplog.text
    (note,) = read_embeddings(at(1))
    assert (note.mark, note.words[:37]) == ("look", "1 of the newest 1 report lacks one. W")

    tiny_model.use(settings)
    pending("Port of Brest buys forty cranes", hours=1)
    assert cluster_pending(now=at(2)) == 1
    assert Vector.objects.count() == 1


def test_evaluate_says_that_the_model_fails_rather_than_measure_without(settings: Any, tmp_path: Path) -> None:
    tiny_model.use(settings, folder=tmp_path)
    with pytest.raises(CommandError, match=r"EMBEDDING_MODEL_PATH: there is no model\.onnx"):
        call_command("evaluate", "clustering", str(PATH))


def test_the_front_page_says_that_all_is_well_or_why_it_is_not(endpoint: Start) -> None:
    server = endpoint(embed_letters)
    pending("Kelp Labs sues Brine AI over stolen harbour weights")
    cluster_pending(now=at(1))
    (note,) = read_embeddings(at(1))
    assert (note.mark, note.words) == ("good", "None of the newest 1 report lacks one.")

    server.script = [error(401, "no such key")]
    pending("Port of Brest buys forty cranes", hours=1)
    cluster_pending(now=at(2))
    (note,) = read_embeddings(at(2))
    assert note.mark == "bad"
    assert note.words.startswith("Not asked for now: the model server refused the key")
