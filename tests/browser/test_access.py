"""The second factor and the desk's front page in a real browser, as an editor meets them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pytest_django.live_server_helper import LiveServer
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from newsdesk.journal.note import note_change
from tests.access.people import PASSWORD, app_code, make_account, shown_key
from tests.browser.conftest import Browser
from tests.site import rows
from tests.site.invented import invented_digest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def type_in(browser: Browser, **values: str) -> None:
    """Fill in fields by name and send the form from the last of them."""
    field = None
    for name, value in values.items():
        field = browser.driver.find_element(By.NAME, name)
        field.clear()
        field.send_keys(value)
    assert field is not None
    with browser.turning():
        field.send_keys(Keys.ENTER)


def text_of(browser: Browser) -> str:
    return browser.driver.find_element(By.TAG_NAME, "body").text


def fits(browser: Browser) -> bool:
    return bool(browser.ask("document.documentElement.scrollWidth <= innerWidth"))


def look_at(browser: Browser, url: str, name: str) -> None:
    """Keep a picture in each width and scheme; nothing may stand out of the window or be refused."""
    for width, scheme in ((390, "light"), (390, "dark"), (1440, "light"), (1440, "dark")):
        browser.look(url, width=width, scheme=scheme)
        browser.keep(f"{name}-{width}-{scheme}")
        assert fits(browser), (name, width)
        assert browser.console() == [], (name, width)


def test_an_editor_sets_up_a_second_factor_and_logs_in_with_it(browser: Browser, live_server: LiveServer) -> None:
    make_account("editor", password=PASSWORD)
    desk, page = f"{live_server.url}/admin/", f"{live_server.url}/admin/second-factor/"
    browser.driver.delete_all_cookies()
    look_at(browser, desk, "login")
    type_in(browser, username="editor", password=PASSWORD)
    browser.follow(browser.driver.find_element(By.LINK_TEXT, "SECOND FACTOR"))
    look_at(browser, page, "second-factor")
    assert browser.ask("document.querySelector('.qr').naturalWidth") > 100
    key = shown_key(browser.driver.page_source)
    type_in(browser, code="000000")
    assert "This is not the code for this key" in text_of(browser)
    assert shown_key(browser.driver.page_source) == key
    browser.keep("second-factor-wrong")
    type_in(browser, code=app_code(key))
    assert "Your recovery codes" in text_of(browser)
    codes = [code.text for code in browser.driver.find_elements(By.CSS_SELECTOR, ".codes code")]
    assert len(codes) == 10
    browser.keep("second-factor-codes")
    browser.follow(browser.driver.find_element(By.LINK_TEXT, "I have kept them"))
    assert "How things stand" in text_of(browser)
    look_at(browser, page, "second-factor-on")
    browser.follow(browser.driver.find_element(By.CSS_SELECTOR, "#logout-form button"))

    browser.look(desk)
    type_in(browser, username="editor", password=PASSWORD)
    assert "do not fit together" in text_of(browser)
    browser.keep("login-refused")
    type_in(browser, username="editor", password=PASSWORD, otp_token=codes[0])
    assert "How things stand" in text_of(browser)
    browser.follow(browser.driver.find_element(By.CSS_SELECTOR, "#logout-form button"))
    browser.look(desk)
    type_in(browser, username="editor", password=PASSWORD, otp_token=app_code(key, steps=1))
    assert "How things stand" in text_of(browser)
    browser.look(page)
    assert "9 of them are left" in text_of(browser)


def test_too_many_failures_are_told_in_plain_words(browser: Browser, live_server: LiveServer) -> None:
    make_account("editor", password=PASSWORD)
    browser.driver.delete_all_cookies()
    browser.look(f"{live_server.url}/admin/", width=390)
    for _ in range(5):
        type_in(browser, username="editor", password="wrong")
    assert "Wait 15 minutes" in text_of(browser)
    assert fits(browser)
    browser.keep("locked-390")


def test_the_front_page_and_the_journal_look_right(browser: Browser, live_server: LiveServer) -> None:
    root = make_account("superuser", password=PASSWORD)
    digest = invented_digest()
    rows.make_feed(rows.make_publisher("The Gazette of Long Names and Longer Silences"), failure_count=7)
    before = {"headline": digest.items.get(position=1).headline, "is_pinned": False}
    after = {"headline": "An editor's own words, which are a good deal longer than those before", "is_pinned": True}
    note_change("story.rename", "story s1", actor=root, now=datetime.now(UTC), before=before, after=after)
    change = note_change("digest.publish", f"digest daily {digest.date}", actor=None, now=datetime.now(UTC))
    browser.driver.delete_all_cookies()
    browser.look(f"{live_server.url}/admin/")
    type_in(browser, username="superuser", password=PASSWORD)
    look_at(browser, f"{live_server.url}/admin/", "desk")
    assert "1 failing: The Gazette of Long Names" in text_of(browser)
    browser.look(f"{live_server.url}/admin/journal/change/")
    assert browser.console() == []
    browser.keep("journal-1440")
    look_at(browser, f"{live_server.url}/admin/journal/change/{change.pk - 1}/change/", "change")
