"""Configuration events of Microsoft 365 and Azure, seen in the rows of `timeline gaps`."""

import json
from typing import Any

from own_case import MAY, Make
from switching import of


def audit(name: str, value: str, operation: str = "Set-AdminAuditLogConfig", at: str = "10T10:00", **more: Any) -> str:
    event = {
        "CreationTime": f"2023-05-{at}:00",
        "Id": f"{operation}-{name}-{at}",
        "Operation": operation,
        "OrganizationId": "52977449-77be-4a5e-abad-d17cd25a4930",
        "RecordType": 1,
        "ResultStatus": "True",
        "UserId": "NT AUTHORITY\\\\SYSTEM (Microsoft.Exchange.ServiceHost)",
        "Workload": "Exchange",
        "Parameters": [{"Name": "IgnoreDehydratedFlag", "Value": "True"}, {"Name": name, "Value": value}],
        **more,
    }
    return json.dumps(event) + "\n"


M365 = (
    MAY
    + '[[collection]]\nid = "c"\ncollected_at = 2023-06-01\nstreams = ["m365.audit/*"]\n[[policy]]\nstream = "*"\nsemantics = "none"\n'
)


def test_automatic_changes_of_the_audit_configuration_are_neutral(trial: Make) -> None:
    """T22: Set-AdminAuditLogConfig by the service itself, with another parameter than the one that switches off."""
    assert trial(base=M365).ingest(ual_json=audit("AdminAuditLogEnabled", "True")).gaps() == []


def test_the_unified_audit_log_is_off_until_it_is_surely_on_again(trial: Make) -> None:
    told = audit("UnifiedAuditLogIngestionEnabled", "False") + audit(
        "UnifiedAuditLogIngestionEnabled", "True", at="12T00:00"
    )
    (gap,) = trial(base=M365).ingest(ual_json=told).gaps()
    assert gap[:2] == ("disabled", "05-10T10:00")
    assert gap[2] in {"05-12", "05-12T01:00"}


TENANT = "m365.audit/52977449-77be-4a5e-abad-d17cd25a4930"


def mailbox(name: str, value: str, operation: str = "Set-Mailbox", **more: Any) -> str:
    return audit(name, value, operation, ObjectId="alice@contoso.com", **more)


def test_a_bypass_hides_what_one_actor_does_in_mailboxes(trial: Make) -> None:
    told = mailbox("AuditBypassEnabled", "True", "Set-MailboxAuditBypassAssociation")
    told += mailbox("AuditBypassEnabled", "False", "Set-MailboxAuditBypassAssociation", at="12T00:00")
    ((state, start, end, scope),) = of(trial, TENANT, ual_json=told)
    assert (state, start, end) == ("disabled", "05-10T10:00", "05-12T00:00")
    assert "actor=alice@contoso.com" in scope


def test_a_bypass_of_one_says_nothing_of_another(trial: Make) -> None:
    own = trial(base=M365).ingest(ual_json=mailbox("AuditBypassEnabled", "True", "Set-MailboxAuditBypassAssociation"))
    asked = {
        name: own.ask("artefact-read-by", object="<1@contoso.com>", actor=f"{name}@contoso.com")
        for name in ("alice", "bob")
    }
    lost = {name: [gap for gap in row["uncovered"] if gap["stream"] == TENANT] for name, row in asked.items()}
    assert (lost["bob"], len(lost["alice"])) == ([], 1)


def test_a_mailbox_that_no_longer_audits_reads_is_off_for_that_operation(trial: Make) -> None:
    ((state, start, _, scope),) = of(trial, TENANT, ual_json=mailbox("AuditOwner", "@{Remove=MailItemsAccessed}"))
    assert (state, start) == ("disabled", "05-10T10:00")
    assert "mailbox=alice@contoso.com" in scope
    assert "operation=mailitemsaccessed" in scope


def test_what_is_ignored_switches_nothing_off(trial: Make) -> None:
    """AuditEnabled=False of one mailbox means nothing while the organisation audits by default; plans are automation."""
    told = mailbox("AuditEnabled", "False") + mailbox("ImapEnabled", "False", "Set-MailboxPlan", at="11T00:00")
    assert of(trial, TENANT, ual_json=told) == []


