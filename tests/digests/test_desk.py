"""The desk's pages in the admin: who may do what, what they show, and that nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from newsdesk.digests.actions.approve import approve
from newsdesk.digests.actions.drop import drop_item
from newsdesk.digests.admin.schedule import in_words, publishing_words
from newsdesk.digests.documents.document import as_document
from newsdesk.digests.documents.verify import verify_document
from newsdesk.digests.models import Correction, Digest, DigestItem, Edition
from newsdesk.journal.hand import Hand
from newsdesk.journal.models import Change
from newsdesk.stories.models import Story
from tests.digests.newsroom import CUT_OFF, DAY, EDITOR, LATER, REVIEW, person, replay_day, review_draft, stories
from tests.site.hostile import TEXTS

pytestmark = pytest.mark.django_db

ACTS = ("title", "approve", "withdraw", "publish", "build", "correct")
ITEM_ACTS = ("drop", "restore", "move", "rewrite")


@pytest.fixture
def draft(tmp_path: Path) -> Digest:
    return review_draft(replay_day(tmp_path))


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(person("anna", *EDITOR))
    return client


def url(name: str, *args: object) -> str:
    return reverse(f"admin:digests_digest_{name}", args=args)


def id_of(digest: Digest, word: str) -> str:
    return str(digest.items.get(headline__contains=word).story.public_id)


def addresses(digest: Digest) -> dict[str, str]:
    """Every address of the desk that changes something."""
    story = id_of(digest, "Halden")
    found = {name: url(name, digest.pk) for name in (*ACTS, "add")}
    found |= {name: url(name, digest.pk, story) for name in ITEM_ACTS}
    return {**found, "undo": url("undo", digest.pk, 1)}


RIGHT = {
    "approve": "approve_digest",
    "withdraw": "approve_digest",
    "publish": "publish_digest",
    "correct": "add_correction",
}


def test_every_act_is_a_post_that_needs_its_permission(draft: Digest) -> None:
    before = (draft.edits, Change.objects.count())
    for name, address in addresses(draft).items():
        right = RIGHT.get(name, "change_digest")
        lacking = Client()
        lacking.force_login(person(f"{name}-without", *(set(EDITOR) - {right})))
        assert lacking.post(address, {"edits": 0}).status_code == 403, name
        having = Client(enforce_csrf_checks=True)
        having.force_login(person(f"{name}-with", right))
        assert having.post(address, {"edits": 0}).status_code == 403, name  # without a token
        if name not in ("add", "rewrite"):
            assert having.get(address).status_code == 405, name
        stranger = Client().post(address, {"edits": 0})
        assert (stranger.status_code, "/login/" in stranger.headers["Location"]) == (302, True), name
    draft.refresh_from_db()
    assert (draft.edits, Change.objects.count()) == before


def test_who_may_only_look_sees_everything_and_no_button(client: Client, draft: Digest) -> None:
    drop_item(draft.pk, id_of(draft, "Osprey"), hand=Hand(None, REVIEW, 0))
    client.force_login(person("vera", "view_digest"))
    tree = BeautifulSoup(client.get(url("change", draft.pk)).content, "lxml")
    main = tree.select_one(".desk")
    assert main is not None
    assert main.select("button, input[type=submit], textarea, select") == []
    text = main.get_text()
    assert "Osprey" in text and "Why it ranks here" in text and "the line dropped" in text
    assert client.get(url("rewrite", draft.pk, id_of(draft, "Halden"))).status_code == 403
    client.force_login(person("nobody"))
    assert client.get(url("change", draft.pk)).status_code == 403
    assert client.get(reverse("site:draft", args=(draft.pk,))).status_code == 403


@pytest.mark.parametrize(
    ("state", "shown", "hidden"),
    [
        ("draft", {"approve", "build", "title"}, {"withdraw", "publish", "correct"}),
        ("approved", {"withdraw", "publish"}, {"approve", "build", "title", "correct"}),
        ("published", {"correct"}, {"approve", "withdraw", "publish", "build", "title"}),
    ],
)
def test_only_what_is_possible_is_offered(
    editor: Client, draft: Digest, state: str, shown: set[str], hidden: set[str]
) -> None:
    times = {"published_at": LATER} if state == "published" else {}
    Digest.objects.filter(pk=draft.pk).update(state=state, **times)
    page = editor.get(url("change", draft.pk)).text
    assert {name for name in shown | hidden if url(name, draft.pk) in page} == shown
    assert ("Rewrite</a>" in page) == (state == "draft")


def test_publishing_is_not_offered_before_the_hour(editor: Client, draft: Digest) -> None:
    soon = timezone.now() + timedelta(minutes=42)
    Digest.objects.filter(pk=draft.pk).update(state="approved", window_to=soon)
    page = editor.get(url("change", draft.pk)).text
    assert url("publish", draft.pk) not in page
    assert "Publishes as it stands at" in page


def test_when_it_publishes_itself_is_said_in_words() -> None:
    def said(state: str, now: Any, *, is_newest: bool = True) -> str:
        return publishing_words(state, CUT_OFF, None, now, is_newest=is_newest)

    assert said("draft", CUT_OFF - timedelta(minutes=42)).startswith(
        "Publishes by itself at 07:00 UTC, in 42 minutes. It is built again then"
    )
    assert said("approved", CUT_OFF - timedelta(hours=9)) == (
        "Publishes as it stands at 07:00 UTC on 6 May, in 9 hours."
    )
    assert said("draft", CUT_OFF + timedelta(minutes=1)).startswith("Its hour, 07:00 UTC, has come: the line builds")
    assert said("approved", LATER, is_newest=False).endswith("it waits for you.")
    assert publishing_words("published", CUT_OFF, LATER, LATER, is_newest=True) == (
        "Published on 6 May 2025 at 07:05 UTC."
    )
    words = [in_words(timedelta(minutes=m)) for m in (0, 1, 61, 120, 1441, 2 * 1440 + 180)]
    assert words == ["less than a minute", "1 minute", "1 hour 1 minute", "2 hours", "1 day", "2 days 3 hours"]


def test_items_move_drop_and_come_back_by_buttons(editor: Client, draft: Digest) -> None:
    story = id_of(draft, "Researchers")
    page = BeautifulSoup(editor.get(url("change", draft.pk)).content, "lxml")
    form = page.select_one(f"#item-{story} form")
    assert form is not None
    words = {button.get_text(): button for button in form.select("button")}
    assert set(words) == {"Make it the lead", "To the big stories", "Drop"}
    data = {"edits": form.select_one("[name=edits]")["value"], "to": words["Make it the lead"]["value"]}  # type: ignore[index]
    assert editor.post(str(form["action"]), data).headers["Location"] == f"{url('change', draft.pk)}#item-{story}"
    assert stories(draft)[0] == story
    editor.post(url("drop", draft.pk, story), {"edits": 1})
    assert story not in stories(draft)
    editor.post(url("restore", draft.pk, story), {"edits": 2})
    assert stories(draft)[0] == story
    change = Change.objects.get(verb="digest.place")
    assert change.actor_name == "anna"
    editor.post(url("undo", draft.pk, change.pk), {"edits": 3})
    assert stories(draft)[-1] == story


def wording(editor: Client, address: str) -> dict[str, str]:
    """The fields of the rewriting page as a browser would send them back."""
    tree = BeautifulSoup(editor.get(address).content, "lxml")
    form = tree.select_one(".desk form")
    assert form is not None
    data: dict[str, str] = {}
    for field in form.select("input[name], textarea[name], select[name]"):
        if field.name == "select":
            chosen = field.select_one("option[selected]") or field.select_one("option")
            data[str(field["name"])] = str(chosen["value"]) if chosen else ""
        elif field.get("type") != "checkbox":
            value = field.get_text().removeprefix("\n") if field.name == "textarea" else field.get("value", "")
            data[str(field["name"])] = str(value)
    return data


def test_rewriting_by_the_form(editor: Client, draft: Digest) -> None:
    story = id_of(draft, "Heron")
    address = url("rewrite", draft.pk, story)
    data = wording(editor, address)
    texts = [data[f"sentence-{n}-text"] for n in range(4)]
    data |= {
        "headline": "Quillon gives a language model away",
        "sentence-0-text": "Quillon AI released the model Heron 2 on Monday.",
        "sentence-1-DELETE": "on",
        "sentence-2-ORDER": "9",
        "sentence-4-text": "Heron 2 was trained on 12 trillion tokens.",
        "sentence-4-source": "n0-0",
        "sentence-4-quote": "trained on 12 trillion tokens",
        "sentence-4-ORDER": "2",
    }
    assert editor.post(address, data).status_code == 302
    item = draft.items.get(story__public_id=story)
    told = [(sentence["text"], sentence["written_by"]) for sentence in item.sentences]
    assert told == [
        ("Quillon AI released the model Heron 2 on Monday.", "editor"),
        ("Heron 2 was trained on 12 trillion tokens.", "editor"),
        (texts[3], "extract"),
        (texts[2], "extract"),
    ]
    assert item.headline == "Quillon gives a language model away"
    assert verify_document(as_document(Digest.objects.select_related("edition").get(pk=draft.pk))) == []


def test_saving_without_a_change_says_so_and_changes_nothing(editor: Client, draft: Digest) -> None:
    address = url("rewrite", draft.pk, id_of(draft, "Heron"))
    answer = editor.post(address, wording(editor, address))
    assert answer.status_code == 409
    assert "as they were" in answer.text
    assert Change.objects.count() == 0


def test_words_that_the_sources_do_not_hold_are_saved_and_shown_to_the_editor(editor: Client, draft: Digest) -> None:
    address = url("rewrite", draft.pk, id_of(draft, "Halden"))
    data = wording(editor, address) | {"sentence-0-text": "Halden paid $9 billion for it."}
    answer = editor.post(address, data)
    assert answer.headers["Location"] == address
    assert "number 9 is not in what it cites" in editor.get(address).text
    assert "Sentence 1: number 9 is not in what it cites" in editor.get(url("change", draft.pk)).text


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"sentence-1-text": "More.", "sentence-1-source": "n4-0", "sentence-1-quote": "never said"}, "does not stand"),
        ({"sentence-1-text": "More.", "sentence-1-quote": "400 megawatts"}, "needs its source"),
        ({"sentence-1-text": "More."}, "rests on nothing"),
        ({"sentence-0-receipts": "[[1]]"}, "came back damaged"),
        ({"sentence-0-receipts": "[" * 5000}, "came back damaged"),
        ({"sentence-0-receipts": '[["n0-0", "0", 0, 9]]'}, "has changed since"),
        ({"sentence-0-text": ""}, "is empty"),
        ({"headline": ""}, "required"),
    ],
)
def test_a_wrong_wording_is_refused_and_what_was_typed_stays(
    editor: Client, draft: Digest, wrong: dict[str, str], says: str
) -> None:
    address = url("rewrite", draft.pk, id_of(draft, "Halden"))
    typed = wording(editor, address) | {"headline": "Typed with much care"} | wrong
    answer = editor.post(address, typed)
    assert answer.status_code == 409
    assert says in unescape(answer.text)
    assert typed["headline"] in answer.text
    assert typed.get("sentence-1-text", "") in answer.text
    assert Change.objects.count() == 0


def test_the_second_editor_is_told_and_nothing_typed_is_lost(editor: Client, draft: Digest) -> None:
    story = id_of(draft, "Halden")
    address = url("rewrite", draft.pk, story)
    typed = wording(editor, address) | {"headline": "Typed with much care"}
    ben = person("ben", *EDITOR)
    drop_item(draft.pk, id_of(draft, "Brightwater"), hand=Hand(ben, REVIEW, 0))
    answer = editor.post(address, typed)
    text = unescape(answer.text)
    assert "ben dropped “AI chip maker Brightwater raises $300 million”" in text
    assert "Nothing of yours is saved yet" in text
    assert "Typed with much care" in text
    tree = BeautifulSoup(answer.content, "lxml")
    again = typed | {"edits": str(tree.select_one("[name=edits]")["value"])}  # type: ignore[index]
    assert editor.post(address, again).status_code == 302
    assert draft.items.get(story__public_id=story).headline == "Typed with much care"
    # An item that left altogether: its words are shown, to copy.
    drop_item(draft.pk, story, hand=Hand(ben, REVIEW, 2))
    gone = editor.post(address, again | {"headline": "Typed once more"})
    assert "Typed once more" in gone.text and "not in the digest any more" in gone.text


def test_a_stale_title_and_a_stale_button_are_refused_with_the_reason(editor: Client, draft: Digest) -> None:
    story = id_of(draft, "Halden")
    drop_item(draft.pk, id_of(draft, "Brightwater"), hand=Hand(None, REVIEW, 0))
    answer = editor.post(url("title", draft.pk), {"edits": 0, "title": "My title", "dek": "My dek"})
    assert (answer.status_code, "My title" in answer.text, "My dek" in answer.text) == (409, True, True)
    assert "the line dropped" in answer.text
    for stale in ("0", "", "x", "99999999999999"):
        told = editor.post(url("drop", draft.pk, story), {"edits": stale}, follow=True)
        assert "Since you opened this page" in told.text
    assert story in stories(draft)


def test_a_story_is_added_from_the_list_and_by_its_id(editor: Client, draft: Digest) -> None:
    osprey, tarn = id_of(draft, "Osprey"), id_of(draft, "Tarn")
    draft.items.filter(story__public_id__in=[osprey, tarn]).delete()
    page = editor.get(url("add", draft.pk)).text
    assert "Osprey Robotics shuts down" in page and "Tarn hires" in page and "Halden" not in page
    assert "Something ends, stops or shrinks" in page
    assert editor.post(url("add", draft.pk), {"edits": 0, "story": osprey, "section": "big"}).status_code == 302
    by_address = {"edits": 1, "story": f"https://desk.example/story/{tarn}/", "section": "short"}
    assert editor.post(url("add", draft.pk), by_address).status_code == 302
    assert {osprey, tarn} <= set(stories(draft))
    wrong = editor.post(url("add", draft.pk), {"edits": 2, "story": "no-such", "section": "short"})
    assert "no story" in wrong.text and "no-such" in wrong.text


def test_from_draft_to_published_and_corrected(editor: Client, draft: Digest) -> None:
    assert "Built again" in editor.post(url("build", draft.pk), follow=True).text
    draft.refresh_from_db()
    assert any("Corvane" in row.headline for row in draft.items.all())  # its window has long closed
    editor.post(url("approve", draft.pk), {"edits": draft.edits})
    assert "withdraw the approval" in editor.post(url("build", draft.pk), follow=True).text
    editor.post(url("withdraw", draft.pk), {"edits": draft.edits + 1})
    editor.post(url("approve", draft.pk), {"edits": draft.edits + 2})
    page = editor.post(url("publish", draft.pk), {"edits": draft.edits + 3}, follow=True).text
    public = reverse("site:digest", args=("2025", "05", "06"))
    assert public in page
    typed = {"edits": draft.edits + 3, "position": "1", "text": "It was Tuesday."}
    assert editor.post(url("correct", draft.pk), typed).status_code == 302
    stale = editor.post(url("correct", draft.pk), typed | {"text": "It was Wednesday."})
    assert (stale.status_code, "It was Wednesday." in stale.text) == (409, True)
    assert Correction.objects.count() == 1
    assert "It was Tuesday." in Client().get(public).text


def test_a_weekly_digest_is_not_built_again_here(editor: Client, draft: Digest) -> None:
    Digest.objects.filter(pk=draft.pk).update(edition=Edition.objects.get(slug="weekly"))
    assert url("build", draft.pk) not in editor.get(url("change", draft.pk)).text
    assert "published daily digests" in editor.post(url("build", draft.pk), follow=True).text


def test_the_preview_is_the_readers_page_with_the_readers_policy(editor: Client, draft: Digest) -> None:
    address = reverse("site:draft", args=(draft.pk,))
    answer = editor.get(address)
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in answer.text
    assert "Heron 2" in answer.text
    stranger = Client().get(address)
    assert (stranger.status_code, "/login/" in stranger.headers["Location"]) == (302, True)
    assert Client().get(reverse("site:digest", args=("2025", "05", "06"))).status_code == 404
    approve(draft.pk, hand=Hand(None, REVIEW, draft.edits))
    published = Digest.objects.get(pk=draft.pk)
    published.state, published.published_at = Digest.State.PUBLISHED, LATER
    published.save()
    public = BeautifulSoup(Client().get(reverse("site:digest", args=("2025", "05", "06"))).content, "lxml")
    draft_page = BeautifulSoup(editor.get(address).content, "lxml")
    assert str(public.select_one("article.digest")) == str(draft_page.select_one("article.digest"))


@pytest.mark.parametrize("page", ["change", "rewrite", "add", "preview"])
def test_hostile_words_stay_words(editor: Client, draft: Digest, page: str) -> None:
    story = id_of(draft, "Halden")
    for row, text in zip(draft.items.order_by("position"), TEXTS, strict=False):
        row.headline = text[:200]
        row.sentences[0]["text"] = text
        row.sentences[0]["receipts"][0]["url"] = "javascript:alert(1)"
        row.sources = [{**source, "url": "javascript:alert(1)", "title": text} for source in row.sources]
        row.save()
    Story.objects.update(headline=TEXTS[1])
    Digest.objects.filter(pk=draft.pk).update(title=TEXTS[0], dek=TEXTS[2])
    address = {
        "rewrite": url("rewrite", draft.pk, story),
        "preview": reverse("site:draft", args=(draft.pk,)),
    }.get(page) or url(page, draft.pk)
    tree = BeautifulSoup(editor.get(address).content, "lxml")
    for tag in tree.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on") or name in ("style", "srcdoc", "autofocus")]
        assert "javascript:" not in str(tag.get("href") or "")
    inline = [tag for tag in tree.find_all("script") if not tag.get("src") and tag.get("type") != "application/json"]
    assert inline == []
    assert tree.find_all(["iframe", "base", "math"]) == []


# Session, user and rights among them.
MOST_QUERIES = 14


def queries(client: Client, address: str) -> int:
    """How many queries a page costs."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("page", ["change", "rewrite", "preview"])
