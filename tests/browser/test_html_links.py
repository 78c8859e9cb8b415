"""Deep links, time zones and notes of the HTML in a real Chromium."""

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

import polars as pl
import pytest
import storm
from driving import Open, by_id, clean, keys, panel, pasted, status, wait
from selenium import webdriver
from selenium.webdriver import Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select

from timeline.export.html import Report

pytestmark = pytest.mark.browser
DEBUG = "azure.storage/debugdumps"


def follow(page: webdriver.Chrome, part: str) -> None:
    """Open the report anew by a link, as from a mail."""
    address = page.current_url.split("#", maxsplit=1)[0]
    page.get("about:blank")
    page.get(f"{address}#{part}")
    wait(lambda: page.execute_script("return document.body.dataset.ready"))


def address(page: webdriver.Chrome) -> str:
    """Give what stands behind # in the address, once it is written."""
    wait(lambda: "#" in page.current_url)
    return str(page.current_url.split("#")[1])


def noted(report: Report) -> Report:
    """Add what analysts wrote: a starred event, a gap with a comment, a view to come back to."""
    event = report.events.filter(pl.col("action") == "object.copy").row(0, named=True)
    gap = next(one for one in storm.pieces() if one["stream"] == DEBUG and one["state"] == "expired")
    start = gap["start"]
    assert isinstance(start, datetime)
    common = {"time": datetime(2023, 7, 16, 9, tzinfo=UTC), "author": "alex"}
    key = f"{DEBUG}~~expired~{int(start.timestamp()) * 1_000_000}"
    notes = [
        {"note_id": "1", **common, "kind": "event", "target": event["event_id"], "tag": "exfiltration", "star": True, "text": "Ask the build team.\nToday."},
        {"note_id": "2", **common, "kind": "gap", "target": key, "tag": "vendor", "star": False, "text": "Ticket 4711"},
        {"note_id": "3", **common, "kind": "view", "target": "#range=2021-05-02T00:00:00Z..2021-05-03T00:00:00Z&find=actor:engineer", "tag": "The engineer's night", "star": False, "text": None},
    ]  # fmt: skip
    return replace(report, notes_made=pl.DataFrame(notes, infer_schema_length=None))


def test_an_open_event_stands_in_the_address_and_is_found_again(opened: Open) -> None:
    report = storm.report(100)
    page = opened(report)
    keys(page, "j", "j", Keys.ENTER)
    told = panel(page)
    link = address(page)
    keys(page, Keys.ESCAPE)
    wait(lambda: "#" not in page.current_url)
    follow(page, link)
    assert panel(page).splitlines()[0] == told.splitlines()[0]
    page.find_element(By.XPATH, "//dialog//button[.='Copy link']").click()
    wait(lambda: "copied" in by_id(page, "said").text)
    assert pasted(page).endswith(f"timeline.html#{link}")
    clean(page)


def test_links_hold_in_a_report_of_more_evidence(opened: Open) -> None:
    report = storm.report(100)
    event = report.events.filter(pl.col("action") == "object.copy")["event_id"][0]
    page = opened(report)
    page.execute_script(
        "showGap(view.report.gaps.find((gap) => gap.stream === arguments[0] && gap.state === 'expired'))", DEBUG
    )
    gap = address(page)
    shorter = (
        pl.when(pl.col("state") == "expired").then(pl.col("start") - pl.duration(days=9)).otherwise(pl.col("start"))
    )
    page = opened(replace(storm.report(400), gaps=report.gaps.with_columns(start=shorter)))
    follow(page, f"event={event}")
    assert panel(page).startswith("object.copy")
    follow(page, gap)
    assert panel(page).startswith(f"Expired: {DEBUG}")
    follow(page, f"verdict={quote('mail-read~chief@contoso.com')}")
    assert panel(page).startswith("Whose mail was read with it?")


def test_a_link_opens_a_range_with_filters_and_a_time_zone(opened: Open) -> None:
    page = opened(storm.report(300))
    where = quote('[["actor","",["engineer@contoso.com"],false]]')
    follow(page, f"range=2021-05-02T00:00:00Z..2021-05-03T00:00:00Z&where={where}&zone=Asia/Kolkata&sort=-actor")
    wait(lambda: status(page).startswith("42 of"))
    assert "Account: engineer@contoso.com" in by_id(page, "chips").text
    assert Select(by_id(page, "zone")).first_selected_option.text == "Asia/Kolkata"
    link = page.execute_script("return viewLink()")
    follow(page, link)
    wait(lambda: status(page).startswith("42 of"))
    assert page.execute_script("return viewLink()") == link


@pytest.mark.parametrize("part", ["event=0", "gap=~~~", "verdict=x", "range=tomorrow", "range=..", "where={}", 'where=[["__proto__","x",null,0],["block","x"],7]', "where=[", "zone=Nowhere/None", "find=%3Cscript%3E&mark=x&sort=__proto__", "=&=", "event=%00%3Cimg src=x onerror=alert(1)%3E"])  # fmt: skip
def test_a_wrong_link_does_no_harm(opened: Open, part: str) -> None:
    page = opened(storm.report(20))
    follow(page, part)
    if part.split("=", maxsplit=1)[0] in {"event", "gap", "verdict"}:
        assert "This report lists no such" in panel(page)
    assert page.execute_script("return [view.events.rows, clock.zone, list.filters.size, document.images.length]") == [
        67,
        "UTC",
        0,
        0,
    ]
    clean(page)


