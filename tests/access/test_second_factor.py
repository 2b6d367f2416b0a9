"""The second factor: set up, asked for, spent, renewed, switched off, and required where the settings say so."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from newsdesk.journal.models import Change
from tests.access.people import (
    PASSWORD,
    SECOND_FACTOR,
    app_code,
    client_of,
    is_in,
    log_in,
    make_account,
    sealed_key,
    set_up,
    shown_key,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    return make_account("editor", password=PASSWORD)


def relax(user: User) -> None:
    """Let django-otp's wait after a wrong code be over."""
    for row in (TOTPDevice.objects.get(user=user), user.staticdevice_set.get()):
        row.throttle_reset()


def test_setting_up_looking_changes_nothing(editor: User) -> None:
    client = client_of("editor")
    page = client.get(SECOND_FACTOR).content.decode()
    assert 'src="data:image/svg+xml' in page
    assert "<script>" not in page
    assert "style=" not in page
    assert not TOTPDevice.objects.exists()


def test_log_in_asks_for_a_code_once_there_is_one(editor: User) -> None:
    key, _ = set_up(client_of("editor"))
    other = Client()
    assert log_in(other, "editor").status_code == 200
    assert not is_in(other)
    relax(editor)
    assert log_in(other, "editor", code=app_code(key, steps=1)).status_code == 302
    assert is_in(other)


def test_a_code_works_once(editor: User) -> None:
    key, _ = set_up(client_of("editor"))
    code = app_code(key, steps=1)
    assert log_in(Client(), "editor", code=code).status_code == 302
    assert log_in(Client(), "editor", code=code).status_code == 200


def test_a_code_may_be_typed_with_a_space(editor: User) -> None:
    key, _ = set_up(client_of("editor"))
    code = app_code(key, steps=1)
    assert log_in(Client(), "editor", code=f" {code[:3]} {code[3:]} ").status_code == 302


def test_a_code_of_somebody_else_does_not_do(editor: User) -> None:
    make_account("superuser", password=PASSWORD)
    set_up(client_of("editor"))
    key, codes = set_up(client_of("superuser"))
    assert log_in(Client(), "editor", code=app_code(key, steps=1)).status_code == 200
    relax(editor)
    assert log_in(Client(), "editor", code=codes[0]).status_code == 200


def test_who_has_none_needs_none(editor: User) -> None:
    assert log_in(Client(), "editor", code="").status_code == 302
    assert log_in(Client(), "editor", code="123456").status_code == 302


def test_wrong_codes_are_throttled_as_wrong_passwords_are(editor: User) -> None:
    key, _ = set_up(client_of("editor"))
    client = Client()
    statuses = [log_in(client, "editor", code="000000").status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 200, 429]
    relax(editor)
    assert log_in(client, "editor", code=app_code(key, steps=1)).status_code == 429


def test_recovery_codes_work_once_each_and_only_hashes_are_kept(editor: User) -> None:
    _, codes = set_up(client_of("editor"))
    assert len(set(codes)) == 10
    stored = set(StaticToken.objects.values_list("token", flat=True))
    assert len(stored) == 10
    assert not stored & {code.replace("-", "") for code in codes}
    client = Client()
    assert log_in(client, "editor", code=codes[3].upper().replace("-", " ")).status_code == 302
    assert is_in(client)
    assert "9 of them are left" in client.get(SECOND_FACTOR).content.decode()
    assert log_in(Client(), "editor", code=codes[3]).status_code == 200


def test_recovery_codes_survive_a_new_secret_key(editor: User, settings: Settings) -> None:
    _, codes = set_up(client_of("editor"))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key " * 5
    assert log_in(Client(), "editor", code=codes[0]).status_code == 302


def test_a_wrong_code_sets_nothing_up_and_keeps_the_key(editor: User) -> None:
    client = client_of("editor")
    page = client.get(SECOND_FACTOR).content.decode()
    key = shown_key(page)
    again = client.post(SECOND_FACTOR, {"act": "on", "key": sealed_key(page), "code": app_code(key, steps=9)})
    assert "not the code for this key" in again.content.decode()
    assert shown_key(again.content.decode()) == key
    assert not TOTPDevice.objects.exists()
    sealed = sealed_key(again.content.decode())
    client.post(SECOND_FACTOR, {"act": "on", "key": sealed, "code": app_code(key)})
    assert TOTPDevice.objects.get().user == editor


