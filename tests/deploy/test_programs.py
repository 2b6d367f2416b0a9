"""Every command of the Procfile, the compose file and the Dockerfile, run as written, on a PostgreSQL and a Redis.

What an engine would give them they are given here: an environment from the filled-in example, a PORT, folders.
"""

from __future__ import annotations

import http.client
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import psycopg
import pytest
import yaml

from newsdesk.digests.window import Hours
from tests.deploy.test_deploy import COMPOSE, OURS, SERVICES, of, procfile, server_environment
from tests.launch.desk import free_port
from tests.line.outlets import OUTLETS, STORIES, publish
from tests.servers.postgres import NoPostgres, running_postgres
from tests.servers.publisher import Publisher
from tests.servers.redis_server import RedisServer
from tests.suite import ROOT

PATIENCE_S = 240.0
DEFAULT_PUBLISHERS = 57


class Deployment:
    """Programs of one deployment, each a shell's line in a process group of its own."""

    def __init__(self, folder: Path, database_url: str, redis: RedisServer, publisher: Publisher) -> None:
        self.folder, self.port = folder, free_port()
        self.data_dir, self.static = folder / "data", folder / "static"
        for path in (self.data_dir, self.static):
            path.mkdir()
        self.environment = server_environment(self.data_dir) | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PORT": str(self.port),
            "HOSTNAME": os.uname().nodename,
            "DATABASE_URL": database_url,
            "REDIS_URL": redis.url,
            "STATIC_ROOT": str(self.static),
            "EMAIL_URL": "",
            "SWEEP_INTERVAL_S": "1",
            "FETCH_ALLOWED_ADDRESSES": publisher.address,
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def run(self, line: str) -> subprocess.CompletedProcess[str]:
        """A line that ends by itself, as `sh -c` runs it."""
        return subprocess.run(
            ["sh", "-c", self.here(line)],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            encoding="utf-8",
        )

    def start(self, name: str, line: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                ["sh", "-c", f"exec {self.here(line)}"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def here(self, line: str) -> str:
        """The line with this test's port, on this machine alone; compose writes $$ for $."""
        return re.sub(r"\b0\.0\.0\.0:(8000|\$PORT)", f"127.0.0.1:{self.port}", line).replace("$$", "$")

    def stop(self, name: str) -> int:
        """As an engine stops it: SIGTERM, and the status that it ends with."""
        process = self.running.pop(name)
        process.terminate()
        return process.wait(timeout=60)

    def kill(self) -> None:
        for process in self.running.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def query(self, sql: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.environment["DATABASE_URL"], autocommit=True) as database:
            cursor = database.execute(sql)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def follow_loopback_outlets(self, publisher: Publisher) -> None:
        """In place of the publishers of the world, which no test may ask."""
        assert self.query("SELECT count(*) FROM feeds_publisher") == [(DEFAULT_PUBLISHERS,)]
        now, hours = datetime.now(UTC), Hours(7, ZoneInfo("UTC"))
        feeds = publish(publisher, hours.cut_off(hours.latest_date(now)))
        self.query("UPDATE feeds_feed SET is_active = false")
        for number, url in enumerate(feeds):
            nth = f"SELECT id FROM feeds_feed ORDER BY id LIMIT 1 OFFSET {number}"
            self.query(
                f"UPDATE feeds_feed SET url = '{url}', is_active = true, covers_only_ai = true WHERE id = ({nth})"
            )

    def wait_for(self, sql: str, *names: str) -> None:
        """Wait until a query has rows."""
        deadline = time.monotonic() + PATIENCE_S
        while not self.query(sql):
            assert time.monotonic() < deadline and all(self.running[name].poll() is None for name in names), self.log()
            time.sleep(0.3)

    def get(self, path: str) -> tuple[int, str]:
        """A page as the proxy asks for it, as soon as the web server listens."""
        deadline = time.monotonic() + PATIENCE_S
        headers = {"Host": self.environment["ALLOWED_HOSTS"], "X-Forwarded-Proto": "https"}
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            try:
                connection.request("GET", path, headers=headers)
                response = connection.getresponse()
                return response.status, response.read().decode()
            except OSError:
                assert time.monotonic() < deadline, self.log()
                time.sleep(0.2)
            finally:
                connection.close()

    def assert_pages_stand_with_their_files(self) -> None:
        for path in ("/", "/sources/", "/newsletter/", "/admin/login/"):
            status, page = self.get(path)
            assert status == 200, (path, self.log())
            sheets = re.findall(r'<link [^>]*href="(/static/[^"]+\.css)"', page)
            assert sheets, path
            assert {self.get(sheet)[0] for sheet in sheets} == {200}

    def log(self) -> str:
        return "\n".join(
            path.read_text(encoding="utf-8", errors="replace")[-30_000:] for path in self.folder.glob("*.log")
        )


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    try:
        with running_postgres() as url:
            yield url
    except NoPostgres as why:
        pytest.skip(str(why))


@pytest.fixture
def deployment(
    tmp_path: Path, postgres: str, redis_server: RedisServer, publisher: Publisher, request: pytest.FixtureRequest
) -> Iterator[Deployment]:
    database = f"deployed_{request.node.originalname}"[:60]
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {database}")  # type: ignore[arg-type]
    made = Deployment(tmp_path, urlsplit(postgres)._replace(path=f"/{database}").geturl(), redis_server, publisher)
    try:
        yield made
    finally:
        made.kill()


PUBLISHED = "SELECT 1 FROM digests_digest WHERE state = 'published'"


def test_the_procfile_as_written_serves_pages_and_publishes(deployment: Deployment, publisher: Publisher) -> None:
    lines = procfile()
    released = deployment.run(lines.pop("release"))
    assert released.returncode == 0, released.stderr
    deployment.follow_loopback_outlets(publisher)
    for name, line in lines.items():
        deployment.start(name, line)
    deployment.assert_pages_stand_with_their_files()
    deployment.wait_for(PUBLISHED, *lines)
    assert deployment.query("SELECT count(*) FROM digests_digestitem") == [(len(STORIES),)]
    assert deployment.query("SELECT count(*) FROM feeds_feed WHERE is_active") == [(len(OUTLETS),)]
    for name in lines:
        assert deployment.stop(name) == 0, deployment.log()


def service_lines() -> dict[str, str]:
    """What each service of ours runs for as long as it lives: its command, or the image's."""
    image = of("CMD")[0]
    commands = {name: SERVICES[name].get("command") for name in OURS if name != "migrate"}
    return {name: shlex.join(command or yaml.safe_load(image)) for name, command in commands.items()}


def health_checks(deployment: Deployment) -> dict[str, str]:
    """The line by which each service is judged: its own, or the image's."""
    (image,) = of("HEALTHCHECK")
    (own,) = re.findall(r"CMD (.+)", image)
    checks = {}
    for name in service_lines():
        check = SERVICES[name].get("healthcheck", {})
        if check.get("disable"):
            continue
        kind, *words = check.get("test", ["CMD", *yaml.safe_load(own)])
        line = words[0] if kind == "CMD-SHELL" else shlex.join(words)
        checks[name] = f"{line} {deployment.port}" if "healthcheck.py" in line else line
    return checks


def test_the_services_as_written_serve_publish_and_say_whether_they_live(
    deployment: Deployment, publisher: Publisher
) -> None:
    collect = next(rest for rest in of("RUN") if "collectstatic" in rest)
    collected = deployment.run(collect)
    assert collected.returncode == 0, collected.stderr
    shell, _, line = SERVICES["migrate"]["command"]
    assert shell == "sh"
    migrated = deployment.run(line)
    assert migrated.returncode == 0, migrated.stderr
    deployment.follow_loopback_outlets(publisher)
    checks, lines = health_checks(deployment), service_lines()
    assert {"web", "worker"} <= set(checks)
    for name, line in lines.items():
        deployment.start(name, line)
    deployment.assert_pages_stand_with_their_files()
    deployment.wait_for(PUBLISHED, *lines)
    for name, line in checks.items():
        assert deployment.run(line).returncode == 0, (name, deployment.log())
    for name in lines:
        assert deployment.stop(name) == 0, deployment.log()
    for name, line in checks.items():
        assert deployment.run(line.replace("--timeout 15", "--timeout 2")).returncode != 0, name
    # The volume holds what was written, and nothing that was built.
    assert "static" not in {path.name for path in deployment.data_dir.iterdir()}


@contextmanager
def serving(deployment: Deployment) -> Iterator[None]:
    deployment.start("web", service_lines()["web"])
    yield
    deployment.stop("web")


def test_without_collected_files_the_log_says_what_to_do(deployment: Deployment) -> None:
    deployment.environment |= {"DATABASE_URL": "", "REDIS_URL": ""}
    with serving(deployment):
        assert deployment.get("/robots.txt")[0] == 200
    assert "run `python manage.py collectstatic`" in deployment.log()


def test_the_stores_of_compose_are_asked_as_their_images_can(deployment: Deployment) -> None:
    """`pg_isready` and `redis-cli ping` are the images' own; what they ask holds for the servers that we use."""
    assert SERVICES["db"]["healthcheck"]["test"][1] == "pg_isready"
    assert SERVICES["redis"]["healthcheck"]["test"][1:] == ["redis-cli", "ping"]
    assert deployment.query("SELECT 1") == [(1,)]
    assert set(COMPOSE["volumes"]) == {"db", "redis", "data"}
