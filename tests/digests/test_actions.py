"""One edit at a time: what it does, what it leaves in the journal, when it is refused, and how it is taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from jsonschema import Draft202012Validator

from newsdesk.digests.actions.add import add_story
from newsdesk.digests.actions.approve import approve, withdraw
from newsdesk.digests.actions.correct import correct
from newsdesk.digests.actions.drop import drop_item, restore_item
from newsdesk.digests.actions.editing import NotInDigest
from newsdesk.digests.actions.place import place_item
from newsdesk.digests.actions.publish import publish_now
from newsdesk.digests.actions.rewrite import BadWording, cite, rewrite_item
from newsdesk.digests.actions.title import retitle
from newsdesk.digests.actions.undo import undo
from newsdesk.digests.admin.doubts import find_doubts
from newsdesk.digests.documents.document import SCHEMA_FILE, as_document, canonical_json
from newsdesk.digests.documents.verify import verify_document
from newsdesk.digests.models import Correction, Digest, DigestItem
from newsdesk.digests.telling.receipts import Sentence, sentences_from_json
from newsdesk.digests.telling.source_texts import SourceText, read_source_texts
from newsdesk.journal.hand import ActRefused, Hand, StaleEdit
from newsdesk.journal.models import Change
from newsdesk.stories.models import Story
from tests.digests.newsroom import DAY, LATER, REVIEW, person, replay_day, review_draft, rows, stories

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(tmp_path: Path) -> Digest:
    return review_draft(replay_day(tmp_path))


@pytest.fixture
def anna() -> User:
    return person("anna")


def item(digest: Digest, word: str) -> DigestItem:
    return digest.items.select_related("story").get(headline__contains=word)


def id_of(digest: Digest, word: str) -> str:
    return item(digest, word).story.public_id


def as_seen(digest: Digest, actor: Any = None, now: datetime = REVIEW) -> Hand:
    """The hand of somebody who has just opened the page."""
    digest.refresh_from_db()
    return Hand(actor, now, digest.edits)


def sources_of(row: DigestItem) -> dict[str, SourceText]:
    return read_source_texts(source["entry"] for source in row.sources)


def whole(digest: Digest) -> tuple[bytes, list[Any], int]:
    """Everything that is stored of a digest, and the journal's length."""
    fresh = Digest.objects.select_related("edition").get(pk=digest.pk)
    held = list(fresh.items.order_by("pk").values())
    return canonical_json(as_document(fresh)), [fresh.edits, fresh.state, *held], Change.objects.count()


def holds(digest: Digest) -> dict[str, Any]:
    """The document, which must hold its schema and its receipts."""
    document = as_document(Digest.objects.select_related("edition").get(pk=digest.pk))
    validator = Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))
    assert [error.message for error in validator.iter_errors(document)] == []
    assert verify_document(document) == []
    return document


def test_a_dropped_item_leaves_the_page_and_all_that_rested_on_it(draft: Digest, anna: User) -> None:
    lead, second = stories(draft)[:2]
    watched = {watch["story"] for watch in as_document(draft)["watch"]}
    assert id_of(draft, "Senate") in watched
    change = drop_item(draft.pk, lead, hand=as_seen(draft, anna))
    document = holds(draft)
    assert lead not in {placed["story"] for placed in document["items"]}
    assert document["items"][0]["story"] == second
    assert document["title"] == document["items"][0]["headline"]
    assert (change.verb, change.subject, change.actor_name) == ("digest.drop", f"digest daily {DAY}", "anna")
    assert (change.before["is_dropped"], change.after["is_dropped"]) == (False, True)
    for story in sorted(watched - {lead}):
        drop_item(draft.pk, story, hand=as_seen(draft, anna))
    assert holds(draft)["watch"] == []


def test_the_lead_that_was_dropped_comes_back_as_the_lead(draft: Digest) -> None:
    before = as_document(draft)
    story = stories(draft)[0]
    drop_item(draft.pk, story, hand=as_seen(draft))
    restore_item(draft.pk, story, hand=as_seen(draft))
    after = holds(draft)
    assert after["items"][0]["story"] == story
    assert [placed["story"] for placed in after["items"]] == [placed["story"] for placed in before["items"]]
    assert after["watch"] == before["watch"]


