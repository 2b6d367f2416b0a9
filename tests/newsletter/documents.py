"""Invented digest documents for the tests of mails."""

from __future__ import annotations

from typing import Any

CUT_OFF = "2031-05-06T07:00:00Z"
SEEN = "2031-05-06T05:00:00Z"
LABELS = "launches security funding policy compute research people society".split()


def document(*items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A published daily digest of these items, by default under the first one's headline."""
    values: dict[str, Any] = {
        "schema": "newsdesk-digest/1",
        "edition": "daily",
        "date": "2031-05-06",
        "title": items[0]["headline"] if items else "A quiet day",
        "dek": "",
        "window": {"from": "2031-05-05T07:00:00Z", "to": CUT_OFF},
        "coverage": {
            "articles": 9,
            "publishers": 4,
            "stories": 3,
            "other_languages": 0,
            "feeds_answered": 0,
            "feeds": 0,
        },
        "items": [{**item, "position": position} for position, item in enumerate(items, 1)],
        "pattern": [],
        "watch": [],
        "corrections": [],
        "manifest": {
            "number": 7,
            "edition_title": "Daily digest",
            "state": "published",
            "built_at": CUT_OFF,
            "published_at": CUT_OFF,
            "models": ["extract"],
        },
    }
    return {**values, **changes}


def item(number: int, section: str = "short", *sentences: str, **changes: Any) -> dict[str, Any]:
    """A story of one source, which every sentence cites."""
    headline = changes.pop("headline", f"Outlet {number} reports story {number}")
    cited = source(number, **changes.pop("source", {}))
    values: dict[str, Any] = {
        "section": section,
        "story": f"story{number}",
        "headline": headline,
        "theme": LABELS[number % len(LABELS)],
        "why_ranked": {"score": 1.0, "reasons": []},
        "sentences": [sentence(text, number) for text in sentences or (headline,)],
        "sources": [cited],
    }
    return {**values, **changes}


def source(number: int, **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "entry": f"e{number}",
        "url": f"https://outlet{number}.example/{number}",
        "publisher": f"Outlet {number}",
        "title": f"Title {number}",
        "published": SEEN,
        "seen": SEEN,
        "kind": "report",
        "author": "",
        "has_paywall": False,
        "duplicate_of": "",
    }
    return {**values, **changes}


def sentence(text: str, number: int, **changes: Any) -> dict[str, Any]:
    receipt = {"entry": f"e{number}", "url": "", "text_sha256": "0" * 64, "start": 0, "end": 1, "quote": text[:1]}
    return {"text": text, "role": "what", "kind": "fact", "written_by": "extract", "receipts": [receipt], **changes}
