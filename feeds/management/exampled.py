"""A command whose help shows a worked example as it was written."""

from __future__ import annotations

from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser, DjangoHelpFormatter


class _Formatter(RawDescriptionHelpFormatter, DjangoHelpFormatter):
    """Django's order of options, our line breaks."""


class ExampledCommand(BaseCommand):
    """Base of every command: `help` is its docstring and says what it does, `example` how; both keep their lines."""

    example = ""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, formatter_class=_Formatter, epilog=f"Example:\n{self.example}", **kwargs
        )
