"""Records taken apart: of each the values of the fields that rules ask for, whatever the case of names, arrays walked through.

The whole of a piece of records becomes one flat relation of leaves in DuckDB, and only what some rule asks for is kept of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from timeline.catalog import column_types
from timeline.sigma.checks import Check
from timeline.sigma.logs import Log

DEEP = 64
"""Records nested deeper are not taken apart: what a flat list of their leaves costs grows with the square of the depth."""
LARGE = 1 << 24
PLAIN = re.compile(r"[A-Za-z0-9 .:@-]+")
"""Signs that stand in JSON as they are (or as \\u…)."""
SHORTEST = 3
SAMPLE = 20
"""Records of each stream and operation, in each piece, that are taken apart all the same: they tell which fields the log states."""
NAMES = ("name", "displayname", "key", "@name")
VALUES = ("value", "newvalue", "#text", "intvalue", "boolvalue", "multivalue")
NODES = """
CREATE OR REPLACE TEMP TABLE sigma_node AS WITH
outer_ AS (
    SELECT s.row, '' AS doc, t.parent, {path} AS path, t.type, t.value FROM sigma_line AS s,
        json_tree(CASE WHEN s.json THEN s.line END) AS t WHERE lower(t.key) IN (SELECT key FROM sigma_key)),
packed AS (
    SELECT row, path, value->>'$' AS line FROM outer_ WHERE type = 'VARCHAR' AND path IN (SELECT path FROM sigma_stem)
        AND left(ltrim(value->>'$'), 1) IN ('{{', '[') AND json_valid(value->>'$')),
inner_ AS (
    SELECT p.row, p.path AS doc, t.parent, concat_ws('.', p.path, nullif({path}, '')) AS path, t.type, t.value
    FROM packed AS p, json_tree(p.line) AS t WHERE lower(t.key) IN (SELECT key FROM sigma_key))
SELECT row, doc, parent, path, type, CASE type WHEN 'VARCHAR' THEN value->>'$' WHEN 'NULL' THEN NULL ELSE value::VARCHAR END AS v
FROM (FROM outer_ UNION ALL FROM inner_)
"""
PATH = r"""lower(replace(ltrim(regexp_replace(ltrim(t.fullkey, '$'), '\[\d+\]', '', 'g'), '.'), '"', ''))"""
PAIRED = """
INSERT INTO sigma_node
SELECT n.row, n.doc, n.parent, p.path || '.' || lower(n.v), v.type, v.v FROM sigma_node AS n JOIN sigma_pair AS p ON n.path = p.path || '.' || p.name
JOIN sigma_node AS v ON v.row = n.row AND v.doc = n.doc AND v.parent = n.parent AND v.path = p.path || '.' || p.value
WHERE p.path || '.' || lower(n.v) IN (SELECT path FROM sigma_want)
"""
LEAVES = """
CREATE OR REPLACE TEMP TABLE sigma_leaf AS WITH told AS (SELECT n.row, w.field, n.type, n.v FROM sigma_node AS n JOIN sigma_want AS w USING (path))
SELECT row, field, v FROM told
UNION ALL SELECT row, field, unnest(from_json(v, '["VARCHAR"]')) FROM told WHERE type = 'ARRAY'
"""


def _stems(paths: Iterable[str]) -> set[str]:
    """Give the beginnings of paths: a text there may hold a document of its own."""
    return {path.rpartition(".")[0] for path in paths if "." in path} | {
        ".".join(path.split(".")[:count]) for path in paths for count in range(1, path.count(".") + 1)
    }


def _tails(path: str) -> set[str]:
    """Give the ends of a path: a key may hold a part of it, full stops and all."""
    parts = path.split(".")
    return {".".join(parts[index:]) for index in range(len(parts))}


@dataclass(frozen=True)
class Words:
    """What tells from a record's text that it need not be taken apart: it has none of these words and is of none of these operations."""

    words: tuple[str, ...]
    operations: tuple[str, ...]

    @property
    def expression(self) -> str:
        """All words in one expression of RE2; a text with escapes may hold anything."""
        return "(?is)" + "|".join([r"\\u", *(re.escape(word) for word in self.words)])


def literal(check: Check) -> str:
    """Give the longest word that is in the text of each record for which a test holds, whatever JSON escapes; empty if none is sure."""
    if check.kind == "equals":
        parts = PLAIN.findall(check.value)
    elif check.kind == "like":
        parts = [each for part in re.split(r"\\.|[%_]", check.value) for each in PLAIN.findall(part)]
    else:
        parts = list(_runs(check.value[5:-1])) if check.kind == "regex" and check.value.startswith("(?-s:") else []
    best = max(parts, key=len, default="")
    return best if len(best) >= SHORTEST else ""


def _runs(expression: str) -> Iterator[str]:
    """Give words that every text has which a simple expression (no groups, classes, counts or alternatives) matches."""
    if re.search(r"[|()\[\]{}]", expression):
        return
    pieces = re.split(r"(\\.|[.^$+*?])", expression)
    for run, sign in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        yield from PLAIN.findall(run[:-1] if sign in ("*", "?") else run)


