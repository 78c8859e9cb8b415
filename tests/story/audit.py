"""The Microsoft 365 unified audit log: one person's CSV of 2021, the tenant's JSON of 2023."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tests.story.dice import Dice, Rhythm, american, at, iso, later, uti
from tests.story.files import Files, compact, document, packed
from tests.story.forged import THIEF_CLIENT, Token, forged, older
from tests.story.people import SignIn
from tests.story.world import (
    AUDIT_FROM_2021,
    AVERY,
    CASEY,
    EXCHANGE,
    FINAL_2023,
    FROM_2023,
    OFFICE,
    OWA_APP,
    PEOPLE,
    QUINN,
    SHAREPOINT,
    TENANT,
    THIEF_2021,
    Person,
)

Row = dict[str, Any]
TYPE_NAME = {2: "ExchangeItem", 1: "ExchangeAdmin", 50: "ExchangeItemAggregated", 6: "SharePointFileOperation", 15: "AzureActiveDirectoryStsLogon"}
SITE = "https://contoso.sharepoint.com/sites/"
PAPERS = ("engineering/Shared Documents/Sprint notes.docx", "engineering/Shared Documents/Build, release & sign.xlsx", "finance/Shared Documents/Forecast 2023.xlsx", "policy/Shared Documents/Draft brief (v3).docx")
STOLEN = ("engineering/Runbooks/Crash triage runbook.docx", "engineering/Runbooks/Debug environment access.docx", "engineering/Runbooks/INC-20871 timeline.docx", "engineering/Shared Documents/Signing service overview.pptx")
FOLDERS = ("\\Inbox", "\\Sent Items", "\\Archive\\2022", "\\Brouillons")


def base(moment: datetime, operation: str, kind: int, person: Person | None, dice: Dice) -> Row:
    """Fill what every record of this log has: whole seconds, UTC, no zone."""
    workload = {6: "SharePoint", 15: "AzureActiveDirectory"}.get(kind, "Exchange")
    return {
        "CreationTime": iso(moment, 0),
        "Id": dice.guid(),
        "Operation": operation,
        "OrganizationId": TENANT,
        "RecordType": kind,
        "ResultStatus": "Succeeded",
        "UserKey": person.oid if person else "NT AUTHORITY\\SYSTEM (w3wp)",
        "UserType": 0 if person else 3,
        "Version": 1,
        "Workload": workload,
        "UserId": person.upn if person else "NT AUTHORITY\\SYSTEM (w3wp)",
    }


def login(sign_in: SignIn, dice: Dice) -> Row:
    """Repeat a sign-in: the record's own Id is the Entra request id."""
    person = sign_in.person or AVERY
    row = base(sign_in.time, "UserLoggedIn" if sign_in.issued else "UserLoginFailed", 15, person, dice)
    request = "OAuth2:Authorize" if sign_in.kind == "interactive" else "OAuth2:Token"
    pairs = {"ResultStatusDetail": "Success" if sign_in.issued else "UserError", "UserAgent": sign_in.agent, "RequestType": request}
    device = [{"Name": "OS", "Value": "Windows 10"}, {"Name": "SessionId", "Value": sign_in.session}]
    return row | {
        "Id": sign_in.id,
        "ResultStatus": "Success" if sign_in.issued else "Failed",
        "ClientIP": sign_in.ip,
        "ActorIpAddress": sign_in.ip,
        "ObjectId": sign_in.resource.app_id,
        "AzureActiveDirectoryEventType": 1,
        "ExtendedProperties": [{"Name": name, "Value": value} for name, value in pairs.items()],
        "Actor": [{"ID": person.oid, "Type": 0}, {"ID": person.upn, "Type": 5}],
        "ActorContextId": TENANT,
        "InterSystemsId": sign_in.correlation,
        "IntraSystemId": sign_in.id,
        "Target": [{"ID": sign_in.resource.app_id, "Type": 0}],
        "ApplicationId": sign_in.app.app_id,
        "DeviceProperties": device if sign_in.session else [],
        "ErrorNumber": str(sign_in.error),
        **({} if sign_in.issued else {"LogonError": "InvalidUserNameOrPassword" if sign_in.error == 50126 else "IdsLocked"}),
    }


def context(token: str, session: str, issued: datetime | None, dice: Dice) -> Row:
    echo = {"IssuedAtTime": iso(issued, 0)} if issued else {}
    return {"AADSessionId": session, "CorrelationId": dice.guid(), **echo, "UniqueTokenId": uti(token)}


