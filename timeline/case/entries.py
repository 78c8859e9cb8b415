"""Writes the ledger: files met, records refused, twins, files that replace an earlier version, and which copy of a record is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from timeline.case.plan import Found, spelled
from timeline.catalog import Source
from timeline.readers.batch import Batch, Fault

KEPT_TEXT = 65536
Refused = tuple[int, int, int, int, str, str]  # file_no, record, start, size, reason, text

# Of a vendor record that came through several files, the copies of the file with the smallest hash are kept: no order of ingestion matters.
SETTLE = """
    UPDATE event SET kept = (file.sha256 = copies.first) FROM file, (
        SELECT record_key, min(sha256) AS first FROM event JOIN file USING (file_no) WHERE record_key IS NOT NULL
        GROUP BY record_key HAVING min(file_no) < max(file_no)) AS copies
    WHERE event.record_key = copies.record_key AND event.file_no = file.file_no"""


@dataclass
class Tally:
    """What was counted while a file was read; `logs` are the sources that its records were taken to be of."""

    records: int = 0
    faults: list[Fault] = field(default_factory=list)
    torn: bool = False
    skipped: int = 0
    note: str = ""
    logs: tuple[str, ...] = ()


def refuse(connection: duckdb.DuckDBPyConnection, rows: Iterable[Refused]) -> None:
    """Write records that are no events, each with its place and reason."""
    columns = list(zip(*rows, strict=True))
    if columns:
        names = ("file_no", "record", "start", "size", "reason", "text")
        connection.register("refused", pa.table({name: list(each) for name, each in zip(names, columns, strict=True)}))
        connection.execute("INSERT INTO rejected SELECT * FROM refused")
        connection.unregister("refused")


def poisoned(piece: Batch, index: int) -> Fault:
    """Give a record as a fault that a statement of a source cannot get over."""
    place = (int(piece.number[index]), int(piece.start[index]), int(piece.size[index]))
    return Fault(*place, "a value in it breaks the statement that reads it", str(piece.text[index].as_py()))


def refuse_faults(connection: duckdb.DuckDBPyConnection, file_no: int, faults: Iterable[Fault]) -> None:
    """Write what could not even be cut into records."""
    refuse(connection, [(file_no, f.number, f.start, f.size, f.reason, f.text[:KEPT_TEXT]) for f in faults])


def enter(connection: duckdb.DuckDBPyConnection, found: Found, tally: Tally) -> None:
    """Write a file that was read, or could not be."""
    row = {
        "file_no": found.file_no,
        "path": spelled(found.path),
        "sha256": found.sha256,
        "bytes": found.size,
        "kind": found.kind.shape,
        "logs": ",".join(tally.logs),
        "encoding": found.opened.encoding,
        "compression": found.opened.compression,
        "payload": found.kind.payload,
        "records": tally.records,
        "skipped": tally.skipped,
        "twin": False,
        "torn": tally.torn,
        "note": tally.note,
        "modified_us": found.path.stat().st_mtime_ns // 1000,
    }
    marks = ", ".join("?" for _ in row)
    connection.execute(f"INSERT INTO file ({', '.join(row)}) VALUES ({marks})", list(row.values()))


def enter_twin(connection: duckdb.DuckDBPyConnection, number: int, path: Path, sha256: str) -> None:
    """Write a file whose bytes are those of another one."""
    connection.execute(
        "INSERT INTO file SELECT * REPLACE (?::INTEGER AS file_no, ?::VARCHAR AS path, true AS twin) "
        "FROM file WHERE sha256 = ? AND NOT twin",
        [number, spelled(path), sha256],
    )


def forget(connection: duckdb.DuckDBPyConnection, path: Path, now: str) -> None:
    """Take out what an earlier version of a file gave: its bytes are no longer there, so nothing of it can be verified."""
    rows = connection.execute(
        "SELECT file_no, sha256, twin FROM file WHERE path = ? AND sha256 <> ?", [spelled(path), now]
    ).fetchall()
    for number, sha256, twin in rows:
        others = "SELECT min(file_no) FROM file WHERE sha256 = ? AND file_no <> ?"
        heir = connection.execute(others, [sha256, number]).fetchall()[0][0]
        connection.execute("BEGIN")
        if not twin and heir is not None:
            _inherit(connection, number, int(heir))
        else:
            for table in ("file",) if twin else ("event", "rejected", "file"):
                connection.execute(f"DELETE FROM {table} WHERE file_no = ?", [number])
        connection.execute("COMMIT")


def reopen(connection: duckdb.DuckDBPyConnection, paths: Iterable[Path]) -> None:
    """Take out files of which something was left out, to be read again: a zone, a year or a source may be known by now."""
    spellings = [spelled(path) for path in paths]
    rows = connection.execute(
        "SELECT file_no FROM file WHERE path = ANY(?) AND NOT twin AND (skipped > 0 OR file_no IN (SELECT file_no FROM rejected)) "
        "AND NOT EXISTS (SELECT 1 FROM file AS other WHERE other.twin AND other.sha256 = file.sha256)",
        [spellings],
    ).fetchall()
    connection.execute("BEGIN")
    for table in ("event", "rejected", "file"):
        connection.execute(f"DELETE FROM {table} WHERE file_no = ANY(?)", [[number for (number,) in rows]])
    connection.execute("COMMIT")


def _inherit(connection: duckdb.DuckDBPyConnection, number: int, heir: int) -> None:
    """Let an identical file elsewhere stand for one that has gone."""
    connection.execute("DELETE FROM file WHERE file_no = ?", [number])
    connection.execute("UPDATE file SET twin = false WHERE file_no = ?", [heir])
    for table in ("event", "rejected"):
        connection.execute(f"UPDATE {table} SET file_no = ? WHERE file_no = ?", [heir, number])


def settle(connection: duckdb.DuckDBPyConnection) -> None:
    """Decide which copy of each vendor record is kept."""
    connection.execute("SET disabled_optimizers = ''")
    connection.execute("BEGIN")
    connection.execute("UPDATE event SET kept = true WHERE NOT kept")  # the copy that was kept may be gone
    connection.execute(SETTLE)
    connection.execute("COMMIT")


def reason(number: int, known: Mapping[int, Source], invalid: set[int]) -> str:
    """Say why a record is no event, and what would help."""
    if number in invalid:
        return "not valid JSON"
    source = known.get(number)
    if source is None:
        return "no source recognises this record"
    if source.local_time:
        return (
            f"{source.title}: its time is missing, or local without a zone or year: give --timezone GLOB=ZONE, "
            "and for a missing year the collection's collected_at"
        )
    return f"{source.title}: its time is missing or cannot be read"
