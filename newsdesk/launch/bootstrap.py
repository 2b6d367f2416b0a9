"""Make the Python environment, then hand over to the program that runs in it.

Runs before the environment exists, under whatever `python3` the machine has: any Python 3 must be able to read this
file (so no f-strings and no variable annotations), and every foreseeable trouble ends in one sentence and status 1.
It is one long file because it is run by its path, where nothing of ours can be imported.
"""

import argparse
import ast
import errno
import hashlib
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

if False:  # for the type checker alone
    from collections.abc import Callable

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OLDEST_PYTHON = (3, 11)
DEFAULT_PORT = 8000
# What to run once the environment stands, and the requirements that it takes.
MODULES = {"run": "newsdesk.launch.start", "test": "tests.suite"}
REQUIREMENTS = {
    "run": ["requirements.txt"],
    "test": ["requirements.txt", "requirements-embeddings.txt", "requirements-dev.txt"],
}
# What would make pip install elsewhere or not at all; its user scheme is switched off apart from these.
DIVERSIONS = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_DRY_RUN", "PIP_REQUIRE_HASHES")
# venv does not say why it failed. Where less than this is left, it was for want of room.
NO_ROOM_BYTES = 20 * 1024 * 1024
# In the environment's folder while it is being made; a folder that still holds it was left half-finished.
UNFINISHED = "newsdesk-unfinished"
# Where no terminal can show a moving line, a line of progress is printed this often.
PROGRESS_INTERVAL_S = 5.0


class Trouble(Exception):
    """Something that the person at the keyboard can put right; its text is the one sentence that they see."""


