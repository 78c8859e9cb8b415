"""Relations: what several questions work out alike (the lineage of objects, the requests of a copy), written once.

A question that names one in `uses` gets its statement as common table expressions in front of its own, so that the method it
prints is one complete statement that any engine of the portable subset runs. Nothing is nested: an engine that knows no WITH
inside of WITH runs it too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from timeline.catalog.facts import check, facts_of, once, strings, table
from timeline.catalog.syntax import aliases, bound
from timeline.catalog.words import folder
from timeline.errors import CaseError

JOINT = ",\n"
BOUNDS = frozenset({"from_us", "to_us"})
_TOKEN = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/|[(),]|\bSELECT\b", re.IGNORECASE | re.DOTALL
)
_HEAD = re.compile(r"WITH\s+(?:RECURSIVE\s+)?", re.IGNORECASE)
_NAME = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/)*(\w+)\s+AS\b", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Relation:
    """What a file of `queries/relations` gives: its columns, the parameters it asks for, and its SELECT."""

    id: str
    path: Path
    select: str
    gives: str
    columns: Mapping[str, str] = field(default_factory=dict)
    parameters: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Statement:
    """A statement taken apart: its common table expressions by name, and the SELECT below them."""

    ctes: tuple[tuple[str, str], ...]
    body: str
    recursive: bool

    @property
    def text(self) -> str:
        """The statement as one text."""
        if not self.ctes:
            return self.body
        word = "WITH RECURSIVE" if self.recursive else "WITH"
        return f"{word} {JOINT.join(text for _, text in self.ctes)}\n{self.body}"


def _outside(text: str) -> Iterator[tuple[str, int]]:
    """Give the commas and the word SELECT that stand outside of all brackets, quotes and comments."""
    depth = 0
    for token in _TOKEN.finditer(text):
        sign = token.group()
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and (sign == "," or sign.upper() == "SELECT"):
            yield sign.upper(), token.start()


def taken_apart(statement: str) -> Statement:
    """Take a statement apart into its common table expressions and the SELECT below them."""
    head = _HEAD.match(statement)
    if not head:
        return Statement((), statement, recursive=False)
    start, ctes = head.end(), []
    for sign, place in _outside(statement):
        if place < start:
            continue
        ctes.append(statement[start:place].strip())
        start = place + (sign == ",")
        if sign == "SELECT":
            break
    names = [match[1] if (match := _NAME.match(text)) else "" for text in ctes]
    return Statement(tuple(zip(names, ctes, strict=True)), statement[start:], "recursive" in head[0].lower())


def read_relation(path: Path) -> Relation:
    """Read and check one file of `queries/relations`."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", path.stem):
        raise CaseError(f"{path}: its name must be a plain word of SQL: small letters, digits and _")
    facts, select = facts_of(path)
    check(path, facts, ("gives", "columns", "parameters", "uses"), ("gives", "columns"))
    columns, parameters = table(facts["columns"]), strings(facts.get("parameters", []))
    try:
        given, asked = aliases(select), bound(select) - BOUNDS
    except CaseError as error:
        raise CaseError(f"{path}: {error}") from None
    if {*given} != columns.keys():
        raise CaseError(f"{path}: it gives the columns {', '.join(given)}; its facts name {', '.join(columns)}")
    if asked != {*parameters}:
        raise CaseError(f"{path}: it binds the parameters {sorted(asked)}; its facts name {sorted(parameters)}")
    return Relation(path.stem, path, select, str(facts["gives"]), columns, parameters, strings(facts.get("uses", [])))


def relations(extra: Path | None = None) -> dict[str, Relation]:
    """Give every relation of the package and of the user's own folder of questions, by the name of its file."""
    places = [folder("queries"), *([extra] if extra else [])]
    paths = [path for place in places for path in sorted((place / "relations").glob("*.sql"))]
    return {name: read_relation(path) for name, path in once(paths, "relation").items()}


def _needed(
    path: Path, uses: Iterable[str], known: Mapping[str, Relation], trail: tuple[str, ...] = ()
) -> dict[str, Relation]:
    """Give the relations that a file uses and those that these use, each after those that it needs."""
    found: dict[str, Relation] = {}
    for name in uses:
        if name not in known:
            raise CaseError(f"{path}: uses the relation {name!r}; known are: {', '.join(sorted(known)) or 'none'}")
        if name in trail:
            raise CaseError(f"{path}: its relations use one another in a circle: {' → '.join((*trail, name))}")
        found |= _needed(known[name].path, known[name].uses, known, (*trail, name))
        found[name] = known[name]
    return found


@dataclass(frozen=True)
class Whole:
    """A statement with the relations that it uses: complete, and in stages that can be worked out one after the other.

    `stages` are the relations' common table expressions by name; `own` is the statement that stands on them.
    """

    text: str
    own: str
    stages: tuple[tuple[str, str], ...] = ()
    parameters: frozenset[str] = frozenset()


def complete(
    path: Path, select: str, uses: tuple[str, ...], known: Mapping[str, Relation], steps: tuple[str, ...] = ()
) -> Whole:
    """Put the relations that a statement uses in front of it; `steps` are its own expressions that are worked out once and kept."""
    used = _needed(path, uses, known)
    if not used and not steps:
        return Whole(select, select)
    own = taken_apart(select)
    if lacking := sorted({*steps} - {name for name, _ in own.ctes}):
        raise CaseError(f"{path}: steps names {lacking[0]!r}; it must name common table expressions of its SELECT")
    parts = [(each.path, taken_apart(each.select), each.id) for each in used.values()]
    ctes = [(place, cte) for place, part, name in parts for cte in (*part.ctes, (name, f"{name} AS (\n{part.body}\n)"))]
    _distinct([*ctes, *((path, cte) for cte in own.ctes)])
    stages = tuple(cte for _, cte in ctes)
    before, rest = _stepped(own, steps)
    recursive = own.recursive or any(part.recursive for _, part, _ in parts)
    asked = frozenset(name for each in used.values() for name in each.parameters)
    return Whole(Statement((*stages, *own.ctes), own.body, recursive).text, rest, (*stages, *before), asked)


def _stepped(own: Statement, steps: tuple[str, ...]) -> tuple[tuple[tuple[str, str], ...], str]:
    """Give the steps of a statement, each with the expressions before it that are none, and the statement that is left."""
    found: list[tuple[str, str]] = []
    waiting: list[tuple[str, str]] = []
    for name, text in own.ctes:
        if name in steps:
            found.append((name, JOINT.join([*(each for _, each in waiting), text])))
        else:
            waiting.append((name, text))
    return tuple(found), Statement(tuple(waiting), own.body, own.recursive).text


def _distinct(ctes: Iterable[tuple[Path, tuple[str, str]]]) -> None:
    homes: dict[str, Path] = {}
    for place, (name, _) in ctes:
        if homes.setdefault(name.lower(), place) != place:
            raise CaseError(
                f"{place}: {name!r} is also defined in {homes[name.lower()]}; give one of them another name"
            )
