"""What is left of a zip archive whose directory is gone: each member has a header of its own in front of it."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from timeline.readers.blobs import Packed, Span, View
from timeline.readers.member import Member
from timeline.readers.names import Names

MARK = b"PK\x03\x04"
LOCAL = struct.Struct("<4s5H3L2H")
STREAMED, ENCRYPTED, WIDE = 8, 1, 0xFFFFFFFF
METHODS = {0: "", 8: "deflate"}
WINDOW = 1 << 20


def members(span: Span, names: Names) -> Iterator[Member]:
    """Give the members whose headers are still there, in order."""
    with View(span) as file:
        place = 0
        while (place := _next(file, place)) >= 0:
            file.seek(place)
            head = file.read(LOCAL.size)
            if len(head) < LOCAL.size:
                return
            _, _, flags, method, _, _, crc, packed, size, named, more = LOCAL.unpack(head)
            name = names.given(file.read(named).decode("utf-8" if flags & 0x800 else "cp437", "replace"))
            start = place + LOCAL.size + named + more
            place += 4
            if name.endswith("/"):
                continue
            if flags & ENCRYPTED or method not in METHODS or WIDE in (packed, size):
                yield Member(
                    name, None, size, "the archive is damaged and this member cannot be read without its directory"
                )
            elif not flags & STREAMED:
                body = span.part(start, packed, None if METHODS[method] else crc)
                yield Member(name, Packed(body, METHODS[method], size, crc) if METHODS[method] else body, size)
                place = start + packed
            elif METHODS[method]:
                yield Member(name, Packed(span.part(start, span.size - start), METHODS[method]), -1)
            else:
                yield Member(name, None, size, "the archive is damaged and this member's length is unknown")


def _next(file: View, place: int) -> int:
    """Find the next header of a member."""
    while True:
        file.seek(place)
        data = file.read(WINDOW)
        found = data.find(MARK)
        if found >= 0:
            return place + found
        if len(data) < WINDOW:
            return -1
        place += WINDOW - len(MARK) + 1