def test_every_item_can_be_dropped_and_a_quiet_day_is_left(draft: Digest) -> None:
    for story in stories(draft):
        drop_item(draft.pk, story, hand=as_seen(draft))
    document = holds(draft)
    assert (document["items"], document["title"]) == ([], "A quiet day")


@pytest.mark.parametrize(("section", "place", "position"), [("lead", 0, 1), ("big", 0, 2), ("big", 9, 6)])
def test_an_item_in_short_moves_up_and_is_told_at_length(
    draft: Digest, section: str, place: int, position: int
) -> None:
    story = id_of(draft, "Halden")
    assert len(item(draft, "Halden").sentences) == 1
    place_item(draft.pk, story, section=section, place=place, hand=as_seen(draft))
    document = holds(draft)
    moved = next(placed for placed in document["items"] if placed["story"] == story)
    assert (moved["position"], moved["section"]) == (position, section)
    assert len(moved["sentences"]) > 1
    assert [placed["section"] for placed in document["items"]].count("lead") == 1


def test_moving_moves_nobody_else_out_of_turn(draft: Digest) -> None:
    before = stories(draft)
    place_item(draft.pk, before[3], section="big", place=0, hand=as_seen(draft))
    assert stories(draft) == [before[0], before[3], before[1], before[2], *before[4:]]
    with pytest.raises(ActRefused, match="there already"):
        place_item(draft.pk, before[3], section="big", place=0, hand=as_seen(draft))
    with pytest.raises(ActRefused, match="no such section"):
        place_item(draft.pk, before[3], section="middle", place=0, hand=as_seen(draft))


def test_an_edited_sentence_keeps_its_receipts_and_is_the_editors(draft: Digest) -> None:
    row = item(draft, "Halden")
    old = sentences_from_json(row.sentences)
    new = [replace(old[0], text="Halden opened a data centre in Norway on Monday."), *old[1:]]
    rewrite_item(draft.pk, row.story.public_id, headline=row.headline, sentences=new, hand=as_seen(draft))
    placed = next(p for p in holds(draft)["items"] if p["story"] == row.story.public_id)
    assert placed["sentences"][0]["written_by"] == "editor"
    assert placed["sentences"][0]["receipts"] == row.sentences[0]["receipts"]
    assert "headline_by" not in placed


def test_sentences_are_removed_reordered_and_added_with_a_quote_found_in_the_text(draft: Digest) -> None:
    row = item(draft, "Heron")
    first, *_, last = sentences_from_json(row.sentences)
    source = sources_of(row)["n0-0"]
    receipt = cite("trained on 12  trillion tokens", source)
    added = Sentence("It was trained on 12 trillion tokens.", "detail", "fact", "extract", (receipt,))
    told = [last, added, first]
    rewrite_item(draft.pk, row.story.public_id, headline=row.headline, sentences=told, hand=as_seen(draft))
    placed = next(p for p in holds(draft)["items"] if p["story"] == row.story.public_id)
    assert [s["text"] for s in placed["sentences"]] == [last.text, added.text, first.text]
    assert [s["written_by"] for s in placed["sentences"]] == ["extract", "editor", "extract"]
    assert placed["sentences"][1]["receipts"][0]["quote"] == "trained on 12 trillion tokens"


def test_a_verbatim_sentence_that_an_editor_adds_is_an_extract(draft: Digest) -> None:
    row = item(draft, "Halden")
    receipt = cite("Halden said that a second hall will open next year.", sources_of(row)["n4-0"])
    told = [*sentences_from_json(row.sentences), Sentence(receipt.quote, "detail", "fact", "editor", (receipt,))]
    rewrite_item(draft.pk, row.story.public_id, headline=row.headline, sentences=told, hand=as_seen(draft))
    assert item(draft, "Halden").sentences[-1]["written_by"] == "extract"


