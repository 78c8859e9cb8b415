"""Every question of the library: its cases, its needs, and the subset of SQL it is written in."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.query_lint import BOUNDS, faults, parameters
from timeline.catalog import Need, Question, actions, column_types, questions
from timeline.core.spans import Span, Spans, clip, common, holds, minus, tidy, union
from timeline.globs import matches

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
QUESTIONS = questions()
CASES = sorted((Path(__file__).parent / "cases").glob("*/*.toml"))
FIXED = {
    "artefact-created": {"object"}, "artefact-moved": {"object", "zone"}, "artefact-read-by": {"object", "actor"},
    "artefact-path": {"object"}, "account-compromised": {"actor"}, "sign-in-by": {"actor"}, "session-trace": {"session"},
    "mail-read": {"mailbox"}, "token-used-without-issuance": {"token"}, "logging-disabled": {"stream"},
}  # fmt: skip
RESTRICTIONS = {"object", "actor", "zone", "stream", "mailbox", "session", "token"}
STRENGTH = {"best_effort": "weak", "complete": "strong", "attested": "proven"}


def instant(text: str) -> int:
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1)


def window_of(text: str) -> Span:
    start, end = text.split("/")
    return instant(start), instant(end)


@dataclass(frozen=True)
class Stream:
    """A stream of the case: what it would show, and when it was covered."""

    name: str
    witnesses: tuple[str, ...]
    covered: Spans
    zones: tuple[str, ...] = ()
    completeness: str = "complete"


@dataclass(frozen=True)
class Trial:
    """One case of one question, with the rows that its statement gives."""

    question: Question
    params: dict[str, str]
    window: Span
    streams: tuple[Stream, ...]
    rows: list[dict[str, Any]]
    expect: dict[str, Any]


def stream_of(told: dict[str, Any], window: Span) -> Stream:
    covered = tidy(window_of(text) for text in told["covered"]) if "covered" in told else (window,)
    return Stream(told["name"], tuple(told["witnesses"]), covered, tuple(told.get("zones", ())), told.get("completeness", "complete"))


def events_of(told: list[dict[str, Any]]) -> duckdb.DuckDBPyConnection:
    """Make the table `events` of the case's rows."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    types = column_types()
    connection.execute(f"CREATE TABLE events ({', '.join(f'{name} {kind}' for name, kind in types.items())})")
    for number, each in enumerate(told):
        row = {"event_id": f"e{number}", **each, "time_us": instant(each["time"])}
        if "issued_time" in row:
            row["issued_time_us"] = instant(row["issued_time"])
        assert row.keys() <= types.keys(), row.keys() - types.keys()
        marks = ", ".join("make_timestamp(?)" if name in ("time", "issued_time") else "?" for name in row)
        values = [row[f"{name}_us"] if name in ("time", "issued_time") else value for name, value in row.items()]
        connection.execute(f"INSERT INTO events ({', '.join(row)}) VALUES ({marks})", values)
    return connection


def pattern(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text.lower()).replace("*", "%")


def rows_of(connection: duckdb.DuckDBPyConnection, question: Question, params: dict[str, str], window: Span) -> list[dict[str, Any]]:
    bound: dict[str, str | int | None] = {name: pattern(params[name]) if name in params else None for name in question.parameters}
    answer = connection.execute(question.select, bound | {"from_us": window[0], "to_us": window[1]})
    names = [str(column[0]) for column in answer.description or ()]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def trial_of(path: Path) -> Trial:
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    question, window = QUESTIONS[path.parent.name], (instant(told["from"]), instant(told["to"]))
    streams = tuple(stream_of(each, window) for each in told["stream"])
    with events_of(told.get("event", [])) as connection:
        rows = rows_of(connection, question, told["params"], window)
    return Trial(question, told["params"], window, streams, rows, told["expect"])


# The three functions below stand for the runner of timeline/evidence.py.


def witnesses(trial: Trial, need: Need, action: str) -> list[Stream]:
    zone = trial.params.get(need.restrict.get("zone", "").removeprefix("$"))
    told = need.restrict.get("stream", "*")
    named = [s for s in trial.streams if action in s.witnesses and matches(told, s.name)]
    return [s for s in named if zone is None or not s.zones or zone in s.zones]


