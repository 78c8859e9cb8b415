"""Record numbers of the case's logs: where records are missing by them, and where they prove that none is.

DuckDB finds the runs of contiguous numbers. Only logs whose numbers began anew, or run against their times, are read one by one
(`timeline.core.sequence`, which says the same of every log; a test holds both against each other).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from operator import itemgetter
from typing import NamedTuple

import duckdb

from timeline.core.coverage import Defect, State
from timeline.core.sequence import numbering
from timeline.core.spans import BEGIN, Spans, minus, tidy, union

BREAKS = 200
"""More holes than this in the numbers of one log are told as one: a filtered export has one beside nearly every record."""
NUMBERED = """
    SELECT stream, sequence_of, sequence_no, min(time_us) AS first, max(time_us) AS last, min(event_id) AS event
    FROM event WHERE sequence_no IS NOT NULL GROUP BY stream, sequence_of, sequence_no"""
RUNS = f"""
    WITH numbered AS ({NUMBERED}),
    placed AS (SELECT *, sequence_no - row_number() OVER (PARTITION BY stream, sequence_of ORDER BY sequence_no) AS run,
        lag(first) OVER (PARTITION BY stream, sequence_of ORDER BY sequence_no) AS before FROM numbered)
    SELECT stream, sequence_of, min(sequence_no), max(sequence_no), min(first), max(last), arg_min(event, sequence_no), arg_max(event, sequence_no),
        bool_or(first < last OR first < before) FROM placed GROUP BY stream, sequence_of, run ORDER BY stream, sequence_of, 3"""

Hole = tuple[int, int, int, tuple[str, ...]]


class Run(NamedTuple):
    """Contiguous numbers of one log: the lowest, the highest, the first and the last time, the events at its ends."""

    low: int
    high: int
    first: int
    last: int
    opens: str
    closes: str
    odd: bool


@dataclass(frozen=True)
class Numbers:
    """What record numbers say of the streams: holes as defects, and the spans in which no record is missing.

    `heads`: the time before the first record of a log that does not begin with its first number; it counts where nothing is deleted.
    """

    breaks: list[tuple[str, Defect]] = field(default_factory=list)
    attested: Mapping[str, Spans] = field(default_factory=dict)
    heads: list[tuple[str, Defect]] = field(default_factory=list)


class _Said(NamedTuple):
    breaks: list[Defect]
    attested: Spans
    extent: Spans


def read(connection: duckdb.DuckDBPyConnection) -> Numbers:
    """Read the record numbers of every log of the case."""
    said: dict[str, list[_Said]] = defaultdict(list)
    heads = []
    for (stream, log), rows in groupby(connection.execute(RUNS).fetchall(), key=itemgetter(0, 1)):
        runs = [Run(*row[2:]) for row in rows]
        odd = any(run.odd for run in runs) or any(other.first < one.last for one, other in pairwise(runs))
        said[stream].append(_one_by_one(connection, stream, log) if odd else _of_runs(runs))
        if runs[0].low > 1:
            heads.append((stream, _head(runs[0].low - 1, min(run.first for run in runs))))
    breaks = [(stream, defect) for stream, some in said.items() for each in some for defect in each.breaks]
    return Numbers(breaks, {stream: _together(some) for stream, some in said.items()}, heads)


def _of_runs(runs: list[Run]) -> _Said:
    holes: list[Hole] = [
        (one.last, other.first, other.low - one.high - 1, (one.closes, other.opens)) for one, other in pairwise(runs)
    ]
    proven = tidy((run.first, run.last) for run in runs)
    breaks = [_hole(start, end, missing, evidence) for start, end, missing, evidence in _few(holes)]
    return _Said(breaks, minus(proven, tidy(defect.span for defect in breaks)), ((runs[0].first, runs[-1].last + 1),))


def _few(holes: list[Hole]) -> list[Hole]:
    if len(holes) <= BREAKS:
        return holes
    first, last = holes[0], holes[-1]
    return [(first[0], max(hole[1] for hole in holes), sum(hole[2] for hole in holes), (first[3][0], last[3][-1]))]


def _one_by_one(connection: duckdb.DuckDBPyConnection, stream: str, log: str) -> _Said:
    """Read a log whose numbers began anew (it was cleared, or made anew), or whose clock was set back."""
    rows = connection.execute(
        "SELECT DISTINCT sequence_no, time_us FROM event WHERE stream = ? AND sequence_of = ? AND sequence_no IS NOT NULL",
        [stream, log],
    ).fetchall()
    found = numbering(rows)
    holes = [(hole.start, hole.end, hole.missing, ()) for hole in found.breaks]
    times = [at for _, at in rows]
    return _Said([_hole(*hole) for hole in holes], found.attested, ((min(times), max(times) + 1),))


def _hole(start: int, end: int, missing: int | None, evidence: tuple[str, ...]) -> Defect:
    """Word a hole as a defect; records may be missing within one instant too."""
    cause = "the record numbers began anew" if missing is None else f"{missing} record(s) are missing by their numbers"
    return Defect(State.LOSSY, (start, max(end, start + 1)), cause=cause, basis="sequence", evidence=evidence)


def _head(missing: int, first: int) -> Defect:
    cause = f"{missing} record(s) before the first one are missing by their numbers"
    return Defect(State.LOSSY, (BEGIN, first), cause=cause, basis="sequence")


def _together(some: list[_Said]) -> Spans:
    """Join what several numberings of one stream prove: where two overlap, both must."""
    doubted = union(*(minus(each.extent, each.attested) for each in some)) if len(some) > 1 else ()
    return minus(union(*(each.attested for each in some)), doubted)
