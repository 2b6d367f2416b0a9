"""Which texts are copies of which: on variants of invented articles, and on what only looks alike."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from newsdesk.stories.duplicates.copies import COMMON_KEY_ORIGINALS, Kind, Originals, links_elsewhere
from newsdesk.stories.duplicates.fingerprint import Print
from tests.stories.rows import NOON
from tests.stories.variants import ARTICLES, COPIES, copies_of, edited, look_alikes, print_of


def is_found(original: Print, copy: Print) -> bool:
    originals = Originals()
    assert originals.place(original) is None
    match = originals.place(copy)
    return match is not None and match.original == original.key


def test_nearly_every_copy_is_found_whichever_is_seen_first() -> None:
    """Pinned floors: lowering one is an explicit act."""
    found: Counter[str] = Counter()
    for number, text in enumerate(ARTICLES):
        for name, original, copy in copies_of(text, number):
            found[name] += is_found(original, copy)
            found[name] += is_found(replace(copy, seen_at=NOON), replace(original, seen_at=NOON + timedelta(hours=1)))
    most = 2 * len(ARTICLES)
    assert {name: count for name, count in found.items() if count < most} == {}
    assert len(found) == len(COPIES)


def test_light_edits_are_found_in_nineteen_of_twenty_cases() -> None:
    tries = [(seed, text) for seed in range(15) for text in ARTICLES]
    found = sum(
        is_found(
            print_of(1, text.title, text.body),
            print_of(2, text.other_title, edited(text.body, 0.1, random.Random(f"{seed} {text.title}")), "shore"),
        )
        for seed, text in tries
    )
    assert found >= 0.95 * len(tries)


@pytest.mark.parametrize(
    ("one", "other"), [pair[1:] for pair in look_alikes()], ids=[pair[0] for pair in look_alikes()]
)
def test_what_looks_alike_is_no_copy(one: Print, other: Print) -> None:
    assert not is_found(one, replace(other, seen_at=max(one.seen_at, other.seen_at)))
    assert not is_found(replace(other, seen_at=NOON), replace(one, seen_at=other.seen_at))


def test_articles_are_no_copies_of_each_other() -> None:
    originals = Originals()
    assert [originals.place(print_of(n, text.title, text.body, f"p{n}")) for n, text in enumerate(ARTICLES)] == [
        None
    ] * len(ARTICLES)


def test_every_copy_names_one_original_in_any_order() -> None:
    kelp = ARTICLES[0]
    family = [
        replace(print_of(n, title, body, f"p{n}"), seen_at=NOON + timedelta(hours=n))
        for n, (title, body) in enumerate(change(kelp, random.Random(name)) for name, change in COPIES.items())
        if body
    ]
    for seed in range(10):
        order = random.Random(seed).sample(family, len(family))
        originals = Originals()
        matches = {new.key: originals.place(new) for new in order}
        roots = {key for key, match in matches.items() if match is None}
        assert {match.original for match in matches.values() if match} <= roots
        assert len(roots) <= 2, roots


def test_an_equal_title_proves_a_copy_only_where_it_cannot_be_another_document() -> None:
    title = "Which harbour model plans berths best in fog?"
    first = print_of(1, title, "", "lagoon", "https://ports.example/berths")
    assert first.is_link
    other_site = print_of(2, title, "", "kelp-links", "https://cranes.example/a")
    assert not is_found(first, other_site)
    own_page = print_of(3, title, "", "cranes", "https://cranes.example/a")
    assert not own_page.is_link and is_found(first, own_page)
    column = print_of(4, title, "", "cranes", "https://cranes.example/b")
    assert is_found(own_page, replace(column, seen_at=NOON + timedelta(hours=47)))
    assert not is_found(own_page, replace(column, seen_at=NOON + timedelta(hours=49)))


@pytest.mark.parametrize(
    ("feed", "source", "url", "is_link"),
    [
        ("https://news.lagoon.example/rss", "Lagoon Links", "https://ports.example/a", True),
        ("https://www.ports.example/rss", "Anything", "https://blog.ports.example/a", False),
        ("https://feeds.burner.example/x", "The Fjord Times", "https://www.fjordtimes.example/a", False),
        ("recording:Fjord%20Times/fjordtimes.example", "Fjord Times", "https://fjordtimes.example/a", False),
        ("recording:Lagoon/ports.example", "Lagoon", "https://ports.example/a", True),
        ("https://news.lagoon.example/rss", "Lagoon", "", False),
    ],
)
def test_a_link_points_away_from_its_feeds_site(feed: str, source: str, url: str, is_link: bool) -> None:
    assert links_elsewhere(feed, source, url) == is_link


def test_boilerplate_that_many_share_is_looked_up_no_more() -> None:
    wall = "Please accept cookies to go on reading this page, or subscribe to our service and read without them. " * 3
    originals = Originals()
    prints = [print_of(n, f"Title {n} about port {n} and crane {n}", wall, f"p{n}") for n in range(60)]
    for one in prints:
        originals.add(one, one.keys())
    assert originals.candidates(prints[0], prints[0].keys()) == set()
    few = Originals()
    for one in prints[: COMMON_KEY_ORIGINALS + 1]:
        few.add(one, one.keys())
    assert len(few.candidates(prints[0], prints[0].keys())) == COMMON_KEY_ORIGINALS


def test_accents_and_points_in_initials_do_not_matter() -> None:
    one = print_of(1, "Møre's A.I. cafés get a new menu of robots", "")
    other = print_of(2, "Møre's AI cafes get a new menu of robots", "", "shore")
    originals = Originals()
    originals.place(one)
    match = originals.place(other)
    assert match is not None and match.kind is Kind.EXACT
