"""Requests to the blob service and the records that Azure Monitor makes of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.story.dice import Dice, american, iso
from tests.story.world import SUBSCRIPTION, TENANT, UPLOADER, Person

PIPELINE = "azsdk-net-Storage.Blobs/12.8.0 (.NET Core 3.1.14; Linux 5.4.0-1041-azure)"
CATEGORY = {
    "P": "StorageWrite",
    "C": "StorageWrite",
    "S": "StorageWrite",
    "G": "StorageRead",
    "L": "StorageRead",
    "D": "StorageDelete",
}


@dataclass(frozen=True)
class Blob:
    """One version of an object: what later requests for it state again."""

    url: str
    etag: str
    size: int
    md5: str
    modified: datetime

    @property
    def account(self) -> str:
        return self.url.split("/")[2].split(".")[0]

    @property
    def key(self) -> str:
        return f"/{self.account}/" + "/".join(self.url.split("/")[3:])


@dataclass(frozen=True)
class Request:
    """One request to the blob service."""

    time: datetime
    operation: str
    blob: Blob
    identity: dict[str, Any]
    caller: str
    agent: str
    status: tuple[int, str] = (200, "Success")
    query: str = ""
    more: dict[str, Any] = field(default_factory=dict)
    correlation: str = ""
    account: str = ""  # whose log states it, if not the blob's own account


def key(dice: Dice) -> dict[str, Any]:
    return {"type": "AccountKey", "tokenHash": f"key1({dice.upper(64)})"}


def oauth(person: Person | None, token: str, right: str) -> dict[str, Any]:
    """State who presented a bearer token; managed identities have no principal name."""
    requester = {
        "appId": "579a7132-0e58-4d80-b1e1-7a1e2d337859" if person else UPLOADER.app_id,
        "audience": "https://storage.azure.com/",
        "objectId": person.oid if person else UPLOADER.oid,
        "tenantId": TENANT,
        "tokenIssuer": f"https://sts.windows.net/{TENANT}/",
    }
    if person:
        requester["upn"] = person.upn
    action = f"Microsoft.Storage/storageAccounts/blobServices/containers/blobs/{right}"
    granted = {"action": action, "result": "Granted", "reason": "RoleAssignment", "type": "RBAC"}
    return {"type": "OAuth", "tokenHash": token, "requester": requester, "authorization": [granted]}


def put(blob: Blob, moment: datetime, identity: dict[str, Any], caller: str) -> Request:
    more = {
        "requestBodySize": blob.size,
        "contentLengthHeader": blob.size,
        "requestMd5": blob.md5,
        "serverMd5": blob.md5,
    }
    return Request(moment, "PutBlob", blob, identity, caller, PIPELINE, (201, "Success"), more=more)


def get(blob: Blob, moment: datetime, identity: dict[str, Any], caller: str, agent: str) -> Request:
    more = {"responseBodySize": blob.size, "responseMd5": blob.md5}
    return Request(moment, "GetBlob", blob, identity, caller, agent, more=more)


def record(request: Request, dice: Dice) -> dict[str, Any]:
    """Write one record; of a copy's source it states no version, and the address as the caller gave it."""
    blob, (code, text) = request.blob, request.status
    source, latency = request.operation == "CopyBlobSource", dice.randrange(4, 220)
    return {
        "time": iso(request.time) + "Z",
        "resourceId": resource(request.account or blob.account),
        "category": CATEGORY[request.operation[0]],
        "operationName": request.operation,
        "operationVersion": "2020-04-08" if request.time.year == 2021 else "2021-12-02",
        "schemaVersion": "1.0",
        "statusCode": code,
        "statusText": text,
        "durationMs": latency + 3,
        **({"callerIpAddress": request.caller} if request.caller else {}),
        "correlationId": request.correlation or correlation(dice),
        "identity": request.identity,
        "location": "West Europe",
        "properties": properties(request, latency, dice),
        "uri": (blob.url if source else blob.url.replace(".net/", ".net:443/")) + request.query,
        "protocol": "HTTPS",
        "resourceType": "Microsoft.Storage/storageAccounts/blobServices",
    }


def properties(request: Request, latency: int, dice: Dice) -> dict[str, Any]:
    blob, (code, text) = request.blob, request.status
    good, source = code < 400, request.operation == "CopyBlobSource"
    version = {"etag": blob.etag, "lastModifiedTime": american(blob.modified)} if good and not source else {}
    return {
        "accountName": request.account or blob.account,
        "userAgentHeader": request.agent,
        "clientRequestId": dice.guid(),
        **version,
        "serviceType": "blob",
        "objectKey": blob.url if source else blob.key,
        "metricResponseType": text,
        "serverLatencyMs": latency,
        "requestHeaderSize": dice.randrange(380, 720),
        "responseHeaderSize": dice.randrange(190, 460),
        "tlsVersion": "TLS 1.2",
        **(request.more if good else {}),
    }


def correlation(dice: Dice) -> str:
    """Make a request id as the storage service forms it."""
    guid = dice.guid()
    return f"{guid[:8]}-{dice.upper(3).lower()}e-00{guid[9:11]}-{guid[14:18]}-{guid[24:30]}000000"


def resource(account: str) -> str:
    group = "rg-production" if account == "proddumps" else "rg-debugging"
    return (
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}/providers/Microsoft.Storage"
        f"/storageAccounts/{account}/blobServices/default"
    )
