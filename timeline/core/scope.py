"""What part of a stream a statement is about: a principal, a mailbox, a record type, or the whole stream."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import prod
from typing import NamedTuple


class Term(NamedTuple):
    """The key's value matches one of the globs, or none of them if negated (a record without the key matches none)."""

    key: str
    values: frozenset[str]
    negated: bool = False

    def text(self) -> str:
        return f"{'not ' * self.negated}{self.key}={'|'.join(sorted(self.values))}"


@dataclass(frozen=True)
class Scope:
    """Records for which all terms hold; no term: every record."""

    terms: frozenset[Term] = frozenset()

    def text(self) -> str:
        """Spell it as the contract does: `actor=a|b,not mailbox=c`; empty for everything."""
        ordered = sorted(self.terms, key=lambda term: (term.key, term.negated, sorted(term.values)))
        return ",".join(term.text() for term in ordered)


EVERYTHING = Scope()

Where = Mapping[str, str | Iterable[str]]


def scope_of(where: Where, but: Where | None = None) -> Scope:
    """Make a scope: the keys of `where` must match one of their globs, those of `but` none of theirs."""
    wanted = (Term(key, _lowered(values)) for key, values in where.items())
    banned = (Term(key, _lowered(values), negated=True) for key, values in (but or {}).items())
    return Scope(frozenset(term for term in wanted if "*" not in term.values) | frozenset(banned))


def overlap(a: Scope, b: Scope) -> bool:
    """Tell whether one record could be in both; in doubt yes."""
    keys = {term.key for term in a.terms} & {term.key for term in b.terms}
    return all(_possible([term for term in a.terms | b.terms if term.key == key]) for key in keys)


def both(one: Scope, other: Scope) -> Scope | None:
    """Give the records of both scopes; None if there can be none."""
    if not one.terms or not other.terms:
        return one if one.terms else other
    keys = {term.key for term in other.terms}
    terms = {term for term in one.terms if term.key not in keys}
    for key in keys:
        joined = _joined(key, [term for term in one.terms | other.terms if term.key == key])
        if joined is None:
            return None
        terms |= joined
    return Scope(frozenset(terms))


def inside(atom: Scope, scope: Scope) -> bool:
    """Tell whether the atom lies in the scope, which must be one of those it was cut by."""
    return all(_matched(atom, term.key, term.values) != term.negated for term in scope.terms)


def atoms(scopes: Iterable[Scope]) -> tuple[Scope, ...]:
    """Cut the universe into parts, each of which lies wholly inside or wholly outside of every given scope."""
    patterns: dict[str, set[str]] = {}
    for term in (term for scope in scopes for term in scope.terms):
        patterns.setdefault(term.key, set()).update(term.values)
    axes = [tuple(cells(key, frozenset(patterns[key]))) for key in sorted(patterns)]
    return tuple(Scope(frozenset[Term]().union(*combined)) for combined in product(*axes))


def kinds(scopes: Iterable[Scope]) -> int:
    """Tell about how many atoms there would be: the product of the values of all keys."""
    values: dict[str, set[str]] = {}
    for term in (term for scope in scopes for term in scope.terms):
        values.setdefault(term.key, set()).update(term.values)
    return prod(1 + len(some) for some in values.values())


@lru_cache(maxsize=65536)
def within(narrow: str, wide: str) -> bool:
    """Tell whether every text that the one glob matches is matched by the other."""
    return narrow == wide or ("*" in wide and _expression(wide).fullmatch(narrow) is not None)


def widest(values: Iterable[str]) -> frozenset[str]:
    """Leave out globs that others of the set include."""
    all_of_them = frozenset(values)
    wide = _globs(all_of_them)
    return frozenset(v for v in all_of_them if not any(v != glob and within(v, glob) for glob in wide))


def _lowered(values: str | Iterable[str]) -> frozenset[str]:
    given = [values] if isinstance(values, str) else values
    return frozenset(re.sub(r"\*+", "*", value.lower()) for value in given)


