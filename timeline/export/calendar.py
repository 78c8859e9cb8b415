"""Deadlines as a calendar (RFC 5545): one event for each instant at which something begins to expire, with alarms before it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from icalendar import Alarm, Calendar, Event

from timeline.export.escape import visible

BEFORE = (timedelta(days=7), timedelta(days=1))
NAMED = 3
"""Logs that the title of an event names; of more it tells how many."""
ROOM = 8_000
"""Characters of a description that common calendars keep; where the commands do not fit, they are left out."""

Row = Mapping[str, Any]


def calendar(name: str, rows: Iterable[Row], stamp: datetime) -> bytes:
    """Write rows of `timeline preserve` that have a deadline; the same rows and `stamp` (UTC) give the same bytes.

    An event's identity is the case's name and the instant: a later export takes the place of an earlier one.
    """
    found = Calendar()
    found.add("prodid", "-//timeline//preserve//EN")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", visible(f"Evidence that expires: {name}"))
    due = sorted((row for row in rows if row["deadline"] is not None), key=lambda row: row["deadline"])
    for deadline, some in groupby(due, key=lambda row: row["deadline"]):
        found.add_component(_event(name, deadline, list(some), stamp))
    written: bytes = found.to_ical()
    return written


def _event(name: str, deadline: datetime, rows: Sequence[Row], stamp: datetime) -> Event:
    event = Event()
    told = f"{name}\x1f{deadline.isoformat()}"
    event.add("uid", f"{hashlib.sha256(told.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}@timeline")
    event.add("dtstamp", stamp)
    event.add("dtstart", deadline)
    event.add("summary", visible(_title(rows)))
    event.add("description", _description(name, rows))
    event.add("transp", "TRANSPARENT")
    for before in BEFORE:
        event.add_component(_alarm(before, _title(rows)))
    return event


def _title(rows: Sequence[Row]) -> str:
    logs = list(dict.fromkeys(row["stream"].partition("/")[0] for row in rows))
    more = f" and {len(logs) - NAMED} more" if len(logs) > NAMED else ""
    return f"Evidence begins to expire: {', '.join(logs[:NAMED])}{more}"


def _description(name: str, rows: Sequence[Row]) -> str:
    """Tell each window with its command, or without where these are too long; what has no room is counted."""
    head = visible(f"Case {name}: from this instant on the copies begin to lose these windows. Collect them before.")
    whole = "\n\n".join([head, *(f"{_told(row)}\nCollect it: {visible(row['command'])}" for row in rows)])
    if len(whole) <= ROOM:
        return whole
    text = f"{head} `timeline preserve` tells the commands."
    for number, row in enumerate(rows):
        if len(text) + len(told := _told(row)) > ROOM:
            return f"{text}\n\nAnd {len(rows) - number} more windows."
        text += f"\n\n{told}"
    return text


def _told(row: Row) -> str:
    scope = f" ({row['scope']})" if row["scope"] else ""
    asked = ", ".join(dict.fromkeys(each["question"] for each in row["questions"]))
    place = f"{row['stream']}{scope}, copy {row['store']}: {_when(row['start'])} to {_when(row['end'])}"
    return f"{visible(place)}\nOpen questions: {visible(asked)}"


def _when(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%MZ}" if at else "an open end"


def _alarm(before: timedelta, title: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", visible(title))
    alarm.add("trigger", -before)
    return alarm
