"""Feed documents for the tests of this folder, made from a few words."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape


def item(
    number: int,
    *,
    title: str = "",
    guid: str | None = "",
    link: str | None = "",
    date: datetime | str = "",
    text: str = "",
) -> str:
    """An RSS item; an empty guid or link is made from the number, None leaves it out."""
    parts = [f"<title>{title or f'Story number {number}'}</title>"]
    if link is not None:
        parts.append(f"<link>{escape(link or f'https://news.example/{number}')}</link>")
    if guid is not None:
        parts.append(f'<guid isPermaLink="false">{escape(guid or f"guid-{number}")}</guid>')
    if date:
        parts.append(f"<pubDate>{date if isinstance(date, str) else format_datetime(date)}</pubDate>")
    if text:
        parts.append(f"<description>{text}</description>")
    return f"<item>{''.join(parts)}</item>"


def rss(*items: str, title: str = "Example News", head: str = "", prologue: str = "") -> bytes:
    """An RSS 2.0 document of these items."""
    channel = f"<title>{title}</title><link>https://news.example/</link><language>en-GB</language>{head}"
    start = f'<?xml version="1.0" encoding="utf-8"?>{prologue}<rss version="2.0">'
    return f"{start}<channel>{channel}{''.join(items)}</channel></rss>".encode()
