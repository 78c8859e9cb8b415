"""Frames with nothing but text, numbers, truth values and nests of these: what every text format can write."""

from collections.abc import Callable, Iterable, Iterator

import polars as pl

from timeline.export.escape import SHOWN, UNSAFE, json_safe

SLICE = 50_000
"""Rows that are turned into text at once."""

YEAR_1, YEAR_10000 = -62_135_596_800, 253_402_300_800
"""Seconds from 1970."""

Change = Callable[[pl.Expr, pl.DataType], pl.Expr]


def slices(frames: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Cut frames so that the memory for their text stays small; the first one comes even if it is empty."""
    for number, frame in enumerate(frames):
        if frame.height or not number:
            yield from frame.iter_slices(SLICE) if frame.height else (frame,)


def each(frame: pl.DataFrame, change: Change) -> pl.DataFrame:
    """Change every column; they go by number meanwhile, because polars takes names like `*` or `^x$` for patterns."""
    numbered = frame.clone()
    numbered.columns = [str(number) for number in range(frame.width)]
    changed = numbered.select(change(pl.col(name), dtype).alias(name) for name, dtype in numbered.schema.items())
    changed.columns = frame.columns
    return changed


def inside(column: pl.Expr, dtype: pl.DataType, change: Change) -> pl.Expr:
    """Change the innermost values of lists and structs."""
    if isinstance(dtype, pl.Array):
        return inside(column.arr.to_list(), pl.List(dtype.inner), change)
    if isinstance(dtype, pl.List):
        return column.list.eval(inside(pl.element(), _instance(dtype.inner), change))
    if isinstance(dtype, pl.Struct):
        parts = [(field.name, _instance(field.dtype)) for field in dtype.fields]
        return column.struct.with_fields(inside(pl.field(name), part, change).alias(name) for name, part in parts)
    return change(column, dtype)


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Write times as RFC 3339 and bytes as hexadecimal digits; nests stay nests."""
    return each(frame, lambda column, dtype: inside(column, dtype, _plain))


def _plain(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    match dtype:
        case pl.Datetime():
            utc = column.dt.convert_time_zone("UTC") if dtype.time_zone else column
            return _dated(utc, dtype.time_unit).dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
        case pl.Binary():
            return column.bin.encode("hex")
        case pl.Duration():
            return column.dt.to_string("iso")
        case pl.String() | pl.Boolean() | pl.Null():
            return column
        case _ if dtype.is_integer() or dtype.is_float():
            return column
        case _:
            return column.cast(pl.String)


def _dated(column: pl.Expr, unit: str) -> pl.Expr:
    """Leave empty what has no date of four digits: nobody could read it, and polars would stop there."""
    if unit == "ns":
        return column  # eight bytes of nanoseconds end in the year 2262
    scale = {"ms": 1_000, "us": 1_000_000}[unit]
    return pl.when(column.to_physical().is_between(YEAR_1 * scale, YEAR_10000 * scale - 1)).then(column)


def json_cell(column: pl.Expr) -> pl.Expr:
    """Write a nest as JSON text."""
    whole = pl.struct(column.alias("_")).struct.json_encode()
    return pl.when(column.is_not_null()).then(whole.str.strip_prefix('{"_":').str.strip_suffix("}"))


def shown(column: pl.Expr) -> pl.Expr:
    """Show what would act on a terminal as an escape."""
    return column.str.replace_many(list(UNSAFE), SHOWN)


def lines(frame: pl.DataFrame) -> str:
    """Write a frame as JSON, one object a line; every value comes back as it was."""
    return json_safe(plain(frame).write_ndjson())


def _instance(dtype: object) -> pl.DataType:
    """Give the type itself where polars names only its class."""
    return dtype() if isinstance(dtype, type) else dtype  # type: ignore[return-value]
