"""Contiguous record numbers prove a silence; a jump in them proves a loss and counts it."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from timeline.core.spans import Spans, minus, tidy

Record = tuple[int, int]


@dataclass(frozen=True)
class Break:
    """Records are missing between two times; `missing` None: the numbering began anew, nobody knows how many."""

    start: int
    end: int
    missing: int | None


@dataclass(frozen=True)
class Numbering:
    """What the record numbers of one log say: where records are missing and where surely none is."""

    breaks: tuple[Break, ...]
    attested: Spans


def numbering(records: Iterable[Record]) -> Numbering:
    """Read (number, time) pairs, in any order, of one log that numbers its records one by one."""
    runs = _runs(records)
    breaks = [_break(one, other) for run in runs for one, other in pairwise(run) if other[0] > one[0] + 1]
    breaks += [_restart(one, other) for one, other in pairwise(runs)]
    steps = [(one[1], other[1]) for run in runs for one, other in pairwise(run) if other[0] == one[0] + 1]
    lossy = tidy((found.start, found.end) for found in breaks)
    ordered = sorted(breaks, key=lambda found: (found.start, found.end))
    return Numbering(tuple(ordered), minus(tidy(steps), lossy))


def _runs(records: Iterable[Record]) -> list[list[Record]]:
    """Cut where the numbering began anew: a number comes again, or one below all of its run; sort each by number."""
    runs: list[dict[int, int]] = []
    for time, number in sorted({(time, number) for number, time in records}):
        if not runs or number in runs[-1] or number < next(iter(runs[-1])):
            runs.append({})
        runs[-1][number] = time
    return [sorted(run.items()) for run in runs]


def _break(one: Record, other: Record) -> Break:
    start, end = sorted((one[1], other[1]))
    return Break(start, max(end, start + 1), other[0] - one[0] - 1)


def _restart(run: list[Record], following: list[Record]) -> Break:
    start, end = max(time for _, time in run), min(time for _, time in following)
    return Break(start, max(end, start + 1), None)
