"""On a terminal: tables, colour, a bar for long work, and a thousand events; in a pipe: nothing of these."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from timeline.api import Case

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("terminal")
    with (folder / "okta.jsonl").open("w") as file:
        for number in range(1_100):
            moment = f"2023-05-01T10:{number // 60 % 60:02}:{number % 60:02}.000Z"
            event = {
                "uuid": f"u{number}",
                "published": moment,
                "eventType": "user.session.start",
                "actor": {"alternateId": f"user{number}@example.com"},
            }
            file.write(json.dumps(event) + "\n")
    with Case.create(folder) as made:
        made.ingest([folder / "okta.jsonl"])
    return folder


def test_a_terminal_gets_a_thousand_events_and_a_note(terminal: Callable, case: Path) -> None:
    shown = terminal("-C", case, "events")
    assert shown.count("@example.com") == 1_000
    assert "the first 1,000 of 1,100 events" in shown


def test_a_limit_says_otherwise(terminal: Callable, case: Path) -> None:
    assert terminal("-C", case, "events", "--limit", "1050").count("@example.com") == 1_050


def test_a_pipe_gets_them_all_without_tabs_or_escapes(case: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "timeline", "-C", case, "events"], capture_output=True, check=True, text=True
    )
    assert result.stdout.count("@example.com") == 1_100
    assert not set(result.stdout) & {"\t", "\x1b"}
    assert result.stderr == ""


def test_other_formats_are_whole_on_a_terminal_too(terminal: Callable, case: Path) -> None:
    assert terminal("-C", case, "events", "--format", "jsonl", "--columns", "actor").count("@example.com") == 1_100


@pytest.mark.parametrize(("words", "environ"), [(["--no-color"], {}), ([], {"NO_COLOR": "1"})])
def test_colour_can_be_switched_off(terminal: Callable, case: Path, words: list[str], environ: dict[str, str]) -> None:
    plain = terminal("-C", case, "events", "--limit", "1", *words, **environ)
    assert "user0@example.com" in plain
    assert not re.search(r"\x1b\[[0-9;]*3\d", plain)


def test_a_bar_is_shown_and_can_be_silenced(terminal: Callable, tmp_path: Path) -> None:
    terminal("init", tmp_path)
    (tmp_path / "empty.json").write_text("")
    assert "\x1b[?25l" in terminal("-C", tmp_path, "ingest", tmp_path / "empty.json")
    assert "\x1b[?25l" not in terminal("-C", tmp_path, "ingest", "--quiet", tmp_path / "empty.json")


def test_a_reader_that_stops_early_is_no_error(case: Path) -> None:
    command = f"{sys.executable} -m timeline -C {case} events --format jsonl | head -1"
    result = subprocess.run(command, shell=True, capture_output=True, check=False, text=True)  # noqa: S602
    assert len(result.stdout.splitlines()) == 1
    assert result.stderr == ""


def test_sql_answers_statement_after_statement(terminal: Callable, case: Path) -> None:
    typed = "SELECT count(*) * 2\nAS twice FROM events;\nSELEC 1;\nSELECT 7 * 6 AS answer;\n\x04"
    shown = terminal("-C", case, "sql", typed=typed)
    assert "2200" in shown
    assert "the SQL was refused" in shown
    assert "42" in shown.partition("refused")[2]
