"""`./run`, once the environment stands: prepare the data, serve the site, keep its programs running, stop cleanly."""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import json
import multiprocessing
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

from django.core.exceptions import ImproperlyConfigured

from feeds.files import write_whole
from newsdesk.digests.window import Hours
from newsdesk.environment import Environment
from newsdesk.launch.bootstrap import Progress, Trouble, bind_port, check_writable, parse_run_arguments
from newsdesk.launch.broker import FILES_URL, choose_broker, clear_files
from newsdesk.launch.report import NOBODY_REACHABLE, Report, directions
from newsdesk.launch.supervise import POLL_INTERVAL_S, Program, Stopped, Supervisor
from newsdesk.sample.home import APART, renew_sample, settings_of_sample

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_DATA_DIR = ROOT / "var"
WEB_THREADS = 8
# Of each of the two workers, so that one thing that takes long does not hold up the next. Both together take 400 MB.
WORKER_PROCESSES = 2
# Below this, one each: 280 MB.
SMALL_MACHINE_BYTES = 2 * 1024**3
WITHOUT_SEMAPHORES = (
    "This machine lets no program share semaphores (is /dev/shm missing?), so the worker uses threads instead of"
    " processes."
)
# The site answers about 2 s after its start on two cores; past this time its log says why not.
SITE_PATIENCE_S = 30.0


def main(argv: list[str]) -> int:
    """Run until stopped; returns the exit status."""
    progress = Progress()
    arguments = parse_run_arguments(argv)
    base = DEFAULT_DATA_DIR
    try:
        environment = Environment.read(os.environ.get("NEWSDESK_ENV_FILE") or ROOT / ".env")
        base = Path(environment.str("NEWSDESK_DATA_DIR", "") or DEFAULT_DATA_DIR).absolute()
        site_url = environment.str("SITE_URL", "")
        status = _start(arguments, base / "sample" if arguments.sample else base, site_url, progress)
    except (Trouble, ImproperlyConfigured) as error:
        progress.say(str(error))
        return 1
    except OSError as error:  # of a file in the data directory: a full disk, most likely
        progress.say(f"{error.filename or base}: {error.strerror}.")
        return 1
    except Stopped:
        progress.say("Stopped.")
        return 130
    if status == NOBODY_REACHABLE:
        progress.say("No publisher can be reached from here, so this is the sample: made-up news, kept apart.")
        os.environ["NEWSDESK_DATA_DIR"] = str(base)
        os.execv(sys.executable, [sys.executable, "-m", "newsdesk.launch.start", "--sample", *argv])
    return status


def _start(arguments: Namespace, data_dir: Path, site_url: str, progress: Progress) -> int:
    check_writable(str(data_dir), "The data directory")
    url = f"http://127.0.0.1:{arguments.port}"
    _set_environment(arguments, data_dir, site_url or url)
    with _only_start(data_dir, url), contextlib.closing(bind_port(arguments.port)) as listener, _run_dir() as run_dir:
        sample = list(_sample(data_dir, progress)) if arguments.sample else []
        # Chosen after the sample, whose settings name none, and started before it.
        programs = [*_broker(run_dir, data_dir), *sample]
        supervisor = Supervisor(run_dir, data_dir / "logs", os.environ.copy(), progress.say)
        supervisor.heed_signals()
        try:
            for program in programs:
                supervisor.start(program)
            status, output = supervisor.run_once(_python("newsdesk.launch.prepare"))
            if status != 0:
                return status if status == NOBODY_REACHABLE else 1
            _start_programs(supervisor, listener, _worker_pool(progress))
            _wait_for_site(supervisor, arguments.port, data_dir, progress)
            report = Report(**json.loads(output))
            with contextlib.suppress(OSError):  # whoever was reading has gone
                print(directions(report, url, data_dir, DEFAULT_DATA_DIR, is_sample=arguments.sample), flush=True)
            _tend(supervisor, data_dir / "running.json", url)
            progress.say("Stopping.")
            return 0
        finally:
            supervisor.stop()


def _set_environment(arguments: Namespace, data_dir: Path, site_url: str) -> None:
    """Complete the environment that the settings, ours and those of the programs we start, are read from.

    Raises: Trouble.
    """
    if not arguments.sample and settings_of_sample(data_dir):
        raise Trouble(
            f"NEWSDESK_DATA_DIR: {data_dir} holds the sample; to start that, name the folder above and add --sample."
        )
    os.environ.update({"NEWSDESK_DATA_DIR": str(data_dir), "NEWSDESK_SAMPLE": "1" if arguments.sample else "0"})
    os.environ["SITE_URL"] = site_url
    os.environ.update(APART if arguments.sample else {})
    if sys.platform == "darwin":  # or a worker dies when it forks after its libraries have used threads
        os.environ["OBJC_DISABLE_INITIALIZE_FORK_SAFETY"] = "YES"
    if _settings().PRODUCTION:
        raise Trouble("NEWSDESK_PRODUCTION is on: ./run serves one machine; docs/operations.md says how to serve many.")


