"""One stream heard: its rhythm, its habit of pausing, and the pauses and drops that these make improbable."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from timeline.core.rhythm import FEW, Habit, Suspect, habit, interval, outages
from timeline.core.spans import Spans, clip, tidy
from timeline.evidence.calendar import HOUR, WEEK, Calendar, Floats, Ints
from timeline.evidence.drops import Heard as Listened
from timeline.evidence.drops import drops
from timeline.evidence.edges import bounded, explained
from timeline.evidence.rhythm import Hourly, Meter, Rhythm, inside, meter, portions, rhythm
from timeline.evidence.tally import Tally, tally
from timeline.evidence.ticks import Ticks

RATE = 0.01
"""The share of false ones among the silences that are reported."""
CAREFUL = 3
"""A drop is looked for in so many more ways than a pause: parts of the rate, sides, scales."""
NOTABLE = 0.001
"""Only chances up to this can be discoveries, and are kept."""
STEADY = 0.5
"""Of a stream that speaks at equal steps most pauses lie within half of the median around it."""
LEAST = 24.0
"""Of fewer covered hours nothing is learned: no hour was heard twice, and a single record would be a rate."""
ROUNDS = 3
"""How often silences are taken out of what is learned from, before they are judged."""
SPEECH = 0.1
"""The shortest pauses that together make up a tenth of the time are no pauses but one speech: a session, a batch."""
LEAK = 0.35
"""Two silences are one if between them came no more of what was to be expected,"""
FEW_OF = 0.05
"""or not more than this part of what both of them lost."""
DOUBT = 0.05
"""The logarithmic error of an expected number at least, however steady the stream."""


class Pauses(NamedTuple):
    """From the last record before to the first after, and their length in expected records."""

    starts: Ints
    ends: Ints
    lengths: Floats


@dataclass(frozen=True)
class Heard:
    """What was learned from one stream; `whole` is the calendar of the case, on which expectations are told, `tests` what was looked at."""

    whole: Calendar
    spoken: Ticks
    rhythm: Rhythm
    habit: Habit | None
    suspects: tuple[Suspect, ...]
    tests: int

    def expected(self, start: int, end: int) -> tuple[float, float, float]:
        """Give how many records a span would have brought, with the limits of the 95 % interval: the wider, the farther from what was heard."""
        some = self.whole.part(start, end)
        own = self.rhythm.calendar
        hours = np.arange(len(some)) + some.first - own.first
        nearest = np.clip(hours, 0, len(own) - 1)
        rate = self.rhythm.volume * self.rhythm.week[some.clocks[self.rhythm.clock]] * self.rhythm.levels.usual[nearest]
        mean = float(meter(some, rate, ((start, end),)).sums[-1])
        away = float(np.abs(hours - nearest).mean()) / self.rhythm.block
        doubt = (self.rhythm.levels.drift + DOUBT) * float(np.sqrt(1 + away))
        return (mean, *interval(mean, self.rhythm.clumps, doubt))

    def records(self, start: int, end: int) -> int:
        """Give how many records came in a span."""
        low, high = np.searchsorted(self.spoken.first, (start + 1, end))
        return int(self.spoken.records[low:high].sum())

    def outages(self, rate: float = RATE) -> tuple[float, ...]:
        """Give for each hour of the week how many hours an outage must last to be noticed; none if no habit is known."""
        if self.habit is None:
            return ()
        level = float(np.median(self.rhythm.levels.least[-WEEK:]))
        return outages((self.rhythm.week * level).tolist(), self.habit.reach(rate / self.tests))


def heard(spoken: Ticks, covered: Spans, whole: Calendar) -> Heard | None:
    """Hear one stream where it is covered; None if nothing can be learned from it."""
    some = spoken.part(inside(spoken.first, covered))
    if not len(some.first):
        return None
    until = max(end for _, end in clip(covered, (int(some.first[0]), _end(whole))))
    own = whole.part(int(some.first[0]), until)
    hours = np.minimum(some.first // HOUR - own.first, len(own) - 1)
    counts = np.asarray(np.bincount(hours, some.records, len(own)), np.float64)
    told = Hourly(own, counts, portions(own, clip(covered, (int(some.first[0]), until))))
    if float(told.weights.sum()) < LEAST:
        return None
    found = _listened(told, _pauses(some, until), covered)
    if found is None:
        return None
    learned, pauses, usual = found
    few = _suspects(pauses, usual)
    sure = [each for each in few if each.chance * len(pauses.lengths) < RATE]
    silent = tidy((each.start, each.end) for each in sure)
    listened = Listened(told, some, clip(covered, (int(some.first[0]), until)), learned, silent)
    counted = tally(some, until, meter(own, learned.rate, listened.covered))
    lost = _losses(listened, counted, few) if usual else []
    tests = len(pauses.lengths) + len(counted.knots)
    return Heard(whole, spoken, learned, usual, (*few, *_bridges(counted, few), *lost), tests)


def _end(whole: Calendar) -> int:
    return (whole.first + len(whole)) * HOUR


def _pauses(some: Ticks, until: int) -> Pauses:
    ends = np.append(some.first[1:], max(until, int(some.last[-1])))
    return Pauses(some.last, np.maximum(ends, some.last), np.zeros(len(ends)))


def _touched(own: Calendar, start: int, end: int) -> slice:
    return slice(max(0, start // HOUR - own.first), max(0, -(-end // HOUR) - own.first))


def _listened(told: Hourly, pauses: Pauses, covered: Spans) -> tuple[Rhythm, Pauses, Habit | None] | None:
    """Learn rhythm and habit, without the pauses that then turn out to be silences, and learn again."""
    kept = np.ones(len(pauses.starts), dtype=np.bool_)
    weights = told.weights.copy()
    learned, usual = rhythm(told), None
    if learned is None:
        return None
    if len(_lasting((pauses.ends - pauses.starts).astype(np.float64))) < FEW or np.count_nonzero(told.counts) < FEW:
        return learned, pauses, None
    steady = _steady(pauses)
    for _ in range(ROUNDS):
        rate = np.full(len(weights), HOUR / steady) if steady else learned.least
        clock = meter(told.calendar, rate, covered)
        lengths = _longest(clock, pauses, covered) if steady else clock.between(pauses.starts, pauses.ends)
        pauses = pauses._replace(lengths=lengths)
        lasting = _lasting(pauses.lengths[kept])
        usual = habit(lasting.item, len(lasting))
        if usual is None:
            break
        far = pauses.lengths > usual.reach(RATE / len(kept))
        if not (far & kept).any():
            break
        for place in np.flatnonzero(far):
            weights[_touched(told.calendar, int(pauses.starts[place]), int(pauses.ends[place]))] = 0.0
        kept &= ~far
        learned = rhythm(told._replace(weights=weights)) or learned
    return learned, pauses, usual


def _longest(clock: Meter, pauses: Pauses, covered: Spans) -> Floats:
    """Measure the longest covered part of each pause: a job that is due once in two parts with a loss between them was due in the loss."""
    lengths = clock.between(pauses.starts, pauses.ends)
    borders = np.array(covered, dtype=np.int64).reshape(-1)
    cut = np.flatnonzero(np.searchsorted(borders, pauses.ends) > np.searchsorted(borders, pauses.starts, side="right"))
    for place in cut:
        parts = np.array(clip(covered, (int(pauses.starts[place]), int(pauses.ends[place]))), dtype=np.int64)
        lengths[place] = clock.between(parts[:, 0], parts[:, 1]).max() if len(parts) else 0.0
    return lengths


def _steady(pauses: Pauses) -> float | None:
    """Give the step (µs) of a stream that speaks at equal steps, whatever the hour: then its step is the better clock."""
    lasting = _lasting((pauses.ends - pauses.starts).astype(np.float64))
    if len(lasting) < FEW:
        return None
    low, middle, high = np.quantile(lasting, (0.1, 0.5, 0.9))
    return float(middle) if high - low < STEADY * middle else None


def _lasting(lengths: Floats) -> Floats:
    """Give the pauses that are no part of a speech, the shortest first."""
    ordered = np.sort(lengths)
    sums = np.cumsum(ordered)
    return ordered[np.searchsorted(sums, SPEECH * sums[-1]) :]


def _suspects(pauses: Pauses, usual: Habit | None) -> list[Suspect]:
    """Give the pauses that are notable."""
    if usual is None:
        return []
    places = np.flatnonzero(pauses.lengths > usual.reach(NOTABLE))
    return [
        Suspect(int(pauses.starts[i]), int(pauses.ends[i]), 0, length := float(pauses.lengths[i]), usual.chance(length))
        for i in places
    ]


def _losses(listened: Listened, counted: Tally, few: list[Suspect]) -> list[Suspect]:
    """Give the partial drops with the records between which they lie; of a silence that explains one, the chance is at most that of the drop."""
    worth = float(np.log(CAREFUL * len(counted.knots) / RATE))
    if float(counted.records[-1]) < 2 * worth:
        return []
    found: list[Suspect] = []
    for drop in drops(listened, worth):
        loss = bounded(drop.counted, (drop.start, drop.end), drop.excess)
        inside = [one for one in few if one.start < drop.end and drop.start < one.end]
        due = [_due(drop.counted, one) for one in inside]
        if loss is not None and not explained(loss, due, drop.excess, float(counted.records[-1])):
            found.append(Suspect(loss.start, loss.end, int(loss.records), loss.expected, drop.chance))
            continue
        main = zip(inside, due, strict=True)
        found += [replace(one, chance=min(one.chance, drop.chance)) for one, cost in main if 2 * cost > max(due)]
    return found


def _due(counted: Tally, one: Suspect) -> float:
    low, high = np.searchsorted(counted.knots, (one.start, one.end))
    return counted.between(int(low), min(int(high), len(counted.knots) - 1))[1]


def _bridges(counted: Tally, few: list[Suspect]) -> list[Suspect]:
    """Give what lies between two silences and is nearly silent itself: an outage that let some records through."""
    found = []
    for one, other in pairwise(few):
        low, high = (int(each) for each in np.searchsorted(counted.knots, (one.end, other.start)))
        records, expected = counted.between(low, high)
        if one.end < other.start and records <= max(LEAK * expected, FEW_OF * (one.expected + other.expected)):
            found.append(Suspect(one.end, other.start, int(records), expected, max(one.chance, other.chance)))
    return found
