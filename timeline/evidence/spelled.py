"""Lengths and dates of policies in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from timeline.core.spans import BEGIN, END

SECOND = 1_000_000
UNITS = {"d": 86_400 * SECOND, "h": 3_600 * SECOND, "m": 60 * SECOND, "s": SECOND}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Dated(Protocol):
    """A limit: from `start` on records are kept for so long."""

    @property
    def start(self) -> int: ...
    @property
    def keep(self) -> int | None: ...


def length(span: int | None) -> str:
    """Write a length of time with the largest unit that leaves no rest: 90 d, 36 h, 5 m."""
    if span is None:
        return ""
    if span >= END:
        return "any time"
    unit = next((unit for unit, size in UNITS.items() if span % size == 0), "s")
    return f"{span // UNITS[unit]} {unit}" if span else "0"


def days(span: float) -> str:
    """Write a length of time as days, to the hundredth."""
    return f"{span / UNITS['d']:.2f}".rstrip("0").rstrip(".") + " d"


def date(instant: int) -> str:
    """Write an instant: midnight as its day, UTC."""
    if instant in (BEGIN, END):
        return "ever"
    at = EPOCH + timedelta(microseconds=instant)
    return f"{at:%Y-%m-%d}" if instant % UNITS["d"] == 0 else f"{at:%Y-%m-%dT%H:%MZ}"


def kept(limits: Iterable[Dated]) -> str:
    """Write dated limits: `90 d; 180 d from 2023-10-17`."""
    return "; ".join(_limit(each) for each in limits)


def _limit(limit: Dated) -> str:
    months = getattr(limit, "months", 0)
    told = f"{months} months" if months else "for ever" if limit.keep is None else length(limit.keep)
    return told if limit.start == BEGIN else f"{told} from {date(limit.start)}"
