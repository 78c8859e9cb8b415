"""A real headless Chromium for the tests of the HTML: one for a module, each report opened from file://."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from driving import Open, wait
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from timeline.export.html import Report, render

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1440,900",
)


def installed(*names: str) -> str:
    """Give the path of the first of these programs that this machine has."""
    found = next(filter(None, map(shutil.which, names)), None)
    assert found, f"none of {', '.join(names)} is installed: on Debian, apt-get install chromium chromium-driver"
    return found


def driver(profile: Path) -> webdriver.Chrome:
    """Start a browser with a profile of its own."""
    options = webdriver.ChromeOptions()
    options.binary_location = installed("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options, service=Service(installed("chromedriver", "chromium.chromedriver")))


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    started = driver(tmp_path_factory.mktemp("profile"))
    yield started
    started.quit()


@pytest.fixture
def opened(browser: webdriver.Chrome, tmp_path: Path) -> Open:
    """Open a report from file:// and waits until it has drawn itself."""

    def show(report: Report, width: int = 1440, height: int = 900, theme: str = "light") -> webdriver.Chrome:
        page = tmp_path / "timeline.html"
        page.write_bytes(render(report))
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        browser.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": theme}]}
        )
        browser.get("about:blank")  # what the page before still had to say comes first
        for log in ("browser", "performance"):
            browser.get_log(log)
        browser.get(page.as_uri())
        wait(lambda: browser.execute_script("return document.body.dataset.ready"), 120)
        browser.execute_script("document.documentElement.style.scrollBehavior = 'auto'")
        return browser

    return show
