"""What the page says of how it was made, in a real Chromium."""

from dataclasses import replace

import pytest
import storm
from driving import Open, clean
from selenium.webdriver.common.by import By

from timeline.export.html.report import Made

pytestmark = pytest.mark.browser


def test_the_page_of_a_large_case_says_which_questions_nobody_has_asked(opened: Open) -> None:
    page = opened(replace(storm.report(300), made=Made(unasked=("sign-in-by", "mail-read"))))
    made = page.find_element(By.CLASS_NAME, "made")
    assert made.text == (
        "2 questions about anyone were not asked, because the case has 347 events. "
        "Ask one by timeline ask NAME, or all by timeline html --every-question.\nWhich ones"
    )
    made.find_element(By.TAG_NAME, "summary").click()
    assert made.text.endswith("Which ones\nsign in by and mail read.")
    clean(page)


def test_a_page_that_shows_the_whole_case_says_nothing_of_how_it_was_made(opened: Open) -> None:
    assert not opened(storm.report(300)).find_elements(By.CLASS_NAME, "made")
