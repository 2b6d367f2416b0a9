from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from feeds.tasks import extract, poll
from newsdesk.celery import STAGES, WAKE_INTERVAL_S, app
from tests.feeds.documents import item, rss
from tests.feeds.rows import make_feed
from tests.servers.publisher import Publisher, Reply

pytestmark = pytest.mark.django_db


def test_the_stages_have_the_names_that_the_sweep_wakes() -> None:
    assert (poll.name, extract.name) == ("feeds.tasks.poll", "feeds.tasks.extract")


def test_poll_counts_changed_entries_and_does_nothing_twice(publisher: Publisher, settings: Any) -> None:
    settings.FETCH_ALLOWED_ADDRESSES = frozenset({publisher.address})
    publisher.routes["/feed"] = Reply(rss(item(1), item(2)), content_type="application/rss+xml")
    make_feed(publisher.url("/feed"), next_poll_at=timezone.now())
    assert poll() == 2
    assert poll() == 0


def test_what_asks_publishers_has_a_queue_of_its_own_and_a_plain_worker_takes_from_all() -> None:
    routes = {name: app.amqp.router.route({}, name)["queue"].name for name in STAGES}
    assert {name for name, queue in routes.items() if queue == "fetch"} == {poll.name, extract.name}
    assert set(routes.values()) == {"fetch", settings.CELERY_TASK_DEFAULT_QUEUE}
    assert set(app.amqp.queues.consume_from) == set(routes.values())


def test_a_stage_wakes_the_next_while_it_goes_on_and_itself_when_there_is_more_than_it_can_do(
    publisher: Publisher, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poll, "_woke_at_s", -WAKE_INTERVAL_S)
    woken()  # what others left
    settings.FETCH_ALLOWED_ADDRESSES = frozenset({publisher.address})
    for number in range(9):  # one more than a run has threads
        publisher.routes[f"/{number}"] = Reply(rss(item(number)), content_type="application/rss+xml")
        make_feed(publisher.url(f"/{number}"), next_poll_at=timezone.now())
    assert poll() == 9
    assert woken() == [poll.name, extract.name]
    assert poll() == 0
    assert woken() == []


def woken() -> list[str]:
    """The stages woken since the last look, by the messages in their queue, which this takes out."""
    stages = []
    with app.connection_for_read() as connection:
        channel = connection.default_channel
        while message := channel.basic_get("fetch", no_ack=True):
            stages.append(message.headers["task"])
    return stages
