"""A digest as a mail: HTML with its styles on its elements, and text of equal substance."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from css_inline import CSSInliner
from django.conf import settings
from django.template.loader import render_to_string

from feeds.scrub import cut
from newsdesk.digests.documents.text_columns import wrapped
from newsdesk.digests.editions import WEEKLY_EDITION
from newsdesk.digests.shape import Document
from newsdesk.newsletter.mail.arrange import SAMPLE_WARNING, Issue, arrange_issue
from newsdesk.newsletter.mail.content import PREFERENCES_MARK, UNSUBSCRIBE_MARK, MailContent
from newsdesk.newsletter.mail.harmless import harmless
from newsdesk.newsletter.mail.narrow import first_stories, of_themes, theme_names
from newsdesk.newsletter.mail.plain import as_plain
from newsdesk.newsletter.mail.quoted import quoted

# As sent, in quoted-printable; Gmail cuts a mail off at 102 KB.
MAX_HTML_BYTES = 90_000
# What a recipient's own links add to it, at the most.
LINKS_BYTES = 2_000
MAX_SUBJECT_CHARACTERS = 120
MAX_PREHEADER_CHARACTERS = 140

# Nothing is fetched; what depends on the screen or the colour scheme stays in a style element.
_INLINER = CSSInliner(load_remote_stylesheets=False, keep_style_tags=False, keep_at_rules=True, minify_css=True)


def render_digest(document: Document, *, themes: frozenset[str]) -> MailContent | None:
    """The mail of a digest's document (`digests/schema/digest-1.json`); None where it has no story of the themes.

    No themes are all of them; the citations of some are numbered anew. A digest that is too long for a mail loses
    its last stories, with a line that says how many stand on the page.
    """
    whole = harmless(document)
    narrowed = of_themes(whole, themes) if themes else whole
    if narrowed is None or not narrowed["items"]:
        return None
    chosen, of = len(narrowed["items"]), len(whole["items"])
    note = f"{chosen} of the digest's {of} stories, by your themes: {theme_names(themes)}." if chosen < of else ""
    issue, markup = _longest(narrowed, note)
    prefix = "SAMPLE: " if issue.is_sample else ""
    return MailContent(
        subject=prefix + _shortened(issue.title or issue.name, MAX_SUBJECT_CHARACTERS - len(prefix)),
        html=markup,
        text=as_plain(issue, tuple(_text_foot(issue))),
    )


def dressed(template: str, context: dict[str, Any]) -> str:
    """A mail's HTML from a template that extends `newsletter/mail/base.html`, with its styles on the elements."""
    return _INLINER.inline(render_to_string(template, {"postal": settings.POSTAL_ADDRESS, **context}))


def _longest(document: Document, note: str) -> tuple[Issue, str]:
    """As many of the first stories as fit, the first one in any case, and their HTML."""
    whole = len(document["items"])
    best = _tried(document, whole, note)
    if _fits(best[1]):
        return best
    least, too_many = 1, whole
    best = _tried(document, least, note)
    while too_many - least > 1:
        count = (least + too_many) // 2
        tried = _tried(document, count, note)
        if _fits(tried[1]):
            least, best = count, tried
        else:
            too_many = count
    return best


def _tried(document: Document, count: int, note: str) -> tuple[Issue, str]:
    issue = arrange_issue(
        first_stories(document, count),
        url=page_url(document),
        more=len(document["items"]) - count,
        is_sample=settings.SAMPLE or document["edition"] == "sample",
        note=note,
    )
    preheader = issue.dek or next((line.text for item in issue.page.lead for line in item.says), issue.counts)
    context = {
        "issue": issue,
        "page": issue.page,
        "subject": issue.title,
        "preheader": _shortened(preheader, MAX_PREHEADER_CHARACTERS),
        "warning": SAMPLE_WARNING,
        "why": _why(issue),
        "preferences": PREFERENCES_MARK,
        "unsubscribe": UNSUBSCRIBE_MARK,
    }
    return issue, dressed("newsletter/mail/digest.html", context)


def _fits(markup: str) -> bool:
    return len(quoted(markup)) + LINKS_BYTES <= MAX_HTML_BYTES


def page_url(document: Document) -> str:
    """Where the digest stands on the web."""
    weekly = "/weekly" if document["edition"] == WEEKLY_EDITION else ""
    return f"{settings.SITE_URL}{weekly}/{date.fromisoformat(document['date']):%Y/%m/%d}/"


def _text_foot(issue: Issue) -> Iterable[str]:
    yield from wrapped(_why(issue))
    yield from ("", "On the web:", issue.url)
    yield from ("", "Change your themes or how often it comes:", PREFERENCES_MARK)
    yield from ("", "Unsubscribe:", UNSUBSCRIBE_MARK)
    if settings.POSTAL_ADDRESS:
        yield from ("", *wrapped(settings.POSTAL_ADDRESS))


def _why(issue: Issue) -> str:
    title = issue.page.document["manifest"]["edition_title"]
    return f"You get the {title} because you subscribed to it with this address and confirmed it."


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else cut(text, limit - 1).rstrip(" .,;:") + "…"
