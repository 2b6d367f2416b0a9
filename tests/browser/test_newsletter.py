"""A reader subscribes, confirms, changes preferences and leaves, in a real browser; the pages fit every screen."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from newsdesk.newsletter.mail.letters import compose_letter
from newsdesk.newsletter.models import Letter, Subscriber
from newsdesk.newsletter.people.tokens import Purpose, make_token
from tests.browser.conftest import HEIGHTS, Browser
from tests.newsletter import pages
from tests.newsletter.rows import make_letter, make_subscriber

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TARGET_PX = 44
WAIT_S = 10
State = Subscriber.State


@pytest.fixture
def site(live_server: LiveServer, settings: Settings) -> str:
    """The site's address, as letters name it."""
    settings.SITE_URL = live_server.url
    return str(live_server.url)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_reader_subscribes_confirms_chooses_and_leaves(browser: Browser, site: str, scripts: bool) -> None:
    browser.look(f"{site}/about/", scripts=scripts)  # not "/", which the browser would keep for tests with a digest
    browser.follow(browser.driver.find_element(By.LINK_TEXT, "The digest by mail"))
    browser.driver.find_element(By.ID, "id_email").send_keys("reader@bücher.example")
    _tick(browser, "weekly", "security", "policy")
    _press(browser, "Subscribe")
    assert _heading(browser) == "Check your mail"
    subscriber = Subscriber.objects.get()
    assert (subscriber.email, subscriber.state) == ("reader@xn--bcher-kva.example", State.PENDING)

    browser.driver.get(_link_in(Letter.objects.get()))
    assert _heading(browser) == "One more step"
    assert "every week on Monday at 07:00 (UTC), with Security and Policy" in _main(browser)
    subscriber.refresh_from_db()
    assert subscriber.state == State.PENDING
    _press(browser, "Confirm the subscription")
    assert _heading(browser) == "You are subscribed"
    subscriber.refresh_from_db()
    assert (subscriber.state, subscriber.themes) == (State.ACTIVE, ["security", "policy"])

    browser.driver.get(_link_in(Letter(kind=Letter.Kind.LINK, subscriber=subscriber)))
    _tick(browser, "daily", "security", "people")
    _press(browser, "Save")
    assert "Your choices are saved" in _main(browser)
    assert "every day at 07:00 (UTC), with Policy and People" in _main(browser)
    subscriber.refresh_from_db()
    assert (subscriber.frequency, subscriber.themes) == ("daily", ["policy", "people"])

    _press(browser, "Unsubscribe")
    assert _heading(browser) == "You are unsubscribed"
    subscriber.refresh_from_db()
    assert subscriber.state == State.UNSUBSCRIBED
    _leaves_no_trace(browser, site)


