"""Text for people: a ruled table on a terminal, aligned columns without tabs in a pipe."""

from collections.abc import Iterator
from typing import BinaryIO, Literal

import polars as pl
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from timeline.export.escape import visible
from timeline.export.plain import each, plain, shown, slices

_NARROWEST = 10
"""Columns with less room than this are shown as lines of `name value` instead."""

_ELEMENTS = 4
"""Elements of a list that a terminal shows; pipes and files get them all."""


def write(frames: Iterator[pl.DataFrame], stream: BinaryIO) -> None:
    widths: list[int] = []
    for frame in slices(frames):
        first = not widths
        cells = _cells(frame, "; ")
        widths = _widths(cells, widths or [len(name) for name in cells.columns])
        right = [dtype.is_numeric() for dtype in frame.dtypes]
        head = pl.DataFrame({name: [name] for name in cells.columns})
        aligned = _aligned(pl.concat([head, cells]) if first else cells, widths, right)
        stream.write(aligned.encode())


def draw(frames: Iterator[pl.DataFrame], console: Console) -> None:
    """Draw frames on a terminal; what is too wide for columns is shown record by record."""
    for frame in slices(frames):
        cells = _cells(frame, "\n", _ELEMENTS)
        if cells.width * _NARROWEST > console.width:
            _records(cells, console)
        else:
            _ruled(cells, frame.dtypes, console)


def _ruled(cells: pl.DataFrame, dtypes: list[pl.DataType], console: Console) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for name, dtype in zip(cells.columns, dtypes, strict=True):
        side: Literal["left", "right"] = "right" if dtype.is_numeric() else "left"
        table.add_column(Text(name), justify=side, overflow="fold", no_wrap=dtype.is_temporal())
    for row in cells.iter_rows():
        table.add_row(*map(Text, row))
    console.print(table)


def _records(cells: pl.DataFrame, console: Console) -> None:
    margin = max(map(len, cells.columns), default=0)
    for row in cells.iter_rows(named=True):
        for name, value in row.items():
            if value:
                lines = value.replace("\n", "\n" + " " * (margin + 2))
                console.print(Text.assemble((name.ljust(margin), "bold"), "  ", lines), soft_wrap=True)
        console.print()


def _cells(frame: pl.DataFrame, joint: str, most: int | None = None) -> pl.DataFrame:
    """Turn every value into harmless text: of a list the elements (or the first ones), of a struct its values."""
    cells = each(plain(frame), lambda column, dtype: _cell(column, dtype, joint, most).fill_null(""))
    cells.columns = [visible(name) for name in cells.columns]
    return cells


def _cell(column: pl.Expr, dtype: pl.DataType, joint: str, most: int | None) -> pl.Expr:
    if most is None or not isinstance(dtype, pl.List):
        return _flat(column, dtype, joint)
    head = _flat(column.list.head(most), dtype, joint)
    more = pl.format("{}{}… {} more", head, pl.lit(joint), column.list.len() - most)
    return pl.when(column.list.len() > most).then(more).otherwise(head)


def _flat(column: pl.Expr, dtype: pl.DataType, joint: str) -> pl.Expr:
    match dtype:
        case pl.List():
            return column.list.eval(_flat(pl.element(), dtype.inner, ", ")).list.join(joint)  # type: ignore[arg-type]
        case pl.Struct():
            parts = [_flat(column.struct.field(part.name), part.dtype, ", ") for part in dtype.fields]  # type: ignore[arg-type]
            return pl.concat_str(parts, separator=" ", ignore_nulls=True)
        case pl.String():
            return shown(column)
        case _:
            return column.cast(pl.String)


def _widths(cells: pl.DataFrame, least: list[int]) -> list[int]:
    longest = cells.select(pl.all().str.len_chars().max()).row(0) if cells.height else [0] * cells.width
    return [max(pair) for pair in zip(least, longest, strict=True)]


def _aligned(cells: pl.DataFrame, widths: list[int], right: list[bool]) -> str:
    cells.columns = [str(number) for number in range(cells.width)]
    padded = [
        pl.col(name).str.pad_start(width) if numeric else pl.col(name).str.pad_end(width)
        for name, width, numeric in zip(cells.columns, widths, right, strict=True)
    ]
    rows = cells.select(pl.concat_str(padded, separator="  ").str.strip_chars_end(" ")) if padded else cells
    return "".join(f"{row}\n" for row in rows.to_series()) if padded else ""
