"""Running a command of `manage.py`."""

from __future__ import annotations

from io import StringIO

from django.core.management import call_command


def run(name: str, *arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(name, *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()
