"""What deploy/ says is true of this project: its settings, commands, options and files exist, and the commands work.

No container engine is asked for: the files are parsed, and what would run inside a container runs outside of one.
"""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from celery.bin.beat import beat
from celery.bin.worker import worker
from django.conf import settings
from django.core.management import get_commands
from gunicorn.config import Config

from tests.servers.publisher import Publisher, Reply
from tests.suite import ROOT, setting_names

DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "fetcher", "beat")
# Not settings of ours: what compose.yaml gives to the database and to the build.
OF_COMPOSE = {"POSTGRES_PASSWORD", "REQUIREMENTS"}
# What whoever sets up a server fills in, where env.example has no value.
COMPLETED = {
    "SECRET_KEY": "a-key-for-the-checks-alone-that-is-long-enough-to-satisfy-django",
    "ALLOWED_HOSTS": "news.example.org",
    "SITE_URL": "https://news.example.org",
    "POSTGRES_PASSWORD": "letters0and0digits",
    "EMAIL_URL": "smtp://mail.example.org:25",
    "DEFAULT_FROM_EMAIL": "Newsdesk <news@example.org>",
    "POSTAL_ADDRESS": "1 Example Street, Exampleton",
}


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's (instruction, rest) pairs, continued lines joined."""
    text = re.sub(r"\\\n\s*", " ", re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE))
    return [(line.partition(" ")[0], line.partition(" ")[2].strip()) for line in text.splitlines() if line.strip()]


def of(name: str) -> list[str]:
    return [rest for instruction, rest in instructions() if instruction == name]


def image_environment() -> dict[str, str]:
    """What the last stage sets."""
    (own,) = (rest for rest in of("ENV") if "NEWSDESK_PRODUCTION" in rest)
    return dict(pair.split("=", 1) for pair in shlex.split(own))


def example(*, with_defaults: bool = False) -> dict[str, str]:
    """The settings of env.example; with those behind a # too."""
    pattern = r"^(?:# )?([A-Z0-9_]+)=(.*)$" if with_defaults else r"^([A-Z0-9_]+)=(.*)$"
    return dict(re.findall(pattern, (DEPLOY / "env.example").read_text(encoding="utf-8"), re.MULTILINE))


def procfile() -> dict[str, str]:
    """The shell's line of each process."""
    lines = (DEPLOY / "Procfile").read_text(encoding="utf-8").splitlines()
    return {name: line.strip() for name, _, line in (line.partition(":") for line in lines if not line.startswith("#"))}


def commands() -> dict[str, list[str]]:
    """Every command line of ours, by where it stands."""
    web = yaml.safe_load(of("CMD")[0])
    found = {"Dockerfile": web}
    for name, lines in procfile().items():
        found |= {f"Procfile {name}: {line}": shlex.split(line) for line in lines.split(" && ")}
    for name in ("worker", "fetcher", "beat"):
        found[f"compose {name}"] = SERVICES[name]["command"]
    for line in SERVICES["migrate"]["command"][2].split(" && "):
        found[f"compose {line}"] = shlex.split(line)
    return found


# Settings.


