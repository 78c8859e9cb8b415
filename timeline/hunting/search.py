"""All looks put to all events in one pass: each column's distinct values are tested once, then the events with the values that fit are counted.

Values of indicators and of logs are rows of tables or bound parameters, never text of a statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from timeline.case.store import like
from timeline.core.spans import Span
from timeline.hunting.columns import KINDS
from timeline.hunting.looks import Look, address_of, spellings, within

TABLES = "(FROM event UNION ALL BY NAME FROM undated)"
"""Records that state no time are searched too: they have no first and last."""
HOSTS = r"regexp_extract_all(lower(v), '[a-z0-9_-]+(?:\.[a-z0-9_-]+)+')"
PLAIN = "regexp_replace(lower(v), '[?#].*$', '')"
DECODED = f"coalesce(try(url_decode({PLAIN})), lower(v))"
PORT = "^(?:(https://[^/:]+):443|(http://[^/:]+):80)(/|$)"
TOKENS = {
    "address": "SELECT field, v, lower(trim(v, '[] ')) AS token FROM hunt_value WHERE field IN {columns}",
    "url": rf"SELECT field, v, rtrim(regexp_replace({PLAIN}, '{PORT}', '\1\2\3'), '/') AS token FROM hunt_value WHERE field IN {{columns}}",
    "file": rf"""SELECT field, v, regexp_extract(unnest([lower(v), {PLAIN}, {DECODED}]), '[^/\\]+$') AS token FROM hunt_value
        WHERE field IN {{columns}}""",
    "hash": "SELECT field, v, lower(trim(v, '\" ')) AS token FROM hunt_value WHERE field IN {columns}",
    "domain": f"SELECT DISTINCT field, v, unnest({HOSTS}) AS token FROM hunt_value WHERE field IN {{columns}}",
    "under": f"""SELECT DISTINCT field, v, array_to_string(parts[i:], '.') AS token FROM (
        SELECT field, v, parts, unnest(range(1, len(parts))) AS i FROM (
            SELECT field, v, string_split(unnest({HOSTS}), '.') AS parts FROM hunt_value WHERE field IN {{columns}}))""",
    "": "SELECT field, v, lower(trim(v, '{{}}')) AS token FROM hunt_value WHERE field IN {columns}",
    "tail": rf"""SELECT DISTINCT field, v, array_to_string(parts[-n:], '/') AS token FROM (
        SELECT field, v, string_split_regex(unnest([lower(v), {PLAIN}, {DECODED}]), '[/\\]') AS parts FROM hunt_value
        WHERE field IN {{columns}} AND regexp_matches(v, '[/\\]')), (SELECT unnest({{counts}}) AS n)""",
}
"""How a column's values are brought to what a look is compared with."""
TAILED = ("object", "object_from", "actor", "resource")
"""Columns of names that have places in front: a part of the path from its end is meant too."""
RELATIONS = ("hunt_value", "hunt_token", "hunt_hit", "hunt_event")


@dataclass(frozen=True)
class Hit:
    """A look found: how many events, first and last (µs), and how many more that state no time: nobody knows when those were."""

    rows: int
    first: int | None
    last: int | None
    timeless: int = 0


def _listed(columns: Iterable[str]) -> str:
    return "(" + ", ".join(f"'{column}'" for column in columns) + ")"


