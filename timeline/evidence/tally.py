"""A stream counted between any two of its records: how many came, and how many its rhythm would have brought.

Sums stand at knots: just after each record and just before the next one, so that a span between two knots begins and ends with what is known.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from timeline.evidence.calendar import Floats, Ints
from timeline.evidence.rhythm import Meter
from timeline.evidence.ticks import Ticks


class Tally(NamedTuple):
    """The knots of a stream (µs; even ones follow a record, odd ones precede one) and, up to each, the records and the expected ones.

    What is expected is told for level 1: many drops, each with a level of its own, share these arrays.
    """

    knots: Ints
    records: Floats
    expected: Floats
    level: float = 1.0

    def gain(self, left: float, some: slice | Ints = slice(None)) -> Floats:
        """Give the log likelihood ratio of a loss that leaves this part, summed up to each knot, or to some of them."""
        return np.asarray((1 - left) * (self.expected[some] * self.level) + np.log(left) * self.records[some])

    def between(self, low: int, high: int) -> tuple[float, float]:
        """Give the records and the expected ones between two knots."""
        due = self.expected[high] * self.level - self.expected[low] * self.level
        return float(self.records[high] - self.records[low]), float(due)


def tally(spoken: Ticks, until: int, due: Meter) -> Tally:
    """Count a stream up to where listening ends."""
    ends = np.append(spoken.first[1:], max(until, int(spoken.last[-1])))
    knots = np.column_stack([spoken.last, np.maximum(ends, spoken.last)]).reshape(-1)
    came = np.cumsum(spoken.records, dtype=np.float64)
    expected = np.interp(knots, due.knots, due.sums)
    return Tally(knots, np.repeat(came, 2), np.asarray(expected))
