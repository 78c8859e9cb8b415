"""Where a value stands in a record but in no column: such a record is no finding, and keeps the value from being called absent.

A rule that forwards mail, a range that a firewall lets in, a chain of proxies: sources give each its place in the record, not a column.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network, ip_network
from urllib.parse import quote
from xml.sax.saxutils import escape

import duckdb
import numpy as np
import polars as pl

from timeline.case.reread import Again
from timeline.core.spans import Span
from timeline.hunting.looks import Look, spellings

SHORT = 4
QUOTES = {"'": "&apos;", '"': "&quot;"}
UNREAD = -1
"""In the place of a look: the records that could not be read again."""


def elsewhere(connection: duckdb.DuckDBPyConnection, looks: Mapping[int, Look], window: Span) -> Counter[int]:
    """Count the records of the window in whose text each look stands; one pass over them all, whatever the number of looks."""
    patterns: dict[str, list[int]] = {}
    for number, look in looks.items():
        for text in _spelled(look):
            patterns.setdefault(text.lower(), []).append(number)
    found: Counter[int] = Counter()
    if not patterns:
        return found
    wanted = _wanted(connection, window)
    left = sum(len(records) for records in wanted.values())
    again = Again(connection.cursor())
    try:
        for piece in again.records(wanted):
            left -= piece.num_rows
            for text, rows in _matched(pl.Series(piece.column("line").to_pylist(), dtype=pl.String), list(patterns)):
                for number in patterns[text]:
                    found[number] += rows
    finally:
        again.close()
    found[UNREAD] = left
    return found


def _wanted(connection: duckdb.DuckDBPyConnection, window: Span) -> dict[int, np.ndarray]:
    """Give the numbers of the records by file; those that state no time may be of any window."""
    rows = connection.execute(
        "SELECT file_no, list(record) FROM (SELECT file_no, record FROM event WHERE kept AND time_us >= ? AND time_us < ? "
        "UNION ALL SELECT file_no, record FROM undated) GROUP BY file_no",
        [*window],
    ).fetchall()
    return {number: np.array(records, np.int64) for number, records in rows}


def _matched(lines: pl.Series, patterns: list[str]) -> Iterable[tuple[str, int]]:
    """Give each pattern that stands in some lines, and in how many."""
    hits = lines.str.to_lowercase().str.extract_many(patterns, overlapping=True).list.unique().explode().drop_nulls()
    return hits.value_counts().iter_rows() if len(hits) else ()


def _spelled(look: Look) -> set[str]:
    """Give the texts of which one stands in every record that holds the value; of a pattern its longest plain part."""
    if look.op == "inside":
        plain = _beginning(look.value)
    elif look.op == "glob":
        plain = max(look.value.split("*"), key=len)
    elif look.op in {"like", "regex"}:
        plain = max(re.split(r"[%_]|\\.|[^\w@:/. -]" if look.op == "regex" else r"[%_]|\\", look.value), key=len)
    else:
        plain = look.value
    forms = {plain, *(spellings(look) if look.op == "equals" and look.kind in {"address", "hash"} else ())}
    return {form for told in forms for form in _written(told)}


def _written(told: str) -> tuple[str, ...]:
    """Give a text as JSON, XML and addresses write it."""
    quoted = json.dumps(told)[1:-1]
    careful = re.sub(r"[<>&'+]", lambda sign: f"\\u{ord(sign[0]):04x}", quoted)
    return (
        told,
        quoted,
        quoted.replace("/", "\\/"),
        careful,
        escape(told, QUOTES),
        quote(told, safe="/:@"),
        quote(told, safe=""),
    )


def _beginning(told: str) -> str:
    """Give the whole octets (or groups) with which every address of a range begins."""
    network = ip_network(told, strict=False)
    if isinstance(network, IPv4Network):
        return "".join(f"{part}." for part in str(network.network_address).split(".")[: network.prefixlen // 8])
    groups = network.network_address.exploded.split(":")[: network.prefixlen // 16]
    return "".join(f"{int(group, 16):x}:" for group in groups)


def too_short(look: Look) -> bool:
    """Tell whether a look says too little to be sought in text: it stands nearly anywhere."""
    return min(map(len, _spelled(look))) < SHORT
