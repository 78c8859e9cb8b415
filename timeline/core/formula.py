"""What a condition says over numbered tests: true or false for a set of tests that hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Test:
    """A test by its number."""

    number: int


@dataclass(frozen=True)
class Not:
    """The negation of a formula."""

    inner: Formula


@dataclass(frozen=True)
class All:
    """Every part holds."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True)
class Any:
    """Some part holds."""

    parts: tuple[Formula, ...]


Formula = Test | Not | All | Any


def holds(formula: Formula, true: frozenset[int]) -> bool:
    """Tell whether a formula holds where exactly these tests do."""
    match formula:
        case Test(number):
            return number in true
        case Not(inner):
            return not holds(inner, true)
        case All(parts):
            return all(holds(part, true) for part in parts)
        case Any(parts):
            return any(holds(part, true) for part in parts)


def tests(formula: Formula) -> frozenset[int]:
    """Give the numbers of all tests."""
    match formula:
        case Test(number):
            return frozenset([number])
        case Not(inner):
            return tests(inner)
        case All(parts) | Any(parts):
            return frozenset().union(*map(tests, parts))


def wanted(formula: Formula, *, positive: bool = True) -> frozenset[int]:
    """Give the tests that can make a formula true by holding: those under no or two negations."""
    match formula:
        case Test(number):
            return frozenset([number] if positive else [])
        case Not(inner):
            return wanted(inner, positive=not positive)
        case All(parts) | Any(parts):
            return frozenset().union(*(wanted(part, positive=positive) for part in parts))


def pinned(formula: Formula, known: frozenset[int]) -> tuple[int, ...] | None:
    """Give tests out of the known ones of which one must hold wherever the formula does; None if there is no such set."""
    match formula:
        case Test(number):
            return (number,) if number in known else None
        case Not():
            return None
        case All(parts):
            sets = [found for part in parts if (found := pinned(part, known)) is not None]
            return min(sets, key=len, default=None)
        case Any(parts):
            some: set[int] = set()
            for part in parts:
                found = pinned(part, known)
                if found is None:
                    return None
                some.update(found)
            return tuple(sorted(some)) if parts else None
