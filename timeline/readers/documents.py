"""Records of JSON documents: arrays, wrappers such as {"Records": […]}, pages, several documents back to back, pretty-printed or not.

Whole documents are cut by msgspec, which validates while it skips; what it refuses (a torn end, a broken element) goes through a scan
of the structure alone, so that one bad element costs one record and not the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
import numpy as np
import pyarrow as pa

from timeline.readers.batch import Batch, Fault
from timeline.readers.stream import Torn

WRAPPERS = ("records", "Records", "value", "items", "activities", "Events", "events", "logs", "results", "hits", "data")
LARGEST = 512 << 20
ROWS = 2048
_QUOTE, _ESCAPE, _OPEN, _CLOSE, _COMMA, _SPACE = 1, 2, 3, 4, 5, 6
_CLASS = np.zeros(256, np.uint8)
_CLASS[ord('"')], _CLASS[ord("\\")] = _QUOTE, _ESCAPE
_CLASS[[ord("{"), ord("[")]], _CLASS[[ord("}"), ord("]")]] = _OPEN, _CLOSE
_Pages = msgspec.json.Decoder(dict[str, msgspec.Raw])
_Elements = msgspec.json.Decoder(list[msgspec.Raw])


def wrapped(document: bytes) -> str:
    """Name the key of a document that holds its records: a known wrapper whose value is an array of objects, or empty."""
    try:
        keys = _Pages.decode(document)
    except (msgspec.DecodeError, RecursionError):
        return ""
    for key in WRAPPERS:
        if key in keys:
            inner = bytes(keys[key][:64]) if isinstance(keys[key], bytes) else bytes(keys[key])[:64]
            inside = inner.lstrip()[1:].lstrip() if inner.lstrip()[:1] == b"[" else b"-"
            if inside[:1] in (b"{", b"]"):
                return key
    return ""


def _elements(document: bytes) -> list[msgspec.Raw] | None:
    """Give the records of one valid document; None where it is not valid JSON."""
    first = document.lstrip()[:1]
    try:
        if first == b"[":
            return _Elements.decode(document)
        key = wrapped(document)
        if key:
            return _Elements.decode(_Pages.decode(document)[key])
        return [msgspec.json.decode(document, type=msgspec.Raw)]
    except (msgspec.DecodeError, RecursionError):
        return None


def _structure(data: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the places of brackets outside of strings, and the depth after each."""
    kind = _CLASS[data]
    places = np.flatnonzero(kind)
    kinds = kind[places]
    quote = kinds == _QUOTE
    quote &= ~_escaped(places, kinds)
    inside = np.cumsum(quote) & 1
    bracket = (inside == 0) & ((kinds == _OPEN) | (kinds == _CLOSE))
    steps = np.where(kinds[bracket] == _OPEN, 1, -1)
    return places[bracket], np.cumsum(steps)


def _escaped(places: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Find the characters that an odd run of backslashes precedes."""
    slash = kinds == _ESCAPE
    index = np.arange(len(places))
    near = np.concatenate((np.zeros(1, bool), np.diff(places) == 1))
    goes_on = slash & near & np.concatenate((np.zeros(1, bool), slash[:-1]))
    start = np.maximum.accumulate(np.where(slash & ~goes_on, index, 0))
    run = np.where(slash, index - start + 1, 0)
    before = np.concatenate((np.zeros(1, run.dtype), run[:-1]))
    odd: np.ndarray = near & (before % 2 == 1)
    return odd


def top_level(data: bytes) -> Iterator[tuple[int, int]]:
    """Give the spans of the documents in a text, by brackets alone; a torn last one reaches to the end."""
    places, depth = _structure(np.frombuffer(data, np.uint8))
    start = 0
    for index in np.flatnonzero(depth <= 0):
        end = int(places[index]) + 1
        if data[start:end].strip(b" \t\r\n,\x00"):
            yield start, end
        start = end
    if data[start:].strip(b" \t\r\n,\x00"):
        yield start, len(data)


def _members(data: bytes) -> list[bytes]:
    """Give the elements of the outermost array of a document that is not valid JSON, torn or broken ones included."""
    body = data.find(b"[")
    head = data[:body] if body >= 0 else data
    if body < 0 or head.count(b"{") > 1:
        return [data]
    places, depth = _structure(np.frombuffer(data, np.uint8)[body:])
    spans, start = [], body + 1
    for index in np.flatnonzero(depth == 1)[1:] if len(depth) and depth[0] == 1 else []:
        end = body + int(places[index]) + 1
        spans.append(data[start:end])
        start = end
    closed = bool(len(depth)) and bool((depth == 0).any())
    if not closed:
        spans.append(data[start:])
    return [piece for piece in (span.strip(b" \t\r\n,") for span in spans) if piece]


def pieces(data: bytes) -> Iterator[bytes]:
    """Give the text of every record in a JSON text, valid or not."""
    whole = _elements(data)
    if whole is not None:
        yield from map(bytes, whole)
        return
    spans = list(top_level(data))
    for start, end in spans:
        part = data[start:end].strip(b" \t\r\n,\x00")
        inner = _elements(part)
        yield from map(bytes, inner) if inner is not None else _members(part)


def _batches(parts: Iterable[bytes]) -> Iterator[Batch]:
    number, rows = 1, []
    for part in parts:
        rows.append(part)
        if len(rows) == ROWS:
            yield _batch(number, rows)
            number, rows = number + len(rows), []
    if rows:
        yield _batch(number, rows)


def _batch(number: int, rows: list[bytes]) -> Batch:
    nowhere = np.full(len(rows), -1)
    text = [row.decode("utf-8", "replace") for row in rows]
    return Batch(np.arange(number, number + len(rows)), nowhere, nowhere, pa.array(text, pa.string()))


def cut(blocks: Iterable[bytes]) -> Iterator[Batch | Fault]:
    """Cut a JSON text into records; one too large for memory or torn is read as far as it goes."""
    data, fault = bytearray(), ""
    try:
        for block in blocks:
            data += block
            if len(data) > LARGEST:
                fault = f"the JSON document is larger than {LARGEST >> 20} MiB; the rest was not read: split it or export JSON lines"
                break
    except Torn as error:
        fault = str(error)
    number = 1
    for batch in _batches(pieces(bytes(data))):
        yield batch
        number = int(batch.number[-1]) + 1
    if fault:
        yield Fault(number, -1, 0, fault)
