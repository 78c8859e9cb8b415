"""One Windows record as each tool writes it: the shapes that the tests compare."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import Any

AUDITING = "Microsoft-Windows-Security-Auditing"
SYSMON = "Microsoft-Windows-Sysmon"
SUCCESS, FAILURE, CLASSIC, CLEARED = (
    "0x8020000000000000",
    "0x8010000000000000",
    "0x80000000000000",
    "0x4020000000000000",
)
SIGNED = {
    SUCCESS: -9214364837600034816,
    FAILURE: -9218868437227405312,
    CLASSIC: 36028797018963968,
    CLEARED: 4620693217682128896,
}
WORDS = {SUCCESS: "Audit Success", FAILURE: "Audit Failure", CLASSIC: "Classic", CLEARED: "Audit Success"}
EZ = [
    "RecordNumber",
    "EventRecordId",
    "TimeCreated",
    "EventId",
    "Level",
    "Provider",
    "Channel",
    "ProcessId",
    "ThreadId",
    "Computer",
    "ChunkNumber",
    "UserId",
    "MapDescription",
    "UserName",
    "RemoteHost",
    "PayloadData1",
    "PayloadData2",
    "PayloadData3",
    "PayloadData4",
    "PayloadData5",
    "PayloadData6",
    "ExecutableInfo",
    "HiddenRecord",
    "SourceFile",
    "Keywords",
    "ExtraDataOffset",
    "Payload",
]
DECIMAL = ("LogonId", "Status", "Mask")


@dataclass(frozen=True)
class Record:
    """A record: `data` holds named values in the template's order, or the unnamed ones of a classic provider."""

    number: int
    event: int
    time: str
    data: dict[str, str] | list[str]
    channel: str = "Security"
    provider: str = AUDITING
    computer: str = "FS01.contoso.com"
    keywords: str = SUCCESS
    user_data: str = ""
    message: str = ""

    @property
    def pairs(self) -> dict[str, str]:
        """Give the values by name; unnamed ones are called param1, param2 … as winlogbeat does."""
        return self.data if isinstance(self.data, dict) else {f"param{n}": v for n, v in enumerate(self.data, 1)}


def evtx_dump(one: Record) -> dict[str, Any]:
    """Give the record as `evtx_dump -o jsonl` writes it, which is also the shape of XML exports here."""
    system = {
        "Provider": {"#attributes": {"Name": one.provider}},
        "EventID": one.event,
        "Keywords": one.keywords,
        "TimeCreated": {"#attributes": {"SystemTime": one.time[:26] + "Z"}},
        "EventRecordID": one.number,
        "Correlation": None,
        "Channel": one.channel,
        "Computer": one.computer,
        "Security": None,
    }
    values = one.data if isinstance(one.data, dict) else {"Data": {"#text": one.data}}
    part = {"UserData": {one.user_data: values}} if one.user_data else {"EventData": values}
    return {"Event": {"#attributes": {"xmlns": "x"}, "System": system, **part}}


def _payload(one: Record) -> str:
    named = isinstance(one.data, dict)
    if one.user_data:
        return json.dumps({"UserData": {one.user_data: {"@xmlns": "x", **one.pairs}}})
    if not named:
        return json.dumps({"EventData": {"Data": one.data, "Binary": ""}})
    rows = [{"@Name": name, "#text": _hexed(name, value)} for name, value in one.pairs.items()]
    return json.dumps({"EventData": {"Data": rows if len(rows) > 1 else rows[0]}})


def _hexed(name: str, value: str) -> str:
    """Spell a number as EvtxECmd does (0x3E7), a GUID without braces."""
    if value.startswith("0x") and " " not in value:
        return "0x" + value[2:].upper()
    return value.strip("{}") if name.endswith("Guid") else value


def evtxecmd(one: Record) -> dict[str, Any]:
    """Give the record as a line of EvtxECmd's JSON."""
    return {
        "ChunkNumber": 0,
        "Computer": one.computer,
        "Payload": _payload(one),
        "Channel": one.channel,
        "Provider": one.provider,
        "EventId": one.event,
        "EventRecordId": str(one.number),
        "ProcessId": 4,
        "ThreadId": 8,
        "Level": "LogAlways",
        "Keywords": WORDS[one.keywords].replace("S", "s").replace("F", "f"),
        "SourceFile": "C:\\evidence\\x.evtx",
        "ExtraDataOffset": 0,
        "HiddenRecord": False,
        "TimeCreated": one.time + "+00:00",
        "RecordNumber": one.number - 90_000,
    }


