"""Reports of secret scanners: a verdict is one only where the scan was whole, and no time is invented."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from timeline import Case, catalog
from timeline.case.context import Context
from timeline.case.ingest import Ingest
from timeline.case.store import writer

Read = Callable[..., list[dict[str, Any]]]
UNDATED = "when it was scanned is not stated: no later than the collection"
LEAK = {
    "RuleID": "aws-access-token",
    "Description": "AWS",
    "StartLine": 7,
    "File": "config/deploy.env",
    "Secret": "AKIAIOSFODNN7EXAMPLE",
    "Commit": "1f0e",
    "Date": "2023-02-01T10:00:00Z",
}
FOUND = {
    "SourceMetadata": {"Data": {"Filesystem": {"file": "/dumps/signer.dmp", "line": 1}}},
    "DetectorName": "PrivateKey",
    "Verified": False,
    "Raw": "EXAMPLE",
}


def finished(at: str, verified: int = 0, unverified: int = 0, chunks: int = 9) -> dict[str, Any]:
    counts = {"chunks": chunks, "verified_secrets": verified, "unverified_secrets": unverified}
    return {"level": "info-0", "ts": at, "logger": "trufflehog", "msg": "finished scanning", **counts}


def sarif(*runs: dict[str, Any]) -> str:
    return json.dumps({"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": runs})


def run(results: list[dict[str, Any]] | None, tool: str = "noseyparker", **invocation: Any) -> dict[str, Any]:
    told = {"tool": {"driver": {"name": tool}}, "invocations": [{"executionSuccessful": True, **invocation}]}
    return told if results is None else {**told, "results": results}


def finding(rule: str, uri: str) -> dict[str, Any]:
    return {"ruleId": rule, "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri}}}]}


def test_the_date_of_a_commit_is_not_the_time_of_the_scan(read: Read) -> None:
    (event,) = read(LEAK)
    assert (event["time"], event["time_precision"]) == ("2024-02-01 00:00:00", "day")
    assert event["outcome_detail"].endswith(UNDATED)
    assert (event["action"], event["outcome"], event["object"], event["credential_id"]) == (
        "secret.scan",
        "success",
        "config/deploy.env",
        "AKIAIOSFODNN7EXAMPLE",
    )


@pytest.mark.parametrize("report", [json.dumps([LEAK]), json.dumps(FOUND), sarif(run([], tool="gitleaks"))])
def test_without_a_collection_an_undated_report_is_rejected(tmp_path: Path, report: str) -> None:
    path = tmp_path / "report.json"
    path.write_text(report)
    with writer(tmp_path / "case.duckdb") as connection:
        Ingest(connection, catalog.sources(), Context(), None).run([path])
        assert connection.execute("SELECT count(*) FROM event").fetchall() == [(0,)]
        ((reason,),) = connection.execute("SELECT reason FROM rejected").fetchall()
    assert "its time is missing" in reason


def test_a_finding_takes_the_time_at_which_its_scan_ended(read: Read) -> None:
    first, _, second, _ = read(
        FOUND, finished("2023-07-11T21:00:06Z", unverified=1), FOUND, finished("2023-07-11T22:00:06Z", unverified=1)
    )
    assert (first["time"], second["time"]) == ("2023-07-11 21:00:06", "2023-07-11 22:00:06")
    assert (first["object"], first["outcome_detail"]) == ("/dumps/signer.dmp", "found: PrivateKey, unverified")


def test_a_scan_that_found_nothing_is_a_verdict(read: Read) -> None:
    (event,) = read(finished("2023-07-11T21:00:06Z"))
    assert (event["action"], event["outcome"], event["outcome_detail"]) == ("secret.scan", "success", "nothing found")


def test_a_scan_of_nothing_is_no_verdict(read: Read) -> None:
    (event,) = read(finished("2023-07-11T21:00:06Z", chunks=0))
    assert (event["outcome"], event["outcome_detail"]) == ("unknown", "nothing found, nothing was scanned")


def test_a_scan_with_errors_is_no_verdict(read: Read) -> None:
    error = {"level": "error", "ts": "2023-07-11T21:00:00Z", "logger": "trufflehog", "msg": "error", "error": "denied"}
    first, second = read(error, finished("2023-07-11T21:00:06Z"))
    assert (first["action"], first["outcome_detail"]) == ("service.event", "denied")
    assert (second["outcome"], second["outcome_detail"]) == ("unknown", "nothing found, the scan had errors")


def test_an_object_in_a_bucket_is_named_as_elsewhere(read: Read) -> None:
    place = {"SourceMetadata": {"Data": {"S3": {"bucket": "contoso", "file": "dumps/a.dmp"}}}, "DetectorName": "AWS"}
    event, _ = read({**place, "Verified": True}, finished("2023-07-11T21:00:06Z", verified=1))
    assert (event["object"], event["outcome_detail"]) == ("s3://contoso/dumps/a.dmp", "found: AWS, verified")


def test_sarif_states_when_and_what(read: Read) -> None:
    report = run([finding("pem", "a.dmp")], endTimeUtc="2023-07-11T20:05:30.250Z", startTimeUtc="2023-07-11T20:00:00Z")
    (event,) = read(sarif(report), name="x.sarif")
    assert (event["time"], event["object"], event["outcome"], event["outcome_detail"]) == (
        "2023-07-11 20:05:30.25",
        "a.dmp",
        "success",
        "found 1: pem in a.dmp",
    )


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ([run([])], ("success", "nothing found", "secret.scan")),
        ([run(None)], ("unknown", "a run has no results: no verdict", "secret.scan")),
        ([run([]), run(None)], ("unknown", "a run has no results: no verdict", "secret.scan")),
        ([run([], executionSuccessful=False)], ("failure", "nothing found", "secret.scan")),
        ([run([], tool="CodeQL")], ("unknown", "nothing found", "other")),
    ],
)
def test_only_a_whole_scan_for_secrets_is_a_verdict(read: Read, runs: list[Any], said: tuple[str, str, str]) -> None:
    for each in runs:
        each["invocations"][0]["endTimeUtc"] = "2023-07-11T20:05:30Z"
    (event,) = read(sarif(*runs), name="x.sarif")
    assert (event["outcome"], event["outcome_detail"], event["action"]) == said


def test_an_undated_sarif_says_so(read: Read) -> None:
    (event,) = read(sarif(run([], tool="gitleaks")), name="x.sarif")
    assert event["outcome_detail"] == f"nothing found, {UNDATED}"


def test_the_question_finds_verdicts_and_a_missing_one_stays_unknown(tmp_path: Path) -> None:
    day = dt.date(2023, 7, 11)
    (tmp_path / "case.toml").write_text(f'[case]\nname = "x"\nfrom = {day}\nto = {day + dt.timedelta(days=1)}\n')
    report = run([finding("pem", "a.dmp")], endTimeUtc="2023-07-11T20:05:30Z")
    (tmp_path / "x.sarif").write_text(sarif(report))
    with Case.open(tmp_path) as case:
        case.ingest(tmp_path / "x.sarif")
        assert case.query("secret-scan-verdict", {"object": "a.dmp"})["outcome_detail"].to_list() == [
            "found 1: pem in a.dmp"
        ]
        assert case.ask("secret-scan-verdict", {"object": "b.dmp"})["verdict"].to_list() == ["unknown"]
