"""A stream's rhythm: how many records each hour would bring, learned from its own covered hours.

Rate = level of the time (a running median over weeks: launches and trends move it, outages and bursts do not) times the profile of the week
(each hour of the week drawn towards its day and its hour of the day, as far as the records allow). Bursts are cut, holidays left out.
Arrays instead of pure Python: 1 000 streams of five years are 44 million hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from timeline.core.spans import Spans
from timeline.evidence.calendar import DAY, WEEK, Calendar, Floats, Ints

BLOCK = 30
"""Records that a block of weeks has on average: fewer tell no level."""
AROUND = (4, 13)
"""Blocks on each side whose median is the level: an outage of so many does not move it. The longer one is for outages of months."""
DEAD = 15.0
"""A block without a record where so many were expected is no low level but a silence."""
SURE = 100
"""Fewer records tell nothing of summer time."""
MANY = 8
"""Of so many weeks two may have had a burst in the same hour, of fewer one."""
CERTAIN = 12.0
"""How much better (in log likelihood) a clock with summer time must explain the records than UTC."""
LOUD = 4.0
"""Before weeks can be compared, more than so many times a busy hour is cut to it."""
BURST = 1.5
"""More than so many times what the same hour of another week brought is cut to it."""
PRIOR = (0.5, 400.0)
"""Pseudo-records by which a part of the week is drawn to the mean: as many as the scatter of the parts suggests, within these limits."""


class Hourly(NamedTuple):
    """Records per hour of a stream, and which part of each hour is covered and fit to learn from."""

    calendar: Calendar
    counts: Floats
    weights: Floats


class Levels(NamedTuple):
    """The level of each hour, the lowest level near it, that of half a year around it, and by which logarithmic step it moves."""

    usual: Floats
    least: Floats
    lasting: Floats
    drift: float


@dataclass(frozen=True)
class Rhythm:
    """What each hour of its calendar would bring: by the level of its time, and, cautiously, by the lowest level near it.

    `week` is the profile at level 1 by the chosen `clock`; `clumps` how many records come together; a block has `block` hours.
    `volume` is by how much the records outnumber those that are left when bursts are cut, in a usual block.
    """

    calendar: Calendar
    rate: Floats
    least: Floats
    week: Floats
    clock: int
    levels: Levels
    clumps: float
    block: int
    volume: float


def rhythm(told: Hourly) -> Rhythm | None:
    """Learn a rhythm; None if there is no covered record to learn from."""
    weights = np.where(told.calendar.free, 0.0, told.weights)
    if not (weights * told.counts).any():
        weights = told.weights
    taught = told.counts[(weights > 0) & (told.counts > 0)]
    if not len(taught):
        return None
    busy = float(np.quantile(taught, 0.75))
    some = np.where(weights > 0, told.counts, 0.0)
    clock = _clock(told._replace(counts=np.minimum(some, LOUD * busy), weights=weights))
    place = told.calendar.clocks[clock]
    hourly = Hourly(told.calendar, np.minimum(some, _most(some, place, busy)), weights)
    block = _block(hourly)
    even = np.ones(len(weights))
    levels = Levels(even, even, even, 0.0)
    for _ in range(2):
        week = _profile(hourly, levels.usual, place)
        levels = _levels(hourly, week[place], block)
        if levels.drift == 0.0:
            break
    shape = _shape(told.calendar, week, place)
    rates = shape * levels.usual, shape * levels.least
    clumps = _clumps(hourly, rates[0])
    noise = 2 * clumps / (block * hourly.counts.sum() / weights.sum())
    levels = levels._replace(drift=float(np.sqrt(max(0.0, levels.drift**2 - noise))))
    return Rhythm(
        told.calendar,
        *rates,
        week,
        clock,
        levels,
        clumps,
        block,
        _volume(some, hourly.counts, block),
    )


def _volume(all_: Floats, cut: Floats, block: int) -> float:
    starts = np.arange(0, len(cut), block)
    few = np.add.reduceat(cut, starts)
    return float(np.median(np.add.reduceat(all_, starts)[few > 0] / few[few > 0]))


def _most(counts: Floats, place: Ints, busy: float) -> Floats:
    """Give how much of each hour is believed to be usual: by the same hour of other weeks, or by that of other days and all busy hours."""
    if counts.max() <= busy + 1:
        return np.full(len(counts), busy + 1)
    week = np.concatenate([[0], np.cumsum(np.diff(place) < -1)])
    weeks = int(week[-1]) + 1
    if weeks < 4:  # noqa: PLR2004  the first and the last may be parts: one of two weeks may be anything
        return np.full(len(counts), LOUD * busy)
    table = np.zeros((weeks, WEEK))
    table[week, place] = counts
    rank = weeks - 2 if weeks < MANY else weeks - 3
    other = np.partition(table, rank, axis=0)[rank]
    daily = np.quantile(table.reshape(-1, DAY), 0.95, axis=0)
    return np.asarray(np.maximum(BURST * other + 1, np.tile(np.minimum(busy, daily), 7))[place])


def _clock(told: Hourly) -> int:
    """Choose the way to keep summer time that explains the records best, UTC unless another one does so by far."""
    if float(told.counts.sum()) < SURE:
        return 0
    scores = []
    for place in told.calendar.clocks:
        records, hours = np.bincount(place, told.counts, WEEK), np.bincount(place, told.weights, WEEK)
        some = records > 0
        scores.append(float((records[some] * np.log(records[some] / hours[some])).sum()))
        if len(scores) == 1:
            mean = np.divide(records, hours, out=np.zeros(WEEK), where=hours > 0)[place]
            clumps = _clumps(told, mean)
    best = int(np.argmax(scores))
    return best if (scores[best] - scores[0]) / clumps > CERTAIN else 0


def _clumps(told: Hourly, mean: Floats) -> float:
    """Give the variance of an hour over its mean, at least 1: so many records come together."""
    expected = told.weights * mean
    return max(1.0, float(((told.counts - expected) ** 2).sum() / max(expected.sum(), 1e-9)))


def _block(told: Hourly) -> int:
    """Give the length of a block in hours: whole weeks, as many as bring enough records."""
    usual = float(told.counts.sum() / told.weights.sum()) * WEEK
    return WEEK * int(2 ** max(0, np.ceil(np.log2(BLOCK / usual))))


def _profile(told: Hourly, level: Floats, place: Ints) -> Floats:
    """Give the records of each hour of the week at level 1."""
    records = np.bincount(place, told.counts, WEEK)
    hours = np.maximum(np.bincount(place, told.weights * level, WEEK), 1e-9)
    mean = records.sum() / hours.sum()
    clumps = _scatter(told, (records / hours)[place] * level, place).reshape(7, DAY)
    shaped = np.asarray(records.reshape(7, DAY), np.float64)
    hours = hours.reshape(7, DAY)
    days = _drawn(shaped.sum(1), mean * hours.sum(1), clumps.mean(1))
    expected = mean * hours * days[:, None]
    times = _drawn(shaped.sum(0), expected.sum(0), clumps.mean(0))
    each = _drawn(shaped, expected * times, clumps)
    return np.asarray(mean * days[:, None] * times * each).reshape(WEEK)


def _scatter(told: Hourly, own: Floats, place: Ints) -> Floats:
    """Give for each hour of the week how many records come together: one figure for those with fewer than usual, one for the others."""
    expected = told.weights * own
    away = np.bincount(place, (told.counts - expected) ** 2, WEEK)
    records = np.bincount(place, told.counts, WEEK)
    weeks = np.bincount(place, told.weights > 0, WEEK)
    quiet = records < records.mean()
    clumps = np.ones(WEEK)
    for some in (quiet, ~quiet):
        freedom = max(1.0, float(weeks[some].sum() - some.sum())) / max(1.0, float(weeks[some].sum()))
        clumps[some] = max(1.0, float(away[some].sum() / max(records[some].sum(), 1.0)) / freedom)
    return clumps


def _drawn(records: Floats, expected: Floats, clumps: Floats) -> Floats:
    """Give records over expected ones, drawn to 1 by as much as chance explains the scatter of all and the distance of each."""
    away = (records - expected) ** 2 - clumps * expected
    common = float((expected**2).sum()) / max(float(away.sum()), 1e-9)
    own = expected**2 / np.maximum(away, 1e-9)
    prior = clumps * np.clip(np.minimum(own, common), *PRIOR)
    return np.asarray((records + prior) / (expected + prior))


def _levels(told: Hourly, shape: Floats, block: int) -> Levels:
    starts = np.arange(0, len(shape), block)
    records = np.add.reduceat(told.counts, starts)
    expected = np.add.reduceat(told.weights * shape, starts)
    some = np.flatnonzero((expected > 0.25 * expected.max()) & ((records > 0) | (expected < DEAD)))
    if len(some) < 3:  # noqa: PLR2004  two blocks have no middle
        flat = np.full(len(shape), records.sum() / expected.sum())
        return Levels(flat, flat, flat, 0.0)
    raw = records[some] / expected[some]
    usual, lasting = (_middle(raw, reach) for reach in AROUND)
    least = np.minimum(usual, np.minimum(np.append(usual[1:], usual[-1]), np.append(usual[0], usual[:-1])))
    nearest = np.round(np.interp(np.arange(len(starts)), some, np.arange(len(some)))).astype(np.int64)
    steps = np.diff(np.log(np.maximum(raw, 1e-3)))
    drift = float(np.median(np.abs(steps))) * 1.4826
    spread = [np.repeat(level[nearest], block)[: len(shape)] for level in (usual, least, lasting)]
    return Levels(spread[0], spread[1], spread[2], drift)


def _middle(values: Floats, around: int) -> Floats:
    """Give the running median; at the ends it looks back."""
    reach = min(around, len(values) - 1)
    padded = np.pad(values, reach, mode="reflect")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1), axis=1))


def _shape(calendar: Calendar, week: Floats, place: Ints) -> Floats:
    """Give the profile of each hour; a holiday has the quieter day of a weekend, if that is less."""
    shape = week[place]
    if not calendar.free.any():
        return shape
    weekend = np.minimum(week[5 * DAY : 6 * DAY], week[6 * DAY :])
    return np.where(calendar.free, np.minimum(shape, weekend[place % DAY]), shape)


@dataclass(frozen=True)
class Meter:
    """Expected records up to any instant, in covered time only."""

    knots: Ints
    sums: Floats

    def between(self, starts: Ints, ends: Ints) -> Floats:
        """Give how many records were to be expected between two instants, for each pair."""
        return np.asarray(np.interp(ends, self.knots, self.sums) - np.interp(starts, self.knots, self.sums))


def meter(calendar: Calendar, rate: Floats, covered: Spans) -> Meter:
    """Make the clock on which pauses are measured."""
    edges = calendar.edges
    borders = np.array(covered, dtype=np.int64).reshape(-1)
    borders = borders[(borders > edges[0]) & (borders < edges[-1])]
    if not len(borders):
        there = bool(inside(edges[:1], covered)[0])
        return Meter(edges, np.concatenate([[0.0], np.cumsum(rate if there else np.zeros(len(rate)))]))
    places = np.searchsorted(edges, borders)
    knots = np.insert(edges, places, borders)
    lengths = np.diff(knots) / (edges[1] - edges[0])
    hour = np.minimum((knots[:-1] - edges[0]) // (edges[1] - edges[0]), len(rate) - 1)
    gained = np.where(inside(knots[:-1], covered), rate[hour] * lengths, 0.0)
    return Meter(knots, np.concatenate([[0.0], np.cumsum(gained)]))


def inside(instants: Ints, spans: Spans) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell of each instant whether it is in one of the spans."""
    borders = np.array(spans, dtype=np.int64).reshape(-1)
    return np.asarray(np.searchsorted(borders, instants, side="right") % 2 == 1)


def portions(calendar: Calendar, spans: Spans) -> Floats:
    """Give which part of each hour is in the spans."""
    whole = meter(calendar, np.ones(len(calendar)), spans)
    edges = calendar.edges
    return whole.between(edges[:-1], edges[1:])
