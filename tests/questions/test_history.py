"""What is new, unusual or late is so by comparison: without the history before the window nobody can say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.questions.trial import CASES, DAY, QUESTIONS, Bench, Trial, moment, trial_of
from timeline.core.spans import clip, minus
from timeline.evidence.questions import ask_row, duration

LOOKING = [name for name, each in QUESTIONS.items() if any(duration(need.lookback) for need in each.needs)]
NEW = [
    "account-compromised",
    "account-new-client-or-address",
    "account-new-country",
    "account-new-network",
    "access-key-new-place",
]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    bench = Bench(tmp_path_factory.mktemp("history"))
    yield bench
    bench.close()


def case(name: str, stem: str) -> Trial:
    return trial_of(next(path for path in CASES if path.parent.name == name and path.stem == stem))


def without_history(trial: Trial) -> Trial:
    """The same, collected from the first instant of the window on."""
    start = moment(trial.window[0])
    return trial.each("collection", lambda each: each | {"from": max(each["from"], start)})


@pytest.mark.parametrize("name", LOOKING)
def test_nothing_unusual_is_absent_only_where_the_history_before_the_window_is_covered(bench: Bench, name: str) -> None:
    trial = case(name, "absent")
    assert bench.verdict(trial) == "absent"
    answered = bench.answer(without_history(trial))
    assert answered.verdict.verdict == "unknown"
    assert all(loss.gap.end <= trial.window[0] for loss in answered.verdict.uncovered)


@pytest.mark.parametrize("name", LOOKING)
def test_what_is_new_to_the_evidence_is_not_proven_new_without_a_covered_history(bench: Bench, name: str) -> None:
    trial = case(name, "found")
    whole, less = ask_row(bench.answer(trial)), ask_row(bench.answer(without_history(trial)))
    assert (whole["verdict"], whole["first_is"]) == ("found", "exact")
    assert (less["verdict"], less["first_is"], less["first"]) == ("found_incomplete", "no_later_than", whole["first"])


@pytest.mark.parametrize("name", NEW)
def test_an_outage_before_the_first_sighting_makes_new_an_upper_bound(bench: Bench, name: str) -> None:
    trial = case(name, "found")
    hole = (trial.window[0] - 2 * DAY, trial.window[0] - DAY)
    streams = [each["streams"][0] for each in trial.tables["collection"]]
    torn = trial.told(outage=[{"stream": stream, "from": moment(hole[0]), "to": moment(hole[1])} for stream in streams])
    row = ask_row(bench.answer(torn))
    assert (row["verdict"], row["first_is"]) == ("found_incomplete", "no_later_than")


def test_a_history_that_begins_with_the_window_leaves_its_first_weeks_in_doubt_and_no_more(bench: Bench) -> None:
    trial = without_history(case("account-compromised", "absent"))
    start, end = trial.window
    assert clip(minus(((start, end),), bench.answer(trial).verdict.spans), (start, end)) == ((start + 14 * DAY, end),)
    assert bench.answer(trial, (start + 14 * DAY, end)).verdict.verdict == "absent"
