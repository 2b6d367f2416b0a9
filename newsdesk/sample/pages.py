"""The sample's web pages: articles with all the furniture of real ones, an outlet's front page, the index."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape

from newsdesk.sample.render import Rendered
from newsdesk.sample.world import Outlet

FOOTNOTE = "This page belongs to the Newsdesk sample. The outlet, its people and its news are invented."
_SECTIONS = {
    "en": ("News", "Business", "Technology", "Opinion", "Newsletters", "About us"),
    "de": ("Aktuell", "Tests", "Wissen", "Meinung", "Newsletter", "Über uns"),
}
_WORDS = {
    "en": {
        "by": "By",
        "cookies": "We value your privacy. We and our partners store information on your device to measure audiences. "
        "You can accept or change your choices at any time.",
        "accept": "Accept all",
        "related": "Read next",
        "letter": "Get our newsletter every morning. No spam, unsubscribe at any time.",
        "subscribe": "Subscribe to continue reading. Already a subscriber? Sign in.",
        "rights": "All rights reserved.",
    },
    "de": {
        "by": "Von",
        "cookies": "Wir verwenden Cookies, um Reichweiten zu messen. Sie können Ihre Auswahl jederzeit ändern.",
        "accept": "Alle akzeptieren",
        "related": "Lesen Sie auch",
        "letter": "Unser Newsletter: jeden Morgen das Wichtigste.",
        "subscribe": "Weiterlesen mit Abonnement.",
        "rights": "Alle Rechte vorbehalten.",
    },
}


def article_page(article: Rendered, related: Sequence[Rendered], home: str) -> bytes:
    """The page of one article; an outlet with a paywall shows its first paragraphs only."""
    outlet, words = article.outlet, _WORDS[article.outlet.language]
    shown = outlet.visible_paragraphs or len(article.paragraphs)
    text = "\n".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in article.paragraphs[:shown])
    if shown < len(article.paragraphs):
        text += f'\n<div class="subscribe-wall" role="complementary">{words["subscribe"]}</div>'
    if article.item.is_cut:
        text += f'\n<p class="more"><a href="{escape(home)}">Continue reading</a></p>'
    if article.item.hidden:
        text += f'\n<div style="display:none" aria-hidden="true">{escape(article.item.hidden)}</div>'
    if article.item.html_extra:
        text += article.item.html_extra
    links = "".join(
        f'<li><a href="{escape(other.url)}">{escape(other.title, quote=False)}</a></li>' for other in related
    )
    byline = f"{words['by']} {escape(article.author)}" if article.author else ""
    heading = f"<h1>{escape(article.title, quote=False)}</h1>"
    title = f"{escape(article.title, quote=False)} | {escape(outlet.name)}"
    aside = f'<aside class="related"><h2>{words["related"]}</h2><ul>{links}</ul></aside>'
    body = {
        "classic": f'<main id="content"><article class="story">{heading}<p class="byline">{byline} {_time(article)}</p>'
        f'<div class="story-body">{text}</div></article>{aside}</main>',
        "modern": f'<div class="grid"><main><header class="post-head">{heading}<div class="meta">'
        f'<span class="author">{byline}</span> {_time(article)}</div></header><section class="post-content" '
        f'itemprop="articleBody">{text}</section></main><div class="rail">{aside}<div class="promo">{words["letter"]}'
        "</div></div></div>",
        "bare": f'<article>{heading}<p class="date">{_time(article)} {byline}</p>{text}</article>{aside}',
    }[outlet.page]
    return _page(outlet, title, _metadata(article) + _linked_data(article), body, home)


def front_page(outlet: Outlet, articles: Sequence[Rendered], home: str) -> bytes:
    """An outlet's front page: its articles, newest first, and a link to its feed."""
    items = "".join(
        f'<li><a href="{escape(article.url)}">{escape(article.title, quote=False)}</a></li>' for article in articles
    )
    kind = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
    head = (
        f'<link rel="alternate" type="{kind[outlet.format]}" title="{escape(outlet.name)}" '
        f'href="{escape(home + outlet.feed_file)}">'
    )
    body = f'<main><h1>{escape(outlet.name)}</h1><ul class="latest">{items}</ul></main>'
    return _page(outlet, escape(outlet.name), head, body, home)


