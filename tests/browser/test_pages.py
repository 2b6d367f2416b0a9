"""Readers' pages in a real browser: nothing overflows, everything is reached, nothing hostile acts."""

from __future__ import annotations

from itertools import pairwise

import pytest
from django.contrib.auth.models import User
from pytest_django.live_server_helper import LiveServer
from selenium.common.exceptions import NoAlertPresentException, WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from tests.browser.conftest import HEIGHTS, PATIENCE_S, Browser
from tests.site import rows
from tests.site.hostile import ADDRESSES, TEXTS
from tests.site.invented import invented_digest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OTHERS = ["/archive/", "/theme/compute/", "/search/?q=quillon", "/sources/", "/about/", "/nothing-here/", "/preview/"]
TARGET_PX = 44


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", sorted(HEIGHTS))
def test_the_digest_fits_every_screen_in_light_and_dark(
    browser: Browser, live_server: LiveServer, width: int, scheme: str
) -> None:
    invented_digest()
    browser.look(live_server.url, width=width, scheme=scheme)
    browser.keep(f"digest-{width}-{scheme}")
    assert browser.ask("document.documentElement.scrollWidth") == width
    assert _beyond(browser) == []
    assert browser.console() == []
    paper = browser.ask("getComputedStyle(document.body).backgroundColor.match(/[0-9]+/g).map(Number)[0]")
    assert (paper > 200) == (scheme == "light")
    assert 18 <= browser.ask("parseFloat(getComputedStyle(document.body).fontSize)") <= 19


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("path", [*OTHERS, "story"])
def test_no_other_page_overflows(browser: Browser, live_server: LiveServer, path: str, width: int) -> None:
    digest = invented_digest()
    if path == "story":
        path = f"/story/{digest.items.get(position=1).story.public_id}/"
    browser.look(live_server.url + path, width=width, scheme="dark" if width == 390 else "light")
    browser.keep(f"{path.strip('/').partition('/')[0].partition('?')[0]}-{width}")
    assert browser.ask("document.documentElement.scrollWidth") == width
    assert _beyond(browser) == []
    assert [line for line in browser.console() if "404" not in line] == []


def test_a_word_without_end_does_not_push_the_page_apart(browser: Browser, live_server: LiveServer) -> None:
    story = rows.make_story(rows.make_entry(title="W" * 400), headline="W" * 200)
    rows.make_digest(stories=[story, rows.make_story(headline="x" * 200)], title="Z" * 200)
    for path in ("/", f"/story/{story.public_id}/", "/archive/"):
        browser.look(live_server.url + path, width=390)
        assert browser.ask("document.documentElement.scrollWidth") == 390, path


def test_the_front_is_dense_and_its_column_readable(browser: Browser, live_server: LiveServer) -> None:
    invented_digest()
    browser.look(live_server.url)
    headlines = browser.ask(
        "[...document.querySelectorAll('h1, .brief li, .short li, .card h3')]"
        ".filter(e => e.getBoundingClientRect().top + 16 < innerHeight).length"
    )
    assert 20 <= headlines <= 30, "as set in Liberation Serif (Debian: fonts-liberation), which the stylesheet names"
    characters = browser.ask(
        "(() => { const p = document.querySelector('.lead .passage p');"
        " return p.textContent.length / (p.offsetHeight / parseFloat(getComputedStyle(p).lineHeight)); })()"
    )
    assert 50 <= characters <= 72


def test_the_keyboard_reaches_the_skip_link_first(browser: Browser, live_server: LiveServer) -> None:
    invented_digest()
    browser.look(live_server.url)
    body = browser.driver.find_element(By.TAG_NAME, "body")
    body.send_keys(Keys.TAB)
    focused = browser.driver.switch_to.active_element
    assert focused.text == "Skip to the digest"
    assert focused.rect["x"] >= 0
    focused.send_keys(Keys.ENTER)
    assert browser.ask("document.activeElement.id") == "main"
    browser.driver.switch_to.active_element.send_keys(Keys.TAB)
    assert browser.ask("document.querySelector('main').contains(document.activeElement)")
    assert browser.ask("getComputedStyle(document.activeElement).outlineStyle") == "solid"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_citation_jumps_to_its_source_and_back(browser: Browser, live_server: LiveServer, scripts: bool) -> None:
    invented_digest()
    browser.look(live_server.url, scripts=scripts)
    browser.driver.find_element(By.ID, "cite-3-1").click()
    assert browser.driver.current_url.endswith("#source-3")
    assert _is_on_screen(browser, "source-3")
    assert browser.ask("document.querySelector(':target').id") == "source-3"
    assert "ends a three-year licence with Altmark" in browser.ask(
        "document.querySelector(':target blockquote').innerText"
    )
    assert browser.ask("document.querySelector(':target blockquote').getBoundingClientRect().height") > 0
    browser.driver.find_element(By.CSS_SELECTOR, "#source-3 .back").click()
    assert browser.driver.current_url.endswith("#cite-3-1")
    assert _is_on_screen(browser, "cite-3-1")


