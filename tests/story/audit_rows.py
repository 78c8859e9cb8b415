"""Records of the Microsoft 365 unified audit log, one function for each kind."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.story.dice import Dice, iso, later, uti
from tests.story.forged import THIEF_CLIENT, Token
from tests.story.people import SignIn
from tests.story.world import (
    AVERY,
    EXCHANGE,
    OWA_APP,
    PEOPLE,
    TENANT,
    Person,
)

Row = dict[str, Any]
SITE = "https://contoso.sharepoint.com/sites/"
PAPERS = (
    "engineering/Shared Documents/Sprint notes.docx",
    "engineering/Shared Documents/Build, release & sign.xlsx",
    "finance/Shared Documents/Forecast 2023.xlsx",
    "policy/Shared Documents/Draft brief (v3).docx",
)
STOLEN = (
    "engineering/Runbooks/Crash triage runbook.docx",
    "engineering/Runbooks/Debug environment access.docx",
    "engineering/Runbooks/INC-20871 timeline.docx",
    "engineering/Shared Documents/Signing service overview.pptx",
)
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
    pairs = {
        "ResultStatusDetail": "Success" if sign_in.issued else "UserError",
        "UserAgent": sign_in.agent,
        "RequestType": request,
    }
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
        **(
            {}
            if sign_in.issued
            else {"LogonError": "InvalidUserNameOrPassword" if sign_in.error == 50126 else "IdsLocked"}
        ),
    }


def context(token: str, session: str, issued: datetime | None, dice: Dice) -> Row:
    echo = {"IssuedAtTime": iso(issued, 0)} if issued else {}
    return {"AADSessionId": session, "CorrelationId": dice.guid(), **echo, "UniqueTokenId": uti(token)}


def mail(moment: datetime, owner: Person, access: Row, dice: Dice) -> Row:
    """Record that items of one mailbox were opened; `access` states by whom and through which client."""
    count = dice.randrange(1, 4)
    name = dice.upper(12)
    items = [
        {"InternetMessageId": f"<{name}.{n}@mail.contoso.com>", "SizeInBytes": dice.randrange(2_000, 90_000)}
        for n in range(count)
    ]
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
    access: Row = {
        "AppId": sign_in.app.app_id,
        "ClientAppId": sign_in.app.app_id,
        "ClientIPAddress": port(sign_in.ip, dice),
    }
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
    access = {
        "AppId": EXCHANGE.app_id,
        "ClientAppId": OWA_APP.app_id,
        "ClientIPAddress": token.ip,
        "ClientInfoString": THIEF_CLIENT,
    }
    return [
        mail(
            used,
            token.person,
            access | {"AppAccessContext": context(token.id, token.session, token.issued, dice)},
            dice,
        )
        for used in token.mail
    ]


def file(moment: datetime, person: Person, paper: str, access: Row, dice: Dice) -> Row:
    site, name = paper.split("/", maxsplit=1)[0], paper.rsplit("/", 1)[1]
    row = base(
        moment, dice.choice(("FileAccessed", "FileAccessed", "FilePreviewed", "FileDownloaded")), 6, person, dice
    )
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
