"""Had such an event happened then, would it be in the case? Asked for each instant and each scope.

The layers and the union of copies are those of the coverage calculus (docs: knowing); `votes` draws the layers of each
collection, `sweep` shows the best of them.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from timeline.core.retention import Policy, expires
from timeline.core.scope import Scope, atoms, inside
from timeline.core.spans import Span, Spans
from timeline.core.stream import Collection, Defect, Gap, Piece, State, Stream
from timeline.core.sweep import Stroke, paint
from timeline.core.universe import Universe
from timeline.core.votes import View, ballot

__all__ = ["Collection", "Coverage", "Defect", "Gap", "Piece", "State", "Stream", "coverage", "gaps"]

Coverage = Mapping[Scope, tuple[Piece, ...]]


def coverage(stream: Stream, window: Span) -> Coverage:
    """Partition the window, for each scope atom of the stream, into pieces of one state."""
    scopes = [policy.scope for policy in stream.policies]
    scopes += [taken.scope for taken in stream.collections]
    scopes += [defect.scope for defect in stream.defects]
    known: dict[object, tuple[Piece, ...]] = {}
    found: dict[Scope, tuple[Piece, ...]] = {}
    for atom in atoms(scopes):
        concerned = tuple(inside(atom, scope) for scope in scopes)
        if concerned not in known:
            known[concerned] = _pieces(_view(stream, concerned), window)
        found[atom] = known[concerned]
    return found


def gaps(covered: Coverage, window: Span) -> tuple[Gap, ...]:
    """List what is not covered, in order of time, atoms with the same gap as one."""
    same: dict[Gap, list[Scope]] = defaultdict(list)
    for atom, pieces in covered.items():
        for gap in _runs(pieces, window):
            same[gap].append(atom)
    universe = Universe(covered)
    found = [replace(gap, scope=scope) for gap, some in same.items() for scope in universe.describe(some)]
    return tuple(sorted(found, key=lambda gap: (gap.start, gap.scope.text(), gap.end, gap.state)))


def _view(stream: Stream, concerned: tuple[bool, ...]) -> View:
    """Pick what concerns an atom: the flags stand for policies, collections and defects, in this order."""
    flags = iter(concerned)
    policies: dict[str, Policy] = {}
    for policy in sorted((p for p in stream.policies if next(flags)), key=_detail):
        policies[policy.store] = policy
    collections = tuple((taken, next(flags)) for taken in stream.collections)
    return View(stream, policies, collections, tuple(defect for defect in stream.defects if next(flags)))


def _detail(policy: Policy) -> tuple[int, int]:
    """Tell how specific a policy's scope is: more terms, then longer literal text."""
    literal = (min(len(value.replace("*", "")) for value in term.values) for term in policy.scope.terms)
    return len(policy.scope.terms), sum(literal)


def _pieces(view: View, window: Span) -> tuple[Piece, ...]:
    stores = [_Store(view.policies[name], view.held(name)) for name in view.stores() if name in view.policies]
    cuts = sorted({border for store in stores for span in store.held for border in span})
    found: list[Piece] = []
    for stroke in paint(ballot(view), window) if window[0] < window[1] else []:
        if stroke.mark.state == State.COVERED:
            found.append(_piece(stroke, (stroke.start, stroke.end)))
            continue
        inner = cuts[bisect_right(cuts, stroke.start) : bisect_left(cuts, stroke.end)]
        spans = zip([stroke.start, *inner], [*inner, stroke.end], strict=True)
        found += [_mended(_piece(stroke, span), stores, view.stream.as_of) for span in spans]
    return tuple(found)


@dataclass(frozen=True)
class _Store:
    """A copy from which something may still be collected."""

    policy: Policy
    held: Spans

    def holds(self, instant: int) -> bool:
        place = bisect_right(self.held, instant, key=lambda span: span[0])
        return place > 0 and instant < self.held[place - 1][1]


def _piece(stroke: Stroke, span: Span) -> Piece:
    state, cause, (basis, store, evidence) = stroke.mark
    return Piece(*span, state, cause, basis, store, evidence=evidence)


def _mended(piece: Piece, stores: Iterable[_Store], as_of: int) -> Piece:
    """Say until when the piece can still be collected: the store that keeps it longest counts."""
    span = piece.start, piece.end
    ends = [expires(store.policy, span, as_of) for store in stores if store.holds(piece.start)]
    if not ends:
        return piece
    limits = [end for end in ends if end is not None]
    return replace(piece, mendable=True, deadline=max(limits) if len(limits) == len(ends) else None)


def _runs(pieces: Iterable[Piece], window: Span) -> list[Gap]:
    """Join neighbours that differ only in their evidence and deadline."""
    runs: list[Gap] = []
    for piece in pieces:
        start, end = max(piece.start, window[0]), min(piece.end, window[1])
        if piece.state == State.COVERED or start >= end:
            continue
        gap = _gap(piece, start, end)
        if runs and runs[-1].end == start and _kind(runs[-1]) == _kind(gap):
            gap = _joined(runs.pop(), gap)
        runs.append(gap)
    return runs


def _gap(piece: Piece, start: int, end: int) -> Gap:
    origin = piece.state, piece.cause, piece.basis, piece.store
    return Gap(start, end, *origin, piece.mendable, piece.deadline, piece.evidence)


def _kind(gap: Gap) -> tuple[object, ...]:
    return gap.state, gap.cause, gap.basis, gap.store, gap.mendable


def _joined(one: Gap, other: Gap) -> Gap:
    deadlines = [gap.deadline for gap in (one, other) if gap.deadline is not None]
    evidence = tuple(dict.fromkeys((*one.evidence, *other.evidence)))
    return replace(one, end=other.end, deadline=min(deadlines, default=None), evidence=evidence)
