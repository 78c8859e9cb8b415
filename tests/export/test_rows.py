"""Rows leave the case whole, exact where programs read them, and harmless where people do."""

import csv
import datetime as dt
import io
import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from timeline.errors import CaseError
from timeline.export.escape import UNSAFE, visible
from timeline.export.formats import FORMATS
from timeline.export.rows import write

MOMENT = dt.datetime(2023, 5, 15, 3, 4, 5, 6)  # noqa: DTZ001  the case keeps UTC without a zone
HOSTILE = "a\x1b]0;owned\x07\u202egpj.exe\r\n\t\x9b\x7f\u2028é"
FRAME = pl.DataFrame(
    {
        "time": [MOMENT, None],
        "object": [HOSTILE, "=1+1"],
        "rows": [-3, None],
        "windows": [[{"start": MOMENT, "why": "-\u202e"}, {"start": None, "why": None}], []],
        "inner": [{"at": MOMENT, "deep": [["x"]]}, None],
        "raw": [b"\x00\xff", None],
        "day": [dt.date(2023, 5, 1), None],
    }
)


def text(rows: pl.DataFrame | list[pl.DataFrame], form: str, folder: Path, *, exact: bool = False) -> str:
    target = folder / f"rows.{form}"
    write(rows, form, target, exact=exact)
    return target.read_bytes().decode()


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "parquet"])
def test_no_text_carries_what_acts_on_a_terminal(form: str, tmp_path: Path) -> None:
    assert not set(text(FRAME, form, tmp_path)) & (set(UNSAFE) - {"\n"})


def test_a_terminal_is_sent_nothing_of_the_data_but_text() -> None:
    sheet = io.StringIO()
    write(
        FRAME.select("object"),
        "table",
        None,
        console=Console(file=sheet, force_terminal=True, width=300, no_color=True),
    )
    assert "a\\x1b]0;owned\\x07\\u202egpj.exe\\r\\n\\t\\x9b\\x7f\\u2028é" in sheet.getvalue()


def test_a_terminal_shows_markup_as_text() -> None:
    sheet = io.StringIO()
    frame = pl.DataFrame({"[red]x": ["[link=http://example.com]click[/link] :skull:"]})
    write(frame, "table", None, console=Console(file=sheet, force_terminal=True, width=300))
    assert "[link=http://example.com]click[/link] :skull:" in sheet.getvalue()
    assert "[red]x" in sheet.getvalue()


def test_a_frame_too_wide_for_a_terminal_is_shown_record_by_record() -> None:
    sheet = io.StringIO()
    frame = pl.DataFrame({f"column{number}": [number] for number in range(20)})
    write(frame, "table", None, console=Console(file=sheet, force_terminal=True, width=80, no_color=True))
    assert [line.split() for line in sheet.getvalue().splitlines() if "column19" in line] == [
        ["\x1b[1mcolumn19\x1b[0m", "19"]
    ]


def test_json_lines_bring_every_value_back(tmp_path: Path) -> None:
    first, second = map(json.loads, text(FRAME, "jsonl", tmp_path).splitlines())
    assert first["object"] == HOSTILE
    assert first["time"] == "2023-05-15T03:04:05.000006Z"
    assert first["windows"] == [
        {"start": "2023-05-15T03:04:05.000006Z", "why": "-\u202e"},
        {"start": None, "why": None},
    ]
    assert first["inner"] == {"at": "2023-05-15T03:04:05.000006Z", "deep": [["x"]]}
    assert (first["raw"], first["day"]) == ("00ff", "2023-05-01")
    assert second == {
        "time": None,
        "object": "=1+1",
        "rows": None,
        "windows": [],
        "inner": None,
        "raw": None,
        "day": None,
    }


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=5))
@settings(deadline=None)
def test_any_text_comes_back_from_json(tmp_path_factory: pytest.TempPathFactory, values: list[str]) -> None:
    folder = tmp_path_factory.mktemp("any")
    written = text(pl.DataFrame({"value": values}), "jsonl", folder)
    assert [json.loads(line)["value"] for line in written.split("\n")[:-1]] == values
    assert [row["value"] for row in json.loads(text(pl.DataFrame({"value": values}), "json", folder))] == values


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_visible_text_has_no_unsafe_character_and_loses_none(value: str) -> None:
    assert not set(visible(value)) & set(UNSAFE)
    assert len(visible(value)) >= len(value)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\t=1", "'\\t=1"),
        ("\r=1", "'\\r=1"),
        ("a=1", "a=1"),
        ('"quoted", and "more"', '"quoted", and "more"'),
        ("two\nlines", "two\\nlines"),
    ],
)
def test_a_spreadsheet_runs_nothing(value: str, cell: str, tmp_path: Path) -> None:
    rows = list(csv.reader(io.StringIO(text(pl.DataFrame({"value": [value, "x"]}), "csv", tmp_path))))
    assert rows == [["value"], [cell], ["x"]]


