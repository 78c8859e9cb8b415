"""What a log says of its own losses: records that were dropped before one that tells of it (mark `dropped`, or `dropped UNIT`)."""

from __future__ import annotations

import duckdb

from timeline.core.scope import EVERYTHING, scope_of
from timeline.core.spans import BEGIN, Span
from timeline.core.stream import Defect, State

CAUSE = "the log says that records were dropped"


STREAMS = "SELECT DISTINCT stream FROM event WHERE kept AND starts_with(mark, 'dropped')"
BEFORE = """WITH near AS (FROM event WHERE stream = ANY($2)),
    marked AS (SELECT stream, time_us, event_id, nullif(trim(substr(mark, 8)), '') AS unit FROM near
        WHERE kept AND starts_with(mark, 'dropped')),
    plain AS (SELECT m.*, e.time_us AS before FROM marked AS m ASOF LEFT JOIN near AS e
        ON m.stream = e.stream AND m.time_us > e.time_us WHERE m.unit IS NULL),
    own AS (SELECT m.*, e.time_us AS before FROM marked AS m ASOF LEFT JOIN near AS e
        ON m.stream = e.stream AND m.unit = e.resource AND m.time_us > e.time_us WHERE m.unit IS NOT NULL)
    SELECT stream, coalesce(before, $1), time_us, event_id, unit FROM (FROM plain UNION ALL FROM own) ORDER BY ALL"""


def dropped(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, Defect]]:
    """Give the spans in which records were dropped: from the one before the mark, of the same unit if the mark names one."""
    streams = [stream for (stream,) in connection.execute(STREAMS).fetchall()]
    if not streams:  # most logs have none, and to look for the record before each costs a sorting of all events
        return []
    rows = connection.execute(BEFORE, [BEGIN, streams]).fetchall()
    return [(stream, _lossy((before, at + 1), unit, event)) for stream, before, at, event, unit in rows]


def _lossy(span: Span, unit: str | None, event: str) -> Defect:
    scope = scope_of({"unit": unit}) if unit else EVERYTHING
    return Defect(State.LOSSY, span, scope, CAUSE, "attestation", (event,))
