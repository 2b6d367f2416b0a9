from __future__ import annotations

from pathlib import Path

import pytest

from feeds.catalogue.publishers import BadPublisher, load_publishers, publisher_of, read_publishers
from feeds.models import Feed, Publisher
from feeds.urls import http_url
from tests.feeds.rows import NOW


def test_the_default_publishers_are_valid() -> None:
    publishers = read_publishers()
    assert 30 <= len(publishers) <= 60
    assert {publisher.kind for publisher in publishers} == set(Publisher.Kind.values)
    assert len({publisher.language for publisher in publishers}) > 2
    for publisher in publishers:
        Publisher(
            slug=publisher.slug,
            name=publisher.name,
            homepage=publisher.homepage,
            owner_group=publisher.owner_group,
            kind=publisher.kind,
            standing=publisher.standing,
            language=publisher.language,
        ).full_clean(validate_unique=False, validate_constraints=False)
        assert publisher.feeds or publisher.note
        assert all(http_url(feed.url) == feed.url for feed in publisher.feeds)
        assert all(feed.url.startswith("https://") for feed in publisher.feeds)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[publisher", "publishers.toml"),
        ('[[publisher]]\nslug = "a"\nname = "A"\nhomepage = "https://a.example/"', "feeds"),
        ('[[publisher]]\nslug = "a"\nname = "A"\nhomepage = "https://a.example/"\nfeeds = []\ncolour = 1', "colour"),
        ('[[publisher]]\nslug = "a"\nname = "A"\nhomepage = "https://a.example/"\nfeeds = []\nstanding = 2', "0 to 1"),
        ('[[publisher]]\nslug = "a"\nname = "A"\nhomepage = "https://a.example/"\nfeeds = []\nkind = "x"', "kind"),
        ('[[publisher]]\nslug = "a"\nname = "A"\nhomepage = "https://a.example/"\nfeeds = []\n' * 2, "twice"),
    ],
)
def test_a_bad_file_is_refused_by_name(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "publishers.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadPublisher, match=words):
        read_publishers(path)


@pytest.mark.django_db
def test_loading_adds_what_is_missing_and_overwrites_nothing() -> None:
    first = load_publishers(now=NOW)
    assert (first.publishers, first.feeds) == (Publisher.objects.count(), Feed.objects.count())
    assert first.feeds >= 30
    Publisher.objects.filter(slug="the-verge").update(name="Ours", standing=0.1)
    Feed.objects.filter(publisher__slug="the-verge").update(is_active=False)
    Feed.objects.filter(publisher__slug="the-decoder").delete()
    again = load_publishers(now=NOW)
    assert (again.publishers, again.feeds) == (0, 1)
    assert Publisher.objects.get(slug="the-verge").name == "Ours"
    assert not Feed.objects.filter(publisher__slug="the-verge", is_active=True).exists()


@pytest.mark.django_db
def test_loading_does_not_bring_back_the_old_address_of_a_moved_feed() -> None:
    load_publishers(now=NOW)
    feed = Feed.objects.get(publisher__slug="the-decoder")
    Publisher.objects.filter(pk=feed.publisher_id).update(note=f"the feed moved from {feed.url} to https://n.example/")
    Feed.objects.filter(pk=feed.pk).update(url="https://n.example/")
    assert load_publishers(now=NOW).feeds == 0


@pytest.mark.django_db
def test_a_site_belongs_to_one_publisher() -> None:
    verge = publisher_of("theverge.com", "Some feed")
    assert (verge.slug, verge.name, verge.owner_group) == ("the-verge", "The Verge", "Vox Media")
    small = publisher_of("small.example", "Small Paper")
    assert (small.slug, small.name, small.homepage) == ("small-example", "Small Paper", "https://small.example/")
    assert publisher_of("small.example", "Another name") == small
    assert publisher_of("一个来源").slug
