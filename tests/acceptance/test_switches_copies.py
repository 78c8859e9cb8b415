"""Configuration events that starve, shorten or empty one copy of a log: streams to elsewhere, workspaces, buckets, CloudTrail Lake."""

import json
from typing import Any

import pytest
from own_case import MAY, Make
from test_switches import call, trail
from test_switches_microsoft import WRITE, activity, body

Told = list[tuple[Any, ...]]


def copy(trial: Make, stream: str, store: str, limit: str = 'semantics = "none"', **files: str) -> Told:
    """Give the gaps of one stream of which only one copy was collected, on the last of May."""
    base = f'{MAY}[[collection]]\nid = "c"\nstore = "{store}"\ncollected_at = 2023-06-01\nstreams = ["{stream}"]\n'
    own = trial(f'[[policy]]\nstream = "{stream}"\nstore = "{store}"\n{limit}\n', base=base).ingest(**files)
    assert own.codes == [0]
    return [
        (row["state"], row["start"][5:16], row["end"][5:16], row["cause"].rpartition(" ")[2])
        for row in own.rows("gaps")
        if row["stream"] == stream
    ]


def auth0(at: str, status: str) -> dict[str, Any]:
    request = {"method": "patch", "path": "/api/v2/log-streams/lst_0000000000000001", "body": {"status": status}}
    return {
        "date": f"2023-05-{at}:00.000Z",
        "type": "sapi",
        "description": "Update a log stream",
        "details": {"request": request, "response": {"statusCode": 200, "body": {}}},
        "client_id": "dashboardClientExample0000000000",
        "ip": "203.0.113.77",
        "user_id": "auth0|647f0a0000000000000000ad",
        "tenant_name": "contoso-dev",
        "log_id": f"9002{at}",
    }


def test_a_paused_log_stream_of_auth0_starves_the_copy_until_it_is_active(trial: Make) -> None:
    told = json.dumps([auth0("10T10:00", "paused"), auth0("12T10:00", "active")])
    rows = copy(trial, "auth0.logs/contoso-dev", "siem", logs_json=told)
    assert [row[:3] for row in rows] == [("disabled", "05-10T10:00", "05-12T10:00")]


def pingone(at: str, verb: str) -> dict[str, Any]:
    env = {"id": "9b7d1c30-0000-4000-8000-00000000e0e0"}
    return {
        "id": f"0a{at}",
        "recordedAt": f"2023-05-{at}:00.100Z",
        "createdAt": f"2023-05-{at}:00.900Z",
        "actors": {"user": {"id": "a1", "name": "alice@contoso.com", "environment": env, "type": "USER"}},
        "action": {"type": f"SUBSCRIPTION.{verb}", "description": "Webhook"},
        "resources": [{"type": "SUBSCRIPTION", "id": "s1", "name": "siem", "environment": env}],
        "result": {"status": "SUCCESS", "description": "done"},
    }


def test_a_deleted_webhook_of_pingone_starves_the_copy(trial: Make) -> None:
    told = json.dumps({"activities": [pingone("10T10:00", "DELETED"), pingone("12T10:00", "CREATED")]})
    rows = copy(trial, "pingone.audit/9b7d1c30-0000-4000-8000-00000000e0e0", "siem", activities_json=told)
    assert [row[:3] for row in rows] == [("disabled", "05-10T10:00", "05-12T10:00")]


def github(at: int, action: str, **more: Any) -> dict[str, Any]:
    return {
        "@timestamp": at,
        "_document_id": f"doc{at}EXAMPLE",
        "action": action,
        "actor": "adele",
        "org": "contoso",
        "business": "contoso",
        "created_at": at,
        **more,
    }


def test_a_destroyed_audit_log_stream_of_github_starves_the_copy(trial: Make) -> None:
    first, second = 1_683_712_800_000, 1_683_885_600_000
    told = json.dumps(
        [github(first, "audit_log_streaming.destroy"), github(second, "audit_log_streaming.create")], indent=1
    )
    rows = copy(trial, "github.audit/contoso", "siem", log_json=told)
    assert [row[:3] for row in rows] == [("disabled", "05-10T10:00", "05-12T10:00")]


