"""Everything about one value: in which columns and streams it is, what occurs beside it, and when who could not have shown it."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from timeline.case.store import like
from timeline.core.spans import Span
from timeline.errors import CaseError
from timeline.evidence.frames import MOMENT, Schema, frame, loss_row
from timeline.evidence.knowledge import Knowledge
from timeline.evidence.stating import SOUGHT, Stating, statements
from timeline.evidence.weigh import Asked, Seen, Weigher
from timeline.hunting.columns import KINDS
from timeline.hunting.looks import Look, recognised, refanged, spellings, within
from timeline.hunting.search import TABLES

PLACES: Schema = {
    "value": pl.String,
    "column": pl.String,
    "source": pl.String,
    "stream": pl.String,
    "events": pl.Int64,
    "first": MOMENT,
    "last": MOMENT,
    "first_is": pl.String,
    "last_is": pl.String,
}
NEIGHBOURS: Schema = {
    "value": pl.String,
    "column": pl.String,
    "neighbour": pl.String,
    "neighbour_column": pl.String,
    "events": pl.Int64,
    "events_in_all": pl.Int64,
    "first": MOMENT,
    "last": MOMENT,
}
UNSEEN: Schema = {
    "stream": pl.String,
    "scope": pl.String,
    "state": pl.String,
    "start": MOMENT,
    "end": MOMENT,
    "mendable": pl.Boolean,
    "deadline": MOMENT,
    "cause": pl.String,
}
BESIDE = tuple(
    name
    for name in SOUGHT
    if name not in ("request_id", "object_from", "object_hash", "token_issuer", "token_audience")
)
"""Columns whose values are neighbours; a request's number is beside one thing only."""


