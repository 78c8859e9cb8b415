"""Whole records read again from the evidence, as sources saw them: for what no event column holds.

Each file is cut anew, once, whatever its kind; so a few records of a large file cost one pass over it, and all of them no more.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from timeline.case import plan
from timeline.case.normal import Kind
from timeline.case.origin import Origin
from timeline.case.places import Places
from timeline.case.survey import shelf_of
from timeline.readers import stream, table
from timeline.readers.batch import Batch
from timeline.readers.limits import Limits
from timeline.readers.reopen import Opener

PIECE, BYTES = 50_000, 1 << 26
LEDGER = (
    "SELECT f.file_no, f.path, f.member, coalesce(a.bytes, f.bytes), f.kind, f.payload FROM file AS f "
    "LEFT JOIN file AS a ON a.path = f.path AND a.member IS NULL AND f.member IS NOT NULL"
)


@dataclass(frozen=True)
class Kept:
    """What the ledger says of a file."""

    file_no: int
    origin: Origin
    bytes: int
    shape: str
    payload: str


class Again:
    """Cuts files of a case again; close it when all is read."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.opener = Opener(shelf_of(connection, Limits.stated(os.environ)))
        places = Places(connection)
        self.ledger = {
            number: Kept(number, Origin(places.now(Path(path)), member or ""), size, kind, payload or "")
            for number, path, member, size, kind, payload in connection.execute(LEDGER).fetchall()
        }

    def close(self) -> None:
        """Give up the scratch files."""
        self.opener.shelf.close()

    def records(self, wanted: Mapping[int, np.ndarray]) -> Iterator[pa.Table]:
        """Give the wanted records of files (numbers by file) as tables `file_no, record, line` of about `PIECE` rows.

        `line` is the record as JSON, of text logs the line itself; files that are gone or have changed their size are left out.
        """
        held: list[pa.Table] = []
        rows = size = 0
        for piece in self._pieces(wanted):
            held.append(piece)
            rows, size = rows + piece.num_rows, size + piece.nbytes
            if rows >= PIECE or size >= BYTES:
                yield pa.concat_tables(held)
                held, rows, size = [], 0, 0
        if held:
            yield pa.concat_tables(held)

    def _pieces(self, wanted: Mapping[int, np.ndarray]) -> Iterator[pa.Table]:
        order = sorted((number for number in wanted if number in self.ledger), key=lambda n: self.ledger[n].origin.name)
        for number in order:
            found = self._found(self.ledger[number])
            for piece in found.pieces() if found else ():
                if found and isinstance(piece, Batch):
                    chosen = np.isin(piece.number, wanted[number])
                    if chosen.any():
                        yield self._read(found, plan.arrow(found, piece).filter(pa.array(chosen)))

    def _found(self, kept: Kept) -> plan.Found | None:
        """Give a file as it was cut when it was ingested; None if it is no longer the same."""
        path = kept.origin.path
        if not path.is_file() or path.stat().st_size != kept.bytes:
            return None
        blob = self.opener.blob(path, kept.origin.member)
        if blob is None:
            return None
        found = plan.look(kept.file_no, kept.origin, "", (), blob)
        if kept.shape == "csv":
            header = table.header(stream.head(found.opened))
            return replace(found, kind=Kind("csv", header.names, kept.payload), header=header) if header else None
        kind = replace(found.kind, careful=True, payload=kept.payload)
        return replace(found, kind=kind) if found.kind.shape == kept.shape else None

    def _read(self, found: plan.Found, records: pa.RecordBatch) -> pa.Table:
        """Give the JSON of records: as it stands, or made of a CSV's cells, or taken out of its envelope."""
        if found.kind.shape != "csv" and not found.kind.payload:
            return pa.Table.from_batches([records.select(["file_no", "record", "line"])])
        plan.offer(self.connection, found.kind, pa.Table.from_batches([records]))
        line = _row(found.kind.names) if found.kind.shape == "csv" and not found.kind.payload else "line"
        return self.connection.sql(f"SELECT file_no, record, {line} AS line FROM batch").to_arrow_table()


def _row(names: tuple[str, ...]) -> str:
    """Give the expression that makes a JSON object of a CSV row."""
    cells = (f"'{name.replace(chr(39), chr(39) * 2)}', nullif(c{index}, '')" for index, name in enumerate(names))
    return f"json_object({', '.join(cells)})::VARCHAR"
