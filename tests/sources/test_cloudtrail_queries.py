"""CloudTrail as results of Athena and CloudTrail Lake: structs and maps that are text, JSON, and whole records in a column."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cloudtrail_rows import ATHENA, LAKE, LAKE_ROW, RECORD, ROW, Read, identity, ingested, table

from timeline import Case


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return lambda **files: ingested(tmp_path, files)


def test_a_row_of_athena_says_what_the_record_says(read: Read) -> None:
    session = "{attributes={mfaauthenticated=false, creationdate=2023-05-10T09:00:00Z}, sessionissuer={type=Role, principalid=AROAEXAMPLE, arn=arn:aws:iam::111122223333:role/deploy, accountid=111122223333, username=deploy}}"  # fmt: skip
    row = {**ROW, "useridentity": identity(session=session), "eventname": "AttachUserPolicy", "useragent": "aws-cli",
           "requestparameters": json.dumps({"userName": "bob, user", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"})}  # fmt: skip
    (event,) = read(athena__csv=table(ATHENA, row))
    assert (event["actor"], event["actor_id"], event["actor_type"]) == (
        "arn:aws:iam::111122223333:user/ann",
        "AIDAANNEXAMPLE",
        "user",
    )
    assert (event["session_id"], event["token_issuer"]) == (
        "AKIAIOSFODNN7EXAMPLE",
        "arn:aws:iam::111122223333:role/deploy",
    )
    assert event["issued_time"].isoformat() == "2023-05-10T09:00:00+00:00"
    assert (event["object"], event["resource_id"]) == ("bob, user", "arn:aws:iam::aws:policy/ReadOnlyAccess")


@pytest.mark.parametrize(
    "user", ["a,arn=arn:aws:iam::111122223333:root", "a=b", "a{accountid=9}b", "null,username=root"]
)
def test_a_name_cannot_pass_for_another_member_of_a_struct(read: Read, user: str) -> None:
    (event,) = read(athena__csv=table(ATHENA, {**ROW, "recipientaccountid": "", "useridentity": identity(user)}))
    assert event["actor"] == f"arn:aws:iam::111122223333:user/{user}"
    assert (event["actor_id"], event["credential_id"]) == ("AIDAANNEXAMPLE", "AKIAIOSFODNN7EXAMPLE")
    assert event["stream"] == "aws.cloudtrail/111122223333/us-east-1"


def test_lake_writes_moments_without_a_zone_in_utc_and_parameters_as_a_map(read: Read) -> None:
    (event,) = read(lake__csv=table(LAKE, {**LAKE_ROW, "requestParameters": "{path=/, userName=bob}"}))
    assert (event["time"].isoformat(), event["time_precision"]) == ("2023-05-10T10:11:12+00:00", "s")
    assert (event["object"], event["actor"]) == ("bob", "arn:aws:iam::111122223333:user/ann")


def test_a_parameter_that_stands_twice_in_a_map_is_not_believed(read: Read) -> None:
    (event,) = read(lake__csv=table(LAKE, {**LAKE_ROW, "requestParameters": "{path=/x, userName=ann, userName=bob}"}))
    assert event["object"] is None


def test_an_identity_cast_to_json_is_read_in_both_spellings(read: Read) -> None:
    camel = json.dumps(
        {**RECORD["userIdentity"], "sessionContext": {"attributes": {"creationDate": "2023-05-10T09:00:00Z"}}}
    )
    lower = (
        camel.replace("principalId", "principalid")
        .replace("sessionContext", "sessioncontext")
        .replace("creationDate", "creationdate")
    )
    events = read(
        athena__csv=table(ATHENA, {**ROW, "useridentity": camel}, {**ROW, "eventid": "e-2", "useridentity": lower})
    )
    assert {(event["actor_id"], event["issued_time"].isoformat()) for event in events} == {
        ("AIDAANNEXAMPLE", "2023-05-10T09:00:00+00:00")
    }


def test_whole_records_in_the_column_event_json_are_read_as_such(read: Read) -> None:
    (event,) = read(lake__csv=table(["eventJson"], {"eventJson": json.dumps(RECORD)}))
    assert (event["outcome"], event["stream"]) == ("failure", "aws.cloudtrail/111122223333/us-east-1")


def test_a_result_without_error_codes_is_left_out_and_not_taken_for_success(tmp_path: Path) -> None:
    names = [name for name in ATHENA if name != "errorcode"]
    (tmp_path / "athena.csv").write_text(table(names, ROW))
    with Case.create(tmp_path / "case") as case:
        status = case.ingest(tmp_path / "athena.csv")
    assert status["events"].to_list() == [0]
    assert status["records"].to_list() == status["skipped"].to_list() != [0]
