"""`timeline preserve` for a person in a hurry: a short table, and below it each command as one line to paste."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from timeline.api import Case

TOML = """[case]
from = 2023-05-01
to = 2023-05-20
[[collection]]
id = "c"
collected_at = 2023-05-20T00:00:00Z
from = 2023-05-08
[[policy]]
stream = "okta.system/*"
retention_days = 30
"""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("preserve")
    (folder / "case.toml").write_text(TOML)
    records = [
        {"uuid": f"u{day}-{hour}", "published": f"2023-05-{day:02}T{hour:02}:10:00.000Z", "eventType": "user.session.start"}
        for day in range(8, 20)
        for hour in range(24)
    ]  # fmt: skip
    (folder / "okta.jsonl").write_text("\n".join(map(json.dumps, records)))
    with Case.open(folder) as made:
        made.ingest([folder / "okta.jsonl"])
    return folder


def test_a_terminal_shows_each_command_as_one_line_below_the_table(terminal: Callable[..., str], case: Path) -> None:
    shown = terminal("-C", case, "preserve", COLUMNS="80")
    (row,) = json.loads(terminal("-C", case, "preserve", "--format", "json"))
    assert f"1. okta.system/default\r\n{row['command']}\r\n" in shown
    assert "Words in CAPITALS are yours to fill in" in shown
    assert shown.index("2023-05-31") < shown.index(row["command"])


def test_a_window_tells_how_many_events_it_should_hold(timeline: Callable[..., Any], case: Path) -> None:
    (row,) = json.loads(timeline("-C", case, "preserve", "--format", "json").out)
    gaps = json.loads(timeline("-C", case, "gaps", "--format", "json").out)
    assert row["expected_events"] == sum(gap["expected_events"] for gap in gaps if gap["mendable"])
    assert row["expected_events"] == pytest.approx(7 * 24, rel=0.1)


def test_a_pipe_gets_the_rows_as_they_are(timeline: Callable[..., Any], case: Path) -> None:
    told = timeline("-C", case, "preserve", "--format", "csv").out
    assert told.splitlines()[0] == "deadline,stream,store,scope,start,end,state,expected_events,questions,command"


def test_where_nothing_is_left_it_says_so(terminal: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text(TOML.replace("retention_days = 30", "retention_days = 1"))
    (tmp_path / "okta.json").write_text(
        '{"uuid":"u","published":"2023-05-19T00:00:00Z","eventType":"user.session.start"}'
    )
    with Case.open(tmp_path) as made:
        made.ingest([tmp_path / "okta.json"])
    assert "No store that the case names still holds anything" in terminal("-C", tmp_path, "preserve")
