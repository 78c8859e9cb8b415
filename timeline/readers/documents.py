"""Records of JSON documents: arrays, wrappers such as {"Records": […]}, pages, several documents back to back, pretty-printed or not.

A text of moderate size is cut whole by msgspec, which validates while it skips. A longer one goes through a scan of the structure,
window by window; so does what msgspec refuses (a torn end, a broken element), so that a bad element costs one record and not the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

import msgspec
import numpy as np
import pyarrow as pa

from timeline.readers.batch import Batch, Fault
from timeline.readers.damage import rescued
from timeline.readers.stream import until_torn
from timeline.readers.structure import BLANK, closing, level, lists

SURE = ("records", "Records", "value")
LIKELY = ("items", "alerts", "activities", "Events", "events", "logs", "results", "hits", "data", "entries")
OWN = {
    "id",
    "uuid",
    "time",
    "timestamp",
    "@timestamp",
    "eventTime",
    "CreationTime",
    "createdDateTime",
    "published",
    "actor",
}
WHOLE, WINDOW, LONGEST = 64 << 20, 4 << 20, 16 << 20
ROWS, ROOM = 2048, 8 << 20
NEAR = 64
REFUSED = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_Pages = msgspec.json.Decoder(dict[str, msgspec.Raw])
_Elements = msgspec.json.Decoder(list[msgspec.Raw])
_Value = msgspec.json.Decoder(msgspec.Raw)
_LIST = re.compile(rb'"(' + "|".join(SURE + LIKELY).encode() + rb')"\s*:\s*\[')
_KEY = re.compile(rb'"(\w{1,20})"\s*:\s*$')


def _opens(text: bytes) -> bool:
    """Tell whether a list begins here that is empty or whose first element is an object."""
    first = text[:NEAR].lstrip(BLANK)
    return first[:1] == b"[" and first[1:].lstrip(BLANK)[:1] in (b"{", b"]", b"")


def wrapped(document: bytes) -> str:
    """Name the key of a document that holds its records: a known wrapper whose value is a list of objects, or empty.

    An object with an id or a time of its own is a record that has a list in it.
    """
    try:
        keys = _Pages.decode(document)
    except REFUSED:
        return ""
    for key in SURE if OWN & keys.keys() else SURE + LIKELY:
        if key in keys and _opens(bytes(memoryview(keys[key])[:NEAR])):
            return key
    return ""


def _elements(document: bytes) -> list[msgspec.Raw] | None:
    """Give the records of one valid document; None where it is not valid JSON."""
    first = document.lstrip(BLANK)[:1]
    try:
        if first == b"[":
            return _unpaged(_Elements.decode(document))
        key = wrapped(document) if first == b"{" else ""
        return _Elements.decode(_Pages.decode(document)[key]) if key else [_Value.decode(document)]
    except REFUSED:
        return None


def _unpaged(elements: list[msgspec.Raw]) -> list[msgspec.Raw]:
    """Give the records of a list of pages; a list of records is given as it is."""
    if not elements or not wrapped(bytes(elements[0])):
        return elements
    return [record for page in elements for record in _elements(bytes(page)) or []]


def _valid(piece: bytes) -> bool:
    try:
        _Value.decode(piece)
    except REFUSED:
        return False
    return True


def _inside(document: bytes) -> int:
    """Give the place behind the bracket that opens the list of records in a document that is long or broken; 0: there is none."""
    if document[:1] == b"[":
        return 1
    near = document[:WINDOW]
    for place in lists(near)[:64] if document[:1] == b"{" and _LIST.search(near) else ():
        key = _KEY.search(document[max(0, place - 40) : place])
        name = key[1].decode() if key else ""
        if name in SURE + LIKELY and _opens(document[place:]):
            before = document[: place - len(key[0] if key else b"")].rstrip(BLANK + b",")
            if name in SURE or not _own(before):
                return place + 1
    return 0


def _own(before: bytes) -> bool:
    """Tell whether the members that precede a list make its object a record of its own."""
    try:
        return bool(OWN & _Pages.decode(before + b"}").keys())
    except REFUSED:
        return False


def _checked(piece: bytes) -> Iterator[bytes]:
    """Give one element of a list; what is not valid in its parts."""
    if _valid(piece):
        yield piece
    else:
        yield from rescued(piece)


def _tail(text: bytes) -> bool:
    """Tell whether a text is the rest of an object after one of its members."""
    return _valid(b'{"":0' + text) or _valid(b'{"":0,' + text)


def _opened(document: bytes) -> Iterator[bytes]:
    """Give the records of one document, valid or not."""
    whole = _elements(document)
    place = 0 if whole is not None else _inside(document)
    if whole is not None:
        yield from map(bytes, whole)
    elif not place:
        yield from rescued(document)
    else:
        body = document[place:]
        found = level(body, inside=True)
        paged = document[:1] == b"[" and _inside(body.lstrip(BLANK)) > 1
        cut = _opened if paged else _checked
        for start, end in found.spans:
            yield from cut(body[start:end])
        rest = body[found.used :].strip(BLANK)
        if rest and not (found.closed and document[:1] == b"{" and _tail(rest)):
            yield from (_opened if paged else rescued)(rest.lstrip(BLANK + b","))


class Scan:
    """A scan of JSON text of any length: keeps only what belongs to a record that has not ended yet."""

    def __init__(self, window: int = WINDOW) -> None:
        self.window = self.needed = window
        self.rest = b""
        self.inside = self.after = self.member = False

    def feed(self, block: bytes) -> Iterator[bytes]:
        """Take more text; give the records that are whole now."""
        self.rest += block
        if len(self.rest) < self.needed:
            return
        before = len(self.rest)
        yield from self._values()
        if not self.inside and not self.after and len(self.rest) >= max(self.window, NEAR):
            yield from self._enter()
        if len(self.rest) > LONGEST:
            yield from rescued(self.rest)
            self.rest = b""
        stuck = len(self.rest) == before
        self.needed = min(2 * before, LONGEST + 1) if stuck else len(self.rest) + self.window

    def end(self) -> Iterator[bytes]:
        """Give the records of what is left; a torn one ends with the text."""
        yield from self._values()
        self.after = False
        yield from self._values()
        rest = self.rest.strip(BLANK + b",")
        if rest.strip(BLANK + b",]}"):
            yield from rescued(rest) if self.inside else _opened(rest)

    def _enter(self) -> Iterator[bytes]:
        """Go into a list of records whose end is far away."""
        text = self.rest.lstrip(BLANK + b",")
        place = _inside(text)
        if place == 1 and _inside(text[1:].lstrip(BLANK)) > 1:  # a list of pages is read as page after page
            self.rest = text[1:]
            yield from self._values()
        elif place:
            self.inside, self.member, self.rest = True, text[:1] == b"{", text[place:]
            yield from self._values()

    def _values(self) -> Iterator[bytes]:
        if self.after and not self._left():
            return
        found = level(self.rest, inside=self.inside)
        for start, end in found.spans:
            yield from (_checked if self.inside else _opened)(self.rest[start:end])
        self.rest = self.rest[found.used :]
        if found.closed:
            self.inside, self.after = False, self.member
            yield from self._values()

    def _left(self) -> bool:
        """Leave the object around a list that has ended, with its last members; tell whether its end is here."""
        place = closing(self.rest)
        if place >= 0:
            self.after = False
            self.rest = self.rest[place + 1 :] if _tail(self.rest[: place + 1]) else self.rest
        return place >= 0


def _scanned(blocks: Iterable[bytes], window: int = WINDOW) -> Iterator[bytes]:
    scan = Scan(window)
    for block in blocks:
        yield from scan.feed(block)
    yield from scan.end()


def pieces(data: bytes) -> Iterator[bytes]:
    """Give the text of every record in a JSON text, valid or not."""
    whole = _elements(data)
    if whole is not None:
        yield from map(bytes, whole)
    else:
        yield from _scanned(data[place : place + WINDOW] for place in range(0, len(data), WINDOW))


def _all(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Give the records of a text that comes in blocks: cut whole if it is of moderate size."""
    source, first = iter(blocks), bytearray()
    for block in source:
        first += block
        if len(first) > WHOLE:
            parts = (bytes(first[place : place + WINDOW]) for place in range(0, len(first), WINDOW))
            yield from _scanned(chain(parts, source))
            return
    yield from pieces(bytes(first))


def _batches(parts: Iterable[bytes]) -> Iterator[Batch]:
    number, rows, room = 1, [], 0
    for part in parts:
        rows.append(part)
        room += len(part)
        if len(rows) == ROWS or room > ROOM:
            yield _batch(number, rows)
            number, rows, room = number + len(rows), [], 0
    if rows:
        yield _batch(number, rows)


def _batch(number: int, rows: list[bytes]) -> Batch:
    nowhere = np.full(len(rows), -1)
    text = [row.decode("utf-8", "replace") for row in rows]
    return Batch(np.arange(number, number + len(rows)), nowhere, nowhere, pa.array(text, pa.string()))


def cut(blocks: Iterable[bytes]) -> Iterator[Batch | Fault]:
    """Cut a JSON text into records; a torn one is read as far as it goes."""
    faults: list[str] = []
    number = 1
    for batch in _batches(_all(until_torn(blocks, faults))):
        yield batch
        number = int(batch.number[-1]) + 1
    for fault in faults:
        yield Fault(number, -1, 0, fault)
