"""Bytes that can be read again from their start: a file, a part of one, something compressed, or a scratch copy.

A member of a zip or of a tar on disk is read where it lies. What cannot be read twice at that price (a compressed tar, a 7z, an archive
compressed inside another) is unpacked once, into a scratch file that has no name: it ends with the process, however that ends.
"""

from __future__ import annotations

import io
import shutil
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from timeline.readers.limits import Excess, Limits, Torn
from timeline.readers.unpack import unpacked

BLOCK = 4 << 20
CHUNK = 1 << 18
LONGEST_READ = 48 << 20
"""A central directory or a header longer than this is not read."""
EVERY = 64 << 20


class Blob(Protocol):
    """Bytes that can be read from the start, any number of times."""

    @property
    def size(self) -> int:
        """Bytes as stated; -1 where nothing states them."""

    def chunks(self, size: int = BLOCK) -> Iterator[bytes]:
        """Give the bytes; raise Torn after the last good one."""


class Holder(Protocol):
    """Where a span lies."""

    def opened(self) -> BinaryIO:
        """Give the file to read from."""


@dataclass(frozen=True)
class Disk:
    """A file on disk, opened anew for every reading."""

    path: Path

    def opened(self) -> BinaryIO:
        return self.path.open("rb")


@dataclass(frozen=True)
class Span:
    """A part of a file that can be sought; `missing` are bytes that are stated and not there."""

    holder: Holder
    start: int
    size: int
    crc: int | None = None
    missing: int = 0

    def chunks(self, size: int = BLOCK) -> Iterator[bytes]:
        place, end, crc = self.start, self.start + self.size, 0
        file = self.holder.opened()
        try:
            while place < end:
                file.seek(place)  # others may read from the same file
                chunk = file.read(min(size, end - place))
                if not chunk:
                    raise Torn("the file ends before this does")
                place += len(chunk)
                crc = zlib.crc32(chunk, crc) if self.crc is not None else 0
                yield chunk
        except OSError as error:
            raise Torn(f"the file cannot be read further: {error}") from error
        finally:
            if isinstance(self.holder, Disk):
                file.close()
        if self.missing:
            raise Torn(f"{self.missing:,} bytes are missing at its end: the archive is cut off")
        if self.crc is not None and crc != self.crc:
            raise Torn("its checksum differs: the bytes are damaged")

    def part(self, start: int, size: int, crc: int | None = None) -> Span:
        """Give a part of this part."""
        start = max(min(start, self.size), 0)
        held = max(min(size, self.size - start), 0)
        return Span(self.holder, self.start + start, held, crc, size - held)


def on_disk(path: Path) -> Span:
    """Give a file as bytes."""
    return Span(Disk(path), 0, path.stat().st_size)


@dataclass(frozen=True)
class Packed:
    """Something compressed; `size` and `crc` are what its archive states."""

    inner: Blob
    method: str
    size: int = -1
    crc: int | None = None

    def chunks(self, size: int = BLOCK) -> Iterator[bytes]:
        count, crc = 0, 0
        for chunk in unpacked(self.inner.chunks(min(size, CHUNK)), self.method, size):
            piece = chunk if self.size < 0 else chunk[: self.size - count]
            count += len(piece)
            crc = zlib.crc32(piece, crc) if self.crc is not None else 0
            if piece:
                yield piece
            if len(piece) < len(chunk):
                break
        if 0 <= self.size != count:
            raise Torn(f"it ends after {count:,} of {self.size:,} bytes: the archive is damaged")
        if self.crc is not None and crc != self.crc:
            raise Torn("its checksum differs: the bytes are damaged")


@dataclass(frozen=True)
class Sized:
    """Bytes whose number is known by now."""

    inner: Blob
    size: int

    def chunks(self, size: int = BLOCK) -> Iterator[bytes]:
        """Give the bytes."""
        return self.inner.chunks(size)

    @property
    def span(self) -> Span | None:
        """Give them as a part of a file if they are one."""
        return self.inner if isinstance(self.inner, Span) else None


class Shelf:
    """One nameless scratch file for all that has to be unpacked before it can be read."""

    def __init__(self, folder: Path | None, limits: Limits) -> None:
        self.folder, self.limits = folder, limits
        self.size = 0
        self._file: BinaryIO | None = None

    def opened(self) -> BinaryIO:
        """Give the scratch file; it is made when it is first needed, beside the case, or else where temporary files go."""
        if self._file is None:
            try:
                self._file = tempfile.TemporaryFile(dir=self.folder)  # noqa: SIM115  close() closes it
            except OSError:
                self._file = tempfile.TemporaryFile()  # noqa: SIM115
        return self._file

    def keep(self, chunks: Iterable[bytes]) -> tuple[Span, str]:
        """Copy bytes; give where they lie, and what is wrong with them if they are damaged. At a limit nothing is kept."""
        begin, reason = self.size, ""
        try:
            for chunk in chunks:
                self._write(chunk)
        except Excess:
            self._drop(begin)
            raise
        except Torn as error:
            reason = str(error)
        return Span(self, begin, self.size - begin), reason

    def _write(self, chunk: bytes) -> None:
        file = self.opened()
        if self.size // EVERY != (self.size + len(chunk)) // EVERY or not self.size:
            free = shutil.disk_usage(self.folder or tempfile.gettempdir()).free
            if free < self.limits.spare + EVERY:
                raise Excess(
                    f"not read: only {free:,} bytes of disk are free for unpacking; make room and ingest again"
                )
        file.seek(self.size)
        try:
            file.write(chunk)
            file.flush()
        except OSError as error:
            raise Excess(f"not read: it cannot be unpacked: {error.strerror}; make room and ingest again") from error
        self.size += len(chunk)

    def _drop(self, size: int) -> None:
        self.size = size
        if self._file is not None:
            self._file.truncate(size)

    def clear(self) -> None:
        """Forget all copies."""
        self._drop(0)

    def close(self) -> None:
        """Give the disk its room back."""
        if self._file is not None:
            self._file.close()
        self._file, self.size = None, 0


class View(io.RawIOBase):
    """A span as a file for readers of archives; it refuses to be read at once by the gigabyte."""

    def __init__(self, span: Span) -> None:
        self._span, self._place = span, 0
        self._file = span.holder.opened()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._span.size}[whence]
        if base + offset < 0:
            raise OSError("a place before the beginning")
        self._place = base + offset
        return self._place

    def read(self, size: int | None = -1) -> bytes:
        left = max(self._span.size - self._place, 0)
        wanted = left if size is None or size < 0 else min(size, left)
        if wanted > LONGEST_READ:
            raise Excess(
                f"not read: its directory has {wanted:,} bytes, as in an archive bomb; unpack it and ingest the files"
            )
        self._file.seek(self._span.start + self._place)
        data = self._file.read(wanted)
        self._place += len(data)
        return data

    def close(self) -> None:
        if not self.closed and isinstance(self._span.holder, Disk):
            self._file.close()
        super().close()
