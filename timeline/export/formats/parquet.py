"""Parquet with zstd; times are marked as UTC."""

from collections.abc import Iterator
from typing import BinaryIO

import polars as pl
import pyarrow.parquet

from timeline.export.plain import each, inside


def write(frames: Iterator[pl.DataFrame], stream: BinaryIO) -> None:
    writer = None
    for frame in frames:
        table = each(frame, lambda column, dtype: inside(column, dtype, _utc)).to_arrow()
        if writer is None:
            writer = pyarrow.parquet.ParquetWriter(stream, table.schema, compression="zstd")
        writer.write_table(table.cast(writer.schema))
    if writer is not None:
        writer.close()


def _utc(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is None:
        return column.dt.replace_time_zone("UTC")
    return column
