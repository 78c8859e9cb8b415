"""Microsoft 365: audit retention policies, audit settings of tenant and mailboxes, licences (PowerShell, `| ConvertTo-Json`)."""

import re
from collections.abc import Iterator
from typing import Any

from timeline.policies.imports.facts import Export, Fact, Reader, Remark, Statement, has, items, moment

STREAM = "m365.audit/*"
DURATIONS = {
    "sevendays": 7,
    "onemonth": 30,
    "threemonths": 90,
    "sixmonths": 180,
    "ninemonths": 270,
    "twelvemonths": 365,
    "oneyear": 365,
    "threeyears": 1096,
    "fiveyears": 1826,
    "sevenyears": 2557,
    "tenyears": 3653,
}
LEAST = 90
"""What every plan kept of the audit log at any time, in days, unless a rule says less."""
LISTS = {"AuditOwner": "Owner", "AuditDelegate": "Delegate", "AuditAdmin": "Admin"}
ITEMS = ["exchangeitem", "exchangeitemgroup", "exchangeitemaggregated"]
PREMIUM = {"AAD_PREMIUM_P2": "entra-p2", "AAD_PREMIUM": "entra-p1"}
ADVANCED = "M365_ADVANCED_AUDITING"


def _many(told: object) -> list[str]:
    """Read a list as PowerShell gives it: a list, one text with commas, or an object with `value`."""
    if isinstance(told, dict):
        told = told.get("value", [])
    many = told.split(",") if isinstance(told, str) else told if isinstance(told, list) else []
    return [str(each).strip() for each in many if str(each).strip()]


def _rules(export: Export) -> Iterator[Fact]:
    """`Get-UnifiedAuditLogRetentionPolicy`: each stamps the records that it matches; the lowest number wins."""
    for rule in items(export.value):
        days = DURATIONS.get(str(rule["RetentionDuration"]).lower())
        if rule.get("Enabled") is False or days is None:
            yield Remark(
                f"policy {rule.get('Name', '')!r}: switched off, or a duration that is not known: {rule['RetentionDuration']}"
            )
            continue
        keys = {"record_type": "RecordTypes", "operation": "Operations", "actor": "UserIds"}
        where = {key: [each.lower() for each in some] for key, name in keys.items() if (some := _many(rule.get(name)))}
        limits: dict[str, Any] = {"retention": [{"days": days}]}
        changed = moment(rule.get("WhenChangedUTC") or rule.get("WhenCreatedUTC"))
        if changed and days > LEAST:
            before = {"days": LEAST}
            limits = {"retention": [before, {"days": days, "from": changed}], "lag": ["0h", "unbounded"]}
            yield Remark(
                f"policy {rule.get('Name', '')!r}: what held before {changed:%Y-%m-%d} the export does not say; {before['days']} days are sure"
            )
        priority = {"priority": int(rule["Priority"])} if str(rule.get("Priority", "")).isdigit() else {}
        yield Statement(
            {
                "stream": STREAM,
                "semantics": "stamped",
                **limits,
                **({"where": where} if where else {}),
                **priority,
            }
        )


def _tenant(export: Export) -> Iterator[Fact]:
    """`Get-AdminAuditLogConfig`: whether the unified audit log takes anything, and since when."""
    told = items(export.value)[0]
    on, first = told.get("UnifiedAuditLogIngestionEnabled"), moment(told.get("UnifiedAuditLogFirstOptInDate"))
    if on and first:
        yield Statement({"stream": STREAM, "enabled_from": first, "latency": "24h"})
    elif not on:
        yield Statement({"stream": STREAM, "enabled": False})
        yield Remark(
            "the unified audit log is off today: since when only the log itself shows (Set-AdminAuditLogConfig)"
        )
    else:
        yield Remark("the unified audit log is on; since when the export does not say")


def _mailboxes(export: Export) -> Iterator[Fact]:
    """`Get-Mailbox`: mailboxes for which access to mail items is not audited for every kind of user."""
    lacking = [
        str(each.get("UserPrincipalName") or each.get("PrimarySmtpAddress") or "").lower()
        for each in items(export.value)
        if _lacks(each)
    ]
    named = sorted(filter(None, lacking))
    if named:
        yield Statement(
            {"stream": STREAM, "enabled": False, "where": {"mailbox": named, "operation": ["mailitemsaccessed"]}}
        )
    ages = sorted({days for each in items(export.value) if (days := _span(each.get("AuditLogAgeLimit")))} - {90})
    if ages:
        yield Remark(
            f"AuditLogAgeLimit of {', '.join(map(str, ages))} days: it is about the copy in the mailbox, which no hold keeps"
        )


