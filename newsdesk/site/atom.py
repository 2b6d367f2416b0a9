"""The digests as an Atom feed (RFC 4287), each with its whole text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.template.loader import render_to_string
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from newsdesk.site.page import DigestPage

# What XML 1.0 (section 2.2) does not allow, not even as a reference; one such character would break the whole feed.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _DigestFeed(Atom1Feed):
    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content"], {"type": "html"})


def atom(pages: Iterable[DigestPage], *, title: str, subtitle: str, site_url: str) -> str:
    """The feed of these published digests; `site_url` without a slash at its end."""
    feed = _DigestFeed(
        title=_xml(title),
        link=f"{site_url}/",
        description="",
        subtitle=_xml(subtitle),
        feed_url=f"{site_url}/feed.xml",
        author_name=_xml(title),
        language="en",
    )
    for page in pages:
        url = f"{site_url}/{page.date:%Y/%m/%d}/"
        content = render_to_string("site/digest_content.html", {"page": page, "url": url, "site_url": site_url})
        feed.add_item(
            title=_xml(page.title),
            link=url,
            unique_id=url,
            description=escape(_xml(page.dek)),
            pubdate=page.published_at,
            updateddate=page.updated_at,
            content=_xml(content),
        )
    return str(feed.writeString("utf-8"))


def _xml(text: str) -> str:
    return _NOT_XML.sub("", text)
