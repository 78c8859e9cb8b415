"""What a value of case.toml may be: each function gives it in the program's own terms or says what it expected."""

import datetime as dt
import json
import re
import zoneinfo
from collections.abc import Callable
from difflib import get_close_matches
from typing import TypeVar

from timeline.case.toml_lines import Place
from timeline.errors import CaseError

T = TypeVar("T")

MICROSECOND = dt.timedelta(microseconds=1)
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
SECOND = 1_000_000
DAY = 86_400 * SECOND
CENTURY = 36_525
QUOTED = 80

_UNITS = {"s": SECOND, "m": 60 * SECOND, "h": 3_600 * SECOND, "d": DAY, "w": 7 * DAY}
_INSTANT = "a date or a time with its zone, as in 2023-05-15T00:00:00Z"
_DURATION = 'a duration in quotes, as in "90d", "2h", "30m" or "45s"'
_GLOB = 'a glob over stream names, as in "azure.storage/*"'


class ExpectedError(Exception):
    """A value is not what its key needs; `inside` leads to the element that is wrong."""

    def __init__(self, expected: str, *inside: str | int) -> None:
        super().__init__(expected)
        self.expected = expected
        self.inside: Place = inside


def shown(value: object) -> str:
    """Write a TOML value as a message quotes it."""
    match value:
        case str():
            return json.dumps(value if len(value) <= QUOTED else value[:QUOTED] + "…", ensure_ascii=False)
        case bool():
            return str(value).lower()
        case dt.date() | dt.time():
            return value.isoformat()
        case dict():
            return "a table"
        case list():
            return f"a list of {len(value)}"
        case _:
            return str(value)


def micros(value: dt.datetime) -> int:
    return (value - EPOCH) // MICROSECOND


def instant(value: object) -> int:
    if isinstance(value, dt.datetime):
        if value.tzinfo is None:
            raise ExpectedError(f"the same time with its zone, as in {value.isoformat()}Z")
        return micros(value)
    if isinstance(value, str):
        raise ExpectedError(f"{_INSTANT}, without quotes")
    return day(value, _INSTANT)


def day(value: object, expected: str = "a date, as in 2023-05-29") -> int:
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise ExpectedError(expected)
    return micros(dt.datetime(value.year, value.month, value.day, tzinfo=dt.UTC))


def duration(value: object) -> int:
    found = re.fullmatch(r"(\d{1,9})\s*([smhdw])", value) if isinstance(value, str) else None
    if not found:
        raise ExpectedError(_DURATION)
    return _bounded(int(found[1]) * _UNITS[found[2]])


def days(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        raise ExpectedError("a number of days, as in 90")
    return _bounded(round(min(value, 2 * CENTURY) * DAY))


def _bounded(span: int) -> int:
    if span > CENTURY * DAY:
        raise ExpectedError("at most a hundred years")
    return span


def text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ExpectedError("a text in quotes")
    return value


def glob(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ExpectedError(_GLOB)
    return value


def whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ExpectedError("a whole number")
    return value


def count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ExpectedError("a whole number from 1 on")
    return value


def time_zone(value: object) -> str:
    """Take the name of a time zone of the IANA database."""
    names = zoneinfo.available_timezones() - {"localtime", "posixrules", "Factory"}
    if not isinstance(value, str) or value not in names:
        near = get_close_matches(str(value), names, n=1)
        raise ExpectedError(f"a time zone, as in {json.dumps(near[0] if near else 'Europe/Paris')}")
    return value


def choice(*words: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str) or value not in words:
            raise ExpectedError("one of " + ", ".join(json.dumps(word) for word in words))
        return value

    return read


def several(read: Callable[[object], T], what: str) -> Callable[[object], tuple[T, ...]]:
    """Make the reader of a list with at least one element."""

    def read_all(value: object) -> tuple[T, ...]:
        if not isinstance(value, list) or not value:
            raise ExpectedError(f"a list of {what}")
        return tuple(_element(read, element, index) for index, element in enumerate(value))

    return read_all


def _element(read: Callable[[object], T], value: object, place: str | int) -> T:
    try:
        return read(value)
    except ExpectedError as error:
        raise ExpectedError(error.expected, place, *error.inside) from None


def texts(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise ExpectedError('a table of texts, as in { object = "*.dmp" }')
    return {key: _element(text, element, key) for key, element in value.items()}


def selector(value: object) -> dict[str, tuple[str, ...]]:
    """Which records of a stream a rule is about; one text is a list of one."""
    if not isinstance(value, dict) or not value:
        raise ExpectedError('a table, as in { actor = "*@contoso.com" } or { operation = ["A", "B"] }')
    read = several(text, "texts")
    return {key: _element(read, [item] if isinstance(item, str) else item, key) for key, item in value.items()}


def moment(written: str, option: str) -> int:
    """Read an instant of the command line: a date, or a time, which is UTC unless it states its zone."""
    try:
        value = dt.datetime.fromisoformat(written.strip())
    except ValueError:
        message = f"{option}: {shown(written)}; expected a date or a time, as in 2023-05-15 or 2023-05-15T10:00:00Z"
        raise CaseError(message) from None
    return micros(value if value.tzinfo else value.replace(tzinfo=dt.UTC))
