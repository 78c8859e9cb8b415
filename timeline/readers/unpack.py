"""Compressed bytes become plain ones, piece by piece: no step gives more than it was asked for, whatever the ratio."""

from __future__ import annotations

import bz2
import lzma
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import inflate64

from timeline.readers.limits import Torn

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PIECE = 4 << 20
MEMORY = 512 << 20
"""No decompressor may take more memory than this for its window."""
DAMAGE = (EOFError, OSError, ValueError, zlib.error, lzma.LZMAError, zstd.ZstdError, MemoryError, OverflowError)


class Decoder(Protocol):
    """What bz2, lzma and zstd have in common."""

    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Inflate:
    """zlib with the interface of the others."""

    def __init__(self, bits: int) -> None:
        self._inner = zlib.decompressobj(bits)
        self._tail = b""
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        given = self._inner.decompress(self._tail + data, max_length)
        self._tail = self._inner.unconsumed_tail
        self.needs_input = not self._tail and len(given) < max_length
        return given


class _Inflate64:
    """Deflate64, which the Windows shell uses for large files, with the interface of the others."""

    STEP = 4096  # its output cannot be bounded, so its input is: a byte gives 1 032 at most

    def __init__(self) -> None:
        self._inner = inflate64.Inflater()
        self._rest = b""
        self.unused_data = b""

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    @property
    def needs_input(self) -> bool:
        return not self._rest

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:  # noqa: ARG002  the step bounds it
        self._rest += data
        step, self._rest = self._rest[: self.STEP], self._rest[self.STEP :]
        return bytes(self._inner.inflate(step))


class _ZipLzma:
    """LZMA as zip has it: two bytes of version, the length of the properties, the properties, and the raw stream."""

    def __init__(self) -> None:
        self._inner: lzma.LZMADecompressor | None = None
        self._head = b""

    @property
    def eof(self) -> bool:
        return self._inner is not None and self._inner.eof

    @property
    def needs_input(self) -> bool:
        return self._inner is None or self._inner.needs_input

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data if self._inner else b""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        if self._inner:
            return self._inner.decompress(data, max_length)
        self._head += data
        size = 4 + int.from_bytes(self._head[2:4], "little")
        if len(self._head) < max(size, 9):
            return b""
        sign, window = self._head[4], int.from_bytes(self._head[5:9], "little")
        if window > MEMORY or sign >= 225:  # noqa: PLR2004  9 by 5 by 5 ways of lc, lp and pb
            raise Torn(f"its compression asks for {window:,} bytes of memory")
        told = {"id": lzma.FILTER_LZMA1, "dict_size": max(window, 4096), "lc": sign % 9, "lp": sign // 9 % 5}
        told["pb"] = sign // 45
        self._inner = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[told])
        return self._inner.decompress(self._head[size:], max_length)


def _zstd() -> Decoder:
    window = zstd.DecompressionParameter.window_log_max
    return zstd.ZstdDecompressor(options={window: MEMORY.bit_length() - 1})


MAKERS: dict[str, Callable[[], Decoder]] = {
    "gzip": lambda: _Inflate(31),
    "deflate": lambda: _Inflate(-15),
    "deflate64": _Inflate64,
    "bzip2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY),
    "lzma": _ZipLzma,
    "zstd": _zstd,
}
MANY = ("gzip", "bzip2", "xz", "zstd")
"""Formats of which several streams may follow one another."""


def unpacked(chunks: Iterable[bytes], method: str, size: int = PIECE) -> Iterator[bytes]:
    """Give the plain bytes of compressed ones; raise Torn after the last good one of a damaged stream."""
    decoder, begun, ended = MAKERS[method](), False, False
    for chunk in chunks:
        data = chunk
        while data:
            if ended:
                data = data.lstrip(b"\x00")  # padding
                if not data or method not in MANY:
                    break
                decoder, ended = MAKERS[method](), False
            begun = True
            yield from _drained(decoder, data, (method, size))
            ended = decoder.eof
            data = decoder.unused_data if ended else b""
    if begun and not ended and method != "lzma":  # a zip's LZMA stream need not have an end mark
        raise Torn(f"the {method} stream is damaged or ends early: its end is missing")


def _drained(decoder: Decoder, data: bytes, told: tuple[str, int]) -> Iterator[bytes]:
    """Give all that a decoder makes of some input, in bounded pieces."""
    method, size = told
    while True:
        try:
            given = decoder.decompress(data, size)
        except DAMAGE as error:
            raise Torn(f"the {method} stream is damaged or ends early: {error}") from error
        if given:
            yield given
        data = b""
        if decoder.eof or (decoder.needs_input and len(given) < size):
            return
