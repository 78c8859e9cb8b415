"""CloudTrail as the console's event history gives it: rows of its CSV, and what becomes of a record that came in several shapes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cloudtrail_rows import ATHENA, HISTORY, LAKE, PLACE, RECORD, ROW, Read, identity, ingested, resources, table

from timeline import Case, catalog
from timeline.evidence.knowledge import Knowledge


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return lambda **files: ingested(tmp_path, files)


def test_the_facts_of_the_log_stay_those_of_the_whole_records(tmp_path: Path) -> None:
    (tmp_path / "history.csv").write_text(table(HISTORY, PLACE))
    with Case.create(tmp_path / "case") as case:
        case.ingest(tmp_path / "history.csv")
        told = Knowledge(case.connection, case.config, case.root, catalog.sources()).source_of(
            "aws.cloudtrail/1/us-east-1"
        )[1]
    assert told is not None
    assert told.id == "aws_cloudtrail"


@pytest.mark.parametrize("name", ["aws_athena", "aws_cloud_history"])
def test_what_coverage_rests_on_is_the_same_whatever_shape_the_log_came_in(name: str) -> None:
    one, other = catalog.sources()["aws_cloudtrail"], catalog.sources()[name]
    for fact in ("names", "witnesses", "optional", "siblings", "objects", "completeness", "scope", "empty", "collect"):
        assert getattr(one, fact) == getattr(other, fact), fact


def test_a_row_of_the_history_is_read_in_whatever_order_its_columns_are(read: Read) -> None:
    row = {**PLACE, "User name": "ann", "AWS access key": "AKIAIOSFODNN7EXAMPLE", "User agent": 'a "quoted", agent', "Source IP address": "192.0.2.7",
           "Resources": resources(("AWS::IAM::User", "AIDABOBEXAMPLE1234"), ("AWS::IAM::User", "arn:aws:iam::111122223333:user/bob"), ("AWS::IAM::User", "bob"))}  # fmt: skip
    (event,) = read(history__csv=table(HISTORY[::-1], row))
    assert (event["stream"], event["action"], event["outcome"]) == (
        "aws.cloudtrail/111122223333/us-east-1",
        "account.change",
        "success",
    )
    assert (event["actor"], event["object"], event["user_agent"], event["src_ip"]) == (
        "ann",
        "bob",
        'a "quoted", agent',
        "192.0.2.7",
    )
    assert (event["time"].isoformat(), event["time_precision"]) == ("2023-05-10T10:11:12+00:00", "s")
    assert (event["credential_id"], event["session_id"]) == ("AKIAIOSFODNN7EXAMPLE", None)


def test_empty_cells_of_the_history_are_nothing(read: Read) -> None:
    (event,) = read(history__csv=table(HISTORY, {**PLACE, "Event type": "AwsServiceEvent"}))
    assert [
        event[name] for name in ("actor", "src_ip", "user_agent", "credential_id", "session_id", "request_id", "object")
    ] == [None] * 7
    assert event["actor_type"] == "service"


def test_the_history_does_not_tell_whether_a_sign_in_succeeded(read: Read) -> None:
    row = {
        **PLACE,
        "Event source": "signin.amazonaws.com",
        "Event name": "ConsoleLogin",
        "Event type": "AwsConsoleSignIn",
    }
    hidden = {
        **row,
        "Event ID": "e-2",
        "Event time": "2023-05-10T10:12:00Z",
        "User name": "HIDDEN_DUE_TO_SECURITY_REASONS",
    }
    told, refused = read(history__csv=table(HISTORY, {**row, "User name": "ann"}, hidden))
    assert (told["actor"], told["outcome"]) == ("ann", "unknown")
    assert (refused["actor"], refused["outcome"]) == (None, "failure")


@pytest.mark.parametrize(
    ("service", "call", "action"),
    [("cloudtrail", "PutEventSelectors", "logging.disable"), ("cloudtrail", "UpdateTrail", "logging.disable"), ("guardduty", "UpdateDetector", "logging.disable"),
     ("s3", "PutBucketLogging", "logging.disable"), ("iam", "UpdateAccessKey", "credential.add"), ("cloudtrail", "UpdateEventDataStore", "retention.change")],
)  # fmt: skip
def test_what_only_parameters_tell_is_unknown_without_them(read: Read, service: str, call: str, action: str) -> None:
    row = {**PLACE, "Event source": f"{service}.amazonaws.com", "Event name": call}
    plain = {**ROW, "eventid": "e-2", "eventsource": f"{service}.amazonaws.com", "eventname": call}
    events = read(history__csv=table(HISTORY, row), athena__csv=table(ATHENA, plain))
    assert [(event["action"], event["outcome"]) for event in events] == [(action, "unknown")] * 2


def test_a_stopped_trail_is_known_from_the_history_too(tmp_path: Path) -> None:
    arn = "arn:aws:cloudtrail:us-east-1:111122223333:trail/audit"
    row = {
        **PLACE,
        "Event source": "cloudtrail.amazonaws.com",
        "Event name": "StopLogging",
        "Resources": resources(("AWS::CloudTrail::Trail", arn)),
    }
    (tmp_path / "history.csv").write_text(table(HISTORY, row))
    with Case.create(tmp_path / "case") as case:
        case.ingest(tmp_path / "history.csv")
        (change,) = case.connection.execute("SELECT change FROM event").fetchall()
    told = json.loads(change[0])
    assert (told["copy"], told["subject"], told["spared"]) == (
        "trail audit",
        "aws.cloudtrail/111122223333/*",
        ["event-history"],
    )
    assert told["off"] == [{}]


def test_the_key_that_was_handed_out_is_among_the_resources(read: Read) -> None:
    role = "arn:aws:iam::111122223333:role/deploy"
    row = {**PLACE, "Event source": "sts.amazonaws.com", "Event name": "AssumeRole", "Read-only": "true", "AWS access key": "ASIACALLEREXAMPLE", "User name": "build",
           "Resources": resources((None, "x"), ("AWS::STS::AssumedRole", "build-1"), ("AWS::IAM::Role", role), ("AWS::IAM::AccessKey", "ASIAISSUEDEXAMPLE"))}  # fmt: skip
    (event,) = read(history__csv=table(HISTORY, row))
    assert (event["action"], event["credential_id"], event["session_id"], event["object"]) == (
        "token.issue",
        "ASIAISSUEDEXAMPLE",
        "ASIACALLEREXAMPLE",
        role,
    )


@pytest.mark.parametrize("padding", [0, 1, 2, 3])
def test_a_record_of_three_shapes_is_one_event_and_the_whole_record_is_kept(read: Read, padding: int) -> None:
    sign_in = {
        "Event source": "signin.amazonaws.com",
        "Event name": "ConsoleLogin",
        "Event type": "AwsConsoleSignIn",
        "User name": "ann",
    }
    row = {**ROW, "eventsource": "signin.amazonaws.com", "eventname": "ConsoleLogin", "useridentity": identity()}
    (event,) = read(
        history__csv=table(HISTORY, {**PLACE, **sign_in})
        + "\n" * padding,  # another hash: which copy is kept must not be chance
        history__json=json.dumps({"Records": [{**RECORD, "userAgent": "x" * 400}]}),
        athena__csv=table(ATHENA, row),
    )
    assert (event["outcome"], event["outcome_detail"], event["actor_id"]) == (
        "failure",
        "Failed authentication",
        "AIDAANNEXAMPLE",
    )


@pytest.mark.parametrize("names", [HISTORY, ATHENA, LAKE])
def test_a_file_with_only_the_header_holds_no_event_and_nothing_is_left_out(read: Read, names: list[str]) -> None:
    assert read(empty__csv=table(names)) == []


def test_that_nobody_came_from_a_new_place_is_unknown_where_the_history_tells_no_outcome(tmp_path: Path) -> None:
    row = {
        **PLACE,
        "Event source": "signin.amazonaws.com",
        "Event name": "ConsoleLogin",
        "User name": "ann",
        "User agent": "a",
    }
    again = {
        "Event time": "2023-05-20T10:00:00Z",
        "Event ID": "e-2",
        "Source IP address": "198.51.100.9",
        "User agent": "b",
    }
    (tmp_path / "history.csv").write_text(table(HISTORY, {**row, "Source IP address": "192.0.2.7"}, {**row, **again}))
    with Case.create(tmp_path / "case") as case:
        text = '[case]\nname = "x"\nfrom = 2023-05-09\nto = 2023-05-30\n[[collection]]\nid = "c"\ncollected_at = 2023-06-01T00:00:00Z\n'
        policy = '[[policy]]\nstream = "aws.cloudtrail/*"\nretention_days = 90\n'
        (case.root / "case.toml").write_text(text + policy)
    with Case.open(tmp_path / "case") as case:
        case.ingest(tmp_path / "history.csv")
        told: dict[str, str] = dict(
            case.ask(["account-compromised", "sign-in-by"]).select("question", "verdict").rows()
        )
    assert told == {"account-compromised": "unknown", "sign-in-by": "found"}
