"""Adding columns to tables that may hold a million rows, under live workers that do not know of them."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


class AddColumn(migrations.AddField):
    """Adds a column that has a database default by one ALTER TABLE, on SQLite as well, where Django copies the table."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        field = to_state.apps.get_model(app_label, self.model_name)._meta.get_field(self.name)
        BaseDatabaseSchemaEditor.add_field(schema_editor, model, field)


class AddPendingFlag(AddColumn):
    """Adds a flag that new rows have, whoever writes them, and on PostgreSQL none of the rows that stand.

    On SQLite these have it too, for there a column has one default: a later migration takes it from them.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        table = schema_editor.quote_name(to_state.apps.get_model(app_label, self.model_name)._meta.db_table)
        column = schema_editor.quote_name(self.name)
        # Neither statement touches a row.
        schema_editor.execute(f"ALTER TABLE {table} ADD COLUMN {column} boolean NOT NULL DEFAULT false")
        schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT true")
