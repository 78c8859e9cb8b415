"""`timeline sigma` as a user meets it."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.sigma.conftest import COVERED, Make, rule
from tests.sigma.events import aws

COLUMNS = [
    "rule",
    "rule_id",
    "level",
    "verdict",
    "strength",
    "rows",
    "first",
    "last",
    "first_is",
    "last_is",
    "lacks",
    "uncovered",
]
STOP = rule("  a:\n    eventName: StopLogging\n  condition: a\n")


def test_verdicts_and_events_have_the_promised_columns(timeline: Callable, make: Make, tmp_path: Path) -> None:
    with make(COVERED, aws=[{**aws("2023-05-03T10:00:00Z", 1), "eventName": "StopLogging"}]):
        pass
    (tmp_path / "stop.yml").write_text(STOP)
    result = timeline("-C", tmp_path, "sigma", tmp_path / "stop.yml", "--format", "json")
    assert (result.code, result.err) == (0, "")
    (row,) = json.loads(result.out)
    assert list(row) == COLUMNS
    (event,) = json.loads(timeline("-C", tmp_path, "sigma", tmp_path / "stop.yml", "--events", "--format", "json").out)
    assert list(event)[:3] == ["rule", "time", "event_id"]
    assert event["time"] == "2023-05-03T10:00:00.000000Z"


def test_a_refused_rule_is_exit_code_3_with_file_and_reason(timeline: Callable, make: Make, tmp_path: Path) -> None:
    with make(COVERED, aws=[aws("2023-05-03T10:00:00Z", 1)]):
        pass
    (tmp_path / "a.yml").write_text("title: [")
    (tmp_path / "b.yml").write_text(STOP)
    result = timeline("-C", tmp_path, "sigma", tmp_path, "--format", "json")
    assert result.code == 3
    assert "a.yml: line 1: no YAML" in result.err
    assert [row["verdict"] for row in json.loads(result.out)] == ["absent"]


def test_no_rules_is_wrong_usage(timeline: Callable, demo_case: Path, tmp_path: Path) -> None:
    assert timeline("-C", demo_case, "sigma", tmp_path / "nowhere").code == 2
    (tmp_path / "empty").mkdir()
    assert timeline("-C", demo_case, "sigma", tmp_path / "empty").code == 2
