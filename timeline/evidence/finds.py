"""What a question's SELECT finds: of all rows what a verdict is judged by, and the first of them in full.

An answer may have millions of rows, of which people read the first few: so the columns that are only shown are worked out for these alone.
Nothing is lost by it: counts, first and last, and all that is weighed come of every row, and `timeline query` gives them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb
import polars as pl

from timeline.catalog import Question
from timeline.catalog.syntax import aliases
from timeline.core.spans import Span, Spans
from timeline.errors import CaseError
from timeline.evidence import frames, stages
from timeline.evidence.moments import inside

SHOWN = 10_000
"""So many rows of one answer are given in full, the earliest; `timeline query` gives all."""
FEW = 200
"""So few instants are looked up one by one."""
SORTED = re.compile(r"\s+ORDER BY time_us, event_id\s*$")


@dataclass(frozen=True)
class Statement:
    """A question's SELECT with what is bound for its parameters."""

    connection: duckdb.DuckDBPyConnection
    question: Question
    bound: Mapping[str, object]

    def run(self, columns: str, rest: str = "") -> pl.DataFrame:
        """Select from the question's rows, as `answer`; without more they come in the question's order."""
        try:
            own = stages.standing(self.connection, self.question, self.bound)
            rows = SORTED.sub("", own) if rest else own
            text = f"SELECT {columns} FROM ({rows}\n) AS answer {rest or 'ORDER BY answer.time_us, answer.event_id'}"
            return frames.rows_of(self.connection, text, stages.within(own, self.bound))
        except duckdb.Error as error:
            told = " ".join(str(error).partition("LINE")[0].split())
            raise CaseError(
                f"{self.question.home or f'question {self.question.id}'}: its SELECT does not run: {told}"
            ) from None

    def keys(self) -> pl.DataFrame:
        """Give of all rows, in any order, `time_us`, whether it is a finding (`sure`), and `issued_time_us` where the question tells it."""
        return self.run(self._keys(), "WHERE true")

    def _keys(self) -> str:
        given = aliases(self.question.select)
        sure = "coalesce(answer.verdict = 'found', false)" if "verdict" in given else "true"
        issued = ", answer.issued_time_us" if "issued_time_us" in given else ""
        return f"answer.time_us, {sure} AS sure{issued}"

    def first(self, times: pl.Series, most: int) -> pl.DataFrame:
        """Give the first rows in full, of rows with these times."""
        order = "ORDER BY answer.time_us, answer.event_id"
        return self.run("answer.*", f"WHERE {_among(times, most)} {order} LIMIT {min(most, times.len())}")

    def placed(self, spans: Iterable[Span] = ()) -> pl.DataFrame:
        """Give the same as `keys` with `precision_` and `stream_` of each row's event, of rows within some spans if any are told."""
        within = " OR ".join(f"answer.time_us BETWEEN {start} AND {end}" for start, end in spans) or "true"
        more = "event.time_precision AS precision_, event.stream AS stream_"
        return self.run(f"{self._keys()}, {more}", f"LEFT JOIN event USING (event_id) WHERE {within}")


def _among(times: pl.Series, most: int) -> str:
    """Say when the first rows are: an engine then reads no more than it must."""
    if not times.len() or times.null_count():
        return "true"
    if times.len() <= FEW:
        return f"answer.time_us IN ({', '.join(map(str, times.unique().sort()))})"
    known = times.sort()
    return f"answer.time_us BETWEEN {known.item(0)} AND {known.item(min(most, known.len()) - 1)}"


@dataclass(frozen=True)
class Finds:
    """The rows of an answer: `keys` all of them, `rows` the first in full.

    Of rows that stand on the issuance of a token only those are findings that claim one within `issuable` (None: it does not matter);
    `told` are the rows' precisions and streams where all rows are shown.
    """

    statement: Statement
    keys: pl.DataFrame
    rows: pl.DataFrame
    issuable: Spans | None
    told: pl.DataFrame | None

    def placed(self, spans: Iterable[Span] = ()) -> pl.DataFrame:
        """Give `time_us, sure, precision_, stream_` of all rows, or of those within some spans."""
        return graded(self.statement.placed(spans), self.issuable) if self.told is None else self.told


def graded(keys: pl.DataFrame, issuable: Spans | None) -> pl.DataFrame:
    """Take for findings only rows whose issuance would have been seen."""
    if issuable is None or not keys.height:
        return keys
    return keys.with_columns(sure=pl.col("sure") & inside(keys["issued_time_us"], issuable))


def shown(statement: Statement, keys: pl.DataFrame, issuable: Spans | None, most: int | None) -> Finds:
    """Add the first rows in full, all of them if no limit is told."""
    if not keys.height:
        rows = statement.run("answer.*", "LIMIT 0")
    else:
        rows = statement.run("answer.*") if most is None else statement.first(keys["time_us"], most)
    told = _told(statement.connection, rows) if keys.height <= min(SHOWN, SHOWN if most is None else most) else None
    rows = _marked(rows, issuable)
    sure = pl.col("verdict").eq_missing("found") if "verdict" in rows.columns else pl.lit(value=True)
    whole = None if told is None else rows.select("time_us", sure=sure).hstack(told)
    return Finds(statement, keys, rows, issuable, whole)


def _told(connection: duckdb.DuckDBPyConnection, rows: pl.DataFrame) -> pl.DataFrame:
    """Give precision and stream of the events that rows are of, row by row."""
    query = (
        "SELECT event_id, min(time_precision) AS precision_, min(stream) AS stream_ FROM event "
        "WHERE event_id IN (SELECT unnest($ids::VARCHAR[])) GROUP BY event_id"
    )
    ids = rows["event_id"].cast(pl.String)
    known = frames.rows_of(connection, query, {"ids": ids.drop_nulls().unique().to_list()})
    known = known.with_columns(pl.all().cast(pl.String))
    return ids.to_frame().join(known, on="event_id", how="left", maintain_order="left").drop("event_id")


def _marked(rows: pl.DataFrame, issuable: Spans | None) -> pl.DataFrame:
    """Write into each row what became of it."""
    if issuable is None or not rows.height:
        return rows
    sure = inside(rows["issued_time_us"], issuable)
    if "verdict" in rows.columns:
        sure &= rows["verdict"].eq_missing("found")
    return rows.with_columns(verdict=pl.when(sure).then(pl.lit("found")).otherwise(pl.lit("unknown")))
