"""A story that cannot be told in its time: the digest appears, with the story in short, and the editor is told."""

from __future__ import annotations

import json
import time
from datetime import date
from pathlib import Path

import pytest
from pytest_django import Settings

from newsdesk.digests.documents.document import as_document
from newsdesk.digests.documents.verify import verify_document
from newsdesk.digests.models import Digest
from newsdesk.digests.telling.plainly import PROMPT_VERSION
from newsdesk.digests.telling.receipts import resolve
from newsdesk.digests.telling.tell import tell_at_most
from tests.access.people import client_of
from tests.digests.invented import entry, story
from tests.digests.recording import LINES, put_through, write_recording

DAY = date(2025, 5, 6)
LEDE = "Brightwater said on Tuesday that it had raised $1,250 million."


def long(first: int = 0) -> str:
    """So many words of so many kinds cost a second to go through; what is under test is cut off after a tenth."""
    numbers = range(first, first + 12_000)
    return " ".join(f"Analyst {n} of Norrland {n} said that chip {n * 7} costs ${n} million." for n in numbers)


LONG = long()


def test_a_story_that_takes_too_long_is_told_in_its_first_sentence(settings: Settings) -> None:
    settings.UNTRUSTED_WORK_S = 0.1
    long = story(1, entry(1, "Brightwater raises $1.25bn", f"{LEDE} {LONG}"), entry(2, "Brightwater's round", LONG))
    draft = tell_at_most(long, 5)
    assert (draft.headline, draft.prompt_version) == ("Brightwater raises $1.25bn", PROMPT_VERSION)
    (sentence,) = draft.sentences
    assert sentence.text == LEDE
    assert resolve(sentence.receipts[0], long.entries[0].text) == []
    settings.UNTRUSTED_WORK_S = 60.0
    assert tell_at_most(long, 5).prompt_version != PROMPT_VERSION


@pytest.mark.parametrize("body", ["", "x" * 100_000, "x" * 100_000 + ". Then.", "no sentence ends here\n\nnor here"])
def test_one_without_a_sentence_that_anybody_can_read_is_told_by_its_title(settings: Settings, body: str) -> None:
    settings.UNTRUSTED_WORK_S = 0.1
    entries = (entry(1, "Brightwater raises $1.25bn", body), entry(2, "", LONG))
    (sentence,) = tell_at_most(story(1, *entries), 5).sentences
    assert sentence.text == "Brightwater raises $1.25bn"
    assert resolve(sentence.receipts[0], entries[0].text) == []


@pytest.mark.django_db
def test_the_digest_appears_and_its_editors_are_told(tmp_path: Path, settings: Settings) -> None:
    lines = [
        {**line, "body": f"{line['summary']} {long(number * 20_000)}"} if line["id"].startswith("b") else line
        for number, line in enumerate(LINES)
    ]
    settings.UNTRUSTED_WORK_S = 0.1
    put_through(write_recording(tmp_path / "stream.jsonl", lines))
    digest = Digest.objects.select_related("edition").get(date=DAY)
    assert digest.state == Digest.State.PUBLISHED
    document = as_document(digest)
    assert verify_document(document) == []
    told = {item["sources"][0]["entry"][0]: len(item["sentences"]) for item in document["items"]}
    assert told["a"] > 1
    assert told["b"] == 1
    (held,) = [one for one in digest.held_back if one["reason"] == "cut_off"]
    page = client_of("editor").get(f"/admin/digests/digest/{digest.pk}/change/").text
    assert held["headline"] in page
    assert "Telling it took too long" in page


WORD = "Gro\u00dfhandelspreisindexver\u00e4nderungsrate" * 9
HOSTILE = {
    "a word of 300 letters": f"By {WORD[:300]} {WORD[:300].title()}. {LEDE}",
    "100 kB of one letter": "a" * 100_000,
    "100 kB of capitals": "Aa " * 33_000,
    "100 kB of figures": "1,000." * 16_000,
    "100 kB of quotes": "\u201c\u201d\"'" * 25_000,
    "100 kB of two letters": "Ab. " * 25_000,
    "100 kB of white space": " \n\t\u00a0" * 25_000,
    "100 kB of dashes": "\u2014 - " * 25_000,
}


@pytest.mark.django_db
def test_hostile_texts_go_through_the_line_and_the_others_are_told_in_full(tmp_path: Path) -> None:
    first = json.loads(json.dumps(LINES[0]))
    hostile = [
        {**first, "id": f"h{n}", "domain": f"h{n}.example", "title": f"AI lab Corvane: {name}", "body": body}
        for n, (name, body) in enumerate(HOSTILE.items())
    ]
    hostile.append({**first, "id": "h-title", "domain": "t.example", "title": WORD * 30, "body": LEDE})
    started = time.process_time()
    put_through(write_recording(tmp_path / "stream.jsonl", [*LINES, *hostile]))
    # Ours alone: what tells stories is the child's. All of it takes 3 s; one quadratic pattern took minutes.
    assert time.process_time() - started < 30
    digest = Digest.objects.select_related("edition").get(date=DAY)
    document = as_document(digest)
    assert verify_document(document) == []
    (lead,) = [item for item in document["items"] if item["sources"][0]["entry"].startswith("a")]
    assert len(lead["sentences"]) > 1
    assert not [one for one in digest.held_back if one["reason"] == "cut_off"]