def mail(moment: datetime, owner: Person, access: Row, dice: Dice) -> Row:
    """Record that items of one mailbox were opened; `access` states by whom and through which client."""
    count = dice.randrange(1, 4)
    host = f"<{dice.upper(12)}@mail.contoso.com>"
    items = [{"InternetMessageId": f"{host[:-1]}.{n}>", "SizeInBytes": dice.randrange(2_000, 90_000)} for n in range(count)]
    row = base(moment, "MailItemsAccessed", 50, owner, dice) | {
        "ExternalAccess": False,
        "InternalLogonType": 0,
        "LogonType": 0,
        "LogonUserSid": "S-1-5-21-1111111111-222222222-333333333-" + str(1000 + PEOPLE.index(owner)),
        "MailboxGuid": Dice(owner.name).guid(),
        "MailboxOwnerUPN": owner.upn,
        "OrganizationName": "contoso.onmicrosoft.com",
        "OriginatingServer": "DB7PR02MB4711 (15.20.4200.000)\r\n",
    }
    kind = "Sync" if dice.random() < 0.08 else "Bind"
    properties = [{"Name": "MailAccessType", "Value": kind}, {"Name": "IsThrottled", "Value": "False"}]
    folder = [{"Path": dice.choice(FOLDERS), **({"FolderItems": items} if kind == "Bind" else {})}]
    return row | access | {"OperationProperties": properties, "Folders": folder, "OperationCount": count}


def mail_of(sign_in: SignIn, dice: Dice) -> Row:
    """Read mail with the token that this sign-in handed out."""
    moment = later(sign_in.time, dice.randrange(20, 2_400))
    access = {"AppId": sign_in.app.app_id, "ClientAppId": sign_in.app.app_id, "ClientIPAddress": port(sign_in.ip, dice)}
    access["AppAccessContext"] = context(sign_in.id, sign_in.session, sign_in.time, dice)
    if sign_in.person is None:
        extra = {"ClientInfoString": THIEF_CLIENT, "UserId": sign_in.app.oid, "UserKey": sign_in.app.oid, "UserType": 5}
        return mail(moment, dice.choice(PEOPLE), access | extra, dice)
    extra = {"ClientInfoString": "Client=OWA;Action=ViaProxy" if sign_in.app is OWA_APP else "Client=MSExchangeRPC"}
    return mail(moment, sign_in.person, access | extra | {"SessionId": sign_in.session}, dice)


def port(ip: str, dice: Dice) -> str:
    """Write the address in one of the forms this log uses."""
    number = dice.randrange(1025, 65000)
    if ":" in ip:
        return dice.choice((ip, f"[{ip}]:{number}"))
    return dice.choice((ip, ip, f"{ip}:{number}", f"::ffff:{ip}"))


def mail_by(token: Token, dice: Dice) -> list[Row]:
    """Read mail with a token whose issuance is not in the log."""
    access = {"AppId": EXCHANGE.app_id, "ClientAppId": OWA_APP.app_id, "ClientIPAddress": token.ip, "ClientInfoString": THIEF_CLIENT}
    return [
        mail(used, token.person, access | {"AppAccessContext": context(token.id, token.session, token.issued, dice)}, dice)
        for used in token.mail
    ]


def file(moment: datetime, person: Person, paper: str, access: Row, dice: Dice) -> Row:
    site, name = paper.split("/")[0], paper.rsplit("/", 1)[1]
    row = base(moment, dice.choice(("FileAccessed", "FileAccessed", "FilePreviewed", "FileDownloaded")), 6, person, dice)
    return row | {
        "EventSource": "SharePoint",
        "ItemType": "File",
        "ListItemUniqueId": Dice(paper).guid(),
        "ObjectId": SITE + paper,
        "SiteUrl": f"{SITE}{site}/",
        "SourceFileName": name,
        "SourceFileExtension": name.rsplit(".", 1)[1],
        "SourceRelativeUrl": paper.split("/")[1],
        **access,
    }


def file_of(sign_in: SignIn, paper: str, dice: Dice) -> Row:
    """Open a document with the token that this sign-in handed out; the issue time is only stated since 2023."""
    moment, late = later(sign_in.time, dice.randrange(15, 1_500)), sign_in.time.year > 2021
    access = {"ClientIP": sign_in.ip, "UserAgent": sign_in.agent, "ApplicationId": sign_in.app.app_id}
    shown = context(sign_in.id, sign_in.session, sign_in.time if late else None, dice)
    return file(moment, sign_in.person or AVERY, paper, access | {"AppAccessContext": shown}, dice)


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
    return in_order(found)


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
        found.append(row | {"ObjectId": "contoso.onmicrosoft.com", "Parameters": pairs, "ResultStatus": result, "ClientIP": f"{OFFICE}:50113"})
    for moment in dice.times(FROM_2023, FINAL_2023, Rhythm(2.5, night=0.8, day_off=0.9)):
        row = base(moment, dice.choice(("Create", "Update", "MoveToDeletedItems", "SendAs")), 2, None, dice)
        found.append(row | {"ClientIPAddress": dice.choice(("::1", "", "null", "192.0.2.9")), "MailboxOwnerUPN": "journal@contoso.com"})
    return found


def in_order(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["CreationTime"], row["Id"]))


def spreadsheet(rows: Sequence[Row]) -> bytes:
    """Write what `Search-UnifiedAuditLog | Export-Csv` writes: newest first, a byte order mark, CRLF."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(("RecordType", "CreationDate", "UserIds", "Operations", "AuditData", "ResultIndex", "ResultCount", "Identity", "IsValid", "ObjectState"))
    for number, row in enumerate(reversed(rows), start=1):
        created = american(at(row["CreationTime"]))
        writer.writerow((TYPE_NAME[row["RecordType"]], created, row["UserId"], row["Operation"], compact(row), number, len(rows), row["Id"], "True", "Unchanged"))
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
