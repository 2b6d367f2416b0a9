"""A locale of eight bits: what we read and write is UTF-8 all the same."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.launch.desk import Desk
from tests.suite import ROOT

# As narrow as a locale can be, and there on every machine; without PYTHONUTF8=0 Python would not believe in it.
NARROW = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
# Modules whose `open` gives bytes unless asked for text.
ARCHIVES = ("gzip", "bz2", "lzma")
PROCESSES = ("run", "Popen", "check_output")


def opened_by_locale(source: str) -> list[int]:
    """The lines of the calls that open text without saying its encoding."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [call.lineno for call in calls if _is_by_locale(call)]


def _is_by_locale(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    owner = ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    if "encoding" in named:
        return False
    if name == "read_text":
        return not call.args
    if name == "write_text":
        return len(call.args) < 2
    if name in PROCESSES:
        return "text" in named or "universal_newlines" in named
    if name not in ("open", "fdopen") or ast.unparse(call.func) in ("os.open", "tarfile.open"):
        return False
    # `path.open(mode)`, or as a function `open(path, mode)`; a connection's `open()` knows no mode.
    is_function = owner in ("", "os", *ARCHIVES)
    modes = [*call.args[1 if is_function else 0 :][:1], *([named["mode"]] if "mode" in named else [])]
    if modes:
        return not (isinstance(modes[0], ast.Constant) and "b" in str(modes[0].value))
    return owner not in ARCHIVES and not owner.endswith("connection")


@pytest.mark.parametrize(
    "line",
    [
        "path.read_text()",
        "path.write_text('words')",
        "open(path)",
        "open(path, 'a')",
        "path.open()",
        "path.open('w', newline='')",
        "path.open(mode='w')",
        "gzip.open(path, 'rt')",
        "os.fdopen(descriptor, 'w')",
        "subprocess.run(command, text=True)",
    ],
)
def test_what_would_be_read_as_the_locale_says_is_found(line: str) -> None:
    assert opened_by_locale(f"\n{line}") == [2]
    assert not opened_by_locale(f"{line[:-1]}, encoding='utf-8')".replace("(, ", "("))


@pytest.mark.parametrize(
    "line", ["path.open('rb')", "gzip.open(path)", "open(path, mode='xb')", "os.open(path, flags, 384)", "run(command)"]
)
def test_bytes_have_no_encoding(line: str) -> None:
    assert not opened_by_locale(line)


def test_no_text_is_read_as_the_locale_says() -> None:
    files = [
        ROOT / "manage.py",
        *(file for top in ("feeds", "newsdesk", "bench", "tests") for file in sorted((ROOT / top).rglob("*.py"))),
    ]
    assert len(files) > 300
    found = {str(file): lines for file in files if (lines := opened_by_locale(file.read_text(encoding="utf-8")))}
    assert not found


def test_the_sample_runs_in_a_narrow_locale_and_commands_print_utf_8(tmp_path: Path) -> None:
    folder = tmp_path / "Büro"
    folder.mkdir()
    desk = Desk(folder, "--sample", **NARROW)
    desk.start()
    try:
        desk.wait_until_up()
        assert desk.get()[0] == 200
        ((newest,),) = desk.rows("SELECT max(date) FROM digests_digest WHERE state = 'published'")
        command = [sys.executable, "manage.py", "export_digest", newest, "--format", "text"]
        environment = desk.environment | {"NEWSDESK_DATA_DIR": str(desk.data_dir)}
        exported = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=60)
    finally:
        desk.kill_everything()
    assert exported.returncode == 0, exported.stderr
    assert not exported.stdout.isascii()
    exported.stdout.decode("utf-8")
    assert os.fsencode(folder) in desk.output.read_bytes()
