"""Frames as rows that JSON can carry: every time an integer of µs since 1970, every odd number a null."""

import json
import math
from datetime import UTC, date, datetime, timedelta

import polars as pl

TIMES = frozenset({"time", "start", "end", "deadline", "first", "last", "earliest", "latest"})
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(moment: object) -> int | None:
    """Microseconds since 1970 of a datetime (naive means UTC), an RFC 3339 text or an integer."""
    match moment:
        case bool() | None | "":
            return None
        case int():
            return moment
        case str():
            return micros(datetime.fromisoformat(moment))
        case datetime():
            aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return (aware - EPOCH) // timedelta(microseconds=1)
        case date():
            return micros(datetime(moment.year, moment.month, moment.day, tzinfo=UTC))
    raise TypeError(f"not a time: {moment!r}")


def plain(value: object, name: str = "") -> object:
    """Give a value as JSON has it; `name` is its column, which tells times from numbers and words."""
    match value:
        case dict():
            return {str(key): plain(inner, str(key)) for key, inner in value.items()}
        case list() | tuple():
            return [plain(inner) for inner in value]
        case _ if name in TIMES or isinstance(value, datetime | date):
            return micros(value)
        case float():
            return value if math.isfinite(value) else None
        case None | bool() | int() | str():
            return value
    return str(value)


def rows(frame: pl.DataFrame) -> list[dict[str, object]]:
    return [{name: plain(value, name) for name, value in row.items()} for row in frame.iter_rows(named=True)]


def columned(told: list[dict[str, object]]) -> dict[str, object]:
    """Give rows with the names of their columns once: thousands of gaps would say them thousands of times."""
    names = list(told[0]) if told else []
    return {"names": names, "rows": [[row[name] for name in names] for row in told]}


def inert(data: object) -> str:
    """JSON that cannot end the script element it stands in, nor be read as markup: < > & never occur in it."""
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