def test_a_page_costs_a_fixed_number_of_queries(editor: Client, draft: Digest, page: str) -> None:
    def edit(number: int) -> None:
        for row in draft.items.order_by("-position")[:number]:
            row.is_headline_edited = row.is_rewritten = True
            row.save()

    story = id_of(draft, "Researchers")
    address = {
        "change": url("change", draft.pk),
        "rewrite": url("rewrite", draft.pk, story),
        "preview": reverse("site:draft", args=(draft.pk,)),
    }[page]
    edit(2)
    drop_item(draft.pk, id_of(draft, "Osprey"), hand=Hand(None, REVIEW, 0))
    queries(editor, address)
    few = queries(editor, address)
    edit(8)
    for number, gone in enumerate([s for s in stories(draft) if s != story][:3], start=1):
        drop_item(draft.pk, gone, hand=Hand(person(f"p{number}"), REVIEW, number))
    assert queries(editor, address) == few <= MOST_QUERIES


def test_the_list_costs_a_fixed_number_of_queries_and_shows_fifty(editor: Client, draft: Digest) -> None:
    def fill(first: int, last: int) -> None:
        Digest.objects.bulk_create(
            Digest(
                edition_id=draft.edition_id,
                date=DAY - timedelta(days=number),
                number=number,
                title=f"Digest {number}",
                window_from=CUT_OFF,
                window_to=CUT_OFF,
                built_at=CUT_OFF,
            )
            for number in range(first, last)
        )

    address = reverse("admin:digests_digest_changelist")
    fill(10, 20)
    queries(editor, address)
    few = queries(editor, address)
    fill(20, 400)
    assert queries(editor, address) == queries(editor, f"{address}?state__exact=draft&p=7") == few <= MOST_QUERIES
    page = editor.get(address).text
    assert page.count('class="field-date') == 50
    assert "Digest 399" not in page


