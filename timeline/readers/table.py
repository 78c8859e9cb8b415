"""Rows of CSV with cells that may hold line breaks: cut where the number of quotes is even, parsed by Arrow block by block."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.csv

from timeline.readers.batch import Batch, Fault
from timeline.readers.limits import Torn
from timeline.readers.lines import LONGEST, blanks, text_array

csv.field_size_limit(LONGEST)
COLUMNS = 2048
"""No log has more; a hostile header of a hundred thousand would cost minutes."""
_TOLD = re.compile(rb'#TYPE [^\n]*\n|"?sep=([,;\t|])"?\r?\n')


@dataclass(frozen=True)
class Header:
    """The names of a CSV's columns, its delimiter and the length of the header row.

    Names are stripped, also of the ` [UTC]` by which the Azure portal says that the texts of a column are times in UTC, and made unique by #2, #3.
    """

    names: tuple[str, ...]
    delimiter: str
    size: int


def _ends(data: bytes) -> np.ndarray:
    """Give the places after each line feed that is outside of quotes."""
    array = np.frombuffer(data, np.uint8)
    marks = np.flatnonzero((array == 34) | (array == 10))  # noqa: PLR2004  quote and line feed
    kinds = array[marks]
    outside = (np.cumsum(kinds == 34) & 1) == 0  # noqa: PLR2004
    ends: np.ndarray = marks[outside & (kinds == 10)] + 1  # noqa: PLR2004
    return ends


def _preamble(head: bytes) -> tuple[int, str]:
    """Give the length of the lines before a header that tell a program how to read it, and the delimiter if one does."""
    size, told = 0, ""
    while found := _TOLD.match(head, size):
        size, told = found.end(), (found[1] or b"").decode() or told
    return size, told


def header(head: bytes) -> Header | None:
    """Read the header row of a CSV, after lines such as `#TYPE …` and `sep=;`; None if the first row does not look like one."""
    skip, told = _preamble(head)
    ends = _ends(head[skip:])
    size = int(ends[0]) if len(ends) else len(head) - skip
    line = head[skip : skip + size].decode("utf-8", "replace")
    delimiter = told or max(",;\t|", key=line.count)
    try:
        names = [
            name.strip().removesuffix(" [UTC]") for name in next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
        ]
    except csv.Error:
        return None
    if not any(names) or len(names) > COLUMNS:
        return None
    names += _unnamed(head[skip:], ends, Header(tuple(names), delimiter, size))
    unique: dict[str, int] = {}
    for name in names:
        new = name
        while new in unique:
            unique[name] += 1
            new = f"{name}#{unique[name]}"
        unique[new] = 1
    return Header(tuple(unique), delimiter, skip + size)


def _unnamed(text: bytes, ends: np.ndarray, head: Header) -> list[str]:
    """Give the name `unnamed` for a last column that has cells but no name, as the message in the Event Viewer's CSV."""
    if len(ends) < 2:  # noqa: PLR2004
        return []
    row = text[head.size : int(ends[1])].decode("utf-8", "replace")
    try:
        cells = next(csv.reader(io.StringIO(row, newline=""), delimiter=head.delimiter), [])
    except csv.Error:
        return []
    return ["unnamed"] * (len(cells) == len(head.names) + 1)


def _rows(blocks: Iterable[bytes]) -> Iterator[tuple[int, bytes, np.ndarray]]:
    """Give whole rows as (place, bytes, ends); an open quote at the end of the file ends with it."""
    place, rest, torn = 0, b"", None
    source = iter(blocks)
    while True:
        try:
            block = next(source, None)
        except Torn as error:
            block, torn = None, error
        rest += block or b""
        ends = _ends(rest)
        if block is None or len(rest) > LONGEST:
            last = len(rest) if block is None else rest.rfind(b"\n") + 1 or len(rest)
            ends = ends if len(ends) and ends[-1] == last else np.append(ends, last)
        if len(ends) and ends[-1]:
            yield place, rest[: ends[-1]], ends
            place, rest = place + int(ends[-1]), rest[ends[-1] :]
        if block is None:
            break
    if torn:
        raise torn


