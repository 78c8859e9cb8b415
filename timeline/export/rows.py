"""Rows on their way out: to a terminal, a pipe or a file, in one of the formats."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

import polars as pl
from rich.console import Console

from timeline.errors import CaseError
from timeline.export.formats import table

Rows = pl.DataFrame | Iterable[pl.DataFrame]


def write(rows: Rows, form: str, target: Path | None, *, exact: bool = False, console: Console | None = None) -> None:
    """Write rows to a file, or to stdout without one; a console gets its tables drawn.

    `exact` leaves control characters and formulas in CSV as they are. Frames that come one by one leave one by one.
    """
    frames = iter([rows]) if isinstance(rows, pl.DataFrame) else iter(rows)
    if console and form == "table" and not target:
        table.draw(frames, console)
        return
    if console and form == "parquet" and not target:
        raise CaseError(
            "parquet: nothing that a terminal can show; name a file with -o FILE, or send it through a pipe"
        )
    with opened(target) as stream:
        module = import_module(f"timeline.export.formats.{form}")
        (getattr(module, "exact", module.write) if exact else module.write)(frames, stream)


@contextmanager
def opened(target: Path | None) -> Iterator[BinaryIO]:
    """Open stdout, or a file that appears under its name only when it is complete."""
    if target is None:
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    elif target.exists() and not target.is_file():
        with _open(target, target) as stream:
            yield stream
    else:
        with _complete(target) as stream:
            yield stream


@contextmanager
def _complete(target: Path) -> Iterator[BinaryIO]:
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with _open(part, target) as stream:
            yield stream
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _open(path: Path, asked: Path) -> BinaryIO:
    try:
        return path.open("wb")
    except OSError as error:
        raise CaseError(f"{asked}: {error.strerror}; choose a place that can be written") from None
