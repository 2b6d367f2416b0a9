"""The first seconds of `./run` and `./test`: what a fresh machine says, and how the environment is made."""

from __future__ import annotations

import ast
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.launch.desk import command_lines, free_port
from tests.launch.mounts import on_disk
from tests.servers.publisher import Publisher, silence

ROOT = Path(__file__).resolve().parents[2]
BOOTSTRAP = ROOT / "newsdesk" / "launch" / "bootstrap.py"


class Checkout:
    """A copy of the project's start with one tiny requirement, whose program prints its arguments."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wheels = folder / "wheels"
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.wheels),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_RETRIES": "1",
        }
        (folder / "newsdesk" / "launch").mkdir(parents=True)
        for script in (BOOTSTRAP, BOOTSTRAP.with_suffix(".sh")):
            shutil.copy(script, folder / "newsdesk" / "launch")
        for command in ("run", "test"):
            shutil.copy(ROOT / command, folder)
        (folder / "newsdesk" / "launch" / "start.py").write_text(
            "import sys, tiny\nprint('started', *sys.argv[1:])\n", encoding="utf-8"
        )
        self.wheels.mkdir()
        self.wheel = self.wheels / "tiny-1.0-py3-none-any.whl"
        with zipfile.ZipFile(self.wheel, "w") as wheel:
            wheel.writestr("tiny.py", "")
            wheel.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
            wheel.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr("tiny-1.0.dist-info/RECORD", "tiny.py,,\ntiny-1.0.dist-info/RECORD,,\n")
        self.require("1.0")

    def require(self, version: str, *, options: str | None = None) -> None:
        """Pin the requirement: with the hash of its wheel as it is now, or with other options."""
        by_hash = f" --hash=sha256:{hashlib.sha256(self.wheel.read_bytes()).hexdigest()}"
        line = f"tiny=={version}{by_hash if options is None else options}\n"
        (self.folder / "requirements.txt").write_text(line, encoding="utf-8")

    def start(self, *arguments: str, by: tuple[str, ...] = (), **environment: str) -> subprocess.Popen[str]:
        """Start it, by way of another command or path if one is given."""
        return subprocess.Popen(
            [*(by or (str(self.folder / "run"),)), "--port", str(free_port()), *arguments],
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(self, *arguments: str, by: tuple[str, ...] = (), **environment: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments, by=by, **environment)
        output, errors = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def bootstrap(
    *arguments: str, disguise: str = "pass", environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the bootstrap in a Python that `disguise` has changed first."""
    start = f"sys.argv = {[str(BOOTSTRAP), *arguments]!r}; runpy.run_path(sys.argv[0], run_name='__main__')"
    code = f"import runpy, sys; {disguise}; {start}"
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", code],
        env=clean | (environment or {}),
        capture_output=True,
        text=True,
        timeout=60,
        encoding="utf-8",
    )


def assert_one_sentence(result: subprocess.CompletedProcess[str], *words: str) -> None:
    assert result.returncode == 1, result.stderr
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    for word in words:
        assert word in result.stderr


def test_any_python_3_can_read_the_bootstrap() -> None:
    ast.parse(BOOTSTRAP.read_text(encoding="utf-8"), feature_version=(3, 4))


def test_old_python() -> None:
    result = bootstrap("run", disguise="sys.version_info = (3, 8, 2, 'final', 0)")
    assert_one_sentence(result, "Python 3.11", "3.8.2")


def test_a_python_2_is_told_of_and_shown_nothing_of_ours(tmp_path: Path) -> None:
    for tool in ("sh", "dirname"):
        (tmp_path / tool).symlink_to(str(shutil.which(tool)))
    # What a Python 2 does with the two questions; with anything else it would end in a syntax error.
    answers = 'case $1 in -c) exit 1 ;; -V) echo "Python 2.7.18" >&2 ;; *) echo "SyntaxError" >&2; exit 1 ;; esac'
    (tmp_path / "python3").write_text(f"#!/bin/sh\n{answers}\n", encoding="utf-8")
    (tmp_path / "python3").chmod(0o755)
    for command in ("run", "test"):
        result = subprocess.run(
            [str(ROOT / command)], env={"PATH": str(tmp_path)}, capture_output=True, encoding="utf-8"
        )
        assert_one_sentence(result, "Python 3.11 or newer", "Python 2.7.18")


def test_debian_without_venv() -> None:
    assert_one_sentence(bootstrap("run", disguise="sys.modules['ensurepip'] = None"), "apt install python3-venv")


