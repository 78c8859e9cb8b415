"""Spans of findings, worked out for all rows at once, are those that one row after the other gives."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from timeline.case.local_times import doubt
from timeline.core.spans import minus, tidy
from timeline.evidence.moments import DAY, PRECISION, SECOND, doubts, inside, issued, merged, moments, reaches

WORDS = [None, "s", "ms", "us", "100ns", "day", "year_inferred", "s,ambiguous", "nonexistent", "s,zone_unknown", "odd"]
TIMES = st.integers(-5 * SECOND, 5 * SECOND) | st.integers(-3, 3).map(lambda n: n * SECOND)
ROWS = st.lists(st.tuples(TIMES, st.sampled_from(WORDS)), max_size=12)
SPANS = st.lists(st.tuples(TIMES, TIMES).map(lambda pair: (min(pair), max(pair) + 1)), max_size=8)


def frame(rows: list[tuple[int, str | None]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"time_us": pl.Int64, "precision_": pl.String}, orient="row")


def one(at: int, told: str | None) -> tuple[int, int]:
    word, before, after = doubt(told)
    return at - before, at + after + PRECISION.get(word, 1 if at % SECOND else SECOND)


@given(ROWS)
def test_findings_last_as_long_as_their_logs_are_inexact(rows: list[tuple[int, str | None]]) -> None:
    assert moments(frame(rows)) == tidy(one(*row) for row in rows)
    assert doubts(frame(rows)) == tidy(one(*row) for row in rows if any(doubt(row[1])[1:]))


@given(SPANS)
def test_merged_spans_are_the_tidy_ones(spans: list[tuple[int, int]]) -> None:
    starts, ends = (np.array([span[side] for span in spans], dtype=np.int64) for side in (0, 1))
    assert merged(starts, ends) == tidy(spans)


@given(st.lists(TIMES | st.none(), max_size=8), SPANS)
def test_a_second_lies_in_the_spans_if_nothing_of_it_is_left_beside_them(
    times: list[int | None], spans: list[tuple[int, int]]
) -> None:
    known = tidy(spans)
    told = inside(pl.Series(times, dtype=pl.Int64), known).to_list()
    assert told == [at is not None and not minus(((at, at + SECOND),), known) for at in times]


@given(st.lists(st.integers(0, 400).map(lambda day: day * DAY + 7) | st.none(), max_size=8))
def test_every_issuance_lies_in_a_reach_and_far_ones_in_different_ones(times: list[int | None]) -> None:
    rows = pl.DataFrame({"issued_time_us": pl.Series(times, dtype=pl.Int64)})
    parts = reaches(rows)
    assert all(any(start <= at and at + SECOND <= end for start, end in parts) for at in times if at is not None)
    assert all(later[0] - earlier[1] >= 30 * DAY for earlier, later in pairwise(parts))
    assert issued(rows) == tidy((at, at + SECOND) for at in times if at is not None)
