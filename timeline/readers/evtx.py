"""Records of a Windows event log (EVTX): each as the JSON of its event; what is damaged is told with its place.

The `evtx` library turns binary XML into JSON. Which records there are, and which should be, is read here from the headers of file, chunks
and records (https://github.com/libyal/libevtx, MS-EVEN6), so that nothing is lost without a word.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from timeline.readers.batch import Batch, Fault
from timeline.readers.evtx_chunk import (
    CHUNK,
    FILE,
    FIRST,
    HEADER,
    SMALLEST,
    UNCHECKED,
    Page,
    Places,
    places_of,
    texts_of,
)
from timeline.readers.limits import Torn

DIRTY = 1
PREAMBLE = HEADER
TOGETHER = 32
OPEN = "it was copied while it was being written: its newest records may be missing"


@dataclass(frozen=True)
class Book:
    """What the header of a file says."""

    next_number: int
    chunks: int
    flags: int
    sound: bool

    @property
    def closed(self) -> bool:
        """Tell whether the header is up to date."""
        return self.sound and not self.flags & DIRTY


def book(head: bytes) -> Book:
    """Read the header of a file."""
    padded = head[:HEADER].ljust(HEADER, b"\x00")
    _, _, _, next_number, _, _, _, _, chunks = FILE.unpack_from(padded)
    flags, crc = struct.unpack_from("<II", padded, 120)
    return Book(next_number, chunks, flags, sound=bool(flags & UNCHECKED) or zlib.crc32(padded[:120]) == crc)


def note(head: bytes) -> str:
    """Say what the header of a log tells of its end."""
    return OPEN if book(head).flags & DIRTY else ""


class Cutter:
    """Cuts one file, chunk by chunk, and remembers which number comes next."""

    def __init__(self, head: bytes) -> None:
        self.book = book(head)
        self.number, self.index, self.last, self.newest = 1, 0, 0, 0
        self.faults: list[Fault] = []
        self._rows: list[tuple[np.ndarray, np.ndarray, np.ndarray, list[str]]] = []

    def _fault(self, start: int, size: int, reason: str) -> None:
        self.faults.append(Fault(self.number, start, size, reason))
        self.number += 1

    def take(self, data: bytes, place: int, *, torn: bool = False) -> None:
        """Read one chunk; a torn one is filled up with zeros."""
        self.index += 1
        if not any(data[:128]) and not data.strip(b"\x00"):
            if self.book.closed and self.index <= self.book.chunks:
                self._fault(place, len(data), f"chunk {self.index} is empty, though the log says that it is used")
            return
        page = Page.of(data.ljust(CHUNK, b"\x00"), place, self.book.flags)
        if page.sound and self.last and page.told[0] > self.last + 1:
            self._fault(place, 0, f"the records between the log's numbers {self.last} and {page.told[0]} are missing")
        self.last = page.told[1] if page.sound else 0
        self.newest = max(self.newest, page.told[2] if page.sound else 0)
        places = places_of(page)
        known = len(self.faults)
        self._records(page, places)
        if not torn and len(self.faults) == known:
            self._check(page, len(places.starts))

    def _records(self, page: Page, places: Places) -> None:
        """Take the records of a chunk in order, and tell of the gaps between them and of those that cannot be read."""
        texts = texts_of(page, places)
        if not places.gaps and None not in texts:
            count = len(texts)
            if count:
                numbers = np.arange(self.number, self.number + count)
                self._rows.append((numbers, places.starts + page.place, places.sizes, texts))  # type: ignore[arg-type]
                self.number += count
            return
        parts: list[tuple[int, int, str | None]] = [(a, b - a, "") for a, b in places.gaps]
        parts += zip(places.starts.tolist(), places.sizes.tolist(), texts, strict=True)
        for start, size, text in sorted(parts, key=lambda part: part[0]):
            if text:
                row = (np.array([self.number]), np.array([start + page.place]), np.array([size]), [text])
                self._rows.append(row)
                self.number += 1
            else:
                what = "a damaged record" if text is None else "bytes that are no record"
                self._fault(page.place + start, size, f"{what} in chunk {self.index} of the event log")

    def _check(self, page: Page, found: int) -> None:
        """Tell if a chunk's checksums or its count of records say that something is wrong which the records do not show."""
        first, last, _ = page.told
        if not page.sound:
            self._fault(
                page.place,
                FIRST,
                f"the header of chunk {self.index} of the event log is damaged: records may be missing",
            )
        elif not page.same and self.book.closed:
            told = f"chunk {self.index} of the event log does not have its checksum: its {found} records may have been altered"
            self._fault(page.place, CHUNK, told)
        elif found < last - first + 1 <= CHUNK // SMALLEST:
            self._fault(
                page.place, CHUNK, f"chunk {self.index} of the event log has {found} of its {last - first + 1} records"
            )

    def batch(self) -> Batch | None:
        """Give what was read since."""
        rows, self._rows = self._rows, []
        if not rows:
            return None
        numbers, starts, sizes = (np.concatenate([row[index] for row in rows]) for index in range(3))
        return Batch(numbers, starts, sizes, pa.array([text for row in rows for text in row[3]], pa.string()))

    def finish(self, torn: str) -> None:
        """Tell what the header says and the chunks do not show."""
        if torn:
            self._fault(-1, 0, torn)
        elif self.book.sound and self.index < self.book.chunks:
            self._fault(-1, 0, f"the event log is cut off: it has {self.index} of its {self.book.chunks} chunks")
        elif self.book.closed and self.newest and self.book.next_number > self.newest + 1:
            told = f"the event log ends with its number {self.newest}, but says that {self.book.next_number - 1} was written"
            self._fault(-1, 0, told)
        if not self.book.sound:
            self._fault(0, 128, "the header of the event log is damaged: whether chunks are missing is not known")


def cut(blocks: Iterable[bytes]) -> Iterator[Batch | Fault]:
    """Cut an event log into records, in the order of the file."""
    source, rest, place, torn = iter(blocks), b"", 0, ""
    cutter: Cutter | None = None
    while True:
        try:
            block = next(source, None)
        except Torn as error:
            block, torn = None, str(error)
        rest += block or b""
        if cutter is None and (len(rest) >= HEADER or block is None):
            cutter, rest, place = Cutter(rest), rest[HEADER:], HEADER
        if cutter:
            yield from _chunks(cutter, rest, place)
            whole = len(rest) // CHUNK * CHUNK
            rest, place = rest[whole:], place + whole
        if block is None:
            break
    if cutter:
        if rest.strip(b"\x00"):
            cutter.take(rest, place, torn=True)
            torn = torn or f"the event log is cut off: its last chunk has {len(rest):,} of {CHUNK:,} bytes"
        cutter.finish(torn)
        yield from _given(cutter)


def _chunks(cutter: Cutter, data: bytes, place: int) -> Iterator[Batch | Fault]:
    """Read the whole chunks in some bytes."""
    for start in range(0, len(data) - CHUNK + 1, CHUNK):
        cutter.take(data[start : start + CHUNK], place + start)
        if cutter.index % TOGETHER == 0:
            yield from _given(cutter)


def _given(cutter: Cutter) -> Iterator[Batch | Fault]:
    batch = cutter.batch()
    if batch:
        yield batch
    yield from cutter.faults
    cutter.faults = []