def test_a_receipt_that_does_not_stand_is_refused(draft: Digest) -> None:
    row = item(draft, "Halden")
    (old, *_) = sentences_from_json(row.sentences)
    (receipt, *_) = old.receipts
    with pytest.raises(BadWording, match="does not stand in the text"):
        cite("Halden closed a data centre", sources_of(row)["n4-0"])
    forged = [
        replace(receipt, quote=receipt.quote + "!"),
        replace(receipt, start=receipt.start + 1),
        replace(receipt, entry="n0-0"),
        replace(receipt, url="https://elsewhere.example/"),
        replace(receipt, text_sha256="0" * 64),
    ]
    for bad in forged:
        with pytest.raises(BadWording, match="any more"):
            told = [replace(old, text="Another wording of it.", receipts=(bad,))]
            rewrite_item(draft.pk, row.story.public_id, headline="A hall", sentences=told, hand=as_seen(draft))
    for told, why in (([], "needs a sentence"), ([replace(old, receipts=())], "rests on nothing")):
        with pytest.raises(BadWording, match=why):
            rewrite_item(draft.pk, row.story.public_id, headline="A hall", sentences=told, hand=as_seen(draft))
    for headline, why in (("  \x00 ", "is empty"), ("x" * 201, "longer than 200")):
        with pytest.raises(BadWording, match=why):
            rewrite_item(draft.pk, row.story.public_id, headline=headline, sentences=[old], hand=as_seen(draft))


def test_what_sources_do_not_hold_is_accepted_and_flagged(draft: Digest) -> None:
    row = item(draft, "Halden")
    (old, *rest) = sentences_from_json(row.sentences)
    told = [replace(old, text="Halden paid $9 billion for it, said Gudrun Zorblax."), *rest]
    headline = "Halden pays $9 billion for a hall in Norway"
    rewrite_item(draft.pk, row.story.public_id, headline=headline, sentences=told, hand=as_seen(draft))
    (doubts,) = find_doubts(rows(draft)).values()
    assert "Headline: number 9 is not in what it cites" in doubts.in_words()
    assert {"Sentence 1: number 9 is not in what it cites", "Sentence 1: name Zorblax is not in its sources"} <= set(
        doubts.in_words()
    )
    holds(draft)


def test_an_added_story_is_told_in_its_sources_words(draft: Digest) -> None:
    story = Story.objects.get(headline__contains="Osprey")
    drop_item(draft.pk, story.public_id, hand=as_seen(draft))
    with pytest.raises(ActRefused, match="restore it there"):
        add_story(draft.pk, story.public_id, hand=as_seen(draft))
    draft.items.filter(story=story).delete()
    change = add_story(draft.pk, story.public_id, section="big", hand=as_seen(draft))
    document = holds(draft)
    placed = next(p for p in document["items"] if p["story"] == story.public_id)
    assert (placed["section"], change.after["section"]) == ("big", "big")
    assert {s["written_by"] for s in placed["sentences"]} == {"extract"}
    assert "Osprey" in placed["headline"]
    with pytest.raises(ActRefused, match="is in this digest"):
        add_story(draft.pk, story.public_id, hand=as_seen(draft))


def test_what_cannot_be_told_cannot_be_added(draft: Digest) -> None:
    late = Story.objects.get(headline__contains="Corvane")
    for story, why in (("nothing", "no story 'nothing'"), (late.public_id, "Nobody reported")):
        with pytest.raises(ActRefused, match=why):
            add_story(draft.pk, story, hand=as_seen(draft))
    hidden = Story.objects.get(headline__contains="Osprey")
    draft.items.filter(story=hidden).delete()
    Story.objects.filter(pk=hidden.pk).update(theme="")
    with pytest.raises(ActRefused, match="no theme"):
        add_story(draft.pk, hidden.public_id, hand=as_seen(draft))
    Story.objects.filter(pk=hidden.pk).update(is_hidden=True)
    with pytest.raises(ActRefused, match="hidden"):
        add_story(draft.pk, hidden.public_id, hand=as_seen(draft))


def test_title_and_dek_are_the_editors_until_they_are_emptied(draft: Digest) -> None:
    automatic = (draft.title, draft.dek)
    retitle(draft.pk, title="What the  Senate wants", dek=draft.dek, hand=as_seen(draft))
    draft.refresh_from_db()
    assert (draft.title, draft.is_title_edited, draft.is_dek_edited) == ("What the Senate wants", True, False)
    second = rows(draft)[1]
    drop_item(draft.pk, second.story.public_id, hand=as_seen(draft))
    draft.refresh_from_db()
    assert draft.title == "What the Senate wants"
    assert second.headline in automatic[1] and second.headline not in draft.dek
    retitle(draft.pk, title="", dek="", hand=as_seen(draft))
    draft.refresh_from_db()
    assert (draft.title, draft.is_title_edited) == (automatic[0], False)


