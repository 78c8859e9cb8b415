"""The Microsoft 365 unified audit log: one person's CSV of 2021, the tenant's JSON of 2023."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace

from tests.story.audit_rows import PAPERS, STOLEN, Row, base, file_of, login, mail_by, mail_of
from tests.story.dice import Dice, Rhythm, american, at, iso
from tests.story.entra import SESSION_2021
from tests.story.files import Files, compact, document, packed
from tests.story.forged import forged, older
from tests.story.people import SignIn
from tests.story.world import (
    AUDIT_FROM_2021,
    AVERY,
    CASEY,
    EXCHANGE,
    FINAL_2023,
    FROM_2023,
    OFFICE,
    QUINN,
    SHAREPOINT,
    THIEF_2021,
    THIEF_AGENT,
)

TYPE_NAME = {
    2: "ExchangeItem",
    1: "ExchangeAdmin",
    50: "ExchangeItemAggregated",
    6: "SharePointFileOperation",
    15: "AzureActiveDirectoryStsLogon",
}


def rows_2021(sign_ins: Sequence[SignIn]) -> list[Row]:
    """Everything the audit log held about one engineer when the password spray was looked into."""
    dice, found = Dice("audit-2021"), []
    for sign_in in (s for s in sign_ins if s.person is AVERY):
        if sign_in.kind == "interactive":
            found.append(login(sign_in, dice))
        thief = sign_in.ip == THIEF_2021
        if sign_in.issued and sign_in.resource is SHAREPOINT:
            papers = dice.sample(STOLEN, 4) if thief else dice.sample(PAPERS[:2], 1)
            found += [file_of(sign_in, paper, dice) for paper in papers]
        if sign_in.issued and sign_in.resource is EXCHANGE and not thief:
            row = mail_of(sign_in, dice)
            found.append({name: value for name, value in row.items() if name != "AppAccessContext"})
    return in_order([*found, twice_used(sign_ins, dice)])


def twice_used(sign_ins: Sequence[SignIn], dice: Dice) -> Row:
    """Open a document with the very token that the engineer used the evening before, from the second address."""
    mine = next(s for s in sign_ins if s.session == SESSION_2021 and s.resource is SHAREPOINT and s.ip == AVERY.home)
    thief = replace(mine, ip=THIEF_2021, agent=THIEF_AGENT)
    return file_of(thief, STOLEN[0], dice) | {"CreationTime": "2021-09-14T02:44:31"}


def rows_2023(sign_ins: Sequence[SignIn]) -> list[Row]:
    dice = Dice("audit-2023")
    found = [login(s, dice) for s in sign_ins if s.kind == "interactive"]
    good = [s for s in sign_ins if s.issued]
    found += [mail_of(s, dice) for s in good if s.resource is EXCHANGE]
    found += [file_of(s, dice.choice(PAPERS), dice) for s in good if s.resource is SHAREPOINT and s.person]
    for token in [*forged(), *older()]:
        found += mail_by(token, dice)
    return in_order([r for r in found + admin(dice) if r["CreationTime"] < iso(FINAL_2023, 0)])


def admin(dice: Dice) -> list[Row]:
    """Configuration that looks alarming by its name and is harmless by its parameters, or failed."""
    plan = (("2023-04-26T09:12:00", "Set-AdminAuditLogConfig", {"UnifiedAuditLogIngestionEnabled": "True"}, "True"),
            ("2023-05-11T14:02:31", "Set-Mailbox", {"Identity": "robin.adeyemi", "AuditEnabled": "True"}, "True"),
            ("2023-05-30T08:44:19", "Set-AdminAuditLogConfig", {"UnifiedAuditLogIngestionEnabled": "False"}, "False"),
            ("2023-06-14T11:20:57", "Set-MailboxAuditBypassAssociation", {"Identity": "svc-journal", "AuditBypassEnabled": "False"}, "True"),
            ("2023-06-19T07:31:02", "New-InboxRule", {"Name": "Newsletters", "MoveToFolder": "Later"}, "True"))  # fmt: skip
    found = []
    for text, operation, parameters, result in plan:
        row = base(at(text), operation, 1, QUINN if "Inbox" not in operation else CASEY, dice)
        pairs = [{"Name": name, "Value": value} for name, value in parameters.items()]
        found.append(
            row
            | {
                "ObjectId": "contoso.onmicrosoft.com",
                "Parameters": pairs,
                "ResultStatus": result,
                "ClientIP": f"{OFFICE}:50113",
            }
        )
    for moment in dice.times(FROM_2023, FINAL_2023, Rhythm(2.5, night=0.8, day_off=0.9)):
        row = base(moment, dice.choice(("Create", "Update", "MoveToDeletedItems", "SendAs")), 2, None, dice)
        found.append(
            row
            | {
                "ClientIPAddress": dice.choice(("::1", "", "null", "192.0.2.9")),
                "MailboxOwnerUPN": "journal@contoso.com",
            }
        )
    return found


def in_order(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["CreationTime"], row["Id"]))


def spreadsheet(rows: Sequence[Row]) -> bytes:
    """Write what `Search-UnifiedAuditLog | Export-Csv` writes: newest first, a byte order mark, CRLF."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(
        (
            "RecordType",
            "CreationDate",
            "UserIds",
            "Operations",
            "AuditData",
            "ResultIndex",
            "ResultCount",
            "Identity",
            "IsValid",
            "ObjectState",
        )
    )
    for number, row in enumerate(reversed(rows), start=1):
        created = american(at(row["CreationTime"]))
        writer.writerow(
            (
                TYPE_NAME[row["RecordType"]],
                created,
                row["UserId"],
                row["Operation"],
                compact(row),
                number,
                len(rows),
                row["Id"],
                "True",
                "Unchanged",
            )
        )
    return text.getvalue().encode("utf-8-sig")


def files(early: Sequence[SignIn], late: Sequence[SignIn]) -> Files:
    rows = [row for row in rows_2021(early) if row["CreationTime"] >= iso(AUDIT_FROM_2021, 0)]
    made: Files = {"m365.audit/2021-09-20/UnifiedAuditLog_avery.chen.csv": spreadsheet(rows)}
    kinds = {"Audit.Exchange": (1, 2, 50), "Audit.SharePoint": (6,), "Audit.AzureActiveDirectory": (15,)}
    everything = rows_2023(late)
    for kind, numbers in kinds.items():
        for month in ("2023-04", "2023-05", "2023-06", "2023-07"):
            part = [row for row in everything if row["RecordType"] in numbers and row["CreationTime"].startswith(month)]
            plain = kind == "Audit.SharePoint" and month == "2023-05"
            name = f"m365.audit/2023-07-12/{kind}/{month}.json"
            made[name if plain else name + ".gz"] = document(part) if plain else packed(document(part))
    return made
