"""From atoms back to the few scopes that people read: `actor=a|b`, `not actor=a`, or nothing for the whole stream."""

from collections import defaultdict
from collections.abc import Iterable

from timeline.core.scope import EVERYTHING, Scope, Term, widest, within

Cell = frozenset[Term]
Cells = frozenset[Cell]
Box = tuple[Cells, ...]


class Universe:
    """All atoms of a stream, to describe some of them in few scopes."""

    def __init__(self, atoms: Iterable[Scope]) -> None:
        self._atoms = frozenset(atoms)
        self._keys = sorted({term.key for atom in self._atoms for term in atom.terms})
        self._axes = [frozenset(_cell(atom, key) for atom in self._atoms) for key in self._keys]
        self._extents = [_extents(axis) for axis in self._axes]

    def describe(self, some: Iterable[Scope]) -> tuple[Scope, ...]:
        """Describe these atoms in few scopes, which together hold just them."""
        chosen = frozenset(some)
        if chosen == self._atoms:
            return (EVERYTHING,)
        boxes = {tuple(frozenset([_cell(atom, key)]) for key in self._keys) for atom in chosen}
        for axis in range(len(self._keys)):
            boxes = self._joined(boxes, axis)
        return tuple(sorted((self._scope(box) for box in boxes), key=Scope.text))

    def _joined(self, boxes: set[Box], axis: int) -> set[Box]:
        """Join boxes that differ in this one key, where the outcome can be written as a scope."""
        rows: dict[Box, set[Box]] = defaultdict(set)
        for box in boxes:
            rows[box[:axis] + box[axis + 1 :]].add(box)
        done: set[Box] = set()
        for rest, row in rows.items():
            cells = frozenset[Cell]().union(*(box[axis] for box in row))
            writable = self._terms(axis, cells) is not None
            done |= {(*rest[:axis], cells, *rest[axis:])} if writable else row
        return done

    def _scope(self, box: Box) -> Scope:
        terms = (self._terms(axis, cells) or frozenset() for axis, cells in enumerate(box))
        return Scope(frozenset[Term]().union(*terms))

    def _terms(self, axis: int, cells: Cells) -> Cell | None:
        """Write some cells of one key as terms, if that can be done."""
        if cells == self._axes[axis]:
            return frozenset()
        if len(cells) == 1:
            return next(iter(cells))
        extents, key = self._extents[axis], self._keys[axis]
        fully = {value for value, extent in extents.items() if extent <= cells}
        if _sum(extents, fully) == cells:
            return frozenset([Term(key, widest(fully))])
        never = {value for value, extent in extents.items() if not extent & cells}
        if self._axes[axis] - _sum(extents, never) == cells:
            return frozenset([Term(key, widest(never), negated=True)])
        return None


def _cell(atom: Scope, key: str) -> Cell:
    return frozenset(term for term in atom.terms if term.key == key)


def _sum(extents: dict[str, Cells], values: Iterable[str]) -> Cells:
    return frozenset[Cell]().union(*(extents[value] for value in values))


def _extents(axis: Cells) -> dict[str, Cells]:
    """Give for each pattern of a key the cells in which it holds."""
    patterns = frozenset(value for cell in axis for term in cell for value in term.values)
    globs = [value for value in patterns if "*" in value]
    extents: dict[str, set[Cell]] = {value: set() for value in patterns}
    for cell in axis:
        for held in (value for term in cell if not term.negated for value in term.values):
            for value in {held, *(glob for glob in globs if within(held, glob))}:
                extents[value].add(cell)
    return {value: frozenset(cells) for value, cells in extents.items()}
