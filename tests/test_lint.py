"""The lint that keeps the world behind its few doors, tried on code that would open another (F7)."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.suite import ROOT

NETWORKING = [
    "import http.client",
    "from http import client",
    "import socket",
    "from socket import create_connection",
    "import smtplib",
    "import ftplib",
    "import urllib.request",
    "from urllib import request",
    "import requests",
    "import httpx",
    "import httpx2",
    "import httpcore2",
    "import urllib3",
    "import openai",
    "import socketserver",
]


def lint(place: str, code: str) -> str:
    """What the lint says of code in a place, as rules."""
    ruff = [sys.executable, "-m", "ruff", "check", "--select", "TID251", "--output-format", "concise", "--no-cache"]
    return subprocess.run(
        [*ruff, "--stdin-filename", place, "-"], input=code, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60
    ).stdout


@pytest.mark.parametrize("place", ["newsdesk/site/views/new.py", "feeds/polling/new.py"])
def test_no_module_opens_a_connection_of_its_own(place: str) -> None:
    said = lint(place, "\n".join(NETWORKING) + "\n")
    lines = {int(line.split(":")[1]) for line in said.splitlines() if "TID251" in line}
    missed = [code for number, code in enumerate(NETWORKING, start=1) if number not in lines]
    assert not missed


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("feeds/web/resolve.py", "import socket"),
        ("newsdesk/llm/transport.py", "import openai"),
        ("newsdesk/newsletter/delivery/transports/smtp.py", "import smtplib"),
        ("newsdesk/launch/start.py", "import http.client"),
        ("newsdesk/site/views/new.py", "from urllib.parse import urlsplit"),
        ("newsdesk/site/views/new.py", "from http import HTTPStatus"),
    ],
)
def test_the_doors_themselves_may(place: str, code: str) -> None:
    assert "TID251" not in lint(place, f"{code}\n")
