"""What is pending is found by index, whatever is stored; nothing pending can be lost for longer than a night."""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test.utils import CaptureQueriesContext

from feeds.extracting.audit import audit_pending as audit_extraction
from feeds.extracting.extract import extract_pending
from feeds.models import Article, Entry
from feeds.polling.store import store
from newsdesk.stories.classifying.classify import classify_pending
from newsdesk.stories.clustering.cluster import cluster_pending
from newsdesk.stories.duplicates import dedupe
from newsdesk.stories.duplicates.dedupe import dedupe_pending
from newsdesk.stories.models import Coverage, Fingerprint, Story
from newsdesk.stories.pending import audit_pending, entries_by_key
from tests.feeds.rows import parsed_entry, parsed_feed
from tests.stories.many import invent_stored_stories
from tests.stories.rows import NOON, at, entry_of, feed_of, set_text

pytestmark = pytest.mark.django_db
STORED = 1_500
BIG = ("feeds_entry", "feeds_article", "stories_fingerprint", "stories_story", "stories_coverage")


@pytest.fixture
def stored() -> None:
    """So many entries, all of them through the line, that a database prefers indexes; and statistics of them."""
    invent_stored_stories(STORED, step=timedelta(minutes=5), dice=random.Random(3))
    Entry.objects.update(awaits_extraction=False)
    audit_pending()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def scans(plan: str) -> list[str]:
    """The big tables that a plan reads from one end to the other, with no index or with a whole one."""
    if connection.vendor == "postgresql":
        return re.findall(r"Seq Scan on (\w+)", plan)
    names = re.findall(
        r"SCAN (\w+)(?! USING (?:COVERING )?INDEX (?:entry_awaits|article_untaken|fingerprint_awaits))", plan
    )
    return [name for name in names if name in BIG]


PENDING: dict[str, Callable[[], object]] = {
    "entry_awaits_extraction": lambda: list(Entry.objects.extraction_due(at(1)).order_by("-seen_at", "-pk")),
    "article_untaken": lambda: list(entries_by_key(Article.objects.untaken())),
    "fingerprint_awaits_clustering": lambda: list(entries_by_key(Fingerprint.objects.awaiting_clustering())),
    "story_to_classify": lambda: classify_pending(now=at(999)),
}


def plan_of(ask: Callable[[], object]) -> str:
    """How the database answers what is asked."""
    with CaptureQueriesContext(connection) as queries:
        assert not ask()
    plan = []
    with connection.cursor() as cursor:
        for query in queries:
            cursor.execute(f"EXPLAIN {'QUERY PLAN ' * (connection.vendor == 'sqlite')}{query['sql']}")
            plan += [str(row[-1]) for row in cursor.fetchall()]
    return "\n".join(plan)


@pytest.mark.usefixtures("stored")
def test_what_is_pending_is_found_by_its_own_index() -> None:
    for _ in range(2):
        for index, pending in PENDING.items():
            plan = plan_of(pending)
            assert index in plan, plan
            assert not set(scans(plan)) & set(BIG), plan
        if connection.vendor == "sqlite":  # and without statistics, which Newsdesk makes none of there
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM sqlite_stat1")
                cursor.execute("ANALYZE sqlite_schema")


@pytest.mark.usefixtures("stored")
def test_an_idle_sweep_asks_little_and_reads_no_table_through() -> None:
    stages = {
        lambda: extract_pending(now=at(999)): 1,
        lambda: dedupe_pending(now=at(999)): 1,
        lambda: cluster_pending(now=at(999)): 1,
        lambda: classify_pending(now=at(999)): 1,
    }
    for stage, most in stages.items():
        with CaptureQueriesContext(connection) as queries:
            assert not set(scans(plan_of(stage))) & set(BIG)
        assert len(queries) <= 2 * most  # and their plans


def test_each_stage_ends_what_it_was_asked_for() -> None:
    entry_of("Kelp Labs sues Brine AI over stolen harbour model weights")
    entry_of("A story of last year", publisher="Two", is_news=False)
    assert Article.objects.untaken().count() == 2
    assert dedupe_pending(now=at(1)) == 2
    assert (Article.objects.untaken().count(), dedupe_pending(now=at(1))) == (0, 0)
    assert Fingerprint.objects.awaiting_clustering().count() == 1
    assert cluster_pending(now=at(1)) == 1
    assert (Fingerprint.objects.awaiting_clustering().count(), cluster_pending(now=at(1))) == (0, 0)


