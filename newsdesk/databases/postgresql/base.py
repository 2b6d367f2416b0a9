"""Django's PostgreSQL with an end to every wait: the engine that the settings name."""

from __future__ import annotations

from typing import Any, TypeVar

import psycopg
from django.db.backends.postgresql import base
from psycopg.abc import PQGen

from newsdesk.databases.waiting import counted, left_s, server

Result = TypeVar("Result")
# libpq's shortest; with less left than half of it, a connection is not worth beginning. A server that is well takes
# milliseconds.
SHORTEST_CONNECT_S, LONGEST_CONNECT_S = 2, 4
# The server itself ends what nobody waits for any longer.
STATEMENT_GRACE_S = 1.0


class TimelyConnection(psycopg.Connection[Any]):
    """A connection that is given up when the time for waiting is spent (`newsdesk.databases.waiting`)."""

    def wait(self, gen: PQGen[Result], interval: float = 0.1, timeout: float | None = None) -> Result:
        """Psycopg's, within what is left. Raises: psycopg.OperationalError."""
        limit = left_s()
        if limit is None:
            return super().wait(gen, interval, timeout)
        try:
            with counted():
                return super().wait(gen, interval, limit if timeout is None else min(limit, timeout))
        except psycopg.errors._WaitTimeout as error:
            self.pgconn.finish()  # its answer may come yet, and must not be taken for that to another question
            raise psycopg.OperationalError("The database does not answer in time.") from error


class _Driver:
    """Psycopg, with connections of ours."""

    connect = staticmethod(TimelyConnection.connect)

    def __getattr__(self, name: str) -> Any:
        return getattr(psycopg, name)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's; while the server is away, whoever counts their waiting is told so at once."""

    Database = _Driver()  # type: ignore[assignment]

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection within what is left. Raises: psycopg.OperationalError."""
        limit = left_s()
        if limit is None:
            return super().get_new_connection(conn_params)
        if limit < SHORTEST_CONNECT_S / 2 or not server.may_try():
            raise psycopg.OperationalError("The database was away a moment ago.")
        statement_ms = int((limit + STATEMENT_GRACE_S) * 1000)
        options = f"{conn_params.get('options', '')} -c statement_timeout={statement_ms}".strip()
        within = {"connect_timeout": max(SHORTEST_CONNECT_S, min(int(limit), LONGEST_CONNECT_S)), "options": options}
        try:
            with counted():
                connection = super().get_new_connection({**conn_params, **within})
        except psycopg.OperationalError:
            server.note(is_away=True)
            raise
        server.note(is_away=False)
        return connection
