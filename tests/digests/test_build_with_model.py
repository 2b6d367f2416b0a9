"""A digest whose larger stories a model writes, over a real HTTP server that speaks the OpenAI protocol."""

from __future__ import annotations

import re
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from newsdesk.digests.building.daily import build_digest
from newsdesk.digests.documents.document import as_document
from newsdesk.digests.documents.verify import verify_document
from newsdesk.digests.models import Digest, Edition
from newsdesk.llm.models import Completion, DailySpend
from tests.digests.recording import at, put_through, write_recording
from tests.servers.openai_api import OpenAIServer, Reply, chat, drip, error

pytestmark = pytest.mark.django_db

DAY = date(2025, 5, 6)
NOW = at("2025-05-06T07:05:00")


@pytest.fixture
def draft(tmp_path: Path) -> Edition:
    """The recording's first day, its digest taken back to a draft."""
    put_through(write_recording(tmp_path / "stream.jsonl"))
    Digest.objects.update(state=Digest.State.DRAFT, published_at=None)
    return Edition.objects.get(slug="daily")


def echo(request: dict[str, Any]) -> Reply:
    """A model that repeats the first two sentences of its first source, and adds a lie."""
    source = re.search(r"^SOURCE 1 .*?\n\n(.*?)\nEND OF SOURCE 1", request["messages"][1]["content"], re.S | re.M)
    said = re.findall(r"[^.]+\.", source[1])[:2] if source else []
    sentences = [
        {"text": text.strip(), "role": "what", "kind": "fact", "evidence": [{"source": 1, "quote": text.strip()}]}
        for text in said
    ]
    lie = {**sentences[0], "text": "Zorblax bought all of it for $99 trillion, the company said."}
    return chat({"headline": "Zorblax buys everything", "sentences": [*sentences, lie]})


def written(digest: Digest) -> list[str]:
    document = as_document(digest)
    assert verify_document(document) == []
    told = [sentence for item in document["items"] for sentence in item["sentences"]]
    assert not any("Zorblax" in sentence["text"] for sentence in told)
    assert not any("Zorblax" in item["headline"] for item in document["items"])
    return [sentence["written_by"] for sentence in told]


def test_a_model_writes_the_larger_stories_once_and_its_lies_are_dropped(draft: Edition, settings: Any) -> None:
    with OpenAIServer(echo) as server:
        settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY, settings.OPENAI_MODEL = server.base_url, "k", "echo-1"
        digest = build_digest(draft, DAY, now=NOW)
        assert "model" in written(digest)
        assert "echo-1" in digest.manifest["models"]
        asked = len(server.requests)
        again = build_digest(draft, DAY, now=NOW)
        assert written(again) == written(digest)
        assert len(server.requests) == asked == Completion.objects.filter(status="done").count()


def test_a_server_that_fails_leaves_a_whole_digest_in_the_sources_words(draft: Edition, settings: Any) -> None:
    with OpenAIServer([error(503, "overloaded")]) as server:
        settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY = server.base_url, "k"
        digest = build_digest(draft, DAY, now=NOW)
    assert set(written(digest)) == {"extract"}
    assert digest.items.count() > 1
    # After three failed tries of the first story nobody asks again for a while.
    assert len(server.requests) == 3


def test_a_digest_waits_for_no_model_longer_than_for_all_its_stories_together(draft: Edition, settings: Any) -> None:
    def echo_slowly(request: dict[str, Any]) -> Reply:
        time.sleep(2.5)
        return echo(request)

    settings.LLM_SECONDS_PER_DIGEST = 4
    with OpenAIServer(echo_slowly) as server:
        settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY, settings.OPENAI_MODEL = server.base_url, "k", "echo-1"
        digest = build_digest(draft, DAY, now=NOW)
        told = set(written(digest))
        assert told == {"model", "extract"}  # the first in time, the second too late, the others not asked about
        assert len(server.requests) == 2
        settings.LLM_SECONDS_PER_DIGEST = 300
        assert "model" in written(build_digest(draft, DAY, now=NOW))
        assert len(server.requests) == 3


def test_a_model_that_drips_keeps_no_digest_and_no_reserve(draft: Edition, settings: Any) -> None:
    settings.LLM_SECONDS_PER_DIGEST = 1
    dripping = Reply(raw=lambda connection, stopping: drip(connection, b"HTTP/1.1 200 OK\r\n" * 99, 0.05, stopping))
    with OpenAIServer([dripping]) as server:
        settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY = server.base_url, "k"
        began = time.monotonic()
        digest = build_digest(draft, DAY, now=NOW)
        assert time.monotonic() - began < 10
    assert set(written(digest)) == {"extract"}
    assert not Completion.objects.filter(status="asked").exists()
    assert DailySpend.objects.get().microusd == 0
