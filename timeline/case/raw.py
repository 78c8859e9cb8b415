"""The record's own text, read back from the evidence: by place where the file can be sought, else from one that was cut again.

A file that cannot be sought (compressed, UTF-16, JSON documents) is cut once, and its records are laid down in a scratch file which has no
name and ends with the process: reading back stays linear, whatever the order, with sixteen bytes of memory a record.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from os import SEEK_END
from pathlib import Path

import duckdb
import numpy as np

from timeline.case import plan
from timeline.case.normal import Kind
from timeline.readers import stream, table
from timeline.readers.batch import Batch

Wanted = tuple[int, int, int, int]  # file_no, record, start, size


@dataclass(frozen=True)
class Entry:
    """What the ledger says of a file: where it is and how it was read."""

    path: Path
    bytes: int
    shape: str
    sought: bool


@dataclass(frozen=True)
class Laid:
    """Where the records of one file lie in the scratch file."""

    numbers: np.ndarray
    starts: np.ndarray
    sizes: np.ndarray

    def span(self, record: int) -> tuple[int, int] | None:
        """Give place and size of a record by its number; None if the file does not have it."""
        index = int(np.searchsorted(self.numbers, record))
        if index == len(self.numbers) or self.numbers[index] != record:
            return None
        return int(self.starts[index]), int(self.sizes[index])


class Texts:
    """Reads records back; keep it while you do, for a file that cannot be sought is then cut only once."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        rows = connection.execute("SELECT file_no, path, bytes, kind, compression, encoding FROM file").fetchall()
        self.ledger = {
            number: Entry(Path(path), size, kind, sought=not compression and encoding == "utf-8")
            for number, path, size, kind, compression, encoding in rows
        }
        self.scratch = tempfile.TemporaryFile()  # noqa: SIM115  whoever made this closes it
        self.laid: dict[int, Laid | None] = {}

    def read(self, wanted: Iterable[Wanted]) -> dict[tuple[int, int], str]:
        """Give the text of records by (file_no, record); those of files that are gone or have changed their size are left out."""
        by_file: dict[int, list[Wanted]] = {}
        for each in wanted:
            by_file.setdefault(each[0], []).append(each)
        found: dict[tuple[int, int], str] = {}
        for number, some in by_file.items():
            entry = self.ledger[number]
            if entry.path.is_file() and entry.path.stat().st_size == entry.bytes:
                by_place = entry.sought and all(start >= 0 for _, _, start, _ in some)
                found |= _sought(entry.path, some) if by_place else self._laid(number, entry, some)
        return found

    def _laid(self, number: int, entry: Entry, wanted: Iterable[Wanted]) -> dict[tuple[int, int], str]:
        if number not in self.laid:
            found = _as_read(number, entry)
            self.laid[number] = self._lay(found) if found else None
        laid, told = self.laid[number], {}
        for _, record, _, _ in wanted:
            span = laid.span(record) if laid else None
            if span:
                self.scratch.seek(span[0])
                told[number, record] = self.scratch.read(span[1]).decode()
        return told

    def _lay(self, found: plan.Found) -> Laid:
        numbers, sizes = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        place = self.scratch.seek(0, SEEK_END)
        for piece in found.pieces():
            if isinstance(piece, Batch):
                each = [text.rstrip("\r\n").encode() for text in piece.text.to_pylist()]
                self.scratch.write(b"".join(each))
                numbers.append(np.asarray(piece.number, np.int64))
                sizes.append(np.array([len(text) for text in each], np.int64))
        all_sizes = np.concatenate(sizes)
        return Laid(np.concatenate(numbers), place + np.cumsum(all_sizes) - all_sizes, all_sizes)


def _as_read(number: int, entry: Entry) -> plan.Found | None:
    """Give a file as it was cut when it was ingested, whichever sources are known today; None if that is no longer known."""
    found = plan.look(number, entry.path, "", ())
    header = table.header(stream.head(found.opened)) if entry.shape == "csv" else None
    if header:
        return replace(found, kind=Kind("csv", header.names), header=header)
    return found if found.kind.shape == entry.shape else None


def _sought(path: Path, wanted: Iterable[Wanted]) -> dict[tuple[int, int], str]:
    texts = {}
    with path.open("rb") as file:
        for number, record, start, size in sorted(wanted, key=lambda each: each[2]):
            file.seek(start)
            texts[number, record] = file.read(size).decode("utf-8", "replace").rstrip("\r\n")
    return texts
