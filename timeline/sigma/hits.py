"""Which tests hold for which records: each test is put to the distinct values of its field, once, by DuckDB.

Values come from rules and logs, neither of which is trusted: they are rows of tables or bound parameters, never text of a statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address, ip_network

import duckdb
import pyarrow as pa

from timeline.sigma.checks import Check

Numbered = Sequence[tuple[int, Check]]
COLUMNS = ("number", "field", "value", "other")
BY_TABLE = {
    "equals": "SELECT DISTINCT l.row, c.number FROM sigma_leaf AS l JOIN sigma_check AS c ON l.field = c.field AND lower(l.v) = lower(c.value)",
    "equals cased": "SELECT DISTINCT l.row, c.number FROM sigma_leaf AS l JOIN sigma_check AS c ON l.field = c.field AND l.v = c.value",
    "like": r"""SELECT DISTINCT l.row, h.number FROM sigma_leaf AS l JOIN (
        SELECT c.number, d.field, d.v FROM sigma_value AS d JOIN sigma_check AS c ON d.field = c.field AND lower(d.v) LIKE lower(c.value) ESCAPE '\'
    ) AS h ON l.field = h.field AND l.v = h.v""",
    "like cased": r"""SELECT DISTINCT l.row, h.number FROM sigma_leaf AS l JOIN (
        SELECT c.number, d.field, d.v FROM sigma_value AS d JOIN sigma_check AS c ON d.field = c.field AND d.v LIKE c.value ESCAPE '\'
    ) AS h ON l.field = h.field AND l.v = h.v""",
    "exists": "SELECT DISTINCT l.row, c.number FROM sigma_leaf AS l JOIN sigma_check AS c ON l.field = c.field WHERE l.v IS NOT NULL",
    "field": """SELECT DISTINCT l.row, c.number FROM sigma_check AS c JOIN sigma_leaf AS l ON l.field = c.field
        JOIN sigma_leaf AS o ON o.row = l.row AND o.field = c.value
        WHERE CASE c.other WHEN 'whole' THEN lower(l.v) = lower(o.v) WHEN 'start' THEN starts_with(lower(l.v), lower(o.v))
        WHEN 'end' THEN suffix(lower(l.v), lower(o.v)) ELSE contains(lower(l.v), lower(o.v)) END""",
}
PARTS = ("minute", "hour", "day", "week", "month", "year")
TOLD = r"""CREATE OR REPLACE TEMP TABLE sigma_told AS SELECT row, line, lower(told) AS told FROM (
    SELECT row, line, replace(replace(CASE WHEN json THEN json(line)::VARCHAR ELSE line END, '\"', '"'), '\\', '\') AS told FROM sigma_line)"""


class Hits:
    """Puts the tests of one log's rules to pieces of its records."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, checks: Numbered) -> None:
        self.connection = connection
        self.words = [each for each in checks if not each[1].field]
        self.groups: dict[str, list[tuple[int, Check]]] = {}
        for number, each in checks:
            if each.field:
                kind = f"{each.kind} cased" if each.cased else each.kind
                self.groups.setdefault(kind, []).append((number, each))

    def find(self) -> None:
        """Fill `sigma_hit` (row, number) from `sigma_leaf` and `sigma_line`."""
        self.connection.execute("CREATE OR REPLACE TEMP TABLE sigma_hit (row BIGINT, number INTEGER)")
        if self.groups.keys() - {"equals", "equals cased", "exists", "field"}:
            self.connection.execute(
                "CREATE OR REPLACE TEMP TABLE sigma_value AS SELECT DISTINCT field, v FROM sigma_leaf WHERE v IS NOT NULL"
            )
        for kind, some in self.groups.items():
            if kind in BY_TABLE:
                self._by_table(kind, some)
            else:
                for number, each in some:
                    self._alone(number, each)
        if self.words:
            self._keywords()

    def _by_table(self, kind: str, some: Numbered) -> None:
        rows = [(number, each.field, each.value, each.sign) for number, each in some]
        types = (pa.int32(), pa.string(), pa.string(), pa.string())
        lists = [pa.array(list(column), told) for column, told in zip(zip(*rows, strict=True), types, strict=True)]
        self.connection.register("sigma_check", pa.table(lists, names=COLUMNS))
        self.connection.execute(f"INSERT INTO sigma_hit {BY_TABLE[kind]}")
        self.connection.unregister("sigma_check")

    def _alone(self, number: int, told: Check) -> None:
        condition, value = self._condition(told)
        self.connection.execute(
            "INSERT INTO sigma_hit SELECT DISTINCT l.row, $number FROM sigma_leaf AS l JOIN "
            f"(SELECT v FROM sigma_value WHERE field = $field AND ({condition})) AS d ON l.v = d.v WHERE l.field = $field",
            {"number": number, "field": told.field, "value": value},
        )

    def _condition(self, told: Check) -> tuple[str, object]:
        if told.kind == "regex":
            return "regexp_matches(v, $value)", told.value
        if told.kind == "number" and told.sign in {"<", "<=", ">", ">=", "<>"}:
            return f"try_cast(v AS DOUBLE) {told.sign} $value", float(told.value)
        if told.kind == "part" and told.sign in PARTS:
            return f"date_part('{told.sign}', try_cast(v AS TIMESTAMPTZ)) = $value", int(told.value)
        return "list_contains($value, v)", self._inside(told)

    def _inside(self, told: Check) -> list[str]:
        """Give the addresses of the field that lie in a range; DuckDB has no type for addresses without an extension."""
        rows = self.connection.execute("SELECT v FROM sigma_value WHERE field = $1", [told.field]).fetchall()
        return [value for (value,) in rows if _within(value, told.value)]

    def _keywords(self) -> None:
        """Look for words in the whole record, its escapes resolved."""
        self.connection.execute(TOLD)
        for number, each in self.words:
            column = "line" if each.cased or each.kind == "regex" else "told"
            condition = (
                "regexp_matches(line, $value)"
                if each.kind == "regex"
                else rf"{column} LIKE {'$value' if each.cased else 'lower($value)'} ESCAPE '\'"
            )
            self.connection.execute(
                f"INSERT INTO sigma_hit SELECT row, $number FROM sigma_told WHERE {condition}",
                {"number": number, "value": each.value},
            )


def _within(value: str, network: str) -> bool:
    try:
        return ip_address(value.strip()) in ip_network(network)
    except ValueError:
        return False
