"""The offsets of clocks that the user accepts in case.toml: what a log's clock must be moved by to show the time of the case.

[[clock]]
stream = "linux.auth/build-03"
offset = "-3.2s"                   # its clock is 3.2 s ahead: events happened that much earlier than it says
from = 2023-04-01T00:00:00Z        # optional, like `to`, in the log's own time
"""

import re
from dataclasses import dataclass

from timeline.case.sheet import Table
from timeline.case.values import ExpectedError, glob, instant
from timeline.core.spans import BEGIN, END
from timeline.globs import matches

_UNITS = {"us": 1, "ms": 1_000, "s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000}
_DAY = 86_400_000_000


@dataclass(frozen=True)
class ClockSpec:
    """An accepted correction (µs, added to the times of the log) of the streams of a glob, for logged times in [start, end)."""

    stream: str
    offset: int
    start: int
    end: int


def clock(table: Table) -> ClockSpec:
    """Read one table `clock`."""
    spec = ClockSpec(
        table.need("stream", glob, ""),
        table.need("offset", _signed, 0),
        table.take("from", instant, BEGIN),
        table.take("to", instant, END),
    )
    if spec.start >= spec.end:
        table.wrong("a time after `from`", "to")
    table.close()
    return spec


def correction(clocks: tuple[ClockSpec, ...], stream: str, at: int) -> int:
    """Give by how much a time of this log is to be moved; of several statements the last one counts."""
    fit = [each.offset for each in clocks if matches(each.stream, stream) and each.start <= at < each.end]
    return fit[-1] if fit else 0


def _signed(value: object) -> int:
    found = re.fullmatch(r"([+-]?)(\d{1,9}(?:\.\d{1,6})?)\s*(us|ms|s|m|h)", value) if isinstance(value, str) else None
    if not found:
        raise ExpectedError('a signed duration in quotes, as in "-3.2s", "+250ms" or "1h"')
    told = round(float(found[2]) * _UNITS[found[3]])
    if told > _DAY:
        raise ExpectedError("at most a day; a wrong date or zone is no matter of clocks")
    return -told if found[1] == "-" else told
