"""Special cases of CloudTrail records."""

import json
from collections.abc import Callable
from typing import Any

import pytest

Read = Callable[..., list[dict[str, Any]]]
ROLE = "arn:aws:sts::111122223333:assumed-role/deploy/build-1"
CALLER = {
    "type": "AssumedRole",
    "principalId": "AROAEXAMPLE:build-1",
    "arn": ROLE,
    "accessKeyId": "ASIACALLEREXAMPLE",
    "sessionContext": {
        "attributes": {"creationDate": "2023-05-01T08:00:00Z"},
        "sessionIssuer": {"arn": "arn:aws:iam::111122223333:role/deploy"},
    },
}


def call(service: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "eventVersion": "1.08",
        "userIdentity": CALLER,
        "eventTime": "2023-05-01T09:00:00Z",
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "192.0.2.7",
        "requestID": "R1",
        "eventID": "E1",
        "recipientAccountId": "111122223333",
        **more,
    }


def test_an_issuance_names_the_key_handed_out_and_keeps_the_callers(read: Read) -> None:
    (event,) = read(
        call(
            "sts",
            "AssumeRole",
            requestParameters={"roleArn": "arn:aws:iam::111122223333:role/next"},
            responseElements={
                "credentials": {"accessKeyId": "ASIAISSUEDEXAMPLE", "expiration": "May 1, 2023, 10:00:00 AM"}
            },
        )
    )
    assert (event["action"], event["credential_id"], event["session_id"]) == (
        "token.issue",
        "ASIAISSUEDEXAMPLE",
        "ASIACALLEREXAMPLE",
    )
    assert event["object"] == "arn:aws:iam::111122223333:role/next"


def test_a_use_echoes_when_its_credential_was_issued(read: Read) -> None:
    (event,) = read(
        call(
            "s3",
            "GetObject",
            requestParameters={"bucketName": "dumps", "key": "a/core.zst"},
            additionalEventData={"bytesTransferredOut": 89.0},
        )
    )
    assert (event["credential_id"], event["issued"], event["token_issuer"]) == (
        "ASIACALLEREXAMPLE",
        "2023-05-01 08:00:00",
        "arn:aws:iam::111122223333:role/deploy",
    )
    assert (event["action"], event["object"], event["bytes"], event["stream"]) == (
        "object.read",
        "s3://dumps/a/core.zst",
        89,
        "aws.cloudtrail/111122223333/us-east-1",
    )


def test_a_copy_names_its_source_in_the_form_of_the_target(read: Read) -> None:
    (event,) = read(
        call(
            "s3",
            "CopyObject",
            requestParameters={"bucketName": "out", "key": "x y", "x-amz-copy-source": "/dumps/a%20b/core?versionId=3"},
        )
    )
    assert (event["action"], event["object"], event["object_from"]) == (
        "object.copy",
        "s3://out/x y",
        "s3://dumps/a b/core",
    )


def test_a_refused_stop_of_logging_stays_a_failure(read: Read) -> None:
    (event,) = read(call("cloudtrail", "StopLogging", errorCode="AccessDenied", requestParameters={"name": "main"}))
    assert (event["action"], event["outcome"], event["outcome_detail"]) == (
        "logging.disable",
        "failure",
        "AccessDenied",
    )


