"""Windows Security events: a file server read with evtx_dump, a domain controller shipped by Winlogbeat."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.story.dice import Dice, Rhythm, at, iso, later
from tests.story.files import Files, lines, packed
from tests.story.world import FINAL_2023, FROM_2023

PROVIDER, GUID = "Microsoft-Windows-Security-Auditing", "54849625-5478-4994-A5BA-3E3B0328C30D"
USERS = {
    "morgan.diaz": "192.0.2.58",
    "quinn.hale": "192.0.2.133",
    "svc-build": "192.0.2.150",
    "dana.wolff": "192.0.2.44",
}
SID = "S-1-5-21-1111111111-222222222-333333333-"
SHARES = ("symbols\\sts\\release.pdb", "symbols\\web\\release.pdb", "drops\\2023.05\\agent.zip", "readme.txt")
Body = tuple[int, dict[str, Any]]


def person(prefix: str, name: str) -> dict[str, str]:
    number = 1100 + list(USERS).index(name) if name in USERS else 1999
    return {f"{prefix}UserSid": f"{SID}{number}", f"{prefix}UserName": name, f"{prefix}DomainName": "CONTOSO"}


def logon(name: str, identifier: str, dice: Dice) -> Body:
    """A logon from the network: two people in one record, of whom the subject is nobody."""
    port = str(dice.randrange(49152, 65500))
    nobody = {"SubjectUserSid": "S-1-0-0", "SubjectUserName": "-", "SubjectDomainName": "-", "SubjectLogonId": "0x0"}
    return 4624, nobody | person("Target", name) | {
        "TargetLogonId": identifier,
        "LogonType": "3",
        "LogonProcessName": "Kerberos",
        "AuthenticationPackageName": "Kerberos",
        "WorkstationName": "-",
        "LogonGuid": "{" + dice.guid().upper() + "}",
        "IpAddress": USERS[name],
        "IpPort": port,
    }


def share(name: str, identifier: str, dice: Dice) -> Body:
    data = person("Subject", name) | {
        "SubjectLogonId": identifier,
        "ObjectType": "File",
        "IpAddress": USERS[name],
        "IpPort": str(dice.randrange(49152, 65500)),
    }
    return 5145, data | {
        "ShareName": "\\\\*\\engineering",
        "ShareLocalPath": "\\??\\D:\\engineering",
        "RelativeTargetName": dice.choice(SHARES),
        "AccessMask": "0x1",
        "AccessList": "%%4416\n\t\t\t\t",
        "AccessReason": "-",
    }


def opened(name: str, identifier: str, dice: Dice) -> Body:
    data = person("Subject", name) | {"SubjectLogonId": identifier, "ObjectServer": "Security", "ObjectType": "File"}
    return 4663, data | {
        "ObjectName": "D:\\engineering\\" + dice.choice(SHARES),
        "HandleId": f"0x{dice.randrange(256, 4096):x}",
        "AccessList": "%%4416\n\t\t\t\t",
        "AccessMask": "0x1",
        "ProcessId": "0x4",
        "ProcessName": "",
    }


def file_server(dice: Dice) -> list[tuple[datetime, Body]]:
    """Sessions of the file server: logon, some accesses, logoff; refused logons between them."""
    found: list[tuple[datetime, Body]] = []
    for moment in dice.times(at("2023-04-11T07:12:00"), FINAL_2023, Rhythm(2.6, night=0.3, day_off=0.4)):
        name, identifier = dice.choice(list(USERS)), f"0x{dice.randrange(1 << 20, 1 << 28):x}"
        found.append((moment, logon(name, identifier, dice)))
        for step in range(dice.randrange(3)):
            access = dice.choice((share, opened))(name, identifier, dice)
            found.append((later(moment, 2 + 11 * step + dice.random()), access))
        if dice.random() < 0.5:
            goes = person("Target", name) | {"TargetLogonId": identifier, "LogonType": "3"}
            found.append((later(moment, 60 + dice.random()), (4634, goes)))
    return sorted(found, key=lambda pair: pair[0])


def evtx_dump(number: int, moment: datetime, body: Body) -> dict[str, Any]:
    """Write one record in the shape of evtx_dump's JSON lines."""
    identifier, data = body
    system = {
        "Provider": {"#attributes": {"Name": PROVIDER, "Guid": GUID}},
        "EventID": identifier,
        "Version": 2 if identifier == 4624 else 0,
        "Level": 0,
        "Task": 12544,
        "Opcode": 0,
        "Keywords": "0x8020000000000000",
        "TimeCreated": {"#attributes": {"SystemTime": iso(moment, 6) + "Z"}},
        "EventRecordID": number,
        "Correlation": None,
        "Execution": {"#attributes": {"ProcessID": 668, "ThreadID": 4412}},
        "Channel": "Security",
        "Computer": "fs01.contoso.com",
        "Security": None,
    }
    return {
        "Event": {
            "#attributes": {"xmlns": "http://schemas.microsoft.com/win/2004/08/events/event"},
            "System": system,
            "EventData": data,
        }
    }


