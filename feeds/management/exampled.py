"""A command whose help shows a worked example as it was written."""

from __future__ import annotations

from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, DjangoHelpFormatter
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder


class _Formatter(RawDescriptionHelpFormatter, DjangoHelpFormatter):
    """Django's order of options, our line breaks."""


class ExampledCommand(BaseCommand):
    """Base of every command: `help` is its docstring and says what it does, `example` how; both keep their lines."""

    example = ""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Django's; a database that nobody has prepared yet is told of in a sentence."""
        try:
            return super().execute(*args, **options)
        except DatabaseError as error:
            if connection.in_atomic_block or MigrationRecorder(connection).has_table():
                raise
            raise CommandError(
                "This database is empty: `./manage.py migrate` prepares it, and so does ./run."
            ) from error

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, formatter_class=_Formatter, epilog=f"Example:\n{self.example}", **kwargs
        )
