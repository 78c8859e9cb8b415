"""What collectors' own logs say of windows, filters and failures, seen in gaps and verdicts."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from own_case import KEPT, MAY, Make, Own
from vendor_logs import ALICE, BOB, lines, mail

LOG = "Output/LogFile.txt"
DATA = "Output/UnifiedAuditLog/20230602-090000/UAL-20230501000000-20230601000000.json"
RECORDS = lines(*(mail(f"2023-05-{day:02}T12:00:00") for day in range(1, 32)))


def suite(*said: str, clock: str = "2023-06-02 09:00:00") -> str:
    """Write a log of Microsoft-Extractor-Suite."""
    return "".join(f"{clock}: {line}\n" for line in said)


STARTED = ("=== Starting Unified Audit Log Collection ===", "Start date: 2023-05-01 00:00:00", "End date: 2023-06-01 00:00:00")
ENDED = ("\n=== Unified Audit Log Collection Summary ===",)
SKIPPED = (
    "[ERROR] Max retries reached for window 2023-05-10 00:00:00 -> 2023-05-11 06:00:00. Skipping. "
    "Last error: The operation has timed out."
)
CAPPED = (
    "[ERROR] Window 2023-05-20T10:00:00Z -> 2023-05-20T10:00:06Z has 5000+ events in the minimum interval (0.1 min). Cannot shrink "
    "further; writing partial data and advancing. SOME EVENTS IN THIS RANGE ARE NOT CAPTURED."
)


def put(case: Own, **files: str | bytes) -> Own:
    """Write evidence at paths (two underscores are a slash, the last one the dot) and read it."""
    for name, text in files.items():
        written(case, ".".join(name.replace("__", "/").rsplit("_", 1)), text)
    return case.ingest()


def written(case: Own, name: str, text: str | bytes) -> None:
    path = case.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def collected(trial: Make, log: str | bytes, *more: str, base: str = MAY + KEPT, data: str = RECORDS) -> Own:
    """Give a case with a log of Microsoft-Extractor-Suite and the records of a month beside it."""
    case = trial(*more, base=base)
    written(case, LOG, log)
    written(case, DATA, data)
    return case.ingest()


def test_a_window_that_the_tool_skipped_was_not_collected_and_can_be(trial: Make) -> None:
    case = collected(trial, suite(*STARTED, SKIPPED, *ENDED))
    assert case.codes == [0]
    assert case.gaps("basis", "mendable") == [
        ("not_collected", "05-10", "05-11T06:00", "attestation", True),
    ]
    assert case.ask("mail-read", mailbox="carol@contoso.com")["verdict"] == "unknown"
    (event,) = [row for row in case.rows("events", "--action", "collect", "--columns", "event_id,outcome,outcome_detail") if row["outcome"] == "failure"]
    assert case.rows("gaps")[0]["evidence"] == [event["event_id"]]
    assert "Skipping" in event["outcome_detail"]


def test_without_a_skipped_window_the_same_export_is_whole(trial: Make) -> None:
    case = collected(trial, suite(*STARTED, *ENDED))
    assert case.gaps() == []
    assert case.ask("mail-read", mailbox="carol@contoso.com")["verdict"] == "absent"
