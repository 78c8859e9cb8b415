"""The same Windows records through every tool: one meaning, one event, and no silence of a filtered export taken for an absence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.sources_unix_windows_aws.windows_records import ACTIVITY, INSTANCE, RECORDS
from tests.sources_unix_windows_aws.windows_shapes import SHAPES, Record, evtx_dump, evtxecmd, evtxecmd_csv, winlogbeat
from timeline import Case

Event = dict[str, Any]
Read = Callable[..., list[Event]]
SAME = [
    "source",
    "stream",
    "sequence_of",
    "sequence_no",
    "record_key",
    "operation",
    "action",
    "family",
    "outcome",
    "outcome_detail",
    "actor",
    "actor_id",
    "actor_type",
    "src_ip",
    "device_id",
    "app",
    "resource",
    "resource_id",
    "session_id",
    "token_id",
    "credential_id",
    "request_id",
    "object",
    "object_hash",
    "subject",
]
ACTIONS = {
    4624: "sign_in", 4625: "sign_in", 4634: "sign_out", 4647: "sign_out", 4648: "sign_in", 4672: "other", 4656: "object.inspect", 4663: "object.read",
    5140: "object.inspect", 5145: "object.write", 4688: "process.start", 4719: "logging.disable", 4907: "logging.disable", 4616: "config.change",
    4720: "account.change", 4738: "account.change", 4728: "role.assign", 1102: "log.clear", 4768: "token.issue", 4769: "token.issue", 4770: "token.issue",
    4771: "sign_in", 4776: "sign_in", 1202: "sign_in", 1200: "token.issue", 299: "token.issue", 500: "other", 412: "token.use", 501: "other",
    1203: "sign_in", 1: "process.start", 3: "other", 11: "object.write", 15: "object.write", 23: "object.delete", 26: "object.delete",
    1000: "crash.dump", 1001: "crash.dump", 104: "log.clear",
}  # fmt: skip


def same(event: Event) -> Event:
    """Give what does not depend on the tool: a second is the finest time that all state."""
    return {"time": event["time"][:19], **{name: event[name] for name in SAME}}


def lines(records: tuple[Record, ...], shape: Callable[[Record], Event]) -> str:
    return "".join(json.dumps(shape(one)) + "\n" for one in records)


def csv_lines(records: tuple[Record, ...], _: object = None) -> str:
    return evtxecmd_csv(*records)


def test_every_kind_of_record_has_its_action(read: Read) -> None:
    events = read(*map(evtx_dump, RECORDS))
    assert [(one.event, event["action"]) for one, event in zip(RECORDS, events, strict=True)] == [
        (one.event, ACTIONS[one.event]) for one in RECORDS
    ]


@pytest.mark.parametrize("shape", [*SHAPES[1:], csv_lines], ids=lambda each: each.__name__)
def test_every_tool_gives_the_same_events(shape: Callable[..., Any], read: Read) -> None:
    wanted = [same(event) for event in read(*map(evtx_dump, RECORDS), name="evtx.jsonl")]
    text = csv_lines(RECORDS) if shape is csv_lines else lines(RECORDS, shape)
    both = read(text.removesuffix("\n"), name="other.csv" if shape is csv_lines else "other.jsonl")
    files = {event["file_no"] for event in both}
    other = [same(event) for event in both if event["file_no"] == max(files)]
    assert len(files) == 2
    assert other == wanted
    assert sum(event["kept"] for event in both) == len(RECORDS)


def test_one_record_through_three_tools_is_one_event_with_three_provenances(read: Read) -> None:
    one = RECORDS[:3]
    read(*map(evtx_dump, one), name="a.jsonl")
    read(*map(winlogbeat, one), name="b.jsonl")
    events = read(csv_lines(one).removesuffix("\n"), name="c.csv")
    assert (len(events), sum(event["kept"] for event in events)) == (9, 3)


def test_ad_fs_records_are_joined_by_activity_and_instance(read: Read) -> None:
    events = read(*(evtx_dump(one) for one in RECORDS if one.provider == "AD FS Auditing"))
    told = {event["operation"]: (event["request_id"], event["session_id"]) for event in events}
    assert told["1200"] == told["1202"] == (ACTIVITY, None)
    assert told["299"] == told["412"] == (ACTIVITY, INSTANCE)
    assert told["500"] == told["501"] == (None, INSTANCE)


def test_a_date_of_powershell_5_is_utc_milliseconds(read: Read) -> None:
    record = {"Id": 6006, "RecordId": 4, "LogName": "System", "MachineName": "FS01", "ProviderName": "EventLog"}
    (event,) = read({**record, "TimeCreated": "/Date(1686729671123)/", "Properties": [], "Message": "x"})
    assert (event["time"], event["time_precision"], event["stream"]) == (
        "2023-06-14 08:01:11.123",
        "ms",
        "windows.system/fs01",
    )


def test_a_zone_of_powershell_7_counts(read: Read) -> None:
    record = {"Id": 1, "RecordId": 4, "LogName": "System", "MachineName": "FS01", "ProviderName": "x"}
    (event,) = read({**record, "TimeCreated": "2023-06-14T10:01:11.1234567+02:00"})
    assert event["time"] == "2023-06-14 08:01:11.123456"


def test_times_of_evtxecmd_are_utc_in_any_zone(read: Read) -> None:
    (event,) = read(csv_lines(RECORDS[:1]).removesuffix("\n"), name="x.csv", zone="America/New_York")
    assert (event["time"], event["time_precision"]) == ("2023-06-14 08:41:11.123456", "100ns")


VIEWER = "Keywords,Date and Time,Source,Event ID,Task Category\r\n"
MESSAGE = (
    '"An account was successfully logged on.\n\nSubject:\n\tSecurity ID:\t\tS-1-0-0\n\tAccount Name:\t\t-\n\tAccount Domain:\t\t-\n\tLogon ID:\t\t0x0\n\n'
    "New Logon:\n\tSecurity ID:\t\tS-1-5-21-1\n\tAccount Name:\t\tdana\n\tAccount Domain:\t\tC\n\tLogon ID:\t\t0x5A1F3C\n\n"
    'Network Information:\n\tSource Network Address:\t192.0.2.4\n"'
)


def viewer(stamp: str) -> str:
    return f"{VIEWER}Audit Success,{stamp},Microsoft-Windows-Security-Auditing,4624,Logon,{MESSAGE}"


def test_the_event_viewers_csv_has_a_message_without_a_header_and_local_time(read: Read) -> None:
    assert read(viewer("6/14/2023 8:01:11 AM"), name="a.csv") == []
    (event,) = read(viewer("6/14/2023 8:01:12 AM"), name="b.csv", zone="Europe/Paris")
    assert (event["time"], event["actor"], event["actor_id"], event["src_ip"], event["session_id"]) == (
        "2023-06-14 06:01:12",
        "dana",
        "S-1-5-21-1",
        "192.0.2.4",
        "0x5a1f3c",
    )
    assert (event["source"], event["action"], event["sequence_no"]) == ("windows.security.unnumbered", "sign_in", None)


@pytest.mark.parametrize(
    ("stamp", "time"),
    [
        ("14.06.2023 08:01:11", "2023-06-14 08:01:11"),
        ("14/06/2023 08:01:11", "2023-06-14 08:01:11"),
        ("2023-06-14 08:01:11", "2023-06-14 08:01:11"),
        ("06/07/2023 08:01:11", None),
    ],
)
def test_a_day_that_may_be_a_month_is_not_guessed(read: Read, stamp: str, time: str | None) -> None:
    assert [event["time"] for event in read(viewer(stamp), name="x.csv", zone="UTC")] == ([time] if time else [])


def signed_in(numbers: range, step: int = 1) -> tuple[Record, ...]:
    first = RECORDS[0]
    return tuple(
        Record(number, first.event, f"2023-06-14T08:{number % 60:02}:11.1234567", first.data)
        for number in numbers[::step]
    )


def verdict(tmp_path: Path, name: str, text: str) -> str:
    """Ask a case of one file for the sign-ins of somebody who has none."""
    (tmp_path / "case.toml").write_text(
        '[case]\nname = "x"\nfrom = 2023-06-14T08:05:00Z\nto = 2023-06-14T08:20:00Z\n[[collection]]\nid = "c"\ncollected_at = 2023-06-15T00:00:00Z\n'
        f'paths = ["{name}"]\n[[policy]]\nstream = "*"\nretention_days = 365\n'
    )
    (tmp_path / name).write_text(text)
    with Case.open(tmp_path) as case:
        case.ingest([tmp_path / name], {"*": "UTC"})
        assert case.events().height > 0
        return str(case.ask("sign-in-by", {"actor": "eve"})["verdict"][0])


def test_an_uncut_log_may_say_that_nothing_was_there(tmp_path: Path) -> None:
    assert verdict(tmp_path, "x.jsonl", lines(signed_in(range(60, 90)), evtx_dump)) == "absent"


def test_a_whole_export_of_evtxecmd_is_as_good_as_the_log(tmp_path: Path) -> None:
    assert verdict(tmp_path, "x.csv", csv_lines(signed_in(range(60, 90)))) == "absent"


@pytest.mark.parametrize("shape", SHAPES, ids=lambda each: each.__name__)
def test_a_filtered_export_is_betrayed_by_its_record_numbers(tmp_path: Path, shape: Callable[[Record], Event]) -> None:
    assert verdict(tmp_path, "x.jsonl", lines(signed_in(range(60, 90), 3), shape)) == "unknown"


def test_a_filtered_export_of_evtxecmd_is_betrayed_too(tmp_path: Path) -> None:
    assert verdict(tmp_path, "x.csv", csv_lines(signed_in(range(60, 90), 3))) == "unknown"


def test_forwarded_records_keep_the_numbers_of_their_own_log(tmp_path: Path) -> None:
    forwarded = lines(signed_in(range(60, 90), 4), evtxecmd).replace("x.evtx", "ForwardedEvents.evtx")
    assert verdict(tmp_path, "x.jsonl", forwarded) == "unknown"


def test_an_export_without_record_numbers_proves_no_absence(tmp_path: Path) -> None:
    text = VIEWER + "\r\n".join(viewer(f"6/14/2023 8:{minute:02}:11 AM").removeprefix(VIEWER) for minute in range(30))
    assert verdict(tmp_path, "x.csv", text) == "unknown"


HAYABUSA = "Timestamp,RuleTitle,Level,Computer,Channel,EventID,RecordID,Details,ExtraFieldInfo\r\n"


def test_the_silence_of_a_detection_tool_proves_no_absence(tmp_path: Path) -> None:
    rows = [
        f"2023-06-14 08:{minute:02}:11.123 +00:00,Logon,info,FS01.contoso.com,Sec,4624,{60 + minute},TgtUser: dana ¦ SrcIP: 192.0.2.4,"
        for minute in range(30)
    ]
    assert verdict(tmp_path, "x.csv", HAYABUSA + "\r\n".join(rows)) == "unknown"


def test_a_detection_is_evidence_of_what_it_shows(read: Read) -> None:
    row = "2023-06-14 10:01:11.123 +02:00,Logon,info,FS01,Sec,4624,60,Type: 3 ¦ TgtUser: dana ¦ SrcIP: ::ffff:192.0.2.4 ¦ LID: 0xAB,"
    (event,) = read(HAYABUSA + row, name="x.csv")
    assert (event["time"], event["stream"], event["action"]) == (
        "2023-06-14 08:01:11.123",
        "hayabusa.security/fs01",
        "sign_in",
    )
    assert (event["actor"], event["src_ip"], event["session_id"]) == ("dana", "192.0.2.4", "0xab")


def test_the_same_detection_as_csv_and_json_is_one_event(read: Read) -> None:
    read(HAYABUSA + "2023-06-14T08:01:11.1234567Z,Logon,info,FS01,Sec,4624,60,TgtUser: dana,", name="a.csv")
    record = {"Timestamp": "2023-06-14 08:01:11.123 +00:00", "RuleTitle": "Logon", "Level": "info", "Computer": "FS01"}
    events = read({**record, "Channel": "Sec", "EventID": 4624, "RecordID": 60, "Details": {"TgtUser": "dana"}})
    assert [event["actor"] for event in events] == ["dana", "dana"]
    assert sum(event["kept"] for event in events) == 1


@pytest.mark.parametrize(
    ("stamp", "time"),
    [
        ("2023-06-14 10:01:11.123 +02:00", "2023-06-14 08:01:11.123"),
        ("2023-06-14T08:01:11.1234567Z", "2023-06-14 08:01:11.123456"),
        ("2023-06-14 03:01:11.123456-05:00", "2023-06-14 08:01:11.123456"),
        ("06-14-2023 03:01:11.123 AM -05:00", "2023-06-14 08:01:11.123"),
        ("06-14-2023 03:01:11.123 -05:00", "2023-06-14 08:01:11.123"),
        ("14-06-2023 10:01:11.123 +02:00", "2023-06-14 08:01:11.123"),
        ('"Wed, 14 Jun 2023 10:01:11 +0200"', "2023-06-14 08:01:11"),
        ("05-06-2023 10:01:11.123 +02:00", None),
    ],
)
def test_every_time_format_of_hayabusa_is_read_or_refused(read: Read, stamp: str, time: str | None) -> None:
    events = read(f"{HAYABUSA}{stamp},Logon,info,FS01,Sec,4624,60,-,", name="x.csv")
    assert [event["time"] for event in events] == ([time] if time else [])


def test_a_hostile_name_in_a_message_breaks_no_record(read: Read) -> None:
    name = 'x","Channel":"System"}\u202e$(id)'
    record = Record(5, 4624, RECORDS[0].time, {**RECORDS[0].pairs, "TargetUserName": name})
    events = read(*(shape(record) for shape in SHAPES), name="x.jsonl")
    assert {(event["actor"], event["source"]) for event in events} == {(name, "windows.security")}


def test_a_header_of_a_hundred_thousand_columns_is_no_table(read: Read) -> None:
    assert read("Id,TimeCreated,ProviderName" + "," * 100_000, "6006,2023-06-14 08:00:00,x", name="x.csv") == []
