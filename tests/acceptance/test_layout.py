"""Folders and names of hours and days: one that is missing is not one in which nothing happened."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from own_case import KEPT, MAY, TAKEN, Make, Own
from vendor_logs import lines, mail, storage

from timeline.core.spans import Span
from timeline.evidence.layout import place


def hours(start: str, count: int) -> list[datetime]:
    first = datetime.fromisoformat(start).replace(tzinfo=UTC)
    return [first + timedelta(hours=number) for number in range(count)]


def put(case: Own, files: dict[str, str | bytes]) -> Own:
    for name, text in files.items():
        path = case.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return case.ingest()


def pt1h(at: datetime, account: str = "proddumps", category: str = "storageread") -> dict[str, str | bytes]:
    """Give the file of one hour of a storage account, with one record."""
    place = (
        f"insights-logs-{category}/resourceId=/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/{account}/"
        f"blobServices/default/y={at:%Y}/m={at:%m}/d={at:%d}/h={at:%H}/m=00/PT1H.json"
    )
    operation = {"storageread": "GetBlob", "storagewrite": "PutBlob", "storagedelete": "DeleteBlob"}[category]
    return {place: lines(storage(f"{at:%Y-%m-%dT%H}:15:00Z", operation, account=account))}


def unknown(case: Own, *names: str) -> list[tuple[Any, ...]]:
    """Give the gaps that follow from the layout."""
    return [gap[:3] for gap in case.gaps("cause", *names) if gap[3] and str(gap[3]).startswith("no file of this")]


def test_an_hour_without_a_folder_is_unknown_and_not_empty(trial: Make) -> None:
    files = {k: v for at in hours("2023-05-10T00:00:00", 24) if at.hour != 13 for k, v in pt1h(at).items()}
    case = put(trial(base=MAY), files)
    assert case.codes == [0]
    assert unknown(case) == [("unknown", "05-10T13:00", "05-10T14:00")]
    inside = ("--from", "2023-05-10T12:30:00Z", "--to", "2023-05-10T13:30:00Z")
    other = {"object": "https://proddumps.blob.core.windows.net/dumps/other.dmp"}
    assert case.ask("artefact-read-by", *inside, **other)["verdict"] == "unknown"
    before = ("--from", "2023-05-10T11:30:00Z", "--to", "2023-05-10T12:30:00Z")
    assert case.ask("artefact-read-by", *before, **other)["verdict"] == "absent"


def test_a_folder_with_a_file_of_no_records_is_an_hour_in_which_nothing_happened(trial: Make) -> None:
    files = {k: v for at in hours("2023-05-10T00:00:00", 24) for k, v in pt1h(at).items()}
    empty = next(name for name in files if "/h=13/" in name)
    assert unknown(put(trial(base=MAY), files | {empty: "\n"})) == []


def test_a_stated_collection_knows_more_than_the_folders(trial: Make) -> None:
    files = {k: v for at in hours("2023-05-10T00:00:00", 24) if at.hour != 13 for k, v in pt1h(at).items()}
    assert put(trial(base=MAY + TAKEN + KEPT), files).gaps() == []


def test_late_records_of_a_missing_hour_may_be_those_of_the_hour_before(trial: Make) -> None:
    """Azure's folders are by receipt: with a latency of half an hour the end of the hour before is as doubtful."""
    policy = '[[policy]]\nstream = "azure.storage/*"\nsemantics = "none"\nlatency = "30m"\n'
    files = {k: v for at in hours("2023-05-10T00:00:00", 24) if at.hour != 13 for k, v in pt1h(at).items()}
    assert unknown(put(trial(base=MAY + policy), files)) == [("unknown", "05-10T12:30", "05-10T14:00")]


def test_the_hours_of_reads_do_not_stand_for_those_of_writes(trial: Make) -> None:
    files = {k: v for at in hours("2023-05-10T00:00:00", 24) for k, v in pt1h(at).items()}
    files |= {
        k: v
        for at in hours("2023-05-10T00:00:00", 24)
        if at.hour != 5
        for k, v in pt1h(at, category="storagewrite").items()
    }
    case = put(trial(base=MAY), files)
    (gap,) = [row for row in case.rows("gaps") if row["cause"].startswith("no file")]
    assert (
        gap["cause"] == "no file of this hour in insights-logs-storagewrite: it was not collected, or nothing happened"
    )
    assert [name.split("/h=")[1] for name in gap["evidence"]] == ["04/m=00/PT1H.json", "06/m=00/PT1H.json"]


def test_two_accounts_in_one_folder_have_hours_of_their_own(trial: Make) -> None:
    files = {k: v for at in hours("2023-05-10T00:00:00", 12) for k, v in pt1h(at).items()}
    files |= {
        k: v for at in hours("2023-05-10T00:00:00", 12) if at.hour != 5 for k, v in pt1h(at, "otherstore").items()
    }
    rows = [row for row in put(trial(base=MAY), files).rows("gaps") if row["cause"].startswith("no file")]
    assert [row["stream"] for row in rows] == ["azure.storage/otherstore"]


