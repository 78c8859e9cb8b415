"""Comma-separated values that are safe to open in a spreadsheet."""

from collections.abc import Iterator
from typing import BinaryIO

import polars as pl

from timeline.export.plain import Change, each, json_cell, plain, shown, slices

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(frames: Iterator[pl.DataFrame], stream: BinaryIO) -> None:
    stream.writelines(_texts(frames, _safe))


def exact(frames: Iterator[pl.DataFrame], stream: BinaryIO) -> None:
    """Write values as they are, formulas and control characters included."""
    stream.writelines(_texts(frames, _exact))


def _texts(frames: Iterator[pl.DataFrame], change: Change) -> Iterator[bytes]:
    for number, frame in enumerate(slices(frames)):
        cells = each(plain(frame), change)
        cells.columns = (
            pl.DataFrame({"name": cells.columns}).select(change(pl.col("name"), pl.String())).to_series().to_list()
        )
        yield cells.write_csv(include_header=not number).encode()


def _exact(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    return json_cell(column) if dtype.is_nested() else column


def _safe(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Quote what a spreadsheet would run, and show what would act on a terminal."""
    if dtype.is_nested():
        return shown(json_cell(column))
    if not isinstance(dtype, pl.String):
        return column
    starts = column.str.slice(0, 1).is_in(_FORMULA)
    return pl.when(starts).then(pl.concat_str(pl.lit("'"), shown(column))).otherwise(shown(column))