def test_every_time_follows_the_zone_and_is_labelled(opened: Open) -> None:
    report = storm.report(100)
    page = opened(report)
    Select(by_id(page, "zone")).select_by_value("America/New_York")
    assert "Times are shown in America/New_York" in by_id(page, "mast").text
    assert "This case looks at 2021-03-31 20:00:00 " in by_id(page, "mast").text
    assert "2023-07-14 20:00:00 UTC-4 (835 days)" in by_id(page, "mast").text
    assert "2023-05-15 01:00:00" not in by_id(page, "cards").text
    assert "UTC-4" in by_id(page, "cards").text
    assert "Time (America/New_York)" in by_id(page, "grid").text
    first = report.events.sort("time_us")["time"][0].astimezone(ZoneInfo("America/New_York"))
    shown = page.find_element(By.CSS_SELECTOR, "#grid tbody time").text
    assert shown.startswith(first.strftime("%Y-%m-%d %H:%M:%S"))
    assert shown.endswith("UTC-4")
    by_id(page, "events-title").click()
    keys(page, "j", Keys.ENTER)
    assert panel(page).splitlines()[0].endswith("UTC-4")
    assert report.events.sort("time_us")["time"][0].strftime("%H:%M:%S") in by_id(page, "detail").text
    clean(page)


@pytest.mark.parametrize(("zone", "utc", "shown"), [
    ("Europe/Berlin", "2023-10-29T00:30:00", "2023-10-29 02:30:00 UTC+2"),
    ("Europe/Berlin", "2023-10-29T01:30:00", "2023-10-29 02:30:00 UTC+1"),
    ("Asia/Kathmandu", "2023-01-01T00:00:00", "2023-01-01 05:45:00 UTC+5:45"),
    ("Pacific/Apia", "2011-12-30T10:00:00", "2011-12-31 UTC+14"),
    ("America/St_Johns", "2023-01-01T00:00:00", "2022-12-31 20:30:00 UTC-3:30"),
    ("UTC", "2023-01-01T00:00:00", "2023-01-01 UTC"),
])  # fmt: skip
def test_clocks_are_right_where_they_change(opened: Open, zone: str, utc: str, shown: str) -> None:
    page = opened(storm.report(0))
    assert page.execute_script("setClock(arguments[0]); return moment(arguments[1])", zone, storm.us(utc)) == shown
    assert page.execute_script("return exactly(arguments[0])", storm.us(utc)) == f"{utc}.000000Z"
    assert page.execute_script("return unshifted(shifted(arguments[0]))", storm.us("2023-06-01")) == storm.us(
        "2023-06-01"
    )


def test_ticks_stand_at_midnights_of_the_zone(opened: Open) -> None:
    page = opened(storm.report(0))
    ticks = page.execute_script(
        "setClock('Europe/Berlin'); return ticks(arguments[0], arguments[1]).map(instant)",
        storm.us("2023-03-20"),
        storm.us("2023-04-02"),
    )
    assert len(ticks) > 1
    assert all(tick.endswith("00:00:00") for tick in ticks)


def test_notes_stand_on_rows_in_the_panel_and_on_gaps(opened: Open) -> None:
    page = opened(noted(storm.report(100)))
    Select(by_id(page, "mark")).select_by_visible_text("pinned and starred")
    row = page.find_element(By.CSS_SELECTOR, "#grid tbody tr[id]").text
    assert "★" in row
    assert "exfiltration" in row
    page.find_element(By.CSS_SELECTOR, "#grid tbody tr[id]").click()
    told = panel(page)
    assert "Ask the build team.\nToday." in told
    assert "alex, 2023-07-16 09:00:00 UTC" in told
    keys(page, Keys.ESCAPE)
    assert "Ticket 4711" in by_id(page, "gaps").text
    page.find_element(By.XPATH, "//*[@id='gaps']//tr[contains(., 'Ticket 4711')]//button").click()
    assert "vendor" in panel(page)
    clean(page)


def test_all_notes_stand_together_and_lead_to_what_they_are_about(opened: Open) -> None:
    report = noted(storm.report(100))
    lost = {
        "note_id": "4",
        "kind": "event",
        "target": "f" * 32,
        "author": "sam",
        "star": False,
        "text": "gone?",
        "there": False,
    }
    page = opened(replace(report, notes_made=pl.concat([report.notes_made, pl.DataFrame([lost])], how="diagonal")))
    told = by_id(page, "noted").text
    for words in (
        "Ask the build team.",
        "Ticket 4711",
        "alex, 2023-07-16 09:00:00 UTC",
        "gone?",
        "(no longer in the case)",
    ):
        assert words in told
    page.find_element(By.XPATH, "//*[@id='noted']//button[contains(., 'object.copy')]").click()
    assert panel(page).startswith("object.copy")
    page = opened(storm.report(20))
    assert page.find_elements(By.ID, "noted") == []


def test_a_saved_view_is_a_button(opened: Open) -> None:
    page = opened(noted(storm.report(300)))
    page.find_element(By.XPATH, "//*[@id='views']//button[contains(., 'The engineer')]").click()
    wait(lambda: status(page).startswith("42 of"))
    assert by_id(page, "search").get_attribute("value") == "actor:engineer"
    assert "2021-05-02" in by_id(page, "chart-status").text
