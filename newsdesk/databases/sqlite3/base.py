"""Django's SQLite with an end to the wait for another writer: the engine that the settings name."""

from __future__ import annotations

from typing import Any

from django.db.backends.sqlite3 import base

from newsdesk.databases.waiting import counted, left_s


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's; the settings' timeout is that of commands and workers, a request has what is left to it."""

    def get_connection_params(self) -> dict[str, Any]:
        """Django's, with the time for one wait."""
        parameters: dict[str, Any] = super().get_connection_params()
        limit = left_s()
        return parameters if limit is None else {**parameters, "timeout": min(limit, parameters.get("timeout", limit))}

    def _start_transaction_under_autocommit(self) -> None:
        limit = left_s()
        if limit is None:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
            return
        self.connection.execute(f"PRAGMA busy_timeout={int(limit * 1000)}")
        with counted():
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
