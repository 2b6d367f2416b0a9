#!/usr/bin/env python3
"""What Newsdesk is made of: `deploy/supply.py lock|audit|licences|sbom`, for those who release it.

    lock [--upgrade [NAME]]   write every requirements file, with hashes, from pyproject.toml, and see that all of it
                              installs on every Python and platform; versions stay unless they are to be upgraded
    audit                     fail on known vulnerabilities and withdrawn versions, and where nobody could say
    licences                  fail on a licence that is not allowed for what is shipped
    sbom [FILE]               a CycloneDX bill of materials, to FILE or standard output

The tools that do it are pinned in deploy/requirements-supply.txt and installed for the one command alone. Packages come
from the index that pip is configured with.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from deploy.licences import refused  # noqa: E402  (also when it is run by its path)

PYTHONS = ("3.11", "3.12", "3.13", "3.14", "3.15")
PLATFORMS = ("x86_64-manylinux_2_28", "aarch64-manylinux_2_28", "aarch64-apple-darwin", "x86_64-apple-darwin")
MACOS = "14.0"  # the oldest that onnxruntime has wheels for
HEAD = "# Made by `deploy/supply.py lock` from pyproject.toml: change it there, then run that again.\n"
ANNOTATION = re.compile(r"^ +# .*\n", re.MULTILINE)
# The lock that bounds another lies in a folder whose name is another each time.
BOUND_BY = re.compile(r"^ +#   -c .*\n", re.MULTILINE)
PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)", re.MULTILINE)
# It has had faults for years. A service that knows of none knows nothing of the others either.
KNOWN_TO_BE_FAULTY = ("Django", "2.2.0")


@dataclass(frozen=True)
class Lock:
    """A requirements file: the tables of pyproject.toml that go into it, and the files that it builds upon."""

    path: str
    tables: tuple[str, ...]
    upon: tuple[str, ...] = ()


EMBEDDINGS = ("pyproject.toml", "--extra", "embeddings")
LOCKS = (
    Lock("requirements.txt", ("pyproject.toml",)),
    Lock("requirements-embeddings.txt", EMBEDDINGS, ("requirements.txt",)),
    Lock(
        "requirements-dev.txt",
        (*EMBEDDINGS, "--group", "dev"),
        ("requirements.txt", "requirements-embeddings.txt"),
    ),
    Lock("bench/requirements.txt", ("pyproject.toml", "--group", "bench"), ("requirements.txt",)),
    Lock("deploy/requirements-supply.txt", ("--group", "pyproject.toml:supply")),
)
SHIPPED = "requirements-embeddings.txt"
INSTALLED = tuple(one.path for one in LOCKS if one.path != "deploy/requirements-supply.txt")
AT_ONCE = 4  # questions to the index


class Refused(Exception):
    """What was asked for does not hold; says why, in sentences."""


class Tools:
    """The pinned tools in an environment of their own that goes with the block."""

    def __enter__(self) -> Tools:
        self.folder = Path(tempfile.mkdtemp(prefix="newsdesk-supply-"))
        venv.create(self.folder / "venv", with_pip=True)
        file = ROOT / "deploy" / "requirements-supply.txt"
        # The first lock has no pins yet.
        what = ["--require-hashes", "--requirement", str(file)] if file.exists() else ["uv"]
        self.run("python", "-m", "pip", "--quiet", "--disable-pip-version-check", "install", *what)
        return self

    def __exit__(self, *error: object) -> None:
        shutil.rmtree(self.folder)

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of the tools in the project's folder. Raises: Refused, in its own last words."""
        result = self.try_to_run(program, *arguments)
        if result.returncode != 0:
            raise Refused(f"{program} {arguments[0]} failed:\n{(result.stderr or result.stdout).strip()[-2000:]}")
        return result

    def try_to_run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "MACOSX_DEPLOYMENT_TARGET": MACOS} | index_of_pip()
        command = [str(self.folder / "venv" / "bin" / program), *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8")


def index_of_pip() -> dict[str, str]:
    """uv's setting for the index that pip is configured with; empty for the default one."""
    command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    index = os.environ.get("PIP_INDEX_URL") or subprocess.run(command, capture_output=True, text=True).stdout.strip()
    return {"UV_DEFAULT_INDEX": index} if index else {}


def lock(upgrade: str | None) -> None:
    """Write every requirements file anew. Raises: Refused, before anything is written."""
    with Tools() as tools:
        whole, files = {}, {}
        for one in LOCKS:
            path = tools.folder / one.path
            path.parent.mkdir(exist_ok=True)
            if (ROOT / one.path).exists():  # its versions are kept
                shutil.copy(ROOT / one.path, path)
            options = ["--universal", "--generate-hashes", "--no-header", "--fork-strategy", "fewest", "--quiet"]
            options += {None: [], "": ["--upgrade"]}.get(upgrade, ["--upgrade-package", str(upgrade)])
            bounds = [word for name in one.upon for word in ("--constraint", str(tools.folder / name))]
            tools.run("uv", "pip", "compile", *one.tables, *options, *bounds, "--output-file", str(path))
            whole[one.path] = path.read_text(encoding="utf-8")
            files[one.path] = layered(whole[one.path], one, [whole[name] for name in one.upon])
            path.write_text(files[one.path], encoding="utf-8")
        if found := unfit(tools, tools.folder):
            raise Refused("\n".join(found))
        for name, text in files.items():
            (ROOT / name).write_text(text, encoding="utf-8")


def layered(text: str, one: Lock, below: Sequence[str]) -> str:
    """A whole lock without what the files that it builds upon hold already."""
    known = {bare(block) for lower in below for block in blocks(lower)}
    upwards = "../" * one.path.count("/")
    upon = "".join(f"-r {upwards}{name}\n" for name in one.upon)
    return HEAD + upon + "".join(BOUND_BY.sub("", block) for block in blocks(text) if bare(block) not in known)


def blocks(text: str) -> list[str]:
    """The pins of a lock, each with its hashes and the lines that say what needs it."""
    return [block for block in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE) if PIN.match(block)]