def test_summaries_and_corrections_are_lists_to_read(client: Client, draft: Digest) -> None:
    client.force_login(person("vera", "view_digest", "view_summary", "view_correction", "add_correction"))
    Correction.objects.create(digest=draft, text="It was Tuesday.", made_at=LATER)
    for name in ("summary", "correction"):
        assert client.get(reverse(f"admin:digests_{name}_changelist")).status_code == 200
        assert client.get(reverse(f"admin:digests_{name}_add")).status_code == 403
    assert DigestItem.objects.exists()


def test_the_list_of_what_may_be_added_is_ranked_once(editor: Client, draft: Digest) -> None:
    cache.clear()
    draft.items.filter(story__public_id=id_of(draft, "Osprey")).delete()
    ranking = queries(editor, url("add", draft.pk))
    assert queries(editor, url("add", draft.pk)) < ranking
    Story.objects.filter(headline__icontains="Osprey").update(is_hidden=True, edits=1)
    assert queries(editor, url("add", draft.pk)) == ranking
    assert "Osprey Robotics" not in editor.get(url("add", draft.pk)).text


def test_the_desk_says_what_is_held_back_and_the_points_of_each_reason(editor: Client, draft: Digest) -> None:
    tarn, osprey = id_of(draft, "Tarn"), id_of(draft, "Osprey")
    told = "Told on 5 May; nothing new has been reported since"
    draft.items.filter(story__public_id=tarn).delete()
    draft.held_back = [
        {
            "story": tarn,
            "headline": "Tarn hires",
            "rank": 4,
            "score": 9.1,
            "reason": "told",
            "words": told,
            "other": tarn,
        }
    ]
    draft.save()
    row = draft.items.get(story__public_id=osprey)
    row.why_ranked = {"score": 1.5, "reasons": [{"name": "certainty", "points": 1.5, "words": ""}]}
    row.labels = [{"name": "old_news", "words": "Old news: first published 3 March"}]
    row.save()
    page = editor.get(url("change", draft.pk)).text
    assert "Held back or moved down: 1" in page and told in page
    assert "How surely it is AI news" in page and "Old news: first published 3 March" in page
    assert told in editor.get(url("add", draft.pk)).text
