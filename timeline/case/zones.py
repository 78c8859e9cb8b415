"""Names of time zones as people and machines write them, brought to one that means the same to everybody, or refused."""

from __future__ import annotations

import json
import re
import zoneinfo
from difflib import get_close_matches
from functools import cache

from tzlocal.windows_tz import win_tz

from timeline.case.values import ExpectedError

_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2}):?(\d\d)?", re.IGNORECASE)
_WIDEST = 14
_MACHINES = {"localtime", "posixrules", "Factory"}
_ABBREVIATIONS = {
    "ACST": ("Australia/Darwin", "+09:30"),
    "AEDT": ("Australia/Sydney", "+11:00"),
    "AEST": ("Australia/Sydney", "+10:00"),
    "AKST": ("America/Anchorage", "-09:00"),
    "AST": ("America/Halifax", "-04:00"),
    "BST": ("Europe/London", "+01:00"),
    "CDT": ("America/Chicago", "-05:00"),
    "CEST": ("Europe/Paris", "+02:00"),
    "CET": ("Europe/Paris", "+01:00"),
    "CST": ("America/Chicago", "-06:00"),
    "EDT": ("America/New_York", "-04:00"),
    "EEST": ("Europe/Helsinki", "+03:00"),
    "EET": ("Europe/Helsinki", "+02:00"),
    "EST": ("America/New_York", "-05:00"),
    "HKT": ("Asia/Hong_Kong", "+08:00"),
    "HST": ("Pacific/Honolulu", "-10:00"),
    "IST": ("Asia/Kolkata", "+05:30"),
    "JST": ("Asia/Tokyo", "+09:00"),
    "MDT": ("America/Denver", "-06:00"),
    "MET": ("Europe/Berlin", "+01:00"),
    "MSK": ("Europe/Moscow", "+03:00"),
    "MST": ("America/Denver", "-07:00"),
    "PDT": ("America/Los_Angeles", "-07:00"),
    "PST": ("America/Los_Angeles", "-08:00"),
    "SGT": ("Asia/Singapore", "+08:00"),
    "WEST": ("Europe/Lisbon", "+01:00"),
    "WET": ("Europe/Lisbon", "+00:00"),
}


@cache
def _names() -> dict[str, str]:
    """Give by its lower-case spelling each name of the IANA database, and for each name of Windows the IANA name of the same rules (CLDR)."""
    own = {name.lower(): name for name in zoneinfo.available_timezones() - _MACHINES}
    return {name.lower(): place for name, place in win_tz.items()} | own | {"z": "UTC"}


def log_zone(value: object) -> str:
    """Take the zone of a log's local times: an IANA name, a Windows name such as "Romance Standard Time", or an offset such as +05:30.

    An abbreviation such as EST is refused: some mean by it the place, with its summer time, others the offset.
    """
    told = value.strip() if isinstance(value, str) else ""
    short = _ABBREVIATIONS.get(told.upper())
    if short:
        place, offset = short
        raise ExpectedError(
            f'no abbreviation, which may mean a place with its summer time or a fixed offset: write "{place}" or "{offset}"'
        )
    found = _offset(told) or _names().get(told.lower())
    if found is None:
        near = get_close_matches(told.lower(), _names(), n=1)
        example = json.dumps(_names()[near[0]] if near else "Europe/Paris")
        raise ExpectedError(f'a time zone, as in {example}, or an offset, as in "+02:00"')
    return found


def _offset(told: str) -> str | None:
    """Give a fixed offset as DuckDB reads it (of UTC+05:30 it forgets the minutes); the sign counts eastwards, as in ISO 8601."""
    found = _OFFSET.fullmatch(told)
    if found is None or int(found[2]) > _WIDEST or int(found[3] or 0) > 59:  # noqa: PLR2004  minutes of an hour
        return None
    return f"GMT{found[1]}{int(found[2]):02}:{found[3] or '00'}"
