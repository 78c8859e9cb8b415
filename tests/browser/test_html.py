"""The HTML report in a real headless Chromium: it opens offline and clean, and answers clicks and keys."""

import base64
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import storm
from driving import Open, by_id, clean, click_at, panel, point, wait
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select

from timeline.export.html import Report, render

pytestmark = pytest.mark.browser
STATES = [
    "Covered",
    "Lossy",
    "Silent",
    "Pending",
    "Archived",
    "Not collected",
    "Unknown",
    "Switched off",
    "Not enabled",
    "Expired",
]


def quiet() -> Report:
    """The report without its noise: lanes that show their coverage and nothing else."""
    return storm.report(0)


def test_the_same_report_gives_the_same_bytes() -> None:
    assert render(storm.report(300)) == render(storm.report(300))


def test_hash_seeds_do_not_change_the_bytes() -> None:
    code = "import hashlib, storm; from timeline.export.html import render; print(hashlib.sha256(render(storm.report(300))).hexdigest())"
    folder = Path(__file__).parent
    seeds = [{**os.environ, "PYTHONHASHSEED": seed} for seed in ("1", "2")]
    made = [
        subprocess.run([sys.executable, "-c", code], cwd=folder, env=env, capture_output=True, check=True).stdout
        for env in seeds
    ]
    assert made[0] == made[1]
    assert len(made[0]) == 65


def test_an_empty_case_opens(opened: Open) -> None:
    full = storm.report(0)
    frames = ("events", "streams", "gaps", "coverage", "verdicts", "chain", "path", "files")
    page = opened(replace(full, **{name: getattr(full, name).clear() for name in frames}))
    clean(page)
    assert "0 of 0 events" in by_id(page, "table-status").text


def test_it_opens_from_a_file_without_a_request_or_a_word_in_the_console(opened: Open) -> None:
    page = opened(storm.report())
    clean(page)
    assert "Key theft reconstruction" in by_id(page, "mast").text
    assert page.title == "Key theft reconstruction"


def test_each_state_stands_in_the_legend_with_its_word_and_its_own_pattern(opened: Open) -> None:
    page = opened(quiet())
    legend = by_id(page, "legend").text
    assert [state for state in STATES if state not in legend] == []
    looks = page.execute_script("return STATES.map((state) => state.pattern + '|' + shade(state.id + '-back'))")
    assert len({look.split("|")[0] for look in looks}) == len(STATES)
    assert len(set(looks)) == len(STATES)
    drawn = page.execute_script(
        "return [...document.querySelectorAll('#plot pattern path')].map((path) => path.getAttribute('d'))"
    )
    assert sorted(set(drawn)) == sorted({look.split("|")[0] for look in looks} - {""})


def test_each_verdict_is_told_by_word_and_shape(opened: Open) -> None:
    page = opened(quiet())
    told = by_id(page, "answers").text
    assert [word for word in ("Found", "Found (incomplete)", "Absent", "Unknown") if word not in told] == []
    shapes = page.execute_script("return VERDICTS.map((one) => badge(one.id).querySelector('svg').innerHTML)")
    assert len(set(shapes)) == len(shapes)


def test_a_verdict_or_state_of_a_later_version_never_passes_for_absent_or_covered(opened: Open) -> None:
    report = quiet()
    verdicts = report.verdicts.with_columns(verdict=pl.lit("maybe"))
    coverage = report.coverage.with_columns(state=pl.lit("hazy"))
    page = opened(replace(report, verdicts=verdicts, coverage=coverage))
    assert by_id(page, "answers").text.count("Unknown (maybe)") == verdicts.height
    place = point(page, "azure.storage/debugdumps", "2022-02-02")
    click_at(page, place)
    assert "Unknown (hazy)" in panel(page)


def test_a_log_without_any_statement_is_shown_as_unknown(opened: Open) -> None:
    report = quiet()
    page = opened(replace(report, coverage=report.coverage.clear(), gaps=report.gaps.clear()))
    click_at(page, point(page, "aws.cloudtrail/111122223333/us-east-1", "2022-02-02"))
    assert panel(page).startswith("Unknown: aws.cloudtrail")


