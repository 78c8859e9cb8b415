"""Local times and the clocks that showed them: the instant of each, and what is doubtful about it.

A clock that is put back shows an hour twice, one that is put forward leaves an hour out. A record of such an hour is flagged in
`time_precision`: `ambiguous` (shown twice: the first of both instants is given, the truth may be the second), `ambiguous,by_order` (shown
twice, and the order of the records in their file tells which), `nonexistent` (never shown: the instant of a clock that was not put forward
is given, the truth may be earlier). Logs of collectors state no zone either, but the windows in them do: their own times are read as UTC where
nobody states the zone, and flagged `zone_unknown`.
"""

from __future__ import annotations

import duckdb

HOUR = 3_600_000_000
_DOUBTS = {"ambiguous": (0, HOUR), "nonexistent": (HOUR, 0), "by_order": (0, 0), "zone_unknown": (14 * HOUR, 12 * HOUR)}
JITTER = 600_000_000
"""Records of several programs may stand in a file a little out of order (µs); only a longer step back is the clock's."""
ORDERED = 0.5


def doubt(told: str | None) -> tuple[str, int, int]:
    """Cut a `time_precision` into the precision and how many µs before and after the given instant the truth may lie."""
    precision, *flags = (told or "").split(",")
    if precision in _DOUBTS:
        precision, flags = "", [precision, *flags]
    return precision, *(_DOUBTS[flags[-1]] if flags else (0, 0))


def timed(base: str, precision: str) -> str:
    """Give the relation over `base` (with time, local_time, zone, year_inferred) in which local times have found their instants.

    DuckDB takes the second of two instants, and the offset before a gap. The first one is found with the offset of the day before.
    """
    told = f"CASE WHEN year_inferred AND time IS NULL THEN 'year_inferred' ELSE {precision} END"
    return f"""(
        SELECT * EXCLUDE (time, told_, late_, shown_, back_),
            coalesce(time, CASE WHEN flag_ = 'ambiguous' THEN make_timestamptz(epoch_us(late_) - back_) ELSE late_ END) AS time,
            nullif(concat_ws(',', told_, CASE WHEN time IS NULL THEN flag_ END), '') AS time_precision
        FROM (SELECT *, CASE WHEN epoch_us(shown_) <> epoch_us(local_time) THEN 'nonexistent'
                WHEN back_ > 0 AND epoch_us(timezone(zone, make_timestamptz(epoch_us(late_) - back_))) = epoch_us(local_time)
                THEN 'ambiguous' END AS flag_
            FROM (SELECT *, epoch_us(timezone(zone, late_ - INTERVAL 1 DAY)) + 86400000000 - epoch_us(shown_) AS back_
                FROM (SELECT *, timezone(zone, late_) AS shown_
                    FROM (SELECT * EXCLUDE (time_precision), {told} AS told_, timezone(zone, local_time) AS late_ FROM {base})))))"""


FLAGGED = "FROM event JOIN context USING (file_no) WHERE suffix(time_precision, 'ambiguous')"
ORDER = f"""
    WITH doubtful AS (SELECT file_no, stream, record, time_us, zone {FLAGGED}),
    ways AS (SELECT file_no, coalesce(corr(record, time_us), 0) AS way FROM event
        WHERE file_no IN (SELECT file_no FROM doubtful) GROUP BY file_no),
    steps AS (SELECT *, time_us - lag(time_us) OVER (PARTITION BY file_no, stream, night ORDER BY record) AS step
        FROM (SELECT *, time_us // 86400000000 AS night FROM doubtful)),
    turned AS (SELECT *, CASE WHEN way > {ORDERED} THEN step < -{JITTER} WHEN way < -{ORDERED} THEN step > {JITTER} END AS turn
        FROM steps JOIN ways USING (file_no)),
    nights AS (SELECT file_no, stream, night, min(record) FILTER (WHERE turn) AS turn
        FROM turned GROUP BY ALL HAVING count(*) FILTER (WHERE turn) = 1),
    told AS (SELECT file_no, record, time_us, zone, (record >= nights.turn) = (way > 0) AS second
        FROM turned JOIN nights USING (file_no, stream, night))
    UPDATE event SET time_precision = event.time_precision || ',by_order',
        time_us = CASE WHEN told.second THEN epoch_us(timezone(told.zone, timezone(told.zone, make_timestamptz(told.time_us))))
            ELSE event.time_us END
    FROM told WHERE event.file_no = told.file_no AND event.record = told.record"""


def order(connection: duckdb.DuckDBPyConnection) -> None:
    """Decide ambiguous times of the files in `context` by file order: where the records of one night step back once, that was the clock.

    Files that begin with their newest record are read from the end. A night without a step, or with several, stays ambiguous.
    """
    if connection.execute(f"SELECT 1 {FLAGGED} LIMIT 1").fetchall():
        connection.execute(ORDER)
