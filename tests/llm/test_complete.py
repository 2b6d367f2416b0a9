"""Asking a model: L1, L2, L3, L7, L8 and L9 of the hostile-model list, over real sockets."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from pydantic import BaseModel, ConfigDict

from newsdesk.celery import app
from newsdesk.llm import ledger, tries
from newsdesk.llm.complete import complete
from newsdesk.llm.deadline import Deadline
from newsdesk.llm.models import Completion, DailySpend, Pause
from newsdesk.llm.tasks import settle_lost
from newsdesk.llm.tries import NoAnswer, NotAsked
from tests.servers.openai_api import OpenAIServer, Reply, chat, error

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
KEY = "sk-test-secret-key-4711"
GOOD = {"answer": "yes", "count": 3}


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")
    answer: str
    count: int


@pytest.fixture
def model(settings):
    """Points the settings at a scripted server."""
    servers = []

    def start(script):
        server = OpenAIServer(script).__enter__()
        servers.append(server)
        settings.OPENAI_API_KEY = KEY
        settings.OPENAI_BASE_URL = server.base_url
        settings.OPENAI_MODEL = "test-model"
        settings.LLM_DAILY_BUDGET_USD = Decimal("1")
        return server

    yield start
    for server in servers:
        server.__exit__()


def ask(now=NOW, material="What now?", prompt_version="v1", **options):
    return complete(
        purpose="test",
        prompt_version=prompt_version,
        instructions="Answer.",
        material=material,
        shape=Shape,
        now=now,
        **options,
    )


@pytest.mark.django_db
def test_without_a_key_nothing_is_asked(settings):
    settings.OPENAI_API_KEY = settings.OPENAI_BASE_URL = ""
    with pytest.raises(NoAnswer, match="no model is configured"):
        ask()
    assert Completion.objects.count() == 0


@pytest.mark.django_db
def test_a_good_answer_is_validated_recorded_and_settled(model):
    server = model([chat(GOOD, tokens=(1000, 100))])
    assert ask() == Shape(answer="yes", count=3)
    row = Completion.objects.get()
    assert (row.status, row.input_tokens, row.output_tokens, row.model) == ("done", 1000, 100, "test-model")
    assert row.cost_microusd == 450  # 1000 x 0.25 + 100 x 2.00 millionths of a dollar
    assert DailySpend.objects.get().microusd == 450
    assert server.keys == [f"Bearer {KEY}"]
    assert server.requests[0]["response_format"]["json_schema"]["schema"]["title"] == "Shape"


@pytest.mark.django_db
def test_the_same_question_is_paid_once_and_a_new_prompt_or_model_anew(model, settings):
    server = model([chat(GOOD)])
    ask()
    ask(now=NOW + timedelta(days=3))
    assert len(server.requests) == 1
    ask(prompt_version="v2")
    settings.OPENAI_MODEL = "another-model"
    ask()
    assert len(server.requests) == 3
    assert Completion.objects.filter(status="done").count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    "bad",
    [
        chat("no json at all"),
        chat({"answer": "yes"}),
        chat({**GOOD, "extra": 1}),
        chat({"answer": "yes", "count": "many"}),
        chat(""),
    ],
    ids=["prose", "missing", "extra", "type", "empty"],
)
def test_an_unusable_answer_is_repaired_once(model, bad):
    server = model([bad, chat(GOOD)])
    assert ask().count == 3
    assert "not usable" in server.requests[1]["messages"][-1]["content"]
    assert [row.status for row in Completion.objects.order_by("id")] == ["failed", "done"]


@pytest.mark.django_db
def test_a_second_unusable_answer_is_the_end(model):
    server = model([chat("no"), chat("still no"), chat(GOOD)])
    with pytest.raises(NoAnswer, match="does not fit"):
        ask()
    assert len(server.requests) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (chat('{"answer": "ye', finish="length"), "token limit"),
        (chat(None, refusal="I can't"), "refused"),
        (chat("x", finish="content_filter"), "refused"),
        (Reply(body=b"<html>captive portal</html>"), "not JSON"),
        (Reply(body=b"[" * 100_000), "not JSON"),
        (Reply(body=b'{"choices": []}'), "not a chat completion"),
        (Reply(body=b'{"choices": ["x"]}'), "not a chat completion"),
        (Reply(body=b'"' + b"a" * 1_100_000 + b'"'), "over 1 MB"),
        (chat("{}" * 400_000), "does not fit"),
    ],
    ids=["cut", "refusal", "filter", "html", "deep", "no-choices", "odd-choice", "huge", "long"],
)
def test_what_cannot_be_repaired_is_no_answer(model, reply, says):
    model([reply])
    with pytest.raises(NoAnswer, match=says):
        ask()


@pytest.mark.django_db
def test_a_fence_around_the_json_is_taken_off(model):
    model([chat('```json\n{"answer": "yes", "count": 3}\n```')])
    assert ask().answer == "yes"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "broken",
    [
        Reply(reset=True),
        Reply(body=b'{"choices": [', cut_after_bytes=5),
        error(500, "oops"),
        error(502, "oops"),
        error(504, "oops"),
    ],
    ids=["reset", "half", "500", "502", "504"],
)
def test_a_passing_fault_is_retried(model, broken):
    server = model([broken, chat(GOOD)])
    assert ask().answer == "yes"
    assert len(server.requests) == 2


@pytest.mark.django_db
def test_retries_are_bounded_and_then_everybody_pauses(model):
    server = model([error(503, "overloaded")])
    with pytest.raises(NoAnswer, match="503"):
        ask()
    assert len(server.requests) == 3
    with pytest.raises(NoAnswer, match="503"):
        ask(now=NOW + timedelta(minutes=1), material="another")
    assert len(server.requests) == 3
    with pytest.raises(NoAnswer):
        ask(now=NOW + timedelta(minutes=10), material="another")
    assert len(server.requests) == 6


@pytest.mark.django_db
def test_a_dripping_answer_ends_at_the_deadline(model):
    model([Reply(body=b" " * 1000, drip_s=0.05)])
    started = time.monotonic()
    with pytest.raises(NoAnswer, match="no whole reply"):
        ask(deadline_s=0.3)
    assert time.monotonic() - started < 6


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("headers", "pause_s"),
    [
        ({"retry_after": "120"}, 120),
        ({"retry_after_ms": "90000"}, 90),
        ({"retry_after": "99999999"}, 3600),
        ({"retry_after": "soon"}, 30),
        ({}, 30),
    ],
    ids=["seconds", "ms", "clamped", "garbage", "none"],
)
def test_a_rate_limit_pauses_all_workers_together(model, headers, pause_s):
    server = model([error(429, "slow down", **headers), chat(GOOD)])
    with pytest.raises(NoAnswer, match="asks to wait"):
        ask()
    assert abs((Pause.objects.get().until - NOW).total_seconds() - pause_s) < 2
    with pytest.raises(NoAnswer, match="asks to wait"):
        ask(now=NOW + timedelta(seconds=pause_s - 5), material="from another worker")
    assert len(server.requests) == 1
    assert ask(now=NOW + timedelta(seconds=pause_s + 5)).answer == "yes"


@pytest.mark.django_db
def test_a_short_rate_limit_is_waited_out(model):
    model([error(429, "slow down", retry_after="1"), chat(GOOD)])
    assert ask().answer == "yes"


@pytest.mark.django_db
def test_used_up_quota_is_not_retried(model):
    server = model([error(429, "pay", code="insufficient_quota"), chat(GOOD)])
    with pytest.raises(NoAnswer, match="quota"):
        ask()
    assert len(server.requests) == 1
    assert Pause.objects.get().until - NOW >= timedelta(minutes=59)


@pytest.mark.django_db
def test_a_server_without_response_format_is_asked_without(model):
    server = model([error(400, "response_format not supported"), chat(GOOD)])
    assert ask().answer == "yes"
    assert "response_format" not in server.requests[1]


@pytest.mark.django_db
def test_a_refused_key_is_clear_and_never_shown(model, caplog):
    caplog.set_level(logging.DEBUG)
    model([error(401, f"Incorrect API key provided: {KEY}")])
    with pytest.raises(NoAnswer, match="refused the key") as caught:
        ask()
    assert KEY not in str(caught.value) and caught.value.__suppress_context__ is not None
    row = Completion.objects.get()
    assert "refused the key" in row.error
    assert KEY not in row.error and KEY not in Pause.objects.get().reason and KEY not in caplog.text


@pytest.mark.django_db
def test_a_wrong_address_is_clear(model, settings):
    model([chat(GOOD)])
    settings.OPENAI_BASE_URL = settings.OPENAI_BASE_URL.replace("/v1", "/v9")
    with pytest.raises(NoAnswer, match="no such address or model"):
        ask()
    settings.OPENAI_BASE_URL = "http://127.0.0.1:1/v1"
    Pause.objects.all().delete()
    with pytest.raises(NoAnswer, match="no connection"):
        ask()


@pytest.mark.django_db
def test_at_the_ceiling_no_call_is_made(model, settings):
    server = model([chat(GOOD, tokens=(1000, 1000))])
    settings.LLM_DAILY_BUDGET_USD = Decimal("0.012")  # one reserve of about 0.0083 at a time, 0.00225 settled
    asked = 0
    with pytest.raises(NoAnswer, match="ceiling"):
        for number in range(10):
            ask(material=f"question {number}")
            asked += 1
    assert len(server.requests) == asked == 2
    assert DailySpend.objects.get().microusd <= 12_000
    assert ask(now=NOW + timedelta(days=1), material="tomorrow").answer == "yes"


@pytest.mark.django_db
def test_a_huge_article_does_not_fit_under_the_ceiling(model, settings):
    server = model([chat(GOOD)])
    settings.LLM_DAILY_BUDGET_USD = Decimal("0.05")
    with pytest.raises(NoAnswer, match="ceiling"):
        ask(material="word " * 200_000)
    assert server.requests == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_pass_the_ceiling_together():
    day = NOW.date()
    DailySpend.objects.create(date=day)
    granted = []

    def worker():
        for _ in range(20):
            if ledger.reserve(day, 10, ceiling_microusd=250):
                granted.append(10)
        connection.close()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(granted) == 250 == DailySpend.objects.get().microusd


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("usage", "least_calls", "most_calls"),
    [
        ({"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}, 1, 6),
        ({"prompt_tokens": 10**19, "completion_tokens": 10**19}, 1, 6),
        ({"prompt_tokens": 100, "completion_tokens": 10**19, "total_tokens": 10**19}, 1, 6),
        ({"prompt_tokens": -5, "completion_tokens": -5}, 1, 6),
        ({"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 4110}, 1, 7),
        (
            {"prompt_tokens": 100, "completion_tokens": 10, "completion_tokens_details": {"reasoning_tokens": 4000}},
            1,
            7,
        ),
        # An honest count of little is believed: then there is room for many.
        ({"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}, 30, 60),
    ],
    ids=["nothing", "absurd", "half absurd", "negative", "in the total", "in the details", "honest"],
)
def test_the_ceiling_holds_whatever_a_server_counts(model, settings, usage, least_calls, most_calls):
    payload = json.loads(chat(GOOD).body) | {"usage": usage}
    server = model([Reply(body=json.dumps(payload).encode())])
    settings.LLM_DAILY_BUDGET_USD = Decimal("0.05")
    for number in range(60):
        with contextlib.suppress(NoAnswer):
            ask(material=f"question {number}")
    assert least_calls <= len(server.requests) <= most_calls
    assert 0 < DailySpend.objects.get().microusd <= 50_000


@pytest.mark.django_db
def test_no_call_is_begun_when_the_time_of_all_of_them_is_over(model):
    server = model([chat(GOOD)])
    with pytest.raises(NotAsked, match="used up"):
        ask(within=Deadline(0.0))
    assert server.requests == [] and not Completion.objects.exists()


@pytest.mark.django_db
def test_all_tries_share_the_time_of_the_work_they_are_for(model):
    server = model([Reply(body=b" " * 1000, drip_s=0.05)])
    began = time.monotonic()
    with pytest.raises(NoAnswer):
        ask(within=Deadline(1.0), deadline_s=0.7)
    assert time.monotonic() - began < 6
    assert len(server.requests) < 3
    assert not Pause.objects.exists()  # that the time was short says nothing of the server


@pytest.mark.django_db
def test_a_server_that_used_up_the_time_of_all_work_is_asked_no_more_for_a_while(model, monkeypatch):
    monkeypatch.setattr(tries, "SILENCE_S", 0.5)
    server = model([Reply(body=b" " * 1000, drip_s=0.05)])
    with pytest.raises(NoAnswer):
        ask(within=Deadline(0.7))
    assert "within 0." in Pause.objects.get().reason
    with pytest.raises(NotAsked):
        ask()
    assert len(server.requests) == 1


DIES = """
import sys, django
django.setup()
from datetime import UTC, datetime
from pydantic import BaseModel
from newsdesk.llm.complete import complete