def _parsed(data: bytes, head: Header) -> dict[str, pa.Array] | None:
    """Parse rows all at once; None if a row has another number of cells."""
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(data),
            read_options=pyarrow.csv.ReadOptions(
                column_names=list(head.names), use_threads=False, block_size=max(len(data) + 1, 1024)
            ),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=head.delimiter, newlines_in_values=True, ignore_empty_lines=True
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(head.names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    return {name: table.column(name).combine_chunks() for name in head.names}


def _values(row: str, head: Header) -> list[str] | None:
    """Parse one row; None if it is not closed or has another number of cells."""
    if row.count('"') % 2:
        return None
    try:
        values = next(csv.reader(io.StringIO(row, newline=""), delimiter=head.delimiter, strict=False), [])
    except csv.Error:
        return None
    return values if len(values) == len(head.names) else None


def _split(rows: Batch, head: Header) -> Iterator[tuple[int, bytes, list[str] | None]]:
    """Give each row with its cells; a bad one of several lines (a lone quote swallowed them) line by line."""
    for start, text in zip(rows.start.tolist(), rows.text.to_pylist(), strict=True):
        values = _values(text, head)
        parts = [text] if values is not None else text.splitlines(keepends=True)
        place = start
        for part in parts:
            data = part.encode()
            if part.strip():
                yield place, data, values if values is not None else _values(part, head)
            place += len(data)


def _block(number: int, place: int, data: bytes, ends: np.ndarray, head: Header) -> Iterator[Batch | Fault]:
    offsets = np.concatenate((np.zeros(1, np.int64), ends))
    starts, sizes = offsets[:-1], np.diff(offsets)
    full = ~blanks(data, starts, sizes)
    text, starts, sizes = text_array(data, offsets).filter(pa.array(full)), starts[full], sizes[full]
    rows = Batch(np.arange(number, number + len(starts)), starts + place, sizes, text)
    cells = _parsed(data, head) if data.count(b'"') % 2 == 0 else None
    if cells is not None and all(len(cell) == len(starts) for cell in cells.values()):
        yield replace(rows, cells=cells)
    elif len(starts):
        yield from _mended(number, rows, head)


def _mended(number: int, rows: Batch, head: Header) -> Iterator[Batch | Fault]:
    kept: list[tuple[int, int, bytes, list[str]]] = []
    for offset, (place, data, values) in enumerate(_split(rows, head)):
        if values is None:
            reason = f"the row does not have the header's {len(head.names)} cells"
            yield Fault(number + offset, place, len(data), reason, data.decode("utf-8", "replace"))
        else:
            kept.append((number + offset, place, data, values))
    if kept:
        numbers, places, texts, cells = zip(*kept, strict=True)
        columns = {name: pa.array([row[index] for row in cells], pa.string()) for index, name in enumerate(head.names)}
        sizes = np.array([len(text) for text in texts])
        yield Batch(
            np.array(numbers),
            np.array(places),
            sizes,
            pa.array([text.decode("utf-8", "replace") for text in texts], pa.string()),
            columns,
        )


def cut(blocks: Iterable[bytes], head: Header, lead: int = 0) -> Iterator[Batch | Fault]:
    """Cut a CSV into rows after its header; a row with a wrong number of cells is a fault and the rest is kept."""
    number, skip = 1, head.size
    try:
        for place, data, ends in _rows(blocks):
            body, places = data[skip:], ends[ends > skip] - skip
            for item in _block(number, place + skip + lead, body, places, head) if len(places) else ():
                yield item
                number = max(number, (int(item.number[-1]) if isinstance(item, Batch) else item.number) + 1)
            skip = 0
    except Torn as error:
        yield Fault(number, -1, 0, str(error))
