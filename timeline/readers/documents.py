"""Records of JSON documents: arrays, wrappers such as {"Records": […]}, pages, several documents back to back, pretty-printed or not.

A text of moderate size is cut whole by msgspec, which validates while it skips. A longer one goes through a scan of the structure,
window by window; so does what msgspec refuses (a torn end, a broken element), so that a bad element costs one record and not the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import NamedTuple

import msgspec
import numpy as np
import pyarrow as pa

from timeline.readers.batch import Batch, Fault
from timeline.readers.damage import rescued
from timeline.readers.lines import LOST, ZEROS, zeroed
from timeline.readers.pages import LIKELY, NEAR, NESTED, NESTS, OWN, REFUSED, SURE, elements, opens, wrapped
from timeline.readers.stream import until_torn
from timeline.readers.structure import BLANK, closing, level, lists

WHOLE, WINDOW, LONGEST, LEAST = 64 << 20, 4 << 20, 16 << 20, 1 << 15
ROWS, ROOM = 2048, 8 << 20
_Pages = msgspec.json.Decoder(dict[str, msgspec.Raw])
_Elements = msgspec.json.Decoder(list[msgspec.Raw])
_Value = msgspec.json.Decoder(msgspec.Raw)
_NAMES = "|".join(SURE + LIKELY + NESTED).encode()
_LIST = re.compile(rb'"(' + _NAMES + rb')"\s*:\s*\[')
_MORE = re.compile(rb'\s*,\s*"(' + _NAMES + rb')"\s*:\s*\[')
_KEY = re.compile(rb'"(\w{1,20})"\s*:\s*$')


def _elements(document: bytes) -> list[msgspec.Raw] | None:
    """Give the records of one valid document; None where it is not valid JSON."""
    first = document.lstrip(BLANK)[:1]
    if first == b"{":
        return elements(document)
    try:
        return _unpaged(_Elements.decode(document)) if first == b"[" else [_Value.decode(document)]
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


class Inside(NamedTuple):
    """The place behind the bracket that opens a list of records (0: there is none), and how many objects are around the list."""

    place: int
    around: int = 0


def _inside(document: bytes) -> Inside:
    """Find the list of records in a document that is long or broken."""
    if document[:1] == b"[":
        return Inside(1)
    near = document[:WINDOW]
    for place, parent in lists(near)[:NEAR] if document[:1] == b"{" and _LIST.search(near) else ():
        name, before = _key(document, place)
        nest = _key(document, parent)[0] if parent else ""
        known = name in NESTED and nest in NESTS if parent else name in SURE + LIKELY
        if known and opens(document[place:]):
            around = 2 if parent else 1
            if name in SURE or not _own(before + b"}" * around):
                return Inside(place + 1, around)
    return Inside(0)


def _key(document: bytes, place: int) -> tuple[str, bytes]:
    """Give the key of the value that begins at a place, and the text before it."""
    key = _KEY.search(document[max(0, place - 40) : place])
    return key[1].decode() if key else "", document[: place - len(key[0] if key else b"")].rstrip(BLANK + b",")


def _own(before: bytes) -> bool:
    """Tell whether the members that precede a list make its object a record of its own."""
    try:
        return bool(OWN & _Pages.decode(before).keys())
    except REFUSED:
        return False


def _checked(piece: bytes) -> Iterator[bytes]:
    """Give one element of a list; what is not valid in its parts."""
    if _valid(piece):
        yield piece
    else:
        yield from rescued(piece)


def _tail(text: bytes, around: int) -> bool:
    """Tell whether a text is the rest of so many objects after a member of the innermost."""
    before = b'{"":' * around + b"0"
    return _valid(before + text) or _valid(before + b"," + text)


def _another(text: bytes) -> bytes:
    """Give the rest of an object as an object if it may hold another list of records."""
    return b"{" + text.lstrip(BLANK + b",") if _LIST.search(text) else b""


def _opened(document: bytes) -> Iterator[bytes]:
    """Give the records of one document, valid or not."""
    whole = _elements(document)
    place, around = Inside(0) if whole is not None else _inside(document)
    if whole is not None:
        yield from map(bytes, whole)
    elif not place:
        yield from rescued(document)
    else:
        body = document[place:]
        found = level(body, inside=True)
        paged = not around and _inside(body.lstrip(BLANK)).around > 0
        cut = _opened if paged else _checked
        for start, end in found.spans:
            yield from cut(body[start:end])
        rest = body[found.used :].strip(BLANK)
        if not (found.closed and around and _tail(rest, around)):
            yield from (_opened if paged else rescued)(rest.lstrip(BLANK + b",")) if rest else ()
        elif _another(rest):
            yield from _opened(_another(rest))


class Scan:
    """A scan of JSON text of any length: keeps only what belongs to a record that has not ended yet."""

    def __init__(self, window: int = WINDOW) -> None:
        self.window = self.needed = window
        self.rest = b""
        self.inside = self.after = False
        self.around = 0

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
        place, around = _inside(text)
        if (
            place and not around and _inside(text[1:].lstrip(BLANK)).around
        ):  # a list of pages is read as page after page
            self.rest = text[1:]
            yield from self._values()
        # of a list whose bracket is the last sign nobody knows yet what it holds
        elif place and len(text) - place >= NEAR:
            self.inside, self.around, self.rest = True, around, text[place:]
            yield from self._values()

    def _values(self) -> Iterator[bytes]:
        if self.after and not self._left():
            return
        found = level(self.rest, inside=self.inside)
        for start, end in found.spans:
            yield from (_checked if self.inside else _opened)(self.rest[start:end])
        self.rest = self.rest[found.used :]
        if found.closed:
            self.inside, self.after = False, self.around > 0
            yield from self._values()

    def _left(self) -> bool:
        """Leave the object around a list that has ended, with its last members; tell whether its end is here."""
        more = _MORE.match(self.rest)
        if more and opens(self.rest[more.end() - 1 :]):
            self.inside, self.after, self.rest = True, False, self.rest[more.end() :]
            return True
        place = closing(self.rest, self.around)
        if place >= 0:
            self.after = False
            tail = self.rest[: place + 1]
            self.rest = _another(tail) + self.rest[place + 1 :] if _tail(tail, self.around) else self.rest
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


def _endless(head: bytes) -> bool:
    """Tell whether a text is the beginning of one valid document (no list of pages), so that its first list is the same in all of it."""
    text = head.lstrip(BLANK)
    try:
        _Value.decode(text)
    except msgspec.DecodeError as error:
        paged = text[:1] == b"[" and _inside(text[1:LEAST].lstrip(BLANK)).around > 0
        return "truncated" in str(error) and not paged
    except REFUSED:
        pass
    return False


def first(head: bytes, count: int) -> list[bytes]:
    """Give the first records of a JSON text or of its beginning: those that `pieces` gives, of a torn one from as little as holds so many.

    Where a document ends in the beginning, what stands behind its list tells whether it is a record of its own: nothing is cut short then.
    """
    whole = _elements(head)
    if whole is not None:
        return list(map(bytes, whole[:count]))
    if _endless(head):
        scan = Scan(LEAST)
        parts = (head[place : place + LEAST] for place in range(0, len(head), LEAST))
        found = list(islice((record for part in parts for record in scan.feed(part)), count))
        if len(found) == count:
            return found
    return list(islice(pieces(head), count))


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
            yield batch(number, rows)
            number, rows, room = number + len(rows), [], 0
    if rows:
        yield batch(number, rows)


def batch(number: int, rows: list[bytes]) -> Batch:
    """Make a batch of records that cannot be sought, the first of them with this number."""
    nowhere = np.full(len(rows), -1)
    text = [row.decode("utf-8", "replace") for row in rows]
    return Batch(np.arange(number, number + len(rows)), nowhere, nowhere, pa.array(text, pa.string()))


def _noting(blocks: Iterable[bytes], zeros: list[tuple[int, int]]) -> Iterator[bytes]:
    """Give blocks, and note the places and sizes of the runs of zero bytes in them."""
    place = 0
    for block in blocks:
        found = ZEROS.finditer(block) if zeroed(block) else ()
        zeros += [(place + each.start(), len(each[0])) for each in found]
        place += len(block)
        yield block


def cut(blocks: Iterable[bytes]) -> Iterator[Batch | Fault]:
    """Cut a JSON text into records; a torn one is read as far as it goes."""
    faults: list[str] = []
    zeros: list[tuple[int, int]] = []
    number = 1
    for found in _batches(_all(_noting(until_torn(blocks, faults), zeros))):
        yield found
        number = int(found.number[-1]) + 1
    for start, size in zeros:
        yield Fault(number, start, size, LOST)
        number += 1
    for fault in faults:
        yield Fault(number, -1, 0, fault)
