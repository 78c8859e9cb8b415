"""One JSON object a line."""

from collections.abc import Iterator
from typing import BinaryIO

import polars as pl

from timeline.export.plain import lines, slices


def write(frames: Iterator[pl.DataFrame], stream: BinaryIO) -> None:
    stream.writelines(lines(frame).encode() for frame in slices(frames))