def test_navigation_is_large_enough_for_a_thumb(browser: Browser, live_server: LiveServer) -> None:
    invented_digest()
    browser.look(live_server.url, width=390)
    for selector in (".masthead nav a", ".colophon nav a", ".back"):
        for link in browser.driver.find_elements(By.CSS_SELECTOR, selector):
            assert link.rect["height"] >= TARGET_PX, (selector, link.text)


def test_landmarks_and_headings_are_in_order(browser: Browser, live_server: LiveServer) -> None:
    invented_digest()
    browser.look(live_server.url)
    assert browser.ask("document.querySelectorAll('main').length") == 1
    assert browser.ask("document.querySelectorAll('h1').length") == 1
    levels = browser.ask("[...document.querySelectorAll('h1, h2, h3, h4')].map(e => Number(e.tagName[1]))")
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_nothing_hostile_acts(browser: Browser, live_server: LiveServer) -> None:
    entries = [
        rows.make_entry(
            rows.make_feed(rows.make_publisher(text)), title=text, author=text, url=ADDRESSES[n % len(ADDRESSES)]
        )
        for n, text in enumerate(TEXTS)
    ]
    stories = [rows.make_story(entry, theme="compute") for entry in entries]
    rows.make_digest(stories=stories, title=TEXTS[0], dek=TEXTS[1])
    pages = ["/", "/archive/", "/theme/compute/", "/search/?q=%3Cscript%3Ealert(1)%3C/script%3E", "/sources/"]
    for path in [*pages, *[f"/story/{story.public_id}/" for story in stories]]:
        browser.look(live_server.url + path)
        with pytest.raises(NoAlertPresentException):
            _ = browser.driver.switch_to.alert.text
        assert browser.console() == [], path
        loaded = browser.ask("performance.getEntriesByType('resource').map(e => e.name)")
        assert all(address.startswith(live_server.url) for address in loaded), loaded
        assert browser.ask("document.cookie") == ""
    assert TEXTS[-1] in browser.driver.find_element(By.TAG_NAME, "h1").text


def test_the_pages_need_no_script(browser: Browser, live_server: LiveServer) -> None:
    invented_digest()
    browser.look(live_server.url, width=390, scripts=False)
    assert "Thirty-day retention" not in browser.driver.find_element(By.CSS_SELECTOR, ".sources").text
    browser.driver.find_element(By.CSS_SELECTOR, "#source-3 summary").click()
    assert "Thirty-day retention" in browser.driver.find_element(By.CSS_SELECTOR, ".sources").text
    browser.look(f"{live_server.url}/search/", scripts=False)
    browser.driver.find_element(By.ID, "q").send_keys("quillon", Keys.ENTER)
    wait = WebDriverWait(browser.driver, PATIENCE_S, ignored_exceptions=[WebDriverException])
    wait.until(lambda driver: "2 stories with quillon" in driver.find_element(By.TAG_NAME, "main").text)


def test_the_admin_works_under_a_policy_of_its_own(browser: Browser, live_server: LiveServer) -> None:
    User.objects.create_superuser("editor", password="a long pass phrase")
    story = rows.make_story(headline=TEXTS[1])
    browser.look(f"{live_server.url}/admin/")
    browser.driver.find_element(By.NAME, "username").send_keys("editor")
    with browser.turning():
        browser.driver.find_element(By.NAME, "password").send_keys("a long pass phrase", Keys.ENTER)
    assert "LOG OUT" in browser.driver.find_element(By.TAG_NAME, "body").text
    for path in ("", "stories/story/", f"stories/story/{story.pk}/change/"):
        browser.driver.get(f"{live_server.url}/admin/{path}")
        assert browser.console() == [], path


def _beyond(browser: Browser) -> list[str]:
    """What stands out of the window at its right or left, skip link apart."""
    found = browser.ask(
        "[...document.querySelectorAll('body *:not(.skip)')].filter(e => { const r = e.getBoundingClientRect();"
        " return r.width && (r.right > innerWidth + 1 || r.left < -1); }).map(e => e.outerHTML.slice(0, 80))"
    )
    assert isinstance(found, list)
    return found


def _is_on_screen(browser: Browser, element_id: str) -> bool:
    return bool(
        browser.ask(
            f"(() => {{ const r = document.getElementById('{element_id}').getBoundingClientRect();"
            " return r.top >= 0 && r.bottom <= innerHeight; })()"
        )
    )