@pytest.mark.parametrize("forged", ["", "nonsense", "of another account"])
def test_the_key_is_the_one_that_this_account_was_shown(editor: User, forged: str) -> None:
    client = client_of("editor")
    others = client_of("superuser").get(SECOND_FACTOR).content.decode()
    sealed = sealed_key(others) if forged == "of another account" else forged
    page = client.post(SECOND_FACTOR, {"act": "on", "key": sealed, "code": app_code(shown_key(others))})
    assert "stood open for too long" in page.content.decode()
    assert not TOTPDevice.objects.exists()


def test_two_pages_open_at_once_make_one_second_factor(editor: User) -> None:
    client = client_of("editor")
    pages = [client.get(SECOND_FACTOR).content.decode() for _ in range(2)]
    for page in pages:
        form = {"act": "on", "key": sealed_key(page), "code": app_code(shown_key(page))}
        client.post(SECOND_FACTOR, form)
    assert TOTPDevice.objects.get().bin_key == shown_key(pages[0])


def test_sessions_from_before_do_not_count_any_more(editor: User) -> None:
    earlier, here = client_of("editor"), client_of("editor")
    assert is_in(earlier)
    set_up(here)
    assert is_in(here)
    assert not is_in(earlier)
    assert earlier.get(SECOND_FACTOR).status_code == 302
    assert earlier.post(SECOND_FACTOR, {"act": "off", "off-password": PASSWORD}).status_code == 302
    assert TOTPDevice.objects.exists()


def test_switching_off_asks_for_the_password(editor: User) -> None:
    client = client_of("editor")
    set_up(client)
    assert "not your password" in client.post(SECOND_FACTOR, {"act": "off", "off-password": "x"}).content.decode()
    assert TOTPDevice.objects.exists()
    assert client.post(SECOND_FACTOR, {"act": "off", "off-password": PASSWORD}).status_code == 302
    assert not TOTPDevice.objects.exists()
    assert not StaticToken.objects.exists()
    assert is_in(client)
    assert log_in(Client(), "editor").status_code == 302


def test_new_recovery_codes_end_the_earlier_ones(editor: User) -> None:
    client = client_of("editor")
    _, codes = set_up(client)
    assert "not your password" in client.post(SECOND_FACTOR, {"act": "codes", "codes-password": "x"}).content.decode()
    page = client.post(SECOND_FACTOR, {"act": "codes", "codes-password": PASSWORD}).content.decode()
    assert page.count("<li><code>") == 10
    assert codes[0] not in page
    assert log_in(Client(), "editor", code=codes[0]).status_code == 200


def test_what_was_done_stands_in_the_journal(editor: User) -> None:
    client = client_of("editor")
    set_up(client)
    client.post(SECOND_FACTOR, {"act": "codes", "codes-password": PASSWORD})
    client.post(SECOND_FACTOR, {"act": "off", "off-password": PASSWORD})
    noted = list(Change.objects.order_by("id").values_list("verb", "subject", "actor_name"))
    verbs = ("account.second_factor_on", "account.recovery_codes", "account.second_factor_off")
    assert noted == [(verb, "account editor", "editor") for verb in verbs]


def test_where_it_is_required_nothing_else_comes_first(editor: User, settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    client = client_of("editor")
    for path in ("/admin/", "/admin/stories/story/", "/admin/password_change/", "/admin/jsi18n/"):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, SECOND_FACTOR), path
        assert client.post(path).status_code == 302
    assert "asks everybody for a second factor" in client.get(SECOND_FACTOR).content.decode()
    set_up(client)
    assert is_in(client)


def test_where_it_is_required_log_out_still_works(editor: User, settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    client = client_of("editor")
    assert client.post("/admin/logout/").status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_superuser_takes_away_the_second_factor_of_a_lost_phone(editor: User) -> None:
    lost = client_of("editor")
    set_up(lost)
    device = TOTPDevice.objects.get()
    admin = client_of("superuser")
    page = admin.get(f"/admin/access/secondfactor/{device.pk}/change/").content.decode()
    assert device.key not in page
    assert admin.post(f"/admin/access/secondfactor/{device.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not TOTPDevice.objects.exists()
    assert not StaticToken.objects.exists()
    assert log_in(Client(), "editor").status_code == 302


def test_keys_and_recovery_codes_have_no_page_in_the_admin() -> None:
    admin = client_of("superuser")
    for path in ("otp_totp/totpdevice/", "otp_static/staticdevice/", "axes/accessattempt/"):
        assert admin.get(f"/admin/{path}").status_code == 404


def test_the_second_factor_costs_no_query(editor: User, django_assert_num_queries) -> None:
    client = client_of("editor")
    with django_assert_num_queries(2):  # the session and the account
        client.get("/admin/jsi18n/")
    set_up(client)
    with django_assert_num_queries(2):
        client.get("/admin/jsi18n/")