def test_a_log_known_by_parts_only_shows_each_part(opened: Open) -> None:
    report = quiet()
    stream, begin, end = "aws.cloudtrail/111122223333/us-east-1", storm.BEGIN, storm.END
    parts = [
        storm.piece(stream, "covered", begin, end, scope="actor=alice@contoso.com"),
        storm.piece(stream, "expired", begin, end, scope="not actor=alice@contoso.com"),
    ]
    page = opened(replace(report, coverage=pl.DataFrame(parts, infer_schema_length=None), gaps=report.gaps.clear()))
    x, y = point(page, stream, "2022-02-02")
    click_at(page, (x, y + 5))
    assert panel(page).startswith("Covered: aws.cloudtrail")
    ActionChains(page).send_keys(Keys.ESCAPE).perform()
    click_at(page, (x, y + 25))
    assert panel(page).startswith("Expired: aws.cloudtrail")


def test_the_questions_of_the_chain_stand_first_and_all_others_in_a_table(opened: Open) -> None:
    page = opened(quiet())
    assert len(page.find_elements(By.CSS_SELECTOR, "#cards article")) == 5
    rows = page.find_elements(By.CSS_SELECTOR, "#answers .verdicts tbody tr")
    assert ["Was a log switched off?" in row.text for row in rows] == [True, False]  # absent, then unknown
    assert "1 absent and 1 unknown." in by_id(page, "others").text
    rows[1].find_element(By.TAG_NAME, "button").click()
    assert "Nobody can say" in panel(page)


def test_the_lengths_that_questions_needed_are_drawn_with_their_words(opened: Open) -> None:
    page = opened(quiet())
    steps = page.find_elements(By.CSS_SELECTOR, "#lengths .step:not(.step-axis)")
    assert "Nothing that the question needs would have expired with 798 days." in steps[0].text
    assert "Today's answer would stand from 14 days on." in steps[1].text
    assert "No retention by age would have been enough." in steps[2].text
    lost, kept = (steps[0].find_element(By.CSS_SELECTOR, f".window-{kind}").rect for kind in ("lost", "kept"))
    assert abs(lost["x"] + lost["width"] - kept["x"]) < 2
    assert 2 < lost["width"] / kept["width"] < 4
    assert steps[2].find_elements(By.CSS_SELECTOR, ".window-kept") == []


def test_a_case_without_such_questions_has_no_such_part(opened: Open) -> None:
    page = opened(replace(quiet(), retention=quiet().retention.clear()))
    assert page.find_elements(By.ID, "kept") == []
    assert "Retention" not in page.find_element(By.CSS_SELECTOR, ".contents").text


def test_what_is_being_lost_already_is_told(opened: Open) -> None:
    report = quiet()
    late = pl.when(pl.col("state") == "not_collected").then(pl.lit(storm.moment(storm.AS_OF - storm.DAY)))
    page = opened(replace(report, gaps=report.gaps.with_columns(deadline=late)))
    assert (
        "6 windows of missing evidence can still be fetched, 3 of them are being lost already."
        in by_id(page, "mast").text
    )
    assert "expiring since 2023-07-14" in by_id(page, "gaps").text


def test_searching_filters_the_list(opened: Open) -> None:
    page = opened(storm.report())
    by_id(page, "search").send_keys("actor:engineer mail token.use")
    wait(lambda: by_id(page, "table-status").text.startswith("0 of"))
    by_id(page, "search").send_keys(Keys.CONTROL, "a")
    by_id(page, "search").send_keys("actor:engineer token.use")
    wait(lambda: by_id(page, "table-status").text.startswith("40 of"))
    rows = page.find_elements(By.CSS_SELECTOR, "#table tbody tr:not(.spacer)")
    assert all("engineer@contoso.com" in row.text for row in rows)


def test_only_rows_in_view_exist_and_the_last_can_be_reached(opened: Open) -> None:
    page = opened(storm.report())
    assert len(page.find_elements(By.CSS_SELECTOR, "#table tbody tr")) < 80
    page.execute_script("byId('grid').focus()")
    ActionChains(page).send_keys(Keys.END).send_keys(Keys.ENTER).perform()
    last = page.execute_script("return instant(view.events.times[view.events.rows - 1])")
    assert last in panel(page)


