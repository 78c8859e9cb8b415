"""The record's own text, read back from the evidence: by place where the file can be sought, else from one that was cut again.

A file that cannot be sought (compressed, UTF-16, JSON documents, a member of an archive) is cut once, and its records are laid down in a
scratch file which has no name and ends with the process: reading back stays linear, whatever the order, with sixteen bytes of memory a record.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from os import SEEK_END
from pathlib import Path

import duckdb
import numpy as np

from timeline.case import plan
from timeline.case.normal import Kind
from timeline.case.origin import Origin
from timeline.case.places import Places
from timeline.case.survey import shelf_of
from timeline.readers import stream, table
from timeline.readers.batch import Batch
from timeline.readers.blobs import Blob
from timeline.readers.limits import Limits
from timeline.readers.reopen import Opener

Wanted = tuple[int, int, int, int]  # file_no, record, start, size


@dataclass(frozen=True)
class Entry:
    """What the ledger says of a file: where it is and how it was read."""

    origin: Origin
    bytes: int
    shape: str
    sought: bool
    sha256: str

    @property
    def path(self) -> Path:
        """The file on disk."""
        return self.origin.path


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
        self.places = Places(connection)
        rows = connection.execute(
            "SELECT f.file_no, f.path, f.member, coalesce(a.bytes, f.bytes), f.kind, f.compression, f.encoding, "
            "coalesce(a.sha256, f.sha256) FROM file AS f LEFT JOIN file AS a ON a.path = f.path AND a.member IS NULL AND f.member IS NOT NULL"
        ).fetchall()
        self.ledger = {
            number: Entry(
                Origin(self.places.now(Path(path)), member or ""),
                size,
                kind,
                sought=not (compression or member) and encoding == "utf-8",
                sha256=sha256,
            )
            for number, path, member, size, kind, compression, encoding, sha256 in rows
        }
        self.opener = Opener(shelf_of(connection, Limits.stated(os.environ)))
        self.scratch = tempfile.TemporaryFile()  # noqa: SIM115  whoever made this closes it
        self.laid: dict[int, Laid | None] = {}

    def close(self) -> None:
        """Give up the scratch files."""
        self.scratch.close()
        self.opener.shelf.close()

    def read(self, wanted: Iterable[Wanted]) -> dict[tuple[int, int], str]:
        """Give the text of records by (file_no, record); those of files that are gone or have changed their size are left out."""
        by_file: dict[int, list[Wanted]] = {}
        for each in wanted:
            by_file.setdefault(each[0], []).append(each)
        found: dict[tuple[int, int], str] = {}
        for number, some in sorted(by_file.items(), key=lambda item: self.ledger[item[0]].origin.name):
            entry = self.ledger[number]
            there = entry.path.is_file() and entry.path.stat().st_size == entry.bytes
            if there and self.places.same(entry.path, entry.sha256):
                by_place = entry.sought and all(start >= 0 for _, _, start, _ in some)
                found |= _sought(entry.path, some) if by_place else self._laid(number, entry, some)
        return found

    def _laid(self, number: int, entry: Entry, wanted: Iterable[Wanted]) -> dict[tuple[int, int], str]:
        if number not in self.laid:
            blob = self.opener.blob(entry.path, entry.origin.member)
            found = _as_read(number, entry, blob) if blob else None
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


def _as_read(number: int, entry: Entry, blob: Blob) -> plan.Found | None:
    """Give a file as it was cut when it was ingested, whichever sources are known today; None if that is no longer known."""
    found = plan.look(number, entry.origin, "", (), blob)
    header = table.header(stream.head(found.opened)) if entry.shape == "csv" else None
    if header:
        return replace(found, kind=Kind("csv", header.names), header=header)
    careful = replace(
        found, kind=replace(found.kind, careful=True)
    )  # documents joined on one line have numbers of their own
    return careful if found.kind.shape == entry.shape else None


def _sought(path: Path, wanted: Iterable[Wanted]) -> dict[tuple[int, int], str]:
    texts = {}
    with path.open("rb") as file:
        for number, record, start, size in sorted(wanted, key=lambda each: each[2]):
            file.seek(start)
            texts[number, record] = file.read(size).decode("utf-8", "replace").rstrip("\r\n")
    return texts