def acts(draft: Digest) -> dict[str, Callable[..., Any]]:
    """Every act that changes a draft, ready to be called with what it was seen as."""
    # The last in short: of a theme that stands there once, the others keep their order when it goes and comes back.
    last, osprey = item(draft, "Researchers"), item(draft, "Osprey")
    told = sentences_from_json(last.sentences)
    story = last.story.public_id
    return {
        "rewrite": lambda seen: rewrite_item(draft.pk, story, headline="A hall", sentences=told, hand=seen),
        "drop": lambda seen: drop_item(draft.pk, story, hand=seen),
        "restore": lambda seen: restore_item(draft.pk, osprey.story.public_id, hand=seen),
        "place": lambda seen: place_item(draft.pk, story, section="lead", place=0, hand=seen),
        "title": lambda seen: retitle(draft.pk, title="Another", dek="", hand=seen),
        "approve": lambda seen: approve(draft.pk, hand=seen),
    }


ACTS = ("rewrite", "drop", "restore", "place", "title", "approve")


@pytest.fixture
def busy(draft: Digest) -> Digest:
    """The draft after a drop, so that there is something to restore."""
    drop_item(draft.pk, id_of(draft, "Osprey"), hand=as_seen(draft))
    return draft


@pytest.mark.parametrize("name", ACTS)
def test_the_second_of_two_editors_is_told_who_changed_what_and_changes_nothing(
    busy: Digest, anna: User, name: str
) -> None:
    seen = as_seen(busy)
    drop_item(busy.pk, id_of(busy, "Brightwater"), hand=as_seen(busy, anna))
    before = whole(busy)
    with pytest.raises(StaleEdit, match=r"anna dropped “AI chip maker Brightwater.*Nothing of yours is saved yet"):
        acts(busy)[name](seen)
    assert whole(busy) == before


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("state", ["approved", "published"])
def test_only_a_draft_is_edited(busy: Digest, name: str, state: str) -> None:
    times = {"published_at": LATER} if state == "published" else {}
    Digest.objects.filter(pk=busy.pk).update(state=state, **times)
    before = whole(busy)
    with pytest.raises(ActRefused, match="correction" if state == "published" else "withdraw the approval"):
        acts(busy)[name](as_seen(busy))
    assert whole(busy) == before


class Fails:
    """An actor whose account fails when it is looked at, which is the last step of every act."""

    pk = 1

    @property
    def is_authenticated(self) -> bool:
        raise ConnectionError("gone")


@pytest.mark.parametrize("name", [*ACTS, "add", "undo", "publish", "correct"])
def test_an_act_that_fails_at_its_last_step_leaves_nothing(busy: Digest, name: str) -> None:
    all_acts = acts(busy)
    added = item(busy, "Tarn").story.public_id
    busy.items.filter(story__public_id=added).delete()
    last = Change.objects.latest("id").pk
    all_acts["add"] = lambda seen: add_story(busy.pk, added, hand=seen)
    all_acts["undo"] = lambda seen: undo(busy.pk, last, hand=seen)
    all_acts["publish"] = lambda seen: publish_now(busy.pk, hand=replace(seen, now=LATER))
    all_acts["correct"] = lambda seen: correct(busy.pk, text="It was Tuesday.", position=1, hand=seen)
    if name == "publish":
        approve(busy.pk, hand=as_seen(busy))
    if name == "correct":
        Digest.objects.filter(pk=busy.pk).update(state="published", published_at=LATER)
    before = (*whole(busy), Correction.objects.count())
    with pytest.raises(ConnectionError):
        all_acts[name](as_seen(busy, Fails()))
    assert (*whole(busy), Correction.objects.count()) == before


