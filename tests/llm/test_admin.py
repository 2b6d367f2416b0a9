"""The ledger's pages: to read only, and quick however long the ledger is."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsdesk.llm.models import Completion

pytestmark = pytest.mark.django_db

LIST = "/admin/llm/completion/"


def add(count: int, **fields: str) -> None:
    for number in range(count):
        Completion.objects.create(
            purpose="summary",
            model="m",
            prompt_version="1",
            input_sha256=f"{number:064d}",
            output="SECRET ANSWER",
            cost_microusd=1_500,
            created_at=timezone.now(),
            **fields,
        )


def test_the_list_costs_the_same_however_long_it_is_and_reads_no_answers(admin_client: Client) -> None:
    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            assert admin_client.get(LIST).status_code == 200
        return [query["sql"] for query in captured]

    add(1)
    few = queries()
    add(70)
    many = queries()
    assert len(few) == len(many)
    assert not [sql for sql in many if '"output"' in sql]
    assert not [sql for sql in many if "COUNT(" in sql and "LIMIT" not in sql]


def test_calls_are_found_by_status_and_by_question(admin_client: Client) -> None:
    add(2, status="done")
    add(1, status="failed")
    assert admin_client.get(LIST, {"status__exact": "failed"}).context["cl"].result_count == 1
    assert admin_client.get(LIST, {"q": f"{1:064d}"}).context["cl"].result_count == 1
    assert admin_client.get(LIST, {"q": "0"}).context["cl"].result_count == 0
    assert "0.0015" in admin_client.get(LIST).text


@pytest.mark.parametrize("path", ["add/", "1/delete/"])
def test_nobody_changes_the_ledger(admin_client: Client, path: str) -> None:
    add(1)
    assert admin_client.post(f"{LIST}{path}").status_code == 403