@pytest.mark.parametrize(
    ("service", "name", "parameters", "action"),
    [
        ("s3", "PutBucketLogging", {"bucketName": "b", "BucketLoggingStatus": {"xmlns": "x"}}, "logging.disable"),
        (
            "s3",
            "PutBucketLogging",
            {"bucketName": "b", "BucketLoggingStatus": {"LoggingEnabled": {"TargetBucket": "t"}}},
            "logging.enable",
        ),
        ("s3", "PutBucketLifecycle", {"bucketName": "b", "lifecycle": ""}, "retention.change"),
        (
            "cloudtrail",
            "PutEventSelectors",
            {"eventSelectors": [{"readWriteType": "WriteOnly", "includeManagementEvents": True}]},
            "logging.disable",
        ),
        (
            "cloudtrail",
            "PutEventSelectors",
            {"eventSelectors": [{"readWriteType": "All", "dataResources": [{"type": "AWS::S3::Object"}]}]},
            "logging.enable",
        ),
        ("cloudtrail", "UpdateTrail", {"name": "main", "isMultiRegionTrail": False}, "logging.disable"),
        ("cloudtrail", "UpdateTrail", {"name": "StopLogging"}, "config.change"),
        ("cloudtrail", "GetTrailStatus", {"name": "main"}, "config.read"),
        ("ec2", "DeleteFlowLogs", {"DeleteFlowLogsRequest": {"FlowLogId": "fl-1"}}, "logging.disable"),
        ("logs", "PutRetentionPolicy", {"logGroupName": "g", "retentionInDays": 1}, "retention.change"),
        ("iam", "UpdateAccessKey", {"userName": "bob", "status": "Inactive"}, "account.change"),
    ],
)
def test_control_events_are_told_by_their_parameters(
    read: Read, service: str, name: str, parameters: dict[str, Any], action: str
) -> None:
    (event,) = read(call(service, name, requestParameters=parameters))
    assert event["action"] == action


def test_a_switch_names_the_streams_it_is_about_and_one_form_of_its_trail(read: Read) -> None:
    stop, start, server = read(
        call(
            "cloudtrail",
            "StopLogging",
            requestParameters={"name": "arn:aws:cloudtrail:us-east-1:111122223333:trail/main"},
        ),
        call("cloudtrail", "StartLogging", requestParameters={"name": "main"}),
        call("s3", "PutBucketLogging", requestParameters={"bucketName": "b", "BucketLoggingStatus": {}}),
    )
    told = [json.loads(str(each["change"])) for each in (stop, start)]
    assert {(each["subject"], each["copy"]) for each in told} == {("aws.cloudtrail/111122223333/*", "trail main")}
    assert stop["object"] == start["object"] == "main"
    assert json.loads(str(server["change"]))[0]["subject"] == "aws.s3access/b"


def test_a_console_login_fails_by_its_response_not_by_an_error_code(read: Read) -> None:
    person = {"type": "IAMUser", "accountId": "111122223333", "userName": "alice"}
    (event,) = read(call("signin", "ConsoleLogin", userIdentity=person, responseElements={"ConsoleLogin": "Failure"}))
    assert (event["action"], event["outcome"], event["actor"], event["actor_type"]) == (
        "sign_in",
        "failure",
        "alice",
        "user",
    )


def test_a_lookup_is_read_through_its_inner_record(read: Read) -> None:
    inner = call("s3", "ListBuckets")
    (event,) = read(
        json.dumps(
            {
                "Events": [
                    {"EventId": "E1", "EventTime": "2023-05-01 19:00:00+10:00", "CloudTrailEvent": json.dumps(inner)}
                ]
            }
        ),
        name="lookup.json",
    )
    assert (event["time"], event["operation"]) == ("2023-05-01 09:00:00", "ListBuckets")


def test_a_shippers_timestamp_is_when_it_was_logged(read: Read) -> None:
    (event,) = read({**call("s3", "GetObject"), "@timestamp": "2023-05-01T09:07:00.000Z"})
    assert (event["time"], event["logged"]) == ("2023-05-01 09:00:00", "2023-05-01 09:07:00")


def test_a_digest_speaks_for_its_region(read: Read) -> None:
    (event,) = read(
        {
            "awsAccountId": "111122223333",
            "digestEndTime": "2023-05-01T10:00:00Z",
            "digestS3Bucket": "logs",
            "digestS3Object": "AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2023/05/01/d.json.gz",
        }
    )
    assert (event["action"], event["stream"], event["actor"]) == (
        "service.event",
        "aws.cloudtrail_digest/111122223333/eu-west-1",
        None,
    )


def test_an_anonymous_read_has_no_actor(read: Read) -> None:
    (event,) = read(
        call("s3", "GetObject", userIdentity={"type": "AWSAccount", "principalId": "", "accountId": "anonymous"})
    )
    assert (event["actor"], event["actor_type"], event["credential_id"]) == (None, "anonymous", None)
