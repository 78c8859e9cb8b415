"""Partial drops: spans in which a stream brings clearly less than before and after, found by the log likelihood of a loss.

The sum of the log likelihood ratios (a part of the rate against all of it) from record to record falls while all is well and rises in a loss;
a rise by x has the chance e^-x (Page, 1954). It is divided by how much more than chance the stream's hours, days and weeks scatter on the low side.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from timeline.core.spans import Spans, length, minus, tidy
from timeline.evidence.calendar import DAY, HOUR, WEEK, Calendar, Flags, Floats, Ints
from timeline.evidence.rhythm import Hourly, Rhythm, meter
from timeline.evidence.tally import Tally, tally
from timeline.evidence.ticks import Ticks

PARTS = (0.5, 0.1)
"""What a loss may leave of the rate."""
SCALES = (1, 3, 6, 12, 24, 72, 168)
"""Hours over which the scatter is looked at: days and weeks scatter more than their hours tell."""
FEW = 3.0
"""Expected records below which a scatter cannot be seen."""
BLOCKS = 12
DEVIATION = {0.05: 1.645, 0.16: 0.994, 0.25: 0.674}
"""How many standard deviations below the median these quantiles of chance lie."""
CLEAR = 0.75
"""A drop leaves at most so much of the rate on either side of it."""
AT_END = 0.4
"""With no other side to compare, it may be a new level: a drop leaves at most so much."""
KNOWN = 0.2
"""A side is only known where at least so large a part of the drop's records was to be expected."""
SIDE = (DAY * HOUR, 2 * WEEK * HOUR)
"""How far is looked on either side (µs): as far as the drop is long, within these limits, but a quarter of it at least."""


class Heard(NamedTuple):
    """A stream as far as it is covered: its records by hours, each of them, its rhythm, the silences that are known already."""

    told: Hourly
    spoken: Ticks
    covered: Spans
    learned: Rhythm
    silent: Spans

    @property
    def until(self) -> int:
        """Where listening ends."""
        return self.covered[-1][1]


class Drop(NamedTuple):
    """A span of µs with the chance that it is no loss, the stream counted at the level around it, and by how much it scatters in excess of chance."""

    start: int
    end: int
    chance: float
    counted: Tally
    excess: float


class _Hours(NamedTuple):
    """For each hour the records and those to be expected; none are where nothing is covered, or where a loss is known."""

    counts: Floats
    expected: Floats
    lost: Flags


def drops(heard: Heard, worth: float) -> list[Drop]:
    """Find the drops whose chance is at most e^-worth, against the level of the time, that of half a year, and that of all time."""
    found: list[Drop] = []
    levels = heard.learned.levels
    middle = np.full(len(levels.lasting), np.median(levels.lasting))
    for level, sides in ((levels.usual, 1), (levels.lasting, 1), (middle, 2)):
        found += _twice(heard, level, worth, sides)
    return _apart(found)


def _twice(heard: Heard, level: Floats, worth: float, sides: int) -> list[Drop]:
    """Judge what scatters by the middle half of the hours and days first, which outages hardly touch, then by all of them outside of drops."""
    told, learned = heard.told, heard.learned
    counts = np.where(told.weights > 0, told.counts, 0.0)
    expected = told.weights * learned.rate / learned.levels.usual * level
    hours = _Hours(counts, expected, touched(told.calendar, heard.silent))
    search = _Search(heard, level, hours, sides)
    first = search.drops(worth, max(_scatter(hours, (0.25,)), learned.clumps))
    if not first:
        return []
    lost = hours.lost | touched(told.calendar, tidy((each.start, each.end) for each in first))
    return search.drops(worth, max(_scatter(hours._replace(lost=lost), tuple(DEVIATION)), learned.clumps))


