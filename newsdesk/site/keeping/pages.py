"""The kept pages: one file each in `published/` of the data directory, whole or not there.

Which pages: those without a query string that are the same for every reader. None is ever kept that was made for one
person, and what readers may not see any more is dropped.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from feeds.files import write_whole

DIGESTS = frozenset({"digest", "json", "text", "weekly-digest", "weekly-json", "weekly-text"})
FRONTS = frozenset({"front", "weekly", "feed", "archive", "archive-year"})
OTHERS = frozenset({"story", "theme", "sources"})
# About 40 kB each.
MAX_PAGES = 2000
LOOKED_AT_EVERY_S = 3600.0


@dataclass(frozen=True, slots=True)
class KeptPage:
    """An answer of 200 as the view made it."""

    path: str
    content_type: str
    last_modified: str
    body: bytes

    def response(self) -> HttpResponse:
        """The answer again."""
        answer = HttpResponse(self.body, content_type=self.content_type)
        if self.last_modified:
            answer.headers["Last-Modified"] = self.last_modified
        return answer


def kind_of(path: str) -> str:
    """The name of the address if its page may be kept; else nothing."""
    try:
        match = resolve(path)
    except Resolver404:
        return ""
    name = match.url_name or ""
    return name if match.namespace == "site" and name in DIGESTS | FRONTS | OTHERS else ""


def path_to_keep(request: HttpRequest) -> str:
    """The address of a page that may be kept and is asked for; else nothing."""
    if request.method not in ("GET", "HEAD") or request.META.get("QUERY_STRING"):
        return ""
    return request.path_info if kind_of(request.path_info) else ""


def page_of(path: str, response: HttpResponseBase) -> KeptPage | None:
    """An answer of 200 that is for everybody; None for any other."""
    if response.status_code != 200 or not isinstance(response, HttpResponse):
        return None
    control = response.get("Cache-Control", "")
    if (
        response.cookies
        or "private" in control
        or "no-store" in control
        or "cookie" in response.get("Vary", "").lower()
    ):
        return None
    return KeptPage(path, response["Content-Type"], response.get("Last-Modified", ""), response.content)


def keep(page: KeptPage) -> None:
    """Keep a page in the place of what was kept of it. Raises: OSError."""
    head = asdict(page) | {"body": hashlib.sha256(page.body).hexdigest()}
    content = json.dumps(head).encode("ascii") + b"\n" + page.body
    place = _place(page.path)
    with contextlib.suppress(FileNotFoundError):
        if place.read_bytes() == content:
            if time.time() - place.stat().st_mtime > LOOKED_AT_EVERY_S:
                place.touch()  # those not looked at for longest make room first
            return
    place.parent.mkdir(parents=True, exist_ok=True)
    write_whole(place, content)


def read_kept(path: str) -> KeptPage | None:
    """What is kept of a page; None where there is nothing, or a broken disk tore it."""
    return _read(_place(path))


def is_kept(path: str) -> bool:
    """Whether anything is kept of a page."""
    return _place(path).exists()


def drop(path: str) -> None:
    """Keep nothing of a page any longer."""
    with contextlib.suppress(OSError):
        _place(path).unlink()


def kept_paths() -> Iterator[str]:
    """The addresses of all kept pages, the last looked at first."""
    files = sorted(folder().glob("*.page"), key=lambda file: -_age(file))
    for file in files:
        page = _read(file)
        if page is not None:
            yield page.path


def prune() -> None:
    """Make room: what nobody has looked at for longest goes."""
    for file in sorted(folder().glob("*.page"), key=lambda file: -_age(file))[MAX_PAGES:]:
        with contextlib.suppress(OSError):
            file.unlink()


def folder() -> Path:
    """Where the pages are kept."""
    return Path(settings.DATA_DIR) / "published"


def _place(path: str) -> Path:
    return folder() / f"{hashlib.sha256(path.encode()).hexdigest()[:32]}.page"


def _age(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def _read(file: Path) -> KeptPage | None:
    try:
        head, _, body = file.read_bytes().partition(b"\n")
        fields = json.loads(head)
        if fields.pop("body") != hashlib.sha256(body).hexdigest():
            return None
        return KeptPage(**fields, body=body)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
