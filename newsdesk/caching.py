"""Django's cache in Redis, of which nobody waits for long: where it is away, nothing is found and nothing is kept."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from newsdesk.databases.waiting import Circuit

# Milliseconds are usual; redis-py would wait 5 s, four times over.
ANSWER_S = 0.5
RETRY_S = 5.0
logger = logging.getLogger(__name__)


class OpenRedisClient(RedisCacheClient):
    """Django's client; what a server that is away would have said is "nothing"."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        timely: dict[str, Any] = {
            "socket_timeout": ANSWER_S,
            "socket_connect_timeout": ANSWER_S,
            "retry": Retry(NoBackoff(), 0),
        }
        super().__init__(servers, **(timely | options))
        self._circuit = Circuit(RETRY_S)

    def _try(self, ask: Callable[[], Any], otherwise: Any) -> Any:
        if not self._circuit.may_try():
            return otherwise
        try:
            answer = ask()
        except (RedisError, OSError) as error:
            self._circuit.note(is_away=True)
            logger.warning("The cache is away (%s); it is left alone for %g s.", error, RETRY_S)
            return otherwise
        self._circuit.note(is_away=False)
        return answer

    def add(self, key: Any, value: Any, timeout: Any) -> Any:
        return self._try(lambda: super(OpenRedisClient, self).add(key, value, timeout), True)

    def get(self, key: Any, default: Any) -> Any:
        return self._try(lambda: super(OpenRedisClient, self).get(key, default), default)

    def set(self, key: Any, value: Any, timeout: Any) -> None:
        self._try(lambda: super(OpenRedisClient, self).set(key, value, timeout), None)

    def touch(self, key: Any, timeout: Any) -> Any:
        return self._try(lambda: super(OpenRedisClient, self).touch(key, timeout), False)

    def delete(self, key: Any) -> Any:
        return self._try(lambda: super(OpenRedisClient, self).delete(key), False)

    def get_many(self, keys: Any) -> Any:
        return self._try(lambda: super(OpenRedisClient, self).get_many(keys), {})

    def has_key(self, key: Any) -> Any:
        return self._try(lambda: super(OpenRedisClient, self).has_key(key), False)

    def incr(self, key: Any, delta: Any) -> Any:
        return self._try(lambda: super(OpenRedisClient, self).incr(key, delta), delta)

    def set_many(self, data: Any, timeout: Any) -> None:
        self._try(lambda: super(OpenRedisClient, self).set_many(data, timeout), None)

    def delete_many(self, keys: Any) -> None:
        self._try(lambda: super(OpenRedisClient, self).delete_many(keys), None)

    def clear(self) -> Any:
        return self._try(lambda: super(OpenRedisClient, self).clear(), False)


class OpenRedisCache(RedisCache):
    """Django's cache with that client."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = OpenRedisClient
