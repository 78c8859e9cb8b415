"""Configuration exports of Azure, Microsoft 365, Google Cloud and Terraform."""

from typing import Any

import pytest
from importing import Importing, days

SUBSCRIPTION = "/subscriptions/381e2f31-1110-4f20-b388-2d1f049c71b4"
GROUP = f"{SUBSCRIPTION}/resourceGroups/rg"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts"
WORKSPACE = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/law"
DAY = 86_400_000_000


def setting(resource: str, *categories: str, **to: Any) -> dict[str, Any]:
    logs = [
        {"category": category, "enabled": True, "retentionPolicy": {"days": 0, "enabled": False}}
        for category in categories
    ]
    return {"id": f"{resource}/providers/microsoft.insights/diagnosticSettings/d", "name": "d", "logs": logs, **to}


BLOBS = setting(
    f"{ACCOUNT}/proddumps/blobServices/default",
    "StorageRead",
    "StorageWrite",
    "StorageDelete",
    storageAccountId=f"{ACCOUNT}/logs",
)


def test_sign_ins_that_go_to_a_workspace_are_kept_as_their_table_is(imported: Importing) -> None:
    aadiam = setting("/providers/microsoft.aadiam", "SignInLogs", "AuditLogs", workspaceId=WORKSPACE)
    tables = [
        {
            "id": f"{WORKSPACE}/tables/SigninLogs",
            "name": "SigninLogs",
            "retentionInDays": 90,
            "totalRetentionInDays": 730,
        }
    ]
    told = imported(a_json={"value": [aadiam]}, b_json={"id": WORKSPACE, "retentionInDays": 30}, c_json=tables)
    signins, audit = told["entra.signin.interactive/*", "workspace"], told["entra.audit/*", "workspace"]
    assert (days(signins), signins["archive_after"], signins["grace"]) == ([730], 90 * DAY, 30 * DAY)
    assert (days(audit), audit["archive_after"]) == ([30], None)


def test_blob_logs_are_deleted_by_the_management_policy_of_their_account(imported: Importing) -> None:
    rules = [
        {
            "enabled": True,
            "definition": {
                "actions": {"baseBlob": {"delete": {"daysAfterModificationGreaterThan": 90.0}}},
                "filters": {"prefixMatch": ["insights-logs-"], "blobTypes": ["appendBlob"]},
            },
        }
    ]
    management = {"id": f"{ACCOUNT}/logs/managementPolicies/default", "policy": {"rules": rules}}
    policy = imported(a_json=[BLOBS], b_json=management)["azure.storage/proddumps", "native"]
    assert (days(policy), policy["anchor"], policy["lag"]) == ([90], "creation", (0, 2 * DAY))


def test_an_account_without_rules_deletes_nothing(imported: Importing) -> None:
    management = {"id": f"{ACCOUNT}/logs/managementPolicies/default", "policy": {"rules": []}}
    assert imported(a_json=[BLOBS], b_json=management)["azure.storage/proddumps", "native"]["semantics"] == "none"


def test_kinds_of_access_that_are_not_logged_are_not_enabled(imported: Importing) -> None:
    imported(
        a_json=[
            setting(f"{ACCOUNT}/proddumps/blobServices/default", "StorageWrite", storageAccountId=f"{ACCOUNT}/logs")
        ]
    )
    (narrow,) = [one for one in imported.all() if one["where"]]
    assert (narrow["where"], narrow["enabled"]) == ({"category": ("storageread", "storagedelete")}, ())