def test_a_head_sorts_the_list_both_ways(opened: Open) -> None:
    page = opened(storm.report(200))
    head = page.find_element(By.CSS_SELECTOR, "th[data-name=actor] button")
    ordered = "return [...list.order].map((place) => cell(view.events, 'actor', place))"
    head.click()
    up = page.execute_script(ordered)
    head.click()
    assert up == sorted(up)
    assert page.execute_script(ordered) == sorted(up, reverse=True)


def test_a_click_on_a_gap_explains_it(opened: Open) -> None:
    page = opened(quiet())
    click_at(page, point(page, "azure.storage/debugdumps", "2022-02-02"))
    told = panel(page)
    assert told.startswith("Expired: azure.storage/debugdumps")
    assert "kept for 30 days" in told
    assert "Who read this object" in told
    ActionChains(page).send_keys(Keys.ESCAPE).perform()
    assert page.execute_script("return byId('detail').open") is False


def test_a_click_where_events_hide_a_gap_leads_to_both(opened: Open) -> None:
    page = opened(storm.report())
    click_at(page, point(page, "entra.signin.interactive/contoso", "2022-02-02"))
    told = panel(page)
    assert "events" in told.splitlines()[0]
    page.find_element(By.XPATH, "//dialog//button[contains(., 'Expired')]").click()
    assert panel(page).startswith("Expired: entra.signin.interactive/contoso")


def test_a_click_on_a_verdict_opens_needs_query_and_uncovered_windows(opened: Open) -> None:
    page = opened(quiet())
    page.find_element(By.XPATH, "//article//button[contains(., 'Who read this object')]").click()
    told = panel(page)
    for words in (
        "Nobody can say",
        "Expired",
        "azure.storage/proddumps",
        'actions = ["object.read"]',
        "FROM events AS e",
    ):
        assert words in told


def test_the_evidence_of_an_answer_can_be_listed(opened: Open) -> None:
    page = opened(storm.report(300))
    page.find_element(By.XPATH, "//article//button[contains(., 'never issued')]").click()
    panel(page)
    page.find_element(By.XPATH, "//dialog//button[contains(., 'Show its 2 events')]").click()
    assert by_id(page, "table-status").text.startswith("2 of")


def test_an_event_opens_with_its_record_and_its_file(opened: Open) -> None:
    report = storm.report(500)
    page = opened(report)
    ActionChains(page).send_keys("/").send_keys("object.copy").perform()
    wait(lambda: by_id(page, "table-status").text.startswith("1 of"))
    page.find_element(By.CSS_SELECTOR, "#table tbody tr:not(.spacer)").click()
    panel(page)
    row = report.events.filter(pl.col("action") == "object.copy").row(0, named=True)
    for words in (row["raw"], row["file_id"], row["file"], f"number {row['record']} of the file"):
        wait(lambda words=words: words in panel(page))


def test_dragging_zooms_and_the_list_follows(opened: Open) -> None:
    page = opened(storm.report())
    start, end = (
        point(page, "graph.activity/contoso", "2022-01-01"),
        point(page, "graph.activity/contoso", "2022-03-01"),
    )
    actions = ActionChains(page)
    pointer = actions.w3c_actions.pointer_action
    pointer.move_to_location(*start).pointer_down().move_to_location(*end).pointer_up()
    actions.perform()
    wait(lambda: "2021-12" in by_id(page, "chart-status").text or "2022-01" in by_id(page, "chart-status").text)
    wait(lambda: "within the timeline's range" in by_id(page, "table-status").text)
    listed = page.execute_script("return [...list.order].map((place) => view.events.times[place])")
    assert 0 < len(listed) < 400
    assert min(listed) > storm.us("2021-12-15")
    assert max(listed) < storm.us("2022-03-15")


