"""What the records and the ledger of a case show of its streams, read once: no decision is made here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import duckdb

from timeline.core.coverage import Defect, State
from timeline.core.scope import EVERYTHING, scope_of
from timeline.core.spans import BEGIN, END, Span

DAY = 86_400_000_000
ORDERED = 0.5
"""A correlation of number and time beyond this (or below its negative) is an order; what is between tells nothing."""
BREAKS = 200
"""More holes than this in the numbers of one log are told as one: a filtered export has one beside nearly every record."""


@dataclass(frozen=True)
class Seen:
    """What the records of one stream in one file show: how many, the first, the last, the last delivery; µs."""

    file_no: int
    stream: str
    events: int
    first: int
    last: int
    delivered: int


@dataclass
class Facts:
    """What the case shows of its streams, read once.

    `families` has the source and the most frequent family of a stream, `kept` its events without copies, `order` is 1 for a file with
    the oldest record first, -1 for the reverse, else 0.
    """

    seen: list[Seen] = field(default_factory=list)
    paths: Mapping[int, Path] = field(default_factory=dict)
    records: Mapping[int, int] = field(default_factory=dict)
    families: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    kept: Mapping[str, int] = field(default_factory=dict)
    places: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    order: Mapping[int, int] = field(default_factory=dict)
    defects: list[tuple[int, str, Defect]] = field(default_factory=list)
    marks: list[tuple[str, Defect]] = field(default_factory=list)
    twins: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    unread: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    breaks: list[tuple[str, Defect]] = field(default_factory=list)


def read(connection: duckdb.DuckDBPyConnection) -> Facts:
    """Ask the case once for all that coverage needs."""
    rows = connection.execute(
        "SELECT file_no, stream, count(*), min(time_us), max(time_us), max(greatest(time_us, coalesce(logged_us, time_us))) "
        "FROM event GROUP BY file_no, stream ORDER BY stream, file_no"
    ).fetchall()
    files = connection.execute("SELECT file_no, path, records FROM file").fetchall()
    twins = _twins(connection)
    seen = [Seen(*row) for row in rows]
    seen += [replace(each, file_no=twin) for each in seen for twin in twins.get(each.file_no, ())]
    kinds = connection.execute(
        "SELECT stream, source, family, count(*) FILTER (WHERE kept) AS events FROM event GROUP BY ALL ORDER BY stream, events, family"
    ).fetchall()
    kept = {stream: sum(row[3] for row in rows) for stream, rows in groupby(kinds, key=itemgetter(0))}
    order = _order(connection)
    return Facts(
        seen,
        {no: Path(path) for no, path, _ in files},
        {no: count for no, _, count in files},
        {stream: (source, family) for stream, source, family, _ in kinds},
        kept,
        _places(connection),
        order,
        [*_rejected(connection, order), *_torn(connection, order)],
        [*_throttled(connection), *_switched(connection)],
        twins,
        _unread(connection),
        _breaks(connection),
    )


def _twins(connection: duckdb.DuckDBPyConnection) -> dict[int, tuple[int, ...]]:
    """Give for each file the others of the same bytes: what is said of its records holds for them too."""
    rows = connection.execute(
        "SELECT o.file_no, list(t.file_no ORDER BY t.file_no) FROM file AS t JOIN file AS o ON t.sha256 = o.sha256 AND t.twin AND NOT o.twin "
        "GROUP BY o.file_no"
    ).fetchall()
    return {original: tuple(others) for original, others in rows}


def _order(connection: duckdb.DuckDBPyConnection) -> dict[int, int]:
    rows = connection.execute(
        "SELECT file_no, coalesce(corr(record, time_us), 0) FROM event GROUP BY file_no"
    ).fetchall()
    return {no: (slope > ORDERED) - (slope < -ORDERED) for no, slope in rows}


def _unread(connection: duckdb.DuckDBPyConnection) -> dict[int, tuple[str, ...]]:
    """Give the files that were records of some log, or a damaged archive, but gave no event at all; and of which sources they were."""
    rows = connection.execute(
        "SELECT file_no, logs FROM file WHERE (kind <> 'none' OR compression IS NOT NULL) AND skipped = 0 "
        "AND sha256 IN (SELECT sha256 FROM file JOIN rejected USING (file_no)) "
        "AND NOT EXISTS (SELECT 1 FROM file AS same JOIN event USING (file_no) WHERE same.sha256 = file.sha256)"
    ).fetchall()
    return {no: tuple(logs.split(",")) if logs else () for no, logs in rows}


def _places(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], frozenset[str]]:
    """Give for each stream and action on objects the places (`scheme://name`, in lower case) of which the stream shows such events."""
    rows = connection.execute(
        "SELECT stream, action, list(DISTINCT lower(regexp_extract(object, '^([A-Za-z0-9]+://[^/]+)', 1))) "
        "FROM event WHERE action LIKE 'object.%' AND object IS NOT NULL GROUP BY ALL"
    ).fetchall()
    return {(stream, action): frozenset(each for each in places if each) for stream, action, places in rows}


def _rejected(connection: duckdb.DuckDBPyConnection, order: Mapping[int, int]) -> list[tuple[int, str, Defect]]:
    """Around each run of rejected records, the span between its neighbours in the file, for every stream of that file."""
    rows = connection.execute("""
        WITH torn AS (SELECT DISTINCT file_no, record, reason FROM rejected),
        streams AS (SELECT DISTINCT file_no, stream FROM event WHERE file_no IN (SELECT file_no FROM torn)),
        good AS (SELECT file_no, record, time_us FROM event WHERE file_no IN (SELECT file_no FROM torn)),
        around AS (SELECT t.file_no, t.record, t.reason,
                (SELECT max(g.record) FROM good AS g WHERE g.file_no = t.file_no AND g.record < t.record) AS before,
                (SELECT min(g.record) FROM good AS g WHERE g.file_no = t.file_no AND g.record > t.record) AS after FROM torn AS t),
        runs AS (SELECT file_no, before, after, count(*) AS lost, min(record) AS record, min(reason) AS reason FROM around GROUP BY ALL)
        SELECT r.file_no, s.stream, b.time_us, a.time_us, r.lost, r.record, r.reason FROM runs AS r JOIN streams AS s USING (file_no)
        LEFT JOIN good AS b ON b.file_no = r.file_no AND b.record = r.before LEFT JOIN good AS a ON a.file_no = r.file_no AND a.record = r.after
        ORDER BY ALL""").fetchall()
    found = []
    for file_no, stream, before, after, lost, record, reason in rows:
        cause = f"{lost} record(s) of this file rejected from record {record} on: {reason}"
        span = _between(before, after, order[file_no])
        found.append((file_no, stream, Defect(State.LOSSY, span, cause=cause, basis="ledger")))
    return found


def _between(before: int | None, after: int | None, order: int) -> Span:
    """Give the span between two neighbours in a file; at an end of the file it is open to the side that its order tells, else to both."""
    ends = [each for each in (before, after) if each is not None]
    if len(ends) > 1:
        return min(ends), max(ends) + 1
    later = order if after is None else -order
    return (BEGIN if later <= 0 else ends[0], END if later >= 0 else ends[0] + 1)


def _torn(connection: duckdb.DuckDBPyConnection, order: Mapping[int, int]) -> list[tuple[int, str, Defect]]:
    rows = connection.execute(
        "SELECT file_no, stream, max_by(time_us, record) FROM event JOIN file USING (file_no) WHERE torn GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    cause = "the file is truncated"
    return [
        (file_no, stream, Defect(State.LOSSY, _between(last, None, order[file_no]), cause=cause, basis="ledger"))
        for file_no, stream, last in rows
    ]


def _breaks(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, Defect]]:
    """Between two runs of contiguous record numbers records are missing; where times run against the numbers, these began anew."""
    rows = connection.execute("""
        WITH numbered AS (SELECT stream, sequence_of, sequence_no, min(time_us) AS first, max(time_us) AS last, min(event_id) AS event
            FROM event WHERE sequence_no IS NOT NULL GROUP BY stream, sequence_of, sequence_no),
        placed AS (SELECT *, sequence_no - row_number() OVER (PARTITION BY stream, sequence_of ORDER BY sequence_no) AS run FROM numbered),
        runs AS (SELECT stream, sequence_of, min(sequence_no) AS low, max(sequence_no) AS high, min(first) AS first, max(last) AS last,
            arg_min(event, sequence_no) AS opens, arg_max(event, sequence_no) AS closes FROM placed GROUP BY stream, sequence_of, run),
        pairs AS (SELECT stream, high, last, closes, lead(low) OVER later AS low, lead(first) OVER later AS first, lead(opens) OVER later AS opens
            FROM runs WINDOW later AS (PARTITION BY stream, sequence_of ORDER BY low))
        SELECT stream, last, first, low - high - 1, closes, opens FROM pairs WHERE first >= last ORDER BY ALL""").fetchall()
    found: list[tuple[str, Defect]] = []
    for stream, some in groupby(rows, key=itemgetter(0)):
        holes = [row[1:] for row in some]
        if len(holes) > BREAKS:
            holes = [
                (holes[0][0], max(hole[1] for hole in holes), sum(hole[2] for hole in holes), holes[0][3], holes[-1][4])
            ]
        for start, end, missing, *evidence in holes:
            cause = f"{missing} record(s) are missing by their numbers"
            span = (start, max(end, start + 1))
            found.append((stream, Defect(State.LOSSY, span, cause=cause, basis="sequence", evidence=tuple(evidence))))
    return found


def _throttled(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, Defect]]:
    """Give the day after each throttling mark: the audit of that mailbox records nothing for 24 hours (Microsoft Learn, MailItemsAccessed)."""
    rows = connection.execute(
        "SELECT stream, mailbox, time_us, event_id FROM event WHERE mark = 'throttled' ORDER BY time_us, event_id"
    ).fetchall()
    return [
        (
            stream,
            Defect(
                State.LOSSY,
                (at, at + DAY),
                scope_of({"mailbox": mailbox}) if mailbox else EVERYTHING,
                "the log says that it was throttled: nothing of this mailbox is recorded for 24 hours",
                "attestation",
                (event,),
            ),
        )
        for stream, mailbox, at, event in rows
    ]


def _switched(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, Defect]]:
    """From a successful switching off to the next switching on of the same log; `subject` is the glob of the streams it is about."""
    rows = connection.execute(
        "SELECT subject, coalesce(object, ''), action, time_us, event_id, operation FROM event WHERE subject IS NOT NULL AND kept "
        "AND outcome = 'success' AND action IN ('logging.disable', 'logging.enable') ORDER BY subject, 2, time_us, event_id"
    ).fetchall()
    found: list[tuple[str, Defect]] = []
    off: dict[tuple[str, str], tuple[int, str, str]] = {}
    for subject, thing, action, at, event, operation in rows:
        if action == "logging.disable":
            off.setdefault((subject, thing), (at, event, operation))
        elif (subject, thing) in off:
            start, first, what = off.pop((subject, thing))
            found.append((subject, _disabled((start, at), what, (first, event))))
    return found + [
        (subject, _disabled((start, END), what, (event,))) for (subject, _), (start, event, what) in off.items()
    ]


def _disabled(span: Span, operation: str, evidence: tuple[str, ...]) -> Defect:
    return Defect(State.DISABLED, span, cause=f"switched off by {operation}", basis="config_event", evidence=evidence)
