"""By how much one clock is ahead of another, from events that both logs recorded: robust, with its interval, never applied by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt
from statistics import median

FEW = 6
"""With fewer pairs not even the median has a 95 % interval."""
SLOPES = 150
"""Pairs from whose slopes the drift is told: more make it no better and much slower."""
DAY = 86_400_000_000


@dataclass(frozen=True)
class Offset:
    """How far a clock is ahead of another (µs, negative: behind), with the 95 % interval of the median, and by how much more each day.

    `spread` is the median distance of a pair from that: how exact a single pair is. `drift` is None if it cannot be told from none.
    """

    pairs: int
    ahead: float
    low: float
    high: float
    spread: float
    drift: float | None

    def real(self, precision: int) -> bool:
        """Tell whether the clocks surely differ, by more than the logs' own precision (µs) explains."""
        return self.low > precision or self.high < -precision


def offset(pairs: Sequence[tuple[int, int]]) -> Offset | None:
    """Compare two clocks from pairs (time by the one, time by the other), in order of time; None if they are too few.

    The interval holds for any distribution (order statistics of the median); the drift is the median slope (Theil, 1950; Sen, 1968).
    """
    count = len(pairs)
    if count < FEW:
        return None
    apart = sorted(one - other for one, other in pairs)
    rank = max(1, int((count - 1.96 * sqrt(count)) / 2))
    middle = median(apart)
    spread = median(abs(each - middle) for each in apart)
    return Offset(count, middle, apart[rank - 1], apart[count - rank], spread, _drift(pairs))


def _drift(pairs: Sequence[tuple[int, int]]) -> float | None:
    """Give the median slope (µs a day), if the quarter of slopes on either side agrees that there is one and time enough was seen."""
    some = pairs[:: max(1, len(pairs) // SLOPES)]
    slopes = sorted(
        ((one[0] - one[1]) - (other[0] - other[1])) / (one[1] - other[1])
        for one, other in combinations(some, 2)
        if abs(one[1] - other[1]) >= DAY
    )
    if len(slopes) < FEW:
        return None
    low, high = slopes[len(slopes) // 4], slopes[-len(slopes) // 4]
    return median(slopes) * DAY if low * high > 0 else None