def bare(block: str) -> str:
    return ANNOTATION.sub("", block)


def pins(*names: str) -> list[tuple[str, str]]:
    """The (name, version) of every pin in these files, for whatever platform, once each."""
    return sorted({pin for name in names for pin in PIN.findall((ROOT / name).read_text(encoding="utf-8"))})


def unfit(tools: Tools, folder: Path) -> list[str]:
    """In sentences, what cannot be installed from wheels on some Python and platform, and what was withdrawn."""
    joined = tools.folder / "all.txt"
    joined.write_text("".join(b for name in INSTALLED for b in blocks((folder / name).read_text("utf-8"))), "utf-8")

    def installed(python: str, platform: str) -> list[str]:
        options = ["--dry-run", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
        options += ["--target", str(tools.folder / "nowhere"), "--python-version", python]
        options += ["--python-platform", platform, "--requirement", str(joined)]
        result = tools.try_to_run("uv", "pip", "install", *options)
        failed = f"On Python {python}, {platform}, not all can be installed:\n{result.stderr.strip()}"
        return [failed] if result.returncode else re.findall(r".* is yanked.*", result.stderr)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(lambda where: installed(*where), product(PYTHONS, PLATFORMS)))
    return list(dict.fromkeys(sentence for some in found for sentence in some))


