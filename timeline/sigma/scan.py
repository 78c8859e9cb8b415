"""The records of one log put to all rules about it in one pass: which rule holds for which event, and what could not be decided.

Where a condition pins the operation, only records of those operations are read again; whether a rule holds is decided by the record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from timeline.case.reread import Again
from timeline.core.formula import holds, pinned, tests
from timeline.core.spans import Span
from timeline.sigma.checks import Check
from timeline.sigma.hits import Hits
from timeline.sigma.leaves import Leaves, Words, literal
from timeline.sigma.logs import Log
from timeline.sigma.reading import Rule, fields_of

Key = int
TABLES = "(FROM event UNION ALL BY NAME FROM undated)"
FOUND = ("rule", "event_id", "time_us", "stream")


@dataclass
class Scanned:
    """What a pass gives: matches (`rule, event_id, time_us, stream`), values that correlations group by, and what stays open.

    `operations` are those a rule can hold for (None: any), `seen` what was seen of each stream and operation: how many events, how many
    of them undecided, and the fields stated; `timeless` counts the matches that state no time: nobody knows whether they are of the window.
    """

    matches: list[pa.Table] = field(default_factory=list)
    values: list[pa.Table] = field(default_factory=list)
    operations: dict[Key, frozenset[str] | None] = field(default_factory=dict)
    events: dict[tuple[str, str], int] = field(default_factory=dict)
    decided: dict[tuple[str, str], int] = field(default_factory=dict)
    stated: set[tuple[str, str, str]] = field(default_factory=set)
    timeless: dict[Key, int] = field(default_factory=dict)


class Scan:
    """One pass over the records of one log."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, log: Log, rules: Mapping[Key, Rule], checks: list[Check]
    ) -> None:
        self.connection, self.log, self.rules = connection, log, rules
        numbers = sorted(frozenset().union(*(tests(rule.formula) for rule in rules.values())))
        self.checks = {number: checks[number] for number in numbers}
        self.by_test: dict[int, list[Key]] = {}
        for key, rule in rules.items():
            for number in tests(rule.formula):
                self.by_test.setdefault(number, []).append(key)
        self.always = [key for key, rule in rules.items() if holds(rule.formula, frozenset())]
        self.result = Scanned()

    def run(self, streams: list[str], window: Span, grouped: frozenset[str]) -> Scanned:
        """Read what the rules need of these streams; `grouped` are fields whose values are kept of each match."""
        self._operations(streams)
        self._want(streams, window)
        fields = fields_of(self.checks.values()) | {self.log.field(name) for name in grouped}
        leaves = Leaves(self.connection, self.log, fields, self._words())
        hits = Hits(self.connection, list(self.checks.items()))
        for _ in self._pieces(leaves):
            hits.find()
            self._note(self._match(), {self.log.field(name) for name in grouped})
            self._count(leaves.passed)
        return self.result

    def _pieces(self, leaves: Leaves) -> Iterator[None]:
        if self.log.of_columns:
            leaves.of_columns()
            yield
            return
        again = Again(self.connection)
        rows = self.connection.execute(
            "SELECT file_no, list(record) FROM sigma_wanted GROUP BY file_no ORDER BY file_no"
        ).fetchnumpy()
        wanted = {
            int(number): np.asarray(some, np.int64)
            for number, some in zip(rows["file_no"], rows["list(record)"], strict=True)
        }
        try:
            for records in again.records(wanted):
                leaves.of_records(records)
                yield
        finally:
            again.close()

    def _operations(self, streams: list[str]) -> None:
        """Find for each rule the operations it can hold for, by the tests that the column `operation` decides."""
        known = frozenset(
            number
            for number, each in self.checks.items()
            if each.field in self.log.operation and each.kind in {"equals", "like", "regex"}
        )
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE sigma_leaf AS SELECT row_number() OVER () AS row, f.field, o.v FROM "
            f"(SELECT DISTINCT operation AS v FROM {TABLES} WHERE kept AND stream IN (SELECT unnest($1))) AS o, "
            "(SELECT unnest($2::VARCHAR[]) AS field) AS f",
            [streams, sorted(self.log.operation)],
        )
        Hits(self.connection, [(number, self.checks[number]) for number in sorted(known)]).find()
        rows = self.connection.execute("SELECT number, v FROM sigma_hit JOIN sigma_leaf USING (row)").fetchall()
        odd = self.connection.execute(
            "SELECT DISTINCT v FROM sigma_leaf WHERE v IS NULL OR left(v, 1) IN ('[', '{')"
        ).fetchall()  # a field that is an array or an object may hold what it is tested for
        told: dict[int, set[str]] = {}
        for number, operation in rows:
            told.setdefault(number, set()).add(operation)
        for key, rule in self.rules.items():
            pins = pinned(rule.formula, known)
            some = [told.get(number, set()) for number in pins or ()]
            self.result.operations[key] = (
                None if pins is None else frozenset({value or "" for (value,) in odd}.union(*some))
            )

    def _words(self) -> Words | None:
        """Give the words of which one is in the text of every record that matters to a rule which pins no operation."""
        free = [rule for key, rule in self.rules.items() if self.result.operations[key] is None]
        sure = {number: word for number, each in self.checks.items() if (word := literal(each))}
        pins = [pinned(rule.formula, frozenset(sure)) for rule in free]
        if None in pins:
            return None
        chosen = [some for some in self.result.operations.values() if some is not None]
        words = {sure[number] for some in pins for number in some or ()}
        return Words(tuple(sorted(words)), tuple(sorted(frozenset().union(*chosen))))

    def _want(self, streams: list[str], window: Span) -> None:
        """Fill `sigma_wanted` with the events whose records some rule needs, and count all that are there."""
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE sigma_wanted AS "
            f"SELECT file_no, record, event_id, time_us, stream, coalesce(operation, '') AS operation FROM {TABLES} "
            "WHERE kept AND stream IN (SELECT unnest($streams)) AND (time_us IS NULL OR time_us >= $start AND time_us < $end)",
            {"streams": streams, "start": window[0], "end": window[1]},
        )
        rows = self.connection.execute("SELECT stream, operation, count(*) FROM sigma_wanted GROUP BY ALL").fetchall()
        self.result.events = {(stream, operation): count for stream, operation, count in rows}
        chosen = list(self.result.operations.values())
        if None not in chosen:
            listed = sorted(frozenset().union(*(some or frozenset() for some in chosen)))
            self.connection.execute(
                "DELETE FROM sigma_wanted WHERE NOT EXISTS (FROM (SELECT unnest($1::VARCHAR[]) AS o) WHERE o = operation)",
                [listed],
            )

    def _match(self) -> pa.Table:
        """Give which rules hold for which events: formulas are put to each set of tests that occurs, once."""
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE sigma_set AS SELECT row, list_sort(list(DISTINCT number)) AS tests FROM sigma_hit GROUP BY row"
        )
        rows = self.connection.execute("SELECT DISTINCT tests FROM sigma_set").fetchall()
        told = [(list(some), key) for (some,) in rows for key in self._holding(frozenset(some))]
        empty: list[tuple[list[int], Key]] = [([], key) for key in self.always]
        table = pa.table(
            [
                pa.array([some for some, _ in told + empty], pa.list_(pa.int32())),
                pa.array([key for _, key in told + empty], pa.int64()),
            ],
            names=["tests", "rule"],
        )
        self.connection.register("sigma_rule", table)
        found = self.connection.sql(
            "SELECT r.rule, s.event_id, s.time_us, s.stream, s.row FROM sigma_line AS s LEFT JOIN sigma_set AS t USING (row) "
            "JOIN sigma_rule AS r ON coalesce(t.tests, []) = r.tests"
        ).to_arrow_table()
        self.connection.unregister("sigma_rule")
        return found

    def _holding(self, true: frozenset[int]) -> list[Key]:
        near = {key for number in true for key in self.by_test[number]} | set(self.always)
        return sorted(key for key in near if holds(self.rules[key].formula, true))

    def _count(self, decided: Mapping[tuple[str, str], int]) -> None:
        for key, count in decided.items():
            self.result.decided[key] = self.result.decided.get(key, 0) + count

    def _note(self, found: pa.Table, grouped: set[str]) -> None:
        """Keep what a piece gave."""
        dated = pc.is_valid(found["time_us"])
        for key in found.filter(pc.invert(dated))["rule"].to_pylist():
            self.result.timeless[key] = self.result.timeless.get(key, 0) + 1
        found = found.filter(dated)
        self.result.matches.append(found.select(FOUND))
        rows = self.connection.execute("SELECT stream, operation, count(*) FROM sigma_line GROUP BY ALL").fetchall()
        self._count({(stream, operation): count for stream, operation, count in rows})
        stated = self.connection.execute(
            "SELECT DISTINCT s.stream, s.operation, l.field FROM sigma_leaf AS l JOIN sigma_line AS s USING (row)"
        ).fetchall()
        self.result.stated |= {(stream, operation, name) for stream, operation, name in stated}
        if grouped:
            self.connection.register("sigma_found", found)
            self.result.values.append(
                self.connection.sql(
                    "SELECT DISTINCT f.event_id, l.field, l.v FROM (SELECT DISTINCT event_id, row FROM sigma_found) AS f "
                    "JOIN sigma_leaf AS l USING (row) "
                    "WHERE l.v IS NOT NULL AND l.field IN (SELECT unnest($1::VARCHAR[]))",
                    params=[sorted(grouped)],
                ).to_arrow_table()
            )
            self.connection.unregister("sigma_found")
