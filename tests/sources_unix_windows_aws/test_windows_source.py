"""Special cases of Windows events in the shapes of evtx_dump, winlogbeat and NXLog."""

from collections.abc import Callable
from typing import Any

import pytest

Read = Callable[..., list[dict[str, Any]]]
SUBJECT = {"SubjectUserSid": "S-1-5-21-1-2-3-1103", "SubjectUserName": "dana", "SubjectLogonId": "0x3e7a1"}
AUDITING = "Microsoft-Windows-Security-Auditing"
SUCCESS = "0x8020000000000000"


def evtx(
    number: int, data: object, channel: str = "Security", provider: str = AUDITING, part: str = "EventData"
) -> dict[str, Any]:
    system = {
        "Provider": {"#attributes": {"Name": provider}},
        "EventID": {"#attributes": {"Qualifiers": 0}, "#text": number},
        "Keywords": SUCCESS,
        "EventRecordID": 77,
        "TimeCreated": {"#attributes": {"SystemTime": "2024-01-05T06:00:11.1234567Z"}},
        "Channel": channel,
        "Computer": "FS01.contoso.com",
        "Security": None,
    }
    return {"Event": {"System": system, part: data}}


def nxlog(number: int, **more: Any) -> dict[str, Any]:
    return {
        "EventTime": "2024-01-05 14:53:30",
        "EventID": number,
        "Channel": "Security",
        "Hostname": "ws6.contoso.com",
        "RecordNumber": 5,
        "SourceName": AUDITING,
        "@timestamp": "2024-01-05T18:53:33.000Z",
        **more,
    }


def test_a_record_has_its_place_in_the_sequence_of_its_channel(read: Read) -> None:
    (event,) = read(
        evtx(4663, {**SUBJECT, "ObjectType": "File", "ObjectName": "D:\\dumps\\a.dmp", "AccessMask": "0x1"})
    )
    assert (event["sequence_of"], event["sequence_no"], event["stream"]) == (
        "fs01.contoso.com/security",
        77,
        "windows.security/fs01.contoso.com",
    )
    assert (event["action"], event["object"], event["session_id"], event["time_precision"]) == (
        "object.read",
        "D:\\dumps\\a.dmp",
        "0x3e7a1",
        "100ns",
    )


def test_a_share_access_is_named_by_its_local_path(read: Read) -> None:
    (event,) = read(
        evtx(
            5145,
            {
                **SUBJECT,
                "ShareName": "\\\\*\\C$",
                "ShareLocalPath": "\\??\\C:\\",
                "RelativeTargetName": "dumps\\a.dmp",
                "AccessMask": "0x2",
                "IpAddress": "::ffff:192.0.2.4",
            },
        )
    )
    assert (event["action"], event["object"], event["resource"], event["src_ip"]) == (
        "object.write",
        "C:\\dumps\\a.dmp",
        "\\\\*\\C$",
        "192.0.2.4",
    )


def test_a_cleared_log_says_who_did_it(read: Read) -> None:
    (event,) = read(
        evtx(
            1102,
            {"LogFileCleared": {"#attributes": {"xmlns": "x"}, **SUBJECT}},
            provider="Microsoft-Windows-Eventlog",
            part="UserData",
        )
    )
    assert (event["action"], event["actor"], event["object"], event["outcome"]) == (
        "log.clear",
        "dana",
        "Security",
        "success",
    )


@pytest.mark.parametrize(
    ("changes", "action"),
    [("%%8448, %%8450", "logging.disable"), ("%%8449", "logging.enable"), ("Success removed", "logging.disable")],
)
def test_an_audit_policy_is_disabled_only_by_removing(read: Read, changes: str, action: str) -> None:
    (event,) = read(evtx(4719, {**SUBJECT, "SubcategoryGuid": "{0CCE921D}", "AuditPolicyChanges": changes}))
    assert event["action"] == action


def test_tickets_join_issuance_to_use_by_their_hashes(read: Read) -> None:
    given, used = read(
        evtx(4768, {"TargetUserName": "dana", "ServiceName": "krbtgt", "Status": "0x0", "ResponseTicketHash": "tgt="}),
        evtx(
            4769,
            {
                "TargetUserName": "dana@CONTOSO.COM",
                "ServiceName": "FS01$",
                "Status": "0x0",
                "RequestTicketHash": "tgt=",
                "ResponseTicketHash": "st=",
            },
        ),
    )
    assert (given["action"], given["token_id"], used["credential_id"], used["token_id"]) == (
        "token.issue",
        "tgt=",
        "tgt=",
        "st=",
    )


def test_a_refused_ticket_is_a_failure(read: Read) -> None:
    record = evtx(4768, {"TargetUserName": "dana", "Status": "0x6"})
    record["Event"]["System"]["Keywords"] = "0x8010000000000000"
    (event,) = read(record)
    assert (event["outcome"], event["outcome_detail"]) == ("failure", "0x6")


