"""Configuration events, read from real records, seen in the rows of `timeline gaps`."""

import json
from typing import Any

import pytest
from own_case import MAY, Make
from switching import of

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


@pytest.mark.parametrize("request_parameters", [None, {"name": None}])
def test_a_stop_that_does_not_name_its_trail_may_have_stopped_any(trial: Make, request_parameters: Any) -> None:
    nameless = {"requestParameters": request_parameters}
    told = call("10T10:00", "StopLogging", **nameless), call("12T10:00", "StartLogging", {"name": "main"})
    gaps = gaps_of(trial, *told)
    assert gaps[0][:2] == ("disabled", "05-10T10:00")


def test_a_start_that_does_not_name_its_trail_ends_no_stop_of_a_named_one(trial: Make) -> None:
    told = call("10T10:00", "StopLogging"), call("12T10:00", "StartLogging", requestParameters=None)
    assert gaps_of(trial, *told) == [("disabled", "05-10T10:00", "06-01")]
