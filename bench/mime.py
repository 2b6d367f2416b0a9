"""Measure what a mail costs to make: a filled skeleton beside Django's own message, for the same rendered digest.

    ./manage.py export_digest 2026-03-10 --edition sample --format json --output digest.json
    python bench/mime.py digest.json [--mails 300]

Both are made for each of the same recipients, in turns, so that whatever else the machine does slows both alike. Every
pair is read back and must say the same. Prints the median and the 90th percentile of each in milliseconds, and their
ratio; exits 1 where a pair differs or the ratio is below the goal.
"""

from __future__ import annotations

import argparse
import email
import email.policy
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsdesk.settings")
os.environ.setdefault("NEWSDESK_DATA_DIR", tempfile.gettempdir())

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.mail import EmailMultiAlternatives  # noqa: E402

from newsdesk.newsletter.mail.content import PREFERENCES_MARK, UNSUBSCRIBE_MARK, MailContent  # noqa: E402
from newsdesk.newsletter.mail.mime import Recipient, build_skeleton, fill  # noqa: E402
from newsdesk.newsletter.mail.render import render_digest  # noqa: E402
from newsdesk.newsletter.people.links import preferences_url, unsubscribe_url  # noqa: E402

GOAL_RATIO = 8.0
DATE = datetime(2026, 3, 10, 7, 5, tzinfo=UTC)
LIST = {"List-Id": "Newsdesk <newsdesk.list>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def make_by_django(content: MailContent, recipient: Recipient) -> bytes:
    """The mail as a program makes it that knows nothing better than Django."""
    links = {UNSUBSCRIBE_MARK: recipient.unsubscribe_url, PREFERENCES_MARK: recipient.preferences_url}
    text, html = content.text, content.html
    for mark, link in links.items():
        text, html = text.replace(mark, link), html.replace(mark, link)
    headers = {
        "Date": format_datetime(recipient.date),
        "Message-ID": recipient.message_id,
        "List-Unsubscribe": f"<{recipient.unsubscribe_url}>",
        **LIST,
    }
    message = EmailMultiAlternatives(
        content.subject, text, settings.DEFAULT_FROM_EMAIL, [recipient.address], headers=headers
    )
    message.attach_alternative(html, "text/html")
    return message.message().as_bytes()


def recipient(number: int) -> Recipient:
    """An invented subscriber with links as long as real ones."""
    public_id = f"{number:022d}"
    return Recipient(
        address=f"reader{number}@example.org",
        message_id=f"<{public_id}@example.org>",
        date=DATE,
        unsubscribe_url=unsubscribe_url(public_id),
        preferences_url=preferences_url(public_id),
    )


def read_back(message: bytes) -> tuple[list[str], list[str]]:
    """The headers that both write and the parts' texts, line ends alike."""
    read = email.message_from_bytes(message, policy=email.policy.default)
    names = "From To Subject Date Message-ID List-Unsubscribe List-Unsubscribe-Post".split()
    parts = [part.get_content().replace("\r\n", "\n") for part in read.walk() if not part.is_multipart()]
    # Django folds a long link away from its header's name, and the space stays.
    return [str(read[name]).strip() for name in names], parts


def timed(make: Callable[[], bytes]) -> tuple[float, bytes]:
    """Milliseconds, and what was made."""
    started = time.perf_counter()
    message = make()
    return (time.perf_counter() - started) * 1000, message


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("digest", type=Path, metavar="FILE", help="a digest as export_digest --format json writes it")
    parser.add_argument("--mails", type=int, default=300, help="how many mails of each kind (default: 300)")
    options = parser.parse_args()
    content = render_digest(json.loads(options.digest.read_bytes()), themes=frozenset())
    if content is None:
        parser.error("the digest has no story")
    started = time.perf_counter()
    skeleton = build_skeleton(content, sender=settings.DEFAULT_FROM_EMAIL, headers={})
    built_ms = (time.perf_counter() - started) * 1000
    filled_ms, django_ms, different = [], [], 0
    for number in range(options.mails):
        reader = recipient(number)
        ours, our_mail = timed(lambda reader=reader: fill(skeleton, reader))
        theirs, their_mail = timed(lambda reader=reader: make_by_django(content, reader))
        filled_ms.append(ours)
        django_ms.append(theirs)
        different += read_back(our_mail) != read_back(their_mail)
    ratio = statistics.median(django_ms) / statistics.median(filled_ms)
    print(
        f"{len(our_mail):,} bytes a mail; {options.mails} mails of each kind; skeleton built once in {built_ms:.1f} ms"
    )
    for name, values in (("filled skeleton", filled_ms), ("EmailMultiAlternatives", django_ms)):
        tail = statistics.quantiles(values, n=10)[-1]
        print(f"{name:24} median {statistics.median(values):7.4f} ms, 90th percentile {tail:7.4f} ms")
    print(f"ratio {ratio:.0f} (goal: {GOAL_RATIO:.0f} or more); {different} pairs differ when read back")
    return 0 if ratio >= GOAL_RATIO and not different else 1


if __name__ == "__main__":
    sys.exit(main())
