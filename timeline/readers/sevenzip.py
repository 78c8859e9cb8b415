"""Members of a 7z archive: each block of it is unpacked once, in order, and its members lie in the copy one after another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import py7zr
from py7zr.exceptions import ArchiveError, PasswordRequired, UnsupportedCompressionMethodError

from timeline.readers.blobs import Shelf, Span, View
from timeline.readers.limits import Excess, Meter, Torn
from timeline.readers.member import DAMAGE, Member, Problem
from timeline.readers.names import Names
from timeline.readers.unpack import DAMAGE as BROKEN
from timeline.readers.unpack import MEMORY, PIECE

LZMA, LZMA2 = b"\x03\x01\x01", b"\x21"
METHODS = {
    b"\x00", b"\x03", LZMA, LZMA2, b"\x04\x01\x08", b"\x04\x02\x02", b"\x04\xf7\x11\x01", b"\x03\x03\x01\x03",
}  # fmt: skip
"""Copy, delta, LZMA, LZMA2, Deflate, BZip2, Zstandard, the filter of x86 code.

The decoders of others are not proof against made-up bytes: PPMd's ends the process.
"""
LOCKED = "it is encrypted: unpack it with its password, and ingest the files"
ODD = "its compression is not read ({}): unpack it, and ingest the files"


def members(span: Span, shelf: Shelf, meter: Meter) -> Iterator[Member | Problem]:
    """Give the members of all blocks; a block that is damaged or locked costs its own."""
    names = Names()
    with View(span) as file:
        try:
            archive = py7zr.SevenZipFile(file)  # type: ignore[arg-type]
        except PasswordRequired:
            yield Problem(f"the list of its members is encrypted: {LOCKED}")
            return
        except ArchiveError as error:
            yield Problem(f"the 7z archive is damaged: {error}; collect it again")
            return
        for each in getattr(archive, "files", []):
            if each.emptystream and not each.is_directory and not each.is_symlink:
                yield Member(names.given(each.filename), span.part(0, 0), 0)
        streams = getattr(archive.header, "main_streams", None)
        for folder, place, size in _blocks(streams) if streams else ():
            yield from _block(folder, (file, shelf, meter), (archive.afterheader + place, size), names)


def _blocks(streams: Any) -> Iterator[tuple[Any, int, int]]:  # noqa: ANN401  py7zr is not typed here
    """Give each block with its place and size."""
    stream = 0
    positions, sizes = streams.packinfo.packpositions, streams.packinfo.packsizes
    for folder in streams.unpackinfo.folders:
        if folder.files:
            yield folder, positions[stream], sizes[stream]
        stream += len(folder.packed_indices) or 1


def _block(folder: Any, bench: tuple[View, Shelf, Meter], where: tuple[int, int], names: Names) -> Iterator[Member]:  # noqa: ANN401
    """Unpack one block; give its members, each as a part of the copy."""
    file, shelf, meter = bench
    files, span = list(folder.files), Span(shelf, 0, 0)
    problem = _refused(folder)
    if not problem:
        try:
            span, problem = shelf.keep(meter.charged(_plain(folder, file, where)))
        except Excess as error:
            problem = str(error)
    place = 0
    for each in files:
        name, size = names.given(each.filename), int(each.uncompressed)
        if problem and place + size > span.size:
            yield Member(name, None, size, problem)
        else:
            yield Member(name, span.part(place, size, each.crc32), size)
        place += size


def _refused(folder: Any) -> str:  # noqa: ANN401
    """Say why a block is not unpacked: it is locked, or asks for more memory than it may have."""
    for coder in folder.coders:
        method, told = bytes(coder["method"]), bytes(coder.get("properties") or b"")
        if method.startswith(b"\x06\xf1\x07"):
            return LOCKED
        if method not in METHODS:
            return ODD.format(f"7z method {method.hex()}")
        window = 0
        if method == LZMA and len(told) >= 5:  # noqa: PLR2004  a byte of settings, then the window
            window = int.from_bytes(told[1:5], "little")
        elif method == LZMA2 and told:
            window = (2 | told[0] & 1) << (told[0] // 2 + 11)
        if window > MEMORY:
            return ODD.format(f"it asks for {window:,} bytes of memory")
    return ""


def _plain(folder: Any, file: View, where: tuple[int, int]) -> Iterator[bytes]:  # noqa: ANN401
    """Give the plain bytes of one block."""
    place, packed = where
    left = sum(int(each.uncompressed) for each in folder.files)
    try:
        decoder = folder.get_decompressor(packed, reset=True)
        file.seek(place)
        while left > 0:
            before = file.tell()
            given = bytes(decoder.decompress(file, min(left, PIECE)))
            if not given and file.tell() == before:
                raise Torn("the 7z archive is damaged: a block ends early; collect it again")
            left -= len(given)
            if given:
                yield given
    except PasswordRequired as error:
        raise Torn(LOCKED) from error
    except UnsupportedCompressionMethodError as error:
        raise Torn(ODD.format(error)) from error
    except (ArchiveError, *BROKEN, *DAMAGE) as error:
        raise Torn(f"the 7z archive is damaged: {error or type(error).__name__}; collect it again") from error
