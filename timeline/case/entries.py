"""Writes the ledger: files met, records refused, twins, files that replace an earlier version, and which copy of a record is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from timeline.case.origin import Origin, spelled
from timeline.case.plan import Found
from timeline.catalog import Source
from timeline.readers.batch import Batch, Fault

KEPT_TEXT = 65536
PENDING = "pending:"
"""Before the path of a file that is being read again, among the keys of `about`."""
Refused = tuple[int, int, int, int, str, str]  # file_no, record, start, size, reason, text

# Of a vendor record that came through several files, the copies of one file are kept: whole records rather than rows of a table, which say less
# (of two such rows the longer one), and of equal ones those of the file with the smallest hash. No order of ingestion matters.
SETTLE = """
    UPDATE event SET kept = (file.sha256 = copies.best.sha256) FROM file, (
        SELECT record_key, min({
            'less': CASE WHEN kind = 'csv' AND coalesce(payload, '') = '' THEN 1000000000 - size ELSE 0 END, 'sha256': sha256}) AS best
        FROM event JOIN file USING (file_no) WHERE record_key IN (
            SELECT record_key FROM event WHERE record_key IS NOT NULL GROUP BY record_key HAVING min(file_no) < max(file_no))
        GROUP BY record_key) AS copies
    WHERE event.record_key = copies.record_key AND event.file_no = file.file_no"""


_FILE = pa.schema(
    [
        *(("file_no", pa.int32()), ("bytes", pa.int64()), ("records", pa.int64()), ("skipped", pa.int64())),
        *(
            (name, pa.string())
            for name in ("path", "member", "sha256", "kind", "logs", "encoding", "compression", "payload", "note")
        ),
        *(("twin", pa.bool_()), ("torn", pa.bool_()), ("modified_us", pa.int64())),
    ]
)


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
        connection.execute("INSERT INTO rejected BY NAME SELECT * FROM refused")
        connection.unregister("refused")


def poisoned(piece: Batch, index: int) -> Fault:
    """Give a record as a fault that a statement of a source cannot get over."""
    place = (int(piece.number[index]), int(piece.start[index]), int(piece.size[index]))
    return Fault(*place, "a value in it breaks the statement that reads it", str(piece.text[index].as_py()))


def enter(connection: duckdb.DuckDBPyConnection, read: Iterable[tuple[Found, Tally]]) -> None:
    """Write files that were read, or could not be, and what could not even be cut into records."""
    pairs = list(read)
    if not pairs:
        return
    rows = [_row(found, tally) for found, tally in pairs]
    connection.register("entered", pa.Table.from_pylist(rows, _FILE))
    connection.execute("INSERT INTO file BY NAME SELECT * FROM entered")
    connection.unregister("entered")
    faults = ((found.file_no, fault) for found, tally in pairs for fault in tally.faults)
    refuse(connection, [(number, f.number, f.start, f.size, f.reason, f.text[:KEPT_TEXT]) for number, f in faults])


def _row(found: Found, tally: Tally) -> dict[str, object]:
    return {
        "file_no": found.file_no,
        "path": found.origin.key[0],
        "member": found.origin.key[1],
        "sha256": found.sha256,
        "bytes": found.size,
        "kind": found.kind.shape,
        "logs": ",".join(tally.logs),
        "encoding": f"{found.opened.encoding}{'+html' if found.opened.html else ''}",
        "compression": found.opened.compression,
        "payload": found.kind.payload,
        "records": tally.records,
        "skipped": tally.skipped,
        "twin": False,
        "torn": tally.torn,
        "note": tally.note,
        "modified_us": found.origin.path.stat().st_mtime_ns // 1000,
    }


def enter_archive(connection: duckdb.DuckDBPyConnection, found: Found, members: int, problems: Iterable[str]) -> None:
    """Write an archive, which has no records of its own but what is wrong with it."""
    faults = [Fault(number, 0, 0, reason) for number, reason in enumerate(problems, 1)]
    what = "+".join(filter(None, (found.opened.content, found.opened.compression)))
    note = f"a {what} archive of {members:,} member{'s' * (members != 1)}"
    connection.execute("BEGIN")
    enter(connection, [(found, Tally(len(faults), faults, note=note))])
    connection.execute("COMMIT")


def enter_twin(connection: duckdb.DuckDBPyConnection, number: int, origin: Origin, sha256: str) -> None:
    """Write a file whose bytes are those of another one."""
    connection.execute(
        "INSERT INTO file SELECT * REPLACE (?::INTEGER AS file_no, ?::VARCHAR AS path, ?::VARCHAR AS member, true AS twin) "
        "FROM file WHERE sha256 = ? AND NOT twin ORDER BY file_no LIMIT 1",
        [number, *origin.key, sha256],
    )


def forget(connection: duckdb.DuckDBPyConnection, digests: Mapping[Path, str]) -> None:
    """Take out what earlier versions of files (or archives) gave: their bytes are no longer there, so nothing of it can be verified.

    Members of an archive that has no entry of its own go too: it is written last, so an ingest ended before all of them were read.
    """
    now = {"path": [spelled(path) for path in digests], "sha256": list(digests.values())}
    connection.register("now", pa.table(now, pa.schema([("path", pa.string()), ("sha256", pa.string())])))
    gone = connection.execute(
        "SELECT DISTINCT file_no FROM file JOIN now USING (path) WHERE NOT EXISTS (SELECT 1 FROM file AS same "
        "WHERE same.path = now.path AND same.member IS NULL AND same.sha256 = now.sha256)"
    ).fetchall()
    connection.unregister("now")
    numbers = [number for (number,) in gone]
    # of all that goes none may be the heir of another
    heirs = (
        "SELECT gone.file_no, min(other.file_no) FROM file AS gone JOIN file AS other USING (sha256) WHERE gone.file_no = ANY($gone) "
        "AND NOT gone.twin AND sha256 <> '' AND NOT other.file_no = ANY($gone) GROUP BY gone.file_no"
    )
    inherited = connection.execute(heirs, {"gone": numbers}).fetchall()
    connection.execute("BEGIN")
    for number, heir in inherited:
        _inherit(connection, number, heir)
    rest = list(set(numbers).difference(number for number, _ in inherited))
    for table in ("event", "undated", "rejected", "file"):
        connection.execute(f"DELETE FROM {table} WHERE file_no = ANY(?)", [rest])
    connection.execute("COMMIT")


def reopen(connection: duckdb.DuckDBPyConnection, paths: Iterable[Path]) -> None:
    """Take out files of which something was left out, to be read again: a zone, a year or a source may be known by now."""
    spellings = [spelled(path) for path in paths]
    rows = connection.execute(
        "SELECT file_no, sha256 FROM file WHERE path = ANY(?) AND NOT twin AND (skipped > 0 OR file_no IN (SELECT file_no FROM rejected)) "
        "AND NOT EXISTS (SELECT 1 FROM file AS other WHERE other.twin AND other.sha256 = file.sha256 AND NOT other.path = ANY(?))",
        [spellings, spellings],
    ).fetchall()
    twins = "SELECT file_no FROM file WHERE twin AND sha256 = ANY(?)"
    numbers = [number for number, _ in rows]
    numbers += [number for (number,) in connection.execute(twins, [[sha for _, sha in rows if sha]]).fetchall()]
    # without its own entry an archive is looked through again
    around = (
        "SELECT file_no FROM file WHERE kind = 'archive' AND path IN (SELECT path FROM file WHERE file_no = ANY(?))"
    )
    numbers += [number for (number,) in connection.execute(around, [numbers]).fetchall()]
    connection.execute("BEGIN")
    # if this run is killed, the next `--retry` still knows them
    pending = f"INSERT OR IGNORE INTO about SELECT DISTINCT '{PENDING}' || path, '' FROM file WHERE file_no = ANY(?)"
    connection.execute(pending, [numbers])
    for table in ("event", "undated", "rejected", "file"):
        connection.execute(f"DELETE FROM {table} WHERE file_no = ANY(?)", [numbers])
    connection.execute("COMMIT")


def _inherit(connection: duckdb.DuckDBPyConnection, number: int, heir: int) -> None:
    """Let an identical file elsewhere stand for one that has gone."""
    connection.execute("DELETE FROM file WHERE file_no = ?", [number])
    connection.execute("UPDATE file SET twin = false WHERE file_no = ?", [heir])
    for table in ("event", "undated", "rejected"):
        connection.execute(f"UPDATE {table} SET file_no = ? WHERE file_no = ?", [heir, number])


def settle(connection: duckdb.DuckDBPyConnection) -> None:
    """Decide which copy of each vendor record is kept."""
    connection.execute("SET disabled_optimizers = ''")
    connection.execute("BEGIN")
    connection.execute("UPDATE event SET kept = true WHERE NOT kept")  # the copy that was kept may be gone
    connection.execute(SETTLE)
    done = f"DELETE FROM about WHERE key IN (SELECT '{PENDING}' || path FROM file)"
    connection.execute(done)
    connection.execute("COMMIT")


def reason(number: int, known: Mapping[int, Source], invalid: set[int], *, zoned: bool, taken: bool) -> str:
    """Say why a record is no event, and what would help: of the zone and the time of collection what nobody has stated yet."""
    if number in invalid:
        return "not valid JSON"
    source = known.get(number)
    if source is None:
        return "no source recognises this record"
    yearless = source.yearless and not taken
    if source.local_time and not zoned:
        year = ", and for a missing year the collection's collected_at" if yearless else ""
        without = "a zone or year" if yearless else "a zone"
        return f"{source.title}: its time is missing, or local without {without}: give --timezone GLOB=ZONE{year}"
    if yearless:
        return f"{source.title}: its time is missing, or without a year: give the collection's collected_at"
    return f"{source.title}: its time is missing or cannot be read"
