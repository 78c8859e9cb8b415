"""Azure: diagnostic settings, workspaces and their tables, lifecycle of storage accounts, classic storage logging (`az … -o json`)."""

from collections.abc import Iterator
from typing import Any

from timeline.policies.imports.facts import Export, Fact, Keeping, Reader, Remark, Route, Statement, has, items

SOURCES = {
    "signinlogs": ("entra.signin.interactive", "SigninLogs"),
    "noninteractiveusersigninlogs": ("entra.signin.noninteractive", "AADNonInteractiveUserSignInLogs"),
    "serviceprincipalsigninlogs": ("entra.signin.service_principal", "AADServicePrincipalSignInLogs"),
    "managedidentitysigninlogs": ("entra.signin.managed_identity", "AADManagedIdentitySignInLogs"),
    "adfssigninlogs": ("entra.signin.adfs", "ADFSSignInLogs"),
    "auditlogs": ("entra.audit", "AuditLogs"),
    "provisioninglogs": ("entra.provisioning", "AADProvisioningLogs"),
    "riskyusers": ("entra.identity_protection", "AADRiskyUsers"),
    "userriskevents": ("entra.identity_protection", "AADUserRiskEvents"),
    "microsoftgraphactivitylogs": ("graph.activity", "MicrosoftGraphActivityLogs"),
}
"""Categories of the directory's own diagnostic setting: source, table of a workspace."""
STORAGE = {"storageread": "read", "storagewrite": "write", "storagedelete": "delete"}
GROUPS = {"alllogs", "audit"}
NATIVE = "native"
LATENCY = "20m"


def _name(identifier: object) -> str:
    return str(identifier or "").rstrip("/").rsplit("/", 1)[-1].lower()


def _after(identifier: str, word: str) -> str:
    """Give the part of a resource id that follows a word, in lower case."""
    parts = identifier.lower().strip("/").split("/")
    return parts[parts.index(word) + 1] if word in parts[:-1] else ""


def _settings(export: Export) -> Iterator[Fact]:
    """`monitor diagnostic-settings list`: which categories of a resource go where."""
    for setting in items(export.value, "value"):
        inner = {**setting, **(setting.get("properties") or {})}
        resource = str(setting.get("id") or inner.get("targetResourceId") or "").lower()
        logs = items(inner.get("logs") or [])
        on = [log for log in logs if log.get("enabled")]
        for log in on:
            yield from _routes(resource, _word(log), inner, log)
        if not on:
            yield Remark(
                f"{resource.split('/providers/microsoft.insights')[0]}: the setting {setting.get('name', '')!r} sends no category of logs"
            )
        yield from _narrowed(resource, inner, {_word(log) for log in on})


def _word(log: dict[str, Any]) -> str:
    return str(log.get("category") or log.get("categoryGroup") or "").lower()


def _streams(resource: str, category: str) -> list[tuple[str, str]]:
    """Give the streams of a category with their tables; a group stands for all of its resource."""
    if "microsoft.aadiam" in resource:
        known = SOURCES.values() if category in GROUPS else [SOURCES[category]] if category in SOURCES else []
        return [(f"{source}/*", table) for source, table in dict.fromkeys(known)]
    if account := _after(resource, "storageaccounts"):
        return [(f"azure.storage/{account}", "StorageBlobLogs")] if category in STORAGE or category in GROUPS else []
    if vault := _after(resource, "vaults"):
        return [(f"azure.keyvault/{vault}", "AZKVAuditLogs")]
    own = resource.split("/providers/microsoft.insights", maxsplit=1)[0]
    if own.startswith("/subscriptions/") and own.count("/") == len(("subscriptions", "id")):
        return [(f"azure.activity/{_name(own)}", "AzureActivity")]
    return [(f"azure.resource.*/{_name(own)}", "AzureDiagnostics")] if own else []


def _routes(resource: str, category: str, setting: dict[str, Any], log: dict[str, Any]) -> Iterator[Fact]:
    streams = _streams(resource, category)
    if not streams:
        yield Remark(f"category {category!r} of {resource or 'this resource'}: no source of timeline reads it")
    for stream, table in streams:
        store = (
            NATIVE
            if stream.startswith(("azure.storage/", "azure.keyvault/", "azure.resource", "graph."))
            else "storage"
        )
        if setting.get("storageAccountId"):
            yield Route(
                stream,
                store,
                f"storage:{_name(setting['storageAccountId'])}",
                f"insights-logs-{category}",
                _stamped(log),
            )
        if setting.get("workspaceId"):
            yield Route(stream, "workspace", f"workspace:{_name(setting['workspaceId'])}", table, {"latency": LATENCY})


def _stamped(log: dict[str, Any]) -> dict[str, Any]:
    """Read the retention that the setting itself once gave to what it wrote to storage: it was stamped on each file."""
    kept = log.get("retentionPolicy") or {}
    if kept.get("enabled") and kept.get("days"):
        return {"latency": LATENCY, "semantics": "stamped", "retention_days": int(kept["days"])}
    return {"latency": LATENCY}