class Progress:
    """Progress on standard error: a moving line on a terminal, otherwise a line every few seconds."""

    def __init__(self) -> None:
        self.moves = sys.stderr.isatty()
        self.is_open = False
        self.printed_at = 0.0

    def step(self, text: str) -> None:
        """Show where the work stands."""
        if self.moves:
            self._write("\r\033[K" + text[: shutil.get_terminal_size().columns - 1])
            self.is_open = True
        elif time.monotonic() - self.printed_at >= PROGRESS_INTERVAL_S:
            self._write(text + "\n")
            self.printed_at = time.monotonic()

    def say(self, text: str) -> None:
        """Print a line that stays."""
        self._write(("\r\033[K" if self.is_open else "") + text + "\n")
        self.is_open = False
        self.printed_at = time.monotonic()

    def _write(self, text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except OSError:  # whoever was reading has gone; the work goes on
            pass


def parse_run_arguments(argv: "list[str]") -> argparse.Namespace:
    """The options of `./run`: `sample` (bool) and `port` (1 to 65535)."""
    parser = argparse.ArgumentParser(
        prog="./run",
        description="Set up Newsdesk, publish the newest digest and serve it on this machine until Ctrl-C.",
        epilog="Example: ./run --sample --port 8001",
    )
    parser.add_argument("--sample", action="store_true", help="a made-up day of news, kept apart from real data")
    parser.add_argument("--port", type=_port, default=DEFAULT_PORT, metavar="N", help="default: %(default)s")
    return parser.parse_args(argv)


def _port(text: str) -> int:
    if not (text.isdigit() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError("{!r} is not a port: give a number from 1 to 65535".format(text))
    return int(text)


def bind_port(port: int) -> socket.socket:
    """A socket that listens on `port` of 127.0.0.1, so that nobody else can.

    Raises: Trouble, when the port is taken or may not be opened.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        why = {
            errno.EADDRINUSE: "is in use by another program (or by a Newsdesk that is already running)",
            errno.EACCES: "may not be opened by this user",
        }.get(error.errno or 0, "cannot be opened ({})".format(error.strerror))
        raise Trouble("Port {} {}; choose another one: ./run --port {}".format(port, why, _free_port()))
    return listener


def _free_port() -> int:
    for port in range(DEFAULT_PORT + 1, DEFAULT_PORT + 100):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) != 0:
                return port
    return DEFAULT_PORT + 100


def check_writable(folder: str, name: str) -> None:
    """Make sure that `folder` can be made and written to.

    Raises: Trouble, calling the folder by `name`.
    """
    try:
        os.makedirs(folder, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"full?" * 1000)
    except OSError as error:
        raise Trouble("{} {} cannot be written to: {}.".format(name, folder, error.strerror))


def check_executable(folder: str) -> None:
    """Make sure that the disk that holds `folder` lets programs and libraries run, where the system can say so.

    Raises: Trouble.
    """
    if os.statvfs(folder).f_flag & getattr(os, "ST_NOEXEC", 0):
        raise Trouble(
            "The disk that holds {} lets no program run (it is mounted noexec): set NEWSDESK_VENV to a folder on"
            " another one.".format(folder)
        )


def check_python() -> None:
    """Make sure that this Python is new enough and can make environments.

    Raises: Trouble.
    """
    if sys.version_info[:2] < OLDEST_PYTHON:
        found = ".".join(str(part) for part in sys.version_info[:3])
        raise Trouble("Newsdesk needs Python 3.11 or newer, and this is Python {} ({}).".format(found, sys.executable))
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise Trouble(
            "This Python cannot make environments: on Debian or Ubuntu run `apt install python3-venv` as root,"
            " then start again."
        )


def make_environment(what: str, progress: Progress) -> str:
    """The environment's Python, once the pinned requirements of `what` (run or test) are in it.

    One start at a time works on it; others wait. What was installed is remembered by a hash of the requirements, so
    that a later start installs nothing and needs no network.

    Raises: Trouble.
    """
    folder = os.path.abspath(os.environ.get("NEWSDESK_VENV") or os.path.join(ROOT, ".venv"))
    check_writable(os.path.dirname(folder), "The folder")
    check_executable(os.path.dirname(folder))
    python = os.path.join(folder, "bin", "python")
    with _locked(folder + ".lock", progress):
        if not _is_sound(folder, python):
            _create(folder, progress)
        missing = [name for name in REQUIREMENTS[what] if _read(_stamp(folder, name)) != _hash(name)]
        if missing:
            _mark(folder)
            _install(folder, python, missing[-1], progress)
            for name in missing:
                _write(_stamp(folder, name), _hash(name))
        if os.path.exists(os.path.join(folder, UNFINISHED)):
            os.remove(os.path.join(folder, UNFINISHED))
    return python


class _locked:
    """Hold an exclusive lock on `path`; it falls away with this process and its children, however they end."""

    def __init__(self, path: str, progress: Progress) -> None:
        self.path, self.progress = path, progress

    def __enter__(self) -> None:
        import fcntl

        try:
            self.file = open(self.path, "a", encoding="utf-8")
        except OSError as error:
            raise Trouble("{} cannot be written to: {}.".format(self.path, error.strerror))
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.progress.say("Another start is making the Python environment; waiting for it.")
            fcntl.flock(self.file, fcntl.LOCK_EX)
        # A pip that outlives a killed start goes on holding the lock, so that nobody builds beside it.
        os.set_inheritable(self.file.fileno(), True)

    def __exit__(self, *error: object) -> None:
        self.file.close()


def _is_sound(folder: str, python: str) -> bool:
    """Whether the folder holds a finished environment of a Python that still works and is new enough."""
    if not os.path.exists(python) or os.path.exists(os.path.join(folder, UNFINISHED)):
        return False
    question = "import pip, sys; sys.exit(sys.version_info[:2] < {!r})".format(OLDEST_PYTHON)
    try:
        return subprocess.call([python, "-c", question], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def _create(folder: str, progress: Progress) -> None:
    contents = os.listdir(folder) if os.path.isdir(folder) else []
    if contents and not {UNFINISHED, "pyvenv.cfg"} & set(contents):
        raise Trouble("NEWSDESK_VENV: {} holds other things; name a folder that is empty or new.".format(folder))
    progress.say("Making the Python environment in {}".format(folder))
    try:
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder, exist_ok=True)
        _mark(folder)
    except OSError as error:
        raise Trouble("The folder {} cannot be written to: {}.".format(folder, error.strerror))
    status, output = _run([sys.executable, "-m", "venv", folder], lambda line, elapsed_s: None)
    if status != 0:
        _check_space(output, folder)
        raise Trouble("Making the Python environment failed: {}".format(_last_line(output)))


def _check_space(output: str, folder: str) -> None:
    """Raises: Trouble, when a program that failed to fill `folder` says so, or has left next to no room."""
    words = ("No space left on device", "Disk quota exceeded")
    if any(sign in output for sign in words) or shutil.disk_usage(folder).free < NO_ROOM_BYTES:
        raise Trouble("The disk is full: {} needs about 700 MB.".format(folder))


def _install(folder: str, python: str, requirements: str, progress: Progress) -> None:
    files = REQUIREMENTS["test" if requirements == "requirements-dev.txt" else "run"]
    total = sum("==" in line for name in files for line in _read(os.path.join(ROOT, name)).splitlines())
    collected = [""]

    def show(line: str, elapsed_s: float) -> None:
        if line.startswith(("Collecting ", "Processing ", "Installing collected")):
            collected.append(line)
        if collected[-1].startswith("Installing"):
            progress.step("Installing {} packages ({:.0f} s)".format(total, elapsed_s))
        elif collected[-1]:
            share = "{} of {}".format(min(len(collected) - 1, total), total)
            package = collected[-1].split()[1].split("/")[-1]
            progress.step("Fetching {}: {} ({:.0f} s)".format(share, package, elapsed_s))
        else:
            progress.step("Asking the package index ({:.0f} s)".format(elapsed_s))

    command = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    command.append("--require-hashes")  # what is installed is what was locked, to the byte
    status, output = _run(command + ["-r", os.path.join(ROOT, requirements)], show)
    if status != 0:
        _check_space(output, folder)
    log = os.path.join(folder, "install.log")
    _write(log, output)
    if status == 0:
        progress.say("Installed what Newsdesk needs.")
        return
    no_network = ("NewConnectionError", "Connection", "ProxyError", "SSLError", "timed out", "getaddrinfo", "resolve")
    if any(sign in output for sign in no_network):
        raise Trouble(
            "The Python package index cannot be reached: the first start needs a network to install what Newsdesk"
            " uses (later ones do not). pip's own words are in {}".format(log)
        )
    if "DO NOT MATCH THE HASHES" in output:
        raise Trouble(
            "Nothing was installed: what the package index sent is not what was locked in {}. pip's own words are"
            " in {}".format(requirements, log)
        )
    raise Trouble("Installing failed: {} (all of it is in {})".format(_last_line(output), log))


def _run(command: "list[str]", show: "Callable[[str, float], None]") -> "tuple[int, str]":
    """Run a command in a process group of its own; `show` gets each line, and an empty one in every silent second."""
    environment = {name: value for name, value in os.environ.items() if name not in DIVERSIONS}
    environment.update(PYTHONUNBUFFERED="1", PIP_USER="0")
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        start_new_session=True,
        close_fds=False,
    )
    assert process.stdout
    descriptor, started = process.stdout.fileno(), time.monotonic()
    lines = [b""]
    try:
        while True:
            fresh = [b""]
            if select.select([descriptor], [], [], 1.0)[0]:
                block = os.read(descriptor, 65536)
                if not block:
                    break
                *fresh, rest = (lines.pop() + block).split(b"\n")
                lines += fresh + [rest]
            for line in fresh:
                show(line.decode("utf-8", "replace").strip(), time.monotonic() - started)
        return process.wait(), b"\n".join(lines).decode("utf-8", "replace")
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _hash(requirements: str) -> str:
    return hashlib.sha256(_read(os.path.join(ROOT, requirements)).encode("utf-8")).hexdigest()


def _stamp(folder: str, requirements: str) -> str:
    return os.path.join(folder, "installed-" + requirements)


def _mark(folder: str) -> None:
    _write(os.path.join(folder, UNFINISHED), "The making of this environment has not finished.\n")


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""


def _write(path: str, text: str) -> None:
    # Whole or not at all, as feeds/files.py does it for the rest of Newsdesk.
    unfinished = path + ".tmp"
    with open(unfinished, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)


def _last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason was given"


def _stop(*_signal: object) -> None:
    raise KeyboardInterrupt


def main(argv: "list[str]") -> int:
    """Run `argv` ("run" or "test", then its arguments); replaces this process or returns the exit status."""
    # A shell starts its background jobs with SIGINT ignored; whoever sends it all the same wants an end.
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signum != signal.SIGHUP or signal.getsignal(signum) != signal.SIG_IGN:  # ignored: started by nohup
            signal.signal(signum, _stop)
    progress = Progress()
    what, rest = argv[0], argv[1:]
    try:
        arguments = parse_run_arguments(rest) if what == "run" else None
        if {"-h", "--help"} & set(rest):  # of ./test; that of ./run has been shown
            print(ast.get_docstring(ast.parse(_read(os.path.join(ROOT, "tests", "suite.py")))))
            return 0
        check_python()
        if arguments:
            bind_port(arguments.port).close()
            if os.environ.get("NEWSDESK_DATA_DIR"):  # as seen from here; the program runs in the project's folder
                os.environ["NEWSDESK_DATA_DIR"] = os.path.abspath(os.environ["NEWSDESK_DATA_DIR"])
            check_writable(os.environ.get("NEWSDESK_DATA_DIR") or os.path.join(ROOT, "var"), "The data directory")
        python = make_environment(what, progress)
        os.environ.pop("PYTHONSAFEPATH", None)  # our own modules are found by way of the current folder
        os.chdir(ROOT)
        os.execv(python, [python, "-m", MODULES[what]] + rest)
    except Trouble as trouble:
        progress.say(str(trouble))
        return 1
    except OSError as error:  # of a file of the environment: a full disk, most likely
        progress.say("{}: {}.".format(error.filename or "Starting failed", error.strerror))
        return 1
    except KeyboardInterrupt:
        progress.say("Stopped.")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
