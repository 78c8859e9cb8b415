"""The timeline itself: events by time, filtered, in pieces that fit in memory, each with the record's own text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import duckdb
import polars as pl

from timeline.case.raw import Texts
from timeline.case.store import like
from timeline.catalog import column_types

PIECE = 20_000
PLACE = ("file_no", "start", "size")


@dataclass(frozen=True)
class EventFilter:
    """Which events to give; instants in µs, texts may hold `*`; None: any."""

    start: int | None = None
    end: int | None = None
    actor: str | None = None
    source: str | None = None
    action: str | None = None
    object: str | None = None
    ip: str | None = None
    text: str | None = None
    limit: int | None = None


def _loose(glob: str) -> str:
    return like(glob if "*" in glob else f"*{glob}*")


CLAUSES = {
    "start": "time_us >= $start",
    "end": "time_us < $end",
    "actor": r"(lower(actor) LIKE $actor ESCAPE '\' OR lower(actor_id) LIKE $actor ESCAPE '\')",
    "source": r"(lower(source) LIKE $source ESCAPE '\' OR lower(stream) LIKE $source ESCAPE '\')",
    "action": r"(lower(action) LIKE $action ESCAPE '\' OR lower(operation) LIKE $action ESCAPE '\')",
    "object": r"(lower(object) LIKE $object ESCAPE '\' OR lower(object_from) LIKE $object ESCAPE '\')",
    "ip": r"lower(src_ip) LIKE $ip ESCAPE '\'",
}


def conditions(wanted: EventFilter) -> tuple[list[str], dict[str, object]]:
    """Give the conditions of a filter in SQL, with their parameters."""
    told = {name: getattr(wanted, name) for name in CLAUSES if getattr(wanted, name) is not None}
    values: dict[str, object] = {name: value if isinstance(value, int) else like(value) for name, value in told.items()}
    clauses = [CLAUSES[name] for name in told]
    if wanted.object is not None:
        values["object"] = _loose(wanted.object)
    if wanted.text is not None:
        columns = [
            name for name, kind in column_types().items() if kind == "VARCHAR" and name not in ("event_id", "file_id")
        ]
        clauses.append(f"lower(concat_ws(' ', {', '.join(columns)})) LIKE $text ESCAPE '\\'")
        values["text"] = _loose(wanted.text)
    return clauses, values


def statement(wanted: EventFilter) -> tuple[str, dict[str, object]]:
    """Give the SELECT behind a filter, with its parameters."""
    clauses, values = conditions(wanted)
    where = f" WHERE {' AND '.join(clauses)}" if clauses else ""
    limit = "" if wanted.limit is None else f" LIMIT {int(wanted.limit)}"
    return f"SELECT * FROM events{where} ORDER BY time_us, event_id{limit}", values


def count(connection: duckdb.DuckDBPyConnection, wanted: EventFilter) -> int:
    """Count the events that a filter gives, without its limit."""
    clauses, values = conditions(wanted)
    where = f" WHERE {' AND '.join(clauses)}" if clauses else ""
    return int(connection.execute(f"SELECT count(*) FROM events{where}", values).fetchall()[0][0])


def events(connection: duckdb.DuckDBPyConnection, wanted: EventFilter, *, raw: bool = False) -> Iterator[pl.DataFrame]:
    """Give the events in pieces, by time; with `raw` each has a column of this name, read back from the evidence."""
    text, values = statement(wanted)
    reader = connection.sql(text, params=values).to_arrow_reader(PIECE)
    texts = Texts(connection.cursor()) if raw else None
    try:
        first = next(reader, None)
        for batch in [reader.schema.empty_table()] if first is None else chain([first], reader):
            frame = pl.DataFrame(pl.from_arrow(batch))
            if texts:
                frame = frame.with_columns(_raw(texts, frame))
            yield frame.drop(PLACE).with_columns(pl.col(pl.Datetime).dt.replace_time_zone("UTC"))
    finally:
        if texts:
            texts.close()


def _raw(texts: Texts, frame: pl.DataFrame) -> pl.Series:
    wanted = list(frame.select("file_no", "record", "start", "size").iter_rows())
    found = texts.read(wanted)
    return pl.Series("raw", [found.get((number, record)) for number, record, _, _ in wanted], pl.String)
