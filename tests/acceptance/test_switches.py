"""Configuration events, read from real records, seen in the rows of `timeline gaps`."""

import json
from typing import Any

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
