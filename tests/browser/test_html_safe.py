"""No log value becomes markup, script, link or request; hidden characters are shown."""

from dataclasses import replace

import polars as pl
import pytest
import storm
from driving import Open, clean, wait
from selenium.webdriver.common.by import By

from timeline.export.html import Report

pytestmark = pytest.mark.browser
# What log fields can carry: elements, attributes, ends of our own elements, links and styles of the chart library,
# templates, URLs, CSS, direction overrides, terminal codes, separators, and names that objects inherit.
ATTACKS = [
    "<script>window.hit=1</script>", "</script><script>window.hit=1</script>", "<img src=x onerror=window.hit=1>", "<svg/onload=window.hit=1>",
    "\"><iframe srcdoc='<script>parent.hit=1</script>'>", "' autofocus onfocus='window.hit=1", "<a href='javascript:window.hit=1'>click</a>", '<a href="https://198.51.100.7/">x</a>',
    "javascript:window.hit=1", "<b style='background:url(http://198.51.100.7/x)'>", "<style>*{display:none}</style>", "<!--", "-->", "<![CDATA[", "<template><script>window.hit=1</script></template>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=window.hit=1>", "${window.hit=1}", "{{constructor.constructor('window.hit=1')()}}", "%{x}<extra><a href='http://198.51.100.7'>", "$\\href{javascript:window.hit=1}{x}$",
    "</title><script>window.hit=1</script>", "</style><script>window.hit=1</script>", "&lt;script&gt;window.hit=1&lt;/script&gt;", "\u2028window.hit=1\u2029", "abc\u202egnp.exe", "\x1b[31mred\x07\x00", "\u2066hidden\u2069\u200b", "\ufeff", "__proto__", "constructor", "hasOwnProperty", "url(http://198.51.100.7/)", "=cmd|' /C calc'!A0", "<base href=//198.51.100.7>", "<meta http-equiv=refresh content='0;url=//198.51.100.7'>", "é" * 3000 + "x" * 20_000,
]  # fmt: skip
NOISE = "document.querySelectorAll('img,iframe,object,embed,base,form,meta[http-equiv=refresh],[onerror],[onload],[onfocus],math,svg a,a:not([href^=\"#\"])').length"


def test_its_policy_allows_no_inline_script_no_eval_and_no_network(opened: Open) -> None:
    page = opened(storm.report(0))
    policy = page.find_element(By.CSS_SELECTOR, "meta[http-equiv]").get_attribute("content") or ""
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    got = page.execute_async_script(  # later, because the driver's own call is free of the policy
        "const done = arguments[0]; setTimeout(() => {"
        "const script = document.createElement('script'); script.textContent = 'window.hit = 1'; document.head.append(script);"
        "let evaluated = true; try { (0, eval)('1') } catch (error) { evaluated = false } done([window.hit ?? null, evaluated]) })"
    )
    assert got == [None, False]
    fetched = page.execute_async_script(
        "const done = arguments[0]; fetch('http://198.51.100.7/').then(() => done('sent'), () => done('refused'))"
    )
    assert fetched == "refused"


def hostile(report: Report) -> Report:
    """Every text of every frame replaced by attacks, but for the words that have a fixed list."""
    fixed = {
        "stream",
        "state",
        "verdict",
        "event_id",
        "file_id",
        "family",
        "strength",
        "basis",
        "first_is",
        "last_is",
        "outcome",
        "time",
    }

    def poisoned(frame: pl.DataFrame, shift: int) -> pl.DataFrame:
        texts = [name for name in frame.columns if frame[name].dtype == pl.String and name not in fixed]
        for offset, name in enumerate(texts):
            words = [ATTACKS[(row + offset + shift) % len(ATTACKS)] for row in range(frame.height)]
            frame = frame.with_columns(pl.Series(name, words))
        return frame

    frames = {
        name: poisoned(getattr(report, name), shift)
        for shift, name in enumerate(("events", "gaps", "coverage", "verdicts", "chain", "path", "files"))
    }
    streams = pl.DataFrame({"stream": ATTACKS, "source": ATTACKS, "family": ["audit"] * len(ATTACKS)})
    events = frames["events"].with_columns(
        pl.Series("stream", [ATTACKS[row % len(ATTACKS)] for row in range(report.events.height)])
    )
    words = {
        "title": "".join(ATTACKS[:12]),
        "notes": "\n".join(ATTACKS),
        "fingerprint": ATTACKS[0],
        "versions": {ATTACKS[1]: ATTACKS[2]},
    }
    return replace(report, **{**frames, **words, "streams": streams, "events": events})


def test_no_log_value_becomes_markup_script_link_or_request(opened: Open) -> None:
    page = opened(hostile(storm.report(400)))
    for mode in ("zone", "actor", "stream"):
        page.execute_script("setMode(arguments[0])", mode)
    for attack in range(len(ATTACKS)):
        page.execute_script("showEvent(arguments[0])", attack)
        wait(lambda: page.execute_script("return !byId('detail').textContent.includes('Unpacking the record')"))
        assert page.execute_script(f"return [window.hit, {NOISE}]") == [None, 0]
    page.execute_script(
        "view.report.verdicts.forEach(showVerdict); view.report.gaps.forEach(showGap); showSeveral([0, 1, 2, 3], view.report.gaps)"
    )
    page.execute_script(
        "view.lanes.forEach((lane, place) => byId('tip').replaceChildren(...hintOf({ lane: place, time: view.low + 9e15, height: 0, reach: 1e16 })))"
    )
    assert page.execute_script(f"return [window.hit, {NOISE}]") == [None, 0]
    clean(page)


def test_hidden_characters_are_shown_everywhere(opened: Open) -> None:
    page = opened(hostile(storm.report(200)))
    hidden = page.execute_script(
        "return [...document.body.querySelectorAll('*:not(script)')].flatMap((one) => [...one.childNodes]).filter((one) => one.nodeType === 3 && /[\\u202a-\\u202e\\u2066-\\u2069\\u200b\\x1b\\x07]/.test(one.data)).length"
    )
    assert hidden == 0
    assert "\\u202e" in page.execute_script("return document.body.textContent")
    assert "\u241b" in page.execute_script("return byId('mast').textContent")
