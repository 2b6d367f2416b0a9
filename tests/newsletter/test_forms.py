"""What the form takes for an address (attacks M7, M8)."""

from __future__ import annotations

import pytest

from newsdesk.newsletter.mail.letters import compose_letter
from newsdesk.newsletter.mail.mime import Recipient, build_skeleton, fill
from newsdesk.newsletter.models import Letter, Subscriber
from newsdesk.newsletter.people.address import BadAddress, clean_address
from tests.newsletter import pages
from tests.newsletter.rows import NOW

LONG = "a" * 64 + "@" + ".".join(["b" * 63] * 4)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("reader@example.org", "reader@example.org"),
        ("Re.Ader+news@Example.ORG", "Re.Ader+news@example.org"),
        (" \treader@example.org ", "reader@example.org"),
        ("o'brien=x@mail.example.org", "o'brien=x@mail.example.org"),
        ("reader@bücher.example", "reader@xn--bcher-kva.example"),
        ("reader@例え.テスト", "reader@xn--r8jz45g.xn--zckzah"),
        ("reader@ｅｘａｍｐｌｅ．org", "reader@example.org"),
    ],
)
def test_an_address_is_kept_in_ascii(typed: str, kept: str) -> None:
    assert clean_address(typed) == kept


@pytest.mark.parametrize("address", ["Re.Ader+news@example.org", "o'brien=x{y}@xn--bcher-kva.example"])
def test_an_address_that_is_taken_can_be_mailed_to(address: str) -> None:
    content = compose_letter(Letter(kind="link", subscriber=Subscriber(email=clean_address(address))), now=NOW)
    skeleton = build_skeleton(content, sender="Newsdesk <desk@example.org>", headers={})
    message = fill(skeleton, Recipient(address, "<1@example.org>", NOW, "", "https://news.example.org/p/"))
    assert f"To: {address}\r\n".encode() in message


@pytest.mark.parametrize(
    "typed",
    [
        "reader@example.org\r\nBcc: all@example.org",
        "reader@example.org\n",
        "reader\r@example.org",
        "reader@example.org\x00",
        "reader\u2028@example.org",
        "Bank <reader@example.org>",
        '"bank@example.com" <reader@example.org>',
        "reader@example.org, other@example.org",
        "reader@example.org;other@example.org",
        "reader@one@example.org",
        '"re ader"@example.org',
        "reader@[127.0.0.1]",
        "reader@127.0.0.1",
        "reader@localhost",
        "reader@example..org",
        "reader@-example.org",
        "reader@example.org.",
        ".reader@example.org",
        "re..ader@example.org",
        "@example.org",
        "reader@",
        "reader",
        "a" * 65 + "@example.org",
        "a" * 64 + "@" + "b" * 252 + ".org",
        "x" * 309 + "@example.org",
        LONG,
    ],
)
def test_what_is_no_bare_address_is_refused(typed: str) -> None:
    with pytest.raises(BadAddress):
        clean_address(typed)


def test_an_address_that_is_too_long_only_in_ascii_is_refused() -> None:
    typed = "a" * 64 + "@" + ".".join(["ü" + "b" * 53] * 3) + ".example"
    assert len(typed) <= 254
    with pytest.raises(BadAddress, match="254"):
        clean_address(typed)


def test_letters_beyond_ascii_before_the_at_are_refused_in_words_that_say_so() -> None:
    with pytest.raises(BadAddress, match="before the @"):
        clean_address("jürgen@example.org")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("email", "", "Please give your address."),
        ("email", "Bank <reader@example.org>", "Please give the bare address"),
        ("email", "reader@example.org\r\nBcc: all@example.org", "Please give the bare address"),
        ("email", "x" * 309 + "@example.org", "longer than an address can be"),
        ("email", "jürgen@example.org", "letters before the @"),
        ("frequency", "hourly", "Select a valid choice"),
        ("themes", ["security", "gossip"], "Select a valid choice"),
    ],
)
def test_the_form_says_what_is_wrong_and_keeps_nothing(field: str, value: object, words: str) -> None:
    sent = {"email": "reader@example.org", "frequency": "daily", "themes": []}
    response = pages.post(pages.FORM, {**sent, field: value})
    assert response.status_code == 400
    assert words in response.content.decode()
    assert Subscriber.objects.count() == Letter.objects.count() == 0


@pytest.mark.django_db
def test_the_form_keeps_what_was_typed_and_escapes_it() -> None:
    typed = '"><script>alert(1)</script>@example.org'
    sent = {"email": typed, "frequency": "weekly", "themes": ["security"]}
    page = pages.post(pages.FORM, sent).content.decode()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert page.count(" checked") == 2
