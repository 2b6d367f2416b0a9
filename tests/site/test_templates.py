"""Templates and style sheets as they stand in the tree: short lines, no class without a rule, no rule without a use."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.contrib import admin

from newsdesk.digests.models import Digest

ROOT = Path(settings.BASE_DIR)
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
DJANGO = Path(admin.__file__).parent
# Where nothing may be broken: an attribute's text, or words between which no space may show.
MAX_LINE_CHARACTERS = 140
# Set by Django's own templates on pages of an app or a model, so that a rule can name them.
OF_DJANGO = re.compile(r"(app|model)-\w+")
# Completed by the name of a list's column, by how a thing stands.
COMPLETED = ("field-", "note-")


def test_no_line_of_a_template_is_too_long_to_be_read() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted(TEMPLATES.rglob("*.html"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > MAX_LINE_CHARACTERS
    ]
    assert not long


def test_every_class_of_the_admins_pages_has_a_rule() -> None:
    ours = _classes_of_templates(TEMPLATES / "admin")
    django = _text(DJANGO.rglob("*.css")) + _text(DJANGO.rglob("*.html")) + _text(DJANGO.rglob("*.js"))
    unknown = {
        name
        for name in ours - _classes_of_sheets()
        if not OF_DJANGO.fullmatch(name) and not re.search(rf"\b{re.escape(name)}\b", django)
    }
    assert not unknown


def test_every_rule_names_a_class_that_is_used() -> None:
    python = _text(path for name in ("newsdesk", "feeds") for path in (ROOT / name).rglob("*.py"))
    django = _text(path for kind in ("*.html", "*.py", "*.js", "*.css") for path in DJANGO.rglob(kind))
    words = set(re.findall(r"[\w-]+", _text(TEMPLATES.rglob("*.html")) + python + django))
    states = {f"desk-{state}" for state in Digest.State.values}
    unused = {
        name
        for name in _classes_of_sheets() - words - states
        if not (name.startswith(COMPLETED) and name.partition("-")[2] in words)
    }
    assert not unused


def _classes_of_templates(folder: Path) -> set[str]:
    """The class names that stand in full in the templates; what a variable completes is left out."""
    text = re.sub(r"{%.*?%}", " ", _text(folder.rglob("*.html")))
    values = re.findall(r'\bclass="([^"]*)"', text)
    return {name for value in values for name in re.sub(r"\S*{{.*?}}\S*", " ", value).split()}


def _classes_of_sheets() -> set[str]:
    return set(re.findall(r"\.(-?[A-Za-z_][\w-]*)", re.sub(r"/\*.*?\*/|\"[^\"]*\"", "", _text(STATIC.rglob("*.css")))))


def _text(paths: Iterable[Path]) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)
