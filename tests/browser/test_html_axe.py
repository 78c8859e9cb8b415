"""No rule of axe-core is broken: on the page, with each dialog open, in both themes and on a narrow screen.

axe-core comes with the package axe-playwright-python; nothing else of that package is used.
"""

import json
from importlib.resources import files

import pytest
import storm
from driving import Open, wait
from selenium import webdriver
from test_html_links import noted

pytestmark = pytest.mark.browser
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
STATES = {
    "page": "",
    "event": "showEvent(30)",
    "gap": "showGap(view.report.gaps[0])",
    "verdict": "showVerdict(view.report.verdicts.find((one) => one.verdict === 'unknown'))",
    "several": "showSeveral([1, 2, 3], view.report.gaps.slice(0, 2))",
    "filter": "openFilter('action')",
    "number": "openFilter('time_us')",
    "columns": "chooseColumns()",
    "keys": "showHelp()",
    "marked": "togglePin(3); setFilter('action', { text: 'read', values: null }); list.mark = 'findings'; select(0); announce('said'); document.querySelector('#table-controls details').open = true",
    "zone": "setClock('Europe/Berlin'); setMode('actor')",
    "nothing": "setFilter('actor', { text: 'nobody at all', values: null })",
}


def broken(page: webdriver.Chrome) -> list[str]:
    """What axe-core finds: the rule, how grave, and where."""
    page.execute_script("if (!window.axe) { " + AXE + " }")
    found = page.execute_async_script(
        "const done = arguments[0]; axe.run(document, { resultTypes: ['violations'] }).then((result) =>"
        "done(result.violations.map((one) => [one.id, one.impact, one.nodes.slice(0, 4).map((node) => [node.target.join(' '), node.failureSummary])])))"
    )
    return [json.dumps(one) for one in found]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 320])
def test_no_rule_of_accessibility_is_broken(opened: Open, theme: str, width: int) -> None:
    page = opened(noted(storm.report(200)), width, 900, theme)
    found = {}
    for state, act in STATES.items():
        page.execute_script(
            "document.querySelectorAll('dialog[open]').forEach((one) => one.close()); document.querySelectorAll('details[open].menu').forEach((one) => { one.open = false })"
        )
        page.execute_script(act)
        wait(lambda: page.execute_script("return !byId('detail').textContent.includes('Unpacking the record')"))
        found[state] = broken(page)
    assert {state: rules for state, rules in found.items() if rules} == {}


def test_a_broken_rule_would_be_seen(opened: Open) -> None:
    page = opened(storm.report(0))
    page.execute_script(
        "document.querySelector('main').append(document.createElement('button')); byId('cards').style.color = '#ccc'"
    )
    assert {json.loads(one)[0] for one in broken(page)} >= {"button-name", "color-contrast"}


def test_the_version_of_axe_is_of_these_years() -> None:
    major, minor = AXE.split("axe v", 1)[1].split(".")[:2]
    assert (int(major), int(minor)) >= (4, 10)
