"""Clocks of the logs of a case against each other: by requests that two logs recorded, each of them once, under one request id.

Tokens and sessions join issuance to use, which are different events at different times: they tell nothing of clocks. Nothing is applied by
itself: `time` stays as logged. An offset that case.toml accepts moves the findings of the chain, and the chain says so.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

import duckdb
import numpy as np
import polars as pl

from timeline.case.offsets import ClockSpec, correction
from timeline.core.clock import Offset, offset
from timeline.evidence import frames

BITS = 26
"""Requests are thrown into at most 2^BITS slots: only those whose slot holds two streams are looked at, a few in a hundred of ten million."""
STREAMS = (
    "SELECT stream, row_number() OVER (ORDER BY stream) AS code FROM (SELECT DISTINCT stream FROM event WHERE kept)"
)
SLOT = "(hash(request_id) % $slots::UBIGINT)::UINTEGER"
THROWN = f"SELECT {SLOT} AS slot, code FROM event JOIN ({STREAMS}) USING (stream) WHERE kept AND request_id IS NOT NULL"
PAIRS = f"""WITH once AS (SELECT request_id, stream, min(time_us) AS time_us FROM event WHERE kept AND request_id IS NOT NULL
        AND {SLOT} IN (SELECT slot FROM shared_slots) GROUP BY request_id, stream HAVING count(*) = 1),
    pairs AS (SELECT a.stream AS one, b.stream AS other, a.time_us AS here, b.time_us AS there,
        row_number() OVER (PARTITION BY a.stream, b.stream ORDER BY b.time_us, a.time_us) AS place,
        count(*) OVER (PARTITION BY a.stream, b.stream) AS many
        FROM once AS a JOIN once AS b ON a.request_id = b.request_id AND a.stream < b.stream)
    SELECT one, other, many, here, there FROM pairs WHERE place % greatest(1, many // 2000) = 0 ORDER BY one, other, there, here"""
PRECISIONS = "SELECT stream, mode(time_precision) FROM event WHERE kept GROUP BY stream"
PRECISION = {"day": 86_400_000_000, "s": 1_000_000, "ms": 1_000}
SECOND = 1_000_000
SOME = 500_000
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
    rows = []
    for (one, other), some in groupby(_pairs(connection), key=itemgetter(0, 1)):
        told = list(some)
        found = offset([(here, there) for *_, here, there in told])
        if found is not None:
            precision = max(precise[one], precise[other])
            at = told[-1][4]
            moved = [correction(accepted, name, at) for name in (one, other)]
            rows.append(_row((one, other), found, told[0][2], precision) | _accepted(found, moved, precision))
    return frames.frame(rows, CLOCK)


def _pairs(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, int, int, int]]:
    (number,) = connection.execute("SELECT count(*) FROM event").fetchall()[0]
    slots = 1 << min(BITS, int(number).bit_length() + 3)
    shared = _shared(connection, slots)
    if not shared.height:
        return []
    connection.register("shared_slots", shared.to_arrow())
    try:
        return connection.execute(PAIRS, {"slots": slots}).fetchall()
    finally:
        connection.unregister("shared_slots")


def _shared(connection: duckdb.DuckDBPyConnection, slots: int) -> pl.DataFrame:
    """Give the slots into which requests of more than one stream fall: what groups ten million requests would take gigabytes."""
    first, shared = np.zeros(slots, np.uint16), np.zeros(slots, np.bool_)
    for batch in connection.sql(THROWN, params={"slots": slots}).to_arrow_reader(SOME):
        places, codes = (column.to_numpy() for column in batch.columns)
        free = first[places] == 0
        first[places[free]] = codes[free]
        shared[places[first[places] != codes]] = True
    return pl.DataFrame({"slot": np.flatnonzero(shared).astype(np.uint32)})


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