class Leaves:
    """Takes pieces of records of one log apart: fills `sigma_line` (records) and `sigma_leaf` (row, field, value; NULL where null is stated)."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, log: Log, fields: frozenset[str], words: Words | None
    ) -> None:
        self.connection, self.log, self.words = connection, log, words
        self.passed: dict[tuple[str, str], int] = {}
        self.want = sorted((path, field) for field in fields if field for path in log.paths(field))
        paths = {path for path, _ in self.want}
        pairs = [each for each in log.pairs if any(path.startswith(f"{each}.") for path in paths)]
        inside = {f"{pair}.{name}" for pair in pairs for name in (*NAMES, *VALUES)}
        keys = {tail for path in paths | inside for tail in _tails(path)}
        stems = _stems(paths | inside)
        keys |= {tail for stem in stems for tail in _tails(stem)}
        self.pairs = bool(pairs)
        self._table("sigma_want", ["path", "field"], self.want)
        self._table("sigma_key", ["key"], [(key,) for key in sorted(keys)])
        self._table("sigma_stem", ["path"], [(stem,) for stem in sorted(stems)])
        self._table(
            "sigma_pair",
            ["path", "name", "value"],
            [(pair, name, value) for pair in pairs for name in NAMES for value in VALUES],
        )

    def _table(self, name: str, columns: list[str], rows: Sequence[tuple[str, ...]]) -> None:
        listed = ", ".join(f"{column} VARCHAR" for column in columns)
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({listed})")
        lists = list(zip(*rows, strict=True)) or [()] * len(columns)
        table = pa.table([pa.array(each, pa.string()) for each in lists], names=columns)
        self.connection.register("sigma_rows", table)
        self.connection.execute(f"INSERT INTO {name} FROM sigma_rows")
        self.connection.unregister("sigma_rows")

    def of_records(self, records: pa.Table) -> None:
        """Take apart records (`file_no, record, line`) that are among those wanted (`sigma_wanted`)."""
        self.connection.register("sigma_read", records)
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE sigma_line AS SELECT row_number() OVER () AS row, w.*, r.line, coalesce(json_valid(r.line), false) AS json "
            "FROM sigma_read AS r JOIN sigma_wanted AS w USING (file_no, record)"
        )
        self.connection.unregister("sigma_read")
        self._pass()
        self._spare()
        self.connection.execute(NODES.format(path=PATH))
        if self.pairs:
            self.connection.execute(PAIRED)
        self.connection.execute(LEAVES)

    def of_columns(self) -> None:
        """Take the columns of the wanted events themselves."""
        names = sorted({field for _, field in self.want})
        types = column_types()
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE sigma_line AS SELECT row_number() OVER () AS row, w.*, to_json(e)::VARCHAR AS line, true AS json "
            "FROM sigma_wanted AS w JOIN events AS e USING (event_id)"
        )
        each = " UNION ALL ".join(
            f"SELECT s.row, '{name}' AS field, {_text(name, types[name])} AS v FROM sigma_line AS s JOIN events AS e USING (event_id)"
            for name in names
        )
        empty = "SELECT 0::BIGINT AS row, '' AS field, NULL::VARCHAR AS v WHERE false"
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE sigma_leaf AS {each or empty}")
        self.connection.execute("DELETE FROM sigma_leaf WHERE v IS NULL")

    def _pass(self) -> None:
        """Leave out records that no rule can hold for by their text, and count them: they are decided."""
        self.passed = {}
        if self.words is None:
            return
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE sigma_idle AS SELECT row FROM (SELECT row, line, operation, "
            "row_number() OVER (PARTITION BY stream, operation ORDER BY row) AS place FROM sigma_line) "
            "WHERE place > $sample AND NOT regexp_matches(line, $words) "
            "AND NOT EXISTS (FROM (SELECT unnest($operations::VARCHAR[]) AS o) WHERE o = operation)",
            {"sample": SAMPLE, "operations": list(self.words.operations), "words": self.words.expression},
        )
        rows = self.connection.execute(
            "SELECT stream, operation, count(*) FROM sigma_line WHERE row IN (FROM sigma_idle) GROUP BY ALL"
        ).fetchall()
        self.passed = {(stream, operation): count for stream, operation, count in rows}
        self.connection.execute("DELETE FROM sigma_line WHERE row IN (FROM sigma_idle)")

    def _spare(self) -> None:
        """Take out records that would cost too much; they stay undecided."""
        rows = self.connection.execute(
            "SELECT row, line FROM sigma_line WHERE length(line) > $large "
            "OR length(line) - length(replace(replace(line, '{', ''), '[', '')) > $deep",
            {"large": LARGE, "deep": DEEP},
        ).fetchall()
        deep = [row for row, line in rows if _deep(line)]
        if deep:
            self.connection.execute("DELETE FROM sigma_line WHERE row IN (SELECT unnest($1))", [deep])


def _text(name: str, kind: str) -> str:
    return f"strftime(e.{name}, '%Y-%m-%dT%H:%M:%S.%fZ')" if kind == "TIMESTAMP" else f"e.{name}::VARCHAR"


def _deep(line: str) -> bool:
    if len(line) > LARGE:
        return True
    signs = np.frombuffer(line.encode(), np.uint8)
    steps = np.isin(signs, (0x5B, 0x7B)).astype(np.int32) - np.isin(signs, (0x5D, 0x7D)).astype(np.int32)
    return int(np.cumsum(steps).max()) > DEEP
