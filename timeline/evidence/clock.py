"""Clocks of the logs of a case against each other: by requests that two logs recorded, each of them once, under one request id.

Tokens and sessions join issuance to use, which are different events at different times: they tell nothing of clocks. Nothing is applied by
itself: `time` stays as logged. An offset that case.toml accepts moves the findings of the chain, and the chain says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from timeline.case.offsets import ClockSpec, correction
from timeline.core.clock import Offset, offset
from timeline.evidence import frames

BITS = 26
"""Requests are thrown into at most 2^BITS slots: only those whose slot holds two streams are looked at, a few in a hundred of ten million."""
STREAMS = (
    "SELECT stream, row_number() OVER (ORDER BY stream) AS code FROM (SELECT DISTINCT stream FROM event WHERE kept)"
)
REQUESTS = f"SELECT hash(request_id) AS request, code, time_us FROM event JOIN ({STREAMS}) USING (stream) WHERE kept AND request_id IS NOT NULL"
ENOUGH = 2000
"""Of more pairs than twice these every n-th is looked at."""
PRECISIONS = "SELECT stream, mode(time_precision) FROM event WHERE kept GROUP BY stream"
PRECISION = {"day": 86_400_000_000, "s": 1_000_000, "ms": 1_000}
SECOND = 1_000_000
SOME = 500_000
Pair = tuple[str, str, int, int, int]
Requests = tuple[NDArray[np.generic], NDArray[np.generic], NDArray[np.generic]]
Columns = tuple[NDArray[np.generic], NDArray[np.generic], NDArray[np.generic], NDArray[np.generic]]
CLOCK: frames.Schema = {
    "stream": pl.String,
    "against": pl.String,
    "pairs": pl.Int64,
    "ahead_seconds": pl.Float64,
    "low_seconds": pl.Float64,
    "high_seconds": pl.Float64,
    "spread_seconds": pl.Float64,
    "drift_seconds_per_day": pl.Float64,
    "precision_seconds": pl.Float64,
    "differs": pl.Boolean,
    "accepted_seconds": pl.Float64,
    "note": pl.String,
}


def clocks(connection: duckdb.DuckDBPyConnection, accepted: tuple[ClockSpec, ...] = ()) -> pl.DataFrame:
    """Give one row for each two streams that share requests: how far the clock of `stream` is ahead of that of `against`."""
    precise = {stream: PRECISION.get(told or "", 1) for stream, told in connection.execute(PRECISIONS).fetchall()}
    names = [stream for stream, _ in connection.execute(f"{STREAMS} ORDER BY code").fetchall()]
    rows = []
    for (one, other), some in groupby(_pairs(connection), key=itemgetter(0, 1)):
        told = [(names[one - 1], names[other - 1], *rest) for _, _, *rest in some]
        rows += _compared(told, max(precise[name] for name in told[0][:2]), accepted)
    return frames.frame(rows, CLOCK)


def _compared(told: list[Pair], precision: int, accepted: tuple[ClockSpec, ...]) -> list[dict[str, object]]:
    """Give the row of two streams, if their pairs tell anything."""
    found = offset([(here, there) for *_, here, there in told])
    if found is None:
        return []
    one, other, many, _, at = told[-1]
    moved = [correction(accepted, name, at) for name in (one, other)]
    return [_row((one, other), found, many, precision) | _accepted(found, moved, precision)]


def _pairs(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, ...]]:
    """Give rows one, other (streams by number), many, here, there (µs); what groups or joins ten million requests takes gigabytes."""
    (number,) = connection.execute("SELECT count(*) FROM event").fetchall()[0]
    shared = _shared(connection, 1 << min(BITS, int(number).bit_length() + 3))
    some = [_chosen(batch, shared) for batch in connection.sql(REQUESTS).to_arrow_reader(SOME)] if shared.any() else []
    if not some:
        return []
    paired = list(_paired(*_once(*map(np.concatenate, zip(*some, strict=True)))))
    if not paired:
        return []
    columns = zip(("one", "other", "here", "there"), map(np.concatenate, zip(*paired, strict=True)), strict=True)
    both = ["one", "other"]
    return (
        pl.DataFrame(dict(columns))
        .sort("one", "other", "there", "here")
        .with_columns(many=pl.len().over(both), place=pl.int_range(1, pl.len() + 1).over(both))
        .filter(pl.col("place") % pl.max_horizontal(1, pl.col("many") // ENOUGH) == 0)
        .select("one", "other", "many", "here", "there")
        .rows()
    )


def _shared(connection: duckdb.DuckDBPyConnection, slots: int) -> NDArray[np.bool_]:
    """Tell of each slot whether requests of more than one stream fall into it."""
    first, shared = np.zeros(slots, np.uint16), np.zeros(slots, np.bool_)
    for batch in connection.sql(REQUESTS).to_arrow_reader(SOME):
        places, codes = batch["request"].to_numpy() & np.uint64(slots - 1), batch["code"].to_numpy()
        free = first[places] == 0
        first[places[free]] = codes[free]
        shared[places[first[places] != codes]] = True
    return shared


def _chosen(batch: pa.RecordBatch, shared: NDArray[np.bool_]) -> Requests:
    """Give of a batch the requests whose slot several streams share."""
    request, code, time = (column.to_numpy() for column in batch.columns)
    some = shared[request & np.uint64(len(shared) - 1)]
    return request[some], code[some], time[some]


def _once(*requests: NDArray[np.generic]) -> Requests:
    """Give in order the requests that a stream recorded once."""
    order = np.lexsort(requests[1::-1])
    request, code, time = (column[order] for column in requests)
    again = (request[1:] == request[:-1]) & (code[1:] == code[:-1])
    alone = ~(np.append(False, again) | np.append(again, False))
    return request[alone], code[alone], time[alone]


def _paired(request: NDArray[np.generic], code: NDArray[np.generic], time: NDArray[np.generic]) -> Iterator[Columns]:
    """Give for each two records of one request streams and times."""
    for apart in range(1, len(request)):
        here = np.flatnonzero(request[apart:] == request[:-apart])
        if not len(here):
            return
        yield code[here], code[here + apart], time[here], time[here + apart]


def _row(streams: tuple[str, str], found: Offset, many: int, precision: int) -> dict[str, object]:
    return {
        "stream": streams[0],
        "against": streams[1],
        "pairs": many,
        "ahead_seconds": found.ahead / SECOND,
        "low_seconds": found.low / SECOND,
        "high_seconds": found.high / SECOND,
        "spread_seconds": found.spread / SECOND,
        "drift_seconds_per_day": None if found.drift is None else found.drift / SECOND,
        "precision_seconds": precision / SECOND,
        "differs": found.real(precision),
    }


def _accepted(found: Offset, moved: list[int], precision: int) -> dict[str, object]:
    """Say what case.toml accepts, and what is still to be decided."""
    relative = moved[0] - moved[1]
    left = found.ahead + relative
    if not found.real(precision):
        note = "no difference beyond the precision of the logs"
    elif abs(left) <= max(precision, found.high - found.low):
        note = "accepted in case.toml"
    else:
        note = f'they differ; if it is the clock of this stream that is wrong: [[clock]] offset = "{_offer(found)}" in case.toml'
    return {"accepted_seconds": relative / SECOND if relative else None, "note": note}


def _offer(found: Offset) -> str:
    return f"{-found.ahead / SECOND:+.3f}s"
