"""Partial drops: spans in which a stream brings clearly less than before and after, found by the log likelihood of a loss.

The sum of the log likelihood ratios (a part of the rate against all of it) from record to record falls while all is well and rises in a loss;
a rise by x has the chance e^-x (Page, 1954). It is divided by how much more than chance the stream's hours, days and weeks scatter on the low side.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from timeline.core.spans import Span, Spans, length, minus, tidy
from timeline.evidence.calendar import DAY, HOUR, WEEK, Calendar, Flags, Floats
from timeline.evidence.rhythm import Hourly, Meter, Rhythm, meter
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
        self.due = meter(own, shape * level, heard.covered)
        self.profile = meter(own, shape, heard.covered)
        self.known = meter(own, shape * level, rest), meter(own, shape, rest)
        self.hour = np.minimum(spoken.first // HOUR - own.first, len(own) - 1)
        self.covered = length(heard.covered)

    def drops(self, worth: float, excess: float) -> list[Drop]:
        """Find the drops, if the records scatter so much in excess of chance."""
        most = 2 * self.hours.expected + 3 * excess
        trust = np.minimum(1.0, most / np.maximum(self.hours.counts, 1.0))
        spoken = self.heard.spoken
        counted = tally(spoken, self.heard.until, self.due, np.asarray(spoken.records * trust[self.hour], np.float64))
        profile = tally(spoken, self.heard.until, self.profile).expected
        found: list[Drop] = []
        for part in PARTS:
            sums = counted.gain(part) / excess
            rises = _rises(sums, worth) if float((sums - np.minimum.accumulate(sums)).max()) >= worth else ()
            for foot, top, chance in rises:
                span = int(counted.knots[foot]), int(counted.knots[top])
                level = self._around(span)
                if level is not None:
                    found.append(Drop(*span, chance, counted._replace(expected=profile * level), excess))
        return found

    def _around(self, drop: Span) -> float | None:
        """Give the level around a drop; None unless it is higher on both sides, and the drop no larger part of what is known than the rest."""
        lasted = drop[1] - drop[0]
        reach = max(min(lasted, SIDE[1]), SIDE[0], lasted // 4)
        due = _sum(self.due, drop)
        sides = [(drop[0] - reach, drop[0]), (drop[1], drop[1] + reach)]
        told = (self._share(side, max(FEW, KNOWN * due)) for side in sides)
        known = [each for each in told if each is not None]
        if len(known) < self.sides or due < FEW or 2 * lasted > self.covered:
            return None
        own = came(self.heard.spoken, *drop) / _sum(self.profile, drop)
        clear = own <= min(known) * (CLEAR if len(known) == len(sides) else AT_END)
        return sum(known) / len(known) if clear else None

    def _share(self, side: Span, least: float) -> float | None:
        """Give the records over the profile, not over what was expected: where the level moves for good, nothing is lost."""
        expected, profile = (_sum(each, side) for each in self.known)
        return came(self.heard.spoken, *side) / profile if expected >= least else None


def came(spoken: Ticks, start: int, end: int) -> int:
    """Give the records between two instants, without those at the instants."""
    low, high = np.searchsorted(spoken.first, (start + 1, end))
    return int(spoken.records[low:high].sum())


def _sum(due: Meter, span: Span) -> float:
    return float(due.between(np.array(span[:1]), np.array(span[1:]))[0])


def _rises(sums: Floats, worth: float) -> Iterator[tuple[int, int, float]]:
    """Cut the sum into rises by at least `worth` without a fall by as much inside: foot, top, chance."""
    work = [(0, len(sums))]
    while work:
        low, high = work.pop()
        some = sums[low:high]
        height = some - np.minimum.accumulate(some)
        top = int(np.argmax(height))
        if height[top] < worth:
            continue
        foot = int(np.argmin(some[: top + 1]))
        inner = some[foot : top + 1]
        fall = np.maximum.accumulate(inner) - inner
        if fall.max() >= worth:
            trough = foot + int(np.argmax(fall))
            work += [(low, low + trough + 1), (low + trough, high)]
            continue
        yield low + foot, low + top, float(np.exp(-height[top]))
        work += [(low, low + foot + 1), (low + top, high)]


def _apart(found: list[Drop]) -> list[Drop]:
    """Give the most improbable of those that overlap."""
    chosen: list[Drop] = []
    for drop in sorted(found, key=lambda each: (each.chance, each.start)):
        if all(drop.end <= other.start or other.end <= drop.start for other in chosen):
            chosen.append(drop)
    return chosen
