"""The stories' desk in a real browser: an editor merges, takes it back, splits and renames."""

from __future__ import annotations

import pytest
from pytest_django.live_server_helper import LiveServer
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from newsdesk.journal.hand import Hand
from newsdesk.stories.actions.revise import revise_story
from newsdesk.stories.models import Story
from tests.browser.conftest import Browser
from tests.site import rows as site_rows
from tests.site.hostile import TEXTS
from tests.stories.desk import NOW, editor, reports, story_of
from tests.stories.rows import entry_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WAIT_S = 10
LIST = "/admin/stories/story/"


@pytest.fixture
def stories() -> list[Story]:
    """A list as of a day at the desk: stories of several reports, some unsure, one pinned, one left out."""
    made = [
        story_of(
            *reports(
                "Kelp Labs sues Brine AI over stolen harbour model weights",
                "Brine AI sued by Kelp Labs over model weights, says the court of Lisbon",
                "Court hears first arguments in the case of Kelp Labs against Brine AI",
            ),
            theme="lawsuits",
            second_theme="policy",
            theme_probability=0.86,
        ),
        story_of(
            *reports("Lawsuit over harbour model weights: what Kelp wants", "Brine answers Kelp", hours=5),
            theme="lawsuits",
            theme_probability=0.44,
        ),
        story_of(*reports("Port of Brest buys forty cranes that plan their own day", hours=9), theme_probability=0.31),
        story_of(*reports("Marram raises $340 million at a $2.1 billion valuation", hours=11), theme="funding"),
        story_of(
            *reports("Ten prompts to plan your week", hours=12), is_relevant=False, relevance=0.08, theme="society"
        ),
        story_of(*reports(TEXTS[2], hours=13), theme="security", theme_probability=0.7),
    ]
    revise_story(made[3], hand=Hand(None, NOW), is_pinned=True)
    site_rows.make_digest(stories=[made[0]])
    return made


def log_in(browser: Browser, live_server: LiveServer, path: str, **look: object) -> None:
    editor("kim")
    browser.look(f"{live_server.url}{path}", **look)
    browser.driver.find_element(By.NAME, "username").send_keys("kim")
    with browser.turning():
        browser.driver.find_element(By.NAME, "password").send_keys("a long pass phrase", Keys.ENTER)
    assert browser.driver.current_url == f"{live_server.url}{path}"


def press(browser: Browser, words: str) -> None:
    """Press a button and wait for the page that answers."""
    browser.follow(browser.driver.find_element(By.XPATH, f"//main//button[normalize-space()='{words}']"))


def text(browser: Browser) -> str:
    return browser.driver.find_element(By.TAG_NAME, "main").text


def tick(browser: Browser, *numbers: int) -> None:
    for number in numbers:
        browser.driver.find_element(By.CSS_SELECTOR, f"input[type=checkbox][value='{number}']").click()


def test_an_editor_merges_in_three_clicks_undoes_splits_and_renames(
    browser: Browser, live_server: LiveServer, stories: list[Story]
) -> None:
    first, second = stories[:2]
    log_in(browser, live_server, LIST)
    tick(browser, first.pk, second.pk)
    assert "2 of 6 selected" in text(browser)
    press(browser, "Merge")
    assert "merged into it “Lawsuit over harbour model weights: what Kelp wants”" in text(browser)
    browser.keep("desk-merged-1440-light")
    assert first.coverage.count() == 5
    press(browser, "Undo")
    assert "took back: merged into it" in text(browser)
    assert (first.coverage.count(), second.coverage.count()) == (3, 2)

    with browser.turning():
        browser.driver.find_element(By.CSS_SELECTOR, f"#result_list a[href$='/{first.pk}/change/']").click()
    last = first.coverage.order_by("-entry__seen_at").values_list("entry", flat=True)[0]
    tick(browser, last)
    press(browser, "Split off the ticked")
    assert "Split off 1 article as “Court hears first arguments" in text(browser)
    assert first.coverage.count() == 2

    headline = browser.driver.find_element(By.NAME, "headline")
    headline.clear()
    headline.send_keys("Kelp takes Brine to court")
    press(browser, "Save")
    assert browser.driver.find_element(By.TAG_NAME, "h1").text.startswith("Kelp takes Brine to court")
    browser.keep("desk-renamed-1440-light")
    tick(browser, first.coverage.order_by("-entry__seen_at").values_list("entry", flat=True)[0])
    with browser.turning():
        address = f"{live_server.url}/story/{second.public_id}/"
        browser.driver.find_element(By.NAME, "target").send_keys(address, Keys.ENTER)
    assert "Moved 1 article to" in text(browser)
    assert (first.coverage.count(), second.coverage.count()) == (1, 3)
    assert browser.console() == []


def test_of_two_editors_the_second_is_told_and_keeps_what_was_typed(
    browser: Browser, live_server: LiveServer, stories: list[Story]
) -> None:
    story = stories[0]
    log_in(browser, live_server, f"{LIST}{story.pk}/change/")
    headline = browser.driver.find_element(By.NAME, "headline")
    headline.clear()
    headline.send_keys("What I typed")
    revise_story(story, hand=Hand(editor("jo"), NOW), theme="people")
    press(browser, "Save")
    assert "jo changed the theme" in browser.driver.find_element(By.CLASS_NAME, "errornote").text
    assert browser.ask("document.querySelector('[name=headline]').value") == "What I typed"
    assert browser.ask("document.querySelector('[name=theme]').value") == "people"
    browser.keep("desk-conflict-1440-light")
    press(browser, "Save")
    story.refresh_from_db()
    assert (story.headline, story.theme) == ("What I typed", "people")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_list_and_page_fit_and_nothing_hostile_acts(
    browser: Browser, live_server: LiveServer, stories: list[Story], width: int, scheme: str
) -> None:
    story = stories[0]
    revise_story(story, hand=Hand(editor("jo"), NOW), headline="Kelp takes Brine to court", theme="policy")
    entry_of("Word", publisher="W" * 60)
    log_in(browser, live_server, LIST, width=width, scheme=scheme)
    for name, path in (("list", LIST), ("page", f"{LIST}{story.pk}/change/"), ("x", f"{LIST}{stories[5].pk}/change/")):
        browser.look(f"{live_server.url}{path}", width=width, scheme=scheme)
        assert browser.console() == [], path
        assert browser.ask("document.documentElement.scrollWidth") == width
        if name != "x":
            browser.keep(f"desk-{name}-{width}-{scheme}")