class Search:
    """One pass over the events of a window."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, looks: Sequence[Look], window: Span) -> None:
        self.connection, self.looks, self.window = connection, looks, window
        self.columns = sorted({column for look in looks for column in KINDS[look.kind]})
        self._values()
        self._hits()
        self._events()

    def close(self) -> None:
        """Drop what the search laid down."""
        for name in RELATIONS:
            self.connection.execute(f"DROP TABLE IF EXISTS {name}")

    def counts(self) -> dict[int, Hit]:
        """Give for each look that was found its events."""
        rows = self.connection.execute(
            "SELECT number, count(DISTINCT event_id) FILTER (time_us IS NOT NULL), min(time_us), max(time_us), "
            "count(DISTINCT event_id) FILTER (time_us IS NULL) FROM hunt_event GROUP BY number"
        ).fetchall()
        return {number: Hit(*told) for number, *told in rows}

    def sets(self, numbers: Iterable[int], since: int | None = None) -> list[tuple[frozenset[int], Hit]]:
        """Give each set of these looks that occurs together in one event (from `since` on), and the events in which exactly it does."""
        rows = self.connection.execute(
            "SELECT looks, count(time_us), min(time_us), max(time_us), count(*) - count(time_us) "
            "FROM (SELECT event_id, any_value(time_us) AS time_us, "
            "list_sort(list(DISTINCT number)) AS looks FROM hunt_event WHERE number IN (SELECT unnest($1::INTEGER[])) "
            "AND ($2 IS NULL OR time_us >= $2) GROUP BY event_id) GROUP BY looks",
            [sorted(numbers), since],
        ).fetchall()
        return [(frozenset(some), Hit(*told)) for some, *told in rows]

    def _values(self) -> None:
        """Lay down the distinct values of each column that is searched."""
        self.connection.execute("CREATE OR REPLACE TEMP TABLE hunt_value (field VARCHAR, v VARCHAR)")
        for column in self.columns:
            self.connection.execute(
                f"INSERT INTO hunt_value SELECT DISTINCT '{column}', {column} FROM {TABLES} "
                f"WHERE kept AND {column} IS NOT NULL AND {self._inside()}"
            )

    def _inside(self) -> str:
        return f"(time_us IS NULL OR time_us >= {self.window[0]} AND time_us < {self.window[1]})"

    def _hits(self) -> None:
        self.connection.execute("CREATE OR REPLACE TEMP TABLE hunt_hit (number INTEGER, field VARCHAR, v VARCHAR)")
        groups: dict[tuple[str, str], list[tuple[int, str]]] = {}
        for number, look in enumerate(self.looks):
            if look.op in ("equals", "under"):
                way = "under" if look.op == "under" else look.kind if look.kind in TOKENS else ""
                groups.setdefault((way, look.kind), []).extend((number, each) for each in spellings(look))
            else:
                self._alone(number, look)
        for (way, kind), pairs in groups.items():
            self._by_token(kind, pairs, TOKENS[way].format(columns=_listed(KINDS[kind])))
            if kind == "id":
                counts = sorted({each.count("/") + 1 for _, each in pairs})
                self._by_token(kind, pairs, TOKENS["tail"].format(columns=_listed(TAILED), counts=counts))

    def _by_token(self, kind: str, pairs: list[tuple[int, str]], tokens_of: str) -> None:
        """Compare tokens of values with the spellings of all looks of a kind at once."""
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE hunt_token AS {tokens_of}")
        if kind == "address":
            self._canonical()
        numbers, tokens = zip(*pairs, strict=True)
        table = pa.table([pa.array(numbers, pa.int32()), pa.array(tokens, pa.string())], names=["number", "token"])
        self.connection.register("hunt_look", table)
        self.connection.execute(
            "INSERT INTO hunt_hit SELECT DISTINCT number, field, v FROM hunt_token JOIN hunt_look USING (token)"
        )
        self.connection.unregister("hunt_look")

    def _canonical(self) -> None:
        """Add the canonical forms of IPv6 addresses, which logs write in many ways."""
        rows = self.connection.execute("SELECT field, v FROM hunt_value WHERE contains(v, ':')").fetchall()
        told = [(field, v, address) for field, v in rows if (address := address_of(v))]
        if not told:
            return
        table = pa.table(
            [pa.array(column, pa.string()) for column in zip(*told, strict=True)], names=["field", "v", "token"]
        )
        self.connection.register("hunt_canonical", table)
        self.connection.execute("INSERT INTO hunt_token SELECT field, v, token FROM hunt_canonical")
        self.connection.unregister("hunt_canonical")

    def _alone(self, number: int, look: Look) -> None:
        """Put a pattern, an expression or a range to each distinct value."""
        columns = list(KINDS[look.kind])
        if look.op == "inside":
            rows = self.connection.execute(
                "SELECT DISTINCT v FROM hunt_value WHERE field IN (SELECT unnest($1))", [columns]
            ).fetchall()
            condition, value = "list_contains($value, v)", [v for (v,) in rows if within(v, look.value)]
        elif look.op == "regex":
            condition, value = "regexp_matches(v, $value)", look.value  # type: ignore[assignment]
        elif look.op == "glob":
            condition, value = r"lower(v) LIKE $value ESCAPE '\'", like(look.value)  # type: ignore[assignment]
        else:
            pattern = look.value.replace("\\", "\\\\")
            condition, value = r"lower(v) LIKE lower($value) ESCAPE '\'", pattern  # type: ignore[assignment]
        self.connection.execute(
            f"INSERT INTO hunt_hit SELECT $number, field, v FROM hunt_value WHERE field IN (SELECT unnest($columns)) AND {condition}",
            {"number": number, "columns": columns, "value": value},
        )

    def _events(self) -> None:
        """Find the events that have the values which fit: one join for each column that has any."""
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE hunt_event (number INTEGER, event_id VARCHAR, time_us BIGINT, stream VARCHAR)"
        )
        rows = self.connection.execute("SELECT DISTINCT field FROM hunt_hit ORDER BY field").fetchall()
        for (column,) in rows:
            self.connection.execute(
                f"INSERT INTO hunt_event SELECT h.number, e.event_id, e.time_us, e.stream FROM {TABLES} AS e JOIN "
                f"(SELECT number, v FROM hunt_hit WHERE field = '{column}') AS h ON e.{column} = h.v WHERE e.kept AND {self._inside()}"
            )
