"""DuckDB's own syntax tree of a statement, and the paths that a source's statement reads by `r.…`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import duckdb

from timeline.errors import CaseError


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def syntax(statement: str) -> dict[str, Any]:
    """Give DuckDB's own syntax tree of a SELECT."""
    tree: dict[str, Any] = json.loads(_parser().execute("SELECT json_serialize_sql(?)", [statement]).fetchall()[0][0])
    if tree.get("error"):
        told = tree.get("error_message")
        reason = "it must be one SELECT" if "Only SELECT" in str(told) else told
        raise CaseError(f"the SQL cannot be parsed: {reason}\n{statement}")
    return tree


def nodes(node: object) -> Iterator[dict[str, Any]]:
    """Walk every node of a syntax tree, parents first."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from nodes(value)


@cache
def aliases(statement: str) -> tuple[str, ...]:
    """Give the names of the columns that a SELECT gives."""
    node = syntax(statement)["statements"][0]["node"]
    while "select_list" not in node:  # of a union the first part names the columns
        node = node["left"]
    chosen = node["select_list"]
    return tuple(str(each.get("alias") or (each.get("column_names") or ["?"])[-1]) for each in chosen)


@cache
def bound(statement: str) -> frozenset[str]:
    """Give the names of the parameters that a statement binds."""
    return frozenset(str(n["identifier"]) for n in nodes(syntax(statement)) if n.get("class") == "PARAMETER")


@cache
def references(statement: str) -> tuple[tuple[tuple[str, ...], int, int], ...]:
    """Give each `r.…` of a SELECT as (path, place, length in bytes), from DuckDB's own syntax tree."""
    found = []
    for node in nodes(syntax(statement)):
        names = node.get("column_names") if node.get("type") == "COLUMN_REF" else None
        if isinstance(names, list) and names[0] == "r" and len(names) > 1:
            place, length = int(str(node["query_location"])), int(str(node["query_location_length"]))
            found.append((tuple(str(n) for n in names[1:]), place, length))
    return tuple(sorted(set(found), key=lambda each: each[1]))


def rewrite(statement: str, wording: Mapping[tuple[str, ...], str]) -> str:
    """Put for each `r.…` the expression that reads it."""
    text = statement.encode()
    for path, place, length in reversed(references(statement)):
        text = text[:place] + wording[path].encode() + text[place + length :]
    return text.decode()


def json_path(path: tuple[str, ...]) -> str:
    """Spell a path for DuckDB's JSON functions; `#0` is an array element."""
    parts = (
        f"[{part[1:]}]" if part[:1] == "#" and part[1:].isdigit() else '."' + part.replace('"', '\\"') + '"'
        for part in path
    )
    return "$" + "".join(parts)
