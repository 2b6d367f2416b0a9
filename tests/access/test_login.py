"""Log-in: throttled by name and address, the same answer for every mistake, no way out to another site."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessLog
from django.conf import global_settings
from django.contrib.auth.models import User
from django.core import signing
from django.http import HttpRequest
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from newsdesk.access import throttle
from newsdesk.access.known_device import COOKIE
from tests.access.people import LOGIN, PASSWORD, SECOND_FACTOR, client_of, is_in, log_in, make_account, set_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def dear_passwords(settings: Settings, cheap_passwords: None) -> None:
    """Passwords as the program hashes them."""
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS


def fail(client: Client, name: str, times: int, address: str = "203.0.113.7") -> int:
    status = 0
    for _ in range(times):
        status = log_in(client, name, "wrong", REMOTE_ADDR=address).status_code
    return status


def age(minutes: float) -> None:
    for row in AccessAttempt.objects.all():
        earlier = row.attempt_time - timedelta(minutes=minutes)
        AccessAttempt.objects.filter(pk=row.pk).update(attempt_time=earlier)


def test_after_five_failures_even_the_right_password_waits(client: Client) -> None:
    make_account("editor", password=PASSWORD)
    assert fail(client, "editor", 4) == 200
    assert fail(client, "editor", 1) == 429
    page = log_in(client, "editor", REMOTE_ADDR="203.0.113.7")
    assert page.status_code == 429
    assert "Wait 15 minutes" in page.content.decode()
    assert page["Retry-After"] == "900"
    assert "default-src 'self'" in page["Content-Security-Policy"]
    assert not is_in(client)
    age(16)
    assert log_in(client, "editor", REMOTE_ADDR="203.0.113.7").status_code == 302
    assert is_in(client)


def test_trying_on_does_not_make_the_pause_longer(client: Client) -> None:
    make_account("editor", password=PASSWORD)
    fail(client, "editor", 5)
    age(14)
    assert fail(client, "editor", 3) == 429
    age(2)
    assert log_in(client, "editor", REMOTE_ADDR="203.0.113.7").status_code == 302


def test_others_are_not_kept_out(client: Client) -> None:
    make_account("editor", password=PASSWORD)
    make_account("sender", password=PASSWORD)
    fail(client, "editor", 5)
    assert log_in(Client(), "editor", REMOTE_ADDR="198.51.100.1").status_code == 302
    assert log_in(Client(), "sender", REMOTE_ADDR="203.0.113.7").status_code == 302


def test_one_address_cannot_try_many_names(client: Client) -> None:
    make_account("editor", password=PASSWORD)
    for n in range(throttle.MAX_FOR_ADDRESS):
        fail(client, f"name{n}", 1)
    assert log_in(client, "editor", REMOTE_ADDR="203.0.113.7").status_code == 429
    assert log_in(client, "editor", REMOTE_ADDR="203.0.113.8").status_code == 302


def test_many_addresses_cannot_try_one_name_for_ever(client: Client) -> None:
    make_account("editor", password=PASSWORD)
    fail(client, "editor", 4)
    AccessAttempt.objects.update(failures_since_start=throttle.MAX_FOR_NAME, ip_address="203.0.113.9")
    assert log_in(client, "editor", REMOTE_ADDR="198.51.100.1").status_code == 429


def test_an_own_account_does_not_clear_the_guesses_at_another(client: Client) -> None:
    make_account("superuser", password=PASSWORD)
    make_account("viewer", password=PASSWORD)
    fail(client, "superuser", 4)
    assert log_in(Client(), "viewer", REMOTE_ADDR="203.0.113.7").status_code == 302
    assert fail(client, "superuser", 1) == 429


def test_a_success_forgets_the_mistakes_before_it(client: Client) -> None:
    make_account("editor", password=PASSWORD)
    fail(client, "editor", 4)
    assert log_in(client, "editor", REMOTE_ADDR="203.0.113.7").status_code == 302
    assert fail(Client(), "editor", 4) == 200


def test_all_of_an_ipv6_network_counts_as_one(client: Client) -> None:
    make_account("editor", password=PASSWORD)
    for n in range(5):
        fail(client, "editor", 1, f"2001:db8:1:2::{n + 1:x}")
    assert log_in(client, "editor", REMOTE_ADDR="2001:db8:1:2:ffff::1").status_code == 429
    assert log_in(client, "editor", REMOTE_ADDR="2001:db8:1:3::1").status_code == 302


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "198.51.100.1", "192.0.2.1"),
        (1, "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (2, "6.6.6.6, 198.51.100.1, 10.0.0.1", "198.51.100.1"),
        (1, "nonsense", "0.0.0.0"),
        (0, "", "192.0.2.1"),
    ],
)
def test_whose_failure_it_is_cannot_be_forged(settings: Settings, proxies: int, forwarded: str, seen: str) -> None:
    settings.PROXY_COUNT = proxies
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": forwarded}
    assert throttle.throttled_address(request) == seen


def test_an_ipv4_address_in_ipv6_clothes_is_one_address() -> None:
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": "::ffff:192.0.2.1"}
    assert throttle.throttled_address(request) == "192.0.2.1"


def test_no_password_no_code_and_no_token_is_kept(client: Client) -> None:
    make_account("editor", password=PASSWORD)
    log_in(client, "editor", "hunter2-wrong", "424242", REMOTE_ADDR="203.0.113.7")
    log_in(client, "editor")
    kept = [str(row) for model in (AccessAttempt, AccessLog) for row in model.objects.values()]
    assert len(kept) == 2
    assert not any(secret in row for row in kept for secret in ("hunter2", "424242", PASSWORD))


@pytest.mark.usefixtures("dear_passwords")
def test_every_mistake_has_the_same_answer_and_takes_as_long() -> None:
    make_account("editor", password=PASSWORD)
    make_account("plain", password=PASSWORD)
    away = make_account("viewer", password=PASSWORD)
    User.objects.filter(pk=away.pk).update(is_active=False)
    guarded = make_account("sender", password=PASSWORD)
    TOTPDevice.objects.create(user=guarded, name="app")
    tries = {
        ("nobody", "wrong"),
        ("editor", "wrong"),
        ("viewer", PASSWORD),
        ("plain", PASSWORD),
        ("sender", PASSWORD),
        ("sender", "wrong"),
    }
    pages, times = set(), []
    for name, password in sorted(tries):
        spent = []
        for _ in range(2):
            begun = time.thread_time()  # ours alone, however busy the machine is
            page = log_in(Client(), name, password, "123456").content.decode()
            spent.append(time.thread_time() - begun)
            page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
            pages.add(page.replace(f'value="{name}"', ""))
        times.append(min(spent))
    assert len(pages) == 1
    assert "User name, password and code do not fit together" in pages.pop()
    assert max(times) < 2 * min(times), times


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", ""],
)
@pytest.mark.parametrize("place", ["query", "form"])
def test_nobody_is_sent_to_another_site_nor_to_nowhere(client: Client, target: str, place: str) -> None:
    make_account("editor", password=PASSWORD)
    form = {"username": "editor", "password": PASSWORD}
    address, extra = (LOGIN, {"next": target}) if place == "form" else (f"{LOGIN}?next={target}", {})
    answer = client.post(address, {**form, **extra}, follow=True)
    assert answer.redirect_chain == [("/admin/", 302)]
    assert answer.status_code == 200


def test_a_page_of_our_own_is_where_the_log_in_leads(client: Client) -> None:
    make_account("editor", password=PASSWORD)
    answer = client.post(f"{LOGIN}?next=/admin/stories/story/", {"username": "editor", "password": PASSWORD})
    assert answer["Location"] == "/admin/stories/story/"


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(client: Client) -> None:
    make_account("editor", password=PASSWORD)
    log_in(client, "editor")
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"


def test_a_stolen_session_cannot_guess_the_password_either() -> None:
    user = make_account("editor", password=PASSWORD)
    client = client_of("editor")
    set_up(client)
    for _ in range(4):
        assert (
            "This is not your password"
            in client.post(SECOND_FACTOR, {"act": "off", "off-password": "guess"}).content.decode()
        )
    assert client.post(SECOND_FACTOR, {"act": "off", "off-password": "guess"}).status_code == 429
    assert client.post(SECOND_FACTOR, {"act": "off", "off-password": PASSWORD}).status_code == 429
    assert user.totpdevice_set.exists()


@pytest.mark.parametrize("strangers_at", ["elsewhere", "the owner's address", "everywhere"])
def test_strangers_never_lock_out_a_known_device(strangers_at: str) -> None:
    make_account("editor", password=PASSWORD)
    owner, stranger = Client(), Client()
    assert log_in(owner, "editor", REMOTE_ADDR="203.0.113.7").status_code == 302
    owner.post("/admin/logout/")
    fail(stranger, "editor", 4, "203.0.113.7" if strangers_at == "the owner's address" else "198.51.100.9")
    AccessAttempt.objects.update(failures_since_start=throttle.MAX_FOR_NAME)
    if strangers_at == "everywhere":
        AccessAttempt.objects.update(ip_address="192.0.2.200")
    assert log_in(stranger, "editor", REMOTE_ADDR="203.0.113.7").status_code == 429
    assert log_in(owner, "editor", REMOTE_ADDR="203.0.113.7").status_code == 302
    assert is_in(owner)
    assert log_in(stranger, "editor", REMOTE_ADDR="203.0.113.7").status_code == 429  # whom that did not help


def test_a_known_device_guesses_no_more_than_others_from_wherever_it_is() -> None:
    make_account("editor", password=PASSWORD)
    owner = Client()
    log_in(owner, "editor")
    owner.post("/admin/logout/")
    for n in range(4):
        assert fail(owner, "editor", 1, f"203.0.113.{n}") == 200
    assert fail(owner, "editor", 1, "203.0.113.99") == 429
    assert log_in(owner, "editor", REMOTE_ADDR="198.51.100.1").status_code == 429
    age(16)
    assert log_in(owner, "editor", REMOTE_ADDR="198.51.100.1").status_code == 302
    owner.post("/admin/logout/")
    assert fail(owner, "editor", 4) == 200  # a success has cleared the count


@pytest.mark.parametrize("what", ["another account", "an earlier password", "forged", "of another purpose"])
def test_a_cookie_helps_only_the_account_and_password_that_it_was_given_for(what: str) -> None:
    user = make_account("editor", password=PASSWORD)
    make_account("superuser", password=PASSWORD)
    owner = Client()
    log_in(owner, "superuser" if what == "another account" else "editor")
    owner.post("/admin/logout/")
    if what == "an earlier password":
        user.set_password("another pass phrase")
        user.save()
    if what == "forged":
        owner.cookies[COOKIE] = owner.cookies[COOKIE].value[:-1] + "."
    if what == "of another purpose":
        owner.cookies[COOKIE] = signing.dumps([user.pk, "nonce", user.get_session_auth_hash()], salt="another")
    fail(Client(), "editor", 5)
    assert log_in(owner, "editor", "another pass phrase", REMOTE_ADDR="203.0.113.7").status_code == 429


def test_the_device_cookie_goes_to_the_admin_alone_and_lets_nobody_in(client: Client, settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    make_account("editor", password=PASSWORD)
    log_in(client, "editor")
    cookie = client.cookies[COOKIE]
    kept = {name: cookie[name] for name in ("path", "httponly", "samesite", "secure")}
    assert kept == {"path": "/admin/", "httponly": True, "samesite": "Lax", "secure": True}
    thief = Client()
    thief.cookies[COOKIE] = cookie.value
    assert not is_in(thief)
    value = cookie.value
    client.post("/admin/logout/")
    log_in(client, "editor")
    assert client.cookies[COOKIE].value == value  # it stays the same browser
