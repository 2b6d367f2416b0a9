"""An editor's morning in a real browser: from the draft to the published page, without a script of ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from newsdesk.digests.actions.drop import drop_item
from newsdesk.digests.actions.rewrite import rewrite_item
from newsdesk.digests.documents.document import as_document
from newsdesk.digests.documents.verify import verify_document
from newsdesk.digests.models import Digest
from newsdesk.digests.telling.receipts import sentences_from_json
from newsdesk.journal.hand import Hand
from newsdesk.journal.models import Change
from tests.browser.conftest import Browser
from tests.digests.newsroom import EDITOR, REVIEW, person, replay_day, review_draft, stories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "a password of some length"
HEADLINE = "Halden opens a data centre for AI in Norway"


@pytest.fixture
def draft(tmp_path: Path) -> Digest:
    return review_draft(replay_day(tmp_path))


def log_in(browser: Browser, live_server: LiveServer, *, width: int = 1440, scheme: str = "light") -> None:
    person("anna", *EDITOR, password=PASSWORD)
    browser.look(f"{live_server.url}{reverse('admin:index')}", width=width, scheme=scheme, scripts=False)
    find(browser, "[name=username]").send_keys("anna")
    find(browser, "[name=password]").send_keys(PASSWORD)
    browser.follow(find(browser, "#login-form [type=submit], form [type=submit]"))


def find(browser: Browser, selector: str) -> WebElement:
    return browser.driver.find_element(By.CSS_SELECTOR, selector)


def press(browser: Browser, words: str, within: str = "body") -> None:
    """Press the link or button that says this, and wait for the page that it leads to."""
    found = find(browser, within).find_elements(By.CSS_SELECTOR, "a, button")
    browser.follow(next(element for element in found if element.text == words))


def said(browser: Browser) -> str:
    return find(browser, ".messagelist").text


def test_a_morning_at_the_desk(browser: Browser, live_server: LiveServer, draft: Digest) -> None:
    story = str(draft.items.get(headline__contains="Halden").story.public_id)
    dropped = str(draft.items.get(headline__contains="Brightwater").story.public_id)
    log_in(browser, live_server)
    browser.look(f"{live_server.url}{reverse('admin:digests_digest_changelist')}", scripts=False)
    browser.follow(find(browser, ".field-title a"))
    press(browser, "Rewrite", f"#item-{story}")
    headline = find(browser, "[name=headline]")
    headline.clear()
    headline.send_keys(HEADLINE)
    press(browser, "Save")
    assert "Saved." in said(browser)
    press(browser, "Make it the lead", f"#item-{story}")
    assert "Moved." in said(browser)
    press(browser, "Drop", f"#item-{dropped}")
    assert "Dropped." in said(browser)
    assert (stories(draft)[0], dropped in stories(draft)) == (story, False)
    press(browser, "Preview")
    assert find(browser, "article.digest h1").text == HEADLINE
    assert "Brightwater" not in find(browser, "article.digest").text
    press(browser, "Back to the desk")
    press(browser, "Approve")
    assert "is approved" in said(browser)
    press(browser, "Publish now")
    assert "is published" in said(browser)
    press(browser, "Readers’ page")
    assert browser.driver.current_url == f"{live_server.url}/2025/05/06/"
    assert find(browser, "article.digest h1").text == HEADLINE
    assert browser.console() == []
    verbs = list(Change.objects.order_by("id").values_list("verb", "actor_name"))
    acts = ("rewrite", "place", "drop", "approve", "publish")
    assert [verb for verb in verbs if verb[0].startswith("digest.")] == [(f"digest.{act}", "anna") for act in acts]
    assert verify_document(as_document(Digest.objects.select_related("edition").get(pk=draft.pk))) == []


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (390, "light"), (1440, "dark"), (1440, "light")])
def test_the_desks_pages_fit_every_screen(
    browser: Browser, live_server: LiveServer, draft: Digest, width: int, scheme: str
) -> None:
    row = draft.items.select_related("story").get(headline__contains="Heron")
    told = sentences_from_json(row.sentences)
    story = row.story.public_id
    headline = "Quillon gives away a model worth $9 billion, says Gudrun Zorblax"
    rewrite_item(draft.pk, story, headline=headline, sentences=told, hand=Hand(None, REVIEW, 0))
    osprey = str(draft.items.get(headline__contains="Osprey").story.public_id)
    drop_item(draft.pk, osprey, hand=Hand(None, REVIEW, 1))
    draft.items.filter(headline__contains="Tarn").delete()
    draft.items.filter(headline__contains="Senate").update(headline="W" * 200)
    log_in(browser, live_server, width=width, scheme=scheme)
    pages = {
        "list": reverse("admin:digests_digest_changelist"),
        "desk": reverse("admin:digests_digest_change", args=(draft.pk,)),
        "rewrite": reverse("admin:digests_digest_rewrite", args=(draft.pk, story)),
        "add": reverse("admin:digests_digest_add", args=(draft.pk,)),
    }
    for name, address in pages.items():
        for scripts in (True, False):
            browser.look(f"{live_server.url}{address}", width=width, scheme=scheme, scripts=scripts)
            assert browser.console() == [], name
        browser.keep(f"desk-{name}-{width}-{scheme}")
        if name != "list":  # the list is Django's own
            assert browser.ask("document.documentElement.scrollWidth") == width, name