def test_an_organisation_that_audits_no_mailboxes_leaves_its_files_covered(trial: Make) -> None:
    own = trial(base=M365).ingest(ual_json=audit("AuditDisabled", "True", "Set-OrganizationConfig"))
    assert own.ask("mail-read")["verdict"] == "unknown"
    asked = own.ask("artefact-read-by", object="https://contoso.sharepoint.com/sites/x/dump.dmp")
    assert {gap["scope"] for gap in asked["uncovered"] if gap["stream"] == TENANT} == set()


def test_a_short_retention_policy_of_one_user_deletes_only_of_that_user(trial: Make) -> None:
    made = audit("RetentionDuration", "ThreeMonths", "New-UnifiedAuditLogRetentionPolicy")
    told = json.loads(made)
    told["CreationTime"] = "2023-01-10T10:00:00"
    told["Parameters"] += [{"Name": "UserIds", "Value": "alice@contoso.com"}, {"Name": "Name", "Value": "short"}]
    base = MAY + f'[[collection]]\nid = "c"\ncollected_at = 2023-08-20\nstreams = ["{TENANT}"]\n'
    own = trial('[[policy]]\nstream = "*"\nretention_days = 365\n', base=base)
    rows = own.ingest(ual_json=json.dumps(told) + "\n" + audit("X", "1", at="30T00:00")).rows("gaps")
    assert [(row["state"], row["scope"], row["end"][5:16]) for row in rows if row["stream"] == TENANT] == [
        ("expired", "actor=alice@contoso.com", "05-22T00:00")
    ]


def activity(at: str, operation: str, resource: str, body: dict[str, Any] | None = None, **more: Any) -> str:
    return (
        json.dumps(
            {
                "time": f"2023-05-{at}:00Z",
                "resourceId": resource.upper(),
                "operationName": operation.upper(),
                "category": "Administrative",
                "resultType": "Success",
                "correlationId": f"{operation}-{at}",
                "eventDataId": f"{operation}-{at}",
                "properties": {"requestbody": json.dumps(body)} if body else {},
                **more,
            }
        )
        + "\n"
    )


LOGS = "/subscriptions/s/resourcegroups/g/providers/microsoft.storage/storageaccounts/proddumps/blobservices/default/providers/microsoft.insights/diagnosticsettings/logs"
WRITE, DELETE = "microsoft.insights/diagnosticsettings/write", "microsoft.insights/diagnosticsettings/delete"


def body(**categories: bool) -> dict[str, Any]:
    return {"properties": {"logs": [{"category": name, "enabled": on} for name, on in categories.items()]}}


def test_a_deleted_diagnostic_setting_ends_the_log_of_its_resource(trial: Make) -> None:
    told = activity("10T10:00", DELETE, LOGS) + activity(
        "12T10:00", WRITE, LOGS, body(StorageRead=True, StorageWrite=True, StorageDelete=True)
    )
    assert of(trial, "azure.storage/proddumps", activity_json=told) == [("disabled", "05-10T10:00", "05-12T10:00", "")]


def test_a_refused_deletion_of_a_setting_ends_nothing(trial: Make) -> None:
    told = activity("10T10:00", DELETE, LOGS, resultType="Failure") + activity(
        "11T10:00", DELETE, LOGS, resultType="Start"
    )
    assert of(trial, "azure.storage/proddumps", activity_json=told) == []


def test_a_setting_without_reads_hides_reads_only(trial: Make) -> None:
    told = activity("10T10:00", WRITE, LOGS, body(StorageRead=False, StorageWrite=True, StorageDelete=True))
    ((state, start, _, scope),) = of(trial, "azure.storage/proddumps", activity_json=told)
    assert (state, start) == ("disabled", "05-10T10:00")
    assert "category=storageread" in scope


def test_a_setting_whose_body_is_not_told_leaves_the_log_unknown(trial: Make) -> None:
    assert [
        gap[:2] for gap in of(trial, "azure.storage/proddumps", activity_json=activity("10T10:00", WRITE, LOGS))
    ] == [("unknown", "05-10T10:00")]


def test_a_deleted_workspace_takes_only_its_own_copy_along(trial: Make) -> None:
    gone = activity(
        "20T00:00",
        "microsoft.operationalinsights/workspaces/delete",
        "/subscriptions/s/resourcegroups/g/providers/microsoft.operationalinsights/workspaces/ws",
    )
    assert of(trial, "azure.activity/s", activity_json=gone) == []
