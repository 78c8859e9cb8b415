"""All events of a case as a picture: which are listed one by one, and how many others lie where; both chosen inside DuckDB.

The events that answers rest on are always listed; then whatever is rare, because noise comes in bulk and an intruder seldom does. Of the one
kind that fits only in part those with the lowest ids are taken, a sample that no clock and no order of files can bend. All others are counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from timeline.case.raw import Texts
from timeline.case.store import DERIVED, quoted, zone_case
from timeline.catalog import column_types
from timeline.evidence.frames import rows_of

BINS = 65_536
ACTORS = 24
SOME = 500_000
GROUP = 4
"""Columns read at once: so few that they never weigh much, so many that the events are seldom looked up again."""
RAW_BYTES = 24_000_000
"""So much text of records is looked at; about an eighth of it is left when it is compressed."""
NOT_LISTED = ("time", "issued_time_us", "expires_time_us", "file_id")
WHOLE = "~"  # sorts after every digit of an id
Zones = Sequence[tuple[str, int, tuple[str, ...]]]


@dataclass(frozen=True)
class Wanted:
    """What is to be shown: ids that must be listed (`first` of all), how many in all, and which part of the case (SQL on `e`).

    `window` is the period that the bins are made for; files are named as seen from `root`.
    """

    first: pl.Series
    others: pl.Series
    most: int
    window: tuple[int, int] = (0, 1)
    root: str = ""
    where: str = "true"
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Counts:
    """How many events are not listed, by lane and bin of `step` µs from `first` on; lanes are words, None for all others."""

    rows: int
    first: int
    step: int
    lanes: Mapping[str, tuple[list[str | None], NDArray[np.uint32]]]
    kinds: pl.DataFrame  # stream, action, outcome, listed, total: kinds of which not all events are listed


class Listed:
    """The listed events by time, column by column: they never lie in memory all at once."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, zones: Zones, root: str) -> None:
        self.connection, self.root = connection, root
        derived = {name: text for name, text in DERIVED.items() if not text.startswith("f.")}
        self.expressions = {name: derived.get(name, f"e.{name}") for name in column_types() if name not in NOT_LISTED}
        self.expressions["zone"] = zone_case(list(zones))

    def _rows(self, expressions: Mapping[str, str]) -> pl.DataFrame:
        listed = ", ".join(f"{text} AS {name}" for name, text in expressions.items())
        query = f"SELECT e.rowid AS place, {listed} FROM event AS e WHERE e.rowid IN (SELECT place FROM listed)"
        return rows_of(self.connection, query)

    @cached_property
    def _keys(self) -> pl.DataFrame:
        keys = self._rows({"time_us": "e.time_us", "event_id": "e.event_id", "file_no": "e.file_no"})
        return keys.sort("time_us", "event_id")

    @property
    def height(self) -> int:
        """How many there are."""
        return self._keys.height

    @cached_property
    def columns(self) -> list[str]:
        """The columns in which anything stands, in the order of the vocabulary, then the file and the record's own text."""
        told = {**self.expressions, "network": "e.src_ip"}  # what is derived is slow; an empty column gets no piece
        counted = ", ".join(f"count({text}) AS {name}" for name, text in told.items())
        query = f"SELECT {counted} FROM event AS e WHERE e.rowid IN (SELECT place FROM listed)"
        found = rows_of(self.connection, query).row(0, named=True)
        return [*(name for name, number in found.items() if number), "file", "file_id", "raw"]

    def get_column(self, name: str) -> pl.Series:
        """Give one column."""
        return next(self.some([name]))

    def some(self, names: Sequence[str]) -> Iterator[pl.Series]:
        """Give columns one by one in this order; they are read a few at a time."""
        own = {"time_us": self._key, "event_id": self._key, "file": self._file, "file_id": self._file, "raw": self._raw}
        waiting = [name for name in names if name not in own]
        read: dict[str, pl.Series] = {}
        for name in names:
            if name not in own and name not in read:
                group, waiting = waiting[:GROUP], waiting[GROUP:]
                frame = self._rows({each: self.expressions[each] for each in group}).sort("place")
                read = {each.name: each for each in frame.select(pl.all().gather(self._order))}
            yield own[name](name) if name in own else read.pop(name)

    @cached_property
    def _order(self) -> pl.Series:
        """Where, among the places in the table, the events by time are."""
        return self._keys.select(pl.col("place").rank("ordinal").cast(pl.UInt32) - 1)["place"]

    def _key(self, name: str) -> pl.Series:
        return self._keys[name]

    def _file(self, name: str) -> pl.Series:
        query = "SELECT file_no, path || coalesce('!' || member, '') AS file, sha256 AS file_id FROM file"
        files = rows_of(self.connection, query)
        names = files[name].str.strip_prefix(f"{self.root}/")
        told = pl.col("file_no").replace_strict(files["file_no"], names, return_dtype=pl.Categorical)
        return self._keys.select(told.alias(name))[name]

    def _raw(self, _: str) -> pl.Series:
        """Give the records' own text: of events that answers rest on first, then of rare ones, as far as the budget goes."""
        query = """SELECT e.rowid AS place, e.file_no, e.record, e.start, e.size, l.rank, l.common
            FROM event AS e JOIN listed AS l ON l.place = e.rowid"""
        places = self._keys.select("place").with_row_index("at")
        order = rows_of(self.connection, query).join(places, on="place").sort("rank", "common", "at")
        spent = pl.col("size").fill_null(1).clip(1).cum_sum()
        wanted = order.filter(spent <= RAW_BYTES).drop("rank", "common", "at").sort("file_no", "start", "record")
        texts = Texts(self.connection.cursor())
        try:
            found = texts.read(wanted.drop("place").iter_rows())
        finally:
            texts.close()
        told = [found.get((number, record)) for number, record in wanted.select("file_no", "record").iter_rows()]
        read = pl.DataFrame({"place": wanted["place"], "raw": pl.Series(told, dtype=pl.String)})
        return self._keys.select("place").join(read, on="place", how="left", maintain_order="left")["raw"]


