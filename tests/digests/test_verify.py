"""A document that was touched anywhere is found out."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from feeds.models import ArticleText
from newsdesk.digests.documents.document import as_document
from newsdesk.digests.documents.verify import verify_document
from newsdesk.digests.models import Digest
from tests.digests.recording import put_through, write_recording

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(tmp_path: Path) -> dict[str, Any]:
    put_through(write_recording(tmp_path / "stream.jsonl"))
    return as_document(Digest.objects.select_related("edition").get(date="2025-05-06"))


def first_receipt(document: dict[str, Any]) -> dict[str, Any]:
    receipt: dict[str, Any] = document["items"][0]["sentences"][0]["receipts"][0]
    return receipt


def flipped(text: str) -> str:
    return text[:5] + ("x" if text[5] != "x" else "y") + text[6:]


def in_quote(d: dict[str, Any]) -> None:
    first_receipt(d)["quote"] = flipped(first_receipt(d)["quote"])


def in_span(d: dict[str, Any]) -> None:
    first_receipt(d)["start"] += 1


def in_span_end(d: dict[str, Any]) -> None:
    first_receipt(d)["end"] = 10**6


def in_hash(d: dict[str, Any]) -> None:
    first_receipt(d)["text_sha256"] = "0" * 64


def in_sentence(d: dict[str, Any]) -> None:
    d["items"][0]["sentences"][0]["text"] = flipped(d["items"][0]["sentences"][0]["text"])


def in_source(d: dict[str, Any]) -> None:
    d["items"][0]["sources"][0]["entry"] = "nobody"


def in_address(d: dict[str, Any]) -> None:
    first_receipt(d)["url"] = "https://elsewhere.example/"


def in_headline(d: dict[str, Any]) -> None:
    d["items"][0]["headline"] = "Harrow Labs raises $900 million"


def in_role(d: dict[str, Any]) -> None:
    d["items"][0]["sentences"][0]["role"] = "rumour"


def without_receipts(d: dict[str, Any]) -> None:
    d["items"][0]["sentences"][0]["receipts"] = []


def in_shape(d: dict[str, Any]) -> None:
    del d["items"][0]["sources"]


def in_order(d: dict[str, Any]) -> None:
    d["items"].reverse()


def in_pattern(d: dict[str, Any]) -> None:
    d["pattern"] = [{"text": "x", "kind": "analysis", "stories": ["a", "b"], "counter": "y"}]


def in_origins(d: dict[str, Any]) -> None:
    held = [one["receipt"] for item in d["items"] for one in item["origins"]["by"] if one["receipt"]]
    held[0]["quote"] = flipped(held[0]["quote"])


def in_schema(d: dict[str, Any]) -> None:
    d["schema"] = "something-else/1"


TAMPERINGS = (
    in_quote, in_span, in_span_end, in_hash, in_sentence, in_source, in_address, in_headline, in_role, without_receipts,
    in_shape, in_order, in_pattern, in_origins, in_schema,
)  # fmt: skip


def test_an_untouched_document_holds(document: dict[str, Any]) -> None:
    assert verify_document(document) == []
    assert verify_document(document, copy.deepcopy(document)) == []


def test_every_item_says_who_found_it_out(document: dict[str, Any]) -> None:
    for item in document["items"]:
        origins, known = item["origins"], {source["entry"] for source in item["sources"]}
        assert 1 <= origins["at_least"] <= origins["at_most"] and origins["words"].endswith(".")
        assert {one["entry"] for one in origins["by"]} <= known
    receipts = [one["receipt"] for item in document["items"] for one in item["origins"]["by"] if one["receipt"]]
    texts = ArticleText.objects.in_bulk([receipt["text_sha256"] for receipt in receipts])
    assert receipts
    for receipt in receipts:
        assert texts[receipt["text_sha256"]].text[receipt["start"] : receipt["end"]] == receipt["quote"]


@pytest.mark.parametrize("tamper", TAMPERINGS)
def test_each_tampering_is_found_without_the_stored_digest(
    document: dict[str, Any], tamper: Callable[[dict[str, Any]], None]
) -> None:
    tamper(document)
    assert verify_document(document) != []


def test_what_no_receipt_covers_is_held_against_the_stored_digest(document: dict[str, Any]) -> None:
    touched = copy.deepcopy(document)
    touched["items"][0]["why_ranked"]["score"] += 1
    touched["coverage"]["articles"] += 1
    assert verify_document(touched, document) == [
        "coverage.articles differs from the digest in the database",
        "items[0].why_ranked.score differs from the digest in the database",
    ]


def test_a_changed_text_in_the_database_is_found(document: dict[str, Any]) -> None:
    sha256 = first_receipt(document)["text_sha256"]
    text = ArticleText.objects.get(pk=sha256)
    ArticleText.objects.filter(pk=sha256).update(text=flipped(text.text))
    assert any("does not have the hash" in fault for fault in verify_document(document))


def test_a_text_taken_down_is_reported(document: dict[str, Any]) -> None:
    ArticleText.objects.filter(pk=first_receipt(document)["text_sha256"]).update(text="", purged_at="2025-06-01T00:00Z")
    assert any("is not kept" in fault for fault in verify_document(document))


def test_the_command_names_each_fault_and_fails(document: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "digest.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    out = StringIO()
    call_command("verify_digest", str(path), stdout=out)
    assert "receipts hold" in out.getvalue()
    in_quote(document)
    path.write_text(json.dumps(document), encoding="utf-8")
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_digest", str(path), stdout=out)
    assert "item 1, sentence 1: quote does not stand at" in out.getvalue()


@pytest.mark.parametrize("content", ["", "[]", "{}", "not json", '{"schema": "newsdesk-digest/1"}'])
def test_a_file_that_is_no_digest_fails_in_one_sentence(content: str, tmp_path: Path) -> None:
    path = tmp_path / "digest.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("verify_digest", str(path), stdout=StringIO())


def test_a_date_without_a_digest_fails() -> None:
    with pytest.raises(CommandError, match="There is no daily digest of 2025-01-01"):
        call_command("verify_digest", "2025-01-01")
