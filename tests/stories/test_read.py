from __future__ import annotations

import pytest

from newsdesk.stories.models import Coverage, Fingerprint, Story
from newsdesk.stories.read import read_stories
from newsdesk.stories.titles.headline import Title, best_headline
from tests.stories.rows import at, entry_of

pytestmark = pytest.mark.django_db


def story_of(*entries: object, public_id: str = "abc", headline: str = "All of it") -> Story:
    seen = [entry.seen_at for entry in entries]
    story = Story.objects.create(
        public_id=public_id, headline=headline, first_seen_at=min(seen), last_seen_at=max(seen)
    )
    for entry in entries:
        Coverage.objects.create(entry=entry, story=story, clustered_at=at(0))
    return story


def test_a_story_is_read_with_its_entries_in_the_order_seen() -> None:
    first = entry_of("Kelp opens weights of Harbour 2", "Ports may run it.", publisher="One", standing=0.9, kind="wire")
    copy = entry_of("Kelp opens weights", "Ports may run it.", publisher="Two", hours=2)
    story = story_of(copy, first)
    Coverage.objects.filter(entry=copy).update(role="copy")
    Fingerprint.objects.create(entry=copy, text=copy.article.text, kind="exact", original=first)

    view = read_stories([story.pk])[story.pk]

    assert [entry.id for entry in view.entries] == [first.pk, copy.pk]
    assert (view.headline, view.publishers, view.first_seen_at, view.last_seen_at) == ("All of it", 1, at(0), at(2))
    assert (view.entries[0].kind, view.entries[0].standing, view.entries[0].owner) == ("wire", 0.9, "one")
    assert view.entries[0].text == "Kelp opens weights of Harbour 2\n\nPorts may run it."
    assert (view.entries[1].role, view.entries[1].duplicate_of) == ("copy", str(first.pk))


def test_until_hides_what_was_seen_later() -> None:
    story = story_of(
        entry_of("Kelp opens weights of its Harbour model", publisher="One"),
        entry_of("Brine answers Kelp with another open model", publisher="Two", hours=5),
    )
    view = read_stories([story.pk], until=at(3))[story.pk]

    assert (len(view.entries), view.publishers, view.last_seen_at) == (1, 1, at(0))
    assert view.headline == "Kelp opens weights of its Harbour model"
    assert read_stories([story.pk], until=at(-1)) == {}
    assert read_stories([story.pk], until=at(5))[story.pk].headline == "All of it"


def test_the_number_of_queries_does_not_grow(django_assert_num_queries) -> None:
    for n in range(5):
        story_of(
            entry_of(f"Story {n}", publisher=f"P{n}", hours=n),
            entry_of(f"More of {n}", publisher=f"Q{n}", hours=n + 1),
            public_id=f"s{n}",
        )
    ids = list(Story.objects.values_list("id", flat=True))
    with django_assert_num_queries(2):
        assert len(read_stories(ids[:1])) == 1
    with django_assert_num_queries(2):
        assert len(read_stories(ids)) == 5


def test_an_entry_has_the_language_of_its_title_whatever_its_feed_declares() -> None:
    story = story_of(
        entry_of("Das Gericht stoppt den Export von Sensoren nach Asien", publisher="One", language="en"),
        entry_of("The court stops the export of sensors to Asia", publisher="Two", language="de", hours=1),
    )
    assert [entry.language for entry in read_stories([story.pk])[story.pk].entries] == ["de", "en"]
    assert best_headline(read_stories([story.pk])[story.pk].entries).startswith("The court")


def title(text: str, standing: float = 0.5, language: str = "en", role: str = "report", publisher: str = "") -> Title:
    return Title(text, publisher, standing, language, role)


def test_the_best_headline_is_english_specific_and_of_high_standing() -> None:
    good = title("Kelp Labs opens the weights of its Harbour model - One", 0.6, publisher="One")
    assert best_headline([title("Kelp opens up!", 0.9), good]) == "Kelp Labs opens the weights of its Harbour model"
    assert best_headline([title("Kelp Labs öffnet das Hafenmodell für alle Häfen", 0.9, "de"), good]).startswith(
        "Kelp Labs opens"
    )
    assert best_headline([title("凯尔普实验室开放港口模型权重", 0.9, "en"), good]).startswith("Kelp Labs opens")
    assert (
        best_headline([title("The morning brief: Kelp, Brine, Marram and the others", 0.9, role="round_up"), good])
        != ""
    )
    wire = title("Kelp Labs lets every port use its Harbour model", 0.9)
    assert best_headline([good, wire]) == wire.title
    assert best_headline([title("Why?")]) == "Why?"