def test_no_python_at_all(tmp_path: Path) -> None:
    for tool in ("sh", "dirname"):
        (tmp_path / tool).symlink_to(str(shutil.which(tool)))
    result = subprocess.run(
        [str(ROOT / "run")], env={"PATH": str(tmp_path)}, capture_output=True, text=True, encoding="utf-8"
    )
    assert_one_sentence(result, "Python 3.11", "PATH")


def test_taken_port(taken_port: int) -> None:
    assert_one_sentence(bootstrap("run", "--port", str(taken_port)), f"Port {taken_port}", "./run --port ")


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "8000.5", "²"])
def test_what_is_no_port(port: str) -> None:
    result = bootstrap("run", "--port", port)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert "port" in result.stderr.splitlines()[-1]


def test_unwritable_data_directory(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = bootstrap(
        "run", "--port", str(free_port()), environment={"NEWSDESK_DATA_DIR": str(tmp_path / "file" / "data")}
    )
    assert_one_sentence(result, "data directory", str(tmp_path))


def test_unwritable_project(checkout: Checkout) -> None:
    (checkout.folder / "file").touch()
    result = checkout.run(NEWSDESK_VENV=str(checkout.folder / "file" / "venv"))
    assert_one_sentence(result, "cannot be written to")


def test_a_folder_with_other_things_is_left_alone(checkout: Checkout) -> None:
    letters = checkout.folder / "letters"
    letters.mkdir()
    (letters / "dear.txt").write_text("dear", encoding="utf-8")
    assert_one_sentence(checkout.run(NEWSDESK_VENV=str(letters)), "NEWSDESK_VENV")
    assert (letters / "dear.txt").read_text(encoding="utf-8") == "dear"


def test_second_start_installs_nothing_and_needs_no_network(checkout: Checkout) -> None:
    first = checkout.run("--sample")
    assert (first.returncode, first.stderr.count("Making the Python environment")) == (0, 1), first.stderr
    assert first.stdout.startswith("started --port ") and first.stdout.endswith("--sample\n")
    shutil.rmtree(checkout.wheels)
    second = checkout.run()
    assert (second.returncode, second.stderr) == (0, "")
    assert second.stdout.startswith("started")


def test_a_link_from_elsewhere_starts_it_and_names_no_folder_of_the_link(checkout: Checkout) -> None:
    bin_folder = checkout.folder / "my own" / "bin"
    bin_folder.mkdir(parents=True)
    (bin_folder / "absolute").symlink_to(checkout.folder / "run")
    (bin_folder / "relative").symlink_to("../../run")
    (bin_folder / "newsdesk").symlink_to("relative")
    path = f"{bin_folder}:{os.environ['PATH']}"
    for name in ("absolute", "relative", "newsdesk"):
        result = checkout.run(by=(str(bin_folder / name),))
        assert result.stdout.startswith("started"), result.stderr
    assert checkout.run(by=("sh", "-c", 'newsdesk "$@"', "sh"), PATH=path).stdout.startswith("started")
    assert sorted(entry.name for entry in bin_folder.iterdir()) == ["absolute", "newsdesk", "relative"]


def test_what_the_environment_says_to_other_installs_changes_nothing(checkout: Checkout) -> None:
    elsewhere = {"PIP_USER": "1", "PIP_TARGET": "elsewhere", "PIP_PREFIX": "elsewhere"}
    checks = {"PIP_DRY_RUN": "1", "PIP_REQUIRE_HASHES": "1", "PYTHONSAFEPATH": "1"}
    result = checkout.run(**elsewhere, **checks)
    assert result.stdout.startswith("started"), result.stderr


def test_a_file_that_sends_pip_to_the_users_own_folder_changes_nothing(checkout: Checkout) -> None:
    (checkout.folder / "pip.conf").write_text("[install]\nuser = true\n", encoding="utf-8")
    result = checkout.run(PIP_CONFIG_FILE=str(checkout.folder / "pip.conf"))
    assert result.stdout.startswith("started"), result.stderr


def test_help_is_there_at_once(checkout: Checkout) -> None:
    (checkout.folder / "tests").mkdir()
    shutil.copy(ROOT / "tests" / "suite.py", checkout.folder / "tests")
    for command, words in (("run", "--sample"), ("test", "./test [--browser] [--checks]")):
        for question in ("--help", "-h"):
            result = checkout.run(question, by=(str(checkout.folder / command),))
            assert (result.returncode, result.stderr) == (0, "")
            assert words in result.stdout
    assert not (checkout.folder / ".venv").exists()


# A Python environment by itself takes about 15 MB.
@pytest.mark.parametrize("megabytes", [1, 4, 50])
def test_a_full_disk(checkout: Checkout, megabytes: int) -> None:
    with zipfile.ZipFile(checkout.wheel, "a", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr("tiny.bin", bytes(80_000_000))
    checkout.require("1.0")
    (checkout.folder / "disk").mkdir()
    disk = on_disk(checkout.folder / "disk", f"size={megabytes}m")
    venv = str(checkout.folder / "disk" / "venv")
    result = checkout.run(by=(*disk, str(checkout.folder / "run")), NEWSDESK_VENV=venv)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert result.stderr.splitlines()[-1].startswith(f"The disk is full: {venv} needs about ")


def test_a_disk_that_is_full_already(checkout: Checkout) -> None:
    (checkout.folder / "disk").mkdir()
    disk = on_disk(checkout.folder / "disk", "size=4k,nr_inodes=8")
    venv = str(checkout.folder / "disk" / "venv")
    assert_one_sentence(checkout.run(by=(*disk, str(checkout.folder / "run")), NEWSDESK_VENV=venv), "No space left")


def test_a_disk_that_lets_no_program_run(checkout: Checkout) -> None:
    (checkout.folder / "disk").mkdir()
    disk = on_disk(checkout.folder / "disk", "noexec")
    venv = str(checkout.folder / "disk" / "venv")
    result = checkout.run(by=(*disk, str(checkout.folder / "run")), NEWSDESK_VENV=venv)
    assert_one_sentence(result, "noexec", "NEWSDESK_VENV", str(checkout.folder / "disk"))


def test_a_checkout_on_a_disk_that_lets_no_program_run(checkout: Checkout) -> None:
    (checkout.folder / "disk").mkdir()
    disk = on_disk(checkout.folder / "disk", "noexec")
    copy = 'cp -r run newsdesk requirements.txt disk && shift && exec sh disk/run "$@"'
    by = (*disk, "sh", "-c", f"cd '{checkout.folder}' && {copy}", "sh", "")
    assert_one_sentence(checkout.run(by=by), "noexec", "NEWSDESK_VENV")
    result = checkout.run(by=by, NEWSDESK_VENV=str(checkout.folder / "venv"))
    assert result.stdout.startswith("started"), result.stderr


def test_half_finished_environment_is_made_anew(checkout: Checkout) -> None:
    checkout.run()
    environment = checkout.folder / ".venv"
    (environment / "newsdesk-unfinished").touch()
    (environment / "left-over").touch()
    assert checkout.run().stdout.startswith("started")
    assert not (environment / "left-over").exists()


def test_environment_of_a_python_that_is_gone_is_made_anew(checkout: Checkout) -> None:
    checkout.run()
    python = checkout.folder / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    assert checkout.run().stdout.startswith("started")


def test_changed_requirements_are_installed(checkout: Checkout) -> None:
    checkout.run()
    checkout.require("2.0")
    result = checkout.run()
    assert result.returncode == 1
    assert "tiny==2.0" in result.stderr.splitlines()[-1]


def test_only_what_was_locked_is_installed(checkout: Checkout) -> None:
    with zipfile.ZipFile(checkout.wheel, "a") as wheel:
        wheel.writestr("more.py", "")
    result = checkout.run()
    assert (result.returncode, result.stdout) == (1, "")
    assert "is not what was locked in requirements.txt" in result.stderr.splitlines()[-1]
    assert not (checkout.folder / ".venv" / "installed-requirements.txt").exists()


def test_nothing_is_installed_without_a_hash(checkout: Checkout) -> None:
    checkout.require("1.0", options="")
    result = checkout.run()
    assert (result.returncode, result.stdout) == (1, "")
    assert "hash" in result.stderr.splitlines()[-1].lower()


def test_two_starts_at_once_share_one_environment(checkout: Checkout) -> None:
    both = [checkout.start(), checkout.start()]
    for process in both:
        output, errors = process.communicate(timeout=120)
        assert output.startswith("started"), errors


def test_no_network(checkout: Checkout) -> None:
    index = f"http://127.0.0.1:{free_port()}/simple"
    result = checkout.run(PIP_NO_INDEX="0", PIP_FIND_LINKS="", PIP_INDEX_URL=index)
    assert result.returncode == 1
    assert "needs a network" in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr


def test_interrupted_install_leaves_no_process(checkout: Checkout, publisher: Publisher) -> None:
    publisher.routes["/simple/tiny/"] = silence()
    process = checkout.start(PIP_NO_INDEX="0", PIP_FIND_LINKS="", PIP_INDEX_URL=f"{publisher.url('/simple')}")
    deadline = time.monotonic() + 60
    while not publisher.requests:
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) == 130
    assert not [line for line in command_lines().values() if str(checkout.folder) in line]