AAD = "/providers/microsoft.aadiam/diagnosticsettings/all"
WS = "/subscriptions/s/resourcegroups/g/providers/microsoft.operationalinsights/workspaces/ws"
SIGN_IN = "entra.signin.interactive/t"


def test_a_setting_of_entra_without_sign_ins_starves_their_copy(trial: Make) -> None:
    told = activity("10T10:00", WRITE, AAD, body(SignInLogs=False, AuditLogs=True)) + activity(
        "12T10:00", WRITE, AAD, body(SignInLogs=True, AuditLogs=True)
    )
    rows = copy(trial, SIGN_IN, "workspace", activity_json=told)
    assert [row[:3] for row in rows] == [("disabled", "05-10T10:00", "05-12T11:00")]


def test_a_table_that_is_kept_shorter_loses_what_is_older(trial: Make) -> None:
    told = activity(
        "20T00:00",
        "microsoft.operationalinsights/workspaces/tables/write",
        f"{WS}/tables/SigninLogs",
        {"properties": {"totalRetentionInDays": 7}},
    )
    rows = copy(trial, SIGN_IN, "workspace", 'semantics = "rolling"\nretention_days = 365', activity_json=told)
    assert [row[:3] for row in rows] == [("expired", "05-01T00:00", "05-25T00:00")]


def test_a_purge_of_a_workspace_may_have_taken_anything_before_it(trial: Make) -> None:
    told = activity("20T00:00", "microsoft.operationalinsights/workspaces/purge/action", WS)
    rows = copy(trial, SIGN_IN, "workspace", activity_json=told)
    assert [row[:3] for row in rows] == [("unknown", "05-01T00:00", "05-20T00:00")]


STORAGE = "/subscriptions/s/resourcegroups/g/providers/microsoft.storage/storageaccounts"
BLOBS = f"{STORAGE}/proddumps/blobservices/default/providers/microsoft.insights/diagnosticsettings/logs"


def lifecycle(days: int) -> dict[str, Any]:
    base = {"baseBlob": {"delete": {"daysAfterModificationGreaterThan": days}}}
    rule = {"enabled": True, "definition": {"actions": base, "filters": {"prefixMatch": ["insights-logs-"]}}}
    return {"properties": {"policy": {"rules": [rule]}}}


def test_a_management_policy_of_the_account_that_holds_the_logs_deletes_them(trial: Make) -> None:
    routed = body(StorageRead=True, StorageWrite=True, StorageDelete=True)
    routed["properties"]["storageAccountId"] = f"{STORAGE}/keeper"
    told = activity("02T00:00", WRITE, BLOBS, routed)
    told += activity(
        "20T00:00",
        "microsoft.storage/storageaccounts/managementpolicies/write",
        f"{STORAGE}/keeper/managementpolicies/default",
        lifecycle(7),
    )
    rows = copy(trial, "azure.storage/proddumps", "storage", activity_json=told)
    assert [row[:3] for row in rows if row[0] == "expired"] == [("expired", "05-01T00:00", "05-25T00:00")]


TRAIL = "aws.cloudtrail/111122223333/us-east-1"


def test_a_stopped_event_data_store_starves_cloudtrail_lake_alone(trial: Make) -> None:
    store = {"eventDataStore": "arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/e1"}
    told = trail(
        call("10T10:00", "StopEventDataStoreIngestion", store), call("12T10:00", "StartEventDataStoreIngestion", store)
    )
    rows = copy(trial, TRAIL, "cloudtrail-lake", trail_json=told)
    assert [row[:3] for row in rows] == [("disabled", "05-10T10:00", "05-12T10:00")]