def uncovered(trial: Trial, need: Need, asked: Spans) -> Spans:
    missing = []
    for alternative in need.any or (need.actions,):
        found = [(action, witnesses(trial, need, action)) for action in alternative]
        gaps = [minus(asked, s.covered) for _, streams in found for s in streams] + [asked for _, streams in found if not streams]
        missing.append(union(*gaps))
    left = missing[0]
    for each in missing[1:]:
        left = common(left, each)
    return left


def judged(trial: Trial) -> tuple[str, Spans]:
    over = [n for n in trial.question.needs if n.at == "window"]
    at = [n for n in trial.question.needs if n.at == "issued_time"]
    lost = union(*(uncovered(trial, need, (trial.window,)) for need in over))
    findings = 0
    for row in trial.rows:
        echo = row.get("issued_time_us")
        vouched = not at or (echo is not None and holds(clip(((-(2**62), 2**62),), trial.window), echo) and not any(uncovered(trial, n, ((echo, echo + 1),)) for n in at))
        findings += row.get("verdict", "found") == "found" and vouched
    doubt = bool(lost) or findings < len(trial.rows)
    verdict = ("found_incomplete" if doubt else "found") if findings else ("unknown" if doubt else "absent")
    return verdict, lost


@pytest.mark.parametrize("path", CASES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_a_case_has_its_verdict(path: Path) -> None:
    trial = trial_of(path)
    verdict, lost = judged(trial)
    told = trial.expect
    assert (verdict, len(trial.rows)) == (told["verdict"], told["rows"]), [(r["event_id"], r.get("verdict")) for r in trial.rows]
    assert lost == tidy(window_of(text) for text in told.get("uncovered", ()))
    if "first" in told:
        assert trial.rows[0]["time_us"] == instant(told["first"])
    if "events" in told:
        assert {str(row["event_id"]) for row in trial.rows} == set(told["events"])
    for name, values in told.get("column", {}).items():
        padded = values + values[-1:] * (len(trial.rows) - len(values))
        assert [row[name] for row in trial.rows] == padded, name


@pytest.mark.parametrize("path", CASES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_rows_are_in_order_and_named_as_the_contract_does(path: Path) -> None:
    trial = trial_of(path)
    if trial.rows:
        assert list(trial.rows[0])[:3] == ["time", "time_us", "event_id"]
    assert [r["event_id"] for r in trial.rows] == [r["event_id"] for r in sorted(trial.rows, key=lambda r: (r["time_us"], r["event_id"]))]
    assert all(trial.window[0] <= row["time_us"] < trial.window[1] for row in trial.rows)
    assert len({row["event_id"] for row in trial.rows}) == len(trial.rows)


@pytest.mark.parametrize("name", QUESTIONS)
def test_taking_away_any_need_turns_absent_into_unknown_and_never_into_found(name: str) -> None:
    trial = trial_of(Path(__file__).parent / "cases" / name / "absent.toml")
    assert judged(trial)[0] == "absent"
    over = [need for need in trial.question.needs if need.at == "window"]
    assert over, "a question without a need over its window is always absent"
    for need in over:
        for action in need.actions or need.any[0]:
            kept = {a for alternative in need.any[1:] for a in alternative}
            bare = replace(trial, streams=tuple(replace(s, covered=()) if action in s.witnesses or kept & {*s.witnesses} else s for s in trial.streams))
            assert judged(bare)[0] == "unknown", (need, action)


@pytest.mark.parametrize("name", QUESTIONS)
def test_taking_away_any_hour_of_any_needed_stream_never_leaves_an_absence(name: str) -> None:
    trial = trial_of(Path(__file__).parent / "cases" / name / "absent.toml")
    needed = {a for need in trial.question.needs if need.at == "window" and not need.any for a in need.actions}
    hole = ((trial.window[0] + 3_600_000_000, trial.window[0] + 7_200_000_000),)
    for number, stream in enumerate(trial.streams):
        if needed & {*stream.witnesses}:
            streams = list(trial.streams)
            streams[number] = replace(stream, covered=minus(stream.covered, hole))
            assert judged(replace(trial, streams=tuple(streams)))[0] == "unknown", stream.name


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_has_its_three_cases(name: str) -> None:
    assert {path.stem for path in CASES if path.parent.name == name} >= {"found", "absent", "unknown"}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_runs_without_any_parameter(name: str) -> None:
    path = Path(__file__).parent / "cases" / name / "found.toml"
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    window = (instant(told["from"]), instant(told["to"]))
    with events_of(told["event"]) as connection:
        some = {row["event_id"] for row in rows_of(connection, QUESTIONS[name], told["params"], window)}
        every = {row["event_id"] for row in rows_of(connection, QUESTIONS[name], {}, window)}
        nothing = rows_of(connection, QUESTIONS[name], dict.fromkeys(QUESTIONS[name].parameters, "no such thing"), window)
    assert some <= every
    assert not nothing or not QUESTIONS[name].parameters


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_written_in_the_portable_subset(name: str) -> None:
    assert faults(QUESTIONS[name]) == []


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_declared_parameter_is_used_and_each_used_one_declared(name: str) -> None:
    assert parameters(QUESTIONS[name]) == {*QUESTIONS[name].parameters} | BOUNDS


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_facts_of_a_question_are_complete(name: str) -> None:
    question = QUESTIONS[name]
    assert question.question.endswith("?")
    assert question.meaning
    assert question.limits
    assert question.attack
    assert all(re.fullmatch(r"T1\d{3}(\.\d{3})?", technique) for technique in question.attack)
    for need in question.needs:
        assert {*need.actions, *(a for each in need.any for a in each)} <= actions().keys()
        assert need.restrict.keys() <= RESTRICTIONS
        assert all(value.removeprefix("$") in question.parameters for value in need.restrict.values() if value.startswith("$"))
        assert need.at == "window" or need.at in question.select


def test_the_questions_of_the_contract_exist_with_their_parameters() -> None:
    assert {name: set(QUESTIONS[name].parameters) for name in FIXED} == FIXED


@pytest.mark.parametrize("wrong", [
    "SELECT e.time_us AS t FROM events AS e QUALIFY ROW_NUMBER() OVER (ORDER BY e.event_id ROWS UNBOUNDED PRECEDING) = 1 ORDER BY t, event_id",
    "SELECT e.time_us AS t FROM events AS e WHERE e.actor NOT IN (SELECT f.actor AS a FROM events AS f) ORDER BY t, event_id",
    "SELECT e.time - INTERVAL 1 DAY AS t FROM events AS e ORDER BY t, event_id",
    "SELECT e.time_us / 1000 AS t FROM events AS e ORDER BY t, event_id",
    "SELECT e.time_us FROM events AS e ORDER BY e.time_us, event_id",
    "SELECT * FROM events AS e ORDER BY e.time_us, event_id",
    "SELECT e.time_us AS t FROM events AS e ORDER BY t",
    "SELECT any_value(e.actor) AS a, MIN(e.event_id) AS event_id FROM events AS e ORDER BY a, event_id",
    "SELECT SUM(e.bytes) OVER (PARTITION BY e.actor ORDER BY e.event_id) AS s FROM events AS e ORDER BY s, event_id",
    "SELECT SUM(e.bytes) OVER (ORDER BY e.time_us ROWS UNBOUNDED PRECEDING) AS s FROM events AS e ORDER BY s, event_id",
    "SELECT CAST(e.time AS DATE) AS d FROM events AS e ORDER BY d, event_id",
    "WITH RECURSIVE p AS (SELECT 1 AS a UNION ALL SELECT q.a + 1 AS a FROM p AS q) SELECT r.a AS a FROM p AS r ORDER BY a, event_id",
])  # fmt: skip
def test_the_lint_refuses_what_another_engine_would_answer_otherwise(wrong: str) -> None:
    assert faults(replace(QUESTIONS["sign-in-by"], select=wrong))
