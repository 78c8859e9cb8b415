"""A stream's records cut into parts of which the same is said, key by key and only as fine as it must be."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from timeline.core.scope import EVERYTHING, Scope, Term, cells, inside

Said = TypeVar("Said", bound=Hashable)
Numbers = frozenset[int]
Terms = frozenset[Term]


class Side(NamedTuple):
    """Some values of one key, and the scopes that they match as far as this key goes."""

    terms: Terms
    matched: Numbers


@dataclass(frozen=True)
class Cutter(Generic[Said]):
    """Cuts by scopes; `said` tells what holds of records inside of just these, `hidden` which of them tells nothing there."""

    said: Callable[[Numbers], Said]
    hidden: Callable[[int, Numbers], bool]

    def parts(self, scopes: Mapping[int, Scope]) -> list[tuple[Scope, Said]]:
        """Give the parts: no record is in two of them, and each is in one. Strong scopes should come first."""
        keys = dict.fromkeys(key for scope in scopes.values() for key in sorted({term.key for term in scope.terms}))
        return self._cut(EVERYTHING, frozenset(), {n: scope.terms for n, scope in scopes.items()}, tuple(keys))

    def _cut(
        self, part: Scope, within: Numbers, left: Mapping[int, Terms], keys: tuple[str, ...]
    ) -> list[tuple[Scope, Said]]:
        """Cut a part by its next key; `left` are the terms of other keys that a record must still match for each scope."""
        if not keys or not left:
            return [(part, self.said(within))]
        spoken = {n: own for n, terms in left.items() if (own := frozenset(t for t in terms if t.key == keys[0]))}
        found: list[tuple[Scope, Said]] = []
        alike: dict[Said, set[str]] = defaultdict(set)
        for terms, matched in self._sides(keys[0], spoken, within):
            rest = {n: own - spoken.get(n, frozenset()) for n, own in left.items() if n in matched or n not in spoken}
            full = within | {n for n, own in rest.items() if not own}
            open_ = {n: own for n, own in rest.items() if own}
            inner = self._cut(Scope(part.terms | terms), full, open_, keys[1:])
            if len(inner) == 1 and terms and _plain(terms):
                alike[inner[0][1]].update(value for term in terms for value in term.values)
            else:
                found += inner
        named = ((frozenset([Term(keys[0], frozenset(values))]), said) for said, values in alike.items())
        found += [(Scope(part.terms | terms), said) for terms, said in named]
        first = found[0][1]
        return [(part, first)] if all(said == first for _, said in found) else found

    def _sides(self, key: str, spoken: Mapping[int, Terms], within: Numbers) -> Iterator[Side]:
        """Cut the values of a key; what hides in the part needs no side of its own."""
        seen = {n: terms for n, terms in spoken.items() if not self.hidden(n, within)}
        named: dict[str, set[int]] = defaultdict(set)
        for number, terms in seen.items():
            for value in (value for term in terms for value in term.values):
                named[value].add(number)
        if all(_plain(terms) for terms in seen.values()):
            for value in sorted(named):
                yield Side(frozenset([Term(key, frozenset([value]))]), frozenset(named[value]))
            others = [Term(key, frozenset(named), negated=True)] if named else []
            yield Side(frozenset(others), frozenset())
            return
        for cell in cells(key, frozenset(named)):
            yield Side(cell, frozenset(n for n, terms in seen.items() if inside(Scope(cell), Scope(terms))))


def _plain(terms: Terms) -> bool:
    """Tell whether the terms of a key name its values one by one."""
    (term, *more) = terms
    return not more and not term.negated and not any("*" in value for value in term.values)
