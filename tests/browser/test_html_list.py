"""The list of events in a real Chromium: filters of columns, keys, pins, copies, and a million rows."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import storm
from driving import Open, by_id, clean, keys, panel, pasted, status, tick, wait
from selenium import webdriver
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select

pytestmark = pytest.mark.browser


def head(page: webdriver.Chrome, column: str) -> None:
    page.find_element(By.CSS_SELECTOR, f"th[data-name={column}] .filter").click()
    wait(lambda: page.execute_script("return byId('small').open"))


def listed(page: webdriver.Chrome, column: str) -> list[str]:
    found: list[str] = page.execute_script(
        "return [...list.order].map((place) => cell(view.events, arguments[0], place))", column
    )
    return found


def test_a_column_is_filtered_by_the_values_that_are_ticked(opened: Open) -> None:
    report = storm.report(300)
    page = opened(report)
    head(page, "action")
    told = by_id(page, "small").text
    wanted = report.events.filter(pl.col("action") == "mail.read").height
    assert f"mail.read\n{wanted}" in told
    tick(page, "mail.read")
    tick(page, "sign_in")
    page.find_element(By.XPATH, "//dialog[@id='small']//button[.='Done']").click()
    assert set(listed(page, "action")) == {"mail.read", "sign_in"}
    assert "Action: mail.read, sign_in" in by_id(page, "chips").text
    head(page, "action")
    by_id(page, "filter-without").click()
    ActionChains(page).send_keys(Keys.ESCAPE).perform()
    assert not {"mail.read", "sign_in"} & set(listed(page, "action"))
    page.find_element(By.CSS_SELECTOR, "#chips .chip").click()
    assert status(page).startswith("347 of 347")
    clean(page)


def test_a_column_is_filtered_by_what_its_values_contain(opened: Open) -> None:
    page = opened(storm.report(300))
    head(page, "actor")
    by_id(page, "filter-text").send_keys("CHIEF")
    wait(lambda: status(page).startswith("2 of"))
    assert "chief@contoso.com" in by_id(page, "small").text
    assert "user1@contoso.com" not in by_id(page, "small").text
    page.find_element(By.XPATH, "//dialog[@id='small']//button[.='Clear']").click()
    assert status(page).startswith("347 of")


def test_events_that_state_no_value_can_be_ticked_too(opened: Open) -> None:
    report = storm.report(300)
    page = opened(report)
    head(page, "object")
    tick(page, "not stated")
    assert len(listed(page, "object")) == report.events["object"].null_count()
    assert set(listed(page, "object")) == {None}


def test_numbers_are_filtered_by_bounds_and_columns_can_be_added(opened: Open) -> None:
    report = storm.report(300)
    page = opened(report)
    page.find_element(By.XPATH, "//button[.='Columns']").click()
    tick(page, "Object size")
    ActionChains(page).send_keys(Keys.ESCAPE).perform()
    head(page, "object_size")
    by_id(page, "filter-text").send_keys("100..1700")
    wanted = report.events.filter(pl.col("object_size").is_between(100, 1700)).height
    wait(lambda: status(page).startswith(f"{wanted} of"))


def test_filters_join_and_the_chart_is_told(opened: Open) -> None:
    report = storm.report(300)
    page = opened(report)
    by_id(page, "search").send_keys("outcome:failure")
    head(page, "stream")
    tick(page, "graph.activity/contoso")
    ActionChains(page).send_keys(Keys.ESCAPE).perform()
    stream, failed = pl.col("stream") == "graph.activity/contoso", pl.col("outcome") == "failure"
    wanted = report.events.filter(stream & failed).height
    wait(lambda: status(page).startswith(f"{wanted} of"))
    assert page.execute_script("return list.passes.reduce((sum, one) => sum + one, 0)") == wanted
    page.find_element(By.XPATH, "//button[.='Clear all']").click()
    assert page.execute_script("return list.passes") is None


def test_keys_reach_everything(opened: Open) -> None:
    page = opened(storm.report(100))
    keys(page, "?")
    assert "next and previous event" in by_id(page, "small").text
    keys(page, Keys.ESCAPE, "j", "j", "k")
    assert page.execute_script("return [list.at, document.activeElement.id]") == [0, "grid"]
    keys(page, Keys.ENTER)
    first = panel(page).splitlines()[0]
    keys(page, "j")
    second = panel(page).splitlines()[0]
    assert first != second
    keys(page, "k")
    assert panel(page).splitlines()[0] == first
    keys(page, Keys.ESCAPE, "1")
    assert "Who wrote this object first?" in panel(page)
    keys(page, Keys.ESCAPE, "g", "m")
    wait(lambda: page.execute_script("return Math.abs(byId('missing').getBoundingClientRect().top) < 200"))
    keys(page, "/")
    assert page.execute_script("return document.activeElement.id") == "search"
    keys(page, "j?")
    assert by_id(page, "search").get_attribute("value") == "j?"
    clean(page)


def test_single_letters_can_be_switched_off(opened: Open) -> None:
    page = opened(storm.report(20))
    by_id(page, "help").click()
    by_id(page, "single-keys").click()
    keys(page, Keys.ESCAPE, "j", "?")
    assert page.execute_script("return [list.at, byId('small').open]") == [-1, False]


def test_the_row_in_hand_is_told_to_a_screen_reader(opened: Open) -> None:
    page = opened(storm.report(100))
    keys(page, "j", "j", "j")
    grid = by_id(page, "grid")
    assert grid.get_attribute("aria-activedescendant") == "row-2"
    assert by_id(page, "row-2").get_attribute("aria-selected") == "true"
    assert grid.get_attribute("aria-rowcount") == "148"
    assert by_id(page, "row-2").get_attribute("aria-rowindex") == "4"


def test_a_pin_stays_when_the_report_is_opened_again(opened: Open) -> None:
    report = storm.report(100)
    page = opened(report)
    page.find_elements(By.CSS_SELECTOR, "#grid .pin")[2].click()
    keys(page, "j", "p")
    assert "2 events pinned" in by_id(page, "said").text
    Select(by_id(page, "mark")).select_by_visible_text("pinned and starred")
    assert status(page).startswith("2 of")
    page.refresh()
    wait(lambda: page.execute_script("return document.body.dataset.ready"))
    assert page.execute_script("return pinnedPlaces()") == [0, 2]
    page.execute_script("pinnedPlaces().forEach(togglePin)")
    assert page.execute_script("return Object.keys(localStorage).length") == 0


def test_an_open_event_is_copied_as_json_with_its_record(opened: Open) -> None:
    report = storm.report(100)
    page = opened(report)
    keys(page, "j", Keys.ENTER)
    page.find_element(By.XPATH, "//dialog//button[.='Copy as JSON']").click()
    wait(lambda: "copied" in by_id(page, "said").text)
    got = json.loads(pasted(page))
    row = report.events.sort("time_us", "event_id").row(0, named=True)
    assert got["time"] == row["time"].strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    names = ("event_id", "actor", "stream", "file_id", "record", "raw")
    assert {name: got[name] for name in names} == {name: row[name] for name in names}


def test_a_copied_list_is_safe_in_a_spreadsheet(opened: Open) -> None:
    report = storm.report(30)
    bad = [
        "=1+1",
        "+1",
        "-1",
        "@x",
        "\t=1",
        '"quoted", and more',
        "line\nbreak",
        "a\u202eb",
        " =1",
        "\uff1d1",
        "'",
        "ok",
    ]
    actors = [bad[place % len(bad)] for place in range(report.events.height)]
    page = opened(replace(report, events=report.events.with_columns(pl.Series("actor", actors))))
    page.find_element(By.XPATH, "//summary[.='Copy or save']/ancestor::*[@id='table-controls']//summary").click()
    page.find_element(By.XPATH, "//button[.='Copy the list as CSV']").click()
    wait(lambda: "copied" in by_id(page, "said").text)
    rows = list(csv.DictReader(io.StringIO(pasted(page))))
    assert len(rows) == report.events.height
    got = {row["actor"] for row in rows}
    assert {
        "'=1+1",
        "'+1",
        "'-1",
        "'@x",
        '"quoted", and more',
        "line␊break",
        "a\\u202eb",
        "'␉=1",
        "' =1",
        "'\uff1d1",
        "ok",
    } <= got
    assert all(row["time"].endswith("Z") for row in rows)


def test_the_list_is_saved_as_a_file(opened: Open, tmp_path: Path) -> None:
    page = opened(storm.report(30))
    page.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    page.find_element(By.CSS_SELECTOR, "#table-controls summary").click()
    page.find_element(By.XPATH, "//button[.='Save the list as JSON']").click()
    saved = tmp_path / "events.json"
    wait(saved.exists)
    wait(lambda: saved.stat().st_size)
    assert len(json.loads(saved.read_text())) == 77


def test_a_million_rows_are_one_scroll_bar_and_a_few_rows(opened: Open) -> None:
    page = opened(storm.report(100))
    page.execute_script(
        "const rows = 1000000; const times = Float64Array.from({ length: rows }, (_, place) => view.report.begin + place * 1e6);"
        "const codes = Uint16Array.from({ length: rows }, (_, place) => 1 + place % 3);"
        "const columns = new Map([['time_us', { kind: 'steps', numbers: times }], ['actor', { kind: 'words', codes, dictionary: ['ann', 'bob', 'eve'] }]]);"
        "view.named = []; view.hops = []; view.events = { rows, times, columns }; view.lane = new Uint16Array(rows); showHeads(); refilter();"
    )
    assert status(page).startswith("1,000,000 of")
    assert page.execute_script("return byId('table').scrollHeight") < 9_000_000
    page.execute_script("byId('grid').focus()")
    keys(page, Keys.END)
    shown = page.execute_script(
        "const box = byId('table').getBoundingClientRect(); const last = byId('row-999999').getBoundingClientRect(); return [last.top - box.top, box.bottom - last.bottom, byId('grid').rows.length]"
    )
    assert shown[0] > 0
    assert shown[1] > -2
    assert shown[2] < 80
    keys(page, Keys.HOME)
    assert page.execute_script(
        "return byId('row-0').getBoundingClientRect().top >= byId('table').getBoundingClientRect().top"
    )
    page.execute_script("byId('table').scrollTop = byId('table').scrollHeight / 2")
    middle = "const box = byId('table').getBoundingClientRect(); return [...byId('grid').querySelectorAll('tbody tr[id]')].map((one) => [Number(one.id.slice(4)), one.getBoundingClientRect().top - box.top]).filter((one) => one[1] > 40 && one[1] < 100)[0]?.[0] ?? 0"
    wait(lambda: 490_000 < page.execute_script(middle) < 510_000)
    page.find_element(By.CSS_SELECTOR, "th[data-name=actor] .sort").click()
    assert page.execute_script(
        "return [0, 333334, 999999].map((at) => cell(view.events, 'actor', list.order[at]))"
    ) == ["ann", "bob", "eve"]


def test_pins_become_a_command_and_a_view_becomes_a_link(opened: Open) -> None:
    report = storm.report(30)
    page = opened(report)
    keys(page, "j", "p")
    page.find_element(By.CSS_SELECTOR, "#table-controls summary").click()
    page.find_element(By.XPATH, "//button[contains(., 'stars them in the case')]").click()
    wait(lambda: "command copied" in by_id(page, "said").text)
    first = page.execute_script("return cell(view.events, 'event_id', 0)")
    assert pasted(page) == f"timeline note {first} --star"
    by_id(page, "search").send_keys("actor:engineer")
    wait(lambda: status(page).startswith("42 of"))
    page.find_element(By.CSS_SELECTOR, "#table-controls summary").click()
    page.find_element(By.XPATH, "//button[.='Copy a link to this view']").click()
    wait(lambda: "link copied" in by_id(page, "said").text)
    assert pasted(page).endswith("#find=actor%3Aengineer")
    page.execute_script("togglePin(0)")