def test_halves_of_an_export_in_two_folders_are_one(trial: Make) -> None:
    files: dict[str, str | bytes] = {}
    for at in hours("2023-05-10T00:00:00", 24):
        files |= {f"{'first' if at.hour % 2 else 'second'}/{k}": v for k, v in pt1h(at).items()}
    assert unknown(put(trial(base=MAY), files)) == []


def trail(at: datetime, records: int = 1) -> dict[str, str | bytes]:
    """Give one file of CloudTrail as `aws s3 sync` leaves it."""
    told = {
        "eventVersion": "1.08", "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}", "eventSource": "s3.amazonaws.com", "eventName": "ListBuckets",
        "awsRegion": "us-east-1", "sourceIPAddress": "192.0.2.7", "userAgent": "aws-cli", "eventID": f"{at:%Y%m%d}-0000-4000-8000-000000000000",
        "eventType": "AwsApiCall", "recipientAccountId": "111122223333", "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/alice"},
    }  # fmt: skip
    name = f"111122223333_CloudTrail_us-east-1_{at:%Y%m%dT%H%MZ}_abcdefEXAMPLE.json"
    return {
        f"AWSLogs/111122223333/CloudTrail/us-east-1/{at:%Y/%m/%d}/{name}": json.dumps({"Records": [told] * records})
    }


@pytest.mark.parametrize("flat", [False, True])
def test_a_day_of_cloudtrail_without_a_folder_is_unknown(flat: bool, trial: Make) -> None:
    days = [datetime(2023, 5, day, 12, tzinfo=UTC) for day in range(1, 11) if day not in {4, 5}]
    files = {name.rsplit("/", 1)[1] if flat else name: text for at in days for name, text in trail(at).items()}
    assert unknown(put(trial(base=MAY), files)) == [("unknown", "05-04", "05-06")]


def test_a_quiet_bucket_with_hundreds_of_days_without_a_file_makes_one_gap(trial: Make) -> None:
    days = [datetime(2021, 1, 1, 12, tzinfo=UTC) + timedelta(days=2 * number) for number in range(220)]
    files = {name: text for at in days for name, text in trail(at).items()}
    rows = [row for row in put(trial(base=""), files).rows("gaps") if "without a file" in (row["cause"] or "")]
    assert [row["cause"] for row in rows] == [
        "219 spans without a file for any day in CloudTrail/us-east-1 in them: they were not collected, or nothing happened"
    ]


def test_a_file_with_as_many_records_as_a_search_gives_is_lossy(trial: Make) -> None:
    many = lines(
        *(mail(f"2023-05-10T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}") for number in range(5000))
    )
    case = put(trial(base=MAY), {"UAL-20230510000000-20230511000000.json": many})
    assert (
        "lossy",
        "05-10",
        "05-10T01:23:19.000001Z",
        "the file holds 5000 records, as many as one search gives",
    ) in case.gaps("cause")


def at(told: str) -> int:
    return int(datetime.fromisoformat(told).replace(tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("path", "start", "end"),
    [
        ("/e/$logs/blob/2023/05/10/0100/000000.log", "2023-05-10T01:00", "2023-05-10T02:00"),
        ("/e/bucket_usage_2023_05_10_23_00_00_0abcd_v0", "2023-05-10T23:00", "2023-05-11T00:00"),
        ("/e/cloudaudit.googleapis.com/activity/2023/05/10/01:00:00_01:59:59_S0.json", "2023-05-10T01:00", "2023-05-10T02:00"),
        ("/e/s3/2023-05-10-01-15-30-0123456789ABCDEF", "2023-05-10T00:00", "2023-05-11T00:00"),
        ("/e.zip/UAL-20230510000000-20230510123000.csv", "2023-05-10T00:00", "2023-05-10T12:30"),
        ("/e/UnifiedAuditLog_contoso.com_2023-05-10_01-00-00_ExchangeItem.json", "2023-05-10T01:00", "2023-05-10T02:00"),
        ("/e/AADAuditLog_contoso.com_2023-05-10.json", "2023-05-10T00:00", "2023-05-11T00:00"),
        ("/e/ual_2023-05-10_2023-05-11.json", "2023-05-10T04:00", "2023-05-11T04:00"),
        ("/e/ual_2023-05-10_2023-05-10_01_00_00_000Z_01_59_59_999Z.json", "2023-05-10T01:00", "2023-05-10T02:00"),
    ],
)  # fmt: skip
def test_names_tell_the_time_that_a_file_stands_for(path: str, start: str, end: str) -> None:
    span: Span = (at(start), at(end))
    found = place(path)
    assert found is not None
    assert found.span == span


@pytest.mark.parametrize(
    "path",
    [
        "/e/y=2023/m=13/d=40/h=99/m=00/PT1H.json",
        "/e/UAL-20230511000000-20230510000000.csv",
        "/e/notes.txt",
        "/e/ual_2023-02-30_2023-03-01.json",
    ],
)
def test_what_is_no_time_tells_none(path: str) -> None:
    assert place(path) is None
