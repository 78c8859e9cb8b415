"""Every case of every question gets its verdict from the real evidence: case.toml, DuckDB file, catalogue and coverage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.questions.trial import CASES, QUESTIONS, Bench, instant, known_sources, spans, trial_of
from timeline.core.spans import minus, tidy, union
from timeline.evidence.questions import Answered, ask_row

TOLD = ("strength", "first_is", "last_is")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    bench = Bench(tmp_path_factory.mktemp("cases"))
    yield bench
    bench.close()


@pytest.fixture(scope="module")
def answers(bench: Bench) -> Callable[[Path], Answered]:
    return cache(lambda path: bench.answer(trial_of(path)))


@pytest.mark.parametrize("path", CASES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_a_case_has_its_verdict(answers: Callable[[Path], Answered], path: Path) -> None:
    answered, told = answers(path), trial_of(path).expect
    row, rows = ask_row(answered), answered.rows.to_dicts()
    assert (row["verdict"], len(rows)) == (told["verdict"], told["rows"]), [
        (each["event_id"], each.get("verdict")) for each in rows
    ]
    lost = union(*(minus(need.asked, need.met()) for need in answered.needs))
    assert lost == tidy(spans(told.get("uncovered", []))), row["uncovered"]
    assert {key: row[key] for key in TOLD if key in told} == {key: told[key] for key in TOLD if key in told}
    assert (row["verdict"] in {"unknown", "found_incomplete"}) == bool(
        row["uncovered"] or any(each.get("verdict") == "unknown" for each in rows)
    )
    if "first" in told:
        assert rows[0]["time_us"] == instant(told["first"])
    if "events" in told:
        assert {str(each["event_id"]) for each in rows} == set(told["events"])
    for name, values in told.get("column", {}).items():
        padded = values + values[-1:] * (len(rows) - len(values))
        assert [each[name] for each in rows] == padded, name


@pytest.mark.parametrize("path", CASES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_rows_are_in_order_and_named_as_the_contract_does(answers: Callable[[Path], Answered], path: Path) -> None:
    trial = trial_of(path)
    rows = answers(path).rows.to_dicts()
    if rows:
        assert list(rows[0])[:3] == ["time", "time_us", "event_id"]
    assert [r["event_id"] for r in rows] == [
        r["event_id"] for r in sorted(rows, key=lambda r: (r["time_us"], r["event_id"]))
    ]
    assert all(trial.window[0] <= row["time_us"] < trial.window[1] for row in rows)
    assert len({row["event_id"] for row in rows}) == len(rows)


@pytest.mark.parametrize("path", CASES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_a_case_claims_of_a_log_only_what_the_catalogue_does(path: Path) -> None:
    for stream, told in trial_of(path).streams.items():
        name = stream.partition("/")[0]
        source = next((each for each in known_sources().values() if name in each.names), None)
        assert source is None or {*told["witnesses"]} <= {*source.actions_of(name)}, stream


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_has_its_three_cases(name: str) -> None:
    assert {path.stem for path in CASES if path.parent.name == name} >= {"found", "absent", "unknown"}


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_omitted_parameter_means_any_and_a_strange_one_nothing(bench: Bench, name: str) -> None:
    trial = trial_of(next(path for path in CASES if path.parent.name == name and path.stem == "found"))
    strange = {
        key: trial.tables["zone"][0]["name"] if key == "zone" else "no such thing" for key in QUESTIONS[name].parameters
    }
    with bench.laid(trial) as asker:
        some, every, none = (
            {row["event_id"] for row in asker.answer(trial.question, told).rows.to_dicts()}
            for told in (trial.params, {}, strange)
        )
    assert some
    assert some <= every
    assert not none or not strange