def test_a_text_that_changes_while_it_is_compared_stays_pending(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = entry_of("Kelp Labs sues Brine AI", "The first version of the report.")
    compare = dedupe._fingerprint

    def and_meanwhile(batch: list[Entry]) -> None:
        compare(batch)
        set_text(entry, "Kelp Labs sues Brine AI", "The second version of the report.")

    monkeypatch.setattr(dedupe, "_fingerprint", and_meanwhile)
    assert dedupe_pending(now=at(1)) == 1
    monkeypatch.undo()
    assert list(Article.objects.untaken()) == [entry.article]
    assert dedupe_pending(now=at(1)) == 1
    assert Fingerprint.objects.get().text.text.endswith("The second version of the report.")
    assert not Article.objects.untaken().exists()


def test_a_batch_reads_nothing_but_its_own_rows() -> None:
    """What is asked of the database for some entries is the same however many are stored, and for some more of them."""
    asked = []
    for count in (30, 90):
        for number in range(count):
            entry_of(
                f"Report {count} {number} on harbour {number * 7}", f"Cranes {number} move.", publisher=f"P{number}"
            )
        with CaptureQueriesContext(connection) as queries:
            assert dedupe_pending(now=at(1)) == count
            assert cluster_pending(now=at(1)) == count
        asked.append(len(queries))
    assert asked[1] <= asked[0] + 6


def test_the_audit_finds_what_was_lost_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    placed, printed, read, stored = (entry_of(f"Report {n} on harbours", publisher=f"P{n}") for n in range(4))
    for stage in (dedupe_pending, cluster_pending):
        stage(now=at(1))
    Coverage.objects.filter(entry=printed).delete()
    Fingerprint.objects.filter(entry=read).delete()
    Article.objects.filter(entry=stored).delete()
    Entry.objects.update(awaits_extraction=False)
    assert not Entry.objects.extraction_due(at(1)).exists()
    assert (dedupe_pending(now=at(1)), cluster_pending(now=at(1))) == (0, 0)
    with caplog.at_level(logging.INFO):
        assert (audit_extraction(), audit_pending()) == (1, 2)
    assert "1 entries lost to extraction" in caplog.text
    assert "1 texts lost to dedupe and 1 entries lost to clustering" in caplog.text
    assert {record.levelname for record in caplog.records} == {"WARNING"}
    assert list(Entry.objects.extraction_due(at(1))) == [stored]
    assert (dedupe_pending(now=at(1)), cluster_pending(now=at(1))) == (1, 1)
    assert set(Coverage.objects.values_list("entry", flat=True)) == {placed.pk, printed.pk, read.pk, stored.pk}
    with caplog.at_level(logging.INFO):
        caplog.clear()
        assert (audit_extraction(), audit_pending()) == (0, 0)
    assert {record.levelname for record in caplog.records} == {"INFO"}


def test_what_older_code_did_is_neither_lost_nor_done_again() -> None:
    """Older code stores rows and leaves the columns alone that it does not know."""
    feed = feed_of("Fjord Times")
    store(feed, parsed_feed(parsed_entry(1)), now=NOON)
    assert Entry.objects.extraction_due(at(1)).count() == 1
    for table, column in (
        ("feeds_entry", "awaits_extraction"),
        ("feeds_article", "taken_text"),
        ("stories_fingerprint", "awaits_clustering"),
    ):
        with connection.cursor() as cursor:
            [found] = [row for row in connection.introspection.get_table_description(cursor, table) if row[0] == column]
        assert found.default is not None
    # Extracted, fingerprinted and placed by older code, in this order.
    entry = Entry.objects.get()
    set_text(entry, "Story number 1", "It happened.")
    assert not Entry.objects.extraction_due(at(1)).exists()
    Fingerprint.objects.create(entry=entry, text=Article.objects.get().text)
    assert dedupe_pending(now=at(1)) == 0
    assert not Article.objects.untaken().exists()
    story = Story.objects.create(public_id="s", headline="x", first_seen_at=NOON, last_seen_at=NOON)
    Coverage.objects.create(entry=entry, story=story, clustered_at=NOON)
    assert cluster_pending(now=at(1)) == 0
    assert (audit_extraction(), audit_pending()) == (0, 0)
    assert not Entry.objects.filter(awaits_extraction=True).exists()
    assert not Fingerprint.objects.awaiting_clustering().exists()


@pytest.fixture
def before_pending() -> Iterator[MigrationExecutor]:
    """The database as it was before anything was pending by index; afterwards as it is."""
    executor = MigrationExecutor(connection)
    newest = executor.loader.graph.leaf_nodes()
    executor.migrate([("feeds", "0002_health"), ("stories", "0004_unsure")])
    try:
        yield MigrationExecutor(connection)
    finally:
        MigrationExecutor(connection).migrate(newest)


@pytest.mark.django_db(transaction=True)
def test_the_migration_says_of_stored_rows_what_is_pending(before_pending: MigrationExecutor) -> None:
    old = before_pending.loader.project_state([("feeds", "0002_health"), ("stories", "0004_unsure")]).apps
    models = {name: old.get_model("feeds", name) for name in ("Publisher", "Feed", "Entry", "Article", "ArticleText")}
    models |= {name: old.get_model("stories", name) for name in ("Fingerprint", "Story", "Coverage")}
    publisher = models["Publisher"].objects.create(slug="fjord", name="Fjord")
    feed = models["Feed"].objects.create(publisher=publisher, url="https://fjord.example/feed", next_poll_at=NOON)
    one, two = (models["ArticleText"].objects.create(sha256=c * 64, text=c, created_at=NOON) for c in "ab")
    story = models["Story"].objects.create(public_id="s", headline="x", first_seen_at=NOON, last_seen_at=NOON)
    told = {}
    for name in ("stored", "read", "changed", "printed", "old", "placed"):
        entry = models["Entry"].objects.create(feed=feed, guid=name, title=name, seen_at=NOON, is_news=name != "old")
        told[name] = entry.pk
        if name != "stored":
            models["Article"].objects.create(entry=entry, outcome="done", text=one, extracted_at=NOON)
        if name in ("changed", "printed", "old", "placed"):
            text = two if name == "changed" else one
            models["Fingerprint"].objects.create(entry=entry, text=text)
        if name in ("changed", "placed"):
            models["Coverage"].objects.create(entry=entry, story=story, clustered_at=NOON)
    before_pending.migrate(before_pending.loader.graph.leaf_nodes())
    assert list(Entry.objects.filter(awaits_extraction=True).values_list("guid", flat=True)) == ["stored"]
    untaken = Article.objects.untaken().order_by("pk")
    assert list(untaken.values_list("entry__guid", flat=True)) == ["read", "changed"]
    awaiting = Fingerprint.objects.awaiting_clustering()
    assert list(awaiting.values_list("entry__guid", flat=True)) == ["printed"]