def test_every_setting_named_exists_and_is_documented() -> None:
    named = set(example(with_defaults=True)) | set(image_environment()) - {"PATH", "PYTHONUNBUFFERED"}
    named |= set(COMPOSE["x-newsdesk"]["environment"])
    named |= set(re.findall(r"\$\{([A-Z0-9_]+)", (DEPLOY / "compose.yaml").read_text(encoding="utf-8")))
    assert named - OF_COMPOSE <= setting_names()
    documented = set(
        re.findall(r"^\| `([A-Z0-9_]+)` \|", (ROOT / "docs" / "settings.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert named - OF_COMPOSE <= documented


def test_the_example_names_every_setting_that_a_server_may_need() -> None:
    elsewhere = {"NEWSDESK_PRODUCTION", "NEWSDESK_DATA_DIR", "STATIC_ROOT", "DATABASE_URL", "REDIS_URL"}
    not_for_servers = {"NEWSDESK_SAMPLE", "NEWSDESK_ENV_FILE", "DEBUG"}
    assert set(example(with_defaults=True)) == setting_names() - elsewhere - not_for_servers | OF_COMPOSE


def test_the_defaults_in_the_example_are_those_of_the_documentation() -> None:
    rows = dict(
        re.findall(
            r"^\| `([A-Z0-9_]+)` \| (?:`([^`]*)`|on|none)",
            (ROOT / "docs" / "settings.md").read_text(encoding="utf-8"),
            re.M,
        )
    )
    given = {name: value for name, value in example(with_defaults=True).items() if name not in example() and value}
    assert given.pop("REQUIREMENTS") == dict(line.split("=") for line in of("ARG"))["REQUIREMENTS"]
    assert given
    assert {name: value for name, value in given.items() if value != "on"} == {
        name: rows[name] for name, value in given.items() if value != "on"
    }


def server_environment(data_dir: Path) -> dict[str, str]:
    """The environment of a container whose env file was filled in."""
    settings = {**example(), **{name: value for name, value in COMPLETED.items() if not example()[name]}}
    composed = {
        name: re.sub(r"\$\{POSTGRES_PASSWORD[^}]*\}", settings["POSTGRES_PASSWORD"], value)
        for name, value in COMPOSE["x-newsdesk"]["environment"].items()
    }
    here = {"PATH": os.environ["PATH"], "NEWSDESK_ENV_FILE": os.devnull, "NEWSDESK_DATA_DIR": str(data_dir)}
    return {**image_environment(), **settings, **composed, **here, "STATIC_ROOT": str(data_dir / "static")}


def test_a_server_set_up_by_the_example_is_clean(tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    environment = server_environment(tmp_path)
    result = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, encoding="utf-8"
    )
    assert result.returncode == 0, result.stderr


def test_no_secret_is_in_any_of_the_files() -> None:
    assert not example()["SECRET_KEY"]
    assert not example()["POSTGRES_PASSWORD"]
    assert "SECRET_KEY" not in " ".join(of("ENV") + of("ARG"))
    given = re.sub(r"\$\{POSTGRES_PASSWORD:\?[^}]*\}", "", (DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    assert re.findall(r".*PASSWORD.*", given) == ["      POSTGRES_PASSWORD: "]
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert ".env" in ignored  # without a slash: in every folder
    assert not [line for line in ignored if line.startswith("!")]


# Commands.


@pytest.mark.parametrize("place", commands())
def test_every_command_and_option_exists(place: str) -> None:
    program, *arguments = commands()[place]
    if program == "python":
        assert arguments[0] == "manage.py"
        assert arguments[1] in get_commands()
        help_text = subprocess.run(
            [sys.executable, "manage.py", arguments[1], "--help"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            encoding="utf-8",
        ).stdout
        assert all(option in help_text for option in arguments[2:])
    elif program == "gunicorn":
        parsed = Config().parser().parse_args([argument.replace("$PORT", "8000") for argument in arguments])
        assert parsed.args == ["newsdesk.wsgi"]
        assert parsed.bind == ["0.0.0.0:8000"]
        assert not parsed.preload_app  # each worker opens its own connections
    else:
        assert (program, arguments[:2]) == ("celery", ["-A", "newsdesk"])
        command = {"worker": worker, "beat": beat}[arguments[2]]
        known = {option for parameter in command.params for option in parameter.opts}
        asked = {argument.partition("=")[0] for argument in arguments[3:] if argument.startswith("-")}
        assert asked <= known


def test_the_procfile_has_its_processes() -> None:
    assert set(procfile()) == {"release", "web", "worker", "fetcher", "beat"}
    # As compose's migration, and what the image has from its build.
    migration = SERVICES["migrate"]["command"][2]
    assert procfile()["release"] == f"{migration} && python manage.py collectstatic --no-input"


def test_every_queue_has_a_worker() -> None:
    queues = {queue.name for queue in settings.CELERY_TASK_QUEUES}
    for kind in ("Procfile", "compose"):
        of_kind = [command for place, command in commands().items() if place.startswith(kind) and "worker" in command]
        assert sorted(command[command.index("--queues") + 1] for command in of_kind) == sorted(queues)


# Services.


def test_services_wait_for_what_they_need_and_volumes_exist() -> None:
    for name, service in SERVICES.items():
        assert set(service.get("depends_on", ())) <= set(SERVICES), name
        for volume in service.get("volumes", ()):
            assert volume.partition(":")[0] in COMPOSE["volumes"], name
    for name in ("web", "worker", "fetcher", "beat"):
        waits = SERVICES[name]["depends_on"]
        assert waits["migrate"] == {"condition": "service_completed_successfully"}
        assert waits["redis"] == {"condition": "service_healthy"}
    assert SERVICES["migrate"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert all("test" in SERVICES[name]["healthcheck"] for name in ("db", "redis", "worker", "fetcher"))
    assert "--appendonly" in SERVICES["redis"]["command"]


def test_only_the_site_is_published_and_only_to_this_machine() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    (port,) = published.pop("web")
    assert published == {}
    assert port.startswith("127.0.0.1:")
    assert port.rpartition(":")[2] == of("EXPOSE")[0] == commands()["Dockerfile"][3].rpartition(":")[2]


def test_our_services_share_one_image_that_is_built_from_our_file() -> None:
    for name in OURS:
        build = SERVICES[name]["build"]
        assert (DEPLOY / build["context"] / build["dockerfile"]).resolve() == DEPLOY / "Dockerfile"
        assert SERVICES[name]["env_file"] == ".env"
        assert SERVICES[name]["read_only"] is True
        assert build["args"] == {"REQUIREMENTS": "${REQUIREMENTS:-requirements.txt}"}


def test_what_is_written_is_kept_and_what_was_built_is_not_hidden_by_it() -> None:
    (volume,) = {volume for name in OURS for volume in SERVICES[name]["volumes"]}
    data_dir, static = image_environment()["NEWSDESK_DATA_DIR"], image_environment()["STATIC_ROOT"]
    assert volume == f"data:{data_dir}"
    # A volume lies over what the image has there: over an older image's files after an upgrade.
    assert not Path(static).is_relative_to(data_dir)
    # Both exist and belong to the user that writes to them.
    (made,) = (rest for rest in of("RUN") if "useradd" in rest)
    for folder in (data_dir, static):
        assert re.search(rf"install --directory [^&]*--owner newsdesk [^&]*{folder}( |$)", made)


def test_no_log_fills_the_disk() -> None:
    for name, service in SERVICES.items():
        assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}, name
    assert "postrotate" not in (DEPLOY / "logrotate").read_text(encoding="utf-8")  # the file is opened anew by itself


def test_every_other_image_is_of_a_named_version() -> None:
    images = [service["image"] for service in SERVICES.values() if "build" not in service] + [
        rest.split()[0] for rest in of("FROM")
    ]
    assert len(images) == 4
    assert all(re.fullmatch(r"[a-z]+:\d[\w.-]+", image) for image in images)


# The image.


def copied() -> list[str]:
    """What the Dockerfile copies from the project."""
    return [rest.split()[0] for rest in of("COPY") if not rest.startswith("--from=")]


def test_stages_exist_and_what_is_copied_is_there() -> None:
    stages = {rest.rpartition(" AS ")[2] for rest in of("FROM") if " AS " in rest}
    used = {match[1] for rest in of("COPY") if (match := re.match(r"--from=(\S+)", rest))}
    assert used == stages
    assert all((ROOT / source).exists() for source in copied())


def test_nothing_else_is_sent_to_the_build() -> None:
    lines = [
        line
        for line in (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    assert lines[0] == "*"
    assert sorted(line[1:] for line in lines if line.startswith("!")) == sorted(copied())
    assert "**/__pycache__" in lines


def test_all_that_the_programs_read_is_copied() -> None:
    """The tests' own, the documents and the launcher for one machine stay behind; settings look in these folders."""
    top = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    left = top - {source.partition("/")[0] for source in copied()}
    not_needed = {
        "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "bench", "docs", "tests", "run", "test", "var",
        "pyproject.toml", "requirements-dev.txt",
    }  # fmt: skip
    assert left <= not_needed


def test_it_runs_as_nobody_in_particular_and_says_whether_it_lives() -> None:
    names = [instruction for instruction, _ in instructions()]
    assert of("USER") == ["newsdesk"]
    assert names.index("USER") < names.index("CMD")
    assert "deploy/healthcheck.py" in of("HEALTHCHECK")[0]
    (installation,) = (rest for rest in of("RUN") if "pip install" in rest)
    assert '--require-hashes --requirement "$REQUIREMENTS"' in installation


@pytest.mark.parametrize(("reply", "status"), [(Reply(b"ok"), 0), (Reply(status=500), 1)])
def test_the_health_check_asks_as_the_proxy_would(publisher: Publisher, reply: Reply, status: int) -> None:
    publisher.routes["/health/live"] = reply
    assert check_health(publisher.port) == status
    asked = publisher.requests[0].headers
    assert (asked["host"], asked["x-forwarded-proto"]) == ("news.example.org", "https")


def test_the_health_check_fails_where_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        assert check_health(free.getsockname()[1]) == 1


def check_health(port: int) -> int:
    environment = {"PATH": os.environ["PATH"], "SITE_URL": COMPLETED["SITE_URL"]}
    command = [sys.executable, str(DEPLOY / "healthcheck.py"), str(port)]
    return subprocess.run(command, env=environment, timeout=30, check=False).returncode


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data directory of an image: static files collected by the Dockerfile's own line."""
    folder = tmp_path_factory.mktemp("image")
    (line,) = (rest for rest in of("RUN") if "collectstatic" in rest)
    words = shlex.split(line)
    given = dict(word.split("=", 1) for word in words if re.match(r"[A-Z0-9_]+=", word))
    command = [sys.executable, *words[words.index("manage.py") :]]
    environment = {"PATH": os.environ["PATH"], "NEWSDESK_ENV_FILE": os.devnull, "NEWSDESK_PRODUCTION": "1"} | given
    environment |= {"NEWSDESK_DATA_DIR": str(folder), "STATIC_ROOT": str(folder / "static")}
    result = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, encoding="utf-8"
    )
    assert result.returncode == 0, result.stderr
    yield folder


def test_static_files_are_collected_under_names_of_their_content(data_dir: Path) -> None:
    assert (data_dir / "static" / "staticfiles.json").exists()
    names = [path.name for path in (data_dir / "static").rglob("*.css*")]
    assert any(re.fullmatch(r"desk\.[0-9a-f]{12}\.css", name) for name in names)
    assert any(re.fullmatch(r"desk\.[0-9a-f]{12}\.css\.gz", name) for name in names)


def test_static_files_are_for_everybody_although_the_data_is_not(data_dir: Path) -> None:
    files = [data_dir / "static", *(data_dir / "static").rglob("*")]
    wanted = {path: 0o755 if path.is_dir() else 0o644 for path in files}
    assert {path: path.stat().st_mode & 0o777 for path in files} == wanted


def test_the_web_server_starts_as_the_image_starts_it_and_is_found_healthy(data_dir: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = server_environment(data_dir) | {"DATABASE_URL": "", "REDIS_URL": ""}
    arguments = [argument.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for argument in commands()["Dockerfile"][1:]]
    if not Path("/dev/shm").is_dir():
        arguments = [argument.replace("/dev/shm", str(data_dir)) for argument in arguments]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while (status := check_health(port)) and time.monotonic() < deadline and server.poll() is None:
            time.sleep(0.3)
        assert status == 0
    finally:
        server.terminate()
        server.wait(timeout=30)
