"""Asking a server for vectors: faults, nonsense, the ceiling and the pause, over real sockets."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from newsdesk.llm import ledger
from newsdesk.llm.embed import embed
from newsdesk.llm.models import Completion, DailySpend, Pause
from newsdesk.llm.tries import NoAnswer
from tests.servers.openai_api import OpenAIServer, Reply, embed_letters, error, vectors

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
KEY = "sk-test-secret-key-4711"
TEXTS = ["Kelp Labs sues Brine AI", "Port of Brest buys cranes"]
GOOD = vectors([[0.6, 0.8], [1, 0]], tokens=1000)


@pytest.fixture
def endpoint(settings):
    """Points the settings at a scripted server."""
    servers = []

    def start(script):
        server = OpenAIServer(script).__enter__()
        servers.append(server)
        settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY = server.base_url, KEY
        settings.EMBEDDING_BASE_URL = settings.EMBEDDING_API_KEY = ""
        settings.EMBEDDING_MODEL = "test-embedding"
        settings.LLM_DAILY_BUDGET_USD = Decimal("1")
        return server

    yield start
    for server in servers:
        server.__exit__()


def ask(texts=TEXTS, *, now=NOW, **options):
    return embed(texts, purpose="test", now=now, **options)


def test_vectors_come_in_the_order_of_the_texts_and_the_ledger_says_how_many(endpoint):
    server = endpoint([vectors([[0.6, 0.8], [1, 0]], tokens=1_000_000, reverse=True)])
    assert ask() == [[0.6, 0.8], [1, 0]]
    assert server.requests == [{"model": "test-embedding", "input": TEXTS, "encoding_format": "float"}]
    row = Completion.objects.get()
    assert (row.status, row.model, row.input_tokens, row.output) == (
        "done",
        "test-embedding",
        1_000_000,
        '{"vectors": 2, "width": 2}',
    )
    assert row.cost_microusd == 20_000  # a million tokens for 0.02 USD
    assert DailySpend.objects.get().microusd == 20_000


def test_no_texts_and_no_model_ask_nothing(endpoint, settings):
    server = endpoint([GOOD])
    assert ask([]) == []
    settings.EMBEDDING_MODEL = ""
    with pytest.raises(NoAnswer, match="no embedding model is configured"):
        ask()
    assert not server.requests and not Completion.objects.exists()


def test_a_server_of_its_own_is_not_sent_the_key_of_the_other(endpoint, settings):
    server = endpoint([GOOD])
    ask()
    settings.EMBEDDING_BASE_URL = server.base_url
    ask()
    settings.EMBEDDING_API_KEY = "sk-of-its-own"
    ask()
    settings.EMBEDDING_BASE_URL = ""
    ask()
    assert server.keys == [f"Bearer {KEY}", "Bearer none", "Bearer sk-of-its-own", "Bearer sk-of-its-own"]


@pytest.mark.parametrize(
    "broken",
    [Reply(reset=True), Reply(body=b'{"data": [', cut_after_bytes=5), error(500, "oops"), error(503, "oops")],
    ids=["reset", "half", "500", "503"],
)
def test_a_passing_fault_is_retried(endpoint, broken):
    server = endpoint([broken, GOOD])
    assert len(ask()) == 2
    assert len(server.requests) == 2
    assert [row.status for row in Completion.objects.order_by("id")] == ["failed", "done"]


def test_a_lasting_fault_pauses_embeddings_and_not_the_language_model(endpoint):
    server = endpoint([error(500, "oops")])
    with pytest.raises(NoAnswer, match="answered 500"):
        ask()
    with pytest.raises(NoAnswer, match="answered 500"):
        ask(now=NOW + timedelta(minutes=1))
    assert len(server.requests) == 3
    assert Pause.objects.get().name == ledger.EMBEDDING_PAUSE
    assert not ledger.paused(NOW)
    server.script = [GOOD]
    assert ask(now=NOW + timedelta(minutes=6))


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (vectors([[float("nan"), 1.0], [1.0, 0.0]]), "not a finite number"),
        (vectors([[float("inf"), 1.0], [1.0, 0.0]]), "not a finite number"),
        (vectors([[10**400, 1.0], [1.0, 0.0]]), "not a finite number"),
        (vectors([["1", "0"], [1.0, 0.0]]), "not a finite number"),
        (vectors([[True, False], [1.0, 0.0]]), "not a finite number"),
        (vectors([[1.0, 0.0], [1.0]]), "not vectors of one width"),
        (vectors([[], []]), "not vectors of one width"),
        (vectors(["AACAPw==", "AACAPw=="]), "not vectors of one width"),
        (vectors([[1.0, 0.0]]), "other embeddings than the 2"),
        (vectors([[1.0, 0.0]] * 3), "other embeddings than the 2"),
        (Reply(body=b'{"data": [{"index": 0}]}'), "not a list of embeddings"),
        (Reply(body=b'{"data": {"a": 1}}'), "not a list of embeddings"),
        (Reply(body=b"[]"), "not a list of embeddings"),
        (Reply(body=b"<html>"), "not JSON"),
        (Reply(body=b'"' + b"a" * 8_100_000 + b'"'), "over 8 MB"),
    ],
)
def test_nonsense_is_no_answer_and_not_asked_for_again(endpoint, reply, reason):
    server = endpoint([reply])
    with pytest.raises(NoAnswer, match=reason):
        ask()
    assert len(server.requests) == 1
    assert Completion.objects.get().status == "failed"
    assert not Pause.objects.exists()


def test_a_refused_key_pauses_and_is_nowhere_written(endpoint):
    endpoint([error(401, f"Incorrect API key provided: {KEY}")])
    with pytest.raises(NoAnswer) as caught:
        ask()
    assert "refused the key" in str(caught.value)
    assert KEY not in str(caught.value) + Completion.objects.get().error + Pause.objects.get().reason


def test_at_the_ceiling_no_call_is_made(endpoint, settings):
    server = endpoint(embed_letters)
    settings.EMBEDDING_USD_PER_MILLION = Decimal(1_000_000)  # a dollar a token
    with pytest.raises(NoAnswer, match="ceiling"):
        ask()
    assert not server.requests
    assert sum(DailySpend.objects.values_list("microusd", flat=True)) == 0


def test_without_counts_the_reserve_is_the_cost(endpoint):
    endpoint([vectors([[1.0], [1.0]], tokens=None)])
    ask()
    most = sum(len(text.encode()) + 8 for text in TEXTS) * 0.02
    assert most <= Completion.objects.get().cost_microusd <= most + 1


def test_a_reply_that_drips_ends_at_the_deadline(endpoint):
    endpoint([Reply(body=b" " * 4000, drip_s=0.05)])
    started = time.monotonic()
    with pytest.raises(NoAnswer, match="within"):
        ask(deadline_s=0.3)
    assert time.monotonic() - started < 10