def touched(own: Calendar, spans: Spans) -> Flags:
    """Tell of each hour whether one of the spans touches it."""
    found = np.zeros(len(own), dtype=np.bool_)
    for start, end in spans:
        found[max(0, start // HOUR - own.first) : max(0, -(-end // HOUR) - own.first)] = True
    return found


def _scatter(hours: _Hours, lows: tuple[float, ...]) -> float:
    """Give by how much the variance of hours, days and weeks exceeds that of chance, below these quantiles; at least 1."""
    expected, counts = np.where(hours.lost, 0.0, hours.expected), np.where(hours.lost, 0.0, hours.counts)
    worst = 1.0
    for scale in SCALES:
        whole = len(counts) // scale * scale
        usual = expected[:whole].reshape(-1, scale).sum(1)
        some = usual >= FEW
        if np.count_nonzero(some) < BLOCKS:
            continue
        away = (counts[:whole].reshape(-1, scale).sum(1)[some] - usual[some]) / np.sqrt(usual[some])
        middle, high, *below = np.quantile(away, (0.5, 0.75, *lows))
        told = max((middle - low) / DEVIATION[part] for low, part in zip(below, lows, strict=True))
        both = (high - below[-1]) / (DEVIATION[0.25] + DEVIATION[lows[-1]])
        worst = max(worst, max(told, both) ** 2 / (1 + 2 / np.sqrt(len(away))))
    return float(worst)


class _Search:
    """The search for drops of one stream against one level; of each drop so many sides must be known."""

    def __init__(self, heard: Heard, level: Floats, hours: _Hours, sides: int) -> None:
        own, spoken = heard.told.calendar, heard.spoken
        rest = minus(heard.covered, heard.silent)
        shape = heard.learned.rate / heard.learned.levels.usual
        self.heard, self.hours, self.sides = heard, hours, sides
        due = meter(own, shape * level, heard.covered)
        self.due, self.profile = due, meter(own, shape, heard.covered)
        self.known = meter(own, shape * level, rest), meter(own, shape, rest)
        self.hour = np.minimum(spoken.first // HOUR - own.first, len(own) - 1)
        self.covered = length(heard.covered)
        self.counted = tally(spoken, heard.until, due)
        self.shaped = np.interp(self.counted.knots, self.profile.knots, self.profile.sums)
        self.came = np.concatenate([[0], np.cumsum(spoken.records)])

    def drops(self, worth: float, excess: float) -> list[Drop]:
        """Find the drops, if the records scatter so much in excess of chance."""
        most = 2 * self.hours.expected + 3 * excess
        trust = np.minimum(1.0, most / np.maximum(self.hours.counts, 1.0))
        believed = np.cumsum(self.heard.spoken.records * trust[self.hour], dtype=np.float64)
        counted = self.counted._replace(records=np.repeat(believed, 2))
        shaped, knots = counted._replace(expected=self.shaped), counted.knots
        found: list[Drop] = []
        for part in PARTS:
            rises = list(_rises(counted.gain(part) / excess, worth))
            places = np.array([rise[:2] for rise in rises], dtype=np.int64).reshape(-1, 2)
            levels = self._around(knots[places[:, 0]], knots[places[:, 1]])
            for (foot, top, chance), level in zip(rises, levels.tolist(), strict=True):
                if not np.isnan(level):
                    found.append(Drop(int(knots[foot]), int(knots[top]), chance, shaped._replace(level=level), excess))
        return found

    def _around(self, starts: Ints, ends: Ints) -> Floats:
        """Give the level around each drop; NaN unless it is higher on both sides, and the drop no larger part of what is known than the rest."""
        lasted = ends - starts
        reach = np.maximum(np.clip(lasted, *SIDE), lasted // 4)
        due = self.due.between(starts, ends)
        least = np.maximum(FEW, KNOWN * due)
        sides = np.array([self._share(starts - reach, starts, least), self._share(ends, ends + reach, least)])
        known = np.count_nonzero(~np.isnan(sides), axis=0)
        fit = (known >= max(self.sides, 1)) & (due >= FEW) & (2 * lasted <= self.covered)
        own = _ratio(self._records(starts, ends), self.profile.between(starts, ends), fit)
        most = np.fmin(sides[0], sides[1]) * np.where(known == len(sides), CLEAR, AT_END)
        level = np.where(np.isnan(sides), 0.0, sides).sum(axis=0)
        return _ratio(level, known, fit & (own <= most))

    def _records(self, starts: Ints, ends: Ints) -> Ints:
        """Give the records between instants, without those at the instants."""
        low, high = np.searchsorted(self.heard.spoken.first, (starts + 1, ends))
        return np.asarray(self.came[np.maximum(low, high)] - self.came[low])

    def _share(self, starts: Ints, ends: Ints, least: Floats) -> Floats:
        """Give the records over the profile, not over what was expected: where the level moves for good, nothing is lost; NaN where unknown."""
        expected, profile = (each.between(starts, ends) for each in self.known)
        return _ratio(self._records(starts, ends), profile, expected >= least)


def _ratio(above: Ints | Floats, below: Ints | Floats, where: Flags) -> Floats:
    return np.asarray(np.divide(above, below, out=np.full(len(where), np.nan), where=where))


def _rises(sums: Floats, worth: float) -> Iterator[tuple[int, int, float]]:
    """Cut the sum into rises by at least `worth` without a fall by as much inside: foot, top, chance.

    How high a sum stands above its lowest point before is the same for every part that begins with it.
    """
    work = [(0, _height(sums))]
    while work:
        low, height = work.pop()
        top = int(np.argmax(height))
        if height[top] < worth:
            continue
        some = sums[low : low + top + 1]
        foot = int(np.argmin(some))
        fall = np.maximum.accumulate(some[foot:])
        fall -= some[foot:]
        deep = int(np.argmax(fall))
        sure = bool(fall[deep] < worth)
        if sure:
            yield low + foot, low + top, float(np.exp(-height[top]))
        left, right = (foot, top) if sure else (foot + deep,) * 2
        work += [(low, height[: left + 1]), (low + right, _height(sums[low + right : low + len(height)]))]


def _height(some: Floats) -> Floats:
    lowest = np.minimum.accumulate(some)
    return np.subtract(some, lowest, out=lowest)


def _apart(found: list[Drop]) -> list[Drop]:
    """Give the most improbable of those that overlap."""
    chosen: list[Drop] = []
    for drop in sorted(found, key=lambda each: (each.chance, each.start)):
        if all(drop.end <= other.start or other.end <= drop.start for other in chosen):
            chosen.append(drop)
    return chosen
