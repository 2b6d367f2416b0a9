"""The commands for what Newsdesk is made of: what they judge, on reports and metadata as the tools write them."""

from __future__ import annotations

from email.message import Message
from importlib.metadata import PackageNotFoundError, metadata
from typing import Any

import pytest

from deploy.licences import is_allowed, licence_of, refused
from deploy.supply import KNOWN_TO_BE_FAULTY, LOCKS, Lock, faults, layered, main, pins, rounds
from tests.suite import ROOT

ASKED = [("Kelp", "1.0"), ("brine_ai", "2.0")]
FAULT = {"id": "PYSEC-1", "fix_versions": ["1.1"], "aliases": [], "description": "…"}
FAULTY, SOUND = KNOWN_TO_BE_FAULTY


def audited(name: str, version: str, *vulns: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "version": version, "vulns": list(vulns)}


def skipped(name: str) -> dict[str, Any]:
    return {"name": name, "skip_reason": f"Dependency not found on PyPI and could not be audited: {name}"}


CANARY = [audited(*KNOWN_TO_BE_FAULTY, FAULT)]


def test_a_clean_report_is_clean() -> None:
    assert faults(ASKED, [audited("kelp", "1.0"), audited("brine-ai", "2.0")], CANARY) == []


def test_a_vulnerability_is_named_with_the_version_that_mends_it() -> None:
    report = [audited("kelp", "1.0", FAULT), audited("brine-ai", "2.0", FAULT | {"fix_versions": []})]
    assert faults(ASKED, report, CANARY) == [
        "kelp 1.0: PYSEC-1, mended in 1.1.",
        "brine-ai 2.0: PYSEC-1, mended in no version yet.",
    ]


@pytest.mark.parametrize("report", [[], [skipped("kelp"), skipped("brine-ai")]])
def test_an_audit_of_nothing_fails(report: list[dict[str, Any]]) -> None:
    (sentence,) = faults(ASKED, report, [skipped("django")])
    assert sentence.startswith("Nothing could be audited")


def test_a_pin_that_was_left_out_is_named() -> None:
    (sentence,) = faults(ASKED, [audited("kelp", "1.0"), skipped("brine-ai")], CANARY)
    assert sentence == "Could not be audited: brine_ai==2.0."


@pytest.mark.parametrize("canary", [[], [skipped("django")], [audited(*KNOWN_TO_BE_FAULTY)]])
def test_a_service_that_finds_no_fault_in_anything_is_not_believed(canary: list[dict[str, Any]]) -> None:
    (sentence,) = faults(ASKED, [audited("kelp", "1.0"), audited("brine-ai", "2.0")], canary)
    assert "Django 2.2.0" in sentence


def test_the_audit_asks_for_every_pin_of_every_file_and_platform() -> None:
    asked = dict(pins(*(one.path for one in LOCKS)))
    assert {"django", "onnxruntime", "pytest", "uv", "tzdata", "async-timeout"} <= set(asked)


def test_two_versions_of_a_package_are_asked_for_one_after_the_other() -> None:
    asked = [("kelp", "1.0"), ("kelp", "2.0"), ("zinc", "1.0")]
    assert rounds(asked) == [[("kelp", "1.0"), ("zinc", "1.0")], [("kelp", "2.0")]]
    (sentence,) = faults(asked, [audited("kelp", "1.0"), audited("zinc", "1.0")], CANARY)
    assert sentence == "Could not be audited: kelp==2.0."


# Licences.


def package(**fields: str | list[str]) -> Message:
    message = Message()
    message["Name"], message["Version"] = "kelp", "1.0"
    for name, values in fields.items():
        for value in [values] if isinstance(values, str) else values:
            message[name.replace("_", "-")] = value
    return message


OSI = "License :: OSI Approved :: "


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ({"License_Expression": "MIT AND Zlib", "Classifier": OSI + "BSD License"}, "MIT AND Zlib"),
        ({"Classifier": [OSI + "MIT License", OSI + "Apache Software License"]}, "MIT OR Apache-2.0"),
        ({"Classifier": OSI + "GNU General Public License v3 (GPLv3)"}, "GNU General Public License v3 (GPLv3)"),
        ({"License": "BSD-3-Clause", "Classifier": "Topic :: Text"}, "BSD-3-Clause"),
        ({"License": "MIT License\n\nCopyright (c) …"}, "MIT"),
        ({}, ""),
    ],
)
def test_a_licence_is_read_from_what_a_package_says(fields: dict[str, Any], licence: str) -> None:
    assert licence_of(package(**fields)) == licence


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("MPL-1.1 OR GPL-2.0-only OR LGPL-2.1-or-later", True),
        ("Apache-2.0 AND CNRI-Python", True),
        ("MIT AND GPL-3.0-only", False),
        ("(MIT OR GPL-3.0-only) AND (Zlib)", True),
        ("MIT AND (GPL-2.0-only OR AGPL-3.0-only)", False),
        ("AGPL-3.0-or-later", False),
        ("GNU General Public License v3 (GPLv3)", False),
        ("Proprietary", False),
        ("", False),
    ],
)
def test_an_expression_is_allowed_by_one_choice_with_all_that_it_holds(expression: str, allowed: bool) -> None:
    assert is_allowed(expression) is allowed


def test_a_package_without_a_licence_or_with_one_of_another_kind_is_named() -> None:
    assert refused([package(), package(License="MIT"), package(License_Expression="GPL-3.0-only")]) == [
        "kelp 1.0: GPL-3.0-only.",
        "kelp 1.0: says nothing of its licence.",
    ]


def test_all_that_is_shipped_and_installed_here_is_allowed() -> None:
    installed = []
    for name, _ in pins("requirements.txt", "requirements-embeddings.txt"):
        try:
            installed.append(metadata(name))
        except PackageNotFoundError:  # it is for another platform or Python
            continue
    assert len(installed) > 60
    assert refused(installed) == []  # type: ignore[arg-type]


# The lock.

PIN = "kelp==1.0 \\\n    --hash=sha256:00\n    # via {}\n"


def test_a_file_holds_only_what_those_beneath_it_do_not() -> None:
    whole = PIN.format("newsdesk") + "zinc==2.0 \\\n    --hash=sha256:01\n    # via kelp\n"
    text = layered(whole, Lock("bench/requirements.txt", (), ("requirements.txt",)), [PIN.format("somebody else")])
    assert text.splitlines()[1:] == ["-r ../requirements.txt", "zinc==2.0 \\", "    --hash=sha256:01", "    # via kelp"]


def test_a_pin_that_holds_on_more_pythons_here_stays_in_the_file() -> None:
    below = PIN.format("x").replace("1.0", "1.0 ; python_full_version < '3.15'")
    text = layered(PIN.format("x"), Lock("requirements-dev.txt", (), ("requirements.txt",)), [below])
    assert "kelp==1.0 \\" in text


def test_every_requirements_file_is_made_by_the_command() -> None:
    found = {str(path.relative_to(ROOT)) for path in ROOT.glob("**/requirements*.txt") if ".venv" not in path.parts}
    assert found == {one.path for one in LOCKS}


def test_it_says_what_it_can_do(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    assert "lock|audit|licences|sbom" in capsys.readouterr().out
