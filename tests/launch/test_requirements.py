"""The pins: whole and fit for every Python that Newsdesk runs on, whatever Python the tests have."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, metadata, requires

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests.suite import ROOT

FILES = ("requirements.txt", "requirements-embeddings.txt", "requirements-dev.txt")
# Debian 12 has 3.11.2, Ubuntu 24.04 3.12.3, Debian 13 3.13.5.
PYTHONS = ("3.11.0", "3.11.2", "3.12.3", "3.13.5", "3.14.0")


def pins(*files: str) -> list[Requirement]:
    lines = [line for file in files for line in (ROOT / file).read_text(encoding="utf-8").splitlines()]
    return [Requirement(re.sub(r"\s+#.*", "", line)) for line in lines if re.match(r"[A-Za-z]", line)]


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