def audit() -> None:
    """Ask for known vulnerabilities and withdrawn versions. Raises: Refused."""
    asked = pins(*(one.path for one in LOCKS))
    with Tools() as tools:
        listed, report = tools.folder / "pins.txt", tools.folder / "report.json"
        options = ["--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off"]
        dependencies = []
        for some in (*rounds(asked), [KNOWN_TO_BE_FAULTY]):
            listed.write_text("".join(f"{name}=={version}\n" for name, version in some), encoding="utf-8")
            report.unlink(missing_ok=True)
            # It ends with 0 where it could audit nothing: what it wrote is read, not how it ended.
            said = tools.try_to_run("pip-audit", "--requirement", str(listed), *options, "--output", str(report))
            if not report.exists():
                raise Refused(f"pip-audit wrote no report: nothing was audited.\n{said.stderr.strip()[-2000:]}")
            dependencies.append(json.loads(report.read_text(encoding="utf-8"))["dependencies"])
        *of_pins, canary = dependencies
        found = faults(asked, [one for report in of_pins for one in report], canary) + unfit(tools, ROOT)
    if found:
        raise Refused("\n".join(found))
    print(f"{len(asked)} pins audited: no known vulnerability, none withdrawn.")


def rounds(asked: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """The pins in lists that hold each name once, for files of different environments may pin different versions."""
    lists: list[dict[str, tuple[str, str]]] = []
    for name, version in asked:
        free = next((one for one in lists if name not in one), None)
        if free is None:
            lists.append(free := {})
        free[name] = (name, version)
    return [list(one.values()) for one in lists]


def faults(asked: list[tuple[str, str]], report: list[dict[str, Any]], canary: list[dict[str, Any]]) -> list[str]:
    """What a report of pip-audit finds about the pins, in sentences; `canary` is that of KNOWN_TO_BE_FAULTY alone."""
    audited = {(normal(one["name"]), one["version"]): one for one in report if "vulns" in one}
    skipped = [f"{name}=={version}" for name, version in asked if (normal(name), version) not in audited]
    if len(skipped) == len(asked):
        return ["Nothing could be audited: the service of known vulnerabilities is out of reach or knows no pin."]
    found = [f"Could not be audited: {', '.join(skipped)}."] if skipped else []
    if not any(one.get("vulns") for one in canary):
        faulty = " ".join(KNOWN_TO_BE_FAULTY)
        found.append(f"The service of known vulnerabilities has none for {faulty}, which has many: do not believe it.")
    for one in audited.values():
        for fault in one["vulns"]:
            mended = ", ".join(fault.get("fix_versions", ())) or "no version yet"
            found.append(f"{one['name']} {one['version']}: {fault['id']}, mended in {mended}.")
    return found


def normal(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licences() -> None:
    """Judge the licences of all that is shipped, as installed on this machine. Raises: Refused."""
    with Tools() as tools:
        target = tools.folder / "installed"
        tools.run("uv", "pip", "install", "--require-hashes", "--no-deps", "--target", str(target), "-r", SHIPPED)
        installed = list(importlib.metadata.distributions(path=[str(target)]))
        if found := refused(distribution.metadata for distribution in installed):
            raise Refused("\n".join(found))
    print(f"{len(installed)} packages have licences that are allowed.")


def sbom(file: str | None) -> None:
    """Write the bill of materials of all that is shipped."""
    with Tools() as tools:
        joined = tools.folder / "shipped.txt"
        files = ("requirements.txt", SHIPPED)
        parts = [block for name in files for block in blocks((ROOT / name).read_text(encoding="utf-8"))]
        joined.write_text("".join(parts), encoding="utf-8")
        options = ["--pyproject", "pyproject.toml", "--output-reproducible", "--output-format", "JSON"]
        said = tools.run("cyclonedx-py", "requirements", str(joined), *options)
    if file:
        Path(file).write_text(said.stdout, encoding="utf-8")
    else:
        print(said.stdout)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="deploy/supply.py", description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="lock|audit|licences|sbom")
    commands.add_parser("lock").add_argument("--upgrade", nargs="?", const="", metavar="NAME")
    commands.add_parser("audit")
    commands.add_parser("licences")
    commands.add_parser("sbom").add_argument("file", nargs="?", metavar="FILE")
    given = vars(parser.parse_args(argv))
    try:
        {"lock": lock, "audit": audit, "licences": licences, "sbom": sbom}[given.pop("command")](*given.values())
    except Refused as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
