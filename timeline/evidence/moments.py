"""When findings happened: rows of an answer as spans of time, worked out for all rows at once (an answer may have millions)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from timeline.case.local_times import doubt
from timeline.case.offsets import ClockSpec, correction
from timeline.core.spans import Span, Spans

PRECISION = {"day": 86_400_000_000, "s": 1_000_000, "ms": 1000, "us": 1, "100ns": 1, "year_inferred": 1_000_000}
SECOND = 1_000_000
DAY = 86_400 * SECOND
APART = 31
"""Days between two issuances from which on the time between them is not looked at."""


def moments(rows: pl.DataFrame) -> Spans:
    """Give how long the instants of these rows last (where the log does not say, a whole second), with what their clocks leave in doubt."""
    words = rows["precision_"].unique().to_list()
    parts = [_lasting(rows.filter(pl.col("precision_").eq_missing(pl.lit(word, pl.String))), word) for word in words]
    if not parts:
        return ()
    return merged(np.concatenate([each[0] for each in parts]), np.concatenate([each[1] for each in parts]))


def _lasting(rows: pl.DataFrame, told: str | None) -> tuple[np.ndarray, np.ndarray]:
    word, before, after = doubt(told)
    times = rows["time_us"].to_numpy()
    length = PRECISION[word] if word in PRECISION else np.where(times % SECOND == 0, SECOND, 1)
    return times - before, times + after + length


def merged(starts: np.ndarray, ends: np.ndarray) -> Spans:
    """Bring spans in any order to the one form that stands for their instants, as `tidy` does."""
    if not len(starts):
        return ()
    order = np.argsort(starts, kind="stable")
    starts, ends = starts[order], np.maximum.accumulate(ends[order])
    first = np.concatenate(([True], starts[1:] > ends[:-1]))
    last = np.concatenate((np.flatnonzero(first)[1:] - 1, [len(starts) - 1]))
    return tuple(zip(starts[first].tolist(), ends[last].tolist(), strict=True))


def doubts(rows: pl.DataFrame) -> Spans:
    """Give where findings may truly lie whose clock was put back or forward."""
    odd = [word for word in rows["precision_"].unique().to_list() if any(doubt(word)[1:])]
    return moments(rows.filter(pl.col("precision_").is_in(odd))) if odd else ()


def corrected(rows: pl.DataFrame, clocks: tuple[ClockSpec, ...]) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Put the times of rows right as case.toml accepts; give also the streams whose clocks were moved."""
    if not clocks:
        return rows, ()
    streams, times = rows["stream_"].to_list(), rows["time_us"].to_list()
    moves = [correction(clocks, stream or "", at) for stream, at in zip(streams, times, strict=True)]
    moved = rows.with_columns(pl.Series("time_us", map(sum, zip(times, moves, strict=True)), pl.Int64))
    return moved, tuple(sorted({stream for stream, move in zip(streams, moves, strict=True) if move}))


def issued(rows: pl.DataFrame) -> Spans:
    """Give the seconds in which the tokens of these rows were issued, as far as the rows say."""
    if "issued_time_us" not in rows.columns:
        return ()
    told = rows["issued_time_us"].drop_nulls().unique().to_numpy()
    return merged(told, told + SECOND)


def reaches(rows: pl.DataFrame) -> list[Span]:
    """Give the days in which tokens were issued, those near one another together."""
    days = (rows["issued_time_us"].drop_nulls() // DAY).unique().sort().to_numpy()
    cuts = np.flatnonzero(np.diff(days) > APART) + 1
    return [(int(part[0]) * DAY, (int(part[-1]) + 1) * DAY + SECOND) for part in np.split(days, cuts) if len(part)]


def inside(times: pl.Series, spans: Sequence[Span]) -> pl.Series:
    """Tell of each instant whether the second that it begins lies in one of the (tidy) spans."""
    if not spans:
        return pl.Series([False] * len(times), dtype=pl.Boolean)
    known = times.fill_null(spans[0][0] - 1).to_numpy()
    starts, ends = (np.array(side, dtype=np.int64) for side in zip(*spans, strict=True))
    place = np.searchsorted(starts, known, side="right") - 1
    return pl.Series((place >= 0) & (known + SECOND <= ends[place]), dtype=pl.Boolean)
