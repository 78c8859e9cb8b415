"""Seeded chance and the rhythm of an office: no clock, no global state, the same bytes on every run."""

from __future__ import annotations

import base64
import math
import random
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

HOLIDAYS = frozenset({date(2023, 5, 29)})
HEX = "0123456789ABCDEF"


def at(text: str) -> datetime:
    """Read `2021-04-14T02:47:45` as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def later(moment: datetime, seconds: float) -> datetime:
    return moment + timedelta(seconds=seconds)


@dataclass(frozen=True)
class Rhythm:
    """How many events a working day brings, and what is left of that at night and on days off."""

    per_day: float
    night: float = 0.06
    day_off: float = 0.12

    def expected(self, hour: datetime) -> float:
        working = 7 <= hour.hour < 17
        share = self.per_day / (10 + 14 * self.night)
        free = hour.weekday() > 4 or hour.date() in HOLIDAYS
        return share * (1 if working else self.night) * (self.day_off if free else 1)


class Dice(random.Random):
    """A source of chance of one module, so that a change in one log leaves the bytes of the others alone."""

    def __init__(self, name: str) -> None:
        super().__init__(f"timeline-story-{name}")

    def guid(self) -> str:
        return str(uuid.UUID(int=self.getrandbits(128), version=4))

    def request(self) -> str:
        """Make an identifier as the Entra token service forms it: its last byte is zero."""
        return self.guid()[:-2] + "00"

    def upper(self, length: int) -> str:
        return "".join(self.choice(HEX) for _ in range(length))

    def base64(self, length: int) -> str:
        return base64.b64encode(self.randbytes(length)).decode()

    def poisson(self, mean: float) -> int:
        limit, count, product = math.exp(-mean), 0, self.random()
        while product > limit:
            count += 1
            product *= self.random()
        return count

    def times(self, start: datetime, end: datetime, rhythm: Rhythm) -> list[datetime]:
        """Draw the instants of a living log between two moments, in order."""
        hour, found = start.replace(minute=0, second=0, microsecond=0), []
        while hour < end:
            count = self.poisson(rhythm.expected(hour))
            found += [hour + timedelta(microseconds=self.randrange(3_600_000_000)) for _ in range(count)]
            hour += timedelta(hours=1)
        return sorted(moment for moment in found if start <= moment < end)


def uti(identifier: str) -> str:
    """Encode a sign-in id as the token claim `uti`: base64url of the little-endian GUID."""
    return base64.urlsafe_b64encode(uuid.UUID(identifier).bytes_le).decode().rstrip("=")


def old_uti(identifier: str) -> str:
    """Encode it as the sign-in logs of 2021 and 2022 did: base64 of the text."""
    return base64.b64encode(identifier.encode()).decode().rstrip("=")


def iso(moment: datetime, digits: int = 7) -> str:
    """Print with the vendor's number of fraction digits and without a zone."""
    text = moment.strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{fraction(moment)[:digits]}" if digits else text


def fraction(moment: datetime) -> str:
    return f"{moment.microsecond:06d}{moment.microsecond % 10}"


def american(moment: datetime) -> str:
    """Print as `5/18/2021 9:13:33 PM`."""
    clock = moment.strftime("%M:%S %p")
    return f"{moment.month}/{moment.day}/{moment.year} {moment.hour % 12 or 12}:{clock}"
