"""Reports for tests of origins: entries of a story with nothing but what origins are judged by."""

from __future__ import annotations

from newsdesk.stories.read import EntryView
from tests.stories.rows import at


def report(publisher: str, title: str = "Kelp opens weights", text: str = "", **fields: str) -> EntryView:
    """A report; `owner`, `kind`, `role`, `url`, `public_id` and `duplicate_of` may be given."""
    return EntryView(
        id=1,
        public_id=fields.get("public_id", publisher),
        url=fields.get("url", ""),
        title=title,
        author="",
        publisher=publisher,
        owner=fields.get("owner", publisher),
        kind=fields.get("kind", "report"),
        standing=0.5,
        has_paywall=False,
        language="en",
        published_at=None,
        seen_at=at(0),
        role=fields.get("role", "report"),
        duplicate_of=fields.get("duplicate_of", ""),
        text_sha256="0" * 64,
        text=f"{title}\n\n{text}",
    )