def _narrowed(resource: str, setting: dict[str, Any], on: set[str]) -> Iterator[Fact]:
    """Say which of the three kinds of access to blobs are not logged, if some are."""
    off = [word for category, word in STORAGE.items() if category not in on]
    account = _after(resource, "storageaccounts")
    if account and off and on & set(STORAGE) and not on & GROUPS:
        store = NATIVE if setting.get("storageAccountId") else "workspace"
        yield Statement(
            {
                "stream": f"azure.storage/{account}",
                "store": store,
                "enabled": False,
                "where": {"category": [f"storage{word}" for word in off]},
            }
        )


def _workspace(export: Export) -> Iterator[Fact]:
    """`monitor log-analytics workspace show`: the default of its tables; a shortening waits for 30 days."""
    for workspace in items(export.value):
        purges = (workspace.get("features") or {}).get("immediatePurgeDataOn30Days")
        keys = {
            "semantics": "rolling",
            "retention_days": int(workspace["retentionInDays"]),
            "grace": "0d" if purges else "30d",
        }
        yield Keeping(f"workspace:{_name(workspace['id'])}", "", keys)


def _tables(export: Export) -> Iterator[Fact]:
    """`monitor log-analytics workspace table list`: how long each table can be searched, and how long it lies in the archive."""
    for table in items(export.value):
        told = table.get("totalRetentionInDays") or table["retentionInDays"]
        if told is None:
            yield Remark(f"table {table['name']} states no retention of its own: that of its workspace holds")
            continue
        days = int(told)
        searched = int(table.get("retentionInDays") or days)
        keys: dict[str, Any] = {"semantics": "rolling", "retention_days": days, "grace": "30d"}
        if 0 < searched < days:
            keys["archive_after_days"] = searched
        workspace = _after(str(table.get("id", "")), "workspaces") or export.need("workspace", "whose tables these are")
        yield Keeping(f"workspace:{workspace}", str(table["name"]), keys, overrides=True)


def _management(export: Export) -> Iterator[Fact]:
    """`storage account management-policy show`: blobs that are deleted or archived some days after their last change."""
    for policy in items(export.value):
        account = _after(str(policy.get("id", "")), "storageaccounts") or export.need(
            "account", "which storage account it is about"
        )
        yield Keeping(f"storage:{account}", "", {"semantics": "none"})
        for rule in items((policy.get("policy") or policy).get("rules") or []):
            definition = rule.get("definition") or {}
            blob = (definition.get("actions") or {}).get("baseBlob") or {}
            if rule.get("enabled", True) and (keys := _aged(blob)):
                for prefix in (definition.get("filters") or {}).get("prefixMatch") or [""]:
                    yield Keeping(f"storage:{account}", str(prefix), keys)


def _aged(blob: dict[str, Any]) -> dict[str, Any]:
    days = _days(blob.get("delete"))
    frozen = _days(blob.get("tierToArchive"))
    keys: dict[str, Any] = {}
    if days is not None:
        keys |= {"semantics": "rolling", "retention_days": days, "anchor": "creation", "lag": ["0h", "48h"]}
    if frozen is not None:
        keys |= {"archive_after_days": frozen, "semantics": keys.get("semantics", "none")}
    return keys


def _days(action: object) -> int | None:
    if not isinstance(action, dict):
        return None
    told = next((value for key, value in action.items() if key.startswith("daysAfter") and value is not None), None)
    return None if told is None else int(float(str(told)))


def _classic(export: Export) -> Iterator[Fact]:
    """`storage logging show`: the old analytics logs in $logs."""
    account = export.need("account", "which storage account it is about")
    told = export.value["blob"]
    stream = f"azure.storage_classic/{account}"
    off = [word for word in ("read", "write", "delete") if not told.get(word)]
    if off:
        yield Statement({"stream": stream, "enabled": False, "where": {"category": off}})
    kept = told.get("retentionPolicy") or {}
    limit = (
        {"semantics": "rolling", "retention_days": int(kept["days"])} if kept.get("enabled") else {"semantics": "none"}
    )
    yield Statement({"stream": stream, **limit, "latency": "1h"})


def _is_setting(export: Export) -> bool:
    return any(has(each, "logs") or has(each.get("properties"), "logs") for each in items(export.value, "value"))


def _is_table(export: Export) -> bool:
    return all(
        has(each, "name", "retentionInDays") and "/tables/" in str(each.get("id", "/tables/")).lower()
        for each in items(export.value)
    )


def _is_workspace(export: Export) -> bool:
    return all(
        "/workspaces/" in str(each.get("id", "")).lower() and has(each, "retentionInDays")
        for each in items(export.value)
    )


READERS = (
    Reader("az monitor diagnostic-settings list", lambda e: e.value is not None and _is_setting(e), _settings),
    Reader(
        "az monitor log-analytics workspace show",
        lambda e: (
            bool(items(e.value))
            and _is_workspace(e)
            and not any("/tables/" in str(each.get("id", "")).lower() for each in items(e.value))
        ),
        _workspace,
    ),
    Reader("az monitor log-analytics workspace table list", lambda e: bool(items(e.value)) and _is_table(e), _tables),
    Reader(
        "az storage account management-policy show",
        lambda e: any(
            has(each.get("policy"), "rules") or "managementpolicies" in str(each.get("id", "")).lower()
            for each in items(e.value)
        ),
        _management,
    ),
    Reader(
        "az storage logging show", lambda e: has(e.value, "blob") and has(e.value["blob"], "read", "write"), _classic
    ),
)
