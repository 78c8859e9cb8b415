"""Configuration events of other clouds, services and hosts, seen in the rows of `timeline gaps`."""

import json
from datetime import datetime
from typing import Any

from own_case import MAY, Make
from switching import of


def google(at: str, method: str, name: str, request: dict[str, Any] | None = None, **more: Any) -> str:
    return (
        json.dumps(
            {
                "insertId": f"{method}{at}",
                "timestamp": f"2023-05-{at}:00Z",
                "logName": "projects/prod/logs/cloudaudit.googleapis.com%2Factivity",
                "protoPayload": {
                    "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
                    "serviceName": more.pop("service", "logging.googleapis.com"),
                    "methodName": method,
                    "resourceName": name,
                    "request": request or {},
                    "status": {},
                    "authenticationInfo": {"principalEmail": "kim@example.com"},
                    **more,
                },
            }
        )
        + "\n"
    )


CONFIG = "google.logging.v2.ConfigServiceV2."


def test_the_default_sink_that_is_deleted_hides_data_access_only(trial: Make) -> None:
    ((state, start, _, scope),) = of(
        trial, "gcp.audit/prod", gcp_json=google("10T10:00", f"{CONFIG}DeleteSink", "projects/prod/sinks/_Default")
    )
    assert (state, start) == ("disabled", "05-10T10:00")
    assert "log=data_access" in scope


def test_an_export_sink_that_is_deleted_leaves_the_log_itself_alone(trial: Make) -> None:
    assert (
        of(trial, "gcp.audit/prod", gcp_json=google("10T10:00", f"{CONFIG}DeleteSink", "projects/prod/sinks/to-siem"))
        == []
    )


def delta(at: str, action: str, **more: str) -> str:
    change = {"action": action, "service": "storage.googleapis.com", "logType": "DATA_READ", **more}
    data = {"policyDelta": {"auditConfigDeltas": [change]}}
    return google(at, "SetIamPolicy", "projects/prod", service="cloudresourcemanager.googleapis.com", serviceData=data)


def test_audit_configuration_that_is_removed_and_added_again(trial: Make) -> None:
    ((state, start, end, scope),) = of(
        trial, "gcp.audit/prod", gcp_json=delta("10T10:00", "REMOVE") + delta("11T10:00", "ADD")
    )
    assert (state, start, end) == ("disabled", "05-10T10:00", "05-11T10:00")
    assert "service=storage.googleapis.com" in scope


def test_an_exempted_member_is_off_alone(trial: Make) -> None:
    ((_, _, _, scope),) = of(
        trial, "gcp.audit/prod", gcp_json=delta("10T10:00", "ADD", exemptedMember="user:kim@example.com")
    )
    assert "actor=kim@example.com" in scope


def test_a_policy_whose_difference_was_stripped_leaves_data_access_unknown(trial: Make) -> None:
    told = google("10T10:00", "SetIamPolicy", "projects/prod", service="cloudresourcemanager.googleapis.com")
    ((state, start, _, scope),) = of(trial, "gcp.audit/prod", gcp_json=told)
    assert (state, start) == ("unknown", "05-10T10:00")
    assert "log=data_access" in scope


def okta(at: str, kind: str) -> str:
    return json.dumps({"uuid": f"{kind}{at}", "published": f"2023-05-{at}:00.000Z", "eventType": kind, "outcome": {"result": "SUCCESS"}, "actor": {"id": "a", "type": "User", "alternateId": "kim@example.com"},
        "target": [{"id": "ls1", "type": "LogStream", "displayName": "siem"}]}) + "\n"  # fmt: skip


def test_a_log_stream_that_is_deactivated_leaves_the_system_log_alone_and_starves_the_copy(trial: Make) -> None:
    told = okta("10T10:00", "system.log_stream.lifecycle.deactivate") + okta(
        "12T10:00", "system.log_stream.lifecycle.activate"
    )
    assert of(trial, "okta.system/default", okta_json=told) == []


def test_a_log_stream_that_is_deactivated_starves_the_copy(trial: Make) -> None:
    base = MAY + '[[collection]]\nid = "c"\nstore = "splunk"\ncollected_at = 2023-06-01\n'
    told = okta("10T10:00", "system.log_stream.lifecycle.deactivate") + okta(
        "12T10:00", "system.log_stream.lifecycle.activate"
    )
    own = trial('[[policy]]\nstream = "*"\nstore = "splunk"\nsemantics = "none"\n', base=base)
    assert own.ingest(okta_json=told).gaps() == [("disabled", "05-10T10:00", "05-12T10:00")]


HOST = "dc1.contoso.com"
AUDITING = "Microsoft-Windows-Security-Auditing"


