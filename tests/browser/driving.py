"""What a person does with the page: look, wait, point and click."""

import time
from collections.abc import Callable
from typing import Any

import storm
from selenium import webdriver
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

Open = Callable[..., webdriver.Chrome]


def wait(done: Callable[[], Any], seconds: float = 20) -> Any:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if result := done():
            return result
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


def clean(page: webdriver.Chrome) -> None:
    """No word in the console (the policy's violations stand there too) and no request but for the file itself."""
    assert page.execute_script("return document.body.dataset.ready") == "yes"
    words = [entry["message"] for entry in page.get_log("browser")]
    assert words == [], words
    assert page.execute_script("return performance.getEntriesByType('resource').map((one) => one.name)") == []
    sent = [
        entry["message"] for entry in page.get_log("performance") if '"Network.requestWillBeSent"' in entry["message"]
    ]
    assert [message for message in sent if '"url":"file:///' not in message] == []


def by_id(page: webdriver.Chrome, name: str) -> WebElement:
    return page.find_element(By.ID, name)


def panel(page: webdriver.Chrome) -> str:
    wait(lambda: page.execute_script("return byId('detail').open"))
    return by_id(page, "detail").text


def point(page: webdriver.Chrome, stream: str, day: str) -> tuple[int, int]:
    """Where a lane shows a day, on the screen."""
    page.execute_script("byId('timeline').scrollIntoView()")
    found = page.execute_script(
        "const lane = view.lanes.findIndex((one) => one.key === arguments[0]); const box = byId('chart').getBoundingClientRect();"
        "return [box.left + view.size.left + (arguments[1] - view.low) / (view.high - view.low) * view.size.plot, box.top + TOP + (lane + 0.15) * view.size.lane]",
        stream, storm.us(day))  # fmt: skip
    return round(found[0]), round(found[1])


def click_at(page: webdriver.Chrome, place: tuple[int, int]) -> None:
    actions = ActionChains(page)
    actions.w3c_actions.pointer_action.move_to_location(*place)
    actions.w3c_actions.pointer_action.click()
    actions.perform()


def keys(page: webdriver.Chrome, *typed: str) -> None:
    """Press keys, wherever the focus is."""
    for one in typed:
        ActionChains(page).send_keys(one).perform()


def status(page: webdriver.Chrome) -> str:
    return by_id(page, "table-status").text


def tick(page: webdriver.Chrome, value: str) -> None:
    """Tick a value in the small dialog."""
    for label in page.find_elements(By.CSS_SELECTOR, "#small label.value"):
        if label.text.splitlines()[0] == value:
            label.find_element(By.TAG_NAME, "input").click()
            return
    raise AssertionError(f"no such value: {value}")


def pasted(page: webdriver.Chrome) -> str:
    """Give what the clipboard holds, pasted into an empty field as a person does it."""
    page.execute_script(
        "document.querySelectorAll('dialog[open]').forEach((one) => one.close());"
        "const area = document.createElement('textarea'); area.id = 'pasted'; document.body.append(area); area.focus()"
    )
    ActionChains(page).key_down(Keys.CONTROL).send_keys("v").key_up(Keys.CONTROL).perform()
    text = str(page.execute_script("return byId('pasted').value"))
    page.execute_script("byId('pasted').remove()")
    return text
