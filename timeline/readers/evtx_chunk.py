"""One chunk of a Windows event log: 64 KiB with checksums of its own; where its records are, and their JSON."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import evtx
import numpy as np

HEADER, CHUNK, FIRST = 4096, 65536, 512
SMALLEST = 28
FILE_SIGN, SIGN, RECORD = b"ElfFile\x00", b"ElfChnk\x00", 0x2A2A
UNCHECKED = 4
FILE = struct.Struct("<8s3QI4H")
_CHUNK = struct.Struct("<8s4Q4I")
NOTHING = '{"Event":null}'
"""What the library makes of a record of zeros."""


@dataclass(frozen=True)
class Page:
    """One chunk: its bytes, its place in the file and what its header says; `told`: the log's numbers of its first and last record, the newest."""

    data: bytes
    place: int
    told: tuple[int, int, int]
    free: int
    sound: bool
    same: bool

    @classmethod
    def of(cls, data: bytes, place: int, flags: int) -> Page:
        """Read the header of a chunk and check both of its checksums."""
        sign, first, last, _, newest, _, _, free, crc = _CHUNK.unpack_from(data)
        unchecked = bool(flags & UNCHECKED)
        whole = zlib.crc32(data[128:FIRST], zlib.crc32(data[:120])) == int.from_bytes(data[124:128], "little")
        sound = sign == SIGN and (whole or unchecked) and FIRST <= free <= CHUNK
        same = unchecked or zlib.crc32(data[FIRST:free]) == crc
        return cls(data, place, (first, last, max(last, newest)), free if sound else CHUNK, sound, sound and same)


@dataclass(frozen=True)
class Places:
    """Where the records of a chunk are, by their own headers: offsets, sizes, numbers; and the gaps between them."""

    starts: np.ndarray
    sizes: np.ndarray
    gaps: tuple[tuple[int, int], ...]

    @property
    def end(self) -> int:
        """Where the last one ends."""
        return int(self.starts[-1] + self.sizes[-1]) if len(self.starts) else FIRST


def places_of(page: Page) -> Places:
    """Find the records of a chunk: a sign, a size, and the same size at the end."""
    words = np.frombuffer(page.data, "<u4")
    at = np.flatnonzero(words[FIRST // 4 :] == RECORD) + FIRST // 4
    at = at[at + 6 <= len(words)]
    sizes = words[at + 1].astype(np.int64)
    fits = (sizes >= SMALLEST) & (sizes % 4 == 0) & (at * 4 + sizes <= CHUNK)
    starts, sizes = at[fits].astype(np.int64) * 4, sizes[fits]
    same = words[(starts + sizes) // 4 - 1] == sizes
    numbers = words[starts // 4 + 2] + (words[starts // 4 + 3].astype(np.uint64) << np.uint64(32))
    chosen = _chosen(Signs(starts, sizes, numbers, same), page)
    starts, sizes = starts[chosen], sizes[chosen]
    ends = np.concatenate((np.array([FIRST]), starts + sizes))
    stop = max(page.free if page.sound else 0, int(ends[-1]))
    borders = zip(ends.tolist(), [*starts.tolist(), stop], strict=True)
    return Places(starts, sizes, tuple((a, b) for a, b in borders if b > a))


@dataclass(frozen=True)
class Signs:
    """Where the header of a record may be, with the size and the number it states; `same`: the size stands at its end again."""

    starts: np.ndarray
    sizes: np.ndarray
    numbers: np.ndarray
    same: np.ndarray

    def follow(self, page: Page) -> bool:
        """Tell whether these are the records of a chunk, one after another and nothing else."""
        ends = self.starts + self.sizes
        begins = len(ends) > 0 and self.starts[0] == FIRST and bool((self.starts[1:] == ends[:-1]).all())
        return begins and page.sound and ends[-1] == page.free and bool(self.same.all())


def _chosen(signs: Signs, page: Page) -> list[int] | slice:
    """Leave out what lies inside another record, and old records behind the end of a chunk that was used before."""
    if signs.follow(page):
        return slice(None)
    chosen: list[int] = []
    end, last = FIRST, -1
    columns = (each.tolist() for each in (signs.starts, signs.sizes, signs.numbers, signs.same))
    for index, (start, size, number, same) in enumerate(zip(*columns, strict=True)):
        next_one = start == end and (number == last + 1 or last < 0)
        if start < end or number <= last or not (same or next_one):
            continue
        if page.sound and start >= page.free and not next_one:
            break
        chosen.append(index)
        end, last = start + size, number
    return chosen


def _alone() -> bytes:
    """Give the header of a file of one chunk."""
    head = bytearray(HEADER)
    FILE.pack_into(head, 0, FILE_SIGN, 0, 0, 1, 128, 1, 3, HEADER, 1)
    struct.pack_into("<I", head, 124, zlib.crc32(head[:120]))
    return bytes(head)


_ALONE = _alone()


def _mended(page: Page, places: Places) -> bytes:
    """Give the chunk as a file of its own, its header in order, and each gap as a record that is none."""
    if page.sound and not places.gaps and places.end == page.free:
        return _ALONE + page.data
    data = bytearray(page.data)
    for start, end in places.gaps:
        if end <= places.end:
            data[start:end] = _filler(end - start)
    data[:8] = SIGN
    struct.pack_into("<II", data, 40, 128, int(places.starts[-1]))
    struct.pack_into("<I", data, 48, places.end)
    struct.pack_into("<I", data, 52, zlib.crc32(data[FIRST : places.end]))
    struct.pack_into("<I", data, 124, zlib.crc32(data[128:FIRST], zlib.crc32(data[:120])))
    return _ALONE + bytes(data)


def _filler(size: int) -> bytes:
    if size < SMALLEST:
        return bytes(size)
    return struct.pack("<IIQQ", RECORD, size, 0, 0).ljust(size - 4, b"\x00") + struct.pack("<I", size)


def texts_of(page: Page, places: Places) -> list[str | None]:
    """Give the JSON of each record, None where it cannot be read."""
    if not len(places.starts):
        return []
    file = _mended(page, places)
    inner = sum(end <= places.end for _, end in places.gaps)
    try:
        found = [record["data"] for record in _reader(file)]
    except BaseException as error:  # noqa: BLE001  a panic of the library is no Exception
        _expected(error)
    else:
        if not inner and len(found) == len(places.starts) and NOTHING not in found:
            return found
    numbers = [int.from_bytes(page.data[start + 8 : start + 16], "little") for start in places.starts.tolist()]
    told = dict(_one_by_one(file))
    return [told.get(number) for number in numbers]


def _reader(file: bytes) -> Iterator[dict[str, Any]]:
    """Give the library's reader of a chunk, without threads of its own."""
    reader: Iterator[dict[str, Any]] = evtx.PyEvtxParser(io.BytesIO(file), 1).records_json()  # type: ignore[assignment]
    return reader


def _one_by_one(file: bytes) -> Iterator[tuple[int, str]]:
    """Give the records that can be read, each with its number."""
    records = _reader(file)
    for _ in range(CHUNK // SMALLEST):
        try:
            record = next(records)
        except StopIteration:
            return
        except BaseException as error:  # noqa: BLE001
            _expected(error)
            continue
        if record["data"] != NOTHING:
            yield int(record["event_record_id"]), record["data"]


def _expected(error: BaseException) -> None:
    """Let errors of the bytes pass, and a panic of the library, which is no Exception."""
    if not isinstance(error, RuntimeError | ValueError | OSError) and type(error).__name__ != "PanicException":
        raise error