def record(at: str, number: int, identifier: int, data: dict[str, str] | None = None, **more: str) -> str:
    provider = more.get(
        "provider", "Microsoft-Windows-Security-Auditing" if identifier > 2000 else "Microsoft-Windows-Eventlog"
    )
    system = {"Provider": {"#attributes": {"Name": provider}}, "EventID": identifier, "EventRecordID": number, "Channel": more.get("channel", "Security"), "Computer": HOST,
        "TimeCreated": {"#attributes": {"SystemTime": f"2023-05-{at}:00.000000Z"}}, "Keywords": "0x8020000000000000"}  # fmt: skip
    return json.dumps({"Event": {"System": system, "EventData": data or {}}}) + "\n"


def policy(at: str, number: int, changes: str) -> str:
    return record(
        at, number, 4719, {"SubcategoryGuid": "{0CCE9215-69AE-11D9-BED3-505054503030}", "AuditPolicyChanges": changes}
    )


def test_an_audit_policy_without_successful_sign_ins_hides_just_those(trial: Make) -> None:
    told = policy("10T10:00", 1, "%%8448") + policy("10T12:00", 2, "%%8449")
    ((state, start, end, scope),) = of(trial, f"windows.security/{HOST}", security_json=told)
    assert (state, start, end) == ("disabled", "05-10T10:00", "05-10T12:00")
    assert "action=sign_in" in scope
    assert "outcome=success" in scope


def test_a_cleared_log_has_no_past(trial: Make) -> None:
    told = record("10T10:00", 1, 1102) + record("10T11:00", 2, 4624)
    assert of(trial, f"windows.security/{HOST}", security_json=told) == [("expired", "05-01T00:00", "05-10T10:00", "")]


def test_a_cleared_system_log_leaves_the_security_log_alone(trial: Make) -> None:
    told = record("10T10:00", 1, 104, {"Channel": "Application"}, channel="System") + record("10T11:00", 1, 4624)
    assert of(trial, f"windows.security/{HOST}", system_json=told) == []


def test_a_log_service_that_stopped_is_off_until_the_host_speaks_again(trial: Make) -> None:
    told = record("10T10:00", 1, 1100) + record("10T13:00", 2, 4624)
    assert of(trial, f"windows.security/{HOST}", security_json=told) == [("disabled", "05-10T10:00", "05-10T13:00", "")]


def test_a_host_that_says_that_it_shut_down_is_not_logged_only_until_then(trial: Make) -> None:
    """Nothing runs from there to its start, so nothing is missing; without its own word (Kernel-General 13) it may have run on."""
    kernel = {"provider": "Microsoft-Windows-Kernel-General", "channel": "System"}
    end, start = record("10T10:01", 1, 13, **kernel), record("12T08:00", 2, 12, **kernel)
    told = record("10T10:00", 1, 1100) + record("12T08:01", 2, 4624)
    stream = f"windows.security/{HOST}"
    assert of(trial, stream, security_json=told, system_json=end + start) == [
        ("disabled", "05-10T10:00", "05-10T10:01", "")
    ]


def test_records_before_a_clearing_that_prove_themselves_are_not_gone(trial: Make) -> None:
    told = record("08T10:00", 6, 4624) + record("09T10:00", 7, 4624) + record("10T10:00", 8, 1102)
    rows = of(trial, f"windows.security/{HOST}", security_json=told + record("10T11:00", 9, 4624))
    assert rows == [("expired", "05-01T00:00", "05-08T10:00", "")]


def test_a_log_that_is_full_or_dropped_records_says_since_when(trial: Make) -> None:
    told = record("10T10:00", 1, 1104) + record("10T13:00", 2, 4624) + record("10T14:00", 3, 4612, provider=AUDITING)
    assert of(trial, f"windows.security/{HOST}", security_json=told) == [
        ("disabled", "05-10T10:00", "05-10T13:00", ""),
        ("lossy", "05-10T13:00", "05-10T14:00", ""),
    ]


def test_a_log_that_says_that_it_dropped_records_is_lossy_since_the_one_before(trial: Make) -> None:
    told = record("10T10:00", 1, 4624) + record("10T10:05", 2, 1101)
    ((state, start, end, _),) = of(trial, f"windows.security/{HOST}", security_json=told)
    assert (state, start, end) == ("lossy", "05-10T10:00", "05-10T10:05")


def journal(at: str, number: int, message: str, **more: str) -> str:
    stamp = int(datetime.fromisoformat(f"2023-05-{at}:00+00:00").timestamp() * 1_000_000)
    return (
        json.dumps(
            {
                "__REALTIME_TIMESTAMP": str(stamp),
                "__CURSOR": f"s=abc;i={number:x};b=b;m=1;t=1;x=1",
                "_HOSTNAME": "web1",
                "MESSAGE": message,
                "SYSLOG_IDENTIFIER": "systemd-journald",
                **more,
            }
        )
        + "\n"
    )