class Shape(BaseModel):
    answer: str

complete(purpose="test", prompt_version="v1", instructions="Answer.", material="?", shape=Shape, now=datetime.now(UTC))
"""


@pytest.mark.django_db(transaction=True)
def test_a_call_whose_program_is_killed_settles_by_itself():
    arrived = threading.Event()

    def hold(_connection, stopping):
        arrived.set()
        stopping.wait()

    with OpenAIServer([Reply(raw=hold), chat(GOOD)]) as server:
        asker = subprocess.Popen([sys.executable, "-c", DIES], env=environment_of(server))
        assert arrived.wait(60)
        asker.kill()
        asker.wait()
    row = Completion.objects.get()
    spent = DailySpend.objects.get().microusd
    assert (row.status, row.settled_at) == ("asked", None)
    assert spent == row.cost_microusd > 0
    assert ledger.settle_lost(now=row.created_at + timedelta(minutes=9)) == 0
    assert ledger.settle_lost(now=row.created_at + timedelta(minutes=11)) == 1
    row.refresh_from_db()
    assert row.status == "unknown" and row.settled_at and "not known" in row.error
    assert DailySpend.objects.get().microusd == spent == row.cost_microusd
    assert ledger.settle_lost(now=row.created_at + timedelta(minutes=12)) == 0


@pytest.mark.django_db
def test_asking_settles_what_was_lost_before(model):
    lost = Completion.objects.create(cost_microusd=5, created_at=NOW - timedelta(hours=1))
    running = Completion.objects.create(cost_microusd=5, created_at=NOW - timedelta(minutes=1))
    model([chat(GOOD)])
    ask()
    lost.refresh_from_db()
    running.refresh_from_db()
    assert (lost.status, running.status) == ("unknown", "asked")


@pytest.mark.django_db
def test_the_hour_settles_too():
    Completion.objects.create(cost_microusd=5, created_at=NOW - timedelta(days=1000))
    assert settle_lost.name in {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert settle_lost() == 1


def environment_of(server):
    """The environment of a program that works on this test's database."""
    at = connection.settings_dict
    url = f"sqlite:///{at['NAME']}"
    if connection.vendor == "postgresql":
        url = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{at['NAME']}"
    return os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "newsdesk.settings",
        "OPENAI_BASE_URL": server.base_url,
        "OPENAI_API_KEY": KEY,
    }
