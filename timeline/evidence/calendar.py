"""The hours of a case as the weeks of those who make its records: in summer some rise an hour earlier by UTC, on holidays they stay at home."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

HOUR = 3_600_000_000
DAY = 24
WEEK = 168
MONDAY = 72
"""1970 began on a Thursday: so many hours after a Monday."""
CLOCKS = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Sydney")
"""Of a zone only its summer matters: where in the day its people work is learned, when that moves is not."""
MARGIN = 12
"""A holiday is a day of somebody's own zone, which nobody states: so many hours around it may be a part of it."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Calendar:
    """Whole hours from `first` (hours since 1970) on: for each clock the hour of the week (Monday 00:00 is 0), and which may be holidays."""

    first: int
    clocks: tuple[Ints, ...]
    free: Flags

    def __len__(self) -> int:
        return len(self.free)

    @property
    def edges(self) -> Ints:
        """The borders of the hours, µs."""
        return np.arange(self.first, self.first + len(self) + 1, dtype=np.int64) * HOUR

    def part(self, start: int, end: int) -> Calendar:
        """Give the hours that touch a span of µs inside this calendar."""
        low = max(0, start // HOUR - self.first)
        high = min(len(self), -(-end // HOUR) - self.first)
        some = slice(low, max(high, low + 1))
        return Calendar(self.first + low, tuple(clock[some] for clock in self.clocks), self.free[some])


def calendar(start: int, end: int, holidays: Iterable[int] = ()) -> Calendar:
    """Give the calendar of all hours that touch a span of µs; a holiday is the midnight of its date."""
    first = start // HOUR
    hours = np.arange(first, max(first + 1, -(-end // HOUR)), dtype=np.int64)
    free = np.zeros(len(hours), dtype=np.bool_)
    for midnight in holidays:
        day = midnight // HOUR - first
        free[max(0, day - MARGIN) : max(0, day + DAY + MARGIN)] = True
    clocks = tuple((hours + MONDAY + _summer(hours, name)) % WEEK for name in CLOCKS)
    return Calendar(first, clocks, free)


def _summer(hours: Ints, name: str) -> Ints:
    """Give 1 for each hour of a zone's summer time."""
    ahead = np.zeros(len(hours), dtype=np.int64)
    if name == CLOCKS[0]:
        return ahead
    zone = ZoneInfo(name)
    for start in range(0, len(hours), DAY):
        some = hours[start : start + DAY]
        ends = _dst(some[0], zone), _dst(some[-1], zone)
        ahead[start : start + DAY] = ends[0] if ends[0] == ends[1] else [_dst(hour, zone) for hour in some]
    return ahead


def _dst(hour: np.int64, zone: ZoneInfo) -> bool:
    return bool((EPOCH + timedelta(hours=int(hour))).astimezone(zone).dst())
