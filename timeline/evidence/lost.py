"""What was handed over and could not be read, as defects of streams: rejected records, truncated files, files that no source recognises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import duckdb

from timeline.core.coverage import Defect, State
from timeline.core.spans import BEGIN, END, Span
from timeline.evidence.series import period

EARLIEST = "time_us - CASE WHEN suffix(time_precision, 'nonexistent') THEN 3600000000 ELSE 0 END"
LATEST = "time_us + CASE WHEN suffix(time_precision, 'ambiguous') THEN 3600000000 ELSE 0 END"
"""The instants between which a record happened (microseconds): an hour that a clock showed twice, or not at all, leaves an hour in doubt."""
ANY = ("*",)
SPANS = "SELECT file_no, stream, min(time_us) AS first, max(time_us) AS last FROM event GROUP BY file_no, stream"


def unread(connection: duckdb.DuckDBPyConnection) -> dict[int, tuple[str, ...]]:
    """Give the files that were records of some log, or a damaged archive, but gave no event at all; and of which sources they were.

    What a damaged compression held that shows nothing can have been any log: ANY.
    """
    rows = connection.execute(
        "SELECT file_no, logs, compression <> '' FROM file WHERE (kind <> 'none' OR compression IS NOT NULL) AND (skipped = 0 OR torn) "
        "AND sha256 IN (SELECT sha256 FROM file JOIN rejected USING (file_no)) "
        "AND NOT EXISTS (SELECT 1 FROM file AS same JOIN event USING (file_no) WHERE same.sha256 = file.sha256)"
    ).fetchall()
    return {no: tuple(logs.split(",")) if logs else ANY if packed else () for no, logs, packed in rows}


def rejected(connection: duckdb.DuckDBPyConnection, order: Mapping[int, int]) -> list[tuple[int, str, Defect]]:
    """Around each run of rejected records the span of their own times, where all of them tell it, else between their neighbours in the file."""
    rows = connection.execute(f"""
        WITH torn AS (SELECT file_no, record, min(reason) AS reason, min(from_us) AS low, max(to_us) AS high FROM rejected GROUP BY file_no, record),
        streams AS (SELECT DISTINCT file_no, stream FROM event WHERE file_no IN (SELECT file_no FROM torn)),
        good AS (SELECT file_no, record, {EARLIEST} AS low, {LATEST} AS high FROM event WHERE file_no IN (SELECT file_no FROM torn)),
        around AS (SELECT t.*, b.record AS before, [b.low, b.high] AS b, a.record AS after, [a.low, a.high] AS a
            FROM torn AS t ASOF LEFT JOIN good AS b ON b.file_no = t.file_no AND b.record < t.record
            ASOF LEFT JOIN good AS a ON a.file_no = t.file_no AND a.record > t.record),
        runs AS (SELECT file_no, before, after, any_value(b) AS b, any_value(a) AS a, count(*) AS lost, min(record) AS record, min(reason) AS reason,
            CASE WHEN count(low) = count(*) THEN [min(low), max(high)] END AS own FROM around GROUP BY ALL)
        SELECT r.file_no, s.stream, b, a, own, r.lost, r.record, r.reason FROM runs AS r JOIN streams AS s USING (file_no) ORDER BY ALL""").fetchall()
    found = []
    for file_no, stream, before, after, own, lost, record, reason in rows:
        cause = f"{lost} record(s) of this file rejected from record {record} on: {reason}"
        span = (own[0], own[1]) if own else _between(_known(before), _known(after), order[file_no])
        found.append((file_no, stream, Defect(State.LOSSY, span, cause=cause, basis="ledger")))
    return found


def _known(told: list[int | None]) -> Span | None:
    low, high = told
    return None if low is None or high is None else (low, high)


def _between(before: Span | None, after: Span | None, order: int) -> Span:
    """Give the span between two neighbours in a file; at an end of the file it is open to the side that its order tells, else to both."""
    ends = [each for each in (before, after) if each is not None]
    if len(ends) > 1:
        return min(low for low, _ in ends), max(high for _, high in ends) + 1
    later = order if after is None else -order
    return (BEGIN if later <= 0 else ends[0][0], END if later >= 0 else ends[0][1] + 1)


def torn(
    connection: duckdb.DuckDBPyConnection, order: Mapping[int, int], rows: Sequence[Sequence[int]]
) -> list[tuple[int, str, Defect]]:
    """From the last record of a truncated file to the end of what the file stands for: until the next file of its row, if there is one."""
    last = connection.execute(
        f"SELECT file_no, stream, [max_by({EARLIEST}, record), max_by({LATEST}, record)] FROM event JOIN file USING (file_no) WHERE torn "
        "GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    if not last:
        return []
    cause, found, known = "the file is truncated", [], _times(connection)
    for file_no, stream, told in last:
        start, end = _between(_known(told), None, order[file_no])
        stands = _period(rows, known, file_no)
        if stands and order[file_no] > 0:
            end = max(min(end, stands[1]), start + 1)
        found.append((file_no, stream, Defect(State.LOSSY, (start, end), cause=cause, basis="ledger")))
    return found


def foreign(connection: duckdb.DuckDBPyConnection) -> frozenset[int]:
    """Give the files of which no source recognises some records; the settings of a case are none of its evidence."""
    rows = connection.execute(
        "SELECT file_no FROM file WHERE skipped > 0 AND NOT suffix(path, '/case.toml')"
    ).fetchall()
    return frozenset(no for (no,) in rows)


def skipped(connection: duckdb.DuckDBPyConnection, rows: Sequence[Sequence[int]]) -> list[tuple[int, str, Defect]]:
    """Between its neighbours a file that no source recognises is missing from the streams of its row; elsewhere it bounds nothing."""
    missing = {no for (no,) in connection.execute("SELECT file_no FROM file WHERE skipped > 0 AND NOT twin").fetchall()}
    if not missing:
        return []
    streams: dict[str, dict[int, Span]] = {}
    for file_no, stream, first, last in connection.execute(SPANS).fetchall():
        streams.setdefault(stream, {})[file_no] = (first, last)
    found = []
    cause = "a file of the same row could not be recognised"
    for file_no in sorted(missing):
        row = next((row for row in rows if file_no in row), ())
        for stream, known in sorted(streams.items()):
            span = period(row, known, file_no) if row else None
            if span:
                found.append((file_no, stream, Defect(State.LOSSY, span, cause=cause, basis="ledger")))
    return found


def _times(connection: duckdb.DuckDBPyConnection) -> dict[int, Span]:
    rows = connection.execute(f"SELECT file_no, min(first), max(last) FROM ({SPANS}) GROUP BY file_no").fetchall()
    return {file_no: (first, last) for file_no, first, last in rows}


def _period(rows: Sequence[Sequence[int]], known: Mapping[int, Span], file_no: int) -> Span | None:
    return next((period(row, known, file_no) for row in rows if file_no in row), None)


def extents(
    connection: duckdb.DuckDBPyConnection, files: Iterable[int], rows: Sequence[Sequence[int]]
) -> dict[int, Span]:
    """Give for each file that gave no event the time it may stand for: that of its records' own local times, of its row, else any."""
    own = connection.execute(
        "SELECT file_no, min(from_us), max(to_us) FROM rejected GROUP BY file_no HAVING count(from_us) = count(*)"
    ).fetchall()
    told: dict[int, Span] = {file_no: (start, end) for file_no, start, end in own}
    twins = dict(
        connection.execute(
            "SELECT t.file_no, o.file_no FROM file AS t JOIN file AS o USING (sha256) WHERE t.twin AND NOT o.twin"
        ).fetchall()
    )
    wanted = list(files)
    known = _times(connection) if wanted else {}
    return {no: told.get(twins.get(no, no)) or _period(rows, known, no) or (BEGIN, END) for no in wanted}
