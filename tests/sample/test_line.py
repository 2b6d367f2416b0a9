"""The sample through the very same line as real news: server, poll, extract, dedupe, cluster, classify, publish.

What comes out is scored against the truth. The floors are what was measured, minus a little; lowering one is an
explicit act. Run with `-s` to read every mistake.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.test import override_settings

from feeds.extracting.extract import extract_pending
from feeds.models import Article, Entry, Feed
from feeds.polling.poll import poll_due
from newsdesk.digests.models import Digest
from newsdesk.digests.publish import publish_due
from newsdesk.sample.load import load_sample
from newsdesk.sample.server import SampleServer
from newsdesk.sample.world import read_world
from newsdesk.stories.classifying.classify import classify_pending
from newsdesk.stories.clustering.cluster import cluster_pending
from newsdesk.stories.duplicates.dedupe import dedupe_pending
from newsdesk.stories.evaluation.measures import clustering_figures, duplicate_figures, yes_no_figures
from newsdesk.stories.models import Coverage, Fingerprint, Story
from tests.sample.truth import Truth, read_truth

BASE = datetime(2026, 3, 10, 7, tzinfo=UTC)
NOW = BASE + timedelta(minutes=30)
pytestmark = pytest.mark.django_db

OUTLETS = len(read_world().outlets)
# Of 144; the others are feeds that carry the full text, an undated entry and a link that is no address.
PAGES = 120
# Measured: pairwise F1 0.86 at precision 1.0, story F1 0.94, BCubed F1 0.94; copies all; relevance F1 0.95, 12 of 13
# off-topic or hostile entries caught; 82 of 122 themes.
PAIR_F1, PAIR_PRECISION, STORY_F1, BCUBED_F1 = 0.84, 0.98, 0.92, 0.92
RELEVANCE_F1, NO_CAUGHT = 0.93, 0.9
THEMES_RIGHT = 0.63


@dataclass(frozen=True)
class Told:
    """One news entry as the line sees it, beside its truth."""

    truth: Truth
    title: str
    story_id: int
    story_is_relevant: bool
    theme: str
    role: str
    original: str


@pytest.fixture(scope="module")
def line(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[list[Told]]:
    """Every news entry of the sample after one run of the line; undone at the end."""
    with django_db_blocker.unblock(), SampleServer(base=BASE, clock=lambda: NOW) as server, transaction.atomic():
        address = server.url.removeprefix("http://")
        with override_settings(FETCH_ALLOWED_ADDRESSES=frozenset({address}), EDITION="sample", BACKLOG_NEWS_HOURS=120):
            load_sample(server.url, now=NOW)
            polls = poll_due(now=NOW)
            assert [poll.message for poll in polls if poll.outcome != "stored"] == []
            extract_pending(now=NOW)
            dedupe_pending(now=NOW)
            cluster_pending(now=NOW)
            classify_pending(now=NOW)
            publish_due(now=NOW)
            yield _told()
        transaction.set_rollback(True)


def _told() -> list[Told]:
    truth = read_truth()
    guids = dict(Entry.objects.values_list("pk", "guid"))
    originals = dict(Fingerprint.objects.values_list("entry_id", "original_id"))
    rows = Coverage.objects.select_related("entry", "story").order_by("entry__seen_at", "entry_id")
    return [
        Told(
            truth=truth[row.entry.guid],
            title=row.entry.title,
            story_id=row.story_id,
            story_is_relevant=row.story.is_relevant,
            theme=row.story.theme,
            role=row.role,
            original=guids.get(originals.get(row.entry_id) or 0, ""),
        )
        for row in rows
    ]


def test_everything_is_read(line: list[Told]) -> None:
    assert Feed.objects.filter(failure_count=0).count() == OUTLETS
    assert Entry.objects.count() == len(read_truth())
    undated = Entry.objects.filter(is_news=False)
    assert [entry.title for entry in undated] == ["Brightmoor's Pell learns to wait its turn in a conversation"]
    assert len(line) == len(read_truth()) - 1
    assert not Article.objects.filter(outcome=Article.Outcome.FAILED).exists()
    assert Article.objects.count() == len(read_truth())
    assert Article.objects.filter(origin=Article.Origin.PAGE).count() >= PAGES


def test_what_is_read_is_the_article_and_nothing_else(line: list[Told]) -> None:
    furniture = (
        "We value your privacy",
        "Wir verwenden Cookies",
        "All rights reserved",
        "belongs to the Newsdesk sample",
        "Read next",
        "Get our newsletter every morning",
        "Already a subscriber",
        "gnore previous instructions",
        "<script",
        "javascript:",
        "onerror",
    )
    leaks = [
        (part, article.entry.title)
        for article in Article.objects.select_related("entry", "text")
        for part in furniture
        if part in article.text.text
    ]
    assert leaks == []
    by_guid = {item.guid: item for item in read_world().items}
    short = []
    for article in Article.objects.select_related("entry", "text").filter(entry__is_news=True):
        item = by_guid[article.entry.guid]
        expected = item.paragraphs[: item.outlet.visible_paragraphs or None]
        if len(article.text.text.split()) < 0.95 * len(" ".join(expected).split()):
            short.append(item.slug)
    assert short == []


def test_stories_are_found(line: list[Told]) -> None:
    figures = clustering_figures([one.story_id for one in line], [one.truth.story for one in line])
    _report_stories(line, figures)
    assert figures["pair_f1"] >= PAIR_F1
    assert figures["pair_precision"] >= PAIR_PRECISION
    assert figures["story_f1"] >= STORY_F1
    assert figures["bcubed_f1"] >= BCUBED_F1


def test_rivals_of_one_day_stay_apart(line: list[Told]) -> None:
    stories = {one.truth.story: set[int]() for one in line}
    for one in line:
        stories[one.truth.story].add(one.story_id)
    assert not stories["dayshift-launch"] & stories["ward-launch"]


def test_copies_are_found(line: list[Told]) -> None:
    figures = duplicate_figures([one.original for one in line], [one.truth.copy_of for one in line])
    print({name: round(value, 3) for name, value in figures.items()})
    assert figures["precision"] == figures["recall"] == figures["right_original"] == 1.0


def test_relevance_is_told(line: list[Told]) -> None:
    figures = yes_no_figures([one.story_is_relevant for one in line], [one.truth.relevant for one in line])
    print({name: round(value, 3) for name, value in figures.items()})
    for one in line:
        if one.story_is_relevant != one.truth.relevant:
            print(f"  relevant is {one.truth.relevant}: {one.truth.outlet}: {one.title}")
    assert figures["f1"] >= RELEVANCE_F1
    assert figures["no_caught"] >= NO_CAUGHT


def test_themes_are_told(line: list[Told]) -> None:
    told = [one for one in line if one.truth.relevant and one.role == "report" and one.truth.kind == "report"]
    wrong = [one for one in told if one.theme != one.truth.theme]
    print(f"themes right: {len(told) - len(wrong)} of {len(told)} reports")
    for one in wrong:
        print(f"  {one.truth.theme}, not {one.theme}: {one.title}")
    assert len(wrong) <= (1 - THEMES_RIGHT) * len(told)


def test_three_digests_are_published_and_the_newest_leads_with_the_lead(line: list[Told]) -> None:
    digests = list(Digest.objects.filter(edition__slug="sample", state=Digest.State.PUBLISHED).order_by("date"))
    assert [digest.date.isoformat() for digest in digests] == ["2026-03-08", "2026-03-09", "2026-03-10"]
    items = list(digests[-1].items.order_by("position"))
    assert len(items) >= 20
    lead = Story.objects.get(pk=items[0].story_id)
    told = {one.truth.story for one in line if one.story_id == lead.pk}
    assert len(told) == 1
    assert told <= {"errand-shutdown", "loomgate-attack"}  # the two that most owners report
    hostile = {one.story_id for one in line if one.truth.kind == "hostile"}
    assert not {item.story_id for item in items[:8]} & hostile


def _report_stories(line: list[Told], figures: dict[str, float]) -> None:
    """Print the figures, the stories that fell apart and those that were thrown together."""
    print({name: round(value, 3) for name, value in figures.items()})
    parts: dict[str, dict[int, list[Told]]] = {}
    mixed: dict[int, dict[str, list[Told]]] = {}
    for one in line:
        parts.setdefault(one.truth.story, {}).setdefault(one.story_id, []).append(one)
        mixed.setdefault(one.story_id, {}).setdefault(one.truth.story, []).append(one)
    for story, found in parts.items():
        if len(found) > 1:
            print(f"in {len(found)} pieces: {story}")
            for some in found.values():
                print(f"   {[f'{one.truth.outlet}: {one.title}' for one in some]}")
    for told in mixed.values():
        if len(told) > 1:
            print(f"together: { {story: [one.title for one in some] for story, some in told.items()} }")