def test_local_time_without_a_zone_is_never_taken_from_the_receipt(read: Read) -> None:
    assert read(nxlog(4624, TargetUserName="dana")) == []


def test_local_time_is_read_in_the_zone_that_the_user_states(read: Read) -> None:
    (event,) = read(
        nxlog(
            4625,
            TargetUserName="dana",
            SubjectUserName="-",
            SubjectLogonId="0x0",
            IpAddress="-",
            EventType="AUDIT_FAILURE",
        ),
        zone="America/New_York",
    )
    assert (event["time"], event["logged"], event["actor"]) == ("2024-01-05 19:53:30", "2024-01-05 18:53:33", "dana")
    assert (event["outcome"], event["session_id"], event["src_ip"]) == ("failure", None, None)


def test_sysmon_states_utc_beside_the_local_clock(read: Read) -> None:
    (event,) = read(
        nxlog(
            11,
            Channel="Microsoft-Windows-Sysmon/Operational",
            SourceName="Microsoft-Windows-Sysmon",
            UtcTime="2024-01-05 18:53:29.500",
            TargetFilename="C:\\t\\lsass.dmp",
            User="CONTOSO\\dana",
            Image="C:\\x.exe",
        )
    )
    assert (event["time"], event["action"], event["object"], event["actor"]) == (
        "2024-01-05 18:53:29.5",
        "object.write",
        "C:\\t\\lsass.dmp",
        "CONTOSO\\dana",
    )
    assert event["source"] == "windows.microsoft-windows-sysmon-operational"


def test_a_bug_check_names_its_dump(read: Read) -> None:
    (event,) = read(
        evtx(
            1001,
            {"param1": "0x0000007e", "param2": "C:\\Windows\\MEMORY.DMP", "param3": "rep-1"},
            "System",
            "Microsoft-Windows-WER-SystemErrorReporting",
        )
    )
    assert (event["action"], event["source"], event["object"], event["request_id"]) == (
        "crash.dump",
        "windows.system",
        "C:\\Windows\\MEMORY.DMP",
        "rep-1",
    )


def test_a_crash_and_its_report_share_the_report_id(read: Read) -> None:
    crash = [f"v{place}" for place in range(1, 14)]
    report = [*(f"v{place}" for place in range(1, 17)), "C:\\WER\\ReportArchive\\x", "", "0", "v13"]
    report[2], report[15] = "APPCRASH", "\\\\?\\C:\\Temp\\WER1.tmp.mdmp"
    first, second = read(
        evtx(1000, {"Data": {"#text": crash}}, "Application", "Application Error"),
        evtx(1001, {"Data": {"#text": report}}, "Application", "Windows Error Reporting"),
    )
    assert (first["action"], second["action"], first["request_id"]) == (
        "crash.dump",
        "crash.dump",
        second["request_id"],
    )
    assert (first["app"], first["object"], second["object"]) == ("v1", "v11", "\\\\?\\C:\\Temp\\WER1.tmp.mdmp")


def test_an_ad_fs_failure_is_read_from_its_message(read: Read) -> None:
    words = (
        "Activity ID: bc38fffc-f8ab-42f2-b5e3-69fabf2e20e6 XML: <AuditBase><RelyingParty>urn:federation:MicrosoftOnline</RelyingParty><UserId>dana@contoso.com</UserId>"
        "<IpAddress>192.0.2.1,10.0.0.1</IpAddress><UserAgentString>Mozilla/5.0</UserAgentString></AuditBase>"
    )
    (event,) = read(nxlog(1201, SourceName="AD FS Auditing", EventTime="2024-01-05T14:53:30Z", Message=words))
    assert (event["action"], event["outcome"], event["actor"], event["src_ip"]) == (
        "token.issue",
        "failure",
        "dana@contoso.com",
        "192.0.2.1",
    )
    assert (event["resource"], event["request_id"]) == (
        "urn:federation:MicrosoftOnline",
        "bc38fffc-f8ab-42f2-b5e3-69fabf2e20e6",
    )


def test_a_shipper_stamps_the_event_time_unless_it_also_states_when_it_was_created(read: Read) -> None:
    base = {
        "channel": "Security",
        "event_id": "4634",
        "record_id": 1,
        "computer_name": "dc01",
        "event_data": {"TargetUserName": "dana", "TargetLogonId": "0x9"},
    }
    plain, dated = read(
        {"@timestamp": "2024-01-05T06:00:00.000Z", "event": {"created": "2024-01-05T06:00:02.000Z"}, "winlog": base},
        {
            "@timestamp": "2024-01-05T06:00:09.000Z",
            "winlog": {**base, "record_id": 2, "time_created": "2024-01-05T06:00:01.000Z"},
        },
    )
    assert (plain["time"], plain["logged"], dated["time"], dated["logged"]) == (
        "2024-01-05 06:00:00",
        "2024-01-05 06:00:02",
        "2024-01-05 06:00:01",
        "2024-01-05 06:00:09",
    )
