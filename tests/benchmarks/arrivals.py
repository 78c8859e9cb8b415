"""Streams of records as real logs make them, with or without planted gaps: seeded, so that each run is the same."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

HOUR = 3_600_000_000
DAY = 24 * HOUR
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BEGIN = 1_640_995_200_000_000  # 2022-01-01
CHRISTMAS = (358, 359, 364)
"""Days of the year that the case states as holidays."""

Floats = NDArray[np.float64]
Span = tuple[int, int]


@dataclass(frozen=True)
class Plan:
    """A stream to be made: so many records a day over so many days, in what shape and arrival."""

    name: str
    daily: float
    days: int = 365
    shape: str = "flat"
    arrival: str = "poisson"
    growth: Callable[[Floats], Floats] | None = None
    lost: tuple[tuple[Span, float], ...] = ()
    bursts: int = 0


@dataclass
class Made:
    """A stream made: its records (µs), what is covered, the planted gaps, and which part of its records each of them left."""

    plan: Plan
    times: NDArray[np.int64]
    window: Span
    lost: list[Span] = field(default_factory=list)
    kept: list[float] = field(default_factory=list)


@lru_cache(maxsize=16)
def _offsets(count: int, zone: str) -> Floats:
    """Give by how many hours a zone is ahead in each hour since BEGIN."""
    start, place = EPOCH + timedelta(microseconds=BEGIN), ZoneInfo(zone)
    offsets = ((start + timedelta(hours=hour)).astimezone(place).utcoffset() for hour in range(count))
    return np.array([told.total_seconds() / 3600 if told else 0.0 for told in offsets])


def _local(hours: Floats, zone: str) -> tuple[Floats, Floats]:
    """Give the hour of the day and the day of the week of each hour since BEGIN in a zone."""
    local = hours + _offsets(len(hours), zone)
    return local % 24, (local // 24 + 5) % 7  # 2022-01-01 was a Saturday


def shape_of(plan: Plan, hours: Floats) -> Floats:
    """Give the relative rate of each hour."""
    if plan.shape == "flat":
        return np.ones(len(hours))
    zone = {
        "office": "Europe/Berlin",
        "us": "America/Los_Angeles",
        "utc": "UTC",
        "shop": "Europe/Berlin",
        "soft": "UTC",
    }[plan.shape]
    clock, day = _local(hours, zone)
    if plan.shape == "soft":
        return np.asarray(1 + 0.6 * np.sin((clock - 9) / 24 * 2 * np.pi)) * np.where(day >= 5, 0.7, 1.0)
    if plan.shape == "shop":
        return np.where((clock >= 8) & (clock < 20) & (day < 6), 1.0, 0.0) + 0.02
    bell = np.exp(-0.5 * ((clock - 13) / 3.0) ** 2)
    free = (day >= 5) | np.isin(hours // 24 % 365, CHRISTMAS)
    return np.where(free, 0.03, 1.0) * (bell + 0.02)


def make(plan: Plan, random: np.random.Generator) -> Made:
    """Make a stream."""
    window = (BEGIN, BEGIN + plan.days * DAY)
    hours = np.arange(plan.days * 24, dtype=np.float64)
    rate = shape_of(plan, hours)
    rate *= plan.daily * plan.days / rate.sum()
    if plan.growth:
        rate *= plan.growth(hours / len(hours))
    times = np.sort(_ARRIVALS[plan.arrival](plan, rate, random))
    times = times[(times >= window[0]) & (times < window[1])]
    for _ in range(plan.bursts):
        start = random.integers(window[0], window[1] - 2 * HOUR)
        times = np.sort(
            np.append(times, start + random.integers(0, 2 * HOUR, int(plan.daily * random.uniform(1, 5)) + 20))
        )
    return Made(plan, times, window)


def _poisson(plan: Plan, rate: Floats, random: np.random.Generator) -> NDArray[np.int64]:
    del plan
    counts = random.poisson(rate)
    return np.repeat(BEGIN + np.arange(len(rate)) * HOUR, counts) + random.integers(0, HOUR, counts.sum())


def _sessions(plan: Plan, rate: Floats, random: np.random.Generator) -> NDArray[np.int64]:
    """People who come and do twelve things on average, within half an hour."""
    starts = _poisson(plan, rate / 12, random)
    sizes = random.geometric(1 / 12, len(starts))
    return np.repeat(starts, sizes) + random.integers(0, HOUR // 2, sizes.sum())


def _moody(plan: Plan, rate: Floats, random: np.random.Generator) -> NDArray[np.int64]:
    """Days differ by 25 %, hours by 30 %."""
    moods = np.repeat(random.gamma(16, 1 / 16, -(-len(rate) // 24)), 24)[: len(rate)]
    return _poisson(plan, rate * moods * random.gamma(11, 1 / 11, len(rate)), random)


def _steady(plan: Plan, rate: Floats, random: np.random.Generator) -> NDArray[np.int64]:
    """A job: at equal steps, late by up to a hundredth of them."""
    step = DAY / plan.daily
    count = int(len(rate) * HOUR / step)
    late = random.uniform(0, min(step / 100, 300_000_000), count)
    return (BEGIN + step * (np.arange(count) + 0.4) + late).astype(np.int64)


def _monthly(plan: Plan, rate: Floats, random: np.random.Generator) -> NDArray[np.int64]:
    """A job on the first of each month."""
    del plan
    start = EPOCH + timedelta(microseconds=BEGIN)
    days = (start + timedelta(days=number) for number in range(len(rate) // 24))
    firsts = [int((day - EPOCH) / timedelta(microseconds=1)) + 4 * HOUR for day in days if day.day == 1]
    return np.array(firsts, dtype=np.int64) + random.integers(0, 60_000_000, len(firsts))


_ARRIVALS = {"poisson": _poisson, "sessions": _sessions, "moody": _moody, "steady": _steady, "monthly": _monthly}


def lose(made: Made, span: Span, kept: float, random: np.random.Generator) -> Made:
    """Plant a gap: of the records in the span only this share stays.

    The truth reaches from the last record before the first lost one to the first after the last lost one: more no record can tell.
    """
    inside = (made.times >= span[0]) & (made.times < span[1])
    drop = inside & (random.random(len(made.times)) >= kept)
    gone, times = made.times[drop], made.times[~drop]
    if not len(gone):
        return made
    before, after = times[times < gone[0]], times[times >= gone[-1]]
    true = int(before[-1]) if len(before) else made.window[0], int(after[0]) if len(after) else made.window[1]
    return replace(made, times=times, lost=[*made.lost, true], kept=[*made.kept, kept])
