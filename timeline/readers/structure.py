"""The structure of JSON text from its brackets, commas and quotes alone, found with whole-array arithmetic: also where it is torn or broken.

No JSON string holds a line break, so a quote that was lost or added sets the scan astray until the end of its line at most.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BLANK = b" \t\r\n\x00"
MEMBERS = 512
_QUOTE, _ESCAPE, _OPEN, _CLOSE, _COMMA, _BREAK = 1, 2, 3, 4, 5, 6
_CLASS = np.zeros(256, np.uint8)
for _signs, _kind in (
    (b'"', _QUOTE),
    (b"\\", _ESCAPE),
    (b"{[", _OPEN),
    (b"}]", _CLOSE),
    (b",", _COMMA),
    (b"\n", _BREAK),
):
    _CLASS[list(_signs)] = _kind


@dataclass(frozen=True)
class Level:
    """The whole values at one level: their spans, the place up to which the text is used, and whether a `]` closed the level."""

    spans: list[tuple[int, int]]
    used: int
    closed: bool = False


def _escaped(places: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Find the characters that an odd run of backslashes precedes."""
    slashes = places[kinds == _ESCAPE]
    begins = np.diff(slashes, prepend=np.int32(-2)) != 1
    index = np.arange(len(slashes), dtype=np.int32)
    length = index - np.maximum.accumulate(np.where(begins, index, 0)) + 1
    ends = np.append(begins[1:], True)[: len(slashes)] & (length % 2 == 1)
    after = slashes[ends] + 1
    at = np.minimum(np.searchsorted(places, after), len(places) - 1)
    odd = np.zeros(len(places), bool)
    odd[at[places[at] == after]] = True
    return odd


def _marks(data: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Give the places and kinds of brackets and commas outside of strings."""
    kind = _CLASS[np.frombuffer(data, np.uint8)]
    places = np.flatnonzero(kind).astype(np.int32)
    kinds = kind[places]
    quotes = np.cumsum((kinds == _QUOTE) & ~_escaped(places, kinds), dtype=np.int32)
    at_break = np.maximum.accumulate(np.where(kinds == _BREAK, quotes, np.int32(0)))
    wanted = ((quotes - at_break) & 1 == 0) & ((kinds == _OPEN) | (kinds == _CLOSE) | (kinds == _COMMA))
    return places[wanted], kinds[wanted]


def level(data: bytes, *, inside: bool) -> Level:
    """Cut the values of one level, with what stands between them: documents at the top, or `inside` a list its elements."""
    places, kinds = _marks(data)
    steps = (kinds == _OPEN).astype(np.int32) - (kinds == _CLOSE)
    depth = np.cumsum(steps, dtype=np.int32)
    low = np.minimum.accumulate(np.minimum(depth, 0))
    stray = np.diff(low, prepend=np.int32(0)) < 0
    depth -= low
    end = len(places)
    if inside:
        closing = np.flatnonzero(stray)
        closing = closing[np.frombuffer(data, np.uint8)[places[closing]] == ord("]")]
        end = int(closing[0]) if len(closing) else end
    border = ((kinds == _CLOSE) & (depth == 0)) | ((kinds == _OPEN) & (depth == 1))
    if inside:
        border |= (kinds == _COMMA) & (depth == 0)
    border[end:] = False
    spans, used = _spans(data, places[border].tolist(), kinds[border].tolist())
    if end == len(places):
        return Level(spans, used)
    last = int(places[end])
    return Level([*spans, *_stated(data, used, last)], last + 1, closed=True)


def _spans(data: bytes, places: list[int], kinds: list[int]) -> tuple[list[tuple[int, int]], int]:
    spans: list[tuple[int, int]] = []
    start = 0
    for place, kind in zip(places, kinds, strict=True):
        if kind != _OPEN:
            spans += _stated(data, start, place + (kind == _CLOSE))
            start = place + 1
        elif place > start and _apart(data, start, place):
            spans += _stated(data, start, place)
            start = place
    return spans, start


def _apart(data: bytes, start: int, place: int) -> bool:
    """Tell whether a bracket opens a value of its own; after a colon it belongs to what precedes it."""
    while place > start and data[place - 1] in BLANK:
        place -= 1
    return place > start and data[place - 1 : place] != b":"


def _stated(data: bytes, start: int, end: int) -> list[tuple[int, int]]:
    """Give the span without the white space, commas and closing brackets of nothing around it; none if nothing is left."""
    text = data[start:end]
    body = text.lstrip(BLANK + b",")
    if not body.strip(BLANK + b",]}"):
        return []
    start += len(text) - len(body)
    return [(start, start + len(body.rstrip(BLANK + b",")))]


def lists(data: bytes) -> list[tuple[int, int]]:
    """Give the places of the lists that are members of the object with which the text begins, or (with its place) of an object in it."""
    places, kinds = _marks(data)
    depth = np.cumsum((kinds == _OPEN).astype(np.int32) - (kinds == _CLOSE), dtype=np.int32)
    ended = int(np.flatnonzero(np.append(depth, 0) <= 0)[0])
    kinds, depth = kinds[:ended], depth[:ended]
    wanted = np.flatnonzero((kinds == _OPEN) & (depth >= 2) & (depth <= 3))[:MEMBERS]  # noqa: PLR2004  the second and third level
    found, parent = [], 0
    for place, deep in zip(places[wanted].tolist(), (depth[wanted] == 3).tolist(), strict=True):  # noqa: PLR2004
        if data[place : place + 1] == b"[" and (parent or not deep):
            found.append((place, parent if deep else 0))
        if not deep:
            parent = place if data[place : place + 1] == b"{" else 0
    return found


def closing(data: bytes, around: int = 1) -> int:
    """Give the place of the bracket that closes the outermost of the objects which the text is inside of; -1: it is not there."""
    places, kinds = _marks(data)
    depth = np.cumsum((kinds == _OPEN).astype(np.int32) - (kinds == _CLOSE), dtype=np.int32)
    below = np.flatnonzero(depth <= -around)
    return int(places[below[0]]) if len(below) else -1
