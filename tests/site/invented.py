"""The rows of a whole invented day, as full as a real one; its news stands in `invented.toml`."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from feeds.models import Entry, Feed
from newsdesk.digests.models import Digest, Summary
from newsdesk.stories.models import Story
from tests.site import rows

NEWS = Path(__file__).with_name("invented.toml")
MODEL = "harbour-writer-2"
# Name: kind, paywall, owner group.
OUTLETS = {
    "Meridian Wire": ("wire", False, ""),
    "The Harbour Ledger": ("report", True, "Harbour Media"),
    "Tensor Street": ("report", True, ""),
    "Latent Post": ("report", False, ""),
    "Kernel Daily": ("report", False, "Harbour Media"),
    "Policy Grid": ("report", False, ""),
    "Halden Compute Journal": ("report", False, ""),
    "Northfield Review": ("opinion", True, ""),
    "Rook Security Lab": ("primary", False, ""),
    "Corvane newsroom": ("primary", False, ""),
}


def invented_digest(*, writer: str = "model", **fields: Any) -> Digest:
    """The published digest of the invented day, its sentences written by a model or, with "extract", by nobody."""
    news = tomllib.loads(NEWS.read_text(encoding="utf-8"))
    feeds = {name: _feed(name) for name in OUTLETS}
    placed = [_story(telling, feeds) for telling in news["telling"]]
    stories = [story for story, _ in placed]
    Story.objects.filter(pk=stories[9].pk).update(thread=stories[5])
    lead, *big = [telling["headline"] for telling in news["telling"] if telling["section"] != "short"]
    digest = rows.make_digest(
        number=84,
        title=lead,
        dek=f"Also: {'; '.join(big[:3])}.",
        coverage=rows.coverage(
            articles=142, publishers=31, stories=len(stories), feeds_answered=31, feeds=34, other_languages=3
        ),
        pattern=[
            {**thesis, "kind": "analysis", "stories": [stories[n].public_id for n in thesis["stories"]]}
            for thesis in news["thesis"]
        ],
        watch=[
            {
                "story": stories[row["story"]].public_id,
                "sentence": rows.sentence(row["text"], placed[row["story"]][1][row["report"]]),
                "when": row["when"],
                "date": row["date"] or None,
                "owner": row["owner"],
            }
            for row in news["watched"]
        ],
        manifest={"models": [MODEL] if writer == "model" else ["extract"]},
        **fields,
    )
    for position, (telling, (story, entries)) in enumerate(zip(news["telling"], placed, strict=True), 1):
        _place(digest, position, telling, story, entries, writer)
    return digest


def _feed(name: str) -> Feed:
    kind, has_paywall, owner = OUTLETS[name]
    host = name.lower().replace(" ", "-")
    publisher = rows.make_publisher(
        name, kind=kind, has_paywall=has_paywall, owner_group=owner, homepage=f"https://{host}.example/"
    )
    return rows.make_feed(publisher, polled_at=rows.CUT_OFF, succeeded_at=rows.CUT_OFF)


def _story(telling: dict[str, Any], feeds: dict[str, Feed]) -> tuple[Story, list[Entry]]:
    entries: list[Entry] = []
    for report in telling["report"]:
        moment = rows.CUT_OFF - timedelta(hours=report["hours"])
        details = {
            "title": report["title"],
            "author": report.get("author", ""),
            "published_at": moment,
            "seen_at": moment + timedelta(minutes=9),
        }
        feed = feeds[report["outlet"]]
        original = report.get("copy_of")
        if original is None:
            entries.append(rows.make_entry(feed, **details))
        else:
            entries.append(rows.make_copy(entries[original], feed, **details))
    return rows.make_story(*entries, headline=telling["headline"], theme=telling["theme"]), entries


def _place(
    digest: Digest, position: int, telling: dict[str, Any], story: Story, entries: list[Entry], writer: str
) -> None:
    said = [
        rows.sentence(
            row["text"],
            *[entries[n] for n in row["cites"]],
            quote=row["quote"],
            role=row["role"],
            kind=row["kind"],
            written_by=writer,
        )
        for row in telling.get("sentence", [])
    ]
    sources = [
        rows.source(entry, duplicate_of=entries[report["copy_of"]].public_id if "copy_of" in report else "")
        for report, entry in zip(telling["report"], entries, strict=True)
    ]
    sentences = said or [rows.sentence(telling["headline"], entries[0])]
    rows.add_item(digest, story, position, telling["section"], sentences=sentences, sources=sources)
    if said:
        Summary.objects.create(
            story=story,
            story_version=1,
            prompt_version="1",
            model=MODEL,
            cut_off=digest.window_to,
            headline=telling["headline"],
            sentences=said,
            created_at=digest.built_at,
        )
