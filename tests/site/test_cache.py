"""The shared cache on a real Redis: nothing in it is pickled, and nothing in it is run."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from newsdesk.json_serializer import JsonSerializer
from tests.access.people import client_of
from tests.servers.redis_server import RedisServer, redis_server  # noqa: F401  (a fixture)
from tests.site import rows

RAN: list[str] = []


class Bomb:
    def __reduce__(self) -> Any:
        return RAN.append, ("ran",)


@pytest.fixture
def shared(redis_server: RedisServer, settings: Settings) -> None:  # noqa: F811
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": redis_server.url,
            "OPTIONS": {"serializer": "newsdesk.json_serializer.JsonSerializer"},
        }
    }


def test_the_settings_name_the_serializer(monkeypatch: pytest.MonkeyPatch) -> None:
    import runpy

    monkeypatch.setenv("REDIS_URL", "redis://localhost:6379/0")
    found = runpy.run_path("newsdesk/settings.py")
    assert found["CACHES"]["default"]["OPTIONS"] == {"serializer": "newsdesk.json_serializer.JsonSerializer"}


@pytest.mark.django_db
@pytest.mark.usefixtures("shared")
def test_pages_are_the_same_from_the_cache() -> None:
    rows.make_digest(stories=[rows.make_story(rows.make_entry())])
    reader, editor = Client(), client_of("editor")
    draft = rows.make_digest(rows.DAY.replace(day=26), state="draft", published_at=None)
    for client, path in ((reader, "/preview/"), (editor, f"/admin/digests/digest/{draft.pk}/add/")):
        answers = [client.get(path) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        first, second = (without_token(answer.text) for answer in answers)
        assert first == second, path


@pytest.mark.usefixtures("shared")
def test_what_somebody_else_put_there_is_not_there() -> None:
    raw = cache._cache.get_client(None, write=True)  # type: ignore[attr-defined]
    raw.set(cache.make_key("bomb"), pickle.dumps(Bomb()))
    assert cache.get("bomb") is None
    assert RAN == []
    cache.set("whole", {"a": [1, None, "ü"]}, 60)
    assert b"\x80" not in raw.get(cache.make_key("whole"))
    assert cache.get("whole") == {"a": [1, None, "ü"]}
    cache.set("count", 1)
    assert cache.incr("count") == 2


def test_what_is_no_json_is_refused_when_it_is_stored() -> None:
    with pytest.raises(TypeError):
        JsonSerializer().dumps({1, 2})
    assert JsonSerializer().loads(b"[" * 100_000) is None


def without_token(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrfmiddlewaretoken" not in line)
