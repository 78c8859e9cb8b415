"""Bytes of a file as decoded UTF-8, in blocks: gzip undone, UTF-16 and byte order marks brought to plain UTF-8."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

BLOCK = 4 << 20
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class Torn(Exception):  # noqa: N818  a stream that ends early is a state, not a mistake of the caller
    """The compressed stream ends early or is damaged; what came before is good."""


@dataclass(frozen=True)
class Opened:
    """How a file is to be read; `plain` files can be sought by byte."""

    path: Path
    compression: str
    encoding: str
    mark: int

    @property
    def plain(self) -> bool:
        """Tell whether a byte of the text is a byte of the file."""
        return not self.compression and self.encoding == "utf-8"


def _open(path: Path, compression: str) -> BinaryIO:
    return gzip.open(path, "rb") if compression == "gzip" else path.open("rb")  # type: ignore[return-value]


def _encoding(head: bytes) -> tuple[str, int]:
    for mark, name in MARKS:
        if head.startswith(mark):
            return name, len(mark)
    even, odd = head[:400:2], head[1:400:2]
    for zeros, others, name in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if zeros.count(0) > len(zeros) * 0.7 and not others.count(0):
            return name, 0
    return "utf-8", 0


def probe(path: Path) -> Opened:
    """Find out how a file is compressed and encoded, from its first bytes."""
    with path.open("rb") as file:
        head = file.read(512)
    compression = "gzip" if head[:2] == b"\x1f\x8b" else ""
    if compression:
        with suppress(Torn):
            head = next(_blocks(path, compression, 512), b"")
    return Opened(path, compression, *_encoding(head))


def _blocks(path: Path, compression: str, size: int) -> Iterator[bytes]:
    with _open(path, compression) as file:
        while True:
            try:
                block = file.read1(size) if compression else file.read(size)  # type: ignore[attr-defined]
            except (EOFError, OSError, zlib.error) as error:
                what = "the gzip stream is damaged or ends early" if compression else "the file cannot be read further"
                raise Torn(f"{what}: {error}") from error
            if not block:
                return
            yield block


def blocks(opened: Opened, size: int = BLOCK) -> Iterator[bytes]:
    """Give the text of a file as blocks of UTF-8 bytes; raise Torn after the last good one of a damaged file."""
    decoder = None if opened.encoding == "utf-8" else codecs.getincrementaldecoder(opened.encoding)("replace")
    skip = opened.mark
    for block in _blocks(opened.path, opened.compression, size):
        rest = block[skip:] if skip else block
        skip -= len(block) - len(rest)
        yield rest if decoder is None else decoder.decode(rest).encode("utf-8", "replace")
    tail = decoder.decode(b"", final=True) if decoder else ""
    if tail:
        yield tail.encode()


def until_torn(blocks: Iterable[bytes], faults: list[str]) -> Iterator[bytes]:
    """Give blocks up to the damaged place, if there is one, and note it."""
    try:
        yield from blocks
    except Torn as error:
        faults.append(str(error))


def head(opened: Opened, size: int = 1 << 18) -> bytes:
    """Give the beginning of a file's text."""
    parts: list[bytes] = []
    with suppress(Torn):
        for block in blocks(opened, min(size, BLOCK)):
            parts.append(block)
            if sum(map(len, parts)) >= size:
                break
    return b"".join(parts)[:size]