def _matched(atom: Scope, key: str, values: frozenset[str]) -> bool:
    held = (value for term in atom.terms if term.key == key and not term.negated for value in term.values)
    return any(_among(value, values) for value in held)


def _among(value: str, values: frozenset[str]) -> bool:
    return value in values or any(within(value, glob) for glob in _globs(values))


@lru_cache(maxsize=4096)
def _globs(values: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(value for value in values if "*" in value))


@lru_cache(maxsize=4096)
def _expression(glob: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, glob.split("*"))), re.DOTALL)


def _joined(key: str, terms: list[Term]) -> set[Term] | None:
    """Write terms of one key that all hold in few; None if no value satisfies them."""
    banned = frozenset(value for term in terms if term.negated for value in term.values)
    wanted = [term for term in terms if not term.negated]
    if not _possible(terms):
        return None
    plain = next((term for term in wanted if not _globs(term.values)), None)
    if plain:
        others = [term.values for term in wanted if term != plain]
        left = (v for v in plain.values if not _among(v, banned) and all(_among(v, other) for other in others))
        return {Term(key, frozenset(left))}
    return {*wanted, *([Term(key, widest(banned), negated=True)] if banned else [])}


def _possible(terms: list[Term]) -> bool:
    """Tell whether one value could satisfy terms of one key."""
    wanted = sorted((term.values for term in terms if not term.negated), key=lambda values: len(_globs(values)))
    banned = frozenset(value for term in terms if term.negated for value in term.values)
    if not wanted:
        return True
    return any(not _among(v, banned) and all(_touches(v, other) for other in wanted[1:]) for v in wanted[0])


def _touches(value: str, values: frozenset[str]) -> bool:
    return value in values or any(meet(value, other) for other in (values if "*" in value else _globs(values)))


@lru_cache(maxsize=65536)
def meet(a: str, b: str) -> bool:
    """Tell whether some text matches both globs."""
    todo, seen = [(0, 0)], {(0, 0)}
    while todo:
        i, j = todo.pop()
        if (i, j) == (len(a), len(b)):
            return True
        fresh = set(_steps(a, i, b, j)) - seen
        seen |= fresh
        todo.extend(fresh)
    return False


def _steps(a: str, i: int, b: str, j: int) -> Iterator[tuple[int, int]]:
    """Walk through both globs: a star ends, or takes the other's next character."""
    star_a, star_b = a[i : i + 1] == "*", b[j : j + 1] == "*"
    if star_a or star_b:
        yield from [(i + 1, j)] * (i < len(a))
        yield from [(i, j + 1)] * (j < len(b))
    elif a[i : i + 1] == b[j : j + 1] != "":
        yield i + 1, j + 1


def cells(key: str, values: frozenset[str]) -> Iterator[frozenset[Term]]:
    """Cut the values of one key into one cell for each literal, and one for each possible set of matching globs."""
    globs = _globs(values)
    for value in sorted(values.difference(globs)):
        yield frozenset([Term(key, frozenset([value]))])
    for matched in _combinations(globs):
        wanted = narrowest(matched)
        others = widest(v for v in values.difference(matched) if all(meet(v, glob) for glob in wanted))
        terms = [Term(key, frozenset([glob])) for glob in wanted]
        yield frozenset([*terms, *([Term(key, others, negated=True)] if others else [])])


def narrowest(matched: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out globs that include others of the set: to match the narrowest is enough."""
    return tuple(v for v in matched if not any(v != other and within(other, v) for other in matched))


def _combinations(globs: tuple[str, ...]) -> list[tuple[str, ...]]:
    """List the sets of globs that a value could match while it matches none of the others."""
    found: list[tuple[tuple[str, ...], tuple[str, ...]]] = [((), ())]
    for glob in globs:
        joined = [((*yes, glob), no) for yes, no in found if all(meet(glob, other) for other in yes)]
        found = joined + [(yes, (*no, glob)) for yes, no in found]
        found = [(yes, no) for yes, no in found if not any(within(y, n) for y in yes for n in no)]
    return [yes for yes, _ in found]
