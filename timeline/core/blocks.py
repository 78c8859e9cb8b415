"""Time cut into blocks in which the same losses are at work, so that only scopes that meet in time are ever combined.

All scopes of a stream together would make a full product: of a thousand throttled mailboxes and fifty silenced users fifty
thousand parts. In one block few of them are at work; and a loss that hides behind a stronger one makes no part of its own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from timeline.core.scope import EVERYTHING
from timeline.core.spans import ALWAYS, Span, Spans, clip, minus, tidy
from timeline.core.stream import Defect, Field, Purge, State, Stream
from timeline.core.votes import LAYER

Works = tuple[int, ...]


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
        return self.spans[0][0] < span[1] and span[0] < self.spans[-1][1]

    def hides(self, other: "Loss") -> bool:
        """Tell whether the other one shows nowhere where this one is at work too: it is of every copy that the other is of."""
        if not isinstance(self.what, Defect) or isinstance(other.what, Field) or self.layer > other.layer:
            return False
        taken = other.what.collection if isinstance(other.what, Defect) else None
        return self.what.store in {None, other.what.store} and self.what.collection in {None, taken}


class Losses:
    """All losses of a stream that matter to questions about these fields: those of every record, and those of a scope."""

    def __init__(self, stream: Stream, fields: frozenset[str]) -> None:
        every = [loss for loss in _losses(stream, fields) if loss.spans]
        self.general = tuple(loss for loss in every if loss.what.scope == EVERYTHING)
        self.scoped = sorted((loss for loss in every if loss.what.scope != EVERYTHING), key=lambda loss: loss.layer)

    def blocks(self, window: Span) -> Iterator[tuple[Span, Works]]:
        """Cut the window where a scoped loss begins or ends; give the numbers of those at work in each block."""
        changes: dict[int, set[int]] = {window[0]: set(), window[1]: set()}
        for number, loss in enumerate(self.scoped):
            for border in (border for span in clip(loss.spans, window) for border in span):
                changes.setdefault(border, set()).symmetric_difference_update({number})
        working: set[int] = set()
        for start, end in pairwise(sorted(changes)):
            working ^= changes[start]
            yield (start, end), tuple(sorted(working))

    def hidden(self, number: int, works: Iterable[int]) -> bool:
        """Tell whether the loss hides behind one of those that are at work at the same time."""
        return any(self.scoped[other].hides(self.scoped[number]) for other in works)


def _losses(stream: Stream, fields: frozenset[str]) -> Iterator[Loss]:
    for flaw in stream.defects:
        spans = tidy([flaw.span])
        yield Loss(flaw, minus(spans, stream.attested) if flaw.state == State.SILENT else spans)
    for purge in stream.purges:
        yield Loss(purge, purge.taken)
    for field in stream.fields:
        if field.name in fields:
            yield Loss(field, minus(ALWAYS, field.logged))
