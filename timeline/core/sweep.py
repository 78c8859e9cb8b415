"""Painting a time line: where strokes lie over each other, the one of the lowest rank shows."""

from collections.abc import Iterable
from heapq import heappop, heappush
from itertools import pairwise
from typing import NamedTuple

from timeline.core.spans import Span, Spans
from timeline.core.stream import State


class Origin(NamedTuple):
    """How we know, and of which store."""

    basis: str
    store: str = ""
    evidence: tuple[str, ...] = ()


class Mark(NamedTuple):
    """What is said of a span."""

    state: State
    cause: str
    origin: Origin


class Stroke(NamedTuple):
    """A mark over a span, with its rank."""

    start: int
    end: int
    rank: tuple[int, ...]
    mark: Mark


def strokes(spans: Spans, rank: tuple[int, ...], mark: Mark) -> list[Stroke]:
    """Draw the same mark over all the spans."""
    return [Stroke(start, end, rank, mark) for start, end in spans]


def paint(drawn: Iterable[Stroke], window: Span) -> list[Stroke]:
    """Give what shows inside the window, in order of time; neighbours with the same rank and mark are one."""
    ready = sorted((stroke for stroke in drawn if stroke.start < window[1] and stroke.end > window[0]), reverse=True)
    inner = {border for stroke in ready for border in stroke[:2] if window[0] < border < window[1]}
    shown: list[Stroke] = []
    open_: list[tuple[tuple[int, ...], int, Stroke]] = []
    for start, end in pairwise(sorted({*window, *inner})):
        while ready and ready[-1].start <= start:
            stroke = ready.pop()
            heappush(open_, (stroke.rank, len(ready), stroke))
        while open_ and open_[0][2].end <= start:
            heappop(open_)
        if open_:
            _lengthen(shown, open_[0][2]._replace(start=start, end=end))
    return shown


def _lengthen(shown: list[Stroke], stroke: Stroke) -> None:
    last = shown[-1] if shown else None
    if last and last.end == stroke.start and last[2:] == stroke[2:]:
        shown[-1] = last._replace(end=stroke.end)
    else:
        shown.append(stroke)
