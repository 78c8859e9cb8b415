"""Timelines that others made: times and texts are taken over, and prove no absence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from timeline import Case

Read = Callable[..., list[dict[str, Any]]]
L2T = "date,time,timezone,MACB,source,sourcetype,type,user,host,short,desc,version,filename,inode,notes,format,extra"
DYNAMIC = "datetime,timestamp_desc,source,source_long,message,parser,display_name,tag"


def l2t(date: str, time: str, zone: str) -> str:
    return f"{L2T}\n{date},{time},{zone},M...,FILE,NTFS,Content Modification Time,dana,FS01,short,long,2,/a.dmp,1,-,filestat,-"


@pytest.mark.parametrize(
    ("zone", "time"),
    [
        ("UTC", "2021-04-27 19:52:08"),
        ("Europe/Paris", "2021-04-27 17:52:08"),
        ("America/New_York", "2021-04-27 23:52:08"),
        ("Mars/Olympus", None),
        ("-", None),
    ],
)
def test_the_old_csv_states_its_zone_in_a_column(read: Read, zone: str, time: str | None) -> None:
    events = read(l2t("04/27/2021", "19:52:08", zone), name="x.csv")
    assert [event["time"] for event in events] == ([time] if time else [])


def test_what_the_old_csv_says_is_taken_over(read: Read) -> None:
    (event,) = read(l2t("04/27/2021", "19:52:08", "UTC"), name="x.csv")
    told = (
        event["stream"],
        event["operation"],
        event["outcome_detail"],
        event["object"],
        event["actor"],
        event["action"],
    )
    assert told == ("plaso.filestat/fs01", "Content Modification Time", "long", "/a.dmp", "dana", "other")


@pytest.mark.parametrize(("date", "time"), [("00/00/0000", "--:--:--"), ("", "")])
def test_an_entry_without_a_time_is_rejected(read: Read, date: str, time: str) -> None:
    assert read(l2t(date, time, "UTC"), name="x.csv") == []


@pytest.mark.parametrize(
    "entry",
    [
        {"timestamp": 0, "timestamp_desc": "Not a time"},
        {"timestamp": 0, "timestamp_desc": "Creation Time"},
        {"datetime": "0000-00-00T00:00:00+00:00", "timestamp_desc": "Creation Time"},
    ],
)
def test_a_zero_is_no_time(read: Read, entry: dict[str, Any]) -> None:
    assert read({"__container_type__": "event", "parser": "filestat", "message": "x", **entry}) == []


def test_microseconds_are_utc_and_keep_their_digits(read: Read) -> None:
    entry = {"__container_type__": "event", "timestamp": 1686733202123456, "timestamp_desc": "Creation Time"}
    (event,) = read({**entry, "parser": "winreg/appcompatcache", "message": "x", "hostname": "WS6"})
    assert (event["time"], event["time_precision"], event["stream"]) == (
        "2023-06-14 09:00:02.123456",
        "us",
        "plaso.winreg.appcompatcache/ws6",
    )


@pytest.mark.parametrize(
    ("stamp", "zone", "time"),
    [
        ("2023-06-14T10:00:02.5+02:00", None, "2023-06-14 08:00:02.5"),
        ("2023-06-14T10:00:02", None, None),
        ("2023-06-14T10:00:02", "Europe/Paris", "2023-06-14 08:00:02"),
    ],
)
def test_a_time_without_a_zone_is_not_guessed(read: Read, stamp: str, zone: str | None, time: str | None) -> None:
    row = f"{DYNAMIC}\n{stamp},Creation Time,FILE,NTFS,text,filestat,OS:/a,-"
    assert [event["time"] for event in read(row, name="x.csv", zone=zone)] == ([time] if time else [])


def test_an_analysts_timesketch_csv_needs_three_columns(read: Read) -> None:
    (event,) = read("message,datetime,timestamp_desc\nnote,2023-06-14T08:00:00+00:00,Note", name="x.csv")
    assert (event["source"], event["outcome_detail"], event["operation"]) == ("timesketch.timeline", "note", "Note")


def test_a_timeline_of_others_proves_no_absence(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text(
        '[case]\nname = "x"\nfrom = 2023-06-14T08:05:00Z\nto = 2023-06-14T08:20:00Z\n[[collection]]\nid = "c"\ncollected_at = 2023-06-15T00:00:00Z\n'
    )
    entry = {"__container_type__": "event", "timestamp_desc": "Content Modification Time", "parser": "winevtx"}
    rows = (json.dumps({**entry, "timestamp": (1686729600 + 60 * n) * 1_000_000, "message": "4624"}) for n in range(30))
    (tmp_path / "x.jsonl").write_text("\n".join(rows))
    with Case.open(tmp_path) as case:
        case.ingest(tmp_path / "x.jsonl")
        assert case.events().height == 30
        assert case.ask("sign-in-by", {"actor": "eve"})["verdict"].to_list() == ["unknown"]
        assert case.ask("artefact-created", {"object": "/a.dmp"})["verdict"].to_list() == ["unknown"]
