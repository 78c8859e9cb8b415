"""The ledger of a case as rows: every file met and what became of its records; and whether the evidence still is what it was."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import polars as pl

from timeline.case.entries import PENDING
from timeline.case.origin import full
from timeline.case.places import Places
from timeline.case.survey import hashed, shelf_of
from timeline.evidence.frames import rows_of
from timeline.readers.limits import Limits
from timeline.readers.reopen import Opener

TIMELESS = "of its events state no time: no answer counts them"
STATUS = f"""
    WITH counted AS (SELECT file_no, count(*) AS events, count(*) FILTER (WHERE NOT kept) AS copies,
            string_agg(DISTINCT source, ', ' ORDER BY source) AS source
        FROM (SELECT file_no, source, kept FROM event UNION ALL SELECT file_no, source, kept FROM undated) GROUP BY file_no),
    refused AS (SELECT file_no, count(*) AS rejected FROM rejected WHERE undated IS NULL GROUP BY file_no),
    timeless AS (SELECT file_no, count(*) AS timeless FROM undated GROUP BY file_no),
    original AS (SELECT sha256, min(file_no) FILTER (WHERE NOT twin) AS file_no FROM file GROUP BY sha256)
    SELECT f.file_no, f.path || coalesce('!' || f.member, '') AS file, f.sha256 AS file_id, f.sha256, f.bytes,
        coalesce(c.source, '') AS source, f.records,
        CASE WHEN f.twin THEN 0 ELSE coalesce(c.events - c.copies, 0) END AS events,
        CASE WHEN f.twin THEN 0 ELSE coalesce(r.rejected, 0) END AS rejected,
        CASE WHEN f.twin THEN f.records ELSE coalesce(c.copies, 0) END AS duplicates,
        CASE WHEN f.twin THEN 0 ELSE f.skipped END AS skipped,
        CASE WHEN f.twin THEN 'identical to another file'
            ELSE concat_ws('; ', nullif(f.note, ''), n.timeless || ' {TIMELESS}') END AS note
    FROM file AS f JOIN original AS o USING (sha256) LEFT JOIN counted AS c ON c.file_no = CASE WHEN f.twin THEN o.file_no ELSE f.file_no END
    LEFT JOIN refused AS r ON r.file_no = CASE WHEN f.twin THEN o.file_no ELSE f.file_no END
    LEFT JOIN timeless AS n ON n.file_no = f.file_no
    ORDER BY f.file_no"""


def status(connection: duckdb.DuckDBPyConnection, numbers: list[int] | None = None) -> pl.DataFrame:
    """Give one row for every file met (or the chosen ones): records = events + rejected + duplicates + skipped."""
    rows = rows_of(connection, STATUS)
    return (rows if numbers is None else rows.filter(pl.col("file_no").is_in(numbers))).drop("file_no")


def unfinished(connection: duckdb.DuckDBPyConnection) -> list[Path]:
    """Give the files of which something was rejected or skipped, and those identical to them: to be read again with a new source or zone."""
    rows = connection.execute(
        "SELECT path FROM file WHERE skipped > 0 OR sha256 IN (SELECT sha256 FROM file JOIN rejected USING (file_no)) "
        f"UNION SELECT substr(key, {len(PENDING) + 1}) FROM about WHERE starts_with(key, '{PENDING}') ORDER BY ALL"
    ).fetchall()
    return [Path(path) for (path,) in rows]


def rejected(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Give every rejected record: file, number, place in bytes, reason and its text."""
    return rows_of(
        connection,
        "SELECT f.path || coalesce('!' || f.member, '') AS file, r.record, r.start, r.size, r.reason, r.text "
        "FROM rejected AS r JOIN file AS f USING (file_no) WHERE r.undated IS NULL "
        "ORDER BY f.file_no, r.record",
    )


def verify(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Check the evidence files against the ledger, and the ledger against itself."""
    rows = _hashes(connection)
    for row in status(connection).iter_rows(named=True):
        total = row["events"] + row["rejected"] + row["duplicates"] + row["skipped"]
        detail = "" if total == row["records"] else f"{row['records']} records, but {total} accounted for"
        rows.append({"check": "ledger", "subject": row["file"], "ok": total == row["records"], "detail": detail})
    return pl.DataFrame(rows, schema={"check": pl.String, "subject": pl.String, "ok": pl.Boolean, "detail": pl.String})


UNPACKED = "it could not be unpacked: the hash of its archive stands for it"


def _hashes(connection: duckdb.DuckDBPyConnection) -> list[dict[str, object]]:
    """Hash every file, and every member as it lies in its archive."""
    shelf = shelf_of(connection, Limits.stated(os.environ))
    opener = Opener(shelf)
    files = connection.execute("SELECT path, member, sha256 FROM file ORDER BY path, file_no").fetchall()
    rows: list[dict[str, object]] = []
    places = Places(connection)
    try:
        for path, member, sha in files:
            place = places.now(Path(path))
            blob = opener.blob(place, member)
            same = not sha or (blob is not None and hashed(blob.chunks())[0] == sha)
            there = blob is not None or place.is_file()
            gone = "the bytes differ from those that were ingested" if there else "the file is not there any more"
            detail = gone if not same else "" if sha else UNPACKED
            rows.append({"check": "sha256", "subject": full(path, member), "ok": same, "detail": detail})
    finally:
        shelf.close()
    return rows
