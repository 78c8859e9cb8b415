"""Had such an event happened then, would it be in the case? Asked for each instant and each scope.

The layers and the union of copies are those of the coverage calculus (docs: knowing); `votes` draws the layers of each
collection, `sweep` shows the best of them, `blocks` and `parts` keep time and scopes apart where they have nothing to do with
each other, and `merge` puts together what is one gap.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial

from timeline.core.blocks import Loss, Losses
from timeline.core.drawing import Blind, Drawing
from timeline.core.merge import merged, whole
from timeline.core.parts import Cutter
from timeline.core.retention import Policy
from timeline.core.scope import EVERYTHING, Scope
from timeline.core.spans import Span
from timeline.core.stream import Collection, Defect, Field, Gap, Piece, Purge, State, Stream
from timeline.core.votes import Flaw, Hole, View

__all__ = ["Collection", "Coverage", "Defect", "Field", "Gap", "Piece", "Purge", "State", "Stream", "coverage", "gaps"]


@dataclass(frozen=True)
class Coverage:
    """States of a stream over a window: each record is at each instant in one part, and there in one piece."""

    window: Span
    parts: tuple[tuple[Scope, tuple[Piece, ...]], ...]

    def items(self) -> Iterator[tuple[Scope, tuple[Piece, ...]]]:
        """Give the parts of the records, each with its pieces over the whole window.

        Where scopes are so many that this would be a full product of them, the parts hold for blocks of time only.
        """
        return iter(self._whole)

    @cached_property
    def _whole(self) -> tuple[tuple[Scope, tuple[Piece, ...]], ...]:
        return whole(self.parts)

    @cached_property
    def keys(self) -> frozenset[str]:
        """What its scopes speak of: actor, mailbox, operation, …."""
        return frozenset(term.key for scope, _ in self.parts for term in scope.terms)

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """What is not covered, in order of time, scopes with the same gap as one."""
        return merged(self.parts)


def coverage(stream: Stream, window: Span, fields: Iterable[str] = ()) -> Coverage:
    """Partition the window and the records of the stream into pieces of one state.

    Where one of the `fields` is not logged, the records are of no use to what asks, and the state is not_enabled.
    """
    if window[0] >= window[1]:
        return Coverage(window, ((EVERYTHING, ()),))
    sketch = _Sketch(stream, Losses(stream, frozenset(fields), window))
    base = dict(enumerate(sketch.scopes))
    found: list[tuple[Scope, tuple[Piece, ...]]] = []
    for span, works in sketch.losses.blocks():
        scopes = base | {len(base) + number: sketch.losses.scoped[number].what.scope for number in works}
        cutter = Cutter(partial(sketch.pieces, span=span), sketch.hidden)
        named = {number: scope for number, scope in scopes.items() if scope != EVERYTHING}
        found += cutter.parts(named)
    return Coverage(window, tuple(found))


def gaps(covered: Coverage, window: Span) -> tuple[Gap, ...]:
    """List what is not covered inside a window, in order of time, scopes with the same gap as one."""
    if window[0] <= covered.window[0] and covered.window[1] <= window[1]:
        return covered.gaps
    inner = (replace(gap, start=max(gap.start, window[0]), end=min(gap.end, window[1])) for gap in covered.gaps)
    return tuple(gap for gap in inner if gap.start < gap.end)


class _Sketch:
    """Draws the whole window for each set of statements once, and gives blocks of it."""

    def __init__(self, stream: Stream, losses: Losses) -> None:
        self.stream, self.losses = stream, losses
        self.scopes = [policy.scope for policy in stream.policies] + [taken.scope for taken in stream.collections]
        self._general = frozenset(number for number, scope in enumerate(self.scopes) if scope == EVERYTHING)
        self._drawn: dict[frozenset[int], Drawing] = {}

    def hidden(self, number: int, within: frozenset[int]) -> bool:
        """Tell whether a scoped loss tells nothing of records of these scopes."""
        first = len(self.scopes)
        return number >= first and self.losses.hidden(number - first, self._works(within))

    def pieces(self, within: frozenset[int], span: Span) -> tuple[Piece, ...]:
        """Give what is said in a span of records inside of just these scopes."""
        key = within | self._general
        if key not in self._drawn:
            works = self._works(key)
            extent = self.losses.extent(works)
            self._drawn[key] = Drawing(*self._view(key, self.losses.drawn(works, extent)), extent)
        return self._drawn[key].part(span)

    def _works(self, within: frozenset[int]) -> list[int]:
        """Give the numbers of the scoped losses among these."""
        return sorted(number - len(self.scopes) for number in within if number >= len(self.scopes))

    def _view(self, within: frozenset[int], active: list[Loss]) -> tuple[View, list[Blind]]:
        """Pick what concerns these records."""
        stream = self.stream
        policies: dict[str, Policy] = {}
        for policy in sorted((p for n, p in enumerate(stream.policies) if n in within), key=_rank):
            policies[policy.store] = policy
        taken = tuple((each, n + len(stream.policies) in within) for n, each in enumerate(stream.collections))
        flaws = tuple(Flaw(loss.what, loss.spans) for loss in active if isinstance(loss.what, Defect))
        holes = tuple(Hole(loss.what, loss.spans) for loss in active if isinstance(loss.what, Purge))
        blind = [Blind(loss.what, loss.spans) for loss in active if isinstance(loss.what, Field)]
        return View(stream, policies, taken, flaws, holes), blind


def _rank(policy: Policy) -> tuple[bool, int, int, int]:
    """Tell which policy wins, the last: one with a priority, the lowest first; then more terms, then longer literal text."""
    literal = (min(len(value.replace("*", "")) for value in term.values) for term in policy.scope.terms)
    return policy.priority is not None, -(policy.priority or 0), len(policy.scope.terms), sum(literal)
