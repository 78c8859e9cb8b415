"""When a rejected record happened, as far as its own text tells: a local time without its zone is still within a day."""

from __future__ import annotations

import duckdb

from timeline.case.normal import Kind, mapped, prepare
from timeline.catalog import Source, aliases

EAST, WEST = 14, 12
"""Hours by which a clock somewhere on Earth is before, and behind, UTC."""


def bound(connection: duckdb.DuckDBPyConnection, source: Source, kind: Kind) -> None:
    """Note for the rejected records in `batch` the span in which their local times lie, whatever their zone; one without a year says nothing."""
    if "local_time" not in aliases(source.select):
        return
    statement = mapped(source, kind, frozenset({"fits", "time", "local_time"}))
    prepare(connection, statement)
    connection.execute(
        f"WITH told AS (SELECT file_no, record, epoch_us(local_time) AS told FROM ({statement}) "
        "WHERE fits AND time IS NULL AND year(local_time) BETWEEN 1970 AND 9998 AND year(local_time) <> 2000) "
        f"UPDATE rejected SET from_us = told - {EAST * 3_600_000_000}, to_us = told + {WEST * 3_600_000_000 + 1_000_000} "
        "FROM told WHERE rejected.file_no = told.file_no AND rejected.record = told.record"
    )