def test_a_journal_that_stopped_is_off_until_it_speaks_again(trial: Make) -> None:
    told = journal("10T10:00", 1, "Journal stopped", MESSAGE_ID="d93fb3c9c24d451a97cea615ce59c00b")
    told += journal("10T12:00", 2, "Journal started", MESSAGE_ID="f77379a8490b408bbe5f6940505a777b")
    assert of(trial, "linux.journal/web1", journal_json=told) == [("disabled", "05-10T10:00", "05-10T12:00", "")]


def test_suppressed_messages_are_a_loss_of_their_unit(trial: Make) -> None:
    told = journal("10T10:00", 1, "x", SYSLOG_IDENTIFIER="sshd", _SYSTEMD_UNIT="ssh.service") + journal(
        "10T10:01", 2, "x", SYSLOG_IDENTIFIER="cron"
    )
    told += journal(
        "10T10:02", 3, "Suppressed 12 messages from ssh.service", MESSAGE_ID="a596d6fe7bfa4994828e72309e95d61e"
    )
    ((state, start, end, scope),) = of(trial, "linux.journal/web1", journal_json=told)
    assert (state, start, end, scope) == ("lossy", "05-10T10:00", "05-10T10:02", "unit=ssh.service")


def test_a_vacuum_leaves_unknown_what_is_older_than_what_it_left(trial: Make) -> None:
    told = journal("05T10:00", 1, "x", SYSLOG_IDENTIFIER="cron") + journal(
        "10T10:00", 2, "Deleted archived journal /var/log/journal/x/system@1.journal (8.0M)."
    )
    assert [gap[:3] for gap in of(trial, "linux.journal/web1", journal_json=told)] == [
        ("unknown", "05-01T00:00", "05-05T10:00")
    ]


def test_an_audit_device_that_is_disabled(trial: Make) -> None:
    told = "".join(
        json.dumps(
            {"time": f"2023-05-{at}:00Z", "type": kind, "auth": {"display_name": "kim"}, "request": {"id": at, "operation": operation, "path": "sys/audit/file"}}
        ) + "\n"
        for at, operation in (("10T10:00", "delete"), ("12T10:00", "update"))
        for kind in ("request", "response")
    )  # fmt: skip
    assert of(trial, "vault.audit/default", vault_json=told) == [("disabled", "05-10T10:00", "05-12T10:00", "")]


def test_git_events_that_are_no_longer_logged(trial: Make) -> None:
    told = json.dumps(
        {
            "@timestamp": 1683712800000,
            "action": "business.audit_log_git_events_disabled",
            "org": "contoso",
            "actor": "kim",
            "_document_id": "a",
        }
    )
    found = of(trial, "github.git_events/contoso", github_json=told + "\n")
    assert found == [("disabled", "05-10T10:00", "06-01T00:00", "")]


def test_a_log_that_somebody_removed_by_hand_may_have_lost_its_past(trial: Make) -> None:
    line = "2023-05-10T10:00:00.000000+00:00 web1 sudo: kim : TTY=pts/0 ; PWD=/root ; USER=root ; COMMAND=/usr/bin/rm -f /var/log/auth.log\n"
    assert of(trial, "linux.auth/web1", auth_log=line) == [("unknown", "05-01T00:00", "05-10T10:00", "")]


def test_a_daemon_that_somebody_stopped_is_in_doubt_until_the_log_speaks_again(trial: Make) -> None:
    line = "2023-05-10T{}:00:00.000000+00:00 web1 {}\n"
    stop = "sudo: kim : TTY=pts/0 ; PWD=/root ; USER=root ; COMMAND=/bin/systemctl stop rsyslog"
    told = line.format("10", stop) + line.format("12", "sshd[7]: Server listening on 0.0.0.0 port 22.")
    assert of(trial, "linux.auth/web1", auth_log=told) == [("unknown", "05-10T10:00", "05-10T12:00", "")]


def test_a_folder_that_is_no_longer_audited_is_off_alone(trial: Make) -> None:
    told = {"ObjectName": "C:\\Dumps", "OldSd": "S:AI(AU;SAFA;DCLCRPCRSDWDWO;;;WD)", "NewSd": "S:AI"}
    ((state, start, _, scope),) = of(trial, f"windows.security/{HOST}", security_json=record("10T10:00", 1, 4907, told))
    assert (state, start) == ("disabled", "05-10T10:00")
    assert "c:\\dumps" in scope
