"""PostgreSQL and Redis stopped, gone and back, as a reader, a subscriber and the operator see it (X3, X7, X10)."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Iterator

import pytest

from tests.away.site import FORM, Site, server_of, suspended
from tests.servers.postgres import running_postgres
from tests.servers.redis_server import RedisServer

# What the site promises to whoever posts.
POST_S = 5.0


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    server = RedisServer()
    server.start()
    yield server
    server.kill()
    shutil.rmtree(server.folder)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, redis: RedisServer) -> Iterator[Site]:
    with running_postgres() as url:
        site = Site(tmp_path_factory.mktemp("away"), {"DATABASE_URL": url, "REDIS_URL": redis.url})
        site.prepare()
        site.start()
        try:
            yield site
        finally:
            site.stop()


def assert_away(site: Site) -> None:
    """Readers read; who sends a form is told in time; machines are told the truth."""
    page = site.ask("/2026/03/25/")
    assert (page.status, "Chips are scarce" in page.body) == (200, True)
    assert page.took_s < POST_S
    assert site.ask("/2026/03/25/", If_None_Match=page.headers["ETag"]).status == 304
    refused = site.post()
    assert (refused.status, refused.headers["Retry-After"]) == (503, "10")
    assert refused.took_s < POST_S
    assert "Back in a moment" in refused.body
    assert site.ask("/search/?q=chips").status == 503
    ready = site.ask("/health/ready")
    assert (ready.status, json.loads(ready.body)["components"]["database"]["status"]) == (503, "fail")
    assert site.ask("/health/live").status == 200
    assert b"newsdesk_component_state" in site.ask("/metrics").body.encode()


def test_a_redis_that_stops_goes_and_comes_back_is_hardly_noticed(site: Site, redis: RedisServer) -> None:
    assert site.ask("/preview/").status == 200
    assert redis.process

    def assert_at_work() -> None:
        for path in ("/", "/preview/", "/admin/login/"):
            assert site.ask(path).status == 200
        answer = site.post()
        assert answer.status == 200
        assert answer.took_s < POST_S
        ready = site.ask("/health/ready")
        assert (ready.status, json.loads(ready.body)["components"]["broker"]["status"]) == (200, "warn")

    redis.process.send_signal(signal.SIGSTOP)
    assert_at_work()
    redis.process.send_signal(signal.SIGCONT)
    redis.kill()
    assert_at_work()
    redis.start()
    assert json.loads(site.ask("/health/ready").body)["components"]["broker"]["status"] == "ok"
    assert "Traceback" not in site.log()


def test_a_database_that_stops_or_goes_is_answered_for_by_kept_pages(site: Site) -> None:
    # Nobody has read it yet: it is kept because it is published.
    site.wait_until_kept()
    assert site.post().status == 200
    url = site.settings["DATABASE_URL"]
    with suspended(server_of(url)):
        assert_away(site)
        # A start while it is away serves the same.
        site.stop()
        site.start()
        assert_away(site)
    site.wait_for("/newsletter/", 200, FORM)
    main = server_of(url)[0]
    main.send_signal(signal.SIGINT)
    main.wait()
    assert_away(site)
    assert "Traceback" not in site.log()
