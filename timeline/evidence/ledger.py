"""The ledger of a case as rows: every file met and what became of its records; and whether the evidence still is what it was."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl

from timeline.case.plan import digest
from timeline.evidence.frames import rows_of

STATUS = """
    WITH counted AS (SELECT file_no, count(*) AS events, count(*) FILTER (WHERE NOT kept) AS copies,
            string_agg(DISTINCT source, ', ' ORDER BY source) AS source FROM event GROUP BY file_no),
    refused AS (SELECT file_no, count(*) AS rejected FROM rejected GROUP BY file_no),
    original AS (SELECT sha256, min(file_no) FILTER (WHERE NOT twin) AS file_no FROM file GROUP BY sha256)
    SELECT f.path || CASE WHEN f.member IS NULL THEN '' ELSE '!' || f.member END AS file, f.sha256 AS file_id, f.sha256, f.bytes,
        coalesce(c.source, '') AS source, f.records,
        CASE WHEN f.twin THEN 0 ELSE coalesce(c.events - c.copies, 0) END AS events,
        CASE WHEN f.twin THEN 0 ELSE coalesce(r.rejected, 0) END AS rejected,
        CASE WHEN f.twin THEN f.records ELSE coalesce(c.copies, 0) END AS duplicates,
        CASE WHEN f.twin THEN 0 ELSE f.skipped END AS skipped,
        CASE WHEN f.twin THEN 'identical to another file' ELSE coalesce(f.note, '') END AS note
    FROM file AS f JOIN original AS o USING (sha256) LEFT JOIN counted AS c ON c.file_no = o.file_no LEFT JOIN refused AS r ON r.file_no = o.file_no
    ORDER BY f.file_no"""


def status(connection: duckdb.DuckDBPyConnection, numbers: list[int] | None = None) -> pl.DataFrame:
    """Give one row for every file met (or the chosen ones): records = events + rejected + duplicates + skipped."""
    rows = rows_of(connection, STATUS)
    if numbers is None:
        return rows
    paths = {row[0] for row in connection.execute("SELECT path FROM file WHERE file_no = ANY(?)", [numbers]).fetchall()}
    return rows.filter(pl.col("file").is_in(sorted(paths)))


def rejected(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Give every rejected record: file, number, place in bytes, reason and its text."""
    return rows_of(
        connection,
        "SELECT f.path AS file, r.record, r.start, r.size, r.reason, r.text FROM rejected AS r JOIN file AS f USING (file_no) "
        "ORDER BY f.file_no, r.record",
    )


def verify(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Check the evidence files against the ledger, and the ledger against itself."""
    rows: list[dict[str, object]] = []
    for path, sha in connection.execute("SELECT path, sha256 FROM file ORDER BY file_no").fetchall():
        there = Path(path).is_file()
        same = there and digest(Path(path)) == sha
        detail = (
            ""
            if same
            else "the bytes differ from those that were ingested"
            if there
            else "the file is not there any more"
        )
        rows.append({"check": "sha256", "subject": path, "ok": same, "detail": detail})
    for row in status(connection).iter_rows(named=True):
        total = row["events"] + row["rejected"] + row["duplicates"] + row["skipped"]
        detail = "" if total == row["records"] else f"{row['records']} records, but {total} accounted for"
        rows.append({"check": "ledger", "subject": row["file"], "ok": total == row["records"], "detail": detail})
    return pl.DataFrame(rows, schema={"check": pl.String, "subject": pl.String, "ok": pl.Boolean, "detail": pl.String})