class Pivot:
    """One value (a glob, or a range of addresses) in one case, over a window (the case's)."""

    def __init__(self, knowledge: Knowledge, told: str, window: Span | None = None) -> None:
        self.value = refanged(told.strip())
        if not self.value.strip("*"):
            raise CaseError(
                f"{told!r} is any value; name an address, account, token, session, key, object, hash, request or device"
            )
        self.connection, self.weigher = knowledge.connection, Weigher(knowledge, window)
        self.look = recognised(self.value)
        start, end = self.weigher.window
        self.inside = f"kept AND (time_us IS NULL OR time_us >= {start} AND time_us < {end})"
        self._find()

    def _find(self) -> None:
        """Lay down which values of which columns are meant, and the events that have them."""
        self.connection.execute("CREATE OR REPLACE TEMP TABLE pivot_hit (field VARCHAR, v VARCHAR)")
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE pivot_event (field VARCHAR, v VARCHAR, event_id VARCHAR, source VARCHAR, stream VARCHAR, time_us BIGINT)"
        )
        for column, condition, given in self._conditions():
            self.connection.execute(
                f"INSERT INTO pivot_hit SELECT DISTINCT '{column}', {column} FROM {TABLES} WHERE {self.inside} AND {condition}",
                given,
            )
            self.connection.execute(
                "INSERT INTO pivot_event SELECT h.field, h.v, e.event_id, e.source, e.stream, e.time_us "
                f"FROM {TABLES} AS e JOIN (FROM pivot_hit WHERE field = '{column}') AS h ON e.{column} = h.v WHERE {self.inside}"
            )

    def _conditions(self) -> Iterator[tuple[str, str, list[object]]]:
        """Say for each column when its value is meant."""
        if self.look.kind == "address":
            rows = self.connection.execute(
                f"SELECT DISTINCT src_ip FROM {TABLES} WHERE {self.inside} AND src_ip IS NOT NULL"
            ).fetchall()
            yield "src_ip", "list_contains($1, src_ip)", [[each for (each,) in rows if within(each, self.look.value)]]
        if self.look.op == "inside":
            return
        for column in SOUGHT:
            if self.look.kind == "address" and column == "src_ip":
                continue
            if "*" in self.value:
                yield column, rf"lower({column}) LIKE $1 ESCAPE '\'", [like(self.value)]
            else:
                yield (
                    column,
                    f"lower({column}) IN (SELECT unnest($1))",
                    [[*spellings(self.look), *spellings(Look("", "equals", self.value))]],
                )

    def close(self) -> None:
        """Drop what was laid down."""
        for name in ("pivot_hit", "pivot_event"):
            self.connection.execute(f"DROP TABLE IF EXISTS {name}")

    def places(self) -> pl.DataFrame:
        """Give where it is: value, column and stream, with events, first, last and whether there may be more before and after."""
        rows = self.connection.execute(
            "SELECT v, field, source, stream, count(*), min(time_us), max(time_us) FROM pivot_event GROUP BY ALL ORDER BY field, v, stream"
        ).fetchall()
        order = {name: place for place, name in enumerate(SOUGHT)}
        told = sorted(rows, key=lambda row: (order[row[1]], row[0], row[3]))
        return frame([self._place(row) for row in told], PLACES)

    def _place(self, row: tuple[str, str, str, str, int, int | None, int | None]) -> dict[str, object]:
        asked, seen = Asked(((row[3], False),)), Seen(row[4], row[5], row[6])
        flags = self.weigher.flags(seen, self.weigher.verdict(seen, asked), asked)
        return dict(zip(PLACES, (*row, *flags), strict=True))

    def neighbours(self) -> pl.DataFrame:
        """Give what occurs in the same events, the rarest pair first; `events_in_all` counts the neighbour everywhere in the window."""
        pairs = " UNION ALL ".join(
            f"SELECT p.v, p.field, e.{name} AS neighbour, '{name}' AS beside, p.event_id, p.time_us FROM mine AS p JOIN own AS e USING (event_id) "
            f"WHERE e.{name} IS NOT NULL AND NOT (p.field = '{name}' AND p.v = e.{name})"
            for name in BESIDE
        )
        totals = " UNION ALL ".join(
            f"SELECT '{name}' AS beside, {name} AS neighbour, count(*) AS total FROM {TABLES} WHERE {self.inside} AND {name} IN "
            f"(SELECT neighbour FROM counted WHERE beside = '{name}') GROUP BY {name}"
            for name in BESIDE
        )
        rows = self.connection.execute(
            "WITH mine AS MATERIALIZED (SELECT DISTINCT field, v, event_id, time_us FROM pivot_event), "
            f"own AS MATERIALIZED (SELECT event_id, {', '.join(BESIDE)} FROM {TABLES} WHERE kept AND event_id IN (SELECT event_id FROM mine)), "
            "counted AS MATERIALIZED ("
            "SELECT v, field, neighbour, beside, count(*) AS events, min(time_us) AS first, max(time_us) AS last "
            f"FROM ({pairs}) GROUP BY ALL), totals AS ({totals}) "
            "SELECT c.v, c.field, c.neighbour, c.beside, c.events, t.total, c.first, c.last "
            "FROM counted AS c JOIN totals AS t USING (beside, neighbour) "
            "ORDER BY c.events, t.total, c.beside, c.neighbour, c.v, c.field"
        ).fetchall()
        return frame([dict(zip(NEIGHBOURS, row, strict=True)) for row in rows], NEIGHBOURS)

    def unseen(self) -> pl.DataFrame:
        """Give when which stream that states such values could not have shown it, and what the case lacks."""
        rows = self.connection.execute("SELECT DISTINCT field FROM pivot_hit").fetchall()
        columns = dict.fromkeys([*(KINDS[self.look.kind]), *(name for (name,) in rows)])
        witnesses = Stating(self.weigher, statements(self.weigher.knowledge))
        losses = self.weigher.losses(witnesses.of(tuple(columns)))
        told = [{**loss_row(loss.stream, loss.gap), "cause": loss.gap.cause} for loss in losses]
        return frame(told, UNSEEN).sort("stream", "start", "scope", maintain_order=True)
