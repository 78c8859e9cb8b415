"""When a stream spoke: every record of a quiet stream; of a busy one the first and last record of each minute or ten.

A pause is measured between neighbours, so a busy stream needs no record by itself: one that brings sixty in an hour is not silent for less
than ten minutes. This bounds what is read of ten million records to a tenth of them.
"""

from __future__ import annotations

from typing import NamedTuple

import duckdb
import numpy as np

from timeline.evidence.calendar import Ints

STREAMS = """WITH spoken AS (SELECT stream, count(*) * 3600000000 / (max(time_us) - min(time_us) + 3600000000) AS hourly
        FROM event WHERE kept GROUP BY stream),
    streams AS (SELECT stream, row_number() OVER (ORDER BY stream) - 1 AS code,
        CASE WHEN hourly >= 600 THEN 60000000 WHEN hourly >= 60 THEN 600000000 END AS width FROM spoken)"""
QUIET = f"{STREAMS} SELECT code, time_us FROM event JOIN streams USING (stream) WHERE kept AND width IS NULL"
BUSY = f"""{STREAMS} SELECT code, min(time_us) AS first, max(time_us) AS last, count(*) AS records
    FROM event JOIN streams USING (stream) WHERE kept AND width IS NOT NULL GROUP BY code, time_us // width ORDER BY code, first"""


class Ticks(NamedTuple):
    """Moments of speech, in order of time: first and last record of each (µs), and how many."""

    first: Ints
    last: Ints
    records: Ints

    def part(self, some: slice | np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Ticks:
        """Give some of them."""
        return Ticks(self.first[some], self.last[some], self.records[some])


def ticks(connection: duckdb.DuckDBPyConnection) -> dict[str, Ticks]:
    """Read the moments of all streams."""
    names = [
        name for name, _ in connection.execute(f"{STREAMS} SELECT stream, code FROM streams ORDER BY code").fetchall()
    ]
    quiet = connection.execute(QUIET).fetchnumpy()
    codes = quiet["code"].astype(np.int32)
    times = quiet["time_us"][np.argsort(codes, kind="stable")]
    found = {}
    for name, start, end in _places(names, np.sort(codes)):
        moments = np.sort(times[start:end])
        found[name] = Ticks(moments, moments, np.broadcast_to(np.int64(1), len(moments)))
    busy = connection.execute(BUSY).fetchnumpy()
    whole = Ticks(busy["first"], busy["last"], busy["records"])
    return found | {name: whole.part(slice(start, end)) for name, start, end in _places(names, busy["code"])}


def _places(names: list[str], codes: Ints) -> list[tuple[str, int, int]]:
    """Give where each stream's rows begin and end among rows in order of codes."""
    borders = np.searchsorted(codes, np.arange(len(names) + 1))
    return [
        (name, int(borders[code]), int(borders[code + 1]))
        for code, name in enumerate(names)
        if borders[code] < borders[code + 1]
    ]
