"""The calendar of deadlines: what a strict reader finds in it, and how little it clutters a week."""

import datetime as dt
from typing import Any

from icalendar import Calendar, Event

from timeline.export.calendar import ROOM, calendar

NOON = dt.datetime(2023, 7, 15, 12, tzinfo=dt.UTC)


def due(day: int, stream: str = "okta.system/default", **more: Any) -> dict[str, Any]:
    start = dt.datetime(2023, 5, 1, tzinfo=dt.UTC)
    return {
        "deadline": dt.datetime(2023, 8, day, tzinfo=dt.UTC),
        "stream": stream,
        "store": "native",
        "scope": "",
        "start": start,
        "end": start + dt.timedelta(days=3),
        "questions": [{"question": "sign-in-by", "subject": "", "now": "unknown", "then": "absent"}],
        "command": "curl 'https://contoso.example.com/a;b,c\\d'",
        **more,
    }


def events(*rows: dict[str, Any], name: str = "Contoso") -> list[Event]:
    read = Calendar.from_ical(calendar(name, rows, NOON))
    assert (read["version"], read["method"]) == ("2.0", "PUBLISH")
    found = [each for each in read.walk("VEVENT") if isinstance(each, Event)]
    assert not any(each.errors for each in found)
    return found


def test_every_line_is_as_the_standard_wants_it() -> None:
    raw = calendar("Con\ntoso \u202e é", [due(1, "a/" + "é" * 90), due(2)], NOON)
    assert raw.endswith(b"\r\n")
    lines = raw.removesuffix(b"\r\n").split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not any(set(line) & {*range(0x20), 0x7F} for line in lines)


def test_a_command_comes_back_as_it_was() -> None:
    (event,) = events(due(1))
    assert "\nCollect it: curl 'https://contoso.example.com/a;b,c\\d'" in str(event["description"])
    assert "okta.system/default, copy native: 2023-05-01 00:00Z to 2023-05-04 00:00Z" in str(event["description"])


def test_what_expires_at_one_instant_is_one_entry_with_alarms_a_week_and_a_day_before() -> None:
    first, second = events(due(2), due(1), due(2, "duo.auth/default"))
    assert (first.decoded("dtstart").day, second.decoded("dtstart").day) == (1, 2)
    assert str(second["summary"]) == "Evidence begins to expire: okta.system, duo.auth"
    assert [alarm.decoded("trigger").days for alarm in second.walk("VALARM")] == [-7, -1]


def test_a_later_export_takes_the_place_of_an_earlier_one() -> None:
    (once,), (again,) = events(due(1)), events(due(1, "duo.auth/default"))
    assert once["uid"] == again["uid"]
    assert once["uid"] != events(due(1), name="Fabrikam")[0]["uid"]


def test_many_windows_fit_and_what_does_not_is_counted() -> None:
    (some,) = events(*(due(1, f"okta.system/{number}", command="c" * 900) for number in range(20)))
    short = str(some["description"])
    assert len(short) <= ROOM
    assert "`timeline preserve` tells the commands" in short
    assert "okta.system/19," in short
    (many,) = events(*(due(1, f"okta.system/{number}") for number in range(900)))
    told = str(many["description"])
    assert len(told) <= ROOM + 100
    assert told.count("okta.system/") + int(told.rpartition("And ")[2].partition(" ")[0]) == 900


def test_what_never_expires_is_no_entry() -> None:
    assert events(due(1, deadline=None)) == []
