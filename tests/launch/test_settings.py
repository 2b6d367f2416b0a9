"""Settings: each is documented, a bad value is one sentence that names it, and a production set-up is clean."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stories.tiny_model import FOLDER, SHA256
from tests.suite import PRODUCTION, ROOT, setting_names

# Reads a copy of the settings once for each name, with that one variable empty, and once with all of them empty; prints
# what differs from the settings of an empty environment.
READ_WITH_EMPTY_VALUES = """
import json, os, runpy, sys
names = sys.argv[1:]

def read(*empty):
    for name in names:
        os.environ.pop(name, None)
    os.environ.update(dict.fromkeys(empty, ""))
    try:
        found = runpy.run_path("newsdesk/settings.py")
    except Exception as error:
        return {"error": repr(error)}
    return {name: str(value) for name, value in found.items() if name.isupper()}

plain = read()
assert plain["DIGEST_HOUR"] == "7", plain
differ = {}
for empty in [*((name,) for name in names), names]:
    found = read(*empty)
    if found != plain:
        differ[", ".join(empty)] = {key: value for key, value in found.items() if plain.get(key) != value}
print(json.dumps(differ))
"""


def manage(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "NEWSDESK_ENV_FILE": os.devnull} | settings,
        capture_output=True,
        text=True,
        timeout=60,
        encoding="utf-8",
    )


def test_every_setting_is_documented_and_nothing_else() -> None:
    rows = re.findall(
        r"^\| `([A-Z0-9_]+)` \|", (ROOT / "docs" / "settings.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert sorted(rows) == sorted(setting_names())


def test_every_setting_may_be_empty_and_means_its_default_then(tmp_path: Path) -> None:
    # A copy, for an empty NEWSDESK_DATA_DIR means the `var` beside the settings.
    names = ("settings.py", "environment.py", "secret_key.py", "sample/home.py")
    for name in (*(f"newsdesk/{name}" for name in names), "feeds/files.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    result = subprocess.run(
        [sys.executable, "-c", READ_WITH_EMPTY_VALUES, *sorted(setting_names())],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == {}


@pytest.mark.parametrize("sender", ["", "desk@example.org", "Newsdesk <newsdesk@localhost>", "Bücher <b@example.org>"])
def test_a_sender_that_can_stand_in_a_mail(tmp_path: Path, sender: str) -> None:
    result = manage("check", NEWSDESK_DATA_DIR=str(tmp_path), DEFAULT_FROM_EMAIL=sender)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    "sender",
    [
        "Newsdesk",
        "Newsdesk <>",
        "desk@",
        "a@example.org\nBcc: b@example.org",
        "d@bücher.example",
        "a@example.org, b@example.org",
    ],
)
def test_a_sender_that_would_fail_every_mail_is_refused_before(tmp_path: Path, sender: str) -> None:
    result = manage("check", NEWSDESK_DATA_DIR=str(tmp_path), DEFAULT_FROM_EMAIL=sender)
    assert result.returncode == 1
    assert "(newsletter.E002) DEFAULT_FROM_EMAIL: " in result.stderr
    assert "Traceback" not in result.stderr


def test_a_file_of_settings_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin-1").write_bytes("POSTAL_ADDRESS=Straße 1".encode("latin-1"))
    for file in (tmp_path, tmp_path / "latin-1"):
        result = manage("check", NEWSDESK_DATA_DIR=str(tmp_path), NEWSDESK_ENV_FILE=str(file))
        assert result.returncode == 1
        assert result.stderr.startswith("Bad setting. NEWSDESK_ENV_FILE: ")
        assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DIGEST_HOUR", "24"),
        ("DIGEST_HOUR", "seven"),
        ("DIGEST_TIME_ZONE", "Europe/Atlantis"),
        ("DIGEST_TIME_ZONE", "/etc/passwd"),
        ("SWEEP_INTERVAL_S", "0"),
        ("DATABASE_URL", "mysql://me:hunter2@host/name"),
        ("DATABASE_URL", "postgres://me:hunter2@host:port/name"),
        ("REDIS_URL", "hunter2@localhost:6379"),
        ("OPENAI_BASE_URL", "localhost:11434"),
        ("LLM_DAILY_BUDGET_USD", "-1"),
        ("LLM_INPUT_USD_PER_MILLION", "NaN"),
        ("LLM_OUTPUT_USD_PER_MILLION", "cheap"),
        ("EMBEDDING_MODEL_SHA256", "the one of yesterday"),
        ("EMBEDDING_BASE_URL", "hunter2@localhost"),
        ("EMBEDDING_USD_PER_MILLION", "-1"),
        ("SITE_URL", "news.example.org"),
        ("EMAIL_URL", "pigeon://me:hunter2@host"),
        ("NEWSDESK_PRODUCTION", "perhaps"),
        ("NEWSDESK_SAMPLE", "perhaps"),
        ("DEBUG", "perhaps"),
        ("LOG_LEVEL", "LOUD"),
        ("NEWSDESK_DATA_DIR", "/dev/null/data"),
    ],
)
def test_a_bad_value_is_one_sentence_that_names_the_setting(tmp_path: Path, name: str, value: str) -> None:
    result = manage("check", **{"NEWSDESK_DATA_DIR": str(tmp_path), name: value})
    assert result.returncode == 1
    (line,) = result.stderr.strip().splitlines()
    assert line.startswith(f"Bad setting. {name}: ")
    assert "hunter2" not in line


def test_an_address_without_a_port_is_no_exemption(tmp_path: Path) -> None:
    result = manage("check", NEWSDESK_DATA_DIR=str(tmp_path), FETCH_ALLOWED_ADDRESSES="127.0.0.1")
    assert result.returncode == 1
    assert "FETCH_ALLOWED_ADDRESSES: '127.0.0.1'" in result.stderr


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            {"EMBEDDING_MODEL": "some", "EMBEDDING_MODEL_PATH": str(FOLDER)},
            "EMBEDDING_MODEL: names a model at an endpoint, EMBEDDING_MODEL_PATH one of this machine; set only one.",
        ),
        ({"EMBEDDING_MODEL": "some"}, "EMBEDDING_MODEL: needs a server: "),
        ({"EMBEDDING_MODEL_PATH": "/nowhere"}, "EMBEDDING_MODEL_PATH: there is no model.onnx in /nowhere."),
        ({"EMBEDDING_MODEL_PATH": str(FOLDER)}, f"EMBEDDING_MODEL_SHA256: must be set; {FOLDER / 'model.onnx'} has "),
        (
            {"EMBEDDING_MODEL_PATH": str(FOLDER), "EMBEDDING_MODEL_SHA256": "0" * 64},
            f"EMBEDDING_MODEL_SHA256: expected {'0' * 64}, found {SHA256} in ",
        ),
    ],
)
def test_embeddings_that_would_fail_are_told_of_before(tmp_path: Path, given: dict[str, str], says: str) -> None:
    result = manage("check", NEWSDESK_DATA_DIR=str(tmp_path), **given)
    assert result.returncode == 1
    assert says in result.stderr


@pytest.mark.parametrize(
    "given",
    [
        {"EMBEDDING_MODEL_PATH": str(FOLDER), "EMBEDDING_MODEL_SHA256": SHA256.upper()},
        {"EMBEDDING_MODEL": "some", "OPENAI_API_KEY": "sk-x"},
        {"EMBEDDING_MODEL": "some", "EMBEDDING_BASE_URL": "http://127.0.0.1:11434/v1"},
    ],
)
def test_embeddings_that_are_whole_hold(tmp_path: Path, given: dict[str, str]) -> None:
    result = manage("check", NEWSDESK_DATA_DIR=str(tmp_path), **given)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_production_needs_a_key_and_a_host(tmp_path: Path, missing: str) -> None:
    settings = {name: value for name, value in PRODUCTION.items() if name != missing}
    result = manage("check", NEWSDESK_DATA_DIR=str(tmp_path), **settings)
    assert result.stderr.startswith(f"Bad setting. {missing}: must ")
    assert not (tmp_path / "secret_key").exists()


def test_a_production_set_up_is_clean(tmp_path: Path) -> None:
    result = manage("check", "--deploy", "--fail-level", "INFO", NEWSDESK_DATA_DIR=str(tmp_path), **PRODUCTION)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("NEWSDESK_SAMPLE", "1", "newsdesk.E002"),
        ("REDIS_URL", "", "newsdesk.E003"),
        ("SITE_URL", "http://news.example.org", "newsdesk.E004"),
        ("SITE_URL", "https://elsewhere.example.org", "newsdesk.W001"),
        ("PROXY_COUNT", "0", "newsdesk.W002"),
    ],
)
def test_what_a_public_server_must_not_do(tmp_path: Path, name: str, value: str, found: str) -> None:
    settings = PRODUCTION | {"NEWSDESK_DATA_DIR": str(tmp_path), name: value}
    result = manage("check", "--deploy", "--fail-level", "WARNING", **settings)
    assert result.returncode == 1
    assert found in result.stderr


def test_the_generated_key_is_kept_and_private(tmp_path: Path) -> None:
    assert manage("check", NEWSDESK_DATA_DIR=str(tmp_path)).returncode == 0
    key = (tmp_path / "secret_key").read_text(encoding="utf-8")
    assert manage("check", NEWSDESK_DATA_DIR=str(tmp_path)).returncode == 0
    assert (tmp_path / "secret_key").read_text(encoding="utf-8") == key
    assert len(key) >= 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "on"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "news.example.org, *"),
        ("DEFAULT_FROM_EMAIL", "newsdesk@localhost"),
        ("DEFAULT_FROM_EMAIL", "Newsdesk <newsdesk@localhost>"),
        ("DEFAULT_FROM_EMAIL", "Newsdesk <newsdesk@Localhost.localdomain>"),
        ("DEFAULT_FROM_EMAIL", "newsdesk@[127.0.0.1]"),
        ("HSTS_SECONDS", "a year"),
        ("LETTERS_PER_HOUR", "0"),
    ],
)
def test_production_refuses_what_is_for_one_machine(tmp_path: Path, name: str, value: str) -> None:
    result = manage("check", **PRODUCTION | {"NEWSDESK_DATA_DIR": str(tmp_path), name: value})
    assert result.returncode == 1
    (line,) = result.stderr.strip().splitlines()
    assert line.startswith(f"Bad setting. {name}: ")


SHOW = (
    "from django.conf import settings as s; print(s.DEFAULT_FROM_EMAIL, s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_PRELOAD)"
)


def shown(data_dir: Path, **given: str) -> str:
    result = manage("shell", "--verbosity", "0", "-c", SHOW, NEWSDESK_DATA_DIR=str(data_dir), **given)
    return result.stdout.strip() or result.stderr


def test_production_has_a_sender_of_its_site_and_hsts_for_its_host_alone(tmp_path: Path) -> None:
    assert shown(tmp_path, **PRODUCTION) == "Newsdesk <newsdesk@news.example.org> 31536000 False"
    given = {"DEFAULT_FROM_EMAIL": "a@example.org", "HSTS_SECONDS": "3600", "HSTS_SUBDOMAINS": "1", "HSTS_PRELOAD": "1"}
    assert shown(tmp_path, **PRODUCTION | given) == "a@example.org 3600 True"


def others_may(folder: Path) -> list[str]:
    """What lies in a folder that others than its owner may read, write or enter, the folder itself included."""
    found = [folder, *folder.rglob("*")]
    return sorted(str(path.relative_to(folder)) for path in found if path.lstat().st_mode & 0o077)


def test_what_is_made_in_the_data_directory_is_for_its_owner_alone(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    assert manage("migrate", "--verbosity", "0", NEWSDESK_DATA_DIR=str(data_dir)).returncode == 0
    assert (data_dir / "newsdesk.sqlite3").exists() and (data_dir / "secret_key").exists()
    assert others_may(data_dir) == []


def test_what_an_earlier_version_left_open_is_closed_at_the_next_start(tmp_path: Path) -> None:
    """But for what others than we ourselves may need: static files, what a link leads to, a folder that is shared."""
    data_dir, elsewhere = tmp_path / "data", tmp_path / "elsewhere.sqlite3"
    for folder in ("logs", "mail", "static"):
        (data_dir / folder).mkdir(parents=True)
    files = ("newsdesk.sqlite3", "newsdesk.sqlite3-wal", "logs/web.log", "logs/web.log.1", "static/site.css")
    for path in (*(data_dir / name for name in files), elsewhere):
        path.touch()
        path.chmod(0o664)
    for folder in (data_dir, *(data_dir / name for name in ("logs", "mail", "static"))):
        folder.chmod(0o755)
    (data_dir / "sample").mkdir(mode=0o777)
    (data_dir / "sample").chmod(0o1777)
    outside = tmp_path / "outside"
    outside.touch()
    outside.chmod(0o644)
    (data_dir / "linked.sqlite3").symlink_to(outside)
    assert manage("check", NEWSDESK_DATA_DIR=str(data_dir), DATABASE_URL=f"sqlite:///{elsewhere}").returncode == 0
    assert others_may(data_dir) == ["linked.sqlite3", "sample", "static", "static/site.css"]
    assert elsewhere.stat().st_mode & 0o777 == 0o600
    assert outside.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("program", ["newsdesk.wsgi", "newsdesk.celery"])
def test_every_program_makes_files_for_its_owner_alone(tmp_path: Path, program: str) -> None:
    told = f"import os, {program}; from django.conf import settings; settings.DATA_DIR; print(oct(os.umask(0)))"
    result = subprocess.run(
        [sys.executable, "-c", told],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "NEWSDESK_ENV_FILE": os.devnull, "NEWSDESK_DATA_DIR": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert result.stdout.strip() == "0o77", result.stderr


@pytest.mark.parametrize("torn", ["", "half-of-a-key", "\0" * 4096])
def test_a_key_that_was_cut_short_is_made_anew_while_nothing_rests_on_it(tmp_path: Path, torn: str) -> None:
    path = tmp_path / "secret_key"
    path.write_text(torn, encoding="utf-8")
    assert manage("migrate", "--verbosity", "0", NEWSDESK_DATA_DIR=str(tmp_path)).returncode == 0
    key = path.read_text(encoding="utf-8")
    assert len(key) >= 50
    assert "\0" not in key
    assert path.stat().st_mode & 0o077 == 0
    # Torn again, with the database made meanwhile, but nobody's address in it.
    path.write_text(torn, encoding="utf-8")
    assert manage("check", NEWSDESK_DATA_DIR=str(tmp_path)).returncode == 0
    assert path.read_text(encoding="utf-8") != torn


SUPPRESSED = (
    "INSERT INTO newsletter_suppression (email_hash, reason, detail, made_at) VALUES ('x', 'bounced', '', '2026-03-25')"
)


@pytest.mark.parametrize("rests", ["a suppression", "a broken database", "a database elsewhere"])
def test_a_key_that_was_cut_short_stops_the_start_where_anything_may_rest_on_it(tmp_path: Path, rests: str) -> None:
    path = tmp_path / "secret_key"
    settings = {"NEWSDESK_DATA_DIR": str(tmp_path)}
    if rests == "a suppression":
        assert manage("migrate", "--verbosity", "0", **settings).returncode == 0
        with contextlib.closing(sqlite3.connect(tmp_path / "newsdesk.sqlite3")) as database:
            database.execute(SUPPRESSED)
            database.commit()
    elif rests == "a broken database":
        (tmp_path / "newsdesk.sqlite3").write_bytes(b"no database" * 100)
    else:
        settings["DATABASE_URL"] = "postgres://newsdesk@127.0.0.1/newsdesk"
    path.write_text("half-of-a-key", encoding="utf-8")
    result = manage("check", **settings)
    assert result.returncode != 0
    assert result.stderr.startswith(f"Bad setting. SECRET_KEY: {path} was cut short. ")
    assert "half-of-a-key" not in result.stderr
    assert path.read_text(encoding="utf-8") == "half-of-a-key"


def test_a_log_file_is_written_as_json_and_opened_anew_once_it_was_rotated(tmp_path: Path) -> None:
    log = tmp_path / "news.log"
    program = """if True:
        import logging, os, django
        django.setup()
        logging.getLogger("a").warning("one %s", "half")
        os.rename(os.environ["LOG_FILE"], os.environ["LOG_FILE"] + ".1")
        try:
            1 / 0
        except ZeroDivisionError:
            logging.getLogger("b").exception("two")
    """
    settings = {"LOG_FILE": str(log), "LOG_FORMAT": "json", "DJANGO_SETTINGS_MODULE": "newsdesk.settings"}
    environment = {"PATH": os.environ["PATH"], "NEWSDESK_ENV_FILE": os.devnull, "NEWSDESK_DATA_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment | settings, check=True)
    (first,) = [json.loads(line) for line in (tmp_path / "news.log.1").read_text(encoding="utf-8").splitlines()]
    assert (first["level"], first["logger"], first["message"]) == ("WARNING", "a", "one half")
    (second,) = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert "ZeroDivisionError" in second["traceback"]