def _lacks(mailbox: dict[str, Any]) -> bool:
    kept = {each.lower() for each in _many(mailbox.get("DefaultAuditSet"))}
    listed = (
        (who.lower(), [each.lower() for each in _many(mailbox.get(key))])
        for key, who in LISTS.items()
        if key in mailbox
    )
    return any(who not in kept and "mailitemsaccessed" not in some for who, some in listed)


def _span(told: object) -> int | None:
    """Read a .NET time span in days: `90.00:00:00` or its object."""
    if isinstance(told, dict):
        return int(told.get("Days", 0))
    found = re.match(r"(\d+)\.\d\d:", str(told or ""))
    return int(found[1]) if found else None


def _bypassed(export: Export) -> Iterator[Fact]:
    """`Get-MailboxAuditBypassAssociation`: people whose access to mailboxes leaves no trace."""
    named = sorted(
        str(each.get("UserPrincipalName") or each.get("Name") or each.get("Identity")).lower()
        for each in items(export.value)
        if each.get("AuditBypassEnabled")
    )
    if named:
        yield Statement({"stream": STREAM, "enabled": False, "where": {"actor": named, "record_type": ITEMS}})
        yield Remark(
            f"audit bypass is on for {', '.join(named)}: since when only the log itself shows (Set-MailboxAuditBypassAssociation)"
        )


def _organisation(export: Export) -> Iterator[Fact]:
    """`Get-OrganizationConfig`: AuditDisabled stops the audit of every mailbox."""
    if items(export.value)[0].get("AuditDisabled"):
        yield Statement({"stream": STREAM, "enabled": False, "where": {"record_type": ITEMS}})


def _licences(export: Export) -> Iterator[Fact]:
    """`Get-MgSubscribedSku`: which plan of the catalogue holds for sign-ins; who has which audit licence it does not say."""
    skus = [
        each
        for each in items(export.value, "value")
        if str(each.get("CapabilityStatus") or each.get("capabilityStatus") or "Enabled") == "Enabled"
    ]
    plans = {
        str(plan.get("ServicePlanName") or plan.get("servicePlanName"))
        for sku in skus
        for plan in items(sku.get("ServicePlans") or sku.get("servicePlans") or [])
    }
    plan = next((word for name, word in PREMIUM.items() if name in plans), "entra-free")
    for stream in ("entra.signin.*", "entra.audit/*"):
        yield Statement({"stream": stream, "plan": plan})
    if ADVANCED in plans:
        yield Remark(
            "some users have audit (premium): their records are kept for a year, those of the others for half of one; the export does not say who"
        )
    else:
        yield Statement({"stream": STREAM, "plan": "audit-standard"})


READERS = (
    Reader(
        "Get-UnifiedAuditLogRetentionPolicy",
        lambda e: any(has(each, "RetentionDuration") for each in items(e.value)),
        _rules,
    ),
    Reader(
        "Get-AdminAuditLogConfig",
        lambda e: any(has(each, "UnifiedAuditLogIngestionEnabled") for each in items(e.value)),
        _tenant,
    ),
    Reader(
        "Get-MailboxAuditBypassAssociation",
        lambda e: any(has(each, "AuditBypassEnabled") for each in items(e.value)),
        _bypassed,
    ),
    Reader(
        "Get-Mailbox",
        lambda e: any(
            has(each, "AuditEnabled") and (has(each, "AuditOwner") or has(each, "DefaultAuditSet"))
            for each in items(e.value)
        ),
        _mailboxes,
    ),
    Reader(
        "Get-OrganizationConfig", lambda e: any(has(each, "AuditDisabled") for each in items(e.value)), _organisation
    ),
    Reader(
        "Get-MgSubscribedSku",
        lambda e: any(has(each, "ServicePlans") or has(each, "servicePlans") for each in items(e.value, "value")),
        _licences,
    ),
)