def test_an_event_data_store_that_keeps_shorter_loses_what_is_older(trial: Make) -> None:
    told = trail(call("20T00:00", "UpdateEventDataStore", {"eventDataStore": "e1", "retentionPeriod": 7}))
    rows = copy(trial, TRAIL, "cloudtrail-lake", 'semantics = "rolling"\nretention_days = 365', trail_json=told)
    assert [row[:3] for row in rows] == [("expired", "05-01T00:00", "05-25T00:00")]


@pytest.mark.parametrize("name", ["PutBucketPolicy", "PutBucketAcl", "DeleteBucketPolicy"])
def test_who_may_write_to_the_bucket_may_have_changed_until_a_record_comes(trial: Make, name: str) -> None:
    made = call("02T10:00", "CreateTrail", {"name": "main", "s3BucketName": "logs"})
    more = {"bucketPolicy": {"Statement": [{"Effect": "Deny", "Principal": "*"}]}} if "Put" in name else {}
    changed = call("10T10:00", name, {"bucketName": "logs", **more}, source="s3.amazonaws.com")
    rows = copy(trial, TRAIL, "trail main", trail_json=trail(made, changed))
    assert [row[:2] for row in rows] == [("unknown", "05-10T10:00")]


def test_a_bucket_policy_after_which_records_came_kept_nothing_away(trial: Make) -> None:
    made = call("02T10:00", "CreateTrail", {"name": "main", "s3BucketName": "logs"})
    changed = call("10T10:00", "DeleteBucketPolicy", {"bucketName": "logs"}, source="s3.amazonaws.com")
    later = call("11T10:00", "ListTrails", {})
    assert copy(trial, TRAIL, "trail main", trail_json=trail(made, changed, later)) == []


def deleted(at: str, minute: str) -> dict[str, Any]:
    key = f"AWSLogs/111122223333/CloudTrail/us-east-1/2023/05/10/111122223333_CloudTrail_us-east-1_{minute}Z_Example0000000.json.gz"
    return call(at, "DeleteObject", {"bucketName": "logs", "key": key}, source="s3.amazonaws.com", eventCategory="Data")


@pytest.mark.parametrize("known", [True, False])
def test_a_deleted_log_file_takes_its_quarter_of_an_hour_out_of_the_bucket(trial: Make, *, known: bool) -> None:
    made = [call("02T10:00", "CreateTrail", {"name": "main", "s3BucketName": "logs"})] if known else []
    told = trail(*made, deleted("20T10:00", "20230510T1000"))
    rows = copy(trial, TRAIL, "trail main", trail_json=told)
    assert [row[:3] for row in rows] == [("expired", "05-10T09:45", "05-10T10:01")]


def test_a_log_file_that_was_collected_before_it_was_deleted_is_there(trial: Make) -> None:
    late = deleted("20T10:00", "20230510T1000") | {"eventTime": "2023-06-02T00:00:00Z"}
    assert copy(trial, TRAIL, "trail main", trail_json=trail(late)) == []


def test_a_deleted_hour_of_a_storage_log_is_gone_from_its_account(trial: Make) -> None:
    blob = f"insights-logs-storageread/resourceId={STORAGE}/proddumps/blobServices/default/y=2023/m=05/d=10/h=03/m=00/PT1H.json"
    told = {
        "time": "2023-05-20T10:00:00.0000000Z",
        "resourceId": f"{STORAGE}/keeper/blobServices/default",
        "category": "StorageDelete",
        "operationName": "DeleteBlob",
        "operationVersion": "2020-10-02",
        "statusCode": 202,
        "statusText": "Success",
        "uri": f"https://keeper.blob.core.windows.net:443/{blob}",
        "callerIpAddress": "203.0.113.7:1234",
        "correlationId": "c0ffee00-0000-4000-8000-000000000001",
        "resourceType": "Microsoft.Storage/storageAccounts/blobServices",
    }
    rows = copy(trial, "azure.storage/proddumps", "storage", log_json=json.dumps(told) + "\n")
    assert [row[:3] for row in rows] == [("expired", "05-10T03:00", "05-10T04:00")]
