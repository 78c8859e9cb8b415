"""Deadlines as a calendar (RFC 5545): each is an event with an alarm a week and a day before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from icalendar import Alarm, Calendar, Event

from timeline.export.escape import visible

BEFORE = (timedelta(days=7), timedelta(days=1))


def calendar(name: str, rows: Iterable[Mapping[str, Any]], stamp: datetime) -> bytes:
    """Write rows of `timeline preserve` that have a deadline; the same rows and `stamp` (UTC) give the same bytes."""
    found = Calendar()
    found.add("prodid", "-//timeline//preserve//EN")
    found.add("version", "2.0")
    found.add("x-wr-calname", visible(f"Evidence that expires: {name}"))
    for row in rows:
        if row["deadline"] is not None:
            found.add_component(_event(row, stamp))
    written: bytes = found.to_ical()
    return written


def _event(row: Mapping[str, Any], stamp: datetime) -> Event:
    event = Event()
    told = "\x1f".join(str(row[key]) for key in ("stream", "store", "scope", "start", "end"))
    event.add("uid", f"{hashlib.sha256(told.encode()).hexdigest()[:32]}@timeline")
    event.add("dtstamp", stamp)
    event.add("dtstart", row["deadline"])
    event.add("summary", visible(f"{row['stream']} ({row['store']}) begins to expire"))
    asked = ", ".join(dict.fromkeys(each["question"] for each in row["questions"]))
    lines = [f"What: {row['start']} to {row['end']}", f"Open questions: {asked}", f"Collect it: {row['command']}"]
    event.add("description", "\n".join(map(visible, lines)))
    for before in BEFORE:
        event.add_component(_alarm(before))
    return event


def _alarm(before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", "Evidence is about to expire")
    alarm.add("trigger", -before)
    return alarm
