"""A small web server on 127.0.0.1 that stands in for the publishers of the sample.

    python -m newsdesk.sample.server --port 8765 --base 2026-11-22T07:00:00+00:00

Each outlet lives under its own path, with a front page, a feed and article pages. Feeds answer conditional requests.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from newsdesk.sample.dates import latest_cut_off
from newsdesk.sample.documents import CONTENT_TYPES, feed_document
from newsdesk.sample.pages import article_page, front_page, index_page
from newsdesk.sample.render import Rendered, render
from newsdesk.sample.world import Outlet, World, read_world

HOST = "127.0.0.1"
RELATED_COUNT = 4
HTML = "text/html; charset=utf-8"
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Document:
    """What is sent for one address."""

    body: bytes
    content_type: str
    modified_at: datetime

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:20]}"'


class Site:
    """Every document of the sample below `root`; pages are made once, feeds once for each set of visible entries."""

    def __init__(self, world: World, root: str, base: datetime, clock: Clock) -> None:
        self.world, self.root, self.base, self.clock = world, root, base, clock
        self.articles = {
            outlet.slug: [render(item, base, root) for item in world.of(outlet)] for outlet in world.outlets.values()
        }
        self._made: dict[tuple[str, int], Document] = {}
        self._pages = {
            f"/{slug}/{article.item.slug}": Document(
                article_page(article, self._related(article), self._home(article.outlet)), HTML, article.placed_at
            )
            for slug, articles in self.articles.items()
            for article in articles
        }

    def find(self, path: str) -> Document | None:
        """The document at `path`, or None."""
        if path in self._pages:
            return self._pages[path]
        if path == "/":
            return self._once(path, 0)
        if path == "/robots.txt":
            return Document(b"User-agent: *\nAllow: /\n", "text/plain; charset=utf-8", self.base)
        slug, _, rest = path.removeprefix("/").partition("/")
        outlet = self.world.outlets.get(slug)
        if outlet and path == f"/{slug}/{rest}" and rest in ("", outlet.feed_file):
            return self._once(path, len(self._visible(outlet)))
        return None

    def _once(self, path: str, visible_count: int) -> Document:
        key = (path, visible_count)
        if key not in self._made:
            self._made[key] = self._index() if path == "/" else self._listing(path)
        return self._made[key]

    def _index(self) -> Document:
        body = index_page(self.world.outlets.values(), self.root, self.base, len(self.world.items))
        return Document(body, HTML, self.base)

    def _listing(self, path: str) -> Document:
        """An outlet's front page or feed."""
        _, slug, file = path.split("/")
        outlet = self.world.outlets[slug]
        visible, home = self._visible(outlet), self._home(outlet)
        modified_at = max((article.placed_at for article in visible), default=self.base)
        if not file:
            return Document(front_page(outlet, visible, home), HTML, modified_at)
        body = feed_document(outlet, visible, home, modified_at)
        return Document(body, CONTENT_TYPES[outlet.format], modified_at)

    def _visible(self, outlet: Outlet) -> list[Rendered]:
        """What the outlet has published by now, newest first."""
        now = self.clock()
        return [article for article in self.articles[outlet.slug] if article.placed_at <= now]

    def _related(self, article: Rendered) -> list[Rendered]:
        """The outlet's articles before this one, going round to the newest."""
        articles = self.articles[article.outlet.slug]
        place = articles.index(article)
        return [*articles[place + 1 :], *articles[:place]][:RELATED_COUNT]

    def _home(self, outlet: Outlet) -> str:
        return f"{self.root}/{outlet.slug}/"


def _is_unchanged(document: Document, etags: str | None, since: str | None) -> bool:
    """Whether a conditional request is answered with 304; the entity tag has precedence (RFC 9110, 13.2.2)."""
    if etags is not None:
        return document.etag in (tag.strip().removeprefix("W/") for tag in etags.split(","))
    if since is None:
        return False
    try:
        return document.modified_at.replace(microsecond=0) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):
        return False


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    site: Site


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20  # seconds of silence on a kept connection
    server: _Server

    def do_GET(self) -> None:
        document = self.server.site.find(self.path.partition("?")[0])
        if document is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        unchanged = _is_unchanged(document, self.headers["If-None-Match"], self.headers["If-Modified-Since"])
        self.send_response(HTTPStatus.NOT_MODIFIED if unchanged else HTTPStatus.OK)
        self.send_header("ETag", document.etag)
        self.send_header("Last-Modified", format_datetime(document.modified_at.astimezone(UTC), usegmt=True))
        if not unchanged:
            self.send_header("Content-Type", document.content_type)
            self.send_header("Content-Length", str(len(document.body)))
        self.end_headers()
        if not unchanged and self.command == "GET":
            self.wfile.write(document.body)

    do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: the poller reports what it fetched."""


class SampleServer:
    """The sample's outlets on a port of their own; 0 takes a free one. Use as a context manager, or start and stop.

    `base` is the newest cut-off, an aware time; entries are dated up to three days before it, and those after
    `clock()` are not yet in the feeds. Raises OSError if the port is taken.
    """

    def __init__(self, port: int = 0, base: datetime | None = None, clock: Clock = utc_now) -> None:
        self.base = base or latest_cut_off(clock())
        self._server = _Server((HOST, port), _Handler)
        self.port: int = self._server.server_address[1]
        self.url = f"http://{HOST}:{self.port}"
        self._server.site = Site(read_world(), self.url, self.base, clock)
        self._thread = threading.Thread(target=self._server.serve_forever, name="sample-server", daemon=True)

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def _aware(text: str) -> datetime:
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} has no time zone; write 2026-11-22T07:00:00+00:00.")
    return when


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(
        prog="python -m newsdesk.sample.server",
        description="Serve the fictional outlets of the sample on 127.0.0.1.",
        epilog="Example: python -m newsdesk.sample.server --port 8765 --base 2026-11-22T07:00:00+00:00",
    )
    parser.add_argument("--port", type=int, default=8765, help="default 8765; 0 takes a free one")
    parser.add_argument("--base", type=_aware, help="the newest cut-off; default: the last one that has passed")
    parser.add_argument("--hour", type=int, default=7, help="hour of the cut-off, UTC, when --base is not given")
    options = parser.parse_args(arguments)
    try:
        server = SampleServer(options.port, options.base or latest_cut_off(utc_now(), options.hour))
    except OSError as error:
        print(f"The sample cannot be served on port {options.port}: {error.strerror}.", file=sys.stderr)  # noqa: T201
        return 1
    with server:
        print(f"The sample is served at {server.url}/, base {server.base.isoformat()}.", file=sys.stderr)  # noqa: T201
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
