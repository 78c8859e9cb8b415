"""A window may cut through the instant of a record: what may have happened within it is not absent from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.questions.trial import DAY, HOUR, Bench, Trial, instant, trial
from timeline.evidence.questions import ask_row

STREAM = {"name": "azure.storage/proddumps", "witnesses": ["object.read"]}
NOON = instant("2023-05-15T12:00:00Z")
SECOND = 1_000_000


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    bench = Bench(tmp_path_factory.mktemp("borders"))
    yield bench
    bench.close()


def reading(time: str, precision: str | None) -> Trial:
    event: dict[str, Any] = {
        "time": time,
        "action": "object.read",
        "outcome": "success",
        "object": "https://proddumps.blob.core.windows.net/a",
    }
    stated = {} if precision is None else {"time_precision": precision}
    return trial(
        "artefact-read-by",
        {"from": "2023-05-01T00:00:00Z", "to": "2023-06-01T00:00:00Z", "stream": [STREAM], "event": [event | stated]},
    )


@pytest.mark.parametrize(("time", "precision", "window"), [
    ("2023-05-15T00:00:00Z", "day", (NOON, NOON + DAY)),
    ("2023-05-15T12:00:00Z", "s", (NOON + SECOND // 2, NOON + HOUR)),
    ("2023-05-15T12:00:00Z", None, (NOON + 1, NOON + HOUR)),
    ("2023-05-15T11:59:59.999Z", "ms", (NOON - 1, NOON + HOUR)),
    ("2023-05-15T11:30:00Z", "s,ambiguous", (NOON, NOON + HOUR)),
    ("2023-05-15T12:30:00Z", "s,nonexistent", (NOON - HOUR, NOON)),
    ("2023-05-15T20:00:00Z", "s,zone_unknown", (NOON - HOUR, NOON)),
])  # fmt: skip
def test_a_record_whose_instant_reaches_into_the_window_keeps_it_from_absent(
    bench: Bench, time: str, precision: str | None, window: tuple[int, int]
) -> None:
    answered = bench.answer(reading(time, precision), window)
    assert (answered.verdict.verdict, answered.findings) == ("unknown", 0)
    (loss,) = answered.verdict.uncovered
    assert "1 record(s) of such events just" in loss.stream
    assert window[0] <= loss.gap.start < loss.gap.end <= window[1]


@pytest.mark.parametrize(("time", "precision", "window"), [
    ("2023-05-15T00:00:00Z", "day", (NOON + DAY // 2, NOON + DAY)),
    ("2023-05-15T11:59:59Z", "s", (NOON, NOON + HOUR)),
    ("2023-05-15T11:59:59Z", None, (NOON, NOON + HOUR)),
    ("2023-05-15T11:59:59.999Z", "ms", (NOON, NOON + HOUR)),
    ("2023-05-15T12:00:00Z", "us", (NOON + 1, NOON + HOUR)),
    ("2023-05-15T12:00:00Z", "s", (NOON - HOUR, NOON)),
])  # fmt: skip
def test_a_record_that_ends_before_the_window_or_begins_after_it_changes_nothing(
    bench: Bench, time: str, precision: str | None, window: tuple[int, int]
) -> None:
    assert bench.answer(reading(time, precision), window).verdict.verdict == "absent"


def test_a_finding_beside_a_record_at_the_border_is_incomplete(bench: Bench) -> None:
    one, other = (reading(time, "s") for time in ("2023-05-15T12:00:00Z", "2023-05-15T12:10:00Z"))
    both = Trial(
        one.question, one.params, one.tables, (*one.events, other.events[0] | {"event_id": "other"}), one.streams
    )
    row = ask_row(bench.answer(both, (NOON + SECOND // 2, NOON + HOUR)))
    assert (row["verdict"], row["rows"], row["first_is"]) == ("found_incomplete", 1, "no_later_than")
