"""Terraform state (`terraform show -json`): its resources say the same as the platforms' own exports, under other names."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from timeline.policies.imports import aws, azure, gcp
from timeline.policies.imports.facts import Amendment, Export, Fact, Reader, Remark, has, items

Values = dict[str, Any]


def _resources(module: Values) -> Iterator[Values]:
    yield from items(module.get("resources") or [])
    for child in items(module.get("child_modules") or []):
        yield from _resources(child)


def _first(value: object) -> Values:
    """Give the one block of a nested attribute: Terraform writes it as a list."""
    return next(iter(items(value)), {})


def _trail(values: Values) -> Values:
    return {
        "trailList": [
            {
                "Name": values.get("name"),
                "S3BucketName": values.get("s3_bucket_name"),
                "S3KeyPrefix": values.get("s3_key_prefix"),
                "IsMultiRegionTrail": values.get("is_multi_region_trail"),
                "IsOrganizationTrail": values.get("is_organization_trail"),
                "HomeRegion": values.get("home_region"),
                "TrailARN": values.get("arn"),
                "LogFileValidationEnabled": values.get("enable_log_file_validation"),
                "CloudWatchLogsLogGroupArn": values.get("cloud_watch_logs_group_arn") or None,
            }
        ]
    }


def _lifecycle(values: Values) -> Values:
    return {"Rules": [_lifecycle_rule(rule) for rule in items(values.get("rule") or [])]}


SIZES = ("object_size_greater_than", "object_size_less_than")


def _lifecycle_rule(rule: Values) -> Values:
    chosen = _first(rule.get("filter") or [])
    both = _first(chosen.get("and") or [])
    gone = _first(rule.get("expiration") or [])
    moved = [
        {"Days": each.get("days"), "StorageClass": each.get("storage_class")}
        for each in items(rule.get("transition") or [])
    ]
    filtered: Values = {"Prefix": rule.get("prefix") or chosen.get("prefix") or both.get("prefix") or ""}
    if chosen.get("tag") or both.get("tags") or any(block.get(size) for block in (chosen, both) for size in SIZES):
        filtered["Tag"] = True
    return {
        "Status": rule.get("status"),
        "Filter": filtered,
        "Expiration": {key.capitalize(): gone[key] for key in ("days", "date") if gone.get(key)},
        "Transitions": [each for each in moved if each["Days"] is not None],
    }


def _setting(values: Values) -> Values:
    logs = [{**log, "enabled": True} for log in items(values.get("enabled_log") or [])] + items(values.get("log") or [])
    named = [
        {
            **log,
            "categoryGroup": log.get("category_group"),
            "retentionPolicy": _first(log.get("retention_policy") or []),
        }
        for log in logs
    ]
    directory = "/providers/microsoft.aadiam/diagnosticSettings/x"
    return {
        "id": values.get("target_resource_id") or directory,
        "name": values.get("name"),
        "logs": named,
        "workspaceId": values.get("log_analytics_workspace_id"),
        "storageAccountId": values.get("storage_account_id"),
    }


AGED = {
    "delete": "delete_after_days_since_modification_greater_than",
    "tierToArchive": "tier_to_archive_after_days_since_modification_greater_than",
}


def _management(values: Values) -> Values:
    rules = [_blob_rule(rule) for rule in items(values.get("rule") or [])]
    return {"id": f"{values.get('storage_account_id')}/managementPolicies/default", "policy": {"rules": rules}}


def _blob_rule(rule: Values) -> Values:
    blob = _first(_first(rule.get("actions") or []).get("base_blob") or [])
    days = {key: blob[name] for key, name in AGED.items() if (blob.get(name) or -1) >= 0}
    actions = {key: {"daysAfterModificationGreaterThan": told} for key, told in days.items()}
    filters = {"prefixMatch": _first(rule.get("filters") or []).get("prefix_match") or []}
    return {"enabled": rule.get("enabled", True), "definition": {"actions": {"baseBlob": actions}, "filters": filters}}


def _table(values: Values) -> Values:
    return {
        "id": f"{values.get('workspace_id')}/tables/{values.get('name')}",
        "name": values.get("name"),
        "retentionInDays": values.get("retention_in_days"),
        "totalRetentionInDays": values.get("total_retention_in_days"),
    }


def _lock(values: Values) -> Values:
    kept = _first(_first(values.get("rule") or []).get("default_retention") or [])
    return {
        "ObjectLockConfiguration": {
            "Rule": {"DefaultRetention": {key.capitalize(): value for key, value in kept.items() if value}}
        }
    }


def _log_bucket(values: Values) -> Values:
    path = f"projects/{values.get('project')}/locations/{values.get('location')}/buckets/{values.get('bucket_id')}"
    return {"name": path, "retentionDays": values.get("retention_days") or 30}


def _exempt(values: Values) -> Values:
    told = items(values.get("audit_log_config") or [])
    logs = [{"logType": each.get("log_type"), "exemptedMembers": each.get("exempted_members") or []} for each in told]
    return {"auditConfigs": [{"service": values.get("service"), "auditLogConfigs": logs}]}


Shape = tuple[str, Callable[[Values], Values], tuple[Reader, ...]]
KNOWN: dict[str, Shape] = {
    "aws_cloudtrail": ("", _trail, aws.READERS),
    "aws_s3_bucket_lifecycle_configuration": ("bucket", _lifecycle, aws.READERS),
    "aws_s3_bucket_logging": (
        "bucket",
        lambda v: {"LoggingEnabled": {"TargetBucket": v.get("target_bucket"), "TargetPrefix": v.get("target_prefix")}},
        aws.READERS,
    ),
    "aws_s3_bucket_object_lock_configuration": ("bucket", _lock, aws.READERS),
    "aws_cloudwatch_log_group": (
        "",
        lambda v: {"logGroups": [{"logGroupName": v.get("name"), "retentionInDays": v.get("retention_in_days")}]},
        aws.READERS,
    ),
    "azurerm_monitor_diagnostic_setting": ("", _setting, azure.READERS),
    "azurerm_monitor_aad_diagnostic_setting": ("", _setting, azure.READERS),
    "azurerm_log_analytics_workspace": (
        "",
        lambda v: {"id": v.get("id"), "retentionInDays": v.get("retention_in_days")},
        azure.READERS,
    ),
    "azurerm_log_analytics_workspace_table": ("", _table, azure.READERS),
    "azurerm_storage_management_policy": ("", _management, azure.READERS),
    "google_logging_project_bucket_config": ("", _log_bucket, gcp.READERS),
    "google_logging_project_sink": (
        "project",
        lambda v: {**v, "writerIdentity": v.get("writer_identity")},
        gcp.READERS,
    ),
    "google_project_iam_audit_config": ("project", _exempt, gcp.READERS),
}
"""By type of resource: the attribute that names what the platform's export leaves out, its shape as an export, who reads that."""


def _state(export: Export) -> Iterator[Fact]:
    """Read each known resource of all modules; other types say nothing of logs."""
    found = 0
    for resource in _resources(export.value["values"]["root_module"]):
        if resource.get("type") not in KNOWN or resource.get("mode") == "data":
            continue
        found += 1
        needed, shaped, readers = KNOWN[resource["type"]]
        values = resource.get("values") or {}
        given = {**export.given, **({needed: str(values.get(needed))} if needed and values.get(needed) else {})}
        inner = replace(export, origin=f"{export.shown}: {resource.get('address')}", value=shaped(values), given=given)
        reader = next((each for each in readers if each.knows(inner)), None)
        if reader is None:
            yield Remark(f"{resource.get('address')}: the state does not say enough of it")
        else:
            yield from reader.read(inner)
        if resource["type"] == "aws_cloudtrail" and values.get("enable_logging") is False:
            yield Amendment(str(values.get("name", "")), "aws.cloudtrail/", {"enabled": False})
    if not found:
        yield Remark("none of its resources is about logs")


READERS = (Reader("terraform show -json", lambda e: has(e.value, "terraform_version", "values"), _state),)
