"""The proxies of deploy/: what docs/operations.md asks of one, each does."""

from __future__ import annotations

import re

import pytest

from tests.suite import ROOT

NGINX = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
CADDY = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")


def without_comments(text: str) -> str:
    return re.sub(r"(?m)^\s*#.*$", "", text)


@pytest.mark.parametrize("text", [NGINX, CADDY], ids=["nginx", "caddy"])
def test_blocks_are_closed_and_the_site_is_where_it_listens(text: str) -> None:
    depth = 0
    for sign in re.findall(r"[{}]", without_comments(text)):
        depth += 1 if sign == "{" else -1
        assert depth >= 0
    assert depth == 0
    assert "127.0.0.1:8000" in text


@pytest.mark.parametrize(
    "line",
    [
        "proxy_set_header Host $host;",
        "proxy_set_header X-Forwarded-Proto https;",
        "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
        "proxy_request_buffering on;",
        "proxy_buffering on;",
        "client_header_timeout 10s;",
        "client_body_timeout 10s;",
    ],
)
def test_nginx_says_who_asks_and_waits_for_whole_requests(line: str) -> None:
    assert line in without_comments(NGINX)
    lines = [one.strip() for one in without_comments(NGINX).splitlines() if one.strip()]
    assert [one for one in lines if not one.endswith((";", "{", "}"))] == []


@pytest.mark.parametrize("line", ["read_header 10s", "read_body 30s", "request_buffers 3MB"])
def test_caddy_waits_for_whole_requests(line: str) -> None:
    assert line in without_comments(CADDY)
