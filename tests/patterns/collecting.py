"""Every pattern that the project compiles: each is noted with the line that compiles it, as its module is imported."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGES = ("feeds", "newsdesk")
# What matches at once, by a pattern that nobody has noted.
MATCHERS = frozenset({"search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn", "template"})
# Run on import, or by every Python 3.
NOT_IMPORTED = ("newsdesk.launch.bootstrap", "newsdesk.wsgi", "newsdesk.asgi")


@dataclass(frozen=True)
class Found:
    """A compiled pattern and where: a path in the project, a line."""

    path: str
    line: int
    pattern: re.Pattern[Any]


def note_compiled() -> list[Found]:
    """From now on note what the project's modules compile; returns the growing list."""
    found: list[Found] = []
    compile_pattern = re.compile

    def noting(pattern: Any, flags: Any = 0) -> re.Pattern[Any]:
        compiled = compile_pattern(pattern, flags)
        caller = sys._getframe(1)
        path = Path(caller.f_code.co_filename)
        if path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in PACKAGES:
            found.append(Found(str(path.relative_to(ROOT)), caller.f_lineno, compiled))
        return compiled

    re.compile = noting  # type: ignore[assignment]
    return found


def import_everything() -> None:
    """Import every module of the project, and have built what is only built when it is asked for."""
    for package in PACKAGES:
        for module in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
            if ".migrations" not in module.name and module.name not in NOT_IMPORTED:
                importlib.import_module(module.name)
    from newsdesk.stories.classifying.lexicon import groups_in
    from newsdesk.stories.entities.versions import find_versions
    from newsdesk.stories.origins.attribution import is_own_finding
    from newsdesk.stories.origins.own import own_finding
    from newsdesk.stories.origins.reading import read

    groups_in("a model is released")
    find_versions("GPT-5.4 mini beats Claude Opus 4 and DeepSeek R1")
    is_own_finding("Kelp will close.", "The Fjord Times")
    own_finding(read("Kelp\n\nThe Fjord Times says so."), "The Fjord Times", cites_outlet=False)


def calls_of_re() -> Iterator[tuple[str, ast.Call, str]]:
    """Every call of the `re` module in the project: the path, the call and the function's name."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    module = node.func.value
                    if isinstance(module, ast.Name) and module.id in ("re", "regex"):
                        yield str(path.relative_to(ROOT)), node, node.func.attr
