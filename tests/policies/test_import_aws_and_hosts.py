"""Configuration exports of AWS and of hosts: what they say becomes policies, what they do not say stays unknown."""

from typing import Any

import pytest
from importing import Importing, days

from timeline.api import Case
from timeline.errors import CaseError

TRAIL = {
    "Name": "main",
    "S3BucketName": "contoso-trail",
    "IsMultiRegionTrail": True,
    "HomeRegion": "us-east-1",
    "TrailARN": "arn:aws:cloudtrail:us-east-1:111122223333:trail/main",
    "LogFileValidationEnabled": True,
    "IsOrganizationTrail": False,
}
TRAILS = {"trailList": [TRAIL]}


def rule(**more: Any) -> dict[str, Any]:
    return {"ID": "r", "Status": "Enabled", "Filter": {"Prefix": ""}, **more}


def test_a_trail_takes_its_limit_from_the_lifecycle_of_its_bucket(imported: Importing) -> None:
    lifecycle = {"Rules": [rule(Expiration={"Days": 400}, Transitions=[{"Days": 90, "StorageClass": "GLACIER"}])]}
    (policy,) = imported({"bucket": "contoso-trail"}, a_json=TRAILS, b_json=lifecycle).values()
    assert (policy["stream"], policy["store"], policy["basis"]) == (
        "aws.cloudtrail/111122223333/*",
        "native",
        "imported",
    )
    assert days(policy) == [400]
    assert policy["archive_after"] == 90 * 86_400_000_000
    assert (policy["anchor"], policy["rounding"]) == ("creation", "day")
    assert "describe-trails" in policy["evidence"]
    assert "get-bucket-lifecycle-configuration" in policy["evidence"]


def test_the_order_of_imports_does_not_matter(imported: Importing) -> None:
    lifecycle = {"Rules": [rule(Expiration={"Days": 400})]}
    (policy,) = imported({"bucket": "contoso-trail"}, b_json=lifecycle, a_json=TRAILS).values()
    assert days(policy) == [400]


@pytest.mark.parametrize("prefix", ["*", "logs/"])
def test_a_prefix_is_literal_so_a_rule_for_another_one_deletes_nothing(imported: Importing, prefix: str) -> None:
    """T24: Filter.Prefix "*" matches no key that begins with AWSLogs/."""
    lifecycle = {"Rules": [rule(Filter={"Prefix": prefix}, Expiration={"Days": 1})]}
    (policy,) = imported({"bucket": "contoso-trail"}, a_json=TRAILS, b_json=lifecycle).values()
    assert (policy["semantics"], policy["retention"]) == ("none", ())


def test_a_rule_for_a_part_of_the_prefix_leaves_the_limit_unknown(imported: Importing) -> None:
    lifecycle = {
        "Rules": [rule(Filter={"Prefix": "AWSLogs/111122223333/CloudTrail/eu-west-1/"}, Expiration={"Days": 1})]
    }
    (policy,) = imported({"bucket": "contoso-trail"}, a_json=TRAILS, b_json=lifecycle).values()
    assert (policy["semantics"], policy["retention"]) == (None, ())


def test_a_disabled_rule_does_nothing(imported: Importing) -> None:
    lifecycle = {"Rules": [rule(Status="Disabled", Expiration={"Days": 1})]}
    (policy,) = imported({"bucket": "contoso-trail"}, a_json=TRAILS, b_json=lifecycle).values()
    assert policy["semantics"] == "none"


def test_nothing_goes_before_the_object_lock(imported: Importing) -> None:
    lifecycle = {"Rules": [rule(Expiration={"Days": 30})]}
    lock = {
        "ObjectLockConfiguration": {
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 90}},
        }
    }
    (policy,) = imported({"bucket": "contoso-trail"}, a_json=TRAILS, b_json=lifecycle, c_json=lock).values()
    assert days(policy) == [90]


def test_a_trail_that_was_stopped_is_on_only_until_then(imported: Importing) -> None:
    status = {"IsLogging": False, "StartLoggingTime": "2023-01-01T00:00:00Z", "StopLoggingTime": "2023-06-01T10:00:00Z"}
    (policy,) = imported(a_json=TRAILS, b_json=status).values()
    ((_, end),) = policy["enabled"]
    assert end == 1_685_613_600_000_000


def test_the_status_of_one_of_two_trails_must_say_which(imported: Importing) -> None:
    two = {"trailList": [TRAIL, {**TRAIL, "Name": "second", "S3BucketName": "other"}]}
    status = {"IsLogging": False, "StopLoggingTime": "2023-06-01T10:00:00Z"}
    told = imported(a_json=two, b_json=status)
    assert [len(policy["enabled"]) for policy in told.values()] == [1, 1]
    told = imported({"trail": "second"}, c_json={**status, "LatestDeliveryTime": "2023-06-01T10:00:00Z"})
    assert told["aws.cloudtrail/111122223333/*", "trail second"]["enabled"][0][1] == 1_685_613_600_000_000


def test_selectors_that_leave_management_events_out_switch_them_off(imported: Importing) -> None:
    selectors = {
        "TrailARN": TRAIL["TrailARN"],
        "EventSelectors": [{"ReadWriteType": "ReadOnly", "IncludeManagementEvents": False, "DataResources": []}],
    }
    told = [one for one in imported(a_json=TRAILS, b_json=selectors).values() if one["where"]]
    assert [(one["where"], one["enabled"]) for one in told] == [({"category": ("management",)}, ())]