class Picture:
    """One choice of listed events, made when the object is; the connection keeps it in temporary tables until the next is made."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, zones: Zones, wanted: Wanted) -> None:
        self.connection, self.zones, self.wanted = connection, zones, wanted
        self.where = f"e.kept AND ({wanted.where})"
        self.own = f"(SELECT e.rowid AS place, e.* FROM event AS e WHERE {self.where})"
        self._ask()
        self._count_kinds()
        self.total, low, high = self._row("SELECT coalesce(sum(total), 0), min(low), max(high) FROM kinds")
        self.span = self._span(low, high)
        self._list()
        self.listed = Listed(connection, zones, wanted.root)

    def _run(self, query: str, **more: object) -> duckdb.DuckDBPyConnection:
        values = {name: value for name, value in {**self.wanted.values, **more}.items() if f"${name}" in query}
        return self.connection.execute(query, values)

    def _row(self, query: str, **more: object) -> tuple[int, ...]:
        return tuple(value or 0 for value in self._run(query, **more).fetchall()[0])

    def _count_kinds(self) -> None:
        self._run(
            f"""CREATE OR REPLACE TEMP TABLE kinds AS SELECT stream, action, outcome, count(*) AS total,
                min(time_us) AS low, max(time_us) AS high FROM event AS e WHERE {self.where} GROUP BY ALL"""
        )

    def _span(self, low: int, high: int) -> tuple[int, int]:
        """Give what the bins divide: all times, but for a few so far off that they would make every bin coarse; these are listed."""
        start, end = self.wanted.window
        near = (max(low, 2 * start - end), min(high, 2 * end - start) + 1)
        query = f"SELECT count(*) FROM event AS e WHERE {self.where} AND (time_us < $near OR time_us >= $far)"
        far_off = self._row(query, near=near[0], far=near[1])[0]
        return near if near[0] < near[1] and far_off <= self.wanted.most // 10 else (low, high + 1)

    def _ask(self) -> None:
        """Lay down the ids that must be listed: rank 0 what the first answers rest on, rank 1 what the others do, as far as it fits."""
        others = self.wanted.others.head(max(0, self.wanted.most - self.wanted.first.len()))
        ids = pl.DataFrame({"event_id": pl.concat([self.wanted.first, others]).cast(pl.String)})
        ranked = ids.with_columns(rank=(pl.int_range(pl.len()) >= self.wanted.first.len()).cast(pl.Int8))
        self.connection.register("asked_ids", ranked.to_arrow())
        self._run(
            "CREATE OR REPLACE TEMP TABLE asked AS SELECT event_id, min(rank) AS rank FROM asked_ids GROUP BY event_id"
        )
        self.connection.unregister("asked_ids")

    def _list(self) -> None:
        whole, part = self._budget()
        self._run(
            f"""CREATE OR REPLACE TEMP TABLE shares AS WITH summed AS (SELECT *,
                sum(total) OVER (ORDER BY total, stream, action, outcome ROWS UNBOUNDED PRECEDING) AS upto FROM kinds)
            SELECT stream, action, outcome, total, CASE WHEN upto <= $whole THEN '{WHOLE}'
                WHEN upto - total < $whole THEN $part ELSE '' END AS share FROM summed""",
            whole=whole,
            part=part,
        )
        self._run(
            f"""CREATE OR REPLACE TEMP TABLE listed AS SELECT e.place, coalesce(a.rank, 2) AS rank, s.total AS common
            FROM {self.own} AS e LEFT JOIN asked AS a USING (event_id) JOIN shares AS s ON s.stream IS NOT DISTINCT FROM e.stream
                AND s.action IS NOT DISTINCT FROM e.action AND s.outcome IS NOT DISTINCT FROM e.outcome
            WHERE (a.rank IS NOT NULL OR e.event_id <= s.share OR e.time_us < $near OR e.time_us >= $far)""",
            near=self.span[0],
            far=self.span[1],
        )

    def _budget(self) -> tuple[int, str]:
        """Give how many events of the rarest kinds may be listed, and the highest id that is taken of the kind that fits in part."""
        if self.total <= self.wanted.most:
            return self.total, WHOLE
        whole = max(0, self.wanted.most - self._row("SELECT count(*) FROM asked")[0])
        query = f"""WITH summed AS (SELECT *, sum(total) OVER (ORDER BY total, stream, action, outcome ROWS UNBOUNDED PRECEDING) AS upto
                FROM kinds), part AS (SELECT *, $whole - (upto - total) AS many FROM summed WHERE upto > $whole AND upto - total < $whole)
            SELECT max(event_id) FROM (SELECT e.event_id FROM {self.own} AS e JOIN part AS p ON p.stream IS NOT DISTINCT FROM e.stream
                AND p.action IS NOT DISTINCT FROM e.action AND p.outcome IS NOT DISTINCT FROM e.outcome
            ORDER BY e.event_id LIMIT (SELECT coalesce(max(many), 0) FROM part))"""
        return whole, str(self._run(query, whole=whole).fetchall()[0][0] or "")

    @cached_property
    def counts(self) -> Counts:
        """How many of the others lie where."""
        first, end = self.span
        rows = self.total - self.listed.height
        step = (end - first) // BINS + 1
        return Counts(
            rows, first, step, self._lanes(first, step) if rows else {}, self._partial() if rows else pl.DataFrame()
        )

    def _partial(self) -> pl.DataFrame:
        query = """SELECT e.stream, e.action, e.outcome, count(*) AS listed FROM event AS e
            WHERE e.rowid IN (SELECT place FROM listed) GROUP BY ALL"""
        both = f"""SELECT s.stream, s.action, s.outcome, coalesce(l.listed, 0) AS listed, s.total FROM shares AS s LEFT JOIN ({query}) AS l
                ON l.stream IS NOT DISTINCT FROM s.stream AND l.action IS NOT DISTINCT FROM s.action AND l.outcome IS NOT DISTINCT FROM s.outcome
            WHERE coalesce(l.listed, 0) < s.total ORDER BY s.total DESC, s.stream, s.action, s.outcome"""
        return rows_of(self.connection, both)

    def _lanes(self, first: int, step: int) -> dict[str, tuple[list[str | None], NDArray[np.uint32]]]:
        """Count by lane and bin, for all three kinds of lanes in one pass: DuckDB gives small numbers, which are counted where they belong."""
        words = {name: self._coded(name, query) for name, query in self._names().items()}
        tables = {name: np.zeros((len(found) + 1, BINS), np.uint32) for name, found in words.items()}
        query = f"""SELECT (e.time_us - $first) // $step AS bin, {", ".join(f"coalesce({name}.code, 0) AS {name}" for name in words)}
            FROM event AS e ANTI JOIN listed AS l ON l.place = e.rowid LEFT JOIN lanes_stream AS stream ON stream.word = e.stream
            LEFT JOIN lanes_zone AS zone ON zone.word = {zone_case(list(self.zones))} LEFT JOIN lanes_actor AS actor ON actor.word = e.actor
            WHERE {self.where}"""
        values = {name: value for name, value in self.wanted.values.items() if f"${name}" in query}
        found = self.connection.sql(query, params={**values, "first": first, "step": step})
        for batch in found.to_arrow_reader(SOME):
            for name, table in tables.items():
                np.add.at(table.reshape(-1), batch[name].to_numpy() * BINS + batch["bin"].to_numpy(), np.uint32(1))
        return {name: _told(words[name], table) for name, table in tables.items()}

    def _coded(self, name: str, query: str) -> list[str]:
        """Lay down the lanes with their numbers, from 1 on, and give their words in this order."""
        every = f"SELECT DISTINCT word FROM ({query})"
        coded = f"SELECT word, row_number() OVER (ORDER BY word) AS code FROM ({every})"
        self._run(f"CREATE OR REPLACE TEMP TABLE lanes_{name} AS {coded}")
        return [word for (word,) in self._run(f"SELECT word FROM lanes_{name} ORDER BY code").fetchall()]

    def _names(self) -> dict[str, str]:
        """Say where the lanes' words stand; only the busiest accounts and those that answers are about have a lane of their own."""
        zones = ", ".join(f"({quoted(zone[0])})" for zone in self.zones)
        busy = f"""SELECT actor AS word FROM event AS e WHERE {self.where} AND actor IS NOT NULL
            GROUP BY actor ORDER BY count(*) DESC, actor LIMIT {ACTORS}"""
        asked = f"""SELECT DISTINCT actor AS word FROM event JOIN asked AS a USING (event_id) WHERE a.rank = 0 AND actor IS NOT NULL
            ORDER BY actor LIMIT {ACTORS}"""
        return {
            "stream": "SELECT stream AS word FROM kinds WHERE stream IS NOT NULL",
            "zone": f"SELECT * FROM (VALUES {zones}) AS named(word)" if zones else "SELECT '' AS word WHERE false",
            "actor": f"({busy}) UNION ({asked})",
        }


def undated(connection: duckdb.DuckDBPyConnection) -> int:
    """Count the events that state no time: no picture can show them."""
    return int(connection.execute("SELECT count(*) FROM undated WHERE kept").fetchall()[0][0])


def _told(words: list[str], table: NDArray[np.uint32]) -> tuple[list[str | None], NDArray[np.uint32]]:
    """Give the lanes in which anything is, that of all others last, and the counts by lane and bin."""
    keys, ordered = [*words, None], np.roll(table, -1, axis=0)
    some = np.flatnonzero(ordered.any(axis=1))
    return [keys[place] for place in some.tolist()], ordered[some]
