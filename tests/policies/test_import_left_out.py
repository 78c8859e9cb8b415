"""What a configuration leaves out is never covered: half of the events, some sources, a sink's exclusions, a stopped trail."""

from typing import Any

import pytest
from importing import Importing

from timeline.api import Case

ARN = "arn:aws:cloudtrail:us-east-1:111122223333:trail/main"
TRAIL = {"Name": "main", "S3BucketName": "logs", "IsMultiRegionTrail": True, "TrailARN": ARN}
ITEMS = ("exchangeitem", "exchangeitemgroup", "exchangeitemaggregated")
JUNE = 1_685_577_600_000_000
Left = list[tuple[dict[str, tuple[str, ...]], tuple[object, ...]]]


def left_out(imported: Importing) -> Left:
    """Give what is said of parts of streams: which part, and when it was on."""
    return [(one["where"], one["enabled"]) for one in imported.all() if one["where"]]


def select(**more: Any) -> dict[str, Any]:
    return {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": [], **more}


@pytest.mark.parametrize(
    ("selectors", "missing"),
    [
        ([select()], []),
        ([select(ReadWriteType="WriteOnly")], [{"read_only": ("true",)}]),
        ([select(ReadWriteType="ReadOnly")], [{"read_only": ("false",)}]),
        ([select(ReadWriteType="ReadOnly"), select(ReadWriteType="WriteOnly")], []),
        ([select(ReadWriteType="ReadOnly"), select()], []),
        ([select(), select(IncludeManagementEvents=False)], []),
        (
            [select(ExcludeManagementEventSources=["kms.amazonaws.com"])],
            [{"event_source": ("kms.amazonaws.com",)}],
        ),
    ],
)
def test_half_of_the_management_events_or_a_source_of_them_may_be_missing(
    imported: Importing, selectors: list[dict[str, Any]], missing: list[dict[str, tuple[str, ...]]]
) -> None:
    imported(a_json={"trailList": [TRAIL]}, b_json={"TrailARN": ARN, "EventSelectors": selectors})
    assert left_out(imported) == [({"category": ("management",), **part}, ()) for part in missing]


def advanced(category: str, *more: dict[str, Any]) -> dict[str, Any]:
    return {"Name": category, "FieldSelectors": [{"Field": "eventCategory", "Equals": [category]}, *more]}


@pytest.mark.parametrize(
    ("selectors", "missing"),
    [
        ([advanced("Management")], []),
        ([advanced("Data")], [{}]),
        ([advanced("Management", {"Field": "readOnly", "Equals": ["true"]})], [{"selector": ("not Management",)}]),
        ([advanced("Management", {"Field": "readOnly", "Equals": ["true"]}), advanced("Management")], []),
    ],
)
def test_advanced_selectors_must_ask_for_management_events_without_conditions(
    imported: Importing, selectors: list[dict[str, Any]], missing: list[dict[str, tuple[str, ...]]]
) -> None:
    imported(a_json={"trailList": [TRAIL]}, b_json={"TrailARN": ARN, "AdvancedEventSelectors": selectors})
    assert left_out(imported) == [({"category": ("management",), **part}, ()) for part in missing]


@pytest.mark.parametrize(
    ("status", "enabled"),
    [
        ({"IsLogging": True, "StartLoggingTime": "2023-06-01T00:00:00Z"}, [JUNE]),
        (
            {
                "IsLogging": True,
                "StopLoggingTime": "2023-05-01T00:00:00Z",
                "StartLoggingTime": "2023-06-01T00:00:00Z",
            },
            [None, JUNE],
        ),
        ({"IsLogging": False}, []),
    ],
)
def test_a_trail_is_on_since_it_was_started_and_never_if_it_was_never_started(
    imported: Importing, status: dict[str, Any], enabled: list[int | None]
) -> None:
    (policy,) = imported(a_json={"trailList": [TRAIL]}, b_json=status).values()
    assert [start if start == JUNE else None for start, _ in policy["enabled"]] == enabled


def sink(name: str, **more: Any) -> dict[str, Any]:
    bucket = "logging.googleapis.com/projects/p/locations/global/buckets/_Default"
    return {"name": name, "destination": bucket, "writerIdentity": "serviceAccount:project-p@example.com", **more}


@pytest.mark.parametrize(
    ("more", "narrowed"),
    [
        ({}, None),
        ({"disabled": True}, False),
        ({"exclusions": [{"name": "quiet", "filter": "severity<ERROR"}]}, True),
        ({"exclusions": [{"name": "quiet", "filter": "severity<ERROR", "disabled": True}]}, None),
    ],
)
def test_the_default_sink_may_be_off_or_leave_records_out(
    imported: Importing, more: dict[str, Any], narrowed: bool | None
) -> None:
    imported({"project": "p"}, a_json=[sink("_Default", **more), sink("_Required")])
    told = [("selector" in where, enabled) for where, enabled in left_out(imported)]
    assert told == ([] if narrowed is None else [(narrowed, ())])


def test_a_sink_with_a_filter_is_a_copy_of_some_records_and_one_that_is_off_is_none(imported: Importing) -> None:
    elsewhere = {"destination": "storage.googleapis.com/archive"}
    sinks = [sink("some", filter="severity>=ERROR", **elsewhere), sink("off", disabled=True)]
    imported({"project": "p"}, a_json=sinks)
    assert [(one["store"], one["where"]) for one in imported.all()] == [("sink some", {"selector": ("sink some",)})]


def test_a_copy_of_which_no_import_says_how_long_it_is_kept_leaves_what_others_lost_unknown(
    imported: Importing,
) -> None:
    bucket = {"name": "projects/p/locations/global/buckets/_Default", "retentionDays": 30}
    (imported.case.root / "case.toml").write_text(
        "[case]\nfrom = 2023-01-01\nto = 2023-02-01\n"
        '[[collection]]\nid = "c"\ncollected_at = 2023-06-01T00:00:00Z\nstreams = ["gcp.audit/p"]\n'
    )
    imported.case.ingest([])
    imported(a_json=[bucket])
    with Case.open(imported.case.root) as case:
        assert case.gaps()["state"].unique().to_list() == ["expired"]
    imported({"project": "p"}, b_json=[sink("all", destination="storage.googleapis.com/archive")])
    with Case.open(imported.case.root) as case:
        assert case.gaps()["state"].unique().to_list() == ["unknown"]


def test_a_subcategory_that_is_audited_by_half_leaves_the_other_half_out(imported: Importing) -> None:
    told = "Machine Name,Policy Target,Subcategory,Subcategory GUID,Inclusion Setting,Exclusion Setting\n"
    imported(a_csv=f"{told}DC01,System,Logon,{{0CCE9215}},Success,\nDC01,System,Logoff,{{0CCE9216}},Failure,\n")
    assert left_out(imported) == [
        ({"subcategory": ("Logon",), "outcome": ("failure",)}, ()),
        ({"subcategory": ("Logoff",), "outcome": ("success",)}, ()),
    ]


@pytest.mark.parametrize(
    ("action", "overflow"),
    [("ROTATE", "drop_oldest"), ("keep_logs", "block"), ("suspend", "drop_newest"), ("halt", "drop_newest")],
)
def test_a_full_audit_log_of_a_host_drops_what_its_setting_says(
    imported: Importing, action: str, overflow: str
) -> None:
    (policy,) = imported({"host": "Web-1"}, a_conf=f"max_log_file_action = {action}\nnum_logs = 5\n").values()
    assert (policy["stream"], policy["semantics"], policy["overflow"]) == ("linux.audit/web-1", "ring", overflow)


def test_a_channel_that_is_off_is_not_enabled(imported: Importing) -> None:
    told = "name: Microsoft-Windows-PowerShell/Operational\nenabled: false\nowningPublisher:\n  maxSize: 1052672\n"
    (policy,) = imported({"host": "dc01"}, a_txt=told).values()
    assert (policy["stream"], policy["enabled"]) == ("windows.microsoft-windows-powershell/dc01*", ())


@pytest.mark.parametrize(
    ("told", "part"),
    [
        ({"UnifiedAuditLogIngestionEnabled": False}, {}),
        ({"AuditDisabled": True, "Name": "contoso", "OrganizationId": "x"}, {"record_type": ITEMS}),
    ],
)
def test_an_organisation_without_audit_has_no_records(
    imported: Importing, told: dict[str, Any], part: dict[str, tuple[str, ...]]
) -> None:
    (policy,) = imported(a_json=told).values()
    assert (policy["stream"], policy["enabled"], policy["where"]) == ("m365.audit/*", (), part)


def test_an_audit_policy_that_is_switched_off_or_of_an_unknown_duration_keeps_nothing_longer(
    imported: Importing,
) -> None:
    rule = {"Name": "r", "RetentionDuration": "TenYears", "RecordTypes": ["ExchangeItem"], "Priority": 1}
    imported(a_json=[{**rule, "Enabled": False}, {**rule, "RetentionDuration": "AThousandYears"}])
    assert imported.all() == []


def resource(kind: str, **values: Any) -> dict[str, Any]:
    return {"address": f"{kind}.x", "mode": "managed", "type": kind, "values": values}


def state(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"terraform_version": "1.9.0", "values": {"root_module": {"resources": list(resources)}}}


def test_a_terraform_state_tells_locks_management_policies_and_exempted_members(imported: Importing) -> None:
    account = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts"
    aged = {"delete_after_days_since_modification_greater_than": 30}
    rule = {"enabled": True, "filters": [{"prefix_match": []}], "actions": [{"base_blob": [aged]}]}
    gone = {"status": "Enabled", "filter": [{"prefix": ""}], "expiration": [{"days": 10}]}
    told = imported(
        a_json=state(
            resource("aws_cloudtrail", name="main", s3_bucket_name="trail", is_multi_region_trail=True, arn=ARN),
            resource("aws_s3_bucket_lifecycle_configuration", bucket="trail", rule=[gone]),
            resource(
                "aws_s3_bucket_object_lock_configuration",
                bucket="trail",
                rule=[{"default_retention": [{"mode": "COMPLIANCE", "days": 365}]}],
            ),
            resource(
                "azurerm_monitor_diagnostic_setting",
                name="d",
                target_resource_id=f"{account}/dumps/blobServices/default",
                storage_account_id=f"{account}/logs",
                enabled_log=[{"category": each} for each in ("StorageRead", "StorageWrite", "StorageDelete")],
            ),
            resource("azurerm_storage_management_policy", storage_account_id=f"{account}/logs", rule=[rule]),
            resource(
                "google_project_iam_audit_config",
                project="p",
                service="allServices",
                audit_log_config=[{"log_type": "DATA_READ", "exempted_members": ["user:kim@contoso.com"]}],
            ),
        )
    )
    limits = {key: [limit.keep // 86_400_000_000 for limit in one["retention"]] for key, one in told.items()}
    assert limits["aws.cloudtrail/111122223333/*", "native"] == [365]
    assert limits["azure.storage/dumps", "native"] == [30]
    assert left_out(imported) == [({"log": ("data_access",), "actor": ("kim@contoso.com",)}, ())]
