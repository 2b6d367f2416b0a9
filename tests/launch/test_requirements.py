"""The pins: whole, locked by hashes, what pyproject.toml and the imports ask for, and fit for every Python."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata, packages_distributions, requires

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from deploy.supply import LOCKS, SHIPPED, blocks
from tests.suite import ROOT

FILES = ("requirements.txt", "requirements-embeddings.txt", "requirements-dev.txt")
# Debian 12 has 3.11.2, Ubuntu 24.04 3.12.3, Debian 13 3.13.5.
PYTHONS = ("3.11.0", "3.11.2", "3.12.3", "3.13.5", "3.14.0", "3.15.0")


def pins(*files: str) -> list[Requirement]:
    lines = [line for file in files for line in (ROOT / file).read_text(encoding="utf-8").splitlines()]
    return [Requirement(line.rstrip(" \\")) for line in lines if re.match(r"[A-Za-z]", line)]


def names(*files: str) -> set[str]:
    return {canonicalize_name(pin.name) for pin in pins(*files)}


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SHIPPED_FILES = ("requirements.txt", SHIPPED)


def asked_for(path: str) -> list[Requirement]:
    """What pyproject.toml asks for in a file and those that it builds upon."""
    (one,) = [one for one in LOCKS if one.path == path]
    asked = PROJECT["project"]["dependencies"] if "pyproject.toml" in one.tables else []
    extras = PROJECT["project"]["optional-dependencies"] | PROJECT["dependency-groups"]
    for table in (word.rpartition(":")[2] for word in one.tables):
        asked = asked + extras.get(table, [])
    return [Requirement(text) for text in asked]


def imported(*folders: str) -> Iterator[str]:
    """The top-level names that modules in these folders import from outside; who makes the tests' data asks for it."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    for path in (path for path in found if ROOT / "tests" / "data" not in path.parents):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.partition(".")[0]


def unnamed(folders: tuple[str, ...], *tables: str) -> set[str]:
    """What modules in these folders import and pyproject.toml does not ask for in these files."""
    ours = {path.name.removesuffix(".py") for path in ROOT.iterdir()} | {"__future__"}
    distributions = packages_distributions()
    asked = {canonicalize_name(need.name) for path in tables for need in asked_for(path)}
    outside = set(imported(*folders)) - ours - set(sys.stdlib_module_names)
    return {name for name in outside if not {canonicalize_name(d) for d in distributions.get(name, [name])} & asked}


def on(python: str) -> dict[str, str]:
    """What markers are asked about, with this Python on this machine."""
    short = ".".join(python.split(".")[:2])
    return {**default_environment(), "python_full_version": python, "python_version": short}


def unpinned(files: tuple[str, ...], python: str) -> set[str]:
    """What the pinned packages need on this Python and no line pins."""
    asked = {**on(python), "extra": ""}
    given = [pin for pin in pins(*files) if not pin.marker or pin.marker.evaluate(asked)]
    names = {canonicalize_name(pin.name) for pin in given}
    needed = set()
    for pin in given:
        try:
            needs = [Requirement(text) for text in requires(pin.name) or []]
        except PackageNotFoundError:  # it is for another Python than that of the tests
            continue
        for need in needs:
            extras = ("", *pin.extras)
            if not need.marker or any(need.marker.evaluate({**asked, "extra": extra}) for extra in extras):
                needed.add(canonicalize_name(need.name))
    return needed - names


@pytest.mark.parametrize("python", PYTHONS)
def test_nothing_is_installed_that_is_not_pinned(python: str) -> None:
    assert unpinned(FILES[:1], python) == set()
    assert unpinned(FILES, python) == set()


def test_a_pin_is_missed_where_only_an_older_python_needs_it() -> None:
    (pin,) = [pin for pin in pins(*FILES) if pin.name == "async-timeout"]
    assert pin.marker
    assert pin.marker.evaluate(on("3.11.2"))
    assert not pin.marker.evaluate(on("3.11.4"))


def test_every_pin_is_one_version_that_runs_on_the_oldest_python() -> None:
    for pin in pins(*FILES):
        (specifier,) = pin.specifier
        assert specifier.operator == "==", pin
        try:
            oldest = metadata(pin.name).get("Requires-Python", "")
        except PackageNotFoundError:
            continue
        assert SpecifierSet(oldest).contains("3.11.0"), f"{pin} wants Python {oldest}"


# The lock: what `deploy/supply.py lock` wrote is what pyproject.toml and the imports ask for today.


@pytest.mark.parametrize("path", [one.path for one in LOCKS])
def test_every_pin_has_hashes_and_no_place_that_it_comes_from(path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if re.match("[a-z]", line)]
    for block in blocks(text):
        assert re.search(r"^ +--hash=sha256:[0-9a-f]{64}( \\)?$", block, re.MULTILINE), block
    # Each line is a pin, a hash, what needs it, or a file beneath; no index and no address.
    known = r"#.*|-r [\w./-]+\.txt|[A-Za-z0-9][\w.-]*==\S+( ; .*)? \\| +--hash=sha256:[0-9a-f]{64}( \\)?| +#.*"
    assert [line for line in text.splitlines() if not re.fullmatch(known, line)] == []
    assert "://" not in text


@pytest.mark.parametrize("path", [one.path for one in LOCKS])
def test_the_lock_holds_what_pyproject_asks_for(path: str) -> None:
    (one,) = [one for one in LOCKS if one.path == path]
    given = pins(path, *one.upon)
    for need in asked_for(path):
        versions = [pin for pin in given if canonicalize_name(pin.name) == canonicalize_name(need.name)]
        assert versions, f"{need} is not locked: run deploy/supply.py lock"
        for python in PYTHONS:
            if need.marker and not need.marker.evaluate(on(python)):
                continue
            there = [pin for pin in versions if not pin.marker or pin.marker.evaluate(on(python))]
            (locked,) = {specifier.version for pin in there for specifier in pin.specifier}
            assert need.specifier.contains(locked), f"{need} is locked as {locked}: run deploy/supply.py lock"


@pytest.mark.parametrize("path", [one.path for one in LOCKS])
def test_the_lock_holds_nothing_that_nobody_asks_for(path: str) -> None:
    """uv writes under each pin what needs it; a table that no longer does leaves the pin behind."""
    (one,) = [one for one in LOCKS if one.path == path]
    whole = {canonicalize_name(pin.name) for pin in pins(path, *one.upon)}
    direct = {canonicalize_name(need.name) for lower in (path, *one.upon) for need in asked_for(lower)}
    for block in blocks((ROOT / path).read_text(encoding="utf-8")):
        name = canonicalize_name(block.partition("==")[0])
        needed_by = re.findall(r"^ +#   (?:via )?(\S+)|^ +# via (\S+)", block, re.MULTILINE)
        by = {first or second for first, second in needed_by}
        theirs = {canonicalize_name(other) for other in by if not other.endswith(":supply") and other != "newsdesk"}
        assert theirs - {canonicalize_name("-c")} & whole or name in direct, block


def test_what_is_imported_is_asked_for_by_name() -> None:
    """What is there only because something else needs it may go with the next version of that."""
    shipped = ("feeds", "newsdesk")
    assert unnamed(shipped, *SHIPPED_FILES) == set()
    assert unnamed((*shipped, "tests"), *FILES) == set()


def test_an_import_that_nobody_asks_for_is_found() -> None:
    assert "pytest" in unnamed(("tests",), "requirements.txt")
