"""Lines that a container runtime cut into parts (tag P, the last one F) as the one record that they were.

Kubernetes lets a runtime split what a container writes (containerd: after 16 KiB), so that a large audit event takes several lines
(https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md). Parts are joined within their stream, stdout or
stderr, and only if they make one JSON object; others, as those whose end is in the next file, stay the lines that they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from timeline.readers.batch import Batch, Fault
from timeline.readers.pages import REFUSED

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.]\d{1,9})?(?:Z|[+-]\d\d:\d\d)"
CRI = TIME + r" std(?:out|err) [PF](?::[^ ]*)? "
STREAMS = "stdout", "stderr"
LONGEST = 16 << 20
_PARTIAL = f"^{TIME} std(?:out|err) P[: ]"
_PART = re.compile(f"{CRI}(.*)", re.DOTALL)
_Object = msgspec.json.Decoder(dict[str, msgspec.Raw])


def is_object(text: str) -> bool:
    """Tell whether a text is one JSON object."""
    try:
        _Object.decode(text)
    except REFUSED:
        return False
    return True


def _matching(text: pa.Array, pattern: str) -> np.ndarray:
    found: np.ndarray = pc.match_substring_regex(text, pattern).to_numpy(zero_copy_only=False)
    return found


def _chosen(batch: Batch, keep: np.ndarray) -> Batch:
    told = pa.array(keep)
    meant = None if batch.meant is None else batch.meant.filter(told)
    return Batch(batch.number[keep], batch.start[keep], batch.size[keep], batch.text.filter(told), meant=meant)


def _after(first: Batch, then: Batch) -> Batch:
    number, start, size = (
        np.concatenate(both)
        for both in ((first.number, then.number), (first.start, then.start), (first.size, then.size))
    )
    return Batch(number, start, size, pa.concat_arrays([first.text, then.text]))


def _groups(rows: np.ndarray, partial: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """Give the rows of one stream that are parts of one record each, and those whose last part is not there yet."""
    ends = np.flatnonzero(~partial[rows])
    first = np.concatenate((np.zeros(1, np.int64), ends + 1))
    split = np.flatnonzero(ends > first[:-1]).tolist()
    return [rows[first[index] : ends[index] + 1] for index in split], rows[first[-1] :]


class Joiner:
    """Joins parts as batches of lines pass; from the first that is joined on, records are numbered and not lines."""

    def __init__(self) -> None:
        self.rest: Batch | None = None
        self.faults: list[Fault] = []
        self.seen = self.given = 0

    def take(self, batch: Batch) -> Iterator[Batch | Fault]:
        """Give the records of more lines that are whole now, and the faults between them."""
        self.seen += len(batch.number) + len(self.faults)
        partial = _matching(batch.text, _PARTIAL)
        if self.rest is None and not partial.any():
            yield from self._unjoined(batch)
            return
        if self.rest is not None:
            partial = np.concatenate((np.ones(len(self.rest.number), bool), partial))
            batch, self.rest = _after(self.rest, batch), None
        yield from self._numbered(self._joined(batch, partial))

    def end(self) -> Iterator[Batch | Fault]:
        """Give the parts whose end never came, as the lines that they are, and the last faults."""
        yield from self._numbered(self.rest)

    def _unjoined(self, batch: Batch) -> Iterator[Batch | Fault]:
        """Give a batch in which nothing is to be joined: the numbers are those of the lines, less what was joined before."""
        self.given += len(batch.number) + len(self.faults)
        less = self.seen - self.given
        yield from (replace(fault, number=fault.number - less) for fault in self.faults)
        self.faults = []
        yield replace(batch, number=batch.number - less)

    def _numbered(self, batch: Batch | None) -> Iterator[Batch | Fault]:
        """Give records and faults with the next numbers."""
        if batch is not None and len(batch.number):
            number = np.arange(self.given + 1, self.given + len(batch.number) + 1)
            self.given += len(number)
            yield replace(batch, number=number)
        for fault in self.faults:
            self.given += 1
            yield replace(fault, number=self.given)
        self.faults = []

    def _joined(self, batch: Batch, partial: np.ndarray) -> Batch:
        """Put one record in the place of its parts, and keep back the parts of which more may come."""
        keep, back = np.ones(len(partial), bool), np.zeros(len(partial), bool)
        whole: dict[int, tuple[int, int, str, str]] = {}
        for stream in STREAMS:
            groups, rest = _groups(np.flatnonzero(_matching(batch.text, f"^{TIME} {stream} ")), partial)
            back[rest] = batch.size[rest].sum() <= LONGEST
            for rows in groups:
                if found := self._whole(batch, rows):
                    whole[int(rows[-1])] = found
                    keep[rows[:-1]] = False
        self.rest = _chosen(batch, back) if back.any() else None
        return _chosen(_put(batch, whole) if whole else batch, keep & ~back)

    def _whole(self, batch: Batch, rows: np.ndarray) -> tuple[int, int, str, str] | None:
        """Give place, size, lines and meaning of a record in parts; None if they make no object, or something was lost between them."""
        start, last = int(batch.start[rows[0]]), int(batch.start[rows[-1]])
        if any(start < fault.start < last for fault in self.faults):
            return None
        texts = batch.text.take(pa.array(rows)).to_pylist()
        parts = [_PART.fullmatch(text) for text in texts]
        meant = "".join(part[1].rstrip("\r\n") for part in parts if part)
        if not is_object(meant):
            return None
        size = int(batch.size[rows].sum())
        close = last + int(batch.size[rows[-1]]) - start == size
        return (start, size, "".join(texts), meant) if close else (-1, -1, "".join(texts), meant)


def _put(batch: Batch, whole: dict[int, tuple[int, int, str, str]]) -> Batch:
    """Give a batch in which some rows are records made of several lines."""
    rows = sorted(whole)
    told = np.zeros(len(batch.number), bool)
    told[rows] = True
    start, size = batch.start.copy(), batch.size.copy()
    start[rows], size[rows] = zip(*(whole[row][:2] for row in rows), strict=True)
    text, meant = (
        pc.replace_with_mask(batch.text, pa.array(told), pa.array([whole[row][which] for row in rows], pa.string()))
        for which in (2, 3)
    )
    return Batch(batch.number, start, size, text, meant=meant)


def joined(lines: Iterable[Batch | Fault]) -> Iterator[Batch | Fault]:
    """Give lines with those that are parts of one record joined; what such a one means is its `meant`."""
    joiner = Joiner()
    for piece in lines:
        if isinstance(piece, Fault):
            joiner.faults.append(piece)
        else:
            yield from joiner.take(piece)
    yield from joiner.end()
