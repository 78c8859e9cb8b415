"""When deletion runs: at any moment, or only at the borders of days or months of a zone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from timeline.core.spans import END

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
FIRST, LAST = (datetime(year, 1, 1, tzinfo=UTC) for year in (2, 9998))
YEAR = 12
DAY = 86_400_000_000
SHORTEST = (0, 28, 59, 89, 120, 150, 181, 212, 242, 273, 303, 334)
LONGEST = (0, 31, 62, 92, 123, 153, 184, 215, 245, 276, 306, 337)


@dataclass(frozen=True)
class Every:
    """Deletion runs every `period` microseconds, counted from `phase`."""

    period: int
    phase: int = 0

    def before(self, moment: int) -> int:
        """Give the last run that is not after the moment."""
        return moment - (moment - self.phase) % self.period

    def after(self, moment: int) -> int:
        """Give the first run after the moment."""
        return self.before(moment) + self.period

    def back(self, run: int, months: int) -> int:  # noqa: ARG002  only calendars know months
        return run


@dataclass(frozen=True)
class Calendar:
    """Deletion runs at each midnight of the zone (`day`), or at that of the first of each month (`month`)."""

    unit: str = "day"
    zone: str = "UTC"

    def before(self, moment: int) -> int:
        """Give the last run that is not after the moment; beyond all calendars, the moment."""
        local = self._local(moment)
        return moment if local is None else self._run(local, 0)

    def after(self, moment: int) -> int:
        """Give the first run after the moment; beyond all calendars, never."""
        local = self._local(moment)
        return END if local is None else self._run(local, 1)

    def back(self, run: int, months: int) -> int:
        """Give the run so many months before this one."""
        local = self._local(run)
        return run if local is None or not months else self._instant(*_shifted(local, -months))

    def _local(self, moment: int) -> datetime | None:
        inside = (FIRST - EPOCH) // MICROSECOND <= moment < (LAST - EPOCH) // MICROSECOND
        return (EPOCH + moment * MICROSECOND).astimezone(ZoneInfo(self.zone)) if inside else None

    def _run(self, local: datetime, later: int) -> int:
        if self.unit == "month":
            return self._instant(*_shifted(local, later))
        day = local.replace(tzinfo=None) + timedelta(days=later)
        return self._instant(day.year, day.month, day.day)

    def _instant(self, year: int, month: int, day: int = 1) -> int:
        """Give a day's start in the zone; where its midnight is skipped, the first instant after it."""
        return (datetime(year, month, day, tzinfo=ZoneInfo(self.zone)).astimezone(UTC) - EPOCH) // MICROSECOND


Rounding = Every | Calendar


def shortest(months: int) -> int:
    """Give the least length of so many months in a row, in microseconds."""
    years, rest = divmod(months, YEAR)
    return (_years(years, least=True) + SHORTEST[rest]) * DAY


def longest(months: int) -> int:
    """Give the greatest length of so many months in a row, in microseconds."""
    years, rest = divmod(months, YEAR)
    return (_years(years, least=False) + LONGEST[rest]) * DAY


def _years(years: int, *, least: bool) -> int:
    """Count the days of years in a row with as few, or as many, leap days as the calendar may bring (a century may lack one)."""
    leaps = max(0, years // 4 - 1 - years // 100) if least else -(-years // 4)
    return 365 * years + leaps


def _shifted(local: datetime, months: int) -> tuple[int, int]:
    number = local.year * YEAR + local.month - 1 + months
    return number // YEAR, number % YEAR + 1
