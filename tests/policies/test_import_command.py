"""`timeline policy import` at the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

TRAIL = {
    "Name": "t",
    "S3BucketName": "b",
    "IsMultiRegionTrail": True,
    "LogFileValidationEnabled": False,
    "TrailARN": "arn:aws:cloudtrail:us-east-1:111122223333:trail/t",
}


def written(folder: Path, **values: object) -> list[Path]:
    for name, value in values.items():
        (folder / f"{name}.json").write_text(json.dumps(value))
    return [folder / f"{name}.json" for name in values]


def test_an_import_shows_what_it_understood_and_says_what_it_could_not_use(
    timeline: Callable[..., Any], tmp_path: Path
) -> None:
    timeline("init", tmp_path / "case")
    files = written(
        tmp_path, trails={"trailList": [TRAIL]}, groups={"logGroups": [{"logGroupName": "other", "retentionInDays": 3}]}
    )
    told = timeline("-C", tmp_path / "case", "policy", "import", *files, "--format", "json")
    assert told.code == 0
    (row,) = json.loads(told.out)
    assert (row["stream"], row["store"]) == ("aws.cloudtrail/111122223333/*", "native")
    assert "loggroup:other: no import says that a log is written there" in told.err
    assert "validation is off" in told.err


def test_a_wrong_file_is_exit_code_2_and_nothing_is_written(timeline: Callable[..., Any], tmp_path: Path) -> None:
    timeline("init", tmp_path / "case")
    told = timeline(
        "-C", tmp_path / "case", "policy", "import", *written(tmp_path, a={"trailList": [TRAIL]}, b={"x": 1})
    )
    assert (told.code, told.out) == (2, "")
    assert "b.json: no configuration export that is known" in told.err
    assert not (tmp_path / "case" / "policies.toml").exists()


def test_gaps_say_that_their_policy_was_imported(timeline: Callable[..., Any], tmp_path: Path) -> None:
    case = tmp_path / "case"
    case.mkdir()
    (case / "case.toml").write_text(
        '[case]\nfrom = 2023-01-01\nto = 2023-06-01\n[[collection]]\nid = "c"\ncollected_at = 2023-06-01\n'
        'streams = ["aws.cloudtrail/111122223333/us-east-1"]\n'
    )
    event = {
        "eventVersion": "1.08",
        "eventTime": "2023-05-20T10:00:00Z",
        "eventSource": "iam.amazonaws.com",
        "eventName": "ListUsers",
        "awsRegion": "us-east-1",
        "recipientAccountId": "111122223333",
        "eventID": "11111111-1111-1111-1111-111111111111",
        "userIdentity": {"type": "Root"},
        "eventType": "AwsApiCall",
    }
    (case / "trail.json").write_text(json.dumps({"Records": [event]}))
    timeline("-C", case, "ingest", case / "trail.json")
    rule = {"ID": "r", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 30}}
    timeline(
        "-C",
        case,
        "policy",
        "import",
        *written(tmp_path, trails={"trailList": [TRAIL]}, rules={"Rules": [rule]}),
        "--set",
        "bucket=b",
    )
    rows = json.loads(timeline("-C", case, "gaps", "--format", "json").out)
    expired = [row for row in rows if row["state"] == "expired"]
    assert [row["basis"] for row in expired] == ["imported"]
    assert expired[0]["end"][:10] <= "2023-05-02"
    assert "get-bucket-lifecycle-configuration" in expired[0]["evidence"][0]