def evtxecmd_csv(*records: Record) -> str:
    """Give the records as EvtxECmd's CSV, whose times are UTC without saying so."""
    text = io.StringIO()
    rows = csv.DictWriter(text, EZ, restval="", lineterminator="\r\n", extrasaction="ignore")
    rows.writeheader()
    for one in records:
        rows.writerow({**evtxecmd(one), "TimeCreated": one.time.replace("T", " ")})
    return text.getvalue()


def _property(name: str, value: str) -> dict[str, Any]:
    if name.endswith(DECIMAL) and value.startswith("0x"):
        return {"Value": int(value, 16)}
    if value.startswith("S-1-"):
        return {"Value": {"BinaryLength": 28, "AccountDomainSid": None, "Value": value}}
    return {"Value": value.strip("{}") if name.endswith("Guid") else value}


def powershell(one: Record) -> dict[str, Any]:
    """Give the record as `Get-WinEvent | ConvertTo-Json -Depth 4` of PowerShell 7 does; of Sysmon the message has the values."""
    named = isinstance(one.data, dict)
    lines = "".join(f"{name}: {value}\r\n" if named else f"{value}\r\n" for name, value in one.pairs.items())
    return {
        "Id": one.event,
        "Keywords": SIGNED[one.keywords],
        "RecordId": one.number,
        "ProviderName": one.provider,
        "LogName": one.channel,
        "MachineName": one.computer,
        "UserId": None,
        "TimeCreated": one.time + "+00:00",
        "ActivityId": None,
        "ContainerLog": one.channel.lower(),
        "LevelDisplayName": "Information",
        "KeywordsDisplayNames": [WORDS[one.keywords]],
        "Properties": [_property(name, value) for name, value in one.pairs.items()]
        if named
        else [{"Value": v} for v in one.data],
        "Message": one.message or f"Title:\r\n{lines}",
    }


def winlogbeat(one: Record) -> dict[str, Any]:
    """Give the record as winlogbeat 7 and 8 do (ECS)."""
    outcome = {SUCCESS: "success", FAILURE: "failure"}.get(one.keywords)
    return {
        "@timestamp": one.time[:23] + "Z",
        "event": {"code": str(one.event), "kind": "event", "outcome": outcome, "provider": one.provider},
        "host": {"name": one.computer},
        "winlog": {
            "channel": one.channel,
            "computer_name": one.computer,
            "event_id": str(one.event),
            "provider_name": one.provider,
            "record_id": one.number,
            "keywords": [WORDS[one.keywords]],
            ("user_data" if one.user_data else "event_data"): one.pairs,
        },
    }


def winlogbeat6(one: Record) -> dict[str, Any]:
    """Give the record as winlogbeat 6 does: everything at the top."""
    return {
        "@timestamp": one.time[:23] + "Z",
        "beat": {"name": one.computer.split(".")[0], "version": "6.8.0"},
        "type": "wineventlog",
        "log_name": one.channel,
        "source_name": one.provider,
        "event_id": one.event,
        "record_number": str(one.number),
        "computer_name": one.computer,
        "keywords": [WORDS[one.keywords]],
        ("user_data" if one.user_data else "event_data"): one.pairs,
    }


def nxlog(one: Record) -> dict[str, Any]:
    """Give the record as NXLog's flat JSON, with a time that states its zone."""
    return {
        "EventTime": one.time[:19] + "+00:00",
        "Hostname": one.computer,
        "Keywords": SIGNED[one.keywords],
        "EventType": WORDS[one.keywords].upper().replace(" ", "_"),
        "EventID": one.event,
        "SourceName": one.provider,
        "RecordNumber": one.number,
        "Channel": one.channel,
        "EventReceivedTime": one.time[:19] + "+00:00",
        "SourceModuleType": "im_msvistalog",
        **one.pairs,
    }


SHAPES = (evtx_dump, evtxecmd, powershell, winlogbeat, winlogbeat6, nxlog)
