"""Time cut into blocks in which the same losses are at work, so that only scopes that meet in time are ever combined.

All scopes of a stream together would make a full product: of a thousand throttled mailboxes and fifty silenced users fifty
thousand parts. In one block few of them are at work; and a loss that hides behind a stronger one makes no part of its own.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import prod

from timeline.core.scope import EVERYTHING, kinds
from timeline.core.spans import ALWAYS, Span, Spans, clip, minus, tidy
from timeline.core.stream import Defect, Field, Purge, State, Stream
from timeline.core.votes import LAYER

Works = tuple[int, ...]
DRAWING = 16
"""A drawing of all time costs about as much as so many parts of a block, and more with each loss in it (measured)."""


@dataclass(frozen=True)
class Loss:
    """A defect, a purge or a field that is not logged, with the spans in which it is at work."""

    what: Defect | Purge | Field
    spans: Spans

    @property
    def layer(self) -> int:
        """The layer of the calculus that it belongs to: the lower, the stronger."""
        if isinstance(self.what, Field):
            return len(LAYER)
        return LAYER[State.EXPIRED if isinstance(self.what, Purge) else self.what.state]

    def touches(self, span: Span) -> bool:
        """Tell whether it may be at work inside a span."""
        return bool(self.spans) and self.spans[0][0] < span[1] and span[0] < self.spans[-1][1]

    def hides(self, other: "Loss") -> bool:
        """Tell whether the other one shows nowhere where this one is at work too: it is of every copy that the other is of."""
        if not isinstance(self.what, Defect) or isinstance(other.what, Field) or self.layer > other.layer:
            return False
        taken = other.what.collection if isinstance(other.what, Defect) else None
        return self.what.store in {None, other.what.store} and self.what.collection in {None, taken}


class Losses:
    """All losses of a stream that matter to questions about these fields: those of every record, and those of a scope.

    `apart`: time is cut into blocks, and a scoped loss is only asked about where it is at work; else it is drawn as it is.
    """

    def __init__(self, stream: Stream, fields: frozenset[str], window: Span) -> None:
        every = [loss for loss in _losses(stream, fields) if loss.touches(window)]
        self.window = window
        self.general = tuple(loss for loss in every if loss.what.scope == EVERYTHING)
        self.scoped = sorted((loss for loss in every if loss.what.scope != EVERYTHING), key=lambda loss: loss.layer)
        self.apart = self._parts() < (DRAWING + len(self.general)) * kinds(loss.what.scope for loss in self.scoped)

    def blocks(self) -> Iterator[tuple[Span, Works]]:
        """Cut the window where a scoped loss begins or ends; give the numbers of those at work in each block."""
        if not self.apart:
            yield self.window, tuple(range(len(self.scoped)))
            return
        working: set[int] = set()
        for start, end in pairwise(sorted(changes := self._changes())):
            working ^= changes[start]
            yield (start, end), tuple(sorted(working))

    def hidden(self, number: int, works: Iterable[int]) -> bool:
        """Tell whether the loss hides behind one of those that are at work at the same time."""
        return self.apart and any(self.scoped[other].hides(self.scoped[number]) for other in works)

    def extent(self, works: Iterable[int]) -> Span:
        """Give the only time in which it is asked what just these losses do."""
        spans = [self.scoped[number].spans for number in works] if self.apart else []
        start, end = self.window
        return max([start, *(some[0][0] for some in spans)]), min([end, *(some[-1][1] for some in spans)])

    def drawn(self, works: Iterable[int], extent: Span) -> list[Loss]:
        """Give what is to be drawn; where time is cut, a scoped loss fills all of its block."""
        scoped = [self.scoped[number] for number in works]
        general = [loss for loss in self.general if loss.touches(extent)]
        return general + [Loss(loss.what, ALWAYS) if self.apart else loss for loss in scoped]

    def _changes(self) -> dict[int, set[int]]:
        changes: dict[int, set[int]] = {border: set() for border in self.window}
        for number, loss in enumerate(self.scoped):
            for border in (border for span in clip(loss.spans, self.window) for border in span):
                changes.setdefault(border, set()).symmetric_difference_update({number})
        return changes

    def _parts(self) -> int:
        """Estimate how many parts all blocks together would have."""
        counts: Counter[str] = Counter()
        keys = [min(term.key for term in loss.what.scope.terms) for loss in self.scoped]
        found, working, changes = 0, set[int](), self._changes()
        for start in sorted(changes):
            for number in changes[start]:
                counts[keys[number]] += -1 if number in working else 1
            working ^= changes[start]
            found += prod(1 + count for count in counts.values())
        return found


def _losses(stream: Stream, fields: frozenset[str]) -> Iterator[Loss]:
    for flaw in stream.defects:
        spans = tidy([flaw.span])
        yield Loss(flaw, minus(spans, stream.attested) if flaw.state == State.SILENT else spans)
    for purge in stream.purges:
        yield Loss(purge, purge.taken)
    for field in stream.fields:
        if field.name in fields:
            yield Loss(field, minus(ALWAYS, field.logged))
