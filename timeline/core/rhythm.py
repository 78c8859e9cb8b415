"""When is a log too quiet to be healthy? Decided on pauses measured in expected records, by the stream's own habit of pausing.

A pause is measured by its stream's clock: how many records its rhythm would have brought meanwhile. On this clock nights and weekends are
short, and what remains is habit: a steady job pauses for one record at most, chance arrivals pause for a few, people who come in sessions
for many. So no law of arrivals is assumed; the tail of the stream's own pauses says how improbable a longer one would be.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import exp, inf, log, sqrt

SHARES = (0.5, 0.25, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001)
"""Parts of the longest pauses that are looked at: few of them may be silences, so medians are taken."""
FEW = 8
"""Of fewer pauses nothing is concluded: who was heard eight times has no habits yet."""
ENOUGH = 20
"""So many pauses make one of the parts above trustworthy; of the first part fewer do, at a price."""
STEADY = 0.02
"""However regular a stream is, its pauses are not believed to be more regular than this."""


@dataclass(frozen=True)
class Habit:
    """How long a stream pauses: a `share` of its pauses is longer than `longest`, and of these one in e^n by n times `scale`."""

    longest: float
    share: float
    scale: float

    def chance(self, pause: float) -> float:
        """Tell how probable it is that a pause is this long, in expected records."""
        return self.share * exp(-max(0.0, pause - self.longest) / self.scale)

    def reach(self, chance: float) -> float:
        """Give the pause, in expected records, that has this probability."""
        return self.longest + self.scale * max(0.0, log(self.share / chance))


@dataclass(frozen=True)
class Suspect:
    """A span in which fewer records came than were to be expected, and the chance of that."""

    start: int
    end: int
    records: int
    expected: float
    chance: float


def silences(suspects: Iterable[Suspect], chance: float) -> tuple[Suspect, ...]:
    """Give those that are discoveries as spans apart, in order of time; what touches is one."""
    apart: list[Suspect] = []
    for each in sorted((one for one in suspects if one.chance <= chance), key=lambda one: (one.start, one.end)):
        if apart and each.start <= apart[-1].end:
            apart[-1] = _joined(apart[-1], each)
        else:
            apart.append(each)
    return tuple(apart)


def _joined(one: Suspect, other: Suspect) -> Suspect:
    records = max(one.records, other.records) + int(one.end == other.start)
    chance = min(one.chance, other.chance)
    if other.end <= one.end:
        return replace(one, records=records, chance=chance)
    return Suspect(one.start, other.end, records, one.expected + other.expected, chance)


def habit(at: Callable[[int], float], count: int) -> Habit | None:
    """Learn from so many pauses, `at` a place in their order, the shortest first; None if they are too few to say anything."""
    if count < FEW:
        return None
    parts = [part for share in SHARES if (part := int(count * share)) >= (ENOUGH if share < SHARES[0] else 1)]
    borders = [(at(count - part - 1), part) for part in parts]
    scales = [_typical(at, count, part) for part in parts]
    scales += [(high - low) / log(many / few) for (low, many), (high, few) in pairwise(borders)]
    longest, part = borders[-1]
    return Habit(longest, part / count, max(*scales, STEADY + 0.5 / count))


def _typical(at: Callable[[int], float], count: int, part: int) -> float:
    """Give the scale by which the longest pauses outlast the others; a small part of them may be anything."""
    beyond = at(count - (part + 1) // 2) - at(count - part - 1)
    return beyond / log(2) * (1 + 1 / sqrt(part))


def discovered(chances: Sequence[float], tests: int, rate: float) -> float:
    """Give the largest chance that still is a discovery among so many tests, if this share of the discoveries may be false.

    Benjamini and Hochberg, 1995; 0.0 if nothing is discovered. `chances` are the small ones; the others count only in `tests`.
    """
    found = 0.0
    for rank, chance in enumerate(sorted(chances), 1):
        if chance <= rate * rank / tests:
            found = chance
    return found


def interval(mean: float, spread: float, doubt: float) -> tuple[float, float]:
    """Give the 95 % interval of a number of records: `spread` is variance over mean, `doubt` the logarithmic error of the mean itself."""
    if mean <= 0:
        return 0.0, 0.0
    variance = mean * spread + (mean * doubt) ** 2
    shape = mean**2 / variance
    return _gamma(shape, -1.96) * mean, _gamma(shape, 1.96) * mean


def _gamma(shape: float, normal: float) -> float:
    """Give a quantile of the gamma distribution with mean 1, from that of the normal one (Wilson and Hilferty, 1931)."""
    return float(max(0.0, 1 - 1 / (9 * shape) + normal / (3 * sqrt(shape))) ** 3)


def outages(week: Sequence[float], needed: float) -> tuple[float, ...]:
    """Give for each hour of the week how many hours an outage that begins then must last to bring `needed` expected records.

    `week` has the records expected in each hour of the week; all are infinite if there are none.
    """
    total = sum(week)
    if total <= 0:
        return (inf,) * len(week)
    whole, rest = divmod(needed, total)
    sums = [0.0]
    for each in (*week, *week):
        sums.append(sums[-1] + each)
    return tuple(whole * len(week) + _length(sums, start, rest) for start in range(len(week)))


def _length(sums: Sequence[float], start: int, needed: float) -> float:
    low, high = start, len(sums) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if sums[middle] - sums[start] >= needed else (middle + 1, high)
    if low == start:
        return 0.0
    step = sums[low] - sums[low - 1]
    return low - start - (max(0.0, sums[low] - sums[start] - needed) / step if step > 0 else 0.0)