def _settings() -> ModuleType:
    """The settings, which read the environment once: not before it is complete."""
    from newsdesk import settings

    return settings


def _sample(data_dir: Path, progress: Progress) -> Iterator[Program]:
    """The server of the invented publishers, for the newest digest's day."""
    hours = Hours(_settings().DIGEST_HOUR, _settings().DIGEST_TIME_ZONE)
    day = hours.latest_date(datetime.now(UTC))
    sample = renew_sample(data_dir, day, progress.say)
    os.environ.update(settings_of_sample(data_dir))
    base = hours.cut_off(day).isoformat()
    yield Program("sample", _python("newsdesk.sample.server", "--port", str(sample.port), "--base", base))


def _broker(run_dir: Path, data_dir: Path) -> Iterator[Program]:
    """The broker's program, where it needs one."""
    broker = choose_broker(run_dir, _settings().CELERY_BROKER_URL.replace("memory://", ""))
    os.environ["CELERY_BROKER_URL"] = broker.url
    if broker.url == FILES_URL:
        clear_files(data_dir)
    if broker.command:
        yield Program("broker", broker.command)


def _python(module: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *arguments)


def _worker_pool(progress: Progress) -> str:
    """Celery's name for how the worker divides its work: processes share semaphores, threads need none."""
    try:
        multiprocessing.Lock()
    except (OSError, ImportError):
        progress.say(WITHOUT_SEMAPHORES)
        return "threads"
    return "prefork"


def _start_programs(supervisor: Supervisor, listener: socket.socket, pool: str) -> None:
    """Start web, worker and beat. The socket is ours: connections wait in it while there is no web process."""
    web = [
        *("newsdesk.wsgi", "--bind", f"fd://{listener.fileno()}", "--worker-class", "newsdesk.launch.web.Worker"),
        *("--threads", str(WEB_THREADS), "--graceful-timeout", "5"),
        *("--no-control-socket", "--worker-tmp-dir", str(supervisor.run_dir)),
    ]
    beat = ["beat", "--pidfile", "", "--loglevel", "WARNING"]
    supervisor.start(Program("web", _python("gunicorn", *web), descriptors=(listener.fileno(),)))
    processes = worker_processes(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    supervisor.start(_worker("worker", "desk", processes, pool))
    supervisor.start(_worker("fetcher", "fetch", processes, pool))
    supervisor.start(Program("beat", _python("celery", "-A", "newsdesk", *beat)))


def worker_processes(memory_bytes: int) -> int:
    """How many processes each worker has on a machine with so much memory."""
    return WORKER_PROCESSES if memory_bytes >= SMALL_MACHINE_BYTES else 1


def _worker(name: str, queue: str, processes: int, pool: str) -> Program:
    """A Celery worker for one queue."""
    command = [
        *("worker", "--queues", queue, "--hostname", f"{name}@%h", "--loglevel", "INFO"),
        *("--pool", pool, "--concurrency", str(processes)),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]
    # SIGQUIT ends a worker without waiting for its tasks: what they left undone is pending again.
    return Program(name, _python("celery", "-A", "newsdesk", *command), stop_signal=signal.SIGQUIT)


def _wait_for_site(supervisor: Supervisor, port: int, data_dir: Path, progress: Progress) -> None:
    deadline = time.monotonic() + SITE_PATIENCE_S
    while time.monotonic() < deadline:
        supervisor.tend()
        progress.step("Starting the site")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1.0)
        try:
            connection.request("GET", "/")
            if connection.getresponse().status < 500:
                return
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(POLL_INTERVAL_S)
    progress.say(f"The site does not answer yet; {data_dir / 'logs' / 'web.log'} says why.")


def _tend(supervisor: Supervisor, state: Path, url: str) -> None:
    """Keep everything running until stopped; `state` tells other programs what runs: URL and process ids."""
    written: dict[str, int] = {}
    try:
        while True:
            supervisor.tend()
            if supervisor.pids() != written:
                written = supervisor.pids()
                with contextlib.suppress(OSError):  # a full disk must not end what runs
                    write_whole(state, json.dumps({"url": url, "pid": os.getpid(), "programs": written}))
            time.sleep(POLL_INTERVAL_S)
    except Stopped:
        state.unlink(missing_ok=True)


@contextlib.contextmanager
def _only_start(data_dir: Path, url: str) -> Iterator[None]:
    """Hold the data directory for ourselves; the lock falls away with this process, however that ends."""
    with (data_dir / "run.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            raise Trouble(f"Newsdesk is already running on {data_dir}: {lock.read().strip()}") from error
        lock.truncate(0)
        lock.write(f"{url} (process {os.getpid()})\n")
        lock.flush()
        yield


@contextlib.contextmanager
def _run_dir() -> Iterator[Path]:
    """A folder for sockets, whose paths may have 107 bytes at most: so under /tmp, whatever TMPDIR says."""
    folder = tempfile.mkdtemp(prefix="newsdesk-", dir="/tmp" if os.access("/tmp", os.W_OK) else None)  # noqa: S108
    try:
        yield Path(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
