"""What the page makes of a document."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from django.test import Client

from newsdesk.digests.documents.document import as_document
from newsdesk.digests.documents.html import as_html
from newsdesk.digests.documents.reading import made_words
from newsdesk.digests.documents.text import as_text
from newsdesk.newsletter.mail.render import render_digest
from newsdesk.site.page import DigestPage
from newsdesk.site.reader import read_page
from tests.site import rows
from tests.site.invented import invented_digest

pytestmark = pytest.mark.django_db


def _page(**fields: object) -> DigestPage:
    return read_page(as_document(invented_digest(**fields)))


def test_sources_are_numbered_in_the_order_of_reading() -> None:
    page = _page()
    assert [source.number for source in page.cited] == list(range(1, 43))
    first = page.lead.passages[0].sentences[0] if page.lead else None
    assert first and [citation.number for citation in first.citations] == [1, 2]
    assert page.cited[0].publisher == "Corvane newsroom"


def test_neighbours_under_one_label_stand_together_and_analysis_apart() -> None:
    page = _page()
    assert page.lead
    told = [(passage.label, passage.is_analysis, len(passage.sentences)) for passage in page.lead.passages]
    assert told == [
        ("", False, 2),
        ("Accounts differ", False, 2),
        ("Why it matters", False, 3),
        ("", False, 1),
        ("Why it matters", True, 1),
    ]


def test_the_brief_leaves_out_the_lead_whose_headline_is_the_title() -> None:
    page = _page()
    assert [story.position for story in page.brief] == [2, 3, 4, 5, 6]
    assert page.standfirst == ""


def test_the_brief_starts_with_a_lead_that_is_not_the_title_and_the_dek_stays() -> None:
    stories = [rows.make_story() for _ in range(3)]
    page = read_page(as_document(rows.make_digest(stories=stories, title="A day", dek="A dek.")))
    assert [story.position for story in page.brief] == [1, 2, 3]
    assert page.standfirst == "A dek."


def test_a_publisher_is_named_once_and_copies_come_last() -> None:
    page = _page()
    assert page.lead
    assert [source.publisher for source in page.lead.named] == [
        "Tensor Street",
        "Corvane newsroom",
        "Meridian Wire",
        "Latent Post",
    ]
    assert [source.publisher for source in page.lead.uncited] == ["Kernel Daily"]


def test_a_title_standing_as_a_sentence_is_closed() -> None:
    entry = rows.make_entry()
    digest = rows.make_digest()
    rows.add_item(digest, rows.make_story(entry), 1, "lead", sentences=[rows.sentence("Lumen closes", entry)])
    lead = read_page(as_document(digest)).lead
    assert lead and lead.passages[0].sentences[0].text == "Lumen closes."


def test_a_receipt_outside_the_sources_gets_no_number() -> None:
    known, stranger = rows.make_entry(), rows.make_entry()
    digest = rows.make_digest()
    rows.add_item(digest, rows.make_story(known), 1, "lead", sentences=[rows.sentence("Said.", known, stranger)])
    page = read_page(as_document(digest))
    assert page.lead and [mark.number for mark in page.lead.first_citations] == [1]
    assert len(page.cited) == 1


def test_updated_is_the_last_correction() -> None:
    digest = invented_digest()
    assert read_page(as_document(digest)).updated_at == rows.CUT_OFF
    digest.corrections.create(text="A word.", made_at=rows.CUT_OFF + timedelta(hours=1))
    assert read_page(as_document(digest)).updated_at == rows.CUT_OFF + timedelta(hours=1)


def test_an_item_in_short_says_how_many_more_publishers_tell_it() -> None:
    told = [rows.make_entry(rows.make_feed(rows.make_publisher(name))) for name in ("Ash", "Birch", "Cedar")]
    digest = rows.make_digest()
    rows.add_item(digest, rows.make_story(*told), 1, "short")
    ((_, (story,)),) = read_page(as_document(digest)).short
    assert (story.named[0].publisher, story.others) == ("Ash", 2)


def test_labels_and_plain_reasons_stand_with_a_story() -> None:
    first, later = rows.make_story(), rows.make_story()
    digest = rows.make_digest(stories=[first, later])
    item = digest.items.order_by("position").first()
    assert item is not None
    item.labels = [
        {"name": "old_news", "words": "Old news: first published 3 March"},
        {"name": "follow_up", "words": "Follows up: Kelp sues", "story": later.public_id},
    ]
    item.why_ranked = {
        "score": 4.0,
        "reasons": [
            {"name": "publishers", "points": 3.0, "words": "Reported by 2 publishers"},
            {"name": "certainty", "points": 1.0, "words": ""},
        ],
    }
    item.save()
    page = read_page(as_document(digest))
    assert page.lead and page.lead.why == ("Reported by 2 publishers",)
    assert [label.words for label in page.lead.labels] == ["Old news: first published 3 March", "Follows up: Kelp sues"]
    assert "Follows up: Kelp sues" in as_text(as_document(digest)) and "Old news" in as_html(as_document(digest))


def test_readers_get_the_same_words_whatever_the_form(client: Client) -> None:
    document = as_document(invented_digest(writer="extract"))
    page = client.get("/").text
    mail = render_digest(document, themes=frozenset())
    assert mail
    forms = [page, as_text(document), as_html(document), mail.text, mail.html]
    for form in (" ".join(html.unescape(form).split()) for form in forms):
        assert "Accounts differ" in form and "disagree" not in form
        assert "Why it matters" in form
        assert made_words(document) in form
