"""Invented entries and stories for the tests of digests."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from newsdesk.digests.choosing.candidate import Candidate, EarlierItem
from newsdesk.stories.read import EntryView, StoryView

MORNING = datetime(2031, 5, 6, 5, 0, tzinfo=UTC)


def entry(number: int, title: str, body: str = "", **changes: Any) -> EntryView:
    """An entry seen `number` minutes after the morning, by default a report of an outlet of its own."""
    text = f"{title}\n\n{body}"
    values: dict[str, Any] = {
        "id": number,
        "public_id": f"e{number}",
        "url": f"https://outlet{number}.example/{number}",
        "title": title,
        "author": "",
        "publisher": f"Outlet {number}",
        "owner": f"outlet-{number}",
        "kind": "report",
        "standing": 0.5,
        "has_paywall": False,
        "language": "en",
        "published_at": None,
        "seen_at": MORNING + timedelta(minutes=number),
        "role": "report",
        "duplicate_of": "",
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "text": text,
    }
    return EntryView(**{**values, **changes})


def story(number: int, *entries: EntryView, **changes: Any) -> StoryView:
    """A relevant story of the given entries."""
    values: dict[str, Any] = {
        "id": number,
        "public_id": f"story{number}",
        "version": len(entries),
        "headline": entries[0].title,
        "theme": "launches",
        "second_theme": "",
        "relevance": 0.9,
        "is_relevant": True,
        "thread": "",
        "first_seen_at": entries[0].seen_at,
        "last_seen_at": entries[-1].seen_at,
        "publishers": len({e.owner for e in entries if e.role == "report"}),
        "entries": entries,
    }
    return StoryView(**{**values, **changes})


def candidate(told: StoryView, score: float, told_until: datetime | None = None) -> Candidate:
    """A ranked story without reasons; an earlier digest may have told it in full."""
    before = EarlierItem(told_until.date(), told_until, "big", told.public_id, told.headline) if told_until else None
    return Candidate(told, score, (), before)


FUNDING = story(
    1,
    entry(
        1,
        "Harrow Labs raises $400 million to build weather models",
        "OSLO, May 6 (NTB) - Harrow Labs has raised $400 million in a Series C round led by Fjord Capital, the "
        "startup said on Tuesday. "
        "The round values the maker of weather models at $2.1 billion. It will open a second office in Bergen. "
        "Read more about our newsletter. We think this is exciting. "
        "Analysts say the deal puts pressure on national weather services, which sell forecasts of their own. "
        "Harrow was founded in 2027 by Ingrid Moe and Petter Lund",
    ),
    entry(
        2,
        "Weather startup Harrow Labs lands $450 million | Outlet 2",
        "Harrow Labs has raised $450 million in a Series C round led by Fjord Capital. "
        "The company employs 80 people and sells its forecasts to nine airlines. "
        "However, none of them would comment. Is the sky the limit?",
    ),
    entry(
        3,
        "You won't believe how much Harrow Labs just raised",
        "Harrow Labs trains its models on sixty years of radar images, according to a paper published in March. "
        "Sign up for our newsletter.",
    ),
)
