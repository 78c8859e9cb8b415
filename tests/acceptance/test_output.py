"""What leaves the program: to people, to spreadsheets, to pipes; and what `sql` may do."""

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from own_case import MAY, Make
from vendor_logs import lines, okta

HOSTILE = "=HYPERLINK(1)\u202e\x1b[31m\u2066\x9b"
MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"
TEXTS = ("table", "csv", "json", "jsonl")
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def test_no_text_carries_a_character_that_acts(trial: Make) -> None:
    case = trial().ingest(okta_jsonl=lines(okta("2023-05-10T00:00:00Z", HOSTILE), "{\x1b[2J\u202e"))
    for form, words in product(
        TEXTS,
        (
            "events --columns all",
            "query sign-in-by",
            "status --rejected",
            "ask sign-in-by -p actor=\u202ex\x1b",
            "sql -c SELECT*FROM(event)",
        ),
    ):
        result = case.run(*words.split(" "), "--format", form)
        assert result.code == 0, result.err
        assert not UNSAFE.search(result.out), words


def test_a_spreadsheet_runs_no_cell_and_exact_keeps_the_bytes(trial: Make) -> None:
    names = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "plain", " =1"]
    case = trial().ingest(
        okta_jsonl=lines(*(okta(f"2023-05-10T00:00:0{number}Z", name) for number, name in enumerate(names)))
    )
    words = ("events", "--columns", "actor", "--format", "csv")
    safe = [row["actor"] for row in csv.DictReader(io.StringIO(case.run(*words).out))]
    assert safe == ["'=1+1", "'+1", "'-1", "'@x", "'\\tx", "'\\rx", "plain", " =1"]
    exact = [row["actor"] for row in csv.DictReader(io.StringIO(case.run(*words, "--exact").out, newline=""))]
    assert exact == names


def test_every_time_has_six_digits_and_a_z(trial: Make) -> None:
    case = trial().ingest(okta_jsonl=lines(okta("2023-05-10T00:00:00Z"), "{", okta("2023-05-11T00:00:00.5Z")))
    for form, words in product(
        TEXTS,
        (
            ["events", "--no-raw"],
            ["gaps"],
            ["sources"],
            ["ask", "sign-in-by"],
            ["query", "sign-in-by"],
            ["sql", "-c", "SELECT time FROM events"],
        ),
    ):
        out = case.run(*words, "--format", form).out
        times = re.findall(r"\d{4}-\d\d-\d\d[T ][0-9:.]*[Z+]?", out)
        assert times
        assert all(re.fullmatch(MOMENT, time) for time in times), times


def test_a_table_in_a_pipe_has_no_tab_and_no_colour(trial: Make) -> None:
    out = trial().ingest(okta_jsonl=lines(okta("2023-05-10T00:00:00Z", "a\tb"))).run("events").out
    assert "\t" not in out
    assert "\x1b" not in out
    assert "a\\tb" in out


@pytest.mark.parametrize(("words", "environ"), [(["--no-color"], {}), ([], {"NO_COLOR": "1"})])
def test_a_terminal_without_colour_gets_none(
    words: list[str], environ: dict[str, str], trial: Make, terminal: Callable[..., str]
) -> None:
    case = trial().ingest(okta_jsonl=lines(okta("2023-05-10T00:00:00Z")))
    shown = terminal("-C", case.folder, "status", *words, **environ)
    assert "okta.system" in shown
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", shown)


def test_data_is_on_stdout_and_all_the_rest_on_stderr(trial: Make) -> None:
    case = trial().ingest(okta_jsonl=lines(okta("2023-05-10T00:00:00Z")))
    result = case.run("ingest", case.folder, "--format", "json")
    assert json.loads(result.out)
    assert "1 file" in result.err
    assert case.run("ingest", case.folder, "--format", "json", "--quiet").err == ""
    refused = case.run("events", "--columns", "nothing")
    assert (refused.code, refused.out) == (2, "")


