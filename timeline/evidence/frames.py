"""The core's values as the rows that contract.md promises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import count

import duckdb
import polars as pl

from timeline.core.coverage import Gap, Piece
from timeline.core.spans import BEGIN, END

MOMENT = pl.Datetime("us", "UTC")
Schema = Mapping[str, pl.DataType | type[pl.DataType]]
GAP: Schema = {
    "stream": pl.String,
    "source": pl.String,
    "family": pl.String,
    "scope": pl.String,
    "state": pl.String,
    "start": MOMENT,
    "end": MOMENT,
    "cause": pl.String,
    "basis": pl.String,
    "store": pl.String,
    "mendable": pl.Boolean,
    "deadline": MOMENT,
    "expected_events": pl.Float64,
    "expected_low": pl.Float64,
    "expected_high": pl.Float64,
    "evidence": pl.List(pl.String),
}
LOSS = pl.Struct(
    {
        "stream": pl.String,
        "scope": pl.String,
        "state": pl.String,
        "start": MOMENT,
        "end": MOMENT,
        "mendable": pl.Boolean,
        "deadline": MOMENT,
    }
)
ASK: Schema = {
    "question": pl.String,
    "subject": pl.String,
    "verdict": pl.String,
    "strength": pl.String,
    "rows": pl.Int64,
    "first": MOMENT,
    "last": MOMENT,
    "first_is": pl.String,
    "last_is": pl.String,
    "uncovered": pl.List(LOSS),
}
CHAIN: Schema = {
    "step": pl.String,
    "verdict": pl.String,
    "earliest": MOMENT,
    "latest": MOMENT,
    "windows": pl.List(pl.Struct({"start": MOMENT, "end": MOMENT})),
    "because": pl.String,
}
SOURCES: Schema = {
    "stream": pl.String,
    "source": pl.String,
    "family": pl.String,
    "events": pl.Int64,
    "first": MOMENT,
    "last": MOMENT,
    "completeness": pl.String,
    "title": pl.String,
    "witnesses": pl.String,
    "horizon": pl.String,
    "outage_hours": pl.Float64,
    "outage_hours_worst": pl.Float64,
}
LATEST = 253_402_300_800_000_000  # the year 10000: what a calendar can show
FOREIGN = ("interval", "map<", "union<")
"""Types of Arrow that polars does not read: they are shown as DuckDB writes them."""
EARLIEST = -62_135_596_800_000_000


def moment(at: int | None) -> int | None:
    """Give an instant for a calendar column: open ends and times that no calendar shows are empty."""
    return None if at is None or at in (BEGIN, END) or not EARLIEST <= at < LATEST else at


def keyed(gaps: pl.DataFrame) -> pl.DataFrame:
    """Add the `key` by which notes name a gap: `stream|scope|state|start`, the start empty where it is open."""
    start = pl.coalesce(pl.col("start").dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ"), pl.lit(""))
    return gaps.with_columns(pl.format("{}|{}|{}|{}", "stream", "scope", "state", start).alias("key"))


def frame(rows: Sequence[Mapping[str, object]], schema: Schema) -> pl.DataFrame:
    """Make a frame whose integer moments become UTC times, also inside of lists."""
    plain = pl.Schema({name: _plain(kind) for name, kind in schema.items()})
    return pl.DataFrame(rows, schema=plain, orient="row").cast(pl.Schema(schema))


def _plain(kind: object) -> pl.DataType:
    if isinstance(kind, pl.Datetime):
        return pl.Int64()
    if isinstance(kind, pl.List):
        return pl.List(_plain(kind.inner))
    if isinstance(kind, pl.Struct):
        return pl.Struct({each.name: _plain(each.dtype) for each in kind.fields})
    return kind() if isinstance(kind, type) else kind  # type: ignore[return-value]


def rows_of(
    connection: duckdb.DuckDBPyConnection, text: str, values: Mapping[str, object] | Sequence[object] | None = None
) -> pl.DataFrame:
    """Run a SELECT and give its rows; by way of Arrow, because polars' own way into DuckDB leaks and says so at exit."""
    relation = connection.sql(text, params=values)
    if relation is None:
        return pl.DataFrame()
    table = relation.to_arrow_table()
    names = table.schema.names
    foreign = [any(sign in str(kind) for sign in FOREIGN) for kind in table.schema.types]
    if any(foreign):
        places = (
            f"CAST(#{number} AS VARCHAR) AS c{number}" if odd else f"#{number} AS c{number}"
            for number, odd in enumerate(foreign, 1)
        )
        table = relation.project(", ".join(places)).to_arrow_table()
    found = pl.from_arrow(table.rename_columns(_apart(names)))
    return found if isinstance(found, pl.DataFrame) else found.to_frame()


def _apart(names: Sequence[str]) -> list[str]:
    """Give columns of one name a number each."""
    told: list[str] = []
    for name in names:
        numbered = (name if number == 1 else f"{name}_{number}" for number in count(1))
        told.append(next(each for each in numbered if each not in told))
    return told


def gap_row(stream: str, source: str, family: str, scope: str, piece: Piece) -> dict[str, object]:
    """Give one row of `timeline gaps`."""
    return {
        "stream": stream,
        "source": source,
        "family": family,
        "scope": scope,
        "state": str(piece.state),
        "start": moment(piece.start),
        "end": moment(piece.end),
        "cause": piece.cause,
        "basis": piece.basis,
        "store": piece.store,
        "mendable": piece.mendable,
        "deadline": moment(piece.deadline),
        "expected_events": None,
        "expected_low": None,
        "expected_high": None,
        "evidence": list(piece.evidence),
    }


def loss_row(stream: str, gap: Gap) -> dict[str, object]:
    """Give one element of `uncovered`."""
    return {
        "stream": stream,
        "scope": gap.scope.text(),
        "state": str(gap.state),
        "start": moment(gap.start),
        "end": moment(gap.end),
        "mendable": gap.mendable,
        "deadline": moment(gap.deadline),
    }


def windows(spans: Iterable[tuple[int, int]]) -> list[dict[str, object]]:
    """Give spans as elements of `windows`."""
    return [{"start": moment(start), "end": moment(end)} for start, end in spans]
