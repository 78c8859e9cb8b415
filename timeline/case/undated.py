"""Records that state no time at all: events all the same, but of a table of their own, for no answer can count them.

They stay among the rejected as well, so that what they might have shown is missing from what is covered.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import duckdb

from timeline.catalog import Source, nodes, syntax

TIMES = re.compile(r"time|date|published|created|received|recorded|^ts$", re.IGNORECASE)
REASON = "no time is stated; kept as an event without one"


def untimed(sources: Iterable[Source]) -> list[Source]:
    """Give sources as ones that take just the records that are theirs and state none of the times that are read."""
    known = {source.id: source for source in sources}
    dated = (source for source in known.values() if stated(source.select) and not _mendable(source))
    return [replace(source, match=_condition(source)) for source in dated]


def _mendable(source: Source) -> bool:
    """Tell whether a zone or the time of the collection would give such records a time."""
    return source.local_time or re.search(r"\bcollected\b", source.select) is not None


def _condition(source: Source) -> str:
    times = ", ".join(".".join(["r", *(f'"{part}"' for part in path)]) for path in stated(source.select))
    return f"({source.undated or source.match}) AND coalesce({times}) IS NULL"


@cache
def stated(select: str) -> tuple[tuple[str, ...], ...]:
    """Give the paths to times of which a SELECT's column `time` is made, by way of the columns that it uses."""
    made: dict[str, list[list[str]]] = defaultdict(list)
    for select_list in (node["select_list"] for node in nodes(syntax(select)) if "select_list" in node):
        for node in select_list:
            made[str(node.get("alias")).lower()] += [
                each["column_names"] for each in nodes(node) if "column_names" in each
            ]
    paths: list[tuple[str, ...]] = []
    asked, seen = ["time"], set()
    while asked:
        name = asked.pop()
        paths += [tuple(path) for first, *path in made[name] if first == "r" and path]
        seen.add(name)
        asked += [each[0].lower() for each in made[name] if len(each) == 1 and each[0].lower() not in seen]
    return tuple(path for path in dict.fromkeys(paths) if TIMES.search(path[-1]))


def mark(connection: duckdb.DuckDBPyConnection, file_no: int) -> None:
    """Tell of the rejected records of a file which are events without a time."""
    connection.execute(
        "UPDATE rejected SET undated = true, reason = ? "
        "WHERE file_no = ? AND record IN (SELECT record FROM undated WHERE file_no = ?)",
        [REASON, file_no, file_no],
    )
