"""What part of a stream a statement is about: a principal, a mailbox, a record type, or the whole stream."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Term(NamedTuple):
    """The key's value matches one of the globs, or none of them if negated."""

    key: str
    values: frozenset[str]
    negated: bool = False


@dataclass(frozen=True)
class Scope:
    """Records for which all terms hold; no term: every record."""

    terms: frozenset[Term] = frozenset()

    def text(self) -> str:
        """Spell it as the contract does: `actor=a|b,not mailbox=c`; empty for everything."""
        raise NotImplementedError


EVERYTHING = Scope()


def scope_of(where: Mapping[str, str | Iterable[str]], but: Mapping[str, str | Iterable[str]] | None = None) -> Scope:
    """Make a scope: the keys of `where` must match one of their globs, those of `but` none of theirs."""
    raise NotImplementedError


def overlap(a: Scope, b: Scope) -> bool:
    """Tell whether one record could be in both; in doubt yes."""
    raise NotImplementedError


def inside(atom: Scope, scope: Scope) -> bool:
    """Tell whether the atom lies in the scope, which must be one of those it was made from."""
    raise NotImplementedError


def atoms(scopes: Iterable[Scope]) -> tuple[Scope, ...]:
    """Cut the universe into parts, each of which lies wholly inside or wholly outside of every given scope."""
    raise NotImplementedError


def describe(some: Iterable[Scope], universe: Iterable[Scope]) -> tuple[Scope, ...]:
    """Describe some atoms of a universe in few scopes: all of them are EVERYTHING."""
    raise NotImplementedError
