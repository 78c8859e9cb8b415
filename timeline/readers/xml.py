"""Records of Windows events as XML: exported, or pasted from the Event Viewer or a browser with the minus signs of its tree.

A record's own text is its `Event` element; sources read the same JSON of it that an EVTX record gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree as ET

import msgspec
import numpy as np
import pyarrow as pa

from timeline.readers.batch import Batch, Fault
from timeline.readers.limits import Torn

LONGEST = 16 << 20
ROWS = 2048
_HEAD = re.compile(
    rb"[\s\-\x00]*(?:<\?xml[^>]*\?>|<!--.*?-->|<Events\b[^>]*>|[\s\-])*<(?:Event[\s>]|Events\b)", re.DOTALL
)
_OPEN = re.compile(rb"<Event(?=[\s>])")
_CLOSE = re.compile(rb"</Event\s*>")
_AROUND = re.compile(rb"<[^<>]*>|[\s\-\x00\xef\xbb\xbf]+")
_UNFIT = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]));",
    re.IGNORECASE,
)
Value = dict[str, "Value"] | list["Value"] | str | None


def begins(head: bytes) -> bool:
    """Tell whether a text begins with events as XML."""
    return _HEAD.match(head[:65536]) is not None and (b"<System" in head or _OPEN.search(head) is None)


def _name(tag: str) -> str:
    return tag.rpartition("}")[2]


def value(element: ET.Element) -> Value:
    """Give an element as the JSON that EVTX readers agree on: attributes under `#attributes`, `Data` by its name."""
    inner: dict[str, Value] = (
        {"#attributes": {_name(key): text for key, text in element.attrib.items()}} if element.attrib else {}
    )
    unnamed: list[Value] = []
    for child in element:
        name = _name(child.tag)
        if name == "Data" and not len(child) and child.keys() in ([], ["Name"]):
            if child.get("Name"):
                inner[_free(str(child.get("Name")), inner)] = child.text
            else:
                unnamed.append(child.text or "")
        else:
            inner[_free(name, inner)] = value(child)
    if unnamed:
        inner["Data"] = {"#text": unnamed}
    if not len(element):
        text = element.text if element.text and element.text.strip() else None
        return {**inner, "#text": text} if inner and text else inner or text
    return inner


def _free(name: str, known: dict[str, Value]) -> str:
    number, new = 0, name
    while new in known:
        number += 1
        new = f"{name}_{number}"
    return new


def _meant(text: str) -> str | None:
    """Give an Event element as JSON; None where it is not well-formed."""
    for attempt in (text, _UNFIT.sub("\ufffd", text)):
        try:
            root = ET.fromstring(attempt)  # noqa: S314  the text begins with <Event: it can declare no entities
            told: Value = {"Event": value(root)}
            return msgspec.json.encode(told).decode()
        except (ET.ParseError, ValueError, RecursionError):
            continue
    return None


class Cutter:
    """Cuts text into Event elements; keeps only what belongs to one that has not ended yet."""

    def __init__(self, lead: int) -> None:
        self.rest, self.place, self.number = b"", lead, 1
        self.faults: list[Fault] = []
        self._rows: list[tuple[int, int, int, str, str]] = []

    def feed(self, block: bytes, *, end: bool = False) -> None:
        """Take more text."""
        self.rest += block
        used = 0
        while found := _OPEN.search(self.rest, used):
            close = _CLOSE.search(self.rest, found.end())
            after = _OPEN.search(self.rest, found.end())
            torn = after and (close is None or after.start() < close.start())
            if close is None and not torn and not end and len(self.rest) - found.start() < LONGEST:
                break
            stop = after.start() if after and torn else close.end() if close else len(self.rest)
            self._around(used, found.start())
            self._record(found.start(), stop)
            used = stop
        else:
            cut = self.rest.rfind(b"<", used)
            open_tag = not end and cut >= 0 and b">" not in self.rest[cut:] and len(self.rest) - cut < LONGEST
            stop = cut if open_tag else len(self.rest)
            self._around(used, stop)
            used = stop
        self.rest, self.place = self.rest[used:], self.place + used

    def _record(self, start: int, end: int) -> None:
        text = self.rest[start:end].rstrip()
        shown = text.decode("utf-8", "replace")
        meant = _meant(shown)
        if meant is None:
            self.faults.append(
                Fault(self.number, self.place + start, len(text), "the Event element is not well-formed", shown)
            )
        else:
            self._rows.append((self.number, self.place + start, len(text), shown, meant))
        self.number += 1

    def _around(self, start: int, end: int) -> None:
        """Tell of text between events that is more than tags, comments and the signs of a browser's tree."""
        text = self.rest[start:end]
        if left := _AROUND.sub(b"", re.sub(rb"<!--.*?-->", b"", text, flags=re.DOTALL)):
            told = Fault(
                self.number, self.place + start, len(text), "text between the events", left.decode("utf-8", "replace")
            )
            self.faults.append(told)
            self.number += 1

    def given(self) -> Iterator[Batch | Fault]:
        """Give what was read since."""
        if self._rows:
            numbers, starts, sizes, text, meant = zip(*self._rows, strict=True)
            places = (np.array(numbers), np.array(starts), np.array(sizes))
            yield Batch(*places, pa.array(text, pa.string()), meant=pa.array(meant, pa.string()))
        yield from self.faults
        self._rows, self.faults = [], []

    @property
    def full(self) -> bool:
        """Tell whether there is a batch."""
        return len(self._rows) >= ROWS


def cut(blocks: Iterable[bytes], lead: int = 0) -> Iterator[Batch | Fault]:
    """Cut a text into Event elements; `lead` is the length of a byte order mark before it."""
    cutter, torn = Cutter(lead), ""
    try:
        for block in blocks:
            for place in range(0, len(block), 1 << 18):
                cutter.feed(block[place : place + (1 << 18)])
                if cutter.full:
                    yield from cutter.given()
    except Torn as error:
        torn = str(error)
    cutter.feed(b"", end=True)
    yield from cutter.given()
    if torn:
        yield Fault(cutter.number, -1, 0, torn)
