"""`./run` as a whole: what it says, what it serves, and that nothing is left of it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.contrib.auth.hashers import check_password

from newsdesk.launch.start import WITHOUT_SEMAPHORES, worker_processes
from tests.launch.conftest import PUBLISHED, copy_of
from tests.launch.desk import ROOT, UNPLACED, Desk, is_group_alive, wait_for
from tests.launch.mounts import on_disk

# From the outside, an unreachable network is one that is not there: a namespace with nothing but a loopback device.
WITHOUT_NETWORK = """
import ctypes, fcntl, os, socket, struct, sys
if ctypes.CDLL(None, use_errno=True).unshare(0x40000000) != 0:
    sys.exit(77)
with socket.socket() as loopback:
    fcntl.ioctl(loopback, 0x8914, struct.pack("16sh14x", b"lo", 0x49))
os.execv(sys.argv[1], sys.argv[1:])
"""

COVERAGE = (
    "SELECT c.story_id, f.title, e.title FROM stories_coverage c"
    " JOIN feeds_entry e ON e.id = c.entry_id JOIN feeds_feed f ON f.id = e.feed_id"
)


def test_first_start_second_start_and_ctrl_c(sample_desk: Desk) -> None:
    # As a script would: a background job of a shell without a terminal, so with SIGINT ignored.
    begun = time.monotonic()
    sample_desk.start("sh", "-c", '"$@" & wait', "sh")
    sample_desk.wait_until_up()
    first_took_s = time.monotonic() - begun
    first = sample_desk.said()
    assert f"http://127.0.0.1:{sample_desk.port}/admin/" in first
    (password,) = re.findall(r"user editor, password (\S+) ", first)
    ((stored,),) = sample_desk.rows("SELECT password FROM auth_user WHERE username = 'editor'")
    assert password not in stored
    assert check_password(password, stored)
    status, page = sample_desk.get()
    assert status == 200
    assert "SAMPLE" in page
    programs, digests = sample_desk.programs(), sample_desk.rows("SELECT id, title, built_at FROM digests_digest")
    assert set(programs) == {"broker", "sample", "web", "worker", "fetcher", "beat"}
    assert digests
    # Wake-ups go from one program to another only through the broker that was started.
    wait_for(lambda: "Connected to redis+socket://" in sample_desk.log("worker"), "the worker's connection")
    sample_desk.signal(signal.SIGINT)
    sample_desk.wait_until_gone(programs)
    assert not sample_desk.state()

    begun = time.monotonic()
    sample_desk.start()
    sample_desk.wait_until_up()
    assert time.monotonic() - begun < first_took_s
    assert "changepassword editor" in sample_desk.said()
    assert "shown only this once" not in sample_desk.said()
    assert "Found" not in sample_desk.said()
    assert sample_desk.rows("SELECT id, title, built_at FROM digests_digest") == digests
    programs = sample_desk.programs()
    sample_desk.signal(signal.SIGHUP)
    sample_desk.wait_until_gone(programs)


def test_a_small_machine_has_fewer_processes() -> None:
    assert [worker_processes(gigabytes * 1024**3) for gigabytes in (1, 2, 24)] == [1, 2, 2]


def test_commands_and_starts_on_the_samples_directory_know_that_it_is_the_sample_and_runs(played_desk: Desk) -> None:
    # What is set for the real desk must not reach the sample: no server of these names answers.
    real = {
        "DATABASE_URL": "postgres://me@127.0.0.1:9/real",
        "REDIS_URL": "redis://127.0.0.1:9/0",
        "EMAIL_URL": "smtp://127.0.0.1:9",
        "EMAIL_ESP": "postmark",
        "EMAIL_ESP_SETTINGS": "POSTMARK_SERVER_TOKEN=x,WEBHOOK_SECRET=name:password",
    }
    played_desk.environment |= real
    played_desk.start()
    played_desk.wait_until_up()
    ((newest,),) = played_desk.rows("SELECT max(date) FROM digests_digest WHERE state = 'published'")
    told = {}
    for command in (
        ["poll", "--all"],
        ["verify_digest", newest],
        ["export_digest", newest, "--format", "json"],
        ["send_digest", newest],
        ["export_stories", "--since", f"{newest}T00:00Z"],
    ):
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *command],
            cwd=played_desk.base,
            env=played_desk.environment | {"NEWSDESK_DATA_DIR": str(played_desk.data_dir)},
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )
        told[command[0]] = done.stdout
        assert done.returncode == 0, (command, done.stderr)
    assert re.search(r"\b[1-9][0-9]* feeds polled, 0 failed", told["poll"]), told["poll"]
    assert json.loads(told["export_digest"])["edition"] == "sample"
    assert told["export_stories"]
    # A second start on the same data is refused.
    second = Desk(played_desk.base, "--sample")
    second.output = played_desk.base / "second.txt"
    second.start()
    assert second.process and second.process.wait(timeout=60) == 1
    assert second.said().startswith(f"Newsdesk is already running on {played_desk.data_dir}: http://127.0.0.1:")
    assert len(second.said().splitlines()) == 1
    # And nothing real is mixed with it.
    other = Desk(played_desk.data_dir)
    other.output = played_desk.base / "other.txt"
    other.start()
    assert other.process and other.process.wait(timeout=60) == 1
    assert other.said().startswith(f"NEWSDESK_DATA_DIR: {played_desk.data_dir} holds the sample; ")
    assert len(other.said().splitlines()) == 1


def test_what_the_file_of_settings_says_holds_for_a_start_as_for_a_command(tmp_path: Path, played_sample: Path) -> None:
    file, data_dir = tmp_path / "settings", tmp_path / "data of mine"
    file.write_text(f"NEWSDESK_DATA_DIR={data_dir}\nSITE_URL=http://news.example\nDEBUG=\n", encoding="utf-8")
    desk = Desk(tmp_path, "--sample", NEWSDESK_ENV_FILE=str(file), SITE_URL="")
    del desk.environment["NEWSDESK_DATA_DIR"], desk.environment["SITE_URL"]
    desk.data_dir = copy_of(played_sample, data_dir)
    desk.start()
    try:
        desk.wait_until_up()
        assert "http://news.example/" in desk.get("/feed.xml")[1]
        # A start after the first prints a command, which works as printed wherever the shell is.
        (command,) = re.findall(r"a new password: (.*) changepassword editor", desk.said())
        asked = "shell -c 'from django.conf import settings; print(settings.DATA_DIR)'"
        done = subprocess.run(
            ["sh", "-c", f"{command} {asked}"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[-1] == str(desk.data_dir)
    finally:
        desk.kill_everything()


@pytest.mark.parametrize("options", ["size=8k", "size=200k", "size=1m"])
def test_a_full_disk_ends_the_start_with_a_sentence(tmp_path: Path, options: str) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    desk = Desk(folder, "--sample")
    desk.output = tmp_path / "output.txt"
    desk.start(*on_disk(folder, options))
    assert desk.process and desk.process.wait(timeout=90) == 1
    assert "Traceback" not in desk.said()
    last = desk.said().splitlines()[-1]
    assert str(folder) in last
    assert "disk is full" in last or "No space left on device" in last


def test_without_shared_semaphores_the_worker_works_with_threads(played_desk: Desk) -> None:
    played_desk.start(*on_disk(Path("/dev/shm"), "ro"))
    played_desk.wait_until_up()
    lines = [line for line in played_desk.said().splitlines() if "/dev/shm" in line]
    assert lines == [WITHOUT_SEMAPHORES]
    wait_for(
        lambda: "newsdesk.celery.sweep" in (played_desk.data_dir / "logs" / "worker.log").read_text(encoding="utf-8"),
        "a sweep",
    )
    programs = played_desk.programs()
    assert "worker stopped" not in played_desk.said()
    played_desk.signal(signal.SIGTERM)
    played_desk.wait_until_gone(programs)


def test_programs_that_are_killed_come_back_and_a_killed_supervisor_leaves_nothing(played_desk: Desk) -> None:
    played_desk.start()
    played_desk.wait_until_up()
    for name, pid in played_desk.programs().items():
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda name=name, pid=pid: played_desk.programs().get(name, pid) != pid, f"a new {name}", 30)
        assert f"{name} stopped (killed by SIGKILL); starting it again in 0.5 s" in played_desk.said()
        assert played_desk.get()[0] == 200
    programs = played_desk.programs()
    os.kill(played_desk.state()["pid"], signal.SIGKILL)
    played_desk.wait_until_gone(programs)
    played_desk.start()
    played_desk.wait_until_up()
    assert played_desk.get()[0] == 200
    programs = played_desk.programs()
    played_desk.signal(signal.SIGTERM)
    played_desk.wait_until_gone(programs)


def test_a_stop_while_it_prepares_leaves_nothing(sample_desk: Desk) -> None:
    sample_desk.start()
    wait_for(lambda: "Preparing the database" in sample_desk.said(), "the first step")
    assert sample_desk.process
    sample_desk.process.send_signal(signal.SIGTERM)
    assert sample_desk.process.wait(timeout=20) == 130
    assert sample_desk.said().splitlines()[-1] == "Stopped."
    assert "Traceback" not in sample_desk.said()


def test_killed_again_and_again_while_it_prepares_it_ends_where_an_undisturbed_start_does(
    sample_desk: Desk, played_sample: Path
) -> None:
    for delay_s in (1.5, 3.0, 6.0):
        sample_desk.start()
        time.sleep(delay_s)
        assert sample_desk.process
        sample_desk.process.kill()
        sample_desk.process.wait()
    sample_desk.start()
    sample_desk.wait_until_up()
    wait_for(lambda: not sample_desk.rows(UNPLACED), "the worker")
    wait_for(lambda: len(sample_desk.rows(PUBLISHED)) == 3, "three days' digests")
    assert told(sample_desk) == told(Desk(played_sample, "--sample"))


def told(desk: Desk) -> list[list[tuple[str, str]]]:
    """Each story as the outlets and titles of its entries."""
    stories: dict[int, list[tuple[str, str]]] = {}
    for story, outlet, title in desk.rows(COVERAGE):
        stories.setdefault(story, []).append((outlet, title))
    return sorted(map(sorted, stories.values()))


@pytest.mark.parametrize(
    "setting",
    ["DIGEST_HOUR=25", "DATABASE_URL=mysql://me:secret@host/name", "DATABASE_URL=postgres://me:secret@127.0.0.1:9/x"],
)
def test_a_bad_setting_stops_the_start_with_a_sentence_that_names_it(tmp_path: Path, setting: str) -> None:
    name, _, value = setting.partition("=")
    desk = Desk(tmp_path, **{name: value})
    desk.start()
    assert desk.process and desk.process.wait(timeout=60) == 1
    last = desk.said().splitlines()[-1]
    assert last.startswith(f"{name}: ")
    assert "Traceback" not in desk.said()
    assert "secret" not in desk.said()


def test_without_a_redis_where_the_settings_say(tmp_path: Path) -> None:
    desk = Desk(tmp_path, REDIS_URL="redis://:secret@127.0.0.1:9/0")
    desk.start()
    assert desk.process and desk.process.wait(timeout=60) == 1
    assert desk.said().splitlines()[-1].startswith("REDIS_URL: no Redis answers there")
    assert "secret" not in desk.said()


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root on Linux can take the network away")
def test_without_a_network_it_falls_back_to_the_sample(tmp_path: Path, played_sample: Path) -> None:
    copy_of(played_sample, tmp_path)
    desk = Desk(tmp_path)
    desk.start(sys.executable, "-c", WITHOUT_NETWORK)
    try:
        wait_for(lambda: "Ctrl-C stops everything" in desk.said() or desk.process.poll(), "the sample")
        if desk.process and desk.process.poll() == 77:
            pytest.skip("this machine makes no network namespaces")
        assert "No publisher can be reached" in desk.said()
        assert "SAMPLE news is running" in desk.said()
        assert not desk.rows("SELECT 1 FROM feeds_entry")  # nothing of the sample among real data
    finally:
        desk.data_dir = desk.base / "sample"
        programs = desk.programs()
        desk.kill_everything()
    for pid in programs.values():
        wait_for(lambda pid=pid: not is_group_alive(pid), "the end", 10)