def test_the_limit_that_a_setting_gave_was_stamped_on_each_file(imported: Importing) -> None:
    """T08: Azure's own retention of 180 days stays with what was written under it."""
    blobs = setting(f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv", storageAccountId=f"{ACCOUNT}/logs")
    blobs["logs"] = [{"category": "AuditEvent", "enabled": True, "retentionPolicy": {"days": 180, "enabled": True}}]
    policy = imported(a_json=[blobs])["azure.keyvault/kv", "native"]
    assert (policy["semantics"], days(policy)) == ("stamped", [180])


def test_classic_storage_logging_says_how_long_and_of_what(imported: Importing) -> None:
    told = {
        "blob": {
            "delete": True,
            "read": False,
            "write": True,
            "retentionPolicy": {"days": 30, "enabled": True},
            "version": "1.0",
        }
    }
    imported({"account": "legacy"}, a_json=told)
    off, kept = sorted(imported.all(), key=lambda one: not one["where"])
    assert (off["where"], off["enabled"]) == ({"category": ("read",)}, ())
    assert (kept["stream"], days(kept)) == ("azure.storage_classic/legacy", [30])


def test_an_audit_retention_policy_stamps_the_records_it_matches(imported: Importing) -> None:
    rule = {
        "Name": "mail",
        "RetentionDuration": "TenYears",
        "RecordTypes": ["ExchangeItemAggregated"],
        "Operations": [],
        "UserIds": ["Avery@contoso.com"],
        "Priority": 10,
        "Enabled": True,
        "WhenChangedUTC": "2023-01-05T00:00:00",
    }
    (policy,) = imported(a_json=[rule]).values()
    assert policy["where"] == {"record_type": ("exchangeitemaggregated",), "actor": ("avery@contoso.com",)}
    assert (policy["semantics"], days(policy), policy["priority"]) == ("stamped", [90, 3653], 10)


def test_the_audit_log_is_on_since_its_first_opt_in(imported: Importing) -> None:
    (policy,) = imported(
        a_json={"UnifiedAuditLogIngestionEnabled": True, "UnifiedAuditLogFirstOptInDate": "2020-02-01T00:00:00Z"}
    ).values()
    assert policy["enabled"][0][0] == 1_580_515_200_000_000


def test_a_mailbox_whose_readings_are_not_audited_is_named(imported: Importing) -> None:
    both = {"AuditEnabled": True, "AuditLogAgeLimit": "90.00:00:00", "AuditDelegate": [], "AuditAdmin": []}
    quiet = {
        **both,
        "UserPrincipalName": "robin@contoso.com",
        "DefaultAuditSet": ["Admin", "Delegate"],
        "AuditOwner": ["Update", "MoveToDeletedItems"],
    }
    usual = {
        **both,
        "UserPrincipalName": "kim@contoso.com",
        "DefaultAuditSet": ["Admin", "Delegate", "Owner"],
        "AuditOwner": ["Update"],
    }
    (policy,) = imported(a_json=[quiet, usual]).values()
    assert policy["where"] == {"mailbox": ("robin@contoso.com",), "operation": ("mailitemsaccessed",)}
    assert policy["enabled"] == ()


def test_who_bypasses_the_audit_is_named(imported: Importing) -> None:
    (policy,) = imported(
        a_json=[{"Name": "svc", "AuditBypassEnabled": True}, {"Name": "kim", "AuditBypassEnabled": False}]
    ).values()
    assert policy["where"]["actor"] == ("svc",)


@pytest.mark.parametrize(
    ("plan", "word"),
    [("AAD_PREMIUM_P2", "entra-p2"), ("AAD_PREMIUM", "entra-p1"), ("EXCHANGE_S_STANDARD", "entra-free")],
)
def test_licences_choose_the_plan_of_sign_ins(imported: Importing, plan: str, word: str) -> None:
    sku = {"SkuPartNumber": "X", "CapabilityStatus": "Enabled", "ServicePlans": [{"ServicePlanName": plan}]}
    told = imported(a_json=[sku])
    assert told["entra.signin.*", "native"]["plan"] == word


def test_log_buckets_and_a_sink_are_two_copies(imported: Importing) -> None:
    base = "projects/contoso-prod/locations/global/buckets"
    buckets = [
        {"name": f"{base}/{name}", "retentionDays": kept}
        for name, kept in (("_Required", 400), ("_Default", 30), ("long", 3650))
    ]
    sink = {
        "name": "to-long",
        "destination": f"logging.googleapis.com/{base}/long",
        "writerIdentity": "serviceAccount:service-1@gcp-sa-logging.iam.gserviceaccount.com",
    }
    imported({"project": "contoso-prod"}, a_json=buckets, b_json=[sink])
    told = {(one["store"], bool(one["where"])): days(one) for one in imported.all()}
    assert told == {("native", True): [400], ("native", False): [30], ("sink to-long", False): [3650]}
    assert {one["stream"] for one in imported.all()} == {"gcp.audit/contoso-prod"}


def test_exempted_members_leave_no_trace_of_data_access(imported: Importing) -> None:
    logs = [{"logType": "DATA_READ", "exemptedMembers": ["user:kim@contoso.com"]}]
    told = imported(
        {"project": "p"},
        a_json={"auditConfigs": [{"service": "allServices", "auditLogConfigs": logs}], "bindings": [], "etag": "x"},
    )
    (policy,) = told.values()
    assert (policy["where"], policy["enabled"]) == ({"log": ("data_access",), "actor": ("kim@contoso.com",)}, ())


def test_a_terraform_state_says_the_same_as_the_exports(imported: Importing) -> None:
    def resource(kind: str, **values: Any) -> dict[str, Any]:
        return {"address": f"{kind}.x", "mode": "managed", "type": kind, "values": values}

    resources = [
        resource(
            "aws_cloudtrail",
            name="main",
            s3_bucket_name="trail",
            is_multi_region_trail=True,
            arn="arn:aws:cloudtrail:us-east-1:111122223333:trail/main",
        ),
        resource("aws_s3_bucket_logging", bucket="dumps", target_bucket="trail", target_prefix="s3/"),
        resource(
            "azurerm_monitor_aad_diagnostic_setting",
            name="d",
            log_analytics_workspace_id=WORKSPACE,
            enabled_log=[{"category": "SignInLogs"}],
        ),
        resource(
            "google_logging_project_bucket_config",
            project="p",
            location="global",
            bucket_id="_Default",
            retention_days=45,
        ),
    ]
    rule = {"status": "Enabled", "filter": [{"prefix": ""}], "expiration": [{"days": 365}], "transition": []}
    child = {"resources": [resource("aws_s3_bucket_lifecycle_configuration", bucket="trail", rule=[rule])]}
    child["resources"].append(resource("azurerm_log_analytics_workspace", id=WORKSPACE, retention_in_days=120))
    state = {
        "terraform_version": "1.9.0",
        "values": {"root_module": {"resources": resources, "child_modules": [child]}},
    }
    told = {key: days(one) for key, one in imported(a_json=state).items()}
    assert told == {
        ("aws.cloudtrail/111122223333/*", "native"): [365],
        ("aws.s3access/dumps", "native"): [365],
        ("entra.signin.interactive/*", "workspace"): [120],
        ("gcp.audit/p", "native"): [45],
    }


def test_a_rule_that_no_log_is_known_to_go_to_is_told_and_not_used(imported: Importing) -> None:
    path = imported.folder / "w.json"
    path.write_text(f'{{"id": "{WORKSPACE}", "retentionInDays": 30}}')
    found = imported.case.import_policies([path])
    assert found.resolved.policies == ()
    ((evidence, why),) = found.resolved.unused
    assert "w.json" in evidence
    assert "no import says that a log is written there" in why
