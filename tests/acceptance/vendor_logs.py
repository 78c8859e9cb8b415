"""Records as the vendors write them, as small as they come."""

import base64
import json
import uuid
from typing import Any

TENANT = "11111111-2222-3333-4444-555555555555"
ALICE = "alice@contoso.com"
BOB = "bob@contoso.com"


def lines(*records: dict[str, Any] | str) -> str:
    """Write records one a line."""
    return "".join(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in records)


def okta(time: str, actor: str = ALICE, result: str = "SUCCESS", **more: Any) -> dict[str, Any]:
    return {
        "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{time}{actor}{result}")),
        "published": time,
        "eventType": "user.session.start",
        "actor": {"id": f"id-{actor}", "type": "User", "alternateId": actor},
        "client": {"ipAddress": "192.0.2.7", "userAgent": {"rawUserAgent": "Mozilla/5.0"}},
        "outcome": {"result": result},
        **more,
    }


def storage(
    time: str, operation: str = "GetBlob", blob: str = "dumps/a.dmp", *, upn: str = ALICE, **more: Any
) -> dict[str, Any]:
    account = more.pop("account", "proddumps")
    category = {"Get": "StorageRead", "Lis": "StorageRead", "Del": "StorageDelete"}.get(operation[:3], "StorageWrite")
    return {
        "time": time,
        "resourceId": f"/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/{account}/blobServices/default",
        "category": category,
        "operationName": operation,
        "statusCode": 200,
        "statusText": "Success",
        "callerIpAddress": "198.51.100.9:4711",
        "correlationId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{time}{operation}{blob}{upn}")),
        "uri": f"https://{account}.blob.core.windows.net:443/{blob}?se=1",
        "identity": {"type": "OAuth", "requester": {"upn": upn, "objectId": f"id-{upn}"}},
        "properties": {
            "accountName": account,
            "operationCount": 0,
            "responseBodySize": 10,
            "userAgentHeader": "azcopy",
        },
        **more,
    }


def sign_in(time: str, category: str = "SignInLogs", *, token: str | None = None, user: str = ALICE) -> dict[str, Any]:
    number = token or str(uuid.uuid5(uuid.NAMESPACE_URL, f"{time}{category}{user}"))
    return {
        "time": time,
        "category": category,
        "operationName": "Sign-in activity",
        "tenantId": TENANT,
        "resultType": "0",
        "properties": {
            "id": number,
            "createdDateTime": time,
            "userPrincipalName": user,
            "userId": f"id-{user}",
            "ipAddress": "192.0.2.7",
            "uniqueTokenIdentifier": uti(number),
            "status": {"errorCode": 0},
        },
    }


def uti(number: str) -> str:
    """Write a token's id as Entra does."""
    return base64.urlsafe_b64encode(uuid.UUID(number).bytes_le).decode().rstrip("=")


def graph(time: str, token: str, issued: str | None, user: str = ALICE) -> dict[str, Any]:
    properties = {
        "requestId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"graph{time}{token}")),
        "requestUri": "https://graph.microsoft.com/v1.0/me/messages",
        "requestMethod": "GET",
        "responseStatusCode": 200,
        "userId": f"id-{user}",
        "signInActivityId": uti(token),
        "ipAddress": "203.0.113.5",
    }
    if issued:
        properties["tokenIssuedAt"] = issued
    return {
        "time": time,
        "category": "MicrosoftGraphActivityLogs",
        "tenantId": TENANT,
        "operationName": "Microsoft Graph Activity",
        "properties": properties,
    }


def mail(
    time: str, mailbox: str = BOB, *, throttled: bool = False, user: str | None = None, number: str = ""
) -> dict[str, Any]:
    return {
        "CreationTime": time,
        "Id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"mail{time}{mailbox}{number}")),
        "Operation": "MailItemsAccessed",
        "OrganizationId": TENANT,
        "RecordType": 50,
        "ResultStatus": "Succeeded",
        "UserKey": "1",
        "UserType": 0,
        "Workload": "Exchange",
        "UserId": user or mailbox,
        "ClientIPAddress": "192.0.2.8",
        "MailboxOwnerUPN": mailbox,
        "OperationProperties": [
            {"Name": "MailAccessType", "Value": "Bind"},
            {"Name": "IsThrottled", "Value": str(throttled)},
        ],
    }


def trail(time: str, name: str = "GetUser", source: str = "iam", **more: Any) -> dict[str, Any]:
    return {
        "eventVersion": "1.08",
        "eventTime": time,
        "eventSource": f"{source}.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "recipientAccountId": "123456789012",
        "sourceIPAddress": "192.0.2.7",
        "userAgent": "aws-cli",
        "eventID": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{time}{name}")),
        "userIdentity": {
            "type": "IAMUser",
            "arn": "arn:aws:iam::123456789012:user/alice",
            "userName": "alice",
            "accountId": "123456789012",
            "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
        },
        "readOnly": name.startswith("Get"),
        **more,
    }


def windows(time: str, number: int, event: int = 4624) -> dict[str, Any]:
    return {
        "Event": {
            "System": {
                "Provider": {"#attributes": {"Name": "Microsoft-Windows-Security-Auditing"}},
                "EventID": event,
                "EventRecordID": number,
                "Channel": "Security",
                "Computer": "dc01.contoso.com",
                "TimeCreated": {"#attributes": {"SystemTime": time}},
            },
            "EventData": {
                "TargetUserName": "alice",
                "TargetDomainName": "CONTOSO",
                "LogonType": 3,
                "IpAddress": "192.0.2.7",
                "TargetLogonId": "0x1",
            },
        }
    }
