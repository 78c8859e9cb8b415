"""The commands that answer, on the demo case: the rows that contract.md promises, in every format, and shorter for people."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

COLUMNS = {
    "gaps": "stream source family scope state start end cause basis store mendable deadline expected_events expected_low expected_high evidence",
    "ask": "question subject verdict strength rows first last first_is last_is uncovered",
    "chain": "step verdict earliest latest windows because",
    "status": "file file_id sha256 bytes source records events rejected duplicates skipped",
}


@pytest.fixture
def rows(timeline: Callable, demo_case: Path) -> Callable[..., list[dict[str, Any]]]:
    def ask(*words: str) -> list[dict[str, Any]]:
        result = timeline("-C", demo_case, *words, "--format", "json")
        assert result.code == 0, result.err
        return json.loads(result.out)

    return ask


@pytest.mark.parametrize("name", COLUMNS)
def test_rows_have_the_promised_columns(name: str, rows: Callable) -> None:
    found = rows(name)
    assert found
    assert list(found[0])[: len(COLUMNS[name].split())] == COLUMNS[name].split()


@pytest.mark.parametrize("name", ["gaps", "status"])
def test_every_format_tells_the_same_rows(
    name: str, rows: Callable, timeline: Callable, demo_case: Path, tmp_path: Path
) -> None:
    expected = rows(name)
    lines = timeline(name, "-C", demo_case, "--format", "jsonl").out.splitlines()
    assert [json.loads(line) for line in lines] == expected
    table = list(csv.DictReader(io.StringIO(timeline(name, "-C", demo_case, "--format", "csv").out)))
    assert [set(row) for row in table] == [set(row) for row in expected]
    timeline(name, "-C", demo_case, "-o", tmp_path / "rows.parquet")
    assert pl.read_parquet(tmp_path / "rows.parquet").height == len(expected)
    assert len(timeline(name, "-C", demo_case).out.splitlines()) == len(expected) + 1


def test_an_answer_with_something_uncovered_is_never_absent(rows: Callable) -> None:
    answers = rows("ask")
    assert {"unknown", "found_incomplete"} <= {row["verdict"] for row in answers}
    assert all(row["verdict"] in {"unknown", "found_incomplete"} for row in answers if row["uncovered"])


def test_one_question_can_be_asked_of_a_part_of_the_time(rows: Callable) -> None:
    (row,) = rows("ask", "mailbox-rule-added", "--from", "2023-05-01", "--to", "2023-06-01")
    assert (row["verdict"], row["rows"], row["uncovered"]) == ("absent", 0, [])


def test_a_question_takes_parameters(rows: Callable) -> None:
    everyone, one = rows("query", "sign-in-by"), rows("query", "sign-in-by", "-p", "actor=avery*")
    assert 0 < len(one) < len(everyone)
    assert {"time", "time_us", "event_id"} <= set(one[0])


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["query", "sign-in-bye"], "sign-in-bye"),
        (["query", "sign-in-by", "-p", "person=avery"], "person"),
        (["ask", "nothing"], "nothing"),
        (["ask", "--from", "2023-06-01", "--to", "2023-05-01"], "--from"),
    ],
)
def test_a_wrong_question_is_exit_code_2(words: list[str], named: str, timeline: Callable, demo_case: Path) -> None:
    result = timeline("-C", demo_case, *words)
    assert (result.code, result.out) == (2, "")
    assert named in result.err


def test_the_questions_are_listed_with_their_parameters(rows: Callable) -> None:
    listed = {row["question"]: row for row in rows("queries")}
    assert "object" in listed["artefact-read-by"]["parameters"]


def test_gaps_can_be_narrowed_to_streams(rows: Callable) -> None:
    assert {row["source"] for row in rows("gaps", "--stream", "azure.storage/*")} == {"azure.storage"}


def test_the_sources_are_listed_with_what_they_witness(rows: Callable) -> None:
    found = {row["source"]: row for row in rows("sources")}
    assert "object.read" in found["azure.storage"]["witnesses"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("chain", ["exfiltration", "possible from"]),
        ("gaps", ["expired", "not_collected"]),
        ("ask", ["unknown", "expired"]),
    ],
)
def test_a_terminal_gets_the_short_form(name: str, words: list[str], terminal: Callable, demo_case: Path) -> None:
    shown = " ".join(terminal("-C", demo_case, name, "--no-color", COLUMNS="200").split())
    assert all(word in shown for word in words)
    assert ".000000Z" not in shown


def test_the_html_is_written_and_nothing_else(timeline: Callable, demo_case: Path, tmp_path: Path) -> None:
    result = timeline("-C", demo_case, "html", "-o", "report.html")
    assert (result.code, result.out) == (0, "")
    assert (tmp_path / "report.html").read_text("utf-8").lower().startswith("<!doctype html>")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
