"""Letters: two bodies of equal substance, one link, nothing remote."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from pytest_django import Settings

from newsdesk.newsletter.mail.letters import LETTER_HEADERS, compose_letter
from newsdesk.newsletter.models import Letter, Subscriber
from newsdesk.newsletter.people.tokens import BadToken, Purpose, read_dated_token
from tests.newsletter.rows import NOW


def _letter(kind: str, **fields: object) -> Letter:
    defaults: dict[str, object] = {"email": "o'reader&co@example.org", "themes": ["security", "open-models"]}
    return Letter(kind=kind, subscriber=Subscriber(**{**defaults, **fields}))


@pytest.mark.parametrize("kind", ["confirm", "link"])
def test_both_bodies_say_the_same(kind: str, settings: Settings) -> None:
    settings.POSTAL_ADDRESS = "1 High Street, Town"
    content = compose_letter(_letter(kind), now=NOW)
    soup = BeautifulSoup(content.html, "lxml")
    assert soup.title is not None
    assert soup.title.get_text() == content.subject
    read = " ".join(soup.get_text(" ").split())
    text = " ".join(content.text.split())
    for said in ("o'reader&co@example.org", "every day at 07:00 (UTC), with Security and Open models", "1 High Street"):
        assert said in read
        assert said in text
    links = {link["href"] for link in soup.find_all("a")} - {f"{settings.SITE_URL}/"}
    assert links == set(re.findall(r"http://\S+", content.text))
    assert len(links) == 1
    assert max(map(len, content.text.splitlines())) < 200
    assert "\n" not in content.subject


@pytest.mark.parametrize("kind", ["confirm", "link"])
def test_nothing_is_loaded_from_anywhere(kind: str) -> None:
    html = compose_letter(_letter(kind), now=NOW).html
    assert not re.search(r"<(img|link|script|iframe|object)\b|url\(|@import", html)


def test_the_link_to_confirm_lives_from_when_the_letter_is_sent() -> None:
    subscriber = Subscriber(email="reader@example.org")
    text = compose_letter(Letter(kind="confirm", subscriber=subscriber), now=NOW).text
    found = re.search(r"/confirm/(\S+)/", text)
    assert found
    soon, late = NOW + timedelta(days=2, hours=23), NOW + timedelta(days=3, seconds=1)
    assert read_dated_token(Purpose.CONFIRM, found[1], now=soon) == (subscriber.public_id, NOW)
    with pytest.raises(BadToken):
        read_dated_token(Purpose.CONFIRM, found[1], now=late)


def test_a_letter_says_what_was_asked_for_after_leaving() -> None:
    wish = {"frequency": "weekly", "themes": ["people"]}
    content = compose_letter(_letter("confirm", state="unsubscribed", wish=wish), now=NOW)
    assert "every week on Monday at 07:00 (UTC), with People" in " ".join(content.text.split())


def test_letters_are_marked_as_automatic() -> None:
    assert LETTER_HEADERS["Auto-Submitted"] == "auto-generated"


def test_the_sample_says_that_it_is_one(settings: Settings) -> None:
    settings.SAMPLE = True
    content = compose_letter(_letter("confirm"), now=NOW)
    assert "SAMPLE" in content.text
    assert "SAMPLE" in content.html
