"""Every page answers, says what it must, and carries the headers that readers are promised."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from newsdesk.digests.models import Digest
from newsdesk.site.middleware import READER_POLICY
from newsdesk.stories.models import Story
from tests.site import rows
from tests.site.invented import invented_digest

pytestmark = pytest.mark.django_db

LISTS = ["/archive/", "/archive/2026/", "/theme/compute/", "/search/", "/search/?q=quillon", "/sources/", "/about/"]
TWINS = ["/2026/03/25.json", "/2026/03/25.txt", "/feed.xml", "/robots.txt"]
ALL = ["/", "/2026/03/25/", "/preview/", *LISTS, *TWINS]
MAX_PAGE_BYTES = 100_000


@pytest.mark.parametrize("path", ALL)
def test_every_page_answers_without_a_cookie_and_under_a_strict_policy(client: Client, path: str) -> None:
    invented_digest()
    response = client.get(path)
    assert response.status_code == 200
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    assert response.headers["Content-Security-Policy"] == READER_POLICY
    assert "public" in response.headers["Cache-Control"]


@pytest.mark.parametrize("path", ALL)
def test_every_page_answers_while_the_desk_is_empty(client: Client, path: str) -> None:
    rows.make_edition()
    expected = 404 if path.startswith(("/2026", "/archive/2026")) else 200
    assert client.get(path).status_code == expected


@pytest.mark.parametrize("path", ["/", "/2026/03/25/", "/2026/03/25.json", "/feed.xml", "/archive/"])
def test_an_unchanged_page_is_not_sent_again_and_a_changed_one_is(client: Client, path: str) -> None:
    digest = invented_digest()
    etag = client.get(path).headers["ETag"]
    again = client.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    Digest.objects.filter(pk=digest.pk).update(title="Another title")
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("path", ["/2026/02/31/", "/2026/03/24/", "/0000/00/00/", "/story/none/", "/theme/none/", "/x"])
def test_what_does_not_exist_is_a_plain_404_under_the_same_policy(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert "There is no such page" in response.text
    assert response.headers["Content-Security-Policy"] == READER_POLICY


@pytest.mark.parametrize("until", ["yesterday", "9999-12-31", "0001-01-01", "2026-02-30"])
def test_an_impossible_day_of_a_theme_is_a_404(client: Client, until: str) -> None:
    assert client.get("/theme/compute/", {"until": until}).status_code == 404


def test_pages_only_read(client: Client) -> None:
    assert client.post("/").status_code == 405
    assert client.post("/search/", {"q": "x"}).status_code == 405


@pytest.mark.parametrize("writer", ["model", "extract"])
def test_a_full_page_with_its_style_weighs_less_than_the_budget(client: Client, writer: str) -> None:
    invented_digest(writer=writer)
    style = sum(len(client.get(f"/static/site/{name}").getvalue()) for name in ("readers.css", "favicon.svg"))
    assert len(client.get("/").content) + style < MAX_PAGE_BYTES


def test_the_front_page_holds_every_part_of_the_digest(client: Client) -> None:
    invented_digest()
    page = client.get("/").text
    for heading in ("In brief", "The lead", "Other big stories", "In short", "The pattern", "What to watch", "Sources"):
        assert f">{heading}</h2>" in page
    words = " ".join(page.split())
    assert "142 articles, 31 independent publishers, 30 stories" in words
    assert "31 of 34 feeds answered" in page
    assert "sentences, marked °, were written by a model (harbour-writer-2) and checked against" in page
    assert '<time datetime="2026-03-24T15:48Z">15:48 UTC</time>' in page


def test_accounts_that_differ_stand_beside_the_names_of_their_outlets(client: Client) -> None:
    entries = [rows.make_entry(rows.make_feed(rows.make_publisher(name))) for name in ("Ash", "Birch")]
    said = [rows.sentence(f"Lumen cut {number} jobs.", entry) for number, entry in zip((30, 40), entries, strict=True)]
    digest = rows.make_digest()
    sentences = [{**sentence, "role": "conflict"} for sentence in said]
    rows.add_item(digest, rows.make_story(*entries), 1, "lead", sentences=sentences)
    page = client.get("/").text
    for name, number in (("Ash", 30), ("Birch", 40)):
        assert f'<li><span class="outlet">{name}:</span> Lumen cut {number} jobs.' in page


def test_a_digest_without_a_model_says_so(client: Client) -> None:
    invented_digest(writer="extract")
    page = client.get("/").text
    assert "No model wrote any of it: every headline and sentence is a source" in page
    assert 'class="by"' not in page


def test_sections_without_data_are_left_out(client: Client) -> None:
    rows.make_digest(stories=[rows.make_story()])
    page = client.get("/").text
    for heading in ("In brief", "Other big stories", "In short", "The pattern", "What to watch", "Corrections"):
        assert f">{heading}</h2>" not in page
    assert ">Sources</h2>" in page


def test_a_digest_without_stories_says_that_the_day_was_quiet(client: Client) -> None:
    rows.make_digest(title="A quiet day")
    assert "Nothing that came in was news of the AI industry" in client.get("/").text


def test_every_citation_leads_to_a_source_and_every_source_back(client: Client) -> None:
    invented_digest()
    page = client.get("/").text
    ids = set(_between(page, ' id="', '"'))
    anchors = set(_between(page, 'href="#', '"'))
    assert {f"source-{n}" for n in range(1, 43)} <= ids
    assert anchors and anchors <= ids


def test_ids_are_unique(client: Client) -> None:
    invented_digest()
    ids = _between(client.get("/").text, ' id="', '"')
    assert sorted(ids) == sorted(set(ids))


def test_a_correction_is_shown_at_the_head_and_in_full(client: Client) -> None:
    digest = invented_digest()
    digest.corrections.create(position=2, text="The versions were 7 and 8.", made_at=rows.CUT_OFF + timedelta(hours=3))
    page = client.get("/2026/03/25/").text
    assert "Corrected" in page and "10:00 UTC" in page
    assert "The versions were 7 and 8." in page


def test_the_newest_published_digest_of_the_edition_is_at_the_front(client: Client) -> None:
    rows.make_digest(date(2026, 3, 24), title="Older")
    rows.make_digest(date(2026, 3, 25), title="Newest")
    rows.make_digest(date(2026, 3, 26), title="Draft", state=Digest.State.DRAFT, published_at=None)
    rows.make_digest(date(2026, 3, 27), title="Sample", edition=rows.make_edition("sample"))
    page = client.get("/").text
    assert "<h1>Newest</h1>" in page
    assert 'href="/2026/03/24/"' in page
    assert client.get("/2026/03/26/").status_code == 404
    assert client.get("/2026/03/27/").status_code == 404


def test_a_late_digest_is_announced_with_a_preview(client: Client) -> None:
    rows.make_digest(date(2026, 3, 24))
    page = client.get("/").text
    assert "The last digest." in page
    assert 'href="/preview/"' in page
    rows.make_digest(date(2026, 3, 25))
    assert "The last digest." not in client.get("/2026/03/24/").text


def test_the_preview_says_that_it_is_one_and_stays_out_of_indexes(client: Client) -> None:
    rows.make_edition()
    page = client.get("/preview/").text
    assert "Preview." in page
    assert '<meta name="robots" content="noindex">' in page
    assert "caught up" not in page


def test_a_desk_without_digests_says_when_the_first_is_due(client: Client) -> None:
    page = client.get("/").text
    assert "No digest has been published yet" in page
    assert "07:00 UTC" in page


@pytest.mark.parametrize("path", ["/", "/about/", "/search/", "/archive/", "/nothing-here"])
def test_every_page_of_the_sample_is_marked(client: Client, settings: Settings, path: str) -> None:
    settings.SAMPLE, settings.EDITION = True, "sample"
    invented_digest(edition=rows.make_edition("sample"))
    page = client.get(path).text
    assert "<title>SAMPLE · " in page
    assert "The outlets and the news on this page are invented." in page


def test_every_digest_in_the_feed_of_the_sample_is_marked(client: Client, settings: Settings) -> None:
    settings.SAMPLE, settings.EDITION = True, "sample"
    for day in (24, 25):
        rows.make_digest(date(2026, 3, day), edition=rows.make_edition("sample"))
    assert client.get("/feed.xml").text.count("SAMPLE.") == 2


def test_real_pages_are_not_marked_as_sample(client: Client) -> None:
    invented_digest()
    assert "SAMPLE" not in client.get("/").text


def test_a_merged_story_redirects_to_its_target(client: Client) -> None:
    target, merged = rows.make_story(), rows.make_story()
    Story.objects.filter(pk=merged.pk).update(merged_into=target)
    response = client.get(f"/story/{merged.public_id}/")
    assert response.status_code == 301
    assert response.headers["Location"] == f"/story/{target.public_id}/"


def test_a_story_shows_its_coverage_with_copies_under_their_original(client: Client) -> None:
    original = rows.make_entry(title="The original", author="Ines Aldrich")
    copy = rows.make_copy(original, title="The copy", seen_at=original.seen_at + timedelta(hours=2))
    paid = rows.make_entry(rows.make_feed(rows.make_publisher("Paid", has_paywall=True)), title="Behind a wall")
    root = rows.make_story(headline="How it began")
    story = rows.make_story(original, copy, paid, headline="What happened", thread=root)
    page = client.get(f"/story/{story.public_id}/").text
    assert "<h1>What happened</h1>" in page
    assert page.index("The original") < page.index("1 copy of it") < page.index("The copy")
    assert "Ines Aldrich" in page and "(paywall)" in page
    assert "How it began" in page
    assert "<svg" in page


def test_the_story_page_tells_its_summary_with_citations(client: Client) -> None:
    digest = invented_digest()
    lead = digest.items.get(position=1).story
    page = client.get(f"/story/{lead.public_id}/").text
    assert "Thirty-day retention stood at 6 percent" in page
    anchors, ids = set(_between(page, 'href="#', '"')), set(_between(page, ' id="', '"'))
    assert anchors <= ids
    assert 'href="/2026/03/25/"' in page


def test_pages_say_who_found_a_story_out_and_never_how_many_unproven(client: Client) -> None:
    told = rows.make_entry(title="Kelp cuts its price")
    silent = rows.make_entry(rows.make_feed(rows.make_publisher("Silent")), title="Kelp's price")
    story = rows.make_story(told, silent, headline="What happened")
    rows.make_digest(stories=[story])
    page = " ".join(client.get(f"/story/{story.public_id}/").text.split())
    assert "2 publishers" in page and "independent origin" not in page
    assert "Who found this out cannot be told from what we could read (2 articles)." in page
    assert page.count("does not say where from") == 2
    for path in ("/", "/2026/03/25/", "/2026/03/25.txt", "/2026/03/25.json"):
        assert f"Who found out that {story.public_id} happened" in " ".join(client.get(path).text.split())


def test_a_theme_goes_back_by_whole_days(client: Client) -> None:
    for day in range(1, 5):
        for n in range(15):
            entry = rows.make_entry(title=f"Day {day} story {n}", seen_at=rows.CUT_OFF - timedelta(days=day))
            rows.make_story(entry, theme="compute")
    newest = client.get("/theme/compute/").text
    assert "Day 1 story 0" in newest and "Day 2 story 14" in newest and "Day 3 story" not in newest
    assert 'href="?until=2026-03-22"' in newest
    earlier = client.get("/theme/compute/?until=2026-03-22").text
    assert "Day 3 story 0" in earlier and "Day 4 story 14" in earlier and "Day 2 story" not in earlier
    assert 'rel="next"' not in earlier


def test_lists_hold_neither_merged_nor_irrelevant_stories(client: Client) -> None:
    target = rows.make_story(headline="Standing zebra", theme="compute")
    rows.make_story(headline="Merged zebra", theme="compute", merged_into=target)
    rows.make_story(headline="Irrelevant zebra", theme="compute", is_relevant=False)
    for path in ("/theme/compute/", "/search/?q=zebra"):
        page = client.get(path).text
        assert "Standing zebra" in page
        assert "Merged zebra" not in page and "Irrelevant zebra" not in page


def test_sources_say_in_words_how_a_feed_fares(client: Client) -> None:
    publisher = rows.make_publisher("Broken Gazette", has_paywall=True, owner_group="Harbour Media")
    rows.make_feed(publisher, failure_count=5, last_error="The server answered 503.", succeeded_at=rows.CUT_OFF)
    page = client.get("/sources/").text
    assert "Failing, 5 times in a row" in page
    assert "The server answered 503." in page
    assert "25 March 2026, 07:00 UTC" in page
    assert "Harbour Media" in page and "(paywall)" in page


def _between(text: str, start: str, end: str) -> list[str]:
    return [piece.split(end)[0] for piece in text.split(start)[1:]]