def index_page(outlets: Iterable[Outlet], root: str, base: datetime, entries: int) -> bytes:
    """What this server is, and where its outlets are."""
    items = "".join(
        f'<li><a href="{root}/{outlet.slug}/">{escape(outlet.name)}</a> '
        f'(<a href="{root}/{outlet.slug}/{outlet.feed_file}">{outlet.feed_file}</a>): {escape(outlet.tagline)}</li>'
        for outlet in outlets
    )
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta name="robots" content="noindex">'
        '<meta name="viewport" content="width=device-width"><title>SAMPLE: the outlets of the Newsdesk sample</title>'
        "</head><body><h1>SAMPLE: the outlets of the Newsdesk sample</h1>"
        "<p>This server stands in for the web when Newsdesk runs with its sample. Every outlet, company, product, "
        "person and event on it is invented.</p>"
        f"<p>{entries} entries of the three days up to {base:%Y-%m-%d %H:%M %Z}.</p><ul>{items}</ul></body></html>\n"
    ).encode()


def _page(outlet: Outlet, title: str, head: str, body: str, home: str) -> bytes:
    words = _WORDS[outlet.language]
    sections = "".join(f'<li><a href="{escape(home)}">{name}</a></li>' for name in _SECTIONS[outlet.language])
    return (
        f'<!DOCTYPE html>\n<html lang="{outlet.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{title}</title>{head}"
        "<style>body{font:17px/1.5 Georgia,serif;max-width:60rem;margin:0 auto;padding:1rem}</style></head>\n<body>"
        f'<div class="cookie-notice" role="dialog">{words["cookies"]} <button>{words["accept"]}</button></div>\n'
        f'<header class="masthead"><a href="{escape(home)}" class="logo">{escape(outlet.name)}</a>'
        f'<p class="tagline">{escape(outlet.tagline)}</p><nav><ul>{sections}</ul></nav></header>\n{body}\n'
        f'<footer class="site-footer"><p>&copy; {escape(outlet.name)}. {words["rights"]}</p><p>{FOOTNOTE}</p></footer>'
        "</body></html>\n"
    ).encode()


def _stamp(article: Rendered) -> str:
    """The date on the page: of old news, the true one; of an undated entry, none."""
    when = article.first_at or article.published_at
    return when.isoformat() if when else ""


def _time(article: Rendered) -> str:
    stamp = _stamp(article)
    return f'<time datetime="{stamp}">{stamp[:10]} {stamp[11:16]} UTC</time>' if stamp else ""


def _metadata(article: Rendered) -> str:
    values = {
        "og:type": "article",
        "og:site_name": article.outlet.name,
        "og:title": article.title,
        "og:description": article.summary,
        "og:url": article.url,
        "article:published_time": _stamp(article),
    }
    properties = "".join(f'<meta property="{name}" content="{escape(text)}">' for name, text in values.items() if text)
    author = f'<meta name="author" content="{escape(article.author)}">' if article.author else ""
    return f'{properties}{author}<link rel="canonical" href="{escape(article.url)}">'


def _linked_data(article: Rendered) -> str:
    """The schema.org description of the article; `<` is written as an escape, so that no text can end the script."""
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "author": [{"@type": "Person", "name": article.author}],
        "publisher": {"@type": "Organization", "name": article.outlet.name},
        "isAccessibleForFree": not article.outlet.paywall,
        "mainEntityOfPage": article.url,
    }
    if stamp := _stamp(article):
        data["datePublished"] = stamp
    return f'<script type="application/ld+json">{json.dumps(data).replace("<", chr(92) + "u003c")}</script>'