@pytest.mark.parametrize("name", ["rewrite", "drop", "restore", "place", "title"])
def test_an_act_is_undone_and_the_undoing_too(busy: Digest, anna: User, name: str) -> None:
    before = whole(busy)[0]
    change = acts(busy)[name](as_seen(busy))
    after = whole(busy)[0]
    assert after != before
    back = undo(busy.pk, change.pk, hand=as_seen(busy, anna))
    assert whole(busy)[0] == before
    change.refresh_from_db()
    assert (change.undone_by, back.actor_name) == (back, "anna")
    with pytest.raises(ActRefused, match="undone already"):
        undo(busy.pk, change.pk, hand=as_seen(busy))
    undo(busy.pk, back.pk, hand=as_seen(busy))
    assert whole(busy)[0] == after
    holds(busy)


def test_an_addition_is_undone_by_dropping_it(draft: Digest) -> None:
    story = id_of(draft, "Tarn")
    draft.items.filter(story__public_id=story).delete()
    change = add_story(draft.pk, story, hand=as_seen(draft))
    undo(draft.pk, change.pk, hand=as_seen(draft))
    assert story not in stories(draft)


def test_what_was_changed_again_is_not_undone(draft: Digest) -> None:
    story = id_of(draft, "Halden")
    told = sentences_from_json(item(draft, "Halden").sentences)
    first = rewrite_item(draft.pk, story, headline="A hall", sentences=told, hand=as_seen(draft))
    rewrite_item(draft.pk, story, headline="A large hall", sentences=told, hand=as_seen(draft))
    with pytest.raises(ActRefused, match="rewritten again"):
        undo(draft.pk, first.pk, hand=as_seen(draft))
    approved = approve(draft.pk, hand=as_seen(draft))
    withdraw(draft.pk, hand=as_seen(draft))
    with pytest.raises(ActRefused, match="cannot be undone"):
        undo(draft.pk, approved.pk, hand=as_seen(draft))


def test_a_change_of_another_digest_is_not_undone_here(draft: Digest) -> None:
    story = id_of(draft, "Halden")
    change = drop_item(draft.pk, story, hand=as_seen(draft))
    Change.objects.filter(pk=change.pk).update(subject="digest daily 2025-05-07")
    with pytest.raises(ActRefused, match="cannot be undone"):
        undo(draft.pk, change.pk, hand=as_seen(draft))


def test_publishing_needs_the_approval_and_the_hour_and_is_noted(draft: Digest, anna: User) -> None:
    with pytest.raises(ActRefused, match="approve it first"):
        publish_now(draft.pk, hand=as_seen(draft, now=LATER))
    approve(draft.pk, hand=as_seen(draft))
    with pytest.raises(ActRefused, match="not before"):
        publish_now(draft.pk, hand=as_seen(draft))
    publish_now(draft.pk, hand=as_seen(draft, anna, LATER))
    draft.refresh_from_db()
    assert (draft.state, draft.published_at) == (Digest.State.PUBLISHED, LATER)
    noted = Change.objects.get(verb="digest.publish")
    assert (noted.actor_name, noted.subject, noted.before["state"]) == ("anna", f"digest daily {DAY}", "approved")


def test_a_published_digest_takes_a_correction_and_nothing_else(draft: Digest, anna: User) -> None:
    with pytest.raises(ActRefused):
        correct(draft.pk, text="It was Tuesday.", hand=as_seen(draft))
    Digest.objects.filter(pk=draft.pk).update(state="published", published_at=LATER)
    stale = as_seen(draft)
    correct(draft.pk, text="It was <b>Tuesday</b>, not Monday.", position=2, hand=as_seen(draft, anna))
    document = holds(draft)
    assert [(c["position"], c["text"]) for c in document["corrections"]] == [(2, "It was <b>Tuesday</b>, not Monday.")]
    assert Change.objects.get(verb="digest.correct").actor_name == "anna"
    with pytest.raises(StaleEdit, match="anna recorded a correction"):
        correct(draft.pk, text="It was Wednesday.", hand=stale)
    for text, position, why in (("  ", None, "Say what"), ("Late.", 99, "no item 99")):
        with pytest.raises(ActRefused, match=why):
            correct(draft.pk, text=text, position=position, hand=as_seen(draft))


def test_an_item_that_is_not_there_is_named(draft: Digest) -> None:
    with pytest.raises(NotInDigest):
        drop_item(draft.pk, "nothing", hand=as_seen(draft))
    with pytest.raises(ActRefused, match="no such digest"):
        drop_item(draft.pk + 99, "nothing", hand=as_seen(draft))
