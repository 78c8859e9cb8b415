"""The states of records of which the same is said, over all time, and until when what is lost could still be collected."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from timeline.core.retention import Policy, expires
from timeline.core.spans import Span, Spans, clip, holds
from timeline.core.stream import Field, Piece, State
from timeline.core.sweep import Stroke, paint
from timeline.core.votes import MERIT, View, ballot


class Blind(NamedTuple):
    """A field and when it is not logged."""

    field: Field
    spans: Spans


@dataclass(frozen=True)
class Store:
    """A copy from which something may still be collected."""

    policy: Policy
    held: Spans
    purges: tuple[tuple[int, Spans], ...] = ()

    def holds(self, instant: int) -> bool:
        place = bisect_right(self.held, instant, key=lambda span: span[0])
        return place > 0 and instant < self.held[place - 1][1]

    def loses(self, span: Span, as_of: int) -> int | None:
        """Give the instant at which it begins to lose a span, by age or by a purge that is to come; None: never."""
        aged = expires(self.policy, span, as_of)
        if not self.purges:
            return aged
        dated = (at for at, spans in self.purges if at > as_of and clip(spans, span))
        return min((each for each in (aged, *dated) if each is not None), default=None)


class Drawing:
    """All pieces of a window, drawn once; `part` gives those of a span, with deadlines of their own."""

    def __init__(self, view: View, blind: list[Blind], window: Span) -> None:
        self._as_of = view.stream.as_of
        self._stores = [
            Store(view.policies[name], view.held(name), view.purges(name))
            for name in view.stores()
            if name in view.policies
        ]
        self._cuts = sorted({border for each in self._stores for span in each.held for border in span})
        pieces = [piece for stroke in paint(ballot(view), window) for piece in self._cut(stroke)]
        for field, spans in blind:
            pieces = [part for piece in pieces for part in _blinded(piece, field, spans)]
        self._pieces = pieces
        self._starts = [piece.start for piece in pieces]

    def part(self, span: Span) -> tuple[Piece, ...]:
        """Give the pieces of a span inside the window."""
        first = bisect_right(self._starts, span[0]) - 1
        last = bisect_left(self._starts, span[1])
        return tuple(self._dated(piece, span) for piece in self._pieces[first:last])

    def _cut(self, stroke: Stroke) -> Iterator[Piece]:
        """Cut where a store begins or ceases to hold it."""
        state, cause, (basis, store, evidence) = stroke.mark
        if state == State.COVERED:
            yield Piece(stroke.start, stroke.end, state, cause, basis, store, evidence=evidence)
            return
        inner = self._cuts[bisect_right(self._cuts, stroke.start) : bisect_left(self._cuts, stroke.end)]
        for start, end in pairwise([stroke.start, *inner, stroke.end]):
            mendable = any(each.holds(start) for each in self._stores)
            yield Piece(start, end, state, cause, basis, store, mendable, None, evidence)

    def _dated(self, piece: Piece, span: Span) -> Piece:
        """Clip a piece and say until when it can still be collected: the store that keeps it longest counts."""
        start, end = max(piece.start, span[0]), min(piece.end, span[1])
        if piece.mendable:
            ends = [each.loses((start, end), self._as_of) for each in self._stores if each.holds(start)]
            limits = [limit for limit in ends if limit is not None]
            deadline = max(limits) if len(limits) == len(ends) else None
            return replace(piece, start=start, end=end, deadline=deadline)
        return piece if (start, end) == (piece.start, piece.end) else replace(piece, start=start, end=end)


def _blinded(piece: Piece, field: Field, spans: Spans) -> Iterator[Piece]:
    """Take away what the field's absence makes useless; what is lost for a stronger reason keeps it."""
    lost = clip(spans, (piece.start, piece.end))
    if not lost or (MERIT[piece.state] >= MERIT[State.UNKNOWN] and not piece.mendable):
        yield piece
        return
    cause = field.cause or f"the field {field.name} is not logged then"
    blank = Piece(0, 0, State.NOT_ENABLED, cause, field.basis, piece.store, evidence=field.evidence)
    borders = sorted({piece.start, piece.end, *(border for span in lost for border in span)})
    for start, end in pairwise(borders):
        yield replace(blank if holds(lost, start) else piece, start=start, end=end)
