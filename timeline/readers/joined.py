"""Lines of JSON that hold more or less than one document: two records on a line, or a whole one behind a torn one, are two records.

The first keeps the number of its line, so that numbers stay those of an editor; what follows it is numbered after the file's last line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
import numpy as np
import pyarrow as pa

from timeline.readers.batch import Batch, Fault
from timeline.readers.documents import pieces
from timeline.readers.pages import REFUSED

_Value = msgspec.json.Decoder(msgspec.Raw)
Part = tuple[int, int, str]  # start, size, text


def _valid(line: str) -> bool:
    try:
        _Value.decode(line)
    except REFUSED:
        return False
    return True


def _parts(line: str, start: int) -> list[Part]:
    """Give the documents of a line with their places; one that is not in it as it stands has none."""
    data, place, found = line.encode(), 0, []
    for piece in pieces(data):
        at = data.find(piece, place)
        place = max(at, 0) + len(piece)
        found.append((start + at if at >= 0 and start >= 0 else -1, len(piece), piece.decode()))
    return found


def apart(batches: Iterable[Batch | Fault]) -> Iterator[Batch | Fault]:
    """Take apart the lines that are no JSON document but hold several."""
    more: list[Part] = []
    last = 0
    for batch in batches:
        if isinstance(batch, Fault):
            last = max(last, batch.number)
            yield batch
            continue
        last = max(last, int(batch.number[-1]))
        texts = batch.text.to_pylist()
        told = {}
        for index, line in enumerate(texts):
            parts = [] if _valid(line) else _parts(line, int(batch.start[index]))
            if len(parts) > 1:
                told[index] = parts[0]
                more += parts[1:]
        yield _with(batch, told) if told else batch
    if more:
        yield _batch(last + 1, more)


def _with(batch: Batch, told: dict[int, Part]) -> Batch:
    """Give a batch in which some lines are the first of their documents only."""
    start, size, text = batch.start.copy(), batch.size.copy(), batch.text.to_pylist()
    for index, part in told.items():
        start[index], size[index], text[index] = part
    return Batch(batch.number, start, size, pa.array(text, pa.string()))


def _batch(number: int, parts: list[Part]) -> Batch:
    starts, sizes, texts = zip(*parts, strict=True)
    return Batch(
        np.arange(number, number + len(parts)), np.array(starts), np.array(sizes), pa.array(texts, pa.string())
    )
