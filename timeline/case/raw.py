"""The record's own text, read back from the evidence file: by place where it can be sought, else by cutting the file again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb
import numpy as np

from timeline.case import plan
from timeline.catalog import Source
from timeline.readers.batch import Batch

Wanted = tuple[int, int, int, int]  # file_no, record, start, size


def _sought(path: Path, wanted: Iterable[Wanted]) -> dict[tuple[int, int], str]:
    texts = {}
    with path.open("rb") as file:
        for number, record, start, size in sorted(wanted, key=lambda each: each[2]):
            file.seek(start)
            texts[number, record] = file.read(size).decode("utf-8", "replace").rstrip("\r\n")
    return texts


def _recut(number: int, path: Path, wanted: Iterable[Wanted], sources: Iterable[Source]) -> dict[tuple[int, int], str]:
    numbers = np.array([record for _, record, _, _ in wanted], np.int64)
    found = plan.look(number, path, "", sources)
    texts = {}
    for piece in found.pieces():
        if isinstance(piece, Batch):
            for index in np.flatnonzero(np.isin(piece.number, numbers)).tolist():
                texts[number, int(piece.number[index])] = str(piece.text[index].as_py()).rstrip("\r\n")
    return texts


def texts(
    connection: duckdb.DuckDBPyConnection, wanted: Iterable[Wanted], sources: Mapping[str, Source]
) -> dict[tuple[int, int], str]:
    """Give the text of records by (file_no, record); those of files that are no longer there are left out."""
    ledger = {
        row[0]: row[1:]
        for row in connection.execute("SELECT file_no, path, compression, encoding FROM file").fetchall()
    }
    by_file: dict[int, list[Wanted]] = {}
    for each in wanted:
        by_file.setdefault(each[0], []).append(each)
    found: dict[tuple[int, int], str] = {}
    for number, some in by_file.items():
        path, compression, encoding = ledger[number]
        if not Path(path).is_file():
            continue
        plain = not compression and encoding == "utf-8" and all(start >= 0 for _, _, start, _ in some)
        found |= _sought(Path(path), some) if plain else _recut(number, Path(path), some, sources.values())
    return found
