"""The sample as a labelled recording, so that it can be measured with without being served."""

from __future__ import annotations

from datetime import UTC, datetime

from feeds.recording import Record
from newsdesk.sample.render import render
from newsdesk.sample.world import read_world

# Any day will do: the texts' dates are filled in from it.
BASE = datetime(2026, 5, 6, 7, tzinfo=UTC)
LABELLED_KINDS = ("report", "round_up")


def labelled_records() -> list[Record]:
    """The reports and round-ups with their stories, in the order seen; each as its publisher's page has it."""
    found = []
    for item in read_world().items:
        if item.kind not in LABELLED_KINDS:
            continue
        made = render(item, BASE, f"https://{item.outlet.domain}")
        found.append(
            Record(
                id=item.guid,
                source=item.outlet.name,
                domain=item.outlet.domain,
                url=made.url,
                title=made.title,
                summary=made.summary,
                body="\n\n".join(made.paragraphs),
                published_at=made.published_at,
                first_seen=made.placed_at,
                lang=item.outlet.language,
                labels={"story": item.story},
            )
        )
    return sorted(found, key=lambda record: (record.first_seen, record.id))
