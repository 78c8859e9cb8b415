"""Lines of text, cut without copying: one Arrow array over each block, with number and place of every line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np
import pyarrow as pa

from timeline.readers.batch import Batch, Fault
from timeline.readers.limits import Torn

LONGEST = 64 << 20
SPACE = b" \t\r\n\x00"
LF, CR = b"\n\r"
ZEROS = re.compile(rb"\x00{16,}")
"""What a disk shows where a write was lost. Fewer zeros are part of the text around them."""
LOST = "a block of zero bytes: what was written here is lost"


def zeroed(data: bytes) -> bool:
    """Tell whether there may be a run of zero bytes; a search for one byte takes a tenth of the time of one for many."""
    return b"\0" in data and bytes(16) in data


def _whole(blocks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Give blocks that end at a line's end, each with its place in the file; raise Torn after what came before it."""
    place, rest = 0, b""
    torn: Torn | None = None
    source = iter(blocks)
    while True:
        try:
            block = next(source)
        except StopIteration:
            break
        except Torn as error:
            torn = error
            break
        cut = block.rfind(b"\n") + 1
        if not cut and len(rest) + len(block) < LONGEST:
            rest += block
            continue
        whole = b"".join((rest, memoryview(block)[:cut])) if cut else rest + block
        rest = block[cut:] if cut else b""
        yield place, whole
        place += len(whole)
    if rest:
        yield place, rest
    if torn:
        raise torn


def text_array(data: bytes, offsets: np.ndarray) -> pa.Array:
    """Give the pieces of `data` between offsets as text; what is not UTF-8 is shown as U+FFFD."""
    array = pa.StringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(data))
    try:
        array.validate(full=True)
    except pa.ArrowInvalid:
        pieces = [data[a:b].decode("utf-8", "replace") for a, b in pairwise(offsets.tolist())]
        return pa.array(pieces, pa.string())
    return array


def blanks(data: bytes, starts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Find lines of white space only; of those that are more than their own end, only odd ones need a look."""
    signs = np.frombuffer(data, np.uint8)
    first = signs[starts]
    blank: np.ndarray = (first == LF) | ((first == CR) & (sizes == len("\r\n")) & (signs[starts + sizes - 1] == LF))
    for index in np.flatnonzero((first <= 32) & ~blank):  # noqa: PLR2004  white space and control characters
        a = int(starts[index])
        blank[index] = not data[a : a + int(sizes[index])].strip(SPACE)
    return blank


def cut(blocks: Iterable[bytes], lead: int = 0) -> Iterator[Batch | Fault]:
    """Cut blocks into lines; blank ones are no records. `lead` is the length of a byte order mark before the text."""
    number = 1
    try:
        for place, data in _whole(blocks):
            ends = np.flatnonzero(np.frombuffer(data, np.uint8) == LF) + 1
            if not len(ends) or ends[-1] != len(data):
                ends = np.append(ends, len(data))
            zeros = [found.span() for found in ZEROS.finditer(data)] if zeroed(data) else []
            offsets = np.concatenate((np.zeros(1, np.int64), ends))
            offsets = np.unique(np.append(offsets, zeros)).astype(np.int64) if zeros else offsets
            starts, sizes = offsets[:-1], np.diff(offsets)
            text = text_array(data, offsets)
            lost = np.isin(starts, [start for start, _ in zeros])
            empty = blanks(data, starts, sizes) & ~lost
            numbers = number + np.cumsum(~empty) - 1
            number += int((~empty).sum())
            for at in np.flatnonzero(lost).tolist():
                yield Fault(int(numbers[at]), int(starts[at]) + place + lead, int(sizes[at]), LOST)
            keep = ~(empty | lost)
            if not keep.all():
                text, starts, sizes, numbers = text.filter(pa.array(keep)), starts[keep], sizes[keep], numbers[keep]
            if len(starts):
                yield Batch(numbers, starts + place + lead, sizes, text)
    except Torn as error:
        yield Fault(number, -1, 0, str(error))
