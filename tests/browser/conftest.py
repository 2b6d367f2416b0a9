"""A real Chromium for the tests marked `browser`; they are skipped, saying so, where there is none."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from tests.browser.programs import CHROMIUMS, find_program

FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --hide-scrollbars"
).split()
PATIENCE_S = 20
HEIGHTS = {390: 844, 768: 1024, 1440: 900}


class Browser:
    """A Chromium window of a given width and colour scheme, and what its console said."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def look(self, url: str, *, width: int = 1440, scheme: str = "light", scripts: bool = True) -> None:
        """Load a page; the console starts empty."""
        command = self.driver.execute_cdp_cmd
        size = {"width": width, "height": HEIGHTS[width], "deviceScaleFactor": 1, "mobile": False}
        command("Emulation.setDeviceMetricsOverride", size)
        command("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
        command("Emulation.setScriptExecutionDisabled", {"value": not scripts})
        self.console()
        self.driver.get(url)

    def console(self) -> list[str]:
        """What the console has said since it was last asked: errors, refusals of the policy."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def ask(self, expression: str) -> Any:
        """The value of a JavaScript expression, also where the page itself may run none."""
        answer = self.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": expression, "returnByValue": True})
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    @contextmanager
    def turning(self) -> Iterator[None]:
        """What is done here leads to another page, which is loaded afterwards."""
        self.ask("window.isOld = true")
        yield
        # Between two pages there is nothing to ask.
        wait = WebDriverWait(self.driver, PATIENCE_S, ignored_exceptions=[WebDriverException])
        wait.until(lambda _: self.ask("!window.isOld && document.readyState === 'complete'"))

    def follow(self, element: WebElement) -> None:
        """Click what leads to another page."""
        with self.turning():
            element.click()

    def keep(self, name: str) -> None:
        """Save a picture of the whole page in the folder that NEWSDESK_SCREENSHOTS names, if any."""
        folder = os.environ.get("NEWSDESK_SCREENSHOTS")
        if folder:
            picture = self.driver.execute_cdp_cmd(
                "Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True}
            )
            Path(folder).mkdir(parents=True, exist_ok=True)
            Path(folder, f"{name}.png").write_bytes(base64.b64decode(picture["data"]))


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    chromium, chromedriver = find_program(*CHROMIUMS), find_program("chromedriver")
    if chromium is None or chromedriver is None:
        pytest.skip("no chromium and chromedriver found (Debian: apt install chromium chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    running = webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver))
    yield running
    running.quit()


@pytest.fixture
def browser(driver: webdriver.Chrome) -> Browser:
    """A window in which nobody has been before."""
    driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
    driver.execute_cdp_cmd("Network.clearBrowserCache", {})  # another test's page at the same address
    return Browser(driver)
