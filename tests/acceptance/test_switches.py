"""Configuration events, read from real records, seen in the rows of `timeline gaps`."""

import json
from datetime import datetime
from typing import Any

import pytest
from own_case import MAY, Make

ALL = MAY + '[[collection]]\nid = "c"\ncollected_at = 2023-06-01\nstreams = ["aws.cloudtrail/111122223333/us-east-1"]\n'
NONE = '[[policy]]\nstream = "aws.cloudtrail/*"\nsemantics = "none"\n'


def call(at: str, name: str, request: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {
        "eventVersion": "1.08",
        "eventTime": f"2023-05-{at}:00Z",
        "eventSource": more.pop("source", "cloudtrail.amazonaws.com"),
        "eventName": name,
        "awsRegion": "us-east-1",
        "recipientAccountId": "111122223333",
        "eventID": f"00000000-0000-0000-0000-{abs(hash((at, name))) % 10**12:012}",
        "userIdentity": {"type": "IAMUser", "userName": "kim", "arn": "arn:aws:iam::111122223333:user/kim"},
        "requestParameters": request or {"name": "main"},
        "eventType": "AwsApiCall",
        **more,
    }


def trail(*calls: dict[str, Any]) -> str:
    return json.dumps({"Records": list(calls)})


QUIET = call("02T00:00", "ListTrails", {}), call("31T23:59", "ListTrails", {})


def test_from_a_stop_to_a_start_the_trail_records_nothing(trial: Make) -> None:
    told = trail(QUIET[0], call("10T10:00", "StopLogging"), call("10T12:00", "StartLogging"), QUIET[1])
    gaps = trial(NONE, base=ALL).ingest(trail_json=told).gaps("basis")
    assert gaps == [("disabled", "05-10T10:00", "05-10T12:00", "config_event")]


def test_a_stop_that_failed_stopped_nothing(trial: Make) -> None:
    """T14: StopLogging with errorCode TrailNotFoundException."""
    told = trail(QUIET[0], call("10T10:00", "StopLogging", errorCode="TrailNotFoundException"), QUIET[1])
    assert trial(NONE, base=ALL).ingest(trail_json=told).gaps() == []


def gaps_of(trial: Make, *calls: dict[str, Any], more: str = "", names: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
    told = trail(QUIET[0], *calls, QUIET[1])
    return trial(NONE + more, base=ALL).ingest(trail_json=told).gaps(*names)


def test_a_deleted_trail_is_off_until_one_of_its_name_is_created_and_started(trial: Make) -> None:
    gone = call("10T10:00", "DeleteTrail", {"name": "arn:aws:cloudtrail:us-east-1:111122223333:trail/main"})
    made = call("11T10:00", "CreateTrail", {"name": "main", "s3BucketName": "logs"})
    assert gaps_of(trial, gone, made, call("12T10:00", "StartLogging")) == [("disabled", "05-10T10:00", "05-12T10:00")]


def selectors(at: str, *told: dict[str, Any], **more: Any) -> dict[str, Any]:
    return call(at, "PutEventSelectors", {"trailName": "main", "eventSelectors": list(told), **more})


ALL_EVENTS = {
    "readWriteType": "All",
    "includeManagementEvents": True,
    "dataResources": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3"]}],
}


def test_selectors_without_management_events_hide_them_until_they_are_asked_for_again(trial: Make) -> None:
    """As seen in a real attack: readWriteType ReadOnly, includeManagementEvents false, values []."""
    hidden = {
        "readWriteType": "ReadOnly",
        "includeManagementEvents": False,
        "dataResources": [{"type": "AWS::S3::Object", "values": []}],
    }
    own = gaps_of(trial, selectors("10T10:00", hidden), selectors("11T10:00", ALL_EVENTS), names=("scope",))
    assert {(state, start, end) for state, start, end, _ in own} == {("disabled", "05-10T10:00", "05-11T10:00")}
    assert any("category=management" in scope for *_, scope in own)


def test_selectors_of_writes_leave_reads_unrecorded_and_sign_ins_covered(trial: Make) -> None:
    own = trial(NONE, base=ALL).ingest(
        trail_json=trail(QUIET[0], selectors("10T10:00", {**ALL_EVENTS, "readWriteType": "WriteOnly"}), QUIET[1])
    )
    assert own.ask("sign-in-by", actor="nobody@example.com")["verdict"] == "absent"
    assert own.ask("key-material-read")["verdict"] == "unknown"


def test_advanced_selectors_that_nobody_can_weigh_leave_it_unknown(trial: Make) -> None:
    odd = [{"name": "m", "fieldSelectors": [{"field": "eventCategory", "equals": ["Management"]}, {"field": "eventName", "equals": ["RunInstances"]}]},
           {"name": "d", "fieldSelectors": [{"field": "eventCategory", "equals": ["Data"]}, {"field": "resources.type", "equals": ["AWS::S3::Object"]}]}]  # fmt: skip
    told = call("10T10:00", "PutEventSelectors", {"trailName": "main", "advancedEventSelectors": odd})
    assert [(state, start) for state, start, _ in gaps_of(trial, told)] == [("unknown", "05-10T10:00")]


def bucket(at: str, name: str, request: dict[str, Any], **more: Any) -> dict[str, Any]:
    return call(at, name, {"bucketName": "logs", **request}, source="s3.amazonaws.com", **more)


CREATED = call("01T00:00", "CreateTrail", {"name": "main", "s3BucketName": "logs"})


def rule(prefix: str, days: int) -> dict[str, Any]:
    return {
        "LifecycleConfiguration": {
            "Rule": {"Status": "Enabled", "Filter": {"Prefix": prefix}, "Expiration": {"Days": days}}
        }
    }


def test_a_lifecycle_rule_of_the_trails_bucket_deletes_its_past(trial: Make) -> None:
    gaps = gaps_of(trial, CREATED, bucket("20T00:00", "PutBucketLifecycle", rule("AWSLogs/", 3)))
    assert [each for each in gaps if each[0] == "expired"] == [("expired", "05-01", "05-29")]


def test_a_prefix_is_literal(trial: Make) -> None:
    """T24: the keys of the log begin with AWSLogs/, so a rule for the prefix `*` deletes nothing of it."""
    assert gaps_of(trial, CREATED, bucket("20T00:00", "PutBucketLifecycle", rule("*", 1))) == []


def test_a_lifecycle_rule_of_another_bucket_is_none_of_the_trails(trial: Make) -> None:
    other = bucket("20T00:00", "PutBucketLifecycle", {**rule("", 1), "bucketName": "photos"})
    assert gaps_of(trial, CREATED, other) == []


def test_a_refused_lifecycle_rule_deletes_nothing(trial: Make) -> None:
    refused = bucket("20T00:00", "PutBucketLifecycle", rule("", 1), errorCode="AccessDenied")
    assert gaps_of(trial, CREATED, refused) == []


def test_a_trail_that_writes_elsewhere_is_unknown_unless_records_still_came(trial: Make) -> None:
    moved = call("30T10:00", "UpdateTrail", {"name": "main", "s3BucketName": "other"})
    told = trail(QUIET[0], moved)
    (gap,) = trial(NONE, base=ALL).ingest(trail_json=told).gaps("cause")
    assert gap[:2] == ("unknown", "05-30T10:00")
    assert "UpdateTrail" in gap[3]


def test_records_after_it_disprove_that_a_trail_was_moved_away(trial: Make) -> None:
    assert gaps_of(trial, call("20T10:00", "UpdateTrail", {"name": "main", "s3BucketName": "other"})) == []


def test_a_log_group_that_is_deleted_takes_its_past_along(trial: Make) -> None:
    arn = "arn:aws:logs:us-east-1:111122223333:log-group:trails:*"
    made = call("01T00:00", "CreateTrail", {"name": "main", "s3BucketName": "logs", "cloudWatchLogsLogGroupArn": arn})
    gone = call("20T00:00", "DeleteLogGroup", {"logGroupName": "trails"}, source="logs.amazonaws.com")
    copy = 'store = "trail main (log group)"\n'
    base = ALL.replace('id = "c"\n', f'id = "c"\n{copy}')
    own = trial(NONE.replace("semantics", f"{copy}semantics"), base=base)
    gaps = own.ingest(trail_json=trail(QUIET[0], made, gone, QUIET[1])).gaps()
    assert gaps == [("expired", "05-01", "05-20"), ("disabled", "05-20", "06-01")]


def test_a_trails_key_that_is_disabled_stops_its_delivery(trial: Make) -> None:
    key = "arn:aws:kms:us-east-1:111122223333:key/abc"
    made = call("01T00:00", "CreateTrail", {"name": "main", "s3BucketName": "logs", "kmsKeyId": key})
    off = call("20T00:00", "DisableKey", {"keyId": "abc"}, source="kms.amazonaws.com")
    on = call("21T00:00", "EnableKey", {"keyId": "abc"}, source="kms.amazonaws.com")
    assert gaps_of(trial, made, off, on) == [("disabled", "05-20", "05-21")]


def test_of_two_trails_one_that_goes_on_covers_what_the_other_misses(trial: Make) -> None:
    """T15: trail A stops, trail B goes on: what B does not have is missing, what it has is not."""
    base = (
        MAY
        + '[[collection]]\nid = "a"\nstore = "trail main"\ncollected_at = 2023-06-01\npaths = ["a.json"]\n'
        + '[[collection]]\nid = "b"\nstore = "trail second"\ncollected_at = 2023-06-01\npaths = ["b.json"]\nfrom = 2023-05-10T11:00:00Z\n'
    )
    both = NONE.replace("semantics", 'store = "trail main"\nsemantics') + NONE.replace(
        "semantics", 'store = "trail second"\nsemantics'
    )
    stop, start = call("10T10:00", "StopLogging"), call("10T12:00", "StartLogging")
    own = trial(both, base=base).ingest(
        a_json=trail(QUIET[0], stop, start, QUIET[1]), b_json=trail(stop, start, QUIET[1])
    )
    assert [gap[1:3] for gap in own.gaps()] == [("05-10T10:00", "05-10T11:00")]


def test_accesses_to_a_bucket_are_unrecorded_while_its_logging_is_off(trial: Make) -> None:
    access = MAY + '[[collection]]\nid = "c"\ncollected_at = 2023-06-02\nstreams = ["aws.s3access/dumps"]\n'
    policy = '[[policy]]\nstream = "aws.s3access/*"\nsemantics = "none"\n'
    off = bucket("10T10:00", "PutBucketLogging", {"bucketName": "dumps", "BucketLoggingStatus": {"xmlns": "x"}})
    own = trial(policy, base=access).ingest(trail_json=trail(off))
    assert [row["state"] for row in own.rows("gaps") if row["stream"] == "aws.s3access/dumps"] == ["disabled"]


def audit(name: str, value: str, operation: str = "Set-AdminAuditLogConfig", at: str = "10T10:00", **more: Any) -> str:
    event = {
        "CreationTime": f"2023-05-{at}:00",
        "Id": f"{operation}-{name}-{at}",
        "Operation": operation,
        "OrganizationId": "52977449-77be-4a5e-abad-d17cd25a4930",
        "RecordType": 1,
        "ResultStatus": "True",
        "UserId": "NT AUTHORITY\\\\SYSTEM (Microsoft.Exchange.ServiceHost)",
        "Workload": "Exchange",
        "Parameters": [{"Name": "IgnoreDehydratedFlag", "Value": "True"}, {"Name": name, "Value": value}],
        **more,
    }
    return json.dumps(event) + "\n"


M365 = (
    MAY
    + '[[collection]]\nid = "c"\ncollected_at = 2023-06-01\nstreams = ["m365.audit/*"]\n[[policy]]\nstream = "*"\nsemantics = "none"\n'
)


def test_automatic_changes_of_the_audit_configuration_are_neutral(trial: Make) -> None:
    """T22: Set-AdminAuditLogConfig by the service itself, with another parameter than the one that switches off."""
    assert trial(base=M365).ingest(ual_json=audit("AdminAuditLogEnabled", "True")).gaps() == []


def test_the_unified_audit_log_is_off_until_it_is_surely_on_again(trial: Make) -> None:
    told = audit("UnifiedAuditLogIngestionEnabled", "False") + audit(
        "UnifiedAuditLogIngestionEnabled", "True", at="12T00:00"
    )
    (gap,) = trial(base=M365).ingest(ual_json=told).gaps()
    assert gap[:2] == ("disabled", "05-10T10:00")
    assert gap[2] in {"05-12", "05-12T01:00"}


def of(trial: Make, stream: str, **files: str) -> list[tuple[Any, ...]]:
    """Give the gaps of one stream that was collected whole, in which each file is evidence."""
    base = MAY + f'[[collection]]\nid = "c"\ncollected_at = 2023-06-01\nstreams = ["{stream}"]\n'
    own = trial(f'[[policy]]\nstream = "{stream}"\nsemantics = "none"\n', base=base).ingest(**files)
    assert own.codes == [0]
    return [
        (row["state"], row["start"][5:16], row["end"][5:16], row["scope"])
        for row in own.rows("gaps")
        if row["stream"] == stream
    ]


TENANT = "m365.audit/52977449-77be-4a5e-abad-d17cd25a4930"


def mailbox(name: str, value: str, operation: str = "Set-Mailbox", **more: Any) -> str:
    return audit(name, value, operation, ObjectId="alice@contoso.com", **more)


def test_a_bypass_hides_what_one_actor_does_in_mailboxes(trial: Make) -> None:
    told = mailbox("AuditBypassEnabled", "True", "Set-MailboxAuditBypassAssociation")
    told += mailbox("AuditBypassEnabled", "False", "Set-MailboxAuditBypassAssociation", at="12T00:00")
    ((state, start, end, scope),) = of(trial, TENANT, ual_json=told)
    assert (state, start, end) == ("disabled", "05-10T10:00", "05-12T00:00")
    assert "actor=alice@contoso.com" in scope


def test_a_bypass_of_one_says_nothing_of_another(trial: Make) -> None:
    own = trial(base=M365).ingest(ual_json=mailbox("AuditBypassEnabled", "True", "Set-MailboxAuditBypassAssociation"))
    asked = {
        name: own.ask("artefact-read-by", object="<1@contoso.com>", actor=f"{name}@contoso.com")
        for name in ("alice", "bob")
    }
    lost = {name: [gap for gap in row["uncovered"] if gap["stream"] == TENANT] for name, row in asked.items()}
    assert (lost["bob"], len(lost["alice"])) == ([], 1)


def test_a_mailbox_that_no_longer_audits_reads_is_off_for_that_operation(trial: Make) -> None:
    ((state, start, _, scope),) = of(trial, TENANT, ual_json=mailbox("AuditOwner", "@{Remove=MailItemsAccessed}"))
    assert (state, start) == ("disabled", "05-10T10:00")
    assert "mailbox=alice@contoso.com" in scope
    assert "operation=mailitemsaccessed" in scope


def test_what_is_ignored_switches_nothing_off(trial: Make) -> None:
    """AuditEnabled=False of one mailbox means nothing while the organisation audits by default; plans are automation."""
    told = mailbox("AuditEnabled", "False") + mailbox("ImapEnabled", "False", "Set-MailboxPlan", at="11T00:00")
    assert of(trial, TENANT, ual_json=told) == []


def test_an_organisation_that_audits_no_mailboxes_leaves_its_files_covered(trial: Make) -> None:
    own = trial(base=M365).ingest(ual_json=audit("AuditDisabled", "True", "Set-OrganizationConfig"))
    assert own.ask("mail-read")["verdict"] == "unknown"
    asked = own.ask("artefact-read-by", object="https://contoso.sharepoint.com/sites/x/dump.dmp")
    assert {gap["scope"] for gap in asked["uncovered"] if gap["stream"] == TENANT} == set()


def test_a_short_retention_policy_of_one_user_deletes_only_of_that_user(trial: Make) -> None:
    made = audit("RetentionDuration", "ThreeMonths", "New-UnifiedAuditLogRetentionPolicy")
    told = json.loads(made)
    told["CreationTime"] = "2023-01-10T10:00:00"
    told["Parameters"] += [{"Name": "UserIds", "Value": "alice@contoso.com"}, {"Name": "Name", "Value": "short"}]
    base = MAY + f'[[collection]]\nid = "c"\ncollected_at = 2023-08-20\nstreams = ["{TENANT}"]\n'
    own = trial('[[policy]]\nstream = "*"\nretention_days = 365\n', base=base)
    rows = own.ingest(ual_json=json.dumps(told) + "\n" + audit("X", "1", at="30T00:00")).rows("gaps")
    assert [(row["state"], row["scope"], row["end"][5:16]) for row in rows if row["stream"] == TENANT] == [
        ("expired", "actor=alice@contoso.com", "05-22T00:00")
    ]


def activity(at: str, operation: str, resource: str, body: dict[str, Any] | None = None, **more: Any) -> str:
    return (
        json.dumps(
            {
                "time": f"2023-05-{at}:00Z",
                "resourceId": resource.upper(),
                "operationName": operation.upper(),
                "category": "Administrative",
                "resultType": "Success",
                "correlationId": f"{operation}-{at}",
                "eventDataId": f"{operation}-{at}",
                "properties": {"requestbody": json.dumps(body)} if body else {},
                **more,
            }
        )
        + "\n"
    )


LOGS = "/subscriptions/s/resourcegroups/g/providers/microsoft.storage/storageaccounts/proddumps/blobservices/default/providers/microsoft.insights/diagnosticsettings/logs"
WRITE, DELETE = "microsoft.insights/diagnosticsettings/write", "microsoft.insights/diagnosticsettings/delete"


def body(**categories: bool) -> dict[str, Any]:
    return {"properties": {"logs": [{"category": name, "enabled": on} for name, on in categories.items()]}}


def test_a_deleted_diagnostic_setting_ends_the_log_of_its_resource(trial: Make) -> None:
    told = activity("10T10:00", DELETE, LOGS) + activity(
        "12T10:00", WRITE, LOGS, body(StorageRead=True, StorageWrite=True, StorageDelete=True)
    )
    assert of(trial, "azure.storage/proddumps", activity_json=told) == [("disabled", "05-10T10:00", "05-12T10:00", "")]


def test_a_refused_deletion_of_a_setting_ends_nothing(trial: Make) -> None:
    told = activity("10T10:00", DELETE, LOGS, resultType="Failure") + activity(
        "11T10:00", DELETE, LOGS, resultType="Start"
    )
    assert of(trial, "azure.storage/proddumps", activity_json=told) == []


def test_a_setting_without_reads_hides_reads_only(trial: Make) -> None:
    told = activity("10T10:00", WRITE, LOGS, body(StorageRead=False, StorageWrite=True, StorageDelete=True))
    ((state, start, _, scope),) = of(trial, "azure.storage/proddumps", activity_json=told)
    assert (state, start) == ("disabled", "05-10T10:00")
    assert "category=storageread" in scope


def test_a_setting_whose_body_is_not_told_leaves_the_log_unknown(trial: Make) -> None:
    assert [
        gap[:2] for gap in of(trial, "azure.storage/proddumps", activity_json=activity("10T10:00", WRITE, LOGS))
    ] == [("unknown", "05-10T10:00")]


def test_a_deleted_workspace_takes_only_its_own_copy_along(trial: Make) -> None:
    gone = activity(
        "20T00:00",
        "microsoft.operationalinsights/workspaces/delete",
        "/subscriptions/s/resourcegroups/g/providers/microsoft.operationalinsights/workspaces/ws",
    )
    assert of(trial, "azure.activity/s", activity_json=gone) == []


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
    told = record("10T10:00", 1, 104, {"Channel": "Application"}, channel="System") + record("10T11:00", 2, 4624)
    assert of(trial, f"windows.security/{HOST}", system_json=told) == []


def test_a_log_service_that_stopped_is_off_until_the_host_speaks_again(trial: Make) -> None:
    told = record("10T10:00", 1, 1100) + record("10T13:00", 2, 4624)
    assert of(trial, f"windows.security/{HOST}", security_json=told) == [("disabled", "05-10T10:00", "05-10T13:00", "")]


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


def test_a_trail_of_an_organisation_that_stops_stops_for_all_its_accounts(trial: Make) -> None:
    made = call("01T00:00", "CreateTrail", {"name": "main", "s3BucketName": "logs", "isOrganizationTrail": True})
    told = trail(made, call("10T10:00", "StopLogging"), call("10T12:00", "StartLogging"))
    assert of(trial, "aws.cloudtrail/123456789012/us-east-1", trail_json=told) == [
        ("disabled", "05-10T10:00", "05-10T12:00", "")
    ]


def test_a_trail_of_one_account_stops_for_that_account_alone(trial: Make) -> None:
    told = trail(call("10T10:00", "StopLogging"), call("10T12:00", "StartLogging"))
    assert of(trial, "aws.cloudtrail/123456789012/us-east-1", trail_json=told) == []


def test_a_trail_of_one_region_leaves_the_others_unrecorded(trial: Make) -> None:
    told = trail(call("10T10:00", "UpdateTrail", {"name": "main", "isMultiRegionTrail": False}), QUIET[1])
    found = of(trial, "aws.cloudtrail/111122223333/eu-west-3", trail_json=told)
    assert found == [("disabled", "05-10T10:00", "06-01T00:00", "")]


def cluster(at: str, *, on: bool) -> dict[str, Any]:
    setting = {"clusterLogging": [{"types": ["api", "audit"], "enabled": on}]}
    return call(at, "UpdateClusterConfig", {"name": "prod", "logging": setting}, source="eks.amazonaws.com")


def test_a_cluster_whose_audit_log_is_switched_off(trial: Make) -> None:
    told = trail(cluster("10T10:00", on=False), cluster("11T10:00", on=True))
    assert of(trial, "kubernetes.audit/prod", trail_json=told) == [("disabled", "05-10T10:00", "05-11T10:10", "")]


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


SWITCHES = [
    call("10T10:00", "StopLogging"),
    call("12T10:00", "DeleteTrail"),
    selectors("14T10:00", {**ALL_EVENTS, "readWriteType": "ReadOnly"}),
    call("29T10:00", "UpdateTrail", {"name": "main", "s3BucketName": "other"}),
    bucket("30T00:00", "PutBucketLifecycle", rule("", 2)),
]


@pytest.mark.slow
@pytest.mark.parametrize("added", SWITCHES, ids=lambda each: each["eventName"])
def test_what_switches_off_makes_no_instant_better(trial: Make, added: dict[str, Any]) -> None:
    """Law: a configuration event that switches nothing on and lengthens nothing only ever widens the gaps."""
    others = [CREATED, *(each for each in SWITCHES if each is not added)]
    own = trial(NONE, base=ALL).ingest(trail_json=trail(*others, QUIET[1]))
    before = own.rows("gaps")
    (own.folder / "case.duckdb").unlink()
    after = own.ingest(trail_json=trail(*others, added, QUIET[1])).rows("gaps")

    def lost(rows: list[dict[str, Any]]) -> set[int]:
        return {
            day
            for row in rows
            for day in range(1, 32)
            if row["start"] <= f"2023-05-{day:02}T12:00:00.000000Z" < row["end"]
        }

    assert lost(before) <= lost(after)
