"""A source's SELECT, parsed once, cut into its columns and put together again: only those that are wanted, in layers, its paths reworded.

In layers, because DuckDB puts the earlier expression in place of its name, and a macro its argument in place of each use: ten steps of
this make a statement that takes seconds to plan (measured on a busy machine: 24 s for thirteen sources, 1 s in layers).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any

from timeline.catalog import nodes, syntax

_TOKEN = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/|[()\[\]{},]|\bFROM\b", re.IGNORECASE | re.DOTALL
)
Path = tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """A piece of a SELECT: the name that it gives (none: that of the column it hands on), its text, the columns that it names, and its `r.…`.

    `reads` are the paths with their places and lengths in the bytes of the text.
    """

    alias: str
    text: str
    names: frozenset[str]
    reads: tuple[tuple[Path, int, int], ...] = field(repr=False)

    def reworded(self, words: Mapping[Path, str]) -> str:
        """Give the text with the expression that reads it in place of each `r.…`."""
        text = self.text.encode()
        for path, place, length in reversed(self.reads):
            text = text[:place] + words[path].encode() + text[place + length :]
        return text.decode()


@dataclass(frozen=True)
class Select:
    """A SELECT: its columns, and the rest from FROM on."""

    columns: tuple[Part, ...]
    rest: Part

    def pruned(self, wanted: frozenset[str]) -> Select:
        """Give the SELECT with only the wanted columns and those that they use: what nobody needs is not even planned."""
        needed, kept = set(self.rest.names), list[Part]()
        for column in reversed(self.columns):
            if not column.alias or column.alias in wanted or column.alias in needed:
                needed |= column.names
                kept.append(column)
        return Select(tuple(reversed(kept)), self.rest)

    @property
    def given(self) -> frozenset[str]:
        """The names of its columns."""
        return frozenset(name for column in self.columns for name in ([column.alias] if column.alias else column.names))

    @property
    def paths(self) -> list[Path]:
        """Every path that is read, once, in order."""
        return list(dict.fromkeys(path for part in (*self.columns, self.rest) for path, _, _ in part.reads))

    def layered(self, words: Mapping[Path, str]) -> str:
        """Give its text as nested SELECTs, in which no column uses another of its own layer; every lower column stays visible."""
        level: dict[str, int] = {}
        floors: list[list[str]] = []
        for column in self.columns:
            floor = max((level[name] + 1 for name in column.names if name in level), default=0)
            if column.alias:
                level[column.alias] = floor
            while len(floors) <= floor:
                floors.append([])
            floors[floor].append(column.reworded(words))
        statement = f"SELECT *, {', '.join(floors[0])} {self.rest.reworded(words)}"
        for texts in floors[1:]:
            statement = f"SELECT *, {', '.join(texts)} FROM ({statement})"
        return statement


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    """Give the commas and the word FROM that stand outside of all brackets and quotes."""
    depth = 0
    for token in _TOKEN.finditer(text):
        sign = token.group()
        depth += (sign in "([{") - (sign in ")]}")
        if depth == 0 and (sign == "," or sign.upper() == "FROM"):
            yield sign.upper(), token.start()


def _cut(select: str) -> list[tuple[int, int]]:
    """Give where in a SELECT the texts of its columns begin and end, and last the rest."""
    cuts, end = [len("SELECT")], len(select)
    for sign, place in _tokens(select):
        if sign == "FROM":
            end = place
            break
        cuts.append(place + 1)
    columns = ((a, b - 1) for a, b in pairwise([*cuts, end + 1]))
    bare = ((b - len(select[a:b].lstrip()), b) for a, b in columns)
    return [*((a, a + len(select[a:b].rstrip())) for a, b in bare), (end, len(select))]


def _part(select: str, span: tuple[int, int], alias: str, trees: Iterable[dict[str, Any]]) -> Part:
    """Make the piece of a SELECT that these parts of its syntax tree stand for."""
    start = len(select[: span[0]].encode())
    names, reads = set(), set()
    for node in trees:
        told = node.get("column_names") if node.get("type") == "COLUMN_REF" else None
        if told and len(told) == 1:
            names.add(str(told[0]).lower())
        elif told and told[0] == "r":
            place = int(str(node["query_location"])) - start
            reads.add((tuple(map(str, told[1:])), place, int(str(node["query_location_length"]))))
    ordered = tuple(sorted(reads, key=lambda read: read[1]))
    return Part(alias, select[span[0] : span[1]], frozenset(names), ordered)


@cache
def parsed(select: str) -> Select:
    """Cut a SELECT into its parts, by DuckDB's own syntax tree."""
    node = syntax(select)["statements"][0]["node"]
    *spans, end = _cut(select)
    columns = tuple(
        _part(select, span, str(item.get("alias") or "").lower(), nodes(item))
        for span, item in zip(spans, node["select_list"], strict=True)
    )
    rest = nodes({key: value for key, value in node.items() if key != "select_list"})
    return Select(columns, _part(select, end, "", rest))


def column(expression: str, alias: str) -> Part:
    """Make a column of an expression."""
    return parsed(f"SELECT {expression} AS {alias}").columns[0]
