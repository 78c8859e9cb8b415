"""One JSON array of objects."""

from collections.abc import Iterator
from typing import BinaryIO

import polars as pl

from timeline.export.plain import lines, slices


def write(frames: Iterator[pl.DataFrame], stream: BinaryIO) -> None:
    before = b"[\n"
    for frame in slices(frames):
        text = lines(frame).rstrip("\n").replace("\n", ",\n").encode()
        if text:
            stream.write(before + text)
            before = b",\n"
    stream.write(b"[]\n" if before == b"[\n" else b"\n]\n")
