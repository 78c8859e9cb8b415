"""The picture in README.md: the real HTML of the demo in a real browser."""

import tempfile
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.wait import WebDriverWait

from tests.readme import PICTURE

SIZE = (1440, 900)
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-background-networking")


def take(page: Path) -> None:
    """Take the picture of a report at its lanes."""
    with tempfile.TemporaryDirectory() as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        try:
            metrics = {"width": SIZE[0], "height": SIZE[1], "deviceScaleFactor": 1, "mobile": False}
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            light = {"features": [{"name": "prefers-color-scheme", "value": "light"}]}
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", light)
            driver.get(page.resolve().as_uri())
            WebDriverWait(driver, 20).until(lambda shown: shown.execute_script("return document.body.dataset.ready"))
            driver.execute_script(
                "document.documentElement.style.scrollBehavior = 'auto'; byId('timeline').scrollIntoView()"
            )
            WebDriverWait(driver, 5).until(lambda shown: shown.execute_script("return scrollY > 0"))
            PICTURE.write_bytes(driver.get_screenshot_as_png())
        finally:
            driver.quit()
