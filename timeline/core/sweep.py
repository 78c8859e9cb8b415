"""Painting a time line: where strokes lie over each other, the one of the lowest rank shows."""

from collections.abc import Iterable
from heapq import heappop, heappush
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
    borders = {stroke.start for stroke in ready} | {stroke.end for stroke in ready}
    inner = sorted(border for border in borders if window[0] < border < window[1])
    shown: list[Stroke] = []
    open_: list[tuple[tuple[int, ...], int, Stroke]] = []
    last, since = None, window[0]
    for start in (window[0], *inner):
        while ready and ready[-1].start <= start:
            stroke = ready.pop()
            heappush(open_, (stroke.rank, len(ready), stroke))
        while open_ and open_[0][2].end <= start:
            heappop(open_)
        top = open_[0][2] if open_ else None
        if not _same(last, top):
            _show(shown, last, since, start)
            last, since = top, start
    _show(shown, last, since, window[1])
    return shown


def _same(one: Stroke | None, other: Stroke | None) -> bool:
    return one is other or (one is not None and other is not None and one.rank == other.rank and one.mark == other.mark)


def _show(shown: list[Stroke], stroke: Stroke | None, start: int, end: int) -> None:
    if stroke is not None and start < end:
        shown.append(Stroke(start, end, stroke.rank, stroke.mark))
