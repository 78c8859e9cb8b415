"""Records of vendors for the made-up incidents of the playbooks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.story.dice import Dice, Rhythm, iso, later, uti

OFFICE, HOME, VPN, THIEF = "198.51.100.10", "192.0.2.31", "198.51.100.24", "203.0.113.77"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/117.0.0.0 Safari/537.36 Edg/117.0"
ODD = "Mozilla/5.0 (X11; Linux x86_64; rv:78.0) Gecko/20100101 Firefox/78.0"
Record = dict[str, Any]


def lines(records: Iterable[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(each) + "\n" for each in records)


def days(start: datetime, end: datetime, dice: Dice, per_day: float = 6) -> Iterator[datetime]:
    """Give the instants of a living log round the clock."""
    yield from dice.times(start, end, Rhythm(per_day, night=1, day_off=1))


def okta(moment: datetime, kind: str, who: tuple[str, str, str], session: str, dice: Dice) -> Record:
    """One event of the Okta system log: who is (account, address, user agent)."""
    actor, ip, agent = who
    return {
        "uuid": dice.guid(),
        "published": f"{iso(moment, 3)}Z",
        "eventType": kind,
        "version": "0",
        "severity": "INFO",
        "actor": {"id": f"00u{Dice(actor).upper(17)}", "type": "User", "alternateId": actor, "displayName": actor},
        "client": {
            "ipAddress": ip,
            "userAgent": {"rawUserAgent": agent, "os": "Windows 10", "browser": "EDGE"},
            "device": "Computer",
        },
        "outcome": {"result": "SUCCESS"},
        "authenticationContext": {"externalSessionId": session},
        "transaction": {"type": "WEB", "id": dice.guid()},
        "target": [{"id": f"00t{dice.upper(17)}", "type": "User", "alternateId": actor}],
    }


def trail(moment: datetime, name: str, who: Mapping[str, Any], dice: Dice, **more: Any) -> Record:
    """One event of CloudTrail; the service is the first part of `source`."""
    service = more.pop("source", "s3")
    return {
        "eventVersion": "1.08",
        "userIdentity": who,
        "eventTime": f"{iso(moment, 0)}Z",
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": OFFICE,
        "userAgent": "aws-cli/2.11.4",
        "requestParameters": None,
        "responseElements": None,
        "requestID": dice.guid(),
        "eventID": dice.guid(),
        "readOnly": name.startswith(("Get", "List", "Describe")),
        "eventType": "AwsApiCall",
        "managementEvent": "Object" not in name,
        "recipientAccountId": "111122223333",
        "eventCategory": "Data" if "Object" in name else "Management",
    } | more


def user(name: str) -> Record:
    arn = f"arn:aws:iam::111122223333:user/{name}"
    number = f"AIDA{name.upper().replace('.', '')[:9]}EXAMPLE"
    return {
        "type": "IAMUser",
        "principalId": number,
        "arn": arn,
        "accountId": "111122223333",
        "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
        "userName": name,
    }


def role(name: str, session: str, created: datetime) -> Record:
    issuer = {
        "type": "Role",
        "principalId": "AROAEXAMPLE",
        "arn": f"arn:aws:iam::111122223333:role/{name}",
        "accountId": "111122223333",
        "userName": name,
    }
    attributes = {"creationDate": f"{iso(created, 0)}Z", "mfaAuthenticated": "false"}
    return {
        "type": "AssumedRole",
        "principalId": f"AROAEXAMPLE:{session}",
        "arn": f"arn:aws:sts::111122223333:assumed-role/{name}/{session}",
        "accountId": "111122223333",
        "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
        "sessionContext": {"sessionIssuer": issuer, "attributes": attributes},
    }


def login(moment: datetime, name: str, ip: str, agent: str, dice: Dice) -> Record:
    """A sign-in to the AWS console."""
    told = {
        "responseElements": {"ConsoleLogin": "Success"},
        "sourceIPAddress": ip,
        "userAgent": agent,
        "eventType": "AwsConsoleSignIn",
    }
    return trail(moment, "ConsoleLogin", user(name), dice, source="signin", **told)


def got(moment: datetime, url: str, who: Mapping[str, Any], ip: str, dice: Dice) -> Record:
    """A read of an object (`bucket/key`), as a data event."""
    bucket, _, key = url.partition("/")
    told = {
        "requestParameters": {"bucketName": bucket, "key": key},
        "additionalEventData": {"bytesTransferredOut": dice.randrange(900, 90_000)},
    }
    return trail(moment, "GetObject", who, dice, sourceIPAddress=ip, **told)


def every(start: datetime, count: int, seconds: float) -> list[datetime]:
    return [later(start, seconds * number) for number in range(count)]


def whole(day: datetime) -> str:
    return f"{iso(day, 0)}Z"


def after(moment: datetime, **more: float) -> datetime:
    return moment + timedelta(**more)


def signed(moment: datetime, name: str, ip: str, protocol: str, dice: Dice) -> Record:
    """A federated sign-in to Entra, as its diagnostic record."""
    number = dice.request()
    return {
        "time": f"{iso(moment)}Z",
        "category": "SignInLogs",
        "operationName": "Sign-in activity",
        "tenantId": "11111111-2222-3333-4444-555555555555",
        "resultType": "0",
        "properties": {
            "id": number,
            "createdDateTime": f"{iso(moment)}Z",
            "userPrincipalName": f"{name}@contoso.com",
            "userId": Dice(name).guid(),
            "ipAddress": ip,
            "userAgent": EDGE,
            "status": {"errorCode": 0},
            "authenticationProtocol": protocol,
            "incomingTokenType": "saml20",
            "tokenIssuerType": "ADFederationServices",
            "uniqueTokenIdentifier": uti(number),
        },
    }


def asserted(moment: datetime, name: str, number: int, dice: Dice, server: str = "ADFS01") -> Record:
    """An assertion that an AD FS server issued: event 1200 of its security log."""
    audit = f"<AuditBase><RelyingParty>urn:federation:MicrosoftOnline</RelyingParty><UserId>{name}@contoso.com</UserId></AuditBase>"
    return {
        "Event": {
            "#attributes": {"xmlns": "http://schemas.microsoft.com/win/2004/08/events/event"},
            "System": {
                "Provider": {"#attributes": {"Name": "AD FS Auditing"}},
                "EventID": 1200,
                "Keywords": "0x8020000000000000",
                "TimeCreated": {"#attributes": {"SystemTime": f"{iso(moment, 6)}Z"}},
                "EventRecordID": number,
                "Channel": "Security",
                "Computer": f"{server}.contoso.com",
            },
            "EventData": {"Data": {"#text": [dice.guid(), audit]}},
        }
    }


def mailed(moment: datetime, name: str, app: str, ip: str, dice: Dice) -> Record:
    """Mail of one mailbox opened by an application."""
    return {
        "CreationTime": iso(moment, 0),
        "Id": dice.guid(),
        "Operation": "MailItemsAccessed",
        "OrganizationId": "11111111-2222-3333-4444-555555555555",
        "RecordType": 50,
        "ResultStatus": "Succeeded",
        "UserKey": name,
        "UserType": 0,
        "Workload": "Exchange",
        "UserId": f"{name}@contoso.com",
        "MailboxOwnerUPN": f"{name}@contoso.com",
        "ClientIPAddress": ip,
        "AppId": app,
        "ClientAppId": app,
        "OperationProperties": [{"Name": "MailAccessType", "Value": "Bind"}, {"Name": "IsThrottled", "Value": "False"}],
    }