def test_a_number_is_no_formula(tmp_path: Path) -> None:
    assert text(pl.DataFrame({"n": [-3]}), "csv", tmp_path) == "n\n-3\n"


def test_a_hostile_column_name_is_made_harmless_too(tmp_path: Path) -> None:
    assert text(pl.DataFrame({"=1\x1b": ["x"]}), "csv", tmp_path) == "'=1\\x1b\nx\n"


def test_exact_csv_keeps_the_bytes(tmp_path: Path) -> None:
    written = text(FRAME.select("object"), "csv", tmp_path, exact=True)
    assert list(csv.reader(io.StringIO(written, newline=""))) == [["object"], [HOSTILE], ["=1+1"]]


def test_nests_are_json_in_csv(tmp_path: Path) -> None:
    row = next(csv.DictReader(io.StringIO(text(FRAME, "csv", tmp_path))))
    assert json.loads(row["windows"])[0] == {"start": "2023-05-15T03:04:05.000006Z", "why": "-\u202e"}
    assert json.loads(row["inner"])["deep"] == [["x"]]


def test_parquet_keeps_types_and_marks_times_as_utc(tmp_path: Path) -> None:
    write([FRAME, FRAME], "parquet", tmp_path / "rows.parquet")
    back = pl.read_parquet(tmp_path / "rows.parquet")
    assert back.height == 4
    assert back["object"][0] == HOSTILE
    assert back["time"][0] == MOMENT.replace(tzinfo=dt.UTC)
    assert back["windows"][0][0]["start"] == MOMENT.replace(tzinfo=dt.UTC)


def test_plain_text_is_aligned_and_has_no_tabs(tmp_path: Path) -> None:
    frame = pl.DataFrame({"name": ["a\tb", "longer"], "n": [5, 1000]})
    assert text(frame, "table", tmp_path) == "name       n\na\\tb       5\nlonger  1000\n"


@pytest.mark.parametrize("form", ["csv", "json", "jsonl", "table"])
def test_frames_that_come_one_by_one_are_one_table(form: str, tmp_path: Path) -> None:
    frame = pl.DataFrame({"n": [1, 2, 3, 4]})
    assert text([frame[:2], frame[:0], frame[2:]], form, tmp_path) == text(frame, form, tmp_path)


@pytest.mark.parametrize(("form", "expected"), [("csv", "n,s\n"), ("json", "[]\n"), ("jsonl", ""), ("table", "n  s\n")])
def test_no_rows_are_still_a_table(form: str, expected: str, tmp_path: Path) -> None:
    assert text(pl.DataFrame(schema={"n": pl.Int64, "s": pl.String}), form, tmp_path) == expected


def test_column_names_are_never_patterns(tmp_path: Path) -> None:
    frame = pl.DataFrame({"*": [1], "^n$": ["x"], "": [MOMENT]})
    assert json.loads(text(frame, "jsonl", tmp_path)) == {"*": 1, "^n$": "x", "": "2023-05-15T03:04:05.000006Z"}


def test_a_zoned_time_is_shown_as_utc(tmp_path: Path) -> None:
    paris = pl.Series("t", [MOMENT]).dt.replace_time_zone("Europe/Paris")
    assert text(pl.DataFrame(paris), "csv", tmp_path) == "t\n2023-05-15T01:04:05.000006Z\n"


def test_a_failed_output_leaves_the_old_file_and_no_rest(tmp_path: Path) -> None:
    target = tmp_path / "rows.csv"
    target.write_text("old")

    def broken() -> object:
        yield pl.DataFrame({"n": [1]})
        raise CaseError("the case broke")

    with pytest.raises(CaseError):
        write(broken(), "csv", target)  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == ["rows.csv"]
    assert target.read_text() == "old"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="choose a place"):
        write(FRAME, "csv", tmp_path / "none" / "rows.csv")


def test_parquet_is_not_thrown_at_a_terminal() -> None:
    with pytest.raises(CaseError, match="-o FILE"):
        write(FRAME, "parquet", None, console=Console(file=io.StringIO()))


def test_a_long_list_is_cut_on_a_terminal_and_nowhere_else(tmp_path: Path) -> None:
    frame = pl.DataFrame({"windows": [[{"n": number} for number in range(100, 110)]]})
    sheet = io.StringIO()
    write(frame, "table", None, console=Console(file=sheet, width=80))
    assert sheet.getvalue().split() == ["windows", "─" * 8, "100", "101", "102", "103", "…", "6", "more"]
    assert text(frame, "table", tmp_path).split() == ["windows", *[f"{number};" for number in range(100, 109)], "109"]
