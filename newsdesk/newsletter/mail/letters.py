"""Letters about the subscription itself: please confirm, or here is your link."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string

from newsdesk.digests.documents.text_columns import WIDTH_COLUMNS, wrapped
from newsdesk.newsletter.mail.arrange import SAMPLE_WARNING
from newsdesk.newsletter.mail.content import MailContent
from newsdesk.newsletter.mail.render import dressed
from newsdesk.newsletter.models import Letter, Subscriber
from newsdesk.newsletter.people.links import confirm_url, preferences_url
from newsdesk.newsletter.people.schedule import choice_in_words
from newsdesk.newsletter.people.tokens import CONFIRM_LIFETIME

# So that nobody's holiday notice answers one: RFC 3834, section 5.
LETTER_HEADERS = {"Auto-Submitted": "auto-generated"}

SUBJECTS = {
    Letter.Kind.CONFIRM: "Please confirm: the Newsdesk digest by mail",
    Letter.Kind.LINK: "Your Newsdesk subscription",
}
TITLES = {Letter.Kind.CONFIRM: "Please confirm your subscription", Letter.Kind.LINK: "You are subscribed already"}


def compose_letter(letter: Letter, *, now: datetime) -> MailContent:
    """A letter's subject and its two bodies, of equal substance; a link to confirm lives from `now`, so send it soon.

    It reads the letter's subscriber and nothing else.
    """
    kind = Letter.Kind(letter.kind)
    subscriber = _as_wished(letter.subscriber)
    confirms = kind == Letter.Kind.CONFIRM
    context = {
        "subject": SUBJECTS[kind],
        "title": TITLES[kind],
        "preheader": f"For {subscriber.email}: {choice_in_words(subscriber)}",
        "url": confirm_url(subscriber.public_id, now=now) if confirms else preferences_url(subscriber.public_id),
        "email": subscriber.email,
        "choice": choice_in_words(subscriber),
        "days": CONFIRM_LIFETIME.days,
        "site_url": settings.SITE_URL,
        "site": urlsplit(settings.SITE_URL).netloc,
        "postal": settings.POSTAL_ADDRESS,
        "is_sample": settings.SAMPLE,
        "warning": SAMPLE_WARNING,
        "rule": "-" * WIDTH_COLUMNS,
    }
    text = render_to_string(f"newsletter/letters/{kind}.txt", context)
    return MailContent(
        subject=SUBJECTS[kind],
        html=dressed(f"newsletter/letters/{kind}.html", context),
        text="\n".join(row for line in text.splitlines() for row in wrapped(line) or [""]).strip() + "\n",
    )


def _as_wished(subscriber: Subscriber) -> Subscriber:
    """With what they asked for after leaving, which the confirmation will make theirs."""
    wished = Subscriber(pk=subscriber.pk, public_id=subscriber.public_id, email=subscriber.email)
    for name in ("frequency", "themes"):
        setattr(wished, name, subscriber.wish.get(name, getattr(subscriber, name)))
    return wished
