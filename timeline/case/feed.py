"""Puts the records of files through the statements of sources, counting them as they pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

import duckdb
import numpy as np
import pyarrow as pa

from timeline.case import entries, normal, plan
from timeline.case.context import Context
from timeline.case.entries import Tally
from timeline.case.plan import Found
from timeline.catalog import Source
from timeline.readers.batch import Fault

_CONTEXT = pa.schema(
    [("file_no", pa.int32()), *((name, pa.string()) for name in ("sha256", "path", "zone")), ("taken", pa.int64())]
)
FEW, ROOM = 1024, 4 << 20  # records, bytes
SHARE, KEPT = 128 << 20, 64  # bytes, records
Chosen = Mapping[int, np.ndarray] | None
"""Numbers of records by file; None: all of them."""


def _together(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Join small batches: a statement takes one of twenty records as long as one of a thousand."""
    held: list[pa.RecordBatch] = []
    few, room = FEW, ROOM
    for batch in batches:
        held.append(batch)
        few, room = few - batch.num_rows, room - batch.nbytes
        if few <= 0 or room <= 0:
            yield held[0] if len(held) == 1 else pa.concat_batches(held)
            held, few, room = [], FEW, ROOM
    if held:
        yield pa.concat_batches(held)


def _shares(batches: Iterable[pa.RecordBatch]) -> Iterator[Iterator[pa.RecordBatch]]:
    """Give batches in shares of one statement each: all of them, unless their records are so long that a statement has no room for all.

    Of batches of less than 64 records DuckDB keeps copies until it has two thousand records, whatever their size.
    """
    source = iter(batches)
    for first in source:
        yield _share(first, source)


def _share(first: pa.RecordBatch, source: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    room = SHARE
    for batch in chain([first], source):
        yield batch
        room -= batch.nbytes if batch.num_rows < KEPT else 0
        if room <= 0:
            return


class Feed:
    """The way of records from their files into the table `event`; keeps the last count of every file it has read."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, context: Context) -> None:
        self.connection, self.context = connection, context
        self.tallies: dict[int, Tally] = {}
        self._statements: dict[tuple[object, ...], str] = {}

    def open(self, files: list[Found]) -> None:
        """Say of files what the statements of sources may know about them, in the table `context`."""
        told = [(found, self.context.zone(found.origin), self.context.taken(found.origin)) for found in files]
        rows = [
            {"file_no": found.file_no, "sha256": found.sha256, "path": found.origin.name, "zone": zone, "taken": taken}
            for found, zone, taken in told
        ]
        self.connection.register("files", pa.Table.from_pylist(rows, _CONTEXT))
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE context AS SELECT * EXCLUDE (taken), make_timestamp(taken) AS collected FROM files"
        )
        self.connection.unregister("files")

    def stream(self, files: list[Found], only: Chosen) -> Iterator[pa.RecordBatch]:
        """Give the records of files, counting as they pass."""
        for found in files:
            tally = Tally()
            for piece in found.pieces():
                if isinstance(piece, Fault):
                    tally.faults.append(piece)
                    tally.torn = tally.torn or piece.start < 0
                    tally.records = max(tally.records, piece.number)
                    continue
                tally.records = max(tally.records, int(piece.number[-1]))
                bad = np.isin(piece.number, found.poison)
                tally.faults += [entries.poisoned(piece, index) for index in np.flatnonzero(bad).tolist()]
                wanted = ~bad if only is None else ~bad & np.isin(piece.number, only[found.file_no])
                batch = plan.arrow(found, piece)
                yield batch if wanted.all() else batch.filter(pa.array(wanted))
            self.tallies[found.file_no] = tally

    def offered(self, files: list[Found], only: Chosen) -> Iterator[None]:
        """Put the records of files (all of one kind) behind the name `batch`, in as many shares as it takes: each is to be read when it is there."""
        kind = files[0].kind
        for share in _shares(_together(self.stream(files, only))):
            plan.offer(self.connection, kind, pa.RecordBatchReader.from_batches(plan.schema(kind), share))
            yield

    def insert(self, source: Source, files: list[Found], only: Chosen, *, dated: bool = True) -> None:
        """Put the records of files (all of one kind) through one source: those with a time, or those without one."""
        read = [found.by(source) for found in files]
        statement = self._statement(source, read[0].kind, dated=dated)
        normal.prepare(self.connection, statement)  # a ROLLBACK has taken the words away since the statement was made
        for _ in self.offered(read, only):
            self.connection.execute(statement)

    def _statement(self, source: Source, kind: normal.Kind, *, dated: bool) -> str:
        key = source.id, source.match, kind, dated
        if key not in self._statements:
            plan.offer(self.connection, kind, pa.Table.from_batches([], plan.schema(kind)))
            self._statements[key] = normal.insertion(self.connection, source, kind, dated=dated)
        return self._statements[key]

    def count(self, found: Found) -> int:
        """Count a file's records: a statement that broke has not seen them all."""
        for _ in self.stream([found], None):
            pass
        return self.tallies[found.file_no].records

    def left(self, files: list[Found]) -> dict[int, np.ndarray]:
        """Give for each file the numbers of its records that are no events yet and no faults."""
        query = "SELECT file_no, count(*) FROM event WHERE file_no = ANY(?) GROUP BY file_no"
        counts = dict(self.connection.execute(query, [[found.file_no for found in files]]).fetchall())
        return {
            found.file_no: rest
            for found in files
            if counts.get(found.file_no, 0) + len(self.tallies[found.file_no].faults)
            != self.tallies[found.file_no].records
            and len(rest := self._rest(found.file_no))
        }

    def _rest(self, number: int) -> np.ndarray:
        tally = self.tallies[number]
        taken = self.connection.execute("SELECT record FROM event WHERE file_no = ?", [number]).fetchnumpy()["record"]
        faults = np.array([fault.number for fault in tally.faults], np.int64)
        return np.setdiff1d(np.arange(1, tally.records + 1), np.concatenate((np.asarray(taken, np.int64), faults)))
