"""A digest's mail as a mail program shows it: on a phone and in a pane, light and dark, with and without its styles."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from newsdesk.digests.documents.document import as_document, citations
from newsdesk.newsletter.mail.render import render_digest
from tests.browser.conftest import Browser
from tests.newsletter.documents import document, item
from tests.site.invented import invented_digest

pytestmark = pytest.mark.browser

WIDTHS_PX = {375: 812, 600: 900}
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
LEAST_TARGET_PX = 24  # WCAG 2.2, 2.5.8
# The lowest contrast of any text with what is painted behind it (WCAG's relative luminance), and that text.
CONTRAST = """(() => {
  const rgb = (style) => style.match(/[0-9.]+/g).map(Number);
  const light = (c) => c.slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  let worst = [99, ""];
  for (const e of document.body.querySelectorAll("*")) {
    const own = [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join("");
    if (!own || !e.getClientRects().length) continue;
    let behind = e;
    while (behind && rgb(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
    const [a, b] = [getComputedStyle(e).color, getComputedStyle(behind).backgroundColor].map(rgb).map(light);
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < worst[0]) worst = [ratio, own];
  }
  return worst;
})()"""
TARGETS = """[...document.querySelectorAll("a.c")].map(a => a.getBoundingClientRect())
  .map(box => Math.min(box.height, box.width))"""
BEYOND = """[...document.body.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > innerWidth + 0.5)
  .map(e => e.tagName + " " + e.textContent.slice(0, 40))"""


def _show(browser: Browser, folder: Path, html: str, *, width: int, scheme: str) -> None:
    """Open the mail's HTML from a file, as a program does that has it already."""
    path = folder / "mail.html"
    path.write_text(html, encoding="utf-8")
    command = browser.driver.execute_cdp_cmd
    size: dict[str, Any] = {"width": width, "height": WIDTHS_PX[width], "deviceScaleFactor": 1, "mobile": False}
    command("Emulation.setDeviceMetricsOverride", size)
    command("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    browser.console()
    browser.driver.get(path.as_uri())


def _rendered(source: dict[str, Any], *themes: str) -> str:
    content = render_digest(source, themes=frozenset(themes))
    assert content is not None
    return content.html


@pytest.fixture
def whole(db: None) -> dict[str, Any]:
    """The invented day's document with a correction, as the sample's, so that every part is there."""
    made: dict[str, Any] = json.loads(json.dumps(as_document(invented_digest())))
    made["corrections"] = [{"position": 1, "text": "The sum was 40, not 30.", "made_at": "2026-03-25T09:30:00Z"}]
    return {**made, "edition": "sample"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS_PX)
def test_a_mail_fits_and_is_legible_everywhere(
    browser: Browser, whole: dict[str, Any], settings: Settings, tmp_path: Path, width: int, scheme: str
) -> None:
    settings.POSTAL_ADDRESS = "Newsdesk, Quay 9, 1050 Halden"
    _show(browser, tmp_path, _rendered(whole), width=width, scheme=scheme)
    browser.keep(f"mail-{width}-{scheme}")
    assert browser.ask("document.documentElement.scrollWidth") == width
    assert browser.ask(BEYOND) == []
    assert browser.ask("performance.getEntriesByType('resource').map(e => e.name)") == []
    assert browser.console() == []
    contrast, text = browser.ask(CONTRAST)
    assert contrast >= LEAST_CONTRAST, text
    paper = browser.ask("getComputedStyle(document.querySelector('.page')).backgroundColor.match(/[0-9]+/)[0]")
    assert (int(paper) > 200) == (scheme == "light")
    assert 16 <= browser.ask("parseFloat(getComputedStyle(document.querySelector('.page')).fontSize)") <= 19
    assert min(browser.ask(TARGETS)) >= LEAST_TARGET_PX


def test_a_citation_leads_to_its_source(browser: Browser, whole: dict[str, Any], tmp_path: Path) -> None:
    _show(browser, tmp_path, _rendered(whole), width=375, scheme="light")
    browser.ask("document.querySelector('a.c').click()")
    assert browser.ask("document.querySelector(':target').textContent") == citations(whole)[0]["title"]
    assert -1 < browser.ask("document.querySelector(':target').getBoundingClientRect().top") < WIDTHS_PX[375]


@pytest.mark.parametrize("width", WIDTHS_PX)
def test_a_program_that_drops_the_style_element_still_shows_it_well(
    browser: Browser, whole: dict[str, Any], tmp_path: Path, width: int
) -> None:
    bare = re.sub(r"<style>.*?</style>", "", _rendered(whole), flags=re.DOTALL)
    assert "<style" not in bare
    _show(browser, tmp_path, bare, width=width, scheme="dark")
    browser.keep(f"mail-{width}-bare")
    assert browser.ask("document.documentElement.scrollWidth") == width
    contrast, text = browser.ask(CONTRAST)
    assert contrast >= LEAST_CONTRAST, text
    assert browser.ask("document.querySelector('.pre').getClientRects().length") == 0


def test_words_without_end_do_not_push_it_apart(browser: Browser, tmp_path: Path) -> None:
    long = "W" * 200
    endless = item(1, "lead", long * 2, headline=long, source={"title": long * 2, "publisher": long})
    mail = _rendered(document(endless, item(2, headline=long), dek=long))
    _show(browser, tmp_path, mail, width=375, scheme="light")
    assert browser.ask("document.documentElement.scrollWidth") == 375
    assert browser.ask(BEYOND) == []


def test_a_mail_of_one_theme_is_a_mail_of_its_own(browser: Browser, whole: dict[str, Any], tmp_path: Path) -> None:
    _show(browser, tmp_path, _rendered(whole, whole["items"][3]["theme"]), width=375, scheme="light")
    browser.keep("mail-theme-375")
    assert browser.ask("document.querySelector('h1').textContent") == whole["items"][3]["headline"]
