"""Puts the records of files through the statements of sources, counting them as they pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import duckdb
import numpy as np
import pyarrow as pa

from timeline.case import entries, normal, plan
from timeline.case.context import Context
from timeline.case.entries import Tally
from timeline.case.plan import Found
from timeline.catalog import Source
from timeline.readers.batch import Fault

Chosen = Mapping[int, np.ndarray] | None
"""Numbers of records by file; None: all of them."""


class Feed:
    """The way of records from their files into the table `event`; keeps the last count of every file it has read."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, context: Context) -> None:
        self.connection, self.context = connection, context
        self.tallies: dict[int, Tally] = {}
        self._statements: dict[tuple[object, ...], str] = {}

    def open(self, files: list[Found]) -> None:
        """Say of files what the statements of sources may know about them, in the table `context`."""
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE context "
            "(file_no INTEGER, sha256 VARCHAR, path VARCHAR, zone VARCHAR, collected TIMESTAMP)"
        )
        for found in files:
            zone, collected = self.context.zone(found.origin), self.context.taken(found.origin)
            self.connection.execute(
                "INSERT INTO context VALUES (?, ?, ?, ?, make_timestamp(?))",
                [found.file_no, found.sha256, found.origin.name, zone, collected],
            )

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

    def offer(self, files: list[Found], only: Chosen) -> None:
        """Put the records of files behind the name `batch`."""
        kind = files[0].kind
        plan.offer(
            self.connection, kind, pa.RecordBatchReader.from_batches(plan.schema(kind), self.stream(files, only))
        )

    def insert(self, source: Source, files: list[Found], only: Chosen, *, dated: bool = True) -> None:
        """Put the records of files (all of one kind) through one source: those with a time, or those without one."""
        kind = files[0].kind
        held = dated and normal.holding(source, kind)
        statement = self._statement(source, kind, dated=dated, held=held)
        self.offer(files, only)
        self.connection.execute(statement)
        if held:
            self._switched(source, kind, [found.file_no for found in files])

    def _statement(self, source: Source, kind: normal.Kind, *, dated: bool = True, held: bool = False) -> str:
        key = source.id, source.match, kind, dated, held
        if key not in self._statements:
            plan.offer(self.connection, kind, pa.Table.from_batches([], plan.schema(kind)))
            self._statements[key] = normal.insertion(self.connection, source, kind, dated=dated, held=held)
        return self._statements[key]

    def _switched(self, source: Source, kind: normal.Kind, numbers: list[int]) -> None:
        """Ask the few records that may have changed what is logged what they did."""
        where = f"file_no = ANY(?) AND starts_with(change, {normal.HELD})"
        held = f"SELECT file_no, record, start, size, substr(change, 2) AS line FROM event WHERE {where}"
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE switched AS {held}", [numbers])
        if self.connection.execute("SELECT count(*) FROM switched").fetchall()[0][0]:
            self.connection.execute("CREATE OR REPLACE TEMP VIEW batch AS SELECT * FROM switched")
            self.connection.execute(normal.switch(self.connection, source, kind), [numbers])

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
