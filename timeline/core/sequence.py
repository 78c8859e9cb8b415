"""Contiguous record numbers prove a silence; a jump in them proves a loss and counts it."""

from collections.abc import Iterable
from dataclasses import dataclass

from timeline.core.spans import Spans


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


def numbering(records: Iterable[tuple[int, int]]) -> Numbering:
    """Read (number, time) pairs, in any order, of one log that numbers its records one by one."""
    raise NotImplementedError
