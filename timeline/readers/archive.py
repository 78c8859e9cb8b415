"""Archives as lists of members: zip, tar and 7z, recognised by their bytes, and what is wrong with them told instead of raised.

No member is ever written under its own name, so no name can lead anywhere.
"""

from __future__ import annotations

import contextlib
import struct
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from timeline.readers import salvage
from timeline.readers.blobs import Blob, Packed, Shelf, Sized, Span, View
from timeline.readers.limits import Excess, Meter, Torn
from timeline.readers.member import DAMAGE, Member, Problem
from timeline.readers.names import Names

TAR_BLOCK = 512
METHODS = {8: "deflate", 9: "deflate64", 12: "bzip2", 14: "lzma", 93: "zstd", 95: "xz"}
ENCRYPTED, HIDDEN_NAMES, AES = 1, 1 << 13, 99
LOCAL = struct.Struct("<4s5H3L2H")
LOCKED = "it is encrypted: unpack it with its password, and ingest the files"
FOREIGN = {
    b"Rar!\x1a\x07": "RAR",
    b"MSCF\x00\x00\x00\x00": "cabinet",
    b"\x04\x22\x4d\x18": "LZ4",
    b"\x1f\x9d": "compress (.Z)",
    b"LZIP": "lzip",
    b"!<arch>\n": "ar",
    b"PMOCCMOC": "Windows prefetch",
}


@dataclass(frozen=True)
class Bench:
    """What listing an archive needs: where to lay copies, and what counts them."""

    shelf: Shelf
    meter: Meter


def kind(head: bytes) -> str:
    """Name the kind of archive that begins with these bytes; empty: none."""
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
        return "zip"
    if head.startswith(b"7z\xbc\xaf\x27\x1c"):
        return "7z"
    return "tar" if _tar(head[:TAR_BLOCK]) else ""


def foreign(head: bytes) -> str:
    """Name a kind of archive that is not read."""
    return next((name for sign, name in FOREIGN.items() if head.startswith(sign)), "")


def _tar(block: bytes) -> bool:
    """Tell whether a block is the header of a tar: its checksum is right."""
    if len(block) < TAR_BLOCK or not block[0]:
        return False
    try:
        told = int(block[148:156].strip(b" \x00") or b"x", 8)
    except ValueError:
        return block[257:262] == b"ustar"
    return told == 256 + sum(block[:148]) + sum(block[156:]) or block[257:262] == b"ustar"


def members(blob: Blob, what: str, bench: Bench) -> Iterator[Member | Problem]:
    """Give the members of an archive, and the problems that keep others from being read."""
    span, damage = sought(blob, bench)
    if damage:
        yield Problem(damage)
    listed = {"zip": _zip, "tar": _tars, "7z": _seven}[what]
    try:
        yield from listed(span, bench.shelf, bench.meter)
    except Torn as error:
        yield Problem(str(error))
    except DAMAGE as error:
        yield Problem(f"the {what} archive is damaged: {error or type(error).__name__}")


def sought(blob: Blob, bench: Bench) -> tuple[Span, str]:
    """Give bytes that can be sought: where they lie, or a copy; and what is wrong with them."""
    span = blob.span if isinstance(blob, Sized) else blob
    return (span, "") if isinstance(span, Span) else bench.shelf.keep(bench.meter.charged(blob.chunks()))


def _seven(span: Span, shelf: Shelf, meter: Meter) -> Iterator[Member | Problem]:
    """Give the members of a 7z; its library is loaded when one is met, for it takes longer than any other."""
    from py7zr.exceptions import ArchiveError  # noqa: PLC0415

    from timeline.readers import sevenzip  # noqa: PLC0415

    try:
        yield from sevenzip.members(span, shelf, meter)
    except ArchiveError as error:
        raise ValueError(str(error)) from error


def _zip(span: Span, _shelf: Shelf, _meter: Meter) -> Iterator[Member | Problem]:
    names = Names()
    try:
        with View(span) as file, zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
    except Excess:
        raise
    except DAMAGE as error:
        yield Problem(f"the directory at the end of the zip archive is missing or damaged ({error}): collect it again")
        yield from salvage.members(span, names)
        return
    for info in infos:
        if not info.filename.endswith("/") or info.file_size:
            yield _zipped(span, info, names.given(info.filename))


def _zipped(span: Span, info: zipfile.ZipInfo, name: str) -> Member:
    method = METHODS.get(info.compress_type, "")
    if info.flag_bits & (ENCRYPTED | HIDDEN_NAMES) or info.compress_type == AES:
        return Member(name, None, info.file_size, LOCKED)
    if info.compress_type and not method:
        told = f"its compression (zip method {info.compress_type}) is not read: unpack it, and ingest the files"
        return Member(name, None, info.file_size, told)
    with View(span) as file:
        file.seek(max(info.header_offset, 0))
        head = file.read(LOCAL.size)
    if info.header_offset < 0 or len(head) < LOCAL.size or head[:4] != b"PK\x03\x04":
        return Member(name, None, info.file_size, "the archive is damaged where it begins: collect it again")
    start = info.header_offset + LOCAL.size + sum(LOCAL.unpack(head)[-2:])
    packed = span.part(start, info.compress_size, None if method else info.CRC)
    if not method:
        return Member(name, packed, info.file_size)
    return Member(name, Packed(packed, method, info.file_size, info.CRC), info.file_size)


def _tars(span: Span, _shelf: Shelf, _meter: Meter) -> Iterator[Member | Problem]:
    """Give the members of a tar; damage between them is passed over and told."""
    names, end = Names(), 0
    with View(span) as file, contextlib.closing(tarfile.TarFile(fileobj=file, ignore_zeros=True)) as archive:
        try:
            while info := archive.next():
                vars(archive)["members"].clear()  # it would keep all of them
                if problem := _between(file, end, info.offset):
                    yield Problem(problem)
                begin, size = info.offset_data, info.size if info.isreg() else 0
                end = begin + -(-size // TAR_BLOCK) * TAR_BLOCK
                if info.issparse():
                    told = "it is stored with holes, which is not read: unpack it, and ingest the files"
                    yield Member(names.given(info.name), None, size, told)
                    end = archive.offset
                elif info.isreg():
                    yield Member(names.given(info.name), span.part(begin, size), size)
        except tarfile.TarError as error:
            yield Problem(f"the tar archive ends early or is damaged: {error}")
        else:
            if problem := _between(file, end, span.size) or (
                "it has no end mark: it may be cut off" if end >= span.size else ""
            ):
                yield Problem(f"the tar archive is damaged: {problem}")


def _between(file: View, start: int, end: int) -> str:
    """Say what lies between two members if it is not the padding of zeros."""
    file.seek(start)
    while start < end and (data := file.read(min(1 << 20, end - start))):
        if data.strip(b"\x00"):
            return f"{end - start:,} bytes at {start:,} are no member: what they were is lost"
        start += len(data)
    return ""
