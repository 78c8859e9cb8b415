"""The timeline of very many events: all of them in the picture, exact where it lists them, honest where it only counts."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
import storm
from driving import Open, by_id, clean, click_at, panel, point, wait
from selenium import webdriver
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By

from timeline.export.html import Report, render

pytestmark = pytest.mark.browser
LIBRARY = 2_000_000
MILLION = 1_000_000


def counted(page: webdriver.Chrome) -> list[float]:
    """How many events each lane shows in the view."""
    found: list[float] = page.execute_script(
        "return view.density.counts.map((lane) => lane.reduce((one, two) => one + two, 0))"
    )
    return found


def crowded(rest: int) -> Report:
    """A report of which all but a few thousand events are only counted."""
    report = storm.report(2000)
    bins, step = 65_536, (storm.END - storm.BEGIN) // 65_536 + 1
    names = list(storm.STREAMS)
    dice = np.random.default_rng(1)
    table = (
        dice.multinomial(rest, np.full(len(names) * bins, 1 / (len(names) * bins)))
        .reshape(len(names), bins)
        .astype(np.uint32)
    )
    alone = {
        "zone": ([None], table.sum(axis=0, dtype=np.uint32)[None, :]),
        "actor": ([None], table.sum(axis=0, dtype=np.uint32)[None, :]),
    }
    kinds = pl.DataFrame(
        {"stream": names[:1], "action": ["sign_in"], "outcome": ["success"], "listed": [7], "total": [rest]}
    )
    return replace(report, counts=storm.Counted(rest, storm.BEGIN, step, {"stream": (names, table), **alone}, kinds))  # type: ignore[dict-item]


def zoomed(page: webdriver.Chrome, start: str, end: str) -> None:
    page.execute_script("showRange(arguments[0], arguments[1])", storm.us(start), storm.us(end))


def test_every_event_of_ten_million_is_in_the_picture_in_each_kind_of_lanes(opened: Open) -> None:
    page = opened(crowded(10_000_000))
    for mode in ("stream", "zone", "actor"):
        page.execute_script("setMode(arguments[0])", mode)
        assert sum(counted(page)) == 10_002_047
    assert "10,002,047 events in view" in by_id(page, "chart-status").text
    clean(page)


def test_a_zoomed_picture_counts_what_lies_in_its_range(opened: Open) -> None:
    report = crowded(MILLION)
    page = opened(report)
    zoomed(page, "2022-01-01", "2022-02-01")
    assert report.counts is not None
    _, table = report.counts.lanes["stream"]
    first, step = report.counts.first, report.counts.step
    bins = slice((storm.us("2022-01-01") - first) // step, (storm.us("2022-02-01") - first) // step)
    assert isinstance(report.events, pl.DataFrame)
    listed = report.events.filter(
        pl.col("time_us").is_between(storm.us("2022-01-01"), storm.us("2022-02-01"), closed="left")
    )
    assert abs(sum(counted(page)) - listed.height - int(table[:, bins].sum())) < 100


def test_below_a_bin_counted_events_are_spread_and_none_appears_twice(opened: Open) -> None:
    page = opened(crowded(MILLION))
    step = page.execute_script("return view.sums.step")
    low = page.execute_script("return view.sums.first + 1000 * view.sums.step")
    page.execute_script("showRange(arguments[0], arguments[1])", low, low + step)
    whole = page.execute_script("return view.sums.rest.reduce((sum, row) => sum + row[1001] - row[1000], 0)")
    assert page.execute_script("return view.density.unlisted") == whole
    page.execute_script("showRange(arguments[0], arguments[1])", low, low + step / 2)
    assert abs(page.execute_script("return view.density.unlisted") - whole / 2) <= 1


def test_what_is_only_counted_says_so_and_gives_the_command_that_lists_it(opened: Open) -> None:
    page = opened(crowded(MILLION))
    assert "1,000,000 events of the case are in the picture as density only" in by_id(page, "chart-status").text
    zoomed(page, "2022-02-01T10:00:00", "2022-02-01T11:00:00")
    click_at(page, point(page, "aws.cloudtrail/111122223333/us-east-1", "2022-02-01T10:30:00"))
    told = panel(page)
    assert "only counted here" in told.splitlines()[0]
    assert "timeline events --from 2022-02-01T" in told
    assert "--source 'aws.cloudtrail/111122223333/us-east-1' -o slice.csv" in told
    assert "entra.signin.interactive/contoso" in told  # the kind that is not listed in full


def test_a_million_listed_events_are_exact_each(opened: Open) -> None:
    dice = np.random.default_rng(2)
    times = np.sort(dice.integers(storm.BEGIN, storm.END, MILLION))
    streams = np.array(list(storm.STREAMS))[dice.integers(0, 10, MILLION)]
    events = pl.DataFrame(
        {
            "time_us": times, "event_id": [f"{number:032x}" for number in range(MILLION)], "stream": streams, "action": "object.read",
            "outcome": "success", "actor": np.char.add("user", dice.integers(0, 500, MILLION).astype(str)), "zone": None,
            "object": np.char.add("https://files.contoso.com/", dice.integers(0, 9000, MILLION).astype(str)),
            "file": np.char.add(streams, ".json"), "file_id": None, "record": np.arange(1, MILLION + 1),
        },
        schema_overrides={"zone": pl.String, "file_id": pl.String},
    )  # fmt: skip
    report = replace(storm.report(0), events=events)
    assert len(render(report)) < 17_000_000
    page = opened(report)
    wait(lambda: page.execute_script("return document.body.dataset.ready"), 120)
    for place in (0, 123_456, 999_999):
        got = page.execute_script(
            "return ['time_us', 'stream', 'actor', 'record', 'object'].map((name) => cell(view.events, name, arguments[0]))",
            place,
        )
        assert got == [events[name][place] for name in ("time_us", "stream", "actor", "record", "object")]
    assert sum(counted(page)) == MILLION
    clean(page)


def test_a_hundred_thousand_exact_events_take_less_than_four_megabytes(opened: Open) -> None:
    report = storm.report(100_000)
    made = render(report)
    assert len(made) - LIBRARY < 4_000_000
    page = opened(report)
    assert page.execute_script("return [view.events.rows, view.report.density.rows]") == [100_047, 0]


AT_FIRST = """
new MutationObserver(() => {
  if (!document.body || !document.body.dataset.drawn || window.atFirst) return;
  const sheet = byId("crowd");
  const painted = new Set(new Uint32Array(sheet.getContext("2d").getImageData(0, 0, sheet.width, sheet.height).data.buffer)).size;
  const found = (text) => { list.text = text; refilter(); return list.order.length; };
  const cards = document.querySelectorAll("#cards > *").length;
  window.atFirst = { library: typeof Plotly, painted, cards, found: found("outcome:failure"), all: found(""), lanes: view.lanes.length };
}).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-drawn"] });
"""


def test_answers_picture_and_search_are_there_before_the_chart_library_is(
    browser: webdriver.Chrome, opened: Open
) -> None:
    script = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": AT_FIRST})
    try:
        page = opened(storm.report(3000))
    finally:
        browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
    first = page.execute_script("return window.atFirst")
    failed = storm.report(3000).events.get_column("outcome").eq("failure").sum()
    assert (first["library"], first["found"], first["all"]) == ("undefined", failed, 3047)
    assert first["cards"]
    assert first["lanes"] == page.execute_script("return view.lanes.length")
    assert first["painted"] > len(storm.STREAMS)  # colours: coverage, events, axis
    assert page.execute_script("return typeof Plotly") == "object"
    clean(page)


def test_a_person_can_use_the_page_before_all_of_it_is_unpacked(opened: Open) -> None:
    page = opened(storm.report(3000))
    assert page.execute_script("return [document.body.dataset.drawn, document.body.dataset.ready]") == ["yes", "yes"]
    early = page.execute_script(
        "return EARLY.filter((name) => view.events.header.some((facts) => facts.name === name))"
    )
    names = page.execute_script("return [...view.events.columns.keys()]")
    assert set(early) < set(names)
    assert names == page.execute_script("return view.events.header.map((facts) => facts.name)")


def test_all_events_of_a_large_answer_are_named(opened: Open) -> None:
    report = storm.report(9_000)
    assert isinstance(report.events, pl.DataFrame)
    ids = report.events["event_id"].to_list()
    verdicts = report.verdicts.with_columns(
        pl.Series("events", [ids, *[[]] * (report.verdicts.height - 1)]), pl.lit(len(ids)).alias("rows")
    )
    page = opened(replace(report, verdicts=verdicts))
    assert page.execute_script("return [view.named.length, view.report.verdicts[0].events.length]") == [9_047, 9_047]


def test_while_the_hand_moves_the_canvas_draws_all_and_the_library_follows_at_rest(opened: Open) -> None:
    page = opened(storm.report())
    page.execute_script("byId('chart').focus()")
    ActionChains(page).send_keys("+").perform()
    moving = page.execute_script("showRange(view.low + 1e12, view.high); return byId('plot').style.opacity")
    assert moving == "0"
    wait(lambda: page.execute_script("return byId('plot').style.opacity") == "1")
    low, high = page.execute_script("return byId('plot').layout.xaxis.range")
    assert [low * 1000, high * 1000] == page.execute_script("return [view.low, view.high]")


def pixel(page: webdriver.Chrome, place: tuple[int, int], before: str) -> list[int]:
    """The colour that the canvas has at a place of the screen right after something was done."""
    found: list[int] = page.execute_script(
        f"{before}; const box = byId('crowd').getBoundingClientRect(); const [x, y] = [arguments[0] - box.left, arguments[1] - box.top];"
        "return [...byId('crowd').getContext('2d').getImageData(x, y, 1, 1).data]",
        *place,
    )
    return found


def test_the_canvas_shows_the_same_coverage_while_moving(opened: Open) -> None:
    page = opened(
        replace(storm.report(0), coverage=pl.DataFrame([storm.piece("graph.activity/contoso", "covered", None, None)]))
    )
    left, top = point(page, "graph.activity/contoso", "2022-01-01")
    place = (left, top + 10)
    assert pixel(page, place, "settle()")[3] == 0
    assert pixel(page, place, "move()") == [211, 234, 225, 255]


def test_shift_and_drag_chooses_a_range_that_filters_the_list(opened: Open) -> None:
    page = opened(storm.report())
    before = page.execute_script("return [view.low, view.high]")
    start, end = (point(page, "graph.activity/contoso", day) for day in ("2022-01-01", "2022-03-01"))
    actions = ActionChains(page).key_down(Keys.SHIFT)
    actions.w3c_actions.pointer_action.move_to_location(*start).pointer_down().move_to_location(*end).pointer_up()
    actions.w3c_actions.key_action.pause().pause().pause()
    actions.key_up(Keys.SHIFT).perform()
    assert page.execute_script("return [view.low, view.high]") == before
    wait(lambda: page.execute_script("return list.order.length") < 400)
    listed = page.execute_script("return [...list.order].map((place) => view.events.times[place])")
    assert min(listed) > storm.us("2021-12-28")
    assert max(listed) < storm.us("2022-03-04")
    assert "Chosen: 2021-12" in by_id(page, "chosen").text or "Chosen: 2022-01" in by_id(page, "chosen").text
    by_id(page, "chosen").find_element(By.XPATH, ".//button[.='Clear']").click()
    wait(lambda: page.execute_script("return list.order.length") == 2047)


def test_a_wheel_with_control_zooms_at_the_pointer_and_a_plain_one_does_not(opened: Open) -> None:
    page = opened(storm.report(100))
    x, y = point(page, "graph.activity/contoso", "2022-06-01")
    wheel = "byId('chart').dispatchEvent(new WheelEvent('wheel', { deltaY: arguments[2], ctrlKey: arguments[3], clientX: arguments[0], clientY: arguments[1], cancelable: true }));"
    whole = page.execute_script("return view.high - view.low")
    page.execute_script(wheel, x, y, -300, False)
    assert page.execute_script("return view.high - view.low") == whole
    page.execute_script(wheel, x, y, -300, True)
    assert page.execute_script("return view.high - view.low") < whole / 2
    under = page.execute_script(f"return timeAt({{ clientX: {x} }})")
    assert abs(under - storm.us("2022-06-01")) < 2 * storm.DAY


def hint(page: webdriver.Chrome, stream: str, time: int) -> str:
    """What a lane says at an instant."""
    script = (
        "const lane = view.lanes.findIndex((one) => one.key === arguments[0]); byId('tip').replaceChildren(...hintOf("
        "{ lane, time: arguments[1], height: lane, reach: (NEAR * (view.high - view.low)) / view.size.plot })); return byId('tip').textContent"
    )
    return str(page.execute_script(script, stream, time))


def test_retention_horizons_stand_at_each_collection(opened: Open) -> None:
    page = opened(storm.report(0))
    marks = page.execute_script("return view.horizons.map((one) => [view.lanes[one.lane].key, one.start, one.taken])")
    assert ["azure.storage/debugdumps", storm.us("2023-03-01"), storm.us("2023-07-12T09:00:00")] in marks
    told = hint(page, "azure.storage/debugdumps", storm.us("2023-03-01"))
    assert (
        "Retention horizon. At the collection of 2023-07-12 09:00:00 UTC this store (native) reached back to 2023-03-01 UTC."
        in told
    )
    assert "Collected on 2023-07-12 09:00:00 UTC: azure." in hint(
        page, "azure.storage/debugdumps", storm.us("2023-07-12T09:00:00")
    )


def test_clocks_that_differ_are_told_at_their_lane(opened: Open) -> None:
    page = opened(storm.report(0))
    badges = page.execute_script("return [...document.querySelectorAll('.lane-clock')].map((one) => one.textContent)")
    assert sorted(badges) == ["clock 3.2 s ahead", "clock 3.2 s behind"]
    assert "Clock: 3.2 s ahead of m365.audit/contoso.com. Times are shown as logged." in hint(
        page, "graph.activity/contoso", storm.us("2022-06-01")
    )


def test_findings_that_may_not_be_the_first_or_last_are_marked(opened: Open) -> None:
    report = storm.report(50)
    ids = [one["event_id"] for one in storm.story() if one["action"] == "token.use"]
    events = [ids if flag == "no_later_than" else [] for flag in report.verdicts["first_is"]]
    page = opened(replace(report, verdicts=report.verdicts.with_columns(pl.Series("events", events))))
    marks = page.execute_script("return view.censored.map((one) => [view.lanes[one.lane].key, one.time, one.way])")
    assert marks == [["entra.signin.noninteractive/contoso", storm.us("2021-05-02T18:30:00"), -1]]
    assert "Perhaps not the first." in hint(
        page, "entra.signin.noninteractive/contoso", storm.us("2021-05-02T18:30:00")
    )


def test_the_path_leads_from_lane_to_lane(opened: Open) -> None:
    page = opened(storm.report(50))
    lanes = page.execute_script("return view.hops.map((place) => view.lanes[view.lane[place]].key)")
    assert lanes == [
        "linux.journal/signing-03",
        "azure.storage/proddumps",
        "azure.storage/debugdumps",
        "azure.storage/debugdumps",
    ]


def test_axes_are_labelled_with_the_chosen_zone_and_its_offset(opened: Open) -> None:
    page = opened(storm.report(50))
    axis = "return document.querySelector('.axis-name').textContent"
    assert page.execute_script(axis) == "UTC"
    page.execute_script("setClock('Asia/Kolkata')")
    wait(lambda: page.execute_script(axis) == "Asia/Kolkata (UTC+5:30)")
    zoomed(page, "2022-06-01T00:00:00", "2022-06-01T02:00:00")
    assert page.execute_script(axis) == "2022-06-01 · Asia/Kolkata (UTC+5:30)"
    names = page.execute_script("return axisTicks(view.low, view.high).map((at) => axisName(at, view.low, view.high))")
    assert names[0] == "05:30"


@pytest.mark.parametrize("span", [50, 3_000, 2_000_000, 90_000_000, 7_200_000_000, 3 * 86_400_000_000])
def test_each_zoom_has_ticks_whose_names_differ(opened: Open, span: int) -> None:
    page = opened(storm.report(5))
    page.execute_script(
        "showRange(arguments[0], arguments[0] + arguments[1])", storm.us("2022-06-01T10:20:30"), span * 10
    )
    names = page.execute_script("return axisTicks(view.low, view.high).map((at) => axisName(at, view.low, view.high))")
    assert 2 <= len(names) <= 12
    assert len(set(names)) == len(names)


def test_events_that_do_not_pass_the_filters_are_faint(opened: Open) -> None:
    page = opened(storm.report(400))
    page.execute_script(
        "view.alphas = []; const arc = CanvasRenderingContext2D.prototype.arc; CanvasRenderingContext2D.prototype.arc = function (...told) { view.alphas.push(this.globalAlpha); return arc.apply(this, told); };"
    )
    by_id(page, "search").send_keys("actor:engineer")
    wait(lambda: page.execute_script("return list.passes !== null"))
    page.execute_script("view.alphas = []; paint(false)")
    alphas: list[Any] = page.execute_script("return view.alphas.map((one) => Math.round(one * 100) / 100)")
    assert set(alphas) == {1, 0.18}
    assert alphas.count(1) == page.execute_script("return list.passes.reduce((one, two) => one + two, 0)")


def test_a_column_that_does_not_fit_is_named_as_left_out() -> None:
    dice = np.random.default_rng(3)
    report = storm.report(0)
    long = pl.Series("object", [dice.bytes(60).hex() for _ in range(60_000)])
    events = pl.DataFrame(
        {
            "time_us": np.arange(60_000) + storm.BEGIN,
            "event_id": [f"{one:032x}" for one in range(60_000)],
            "stream": "a",
            "action": "b",
            "outcome": "c",
            "object": long,
        }
    )
    text = render(replace(report, events=events)).decode()
    told = json.loads(text.partition('id="data-case">')[2].partition("</script>")[0])
    assert told["left_out"] == ["object"]


def test_a_column_told_by_one_that_was_left_out_stands_on_its_own(opened: Open) -> None:
    dice = np.random.default_rng(4)
    addresses = [f"{dice.bytes(40).hex()}.{row % 5}" for row in range(80_000)]
    events = pl.DataFrame(
        {
            "time_us": np.arange(80_000) + storm.BEGIN, "event_id": [f"{one:032x}" for one in range(80_000)], "stream": "a", "action": "b",
            "outcome": "c", "src_ip": addresses, "network": [one[-1] for one in addresses],
        }
    )  # fmt: skip
    page = opened(replace(storm.report(0), events=events))
    assert page.execute_script("return view.report.left_out") == ["src_ip"]
    assert page.execute_script("return cell(view.events, 'network', 7)") == "2"
