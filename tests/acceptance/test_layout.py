"""Folders and names of hours and days: one that is missing is not one in which nothing happened."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from own_case import KEPT, MAY, TAKEN, Make, Own
from vendor_logs import lines, mail, storage


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