TICKET = {"TicketOptions": "0x40810010", "Status": "0x0", "TicketEncryptionType": "0x12"}
REFUSED = {
    "SubjectUserSid": "S-1-0-0",
    "SubjectUserName": "-",
    "SubjectLogonId": "0x0",
    "Status": "0xc000006d",
    "SubStatus": "0xc000006a",
    "FailureReason": "%%2313",
    "LogonType": "3",
    "WorkstationName": "KIOSK-4",
    "IpAddress": "192.0.2.180",
    "IpPort": "0",
}


def ticket(dice: Dice) -> Body:
    """A ticket handed out, a logon refused, privileges given: the days of a domain controller."""
    name, draw = dice.choice(list(USERS)), dice.random()
    identifier, client = (
        f"0x{dice.randrange(1 << 20, 1 << 28):x}",
        {"IpAddress": f"::ffff:{USERS[name]}", "IpPort": "50231"},
    )
    if draw < 0.35:
        service = {"ServiceName": "krbtgt", "ServiceSid": SID + "502", "PreAuthType": "2"}
        return 4768, person("Target", name) | service | TICKET | client
    if draw < 0.7:
        who = {"TargetUserName": f"{name}@CONTOSO.COM", "TargetDomainName": "CONTOSO.COM"}
        service = {"ServiceName": "FS01$", "ServiceSid": SID + "1201", "TransmittedServices": "-"}
        return 4769, who | service | TICKET | {"LogonGuid": "{" + dice.guid().upper() + "}"} | client
    if draw < 0.85:
        return logon(name, identifier, dice)
    if draw < 0.93:
        return 4625, REFUSED | person("Target", "administrator")
    granted = {"SubjectLogonId": identifier, "PrivilegeList": "SeSecurityPrivilege\n\t\t\tSeBackupPrivilege"}
    return 4672, person("Subject", "quinn.hale") | granted


def winlogbeat(number: int, moment: datetime, body: Body) -> dict[str, Any]:
    """Write one event as the shipper does; it tells the success and the time of the event apart from its own."""
    identifier, data = body
    failed = identifier == 4625
    return {
        "@timestamp": iso(moment, 3) + "Z",
        "event": {
            "code": str(identifier),
            "kind": "event",
            "provider": PROVIDER,
            "outcome": "failure" if failed else "success",
            "created": iso(later(moment, 1.7), 3) + "Z",
        },
        "host": {"name": "dc01.contoso.com"},
        "log": {"level": "information"},
        "agent": {"type": "winlogbeat", "version": "8.7.0", "name": "dc01"},
        "ecs": {"version": "1.12.0"},
        "winlog": {
            "channel": "Security",
            "computer_name": "dc01.contoso.com",
            "event_id": str(identifier),
            "record_id": number,
            "provider_name": PROVIDER,
            "provider_guid": "{" + GUID + "}",
            "api": "wineventlog",
            "opcode": "Info",
            "keywords": ["Audit Failure" if failed else "Audit Success"],
            "event_data": data,
            "process": {"pid": 712, "thread": {"id": 5120}},
        },
    }


def files() -> Files:
    """Record numbers are contiguous: nothing was lost and no log was cleared."""
    dice = Dice("windows")
    server = [evtx_dump(412_001 + n, moment, body) for n, (moment, body) in enumerate(file_server(dice))]
    found = [(moment, ticket(dice)) for moment in dice.times(FROM_2023, FINAL_2023, Rhythm(7, night=0.4, day_off=0.5))]
    widened = person("Subject", "quinn.hale") | {
        "SubjectLogonId": "0x3e7a1",
        "CategoryId": "%%8280",
        "SubcategoryId": "%%14339",
        "SubcategoryGuid": "{0CCE9242-69AE-11D9-BED3-505054503030}",
        "AuditPolicyChanges": "%%8449",
    }
    found = sorted([*found, (at("2023-05-04T09:20:31.415926"), (4719, widened))], key=lambda pair: pair[0])
    shipped = [winlogbeat(9_830_112 + n, moment, body) for n, (moment, body) in enumerate(found)]
    return {
        "windows.security/2023-07-12/fs01/Security.evtx.jsonl.gz": packed(lines(server[60:])),
        "windows.security/2023-07-12/fs01/Archive-Security-2023-04-24.evtx.jsonl": lines(server[:60]),
        "windows.security/2023-07-12/dc01/winlogbeat-2023.07.ndjson": lines(shipped[-60:]),
        "windows.security/2023-07-12/dc01/winlogbeat.ndjson.gz": packed(lines(shipped[:-60])),
    }
