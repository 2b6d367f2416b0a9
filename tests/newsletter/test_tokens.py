"""Signed links: one purpose each, tamper-proof, the one ends and the others never do (M11)."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from pytest_django import Settings

from newsdesk.newsletter.models import new_public_id
from newsdesk.newsletter.people.tokens import (
    BadToken,
    Purpose,
    email_hash,
    email_hashes,
    make_token,
    read_dated_token,
    read_token,
)
from tests.newsletter.rows import NOW

PUBLIC_ID = "AbCdEfGhIjKlMnOpQrStUv"


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_token_names_its_subscriber(purpose: Purpose) -> None:
    assert read_token(purpose, make_token(purpose, PUBLIC_ID)) == PUBLIC_ID
    assert read_token(purpose, make_token(purpose, PUBLIC_ID, now=NOW)) == PUBLIC_ID


@pytest.mark.parametrize(("made_for", "used_for"), list(permutations(Purpose, 2)))
def test_a_token_is_worthless_for_another_purpose(made_for: Purpose, used_for: Purpose) -> None:
    with pytest.raises(BadToken):
        read_token(used_for, make_token(made_for, PUBLIC_ID))
    with pytest.raises(BadToken):
        read_dated_token(used_for, make_token(made_for, PUBLIC_ID, now=NOW), now=NOW)


def test_no_character_of_a_token_can_be_changed() -> None:
    token = make_token(Purpose.CONFIRM, PUBLIC_ID, now=NOW)
    for place in range(len(token)):
        changed = token[:place] + ("x" if token[place] != "x" else "y") + token[place + 1 :]
        with pytest.raises(BadToken):
            read_token(Purpose.CONFIRM, changed)
    for broken in ("", "~", token[:-1], token + "x", f"{PUBLIC_ID}~", f"é{token}", token.replace("~", ":")):
        with pytest.raises(BadToken):
            read_token(Purpose.CONFIRM, broken)


def test_a_dated_token_ends_and_one_without_a_date_is_none() -> None:
    token = make_token(Purpose.CONFIRM, PUBLIC_ID, now=NOW)
    assert read_dated_token(Purpose.CONFIRM, token, now=NOW + timedelta(days=3)) == (PUBLIC_ID, NOW)
    with pytest.raises(BadToken):
        read_dated_token(Purpose.CONFIRM, token, now=NOW + timedelta(days=3, seconds=1))
    with pytest.raises(BadToken):
        read_dated_token(Purpose.CONFIRM, make_token(Purpose.CONFIRM, PUBLIC_ID), now=NOW)


def test_an_earlier_key_still_reads_and_a_dropped_one_does_not(settings: Settings) -> None:
    token, hashed = make_token(Purpose.UNSUBSCRIBE, PUBLIC_ID), email_hash("Reader@example.org")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, of more than fifty characters in all, made for this test"
    assert read_token(Purpose.UNSUBSCRIBE, token) == PUBLIC_ID
    assert email_hash("reader@example.org") != hashed
    assert hashed in email_hashes("reader@EXAMPLE.org")
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(BadToken):
        read_token(Purpose.UNSUBSCRIBE, token)


def test_a_token_does_not_hold_the_address_and_a_path_holds_it_as_it_is() -> None:
    token = make_token(Purpose.PREFERENCES, new_public_id(), now=NOW)
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")
