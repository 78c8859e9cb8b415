"""What a configuration export does not say is never taken for a promise: no absence rests on it."""

import json
from pathlib import Path
from typing import Any

import pytest
from own_case import MAY, TAKEN, Make, Own
from vendor_logs import ALICE, lines, mail, trail, windows

TRAIL = {
    "trailList": [
        {
            "Name": "main",
            "S3BucketName": "logs",
            "IsMultiRegionTrail": True,
            "TrailARN": "arn:aws:cloudtrail:us-east-1:123456789012:trail/main",
            "LogFileValidationEnabled": True,
        }
    ]
}
LATE = json.dumps({"Records": [trail(f"2023-05-{day}T12:00:00Z") for day in range(20, 32)]})
LOGONS = lines(*(windows(f"2023-05-{day:02}T12:00:00.000000Z", day) for day in range(1, 20)))


def imported(own: Own, folder: Path, *words: str, **exports: Any) -> Own:
    for name, told in exports.items():
        path = folder / name.replace("_", ".")
        path.write_text(told if isinstance(told, str) else json.dumps(told))
        assert own.run("policy", "import", path, *words).code == 0
    return own


def rule(**more: Any) -> dict[str, Any]:
    return {"Rules": [{"ID": "r", "Status": "Enabled", "Filter": {"Prefix": ""}, **more}]}


@pytest.mark.parametrize(
    "told",
    [
        rule(Expiration={"Date": "2023-05-20T00:00:00Z"}),
        rule(Expiration={"Days": 10}, Filter={"ObjectSizeLessThan": 500_000}),
        rule(Expiration={"Days": 10}, Filter={"And": {"Prefix": "AWSLogs/", "ObjectSizeGreaterThan": 0}}),
        rule(Expiration={"Days": 10}, Filter={"Tag": {"Key": "keep", "Value": "no"}}),
    ],
    ids=["on a day", "small ones", "all but empty ones", "tagged ones"],
)
def test_a_rule_that_deletes_some_objects_leaves_the_limit_unknown(trial: Make, tmp_path: Path, told: Any) -> None:
    own = imported(
        trial(base=MAY + TAKEN).ingest(t_json=LATE), tmp_path, "--set", "bucket=logs", a_json=TRAIL, b_json=told
    )
    assert [each[:3] for each in own.gaps()] == [("unknown", "05-01", "05-20T12:00")]
    assert own.ask("sign-in-by", actor="nobody")["verdict"] == "unknown"


@pytest.mark.parametrize(
    ("status", "gap"),
    [
        ({"IsLogging": True, "StartLoggingTime": "2023-05-19T00:00:00Z"}, ("not_enabled", "05-01", "05-19")),
        ({"IsLogging": False}, ("not_enabled", "05-01", "06-01")),
    ],
    ids=["first started", "never started"],
)
def test_a_trail_that_never_was_stopped_was_off_before_its_start(
    trial: Make, tmp_path: Path, status: dict[str, Any], gap: tuple[str, str, str]
) -> None:
    exports = {"a_json": TRAIL, "b_json": {"Rules": []}, "c_json": status}
    own = imported(trial(base=MAY + TAKEN).ingest(t_json=LATE), tmp_path, "--set", "bucket=logs", **exports)
    assert own.gaps() == [gap]


def test_subcategories_audited_by_half_leave_the_other_half_unrecorded(trial: Make, tmp_path: Path) -> None:
    head = "Machine Name,Policy Target,Subcategory,Subcategory GUID,Inclusion Setting,Exclusion Setting\n"
    told = head + "DC01,System,Logon,{0CCE9215-69AE-11D9-BED3-505054503030},Success,\n"
    own = imported(trial(base=MAY + TAKEN).ingest(w_jsonl=LOGONS), tmp_path, a_csv=told)
    assert own.ask("password-spray", "--from", "2023-05-02", "--to", "2023-05-18")["verdict"] == "unknown"


def test_a_channel_that_is_switched_off_today_proves_no_silence(trial: Make, tmp_path: Path) -> None:
    told = "name: Security\nenabled: false\nowningPublisher:\nlogging:\n  retention: false\n  autoBackup: false\n  maxSize: 20971520\n"
    own = imported(trial(base=MAY + TAKEN).ingest(w_jsonl=LOGONS), tmp_path, "--set", "host=dc01", a_txt=told)
    assert own.ask("sign-in-by", "--from", "2023-05-02", actor="nobody")["verdict"] == "unknown"


def test_an_audit_policy_promises_nothing_of_the_time_before_it_was_made(trial: Make, tmp_path: Path) -> None:
    told = [
        {"Name": "p", "RetentionDuration": "TenYears", "UserIds": [ALICE], "WhenChangedUTC": "2023-05-30T00:00:00Z"}
    ]
    events = lines(*(mail(f"2023-05-{day}T12:00:00Z", user=ALICE) for day in range(25, 32)))
    base = MAY.replace("2023-05-01", "2020-05-01") + TAKEN
    own = imported(trial(base=base).ingest(m_json=events), tmp_path, a_json=told)
    assert own.ask("sign-in-by", actor=ALICE)["verdict"] == "unknown"
