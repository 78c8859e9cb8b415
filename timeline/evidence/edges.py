"""Where a partial loss begins and ends, and whether it is more than the silences in it: by the likelihood of what came and what did not.

The part that a loss leaves is what came in it over what was expected. Given that part, the log likelihood of a border moves up and down from
record to record; the border is the middle of its posterior, so that it is as probably too early as too late.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from timeline.core.spans import Span
from timeline.evidence.calendar import Floats, Ints
from timeline.evidence.tally import Tally

LEFT = (0.01, 0.8)
"""What a loss leaves of the rate, at least and at most: of less and more no border could be told."""
TURNS = 3
"""How often borders and the part that is left are made to fit one another."""
MORE = 4.0
"""How much better (in log likelihood) one loss must explain a span than the silences in it."""


class Loss(NamedTuple):
    """A loss from one instant to another (µs), with what came, what was expected, and the log likelihood of it."""

    start: int
    end: int
    records: float
    expected: float
    worth: float


def worth(records: float, expected: float) -> float:
    """Give by how much the log likelihood of so few records rises if some were lost."""
    if records <= 0:
        return expected
    return float(expected - records + records * np.log(records / expected)) if records < expected else 0.0


def bounded(counted: Tally, span: Span, excess: float) -> Loss | None:
    """Find the records between which the rate is lower, near a span; records come by `excess` more scattered than by chance."""
    low, high = (int(each) for each in np.searchsorted(counted.knots, span))
    high = min(high, len(counted.knots) - 1)
    for _ in range(TURNS):
        some = counted.between(low, high)
        if low >= high or some[1] <= 0:
            return None
        sums = _sums(counted, min(max(some[0] / some[1], LEFT[0]), LEFT[1]), excess)
        before = _border(counted, sums, (low, high), begins=True)
        after = _border(counted, sums, (low, high), begins=False)
        if (before, after) == (low, high):
            break
        low, high = before, after
    records, expected = counted.between(low, high)
    return Loss(int(counted.knots[low]), int(counted.knots[high]), records, expected, worth(records, expected) / excess)


def _sums(counted: Tally, left: float, excess: float) -> Callable[[Ints], Floats]:
    """Give the log likelihood of a loss at knots: a stream has millions, and only those near a border are looked at."""
    return lambda places: counted.gain(left, places) / excess


def _border(counted: Tally, sums: Callable[[Ints], Floats], some: tuple[int, int], *, begins: bool) -> int:
    """Give the knot after which the loss begins, or before which it ends: within half its length of where it is believed to be."""
    low, high = some
    half = (counted.knots[high] - counted.knots[low]) // 2
    around = (counted.knots[low] - half, counted.knots[low] + half)
    if not begins:
        around = (counted.knots[high] - half, counted.knots[high] + half)
    first, last = np.searchsorted(counted.knots, around)
    first, last = int(first), int(last)
    if begins:
        places = np.arange(first + first % 2, max(last, first + 1), 2)
        weights = -sums(places)
    else:
        places = np.arange(first + 1 - first % 2, max(last, first + 1), 2)
        weights = sums(places)
    if not len(places):
        return low if begins else high
    return int(places[_middle(weights)])


def _middle(weights: Floats) -> int:
    chance = np.cumsum(np.exp(weights - weights.max()))
    return int(np.searchsorted(chance, chance[-1] / 2))


def explained(loss: Loss, silences: Sequence[float], excess: float, records: float) -> bool:
    """Tell whether silences that cost so many records explain a loss as well as itself.

    Among so many records any pause may be called a silence, so beside the longest one each needs a likelihood of its own.
    """
    single = float(np.log(max(records, 1.0)))
    longest, *others = sorted((each / excess for each in silences), reverse=True) or [0.0]
    return loss.worth < longest + sum(max(0.0, each - single) for each in others) + MORE