def test_lanes_can_be_zones_and_accounts(opened: Open) -> None:
    page = opened(storm.report())
    choice = Select(page.find_element(By.CSS_SELECTOR, "#chart-controls select"))
    choice.select_by_visible_text("trust zone")
    wait(lambda: "production" in by_id(page, "lane-names").text)
    choice.select_by_visible_text("account")
    wait(lambda: "engineer@contoso.com" in by_id(page, "lane-names").text)
    assert page.execute_script("return view.lane.length") == 2047


def test_what_is_only_density_is_counted_and_named(opened: Open) -> None:
    report = storm.report(3000, exact=1000)
    page = opened(report)
    assert "3,047 events in view" in by_id(page, "chart-status").text
    assert "2,047 events of the case are in the picture as density only" in by_id(page, "chart-status").text
    assert "1,000 of 1,000 events (2,047 events more are only in the picture)" in by_id(page, "table-status").text
    named = page.execute_script("return [view.named.length, view.hops]")
    assert named[0] == 6
    assert min(named[1]) >= 0


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (400, 800), (320, 640), (3840, 2160)])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_every_screen_in_both_themes(opened: Open, width: int, height: int, theme: str) -> None:
    page = opened(storm.report(), width, height, theme)
    assert page.execute_script("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    paper = page.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert paper == ("rgb(246, 245, 241)" if theme == "light" else "rgb(20, 23, 26)")
    assert page.execute_script("return document.querySelectorAll('#plot .js-fill').length") >= len(STATES)
    picture = page.execute_cdp_cmd("Page.captureScreenshot", {})["data"]
    Path(tempfile.gettempdir(), f"timeline-html-{width}-{theme}.png").write_bytes(base64.b64decode(picture))
    clean(page)


def test_a_hundred_thousand_events_are_exact(opened: Open) -> None:
    report = storm.report(100_000)
    page = opened(report)
    assert len(render(report)) < 12_000_000
    assert "100,047 of 100,047 events." in by_id(page, "table-status").text
    middle = report.events.sort("time_us", "event_id").row(50_000, named=True)
    got = page.execute_script(
        "return ['event_id', 'time_us', 'actor', 'record', 'object'].map((name) => cell(view.events, name, 50000))"
    )
    assert got[1:] == [middle[name] for name in ("time_us", "actor", "record", "object")]
    assert len(got[0]) == 10
    assert middle["event_id"].startswith(got[0])
    clean(page)


def test_keys_move_open_and_close(opened: Open) -> None:
    page = opened(storm.report(100))
    page.execute_script("byId('grid').focus()")
    ActionChains(page).send_keys("jjjk").send_keys(Keys.ENTER).perform()
    second = page.execute_script("return instant(view.events.times[1])")
    assert second in panel(page)
    ActionChains(page).send_keys(Keys.ESCAPE).perform()
    page.execute_script("byId('chart').focus()")
    ActionChains(page).send_keys("++").perform()
    assert "The whole case" not in by_id(page, "chart-status").text
    ActionChains(page).send_keys("0").perform()
    assert "The whole case" in by_id(page, "chart-status").text


def test_it_prints_light_and_without_its_controls(opened: Open) -> None:
    page = opened(storm.report(50), 688, 900, theme="dark")  # A4 between its margins
    page.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"media": "print", "features": [{"name": "prefers-color-scheme", "value": "dark"}]},
    )
    page.execute_script("dispatchEvent(new Event('beforeprint'))")
    assert page.execute_script("return shade('paper')") == "#f6f5f1"
    assert not by_id(page, "table-controls").is_displayed()
    listed = page.find_elements(By.CSS_SELECTOR, "#table tbody tr:not(.spacer)")
    assert len(listed) == 97
    assert page.execute_script("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    head = page.find_element(By.CSS_SELECTOR, "#grid thead")
    assert head.text.startswith("Time (UTC)")
    assert head.find_elements(By.TAG_NAME, "button") == []  # Chromium repeats words on every page, but no buttons
    assert len(base64.b64decode(page.execute_cdp_cmd("Page.printToPDF", {})["data"])) > 50_000
    page.execute_script("dispatchEvent(new Event('afterprint'))")
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