def test_a_reader_takes_what_we_hold_and_has_it_erased(browser: Browser, site: str, tmp_path: Path) -> None:
    subscriber = make_subscriber()
    browser.driver.execute_cdp_cmd("Page.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    browser.look(_own_page(site, subscriber))
    browser.driver.find_element(By.LINK_TEXT, "Take all of it as a file").click()
    held = json.loads(_downloaded(browser, tmp_path).read_text(encoding="utf-8"))
    assert held["subscriber"]["email"] == subscriber.email
    browser.follow(browser.driver.find_element(By.LINK_TEXT, "erase everything"))
    assert _heading(browser) == "Erase everything?"
    assert Subscriber.objects.exists()
    _press(browser, "Erase everything")
    assert _heading(browser) == "Everything is erased"
    assert not Subscriber.objects.exists()
    _leaves_no_trace(browser, site)


def test_a_bad_address_is_told_at_the_form_and_the_choices_stay(browser: Browser, site: str) -> None:
    browser.look(f"{site}/newsletter/", width=390)
    _tick(browser, "weekly", "security")
    browser.ask("document.querySelector('form').noValidate = true")
    browser.driver.find_element(By.ID, "id_email").send_keys("jürgen@example.org")
    _press(browser, "Subscribe")
    assert "letters before the @" in _main(browser)
    browser.keep("newsletter-error-390")
    assert browser.ask("document.getElementById('id_email').getAttribute('aria-describedby')") == "email-wrong"
    assert browser.ask("[...document.querySelectorAll(':checked')].map(e => e.value)") == ["weekly", "security"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", sorted(HEIGHTS))
def test_every_page_fits_every_screen(browser: Browser, site: str, width: int, scheme: str) -> None:
    active = make_subscriber("a.reader.with.quite.a.long.name.before.the.at@a-domain-of-some-length.example.org")
    pending = make_subscriber(state=State.PENDING, themes=["security", "open-models"])
    own = _own_page(site, active)
    shown = {
        "subscribe": f"{site}/newsletter/",
        "confirm": _link_in(make_letter(pending)),
        "bad-link": f"{site}/newsletter/confirm/nonsense/",
        "preferences": own,
        "erase": f"{own}erase/",
        "unsubscribe": f"{site}/newsletter/unsubscribe/{make_token(Purpose.UNSUBSCRIBE, active.public_id)}/",
        "own-suppressed": _own_page(site, make_subscriber(state=State.SUPPRESSED)),
    }
    for name, url in shown.items():
        browser.look(url, width=width, scheme=scheme)
        browser.keep(f"newsletter-{name}-{width}-{scheme}")
        assert browser.ask("document.documentElement.scrollWidth") == width, name
        assert [line for line in browser.console() if "404" not in line] == [], name
        for control in browser.driver.find_elements(By.CSS_SELECTOR, "main button, main .options label, .field input"):
            assert control.rect["height"] >= TARGET_PX, (name, control.text)
        levels = browser.ask("[...document.querySelectorAll('h1, h2, h3')].map(e => Number(e.tagName[1]))")
        assert levels[0] == 1, name
        assert levels.count(1) == 1, name


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["confirm", "link"])
def test_a_letter_fits_a_phone(browser: Browser, tmp_path: Path, kind: str, scheme: str) -> None:
    subscriber = Subscriber(email="reader@example.org", themes=["security", "open-models"])
    content = compose_letter(Letter(kind=kind, subscriber=subscriber), now=datetime.now(tz=UTC))
    file = tmp_path / "letter.html"
    file.write_text(content.html, encoding="utf-8")
    for width in (390, 768):
        browser.look(file.as_uri(), width=width, scheme=scheme)
        browser.keep(f"letter-{kind}-{width}-{scheme}")
        assert browser.ask("document.documentElement.scrollWidth") == width
        paper = browser.ask("getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).map(Number)[0]")
        assert (paper > 200) == (scheme == "light")


def _own_page(site: str, subscriber: Subscriber) -> str:
    return f"{site}/newsletter/preferences/{make_token(Purpose.PREFERENCES, subscriber.public_id)}/"


def _link_in(letter: Letter) -> str:
    now = datetime.now(tz=UTC)
    path = pages.path_in_letter(letter, now=now)
    return next(word for word in compose_letter(letter, now=now).text.split() if urlsplit(word).path == path)


def _tick(browser: Browser, *values: str) -> None:
    for value in values:
        browser.driver.find_element(By.CSS_SELECTOR, f"input[value='{value}']").click()


def _press(browser: Browser, words: str) -> None:
    browser.follow(browser.driver.find_element(By.XPATH, f"//main//button[normalize-space()='{words}']"))


def _heading(browser: Browser) -> str:
    return browser.driver.find_element(By.TAG_NAME, "h1").text


def _main(browser: Browser) -> str:
    return browser.driver.find_element(By.TAG_NAME, "main").text


def _leaves_no_trace(browser: Browser, site: str) -> None:
    assert browser.driver.get_cookies() == []
    loaded = browser.ask("performance.getEntriesByType('resource').map(e => e.name)")
    assert all(address.startswith(site) for address in loaded), loaded
    assert browser.console() == []


def _downloaded(browser: Browser, folder: Path) -> Path:
    found = WebDriverWait(browser.driver, WAIT_S).until(lambda _: list(folder.glob("*.json")))
    return Path(found[0])
