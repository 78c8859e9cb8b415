"""From parts to the few gaps that people read: what lasts, and what is the same for several scopes, is one gap."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from timeline.core.scope import Scope, atoms, inside, kinds, overlap
from timeline.core.stream import Gap, Piece, State
from timeline.core.universe import Universe

Parts = Iterable[tuple[Scope, tuple[Piece, ...]]]
Kind = tuple[object, ...]
MANY = 512
"""So many kinds of records are told apart over the whole window; more of them only where they differ."""
DEAR = 1_000_000
"""Gaps of one kind times kinds of records: with more of them a long gap may be told in several that follow each other."""


def merged(parts: Parts) -> tuple[Gap, ...]:
    """Give all that is not covered, maximal in time for each record, in order of time."""
    found: dict[Kind, list[Gap]] = defaultdict(list)
    for gap in _lasting(parts):
        found[_kind(gap)].append(gap)
    told = [gap for some in found.values() for group in _groups(some) for gap in _together(group)]
    return tuple(sorted(told, key=lambda gap: (gap.start, gap.scope.text(), gap.end, gap.state)))


def whole(parts: Sequence[tuple[Scope, tuple[Piece, ...]]]) -> tuple[tuple[Scope, tuple[Piece, ...]], ...]:
    """Put the blocks of time of each kind of record together, unless there are too many kinds."""
    scopes = frozenset(scope for scope, _ in parts)
    if len(scopes) == len(parts) or kinds(scopes) > MANY:
        return tuple(parts)
    return tuple((atom, _one_line(parts, atom)) for atom in atoms(scopes))


def _one_line(parts: Parts, atom: Scope) -> tuple[Piece, ...]:
    found: list[Piece] = []
    for piece in (piece for scope, pieces in parts if inside(atom, scope) for piece in pieces):
        lasts = found and found[-1].end == piece.start and _plain(found[-1]) == _plain(piece)
        found.append(replace(piece, start=found.pop().start) if lasts else piece)
    return tuple(found)


def _plain(piece: Piece) -> tuple[object, ...]:
    return piece.state, piece.cause, piece.basis, piece.store, piece.mendable, piece.deadline, piece.evidence


def _lasting(parts: Parts) -> Iterable[Gap]:
    """Join what follows each other in one scope and differs only in its evidence and deadline."""
    open_: dict[tuple[Scope, Kind], Gap] = {}
    done: list[Gap] = []
    for scope, pieces in parts:
        for piece in pieces:
            if piece.state == State.COVERED:
                continue
            gap = _gap(piece, scope)
            key = (scope, _kind(gap))
            last = open_.get(key)
            if last and last.end == gap.start:
                gap = _joined(last, gap)
            elif last:
                done.append(last)
            open_[key] = gap
    return [*done, *open_.values()]


def _groups(some: list[Gap]) -> list[list[Gap]]:
    """Put gaps of one kind together that last on into each other for some records, or that are at the same time."""
    ending: dict[int, list[int]] = defaultdict(list)
    same: dict[tuple[int, int], int] = {}
    above = list(range(len(some)))

    def top(number: int) -> int:
        while above[number] != number:
            above[number] = number = above[above[number]]
        return number

    for number, gap in enumerate(some):
        ending[gap.end].append(number)
        above[top(number)] = top(same.setdefault((gap.start, gap.end), number))
    for number, gap in enumerate(some):
        for other in ending.get(gap.start, ()):
            if overlap(some[other].scope, gap.scope):
                above[top(other)] = top(number)
    groups: dict[int, list[Gap]] = defaultdict(list)
    for number, gap in enumerate(some):
        groups[top(number)].append(gap)
    return list(groups.values())


def _together(group: list[Gap]) -> list[Gap]:
    """Join the gaps of a group for each kind of record, and tell those of the same extent as one, unless they are too many."""
    if len(group) == 1 or len(group) * kinds(gap.scope for gap in group) > DEAR:
        return group
    ordered = sorted(group, key=lambda gap: gap.start)
    cut = atoms(gap.scope for gap in group)
    same: dict[Gap, list[Scope]] = defaultdict(list)
    for atom in cut:
        for run in _runs(gap for gap in ordered if inside(atom, gap.scope)):
            same[run].append(atom)
    universe = Universe(cut)
    return [replace(gap, scope=scope) for gap, some in same.items() for scope in universe.describe(some)]


def _runs(some: Iterable[Gap]) -> list[Gap]:
    runs: list[Gap] = []
    for gap in some:
        plain = replace(gap, scope=Scope())
        runs.append(_joined(runs.pop(), plain) if runs and runs[-1].end == gap.start else plain)
    return runs


def _gap(piece: Piece, scope: Scope) -> Gap:
    origin = piece.state, piece.cause, piece.basis, piece.store
    return Gap(piece.start, piece.end, *origin, piece.mendable, piece.deadline, piece.evidence, scope)


def _kind(gap: Gap) -> Kind:
    return gap.state, gap.cause, gap.basis, gap.store, gap.mendable


def _joined(one: Gap, other: Gap) -> Gap:
    deadlines = [gap.deadline for gap in (one, other) if gap.deadline is not None]
    evidence = tuple(dict.fromkeys((*one.evidence, *other.evidence)))
    return replace(one, end=other.end, deadline=min(deadlines, default=None), evidence=evidence)