def test_log_groups_keep_for_ever_unless_they_say_how_long(imported: Importing) -> None:
    trail = {**TRAIL, "CloudWatchLogsLogGroupArn": "arn:aws:logs:us-east-1:111122223333:log-group:trail:*"}
    groups = {"logGroups": [{"logGroupName": "trail", "creationTime": 1_672_531_200_000, "retentionInDays": 30}]}
    told = imported(a_json={"trailList": [trail]}, b_json=groups)
    policy = told["aws.cloudtrail/111122223333/*", "native (log group)"]
    assert (days(policy), policy["lag"]) == ([30], (0, 72 * 3_600_000_000))
    assert policy["enabled"][0][0] == 1_672_531_200_000_000


def test_accesses_to_a_bucket_are_kept_as_their_target_is(imported: Importing) -> None:
    logging = {"LoggingEnabled": {"TargetBucket": "contoso-trail", "TargetPrefix": "s3/"}}
    lifecycle = {"Rules": [rule(Filter={"Prefix": "s3/"}, Expiration={"Days": 60})]}
    told = imported({"bucket": "dumps"}, a_json=logging)
    assert told["aws.s3access/dumps", "native"]["retention"] == ()
    told = imported({"bucket": "contoso-trail"}, b_json=lifecycle)
    assert days(told["aws.s3access/dumps", "native"]) == [60]


def test_an_export_that_does_not_say_its_bucket_asks_for_it(imported: Importing) -> None:
    with pytest.raises(CaseError, match="--set bucket="):
        imported(a_json={"Rules": [rule()]})


def test_a_file_that_is_no_export_changes_nothing_and_is_told_what_is_known(imported: Importing) -> None:
    imported(a_json=TRAILS)
    with pytest.raises(CaseError, match="aws cloudtrail describe-trails"):
        imported(b_json={"hello": 1})
    assert len(imported()) == 1


def test_an_export_of_a_known_kind_with_a_wrong_shape_is_named(imported: Importing) -> None:
    with pytest.raises(CaseError, match="looks like aws s3api get-bucket-logging"):
        imported({"bucket": "b"}, a_json={"LoggingEnabled": "yes"})


WEVTUTIL = "name: Security\nenabled: true\ntype: Admin\nowningPublisher:\nlogging:\n  retention: {}\n  autoBackup: false\n  maxSize: 20971520\n"


@pytest.mark.parametrize(("retention", "overflow"), [("false", "drop_oldest"), ("true", "drop_newest")])
def test_an_event_log_is_a_ring_that_overwrites_or_stops(imported: Importing, retention: str, overflow: str) -> None:
    (policy,) = imported({"host": "DC01"}, a_txt=WEVTUTIL.format(retention)).values()
    assert (policy["stream"], policy["semantics"], policy["overflow"]) == ("windows.security/dc01*", "ring", overflow)


def test_subcategories_without_auditing_are_never_there(imported: Importing) -> None:
    told = (
        "Machine Name,Policy Target,Subcategory,Subcategory GUID,Inclusion Setting,Exclusion Setting\n"
        "DC01,System,Logon,{0CCE9215-69AE-11D9-BED3-505054503030},Success and Failure,\n"
        "DC01,System,File System,{0CCE921D-69AE-11D9-BED3-505054503030},No Auditing,\n"
    )
    (policy,) = imported(a_csv=told).values()
    assert (policy["where"], policy["enabled"]) == ({"subcategory": ("File System",)}, ())


def test_a_journal_with_a_time_limit_is_a_ring_that_reaches_no_further_back_than_that(imported: Importing) -> None:
    (policy,) = imported(
        {"host": "web-1"}, a_conf="[Journal]\nStorage=persistent\nMaxRetentionSec=3month\nMaxFileSec=1week\n"
    ).values()
    (cap,) = policy["cap"]
    assert (policy["semantics"], days(policy), cap.keep // 86_400_000_000) == ("ring", [], 92)
    assert policy["purge_unit"] == 7 * 86_400_000_000


def test_a_journal_that_is_not_kept_is_never_enabled(imported: Importing) -> None:
    (policy,) = imported({"host": "web-1"}, a_conf="[Journal]\nStorage=none\n").values()
    assert policy["enabled"] == ()


def test_rotated_files_go_one_by_one(imported: Importing) -> None:
    told = "/var/log/auth.log\n{\n  rotate 4\n  weekly\n  missingok\n}\n"
    (policy,) = imported({"host": "jump-01"}, a_conf=told).values()
    assert (policy["stream"], days(policy), policy["purge_unit"]) == ("linux.auth/jump-01", [28], 7 * 86_400_000_000)


def test_what_is_declared_wins_over_what_was_imported(imported: Importing) -> None:
    imported(a_json=TRAILS)
    case = imported.case
    toml = case.root / "case.toml"
    toml.write_text('[[policy]]\nstream = "aws.cloudtrail/111122223333/*"\nretention_days = 7\n')
    with Case(case.root) as again:
        assert [one.basis for one in again.config.policies] == ["imported", "declared"]