def test_a_pipe_that_closes_early_is_no_error(trial: Make) -> None:
    case = trial().ingest(
        okta_jsonl=lines(*(okta(f"2023-05-10T{hour:02}:{minute:02}:00Z") for hour in range(24) for minute in range(60)))
    )
    command = [sys.executable, "-m", "timeline", "-C", str(case.folder), "events", "--format", "jsonl"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


SPIES = [
    "SELECT * FROM read_text('case.toml')",
    "SELECT * FROM 'okta.jsonl'",
    "SELECT * FROM glob('*')",
    "COPY (SELECT 1) TO 'stolen.csv'",
    "EXPORT DATABASE 'stolen'",
    "ATTACH 'stolen.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "RESET enable_external_access",
    "SELECT * FROM read_csv('https://example.com/x.csv')",
    "DELETE FROM event",
    "DROP VIEW nothing",
]


def test_sql_neither_changes_the_case_nor_reaches_out_of_it(trial: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    case = trial().ingest(okta_jsonl=lines(okta("2023-05-10T00:00:00Z")))
    before = (case.folder / "case.duckdb").read_bytes()
    monkeypatch.chdir(case.folder)
    for text in SPIES:
        result = case.run("sql", "-c", text)
        assert (result.code, result.out) == (2, ""), text
    assert case.run("sql", "-c", "").code == 0
    assert (case.folder / "case.duckdb").read_bytes() == before
    assert sorted(path.name for path in case.folder.iterdir()) == ["case.duckdb", "case.toml", "okta.jsonl"]


ODD = "SELECT max(time) - min(time) AS between, MAP {'a': 1} AS m, 1 AS x, 2 AS x, [1, 2] AS l, 'infinity'::TIMESTAMP AS t, 'a'::BLOB AS b FROM events"


def test_sql_shows_whatever_duckdb_can_answer(trial: Make) -> None:
    case = trial().ingest(okta_jsonl=lines(okta("2023-05-10T00:00:00Z"), okta("2023-05-11T00:00:00Z")))
    for form in TEXTS:
        result = case.run("sql", "-c", ODD, "--format", form)
        assert result.code == 0, result.err
        assert "1 day" in result.out
        assert "x_2" in result.out


def test_init_makes_a_case_and_never_touches_one(timeline: Callable[..., Any], tmp_path: Path) -> None:
    assert timeline("init", "case").code == 0
    told = tmp_path / "case" / "case.toml"
    told.write_text(told.read_text() + "# mine\n")
    before = told.read_bytes()
    assert timeline("init", "case").code == 0
    assert told.read_bytes() == before
    assert timeline("-C", "other", "init").code == 0
    assert timeline("init", "-C", "third", "--quiet").err == ""
    assert (tmp_path / "other" / "case.toml").exists()
    assert (tmp_path / "third" / "case.toml").exists()
    assert not (tmp_path / "case.toml").exists()


def test_init_says_why_a_folder_cannot_be_made(timeline: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = timeline("init", "file")
    assert result.code == 2
    assert "file: File exists" in result.err


def test_the_case_is_found_like_a_repository(
    timeline: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        timeline("init", name)
        (tmp_path / f"{name}.jsonl").write_text(lines(okta("2023-05-10T00:00:00Z", name)))
        assert timeline("-C", name, "ingest", tmp_path / f"{name}.jsonl").code == 0

    def actor(*words: str) -> str:
        return str(json.loads(timeline(*words, "--format", "jsonl").out)["actor"])

    deep = tmp_path / "one" / "a" / "b"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert actor("events") == "one"
    monkeypatch.setenv("TIMELINE_CASE", str(tmp_path / "two"))
    assert actor("events") == "two"
    assert actor("events", "-C", str(tmp_path / "one")) == actor("--case", str(tmp_path / "one"), "events") == "one"
    monkeypatch.setenv("TIMELINE_CASE", str(tmp_path / "three"))
    assert timeline("events").code == 2


@pytest.mark.parametrize(
    "words",
    [
        ["nothing"],
        ["events", "--nothing"],
        ["events", "--format", "xml"],
        ["ingest", "nothing.json"],
        ["ask", "nothing"],
        ["events", "--from", "soon"],
        ["export", "--to", "xml"],
    ],
)
def test_wrong_usage_is_exit_code_2(words: list[str], trial: Make) -> None:
    result = trial().ingest(okta_jsonl=lines(okta("2023-05-10T00:00:00Z"))).run(*words)
    assert (result.code, result.out) == (2, "")
    assert result.err


def test_a_mistake_in_case_toml_is_exit_code_2_and_nothing_is_done(trial: Make) -> None:
    case = trial('[[policy]]\nstraem = "okta.*"\nretention_days = "90"\n', base=MAY)
    result = case.ingest(okta_jsonl=lines(okta("2023-05-10T00:00:00Z"))).run("status")
    assert case.codes == [2]
    assert result.code == 2
    assert "case.toml:5" in result.err
    assert "case.toml:6" in result.err
    assert not (case.folder / "case.duckdb").exists()
