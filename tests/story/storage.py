"""Azure Storage resource logs of the production and the debugging account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from tests.story.dice import Dice, Rhythm, american, at, iso, later
from tests.story.files import Files, lines, packed
from tests.story.world import (
    AVERY,
    COPY,
    DANA,
    DEBUG_DUMP,
    DUMP_MD5,
    DUMP_SIZE,
    FINAL_2023,
    FROM_2023,
    LEE,
    OFFICE,
    PROD_DUMP,
    REVIEW_2021,
    STORAGE_FROM_2021,
    SUBSCRIPTION,
    TENANT,
    UPLOAD,
    UPLOADER,
    Person,
)

AZCOPY = "AzCopy/10.9.0 Azure-Storage/0.13 (go1.15; Windows_NT)"
EXPLORER = "Azure-Storage/12.3 (Microsoft Azure Storage Explorer, 1.19.1, win32)"
PIPELINE = "azsdk-net-Storage.Blobs/12.8.0 (.NET Core 3.1.14; Linux 5.4.0-1041-azure)"
SERVICE = "services_xstore_transport_HTTP2/1.0"
CATEGORY = {"P": "StorageWrite", "C": "StorageWrite", "S": "StorageWrite", "G": "StorageRead", "L": "StorageRead", "D": "StorageDelete"}
PARTS = ("web-frontend", "mail-gateway", "quota-svc", "ledger-api", "search-node")
HOURS = frozenset({"2021-04-14T03", "2021-04-22T13", "2021-04-22T14", "2021-04-23T09"})


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


class Account:
    """One storage account: its keys, its blobs and the chance that rules its days."""

    def __init__(self, name: str, dice: Dice) -> None:
        self.name, self.dice = name, dice
        self.account_key = key(dice)
        self.blobs: list[Blob] = []

    def blob(self, moment: datetime, url: str) -> Blob:
        etag = f'"0x8D{self.dice.upper(13)}"'
        return Blob(url, etag, self.dice.randrange(180_000, 9_400_000), self.dice.base64(16), moment)

    def upload(self, moment: datetime, folder: str) -> Request:
        part = self.dice.choice(PARTS)
        name = f"core.{part}.{self.dice.randrange(900, 1000)}.{self.dice.randrange(1200, 64000)}.zst"
        blob = self.blob(moment, f"https://{self.name}.blob.core.windows.net/{folder}/{moment:%Y/%m/%d}/{name}")
        self.blobs.append(blob)
        identity = oauth(None, self.dice.upper(64), "write") if self.name == "proddumps" else self.account_key
        return put(blob, moment, identity, f"192.0.2.{self.dice.randrange(200, 230)}:{self.port()}")

    def read(self, moment: datetime, person: Person | None) -> Request:
        blob = self.dice.choice(self.blobs[-12:])
        if person is None:
            identity, caller, agent = self.account_key, "198.51.100.61", PIPELINE
        else:
            identity, agent = oauth(person, self.dice.upper(64), "read"), EXPLORER
            caller = f"[{person.home}]" if ":" in person.home else OFFICE
        return get(blob, moment, identity, f"{caller}:{self.port()}", agent)

    def port(self) -> int:
        return self.dice.randrange(1025, 65000)

    def correlation(self) -> str:
        guid = self.dice.guid()
        return guid[:8] + "-" + self.dice.upper(3).lower() + "e-00" + guid[9:11] + "-" + guid[14:18] + "-" + guid[24:30] + "000000"


def put(blob: Blob, moment: datetime, identity: dict[str, Any], caller: str) -> Request:
    more = {"requestBodySize": blob.size, "contentLengthHeader": blob.size, "requestMd5": blob.md5, "serverMd5": blob.md5}
    return Request(moment, "PutBlob", blob, identity, caller, PIPELINE, (201, "Success"), more=more)


def get(blob: Blob, moment: datetime, identity: dict[str, Any], caller: str, agent: str) -> Request:
    more = {"responseBodySize": blob.size, "responseMd5": blob.md5}
    return Request(moment, "GetBlob", blob, identity, caller, agent, more=more)


def copy(account: Account, source: Blob, target: Blob, request: Request) -> list[Request]:
    """Record one copy as the service does: three records of one request, in the target's account."""
    shared = replace(request, status=(202, "Success"), correlation=account.correlation())
    sas = "?sv=2020-04-08&se=2021-04-22T19%3A26%3A31Z&sr=b&sp=r&sig=XXXXX"
    seen = replace(source, url=source.url + sas)
    return [
        replace(shared, operation="CopyBlob", blob=target, more={"operationCount": 0}),
        replace(shared, operation="CopyBlobSource", blob=seen, more={"operationCount": 1}, time=later(shared.time, 55e-6)),
        replace(shared, operation="CopyBlobDestination", blob=target, more={"operationCount": 2}, time=later(shared.time, 110e-6)),
    ]


def record(request: Request, account: Account) -> dict[str, Any]:
    blob, (code, text) = request.blob, request.status
    good, source = code < 400, request.operation == "CopyBlobSource"
    latency = account.dice.randrange(4, 220)
    version = {"etag": blob.etag, "lastModifiedTime": american(blob.modified)} if good and not source else {}
    host = blob.url if source else blob.url.replace(".net/", ".net:443/")
    return {
        "time": iso(request.time) + "Z",
        "resourceId": resource(account.name),
        "category": CATEGORY[request.operation[0]],
        "operationName": request.operation,
        "operationVersion": "2020-04-08" if request.time.year == 2021 else "2021-12-02",
        "schemaVersion": "1.0",
        "statusCode": code,
        "statusText": text,
        "durationMs": latency + 3,
        **({"callerIpAddress": request.caller} if request.caller else {}),
        "correlationId": request.correlation or account.correlation(),
        "identity": request.identity,
        "location": "West Europe",
        "properties": {
            "accountName": account.name,
            "userAgentHeader": request.agent,
            "clientRequestId": account.dice.guid(),
            **version,
            "serviceType": "blob",
            "objectKey": blob.url if source else blob.key,
            "metricResponseType": text,
            "serverLatencyMs": latency,
            "requestHeaderSize": account.dice.randrange(380, 720),
            "responseHeaderSize": account.dice.randrange(190, 460),
            "tlsVersion": "TLS 1.2",
            **(request.more if good else {}),
        },
        "uri": host + request.query,
        "protocol": "HTTPS",
        "resourceType": "Microsoft.Storage/storageAccounts/blobServices",
    }


def resource(account: str) -> str:
    group = "rg-production" if account == "proddumps" else "rg-debugging"
    return (
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}/providers/Microsoft.Storage"
        f"/storageAccounts/{account}/blobServices/default"
    )


def background(account: Account, start: datetime, end: datetime, people: tuple[Person, ...]) -> list[Request]:
    """A living account: uploads, reads, listings, copies within it, deletions and refusals."""
    folder = "crash" if account.name == "proddumps" else "triage"
    found = [account.upload(start, folder)]
    for moment in account.dice.times(later(start, 900), end, Rhythm(6, night=0.35, day_off=0.5)):
        found += step(account, moment, folder, people)
    return found


def step(account: Account, moment: datetime, folder: str, people: tuple[Person, ...]) -> list[Request]:
    draw = account.dice.random()
    if draw < 0.34:
        return [account.upload(moment, folder)]
    reader = account.dice.choice(people) if people and moment.weekday() < 5 and 7 <= moment.hour < 17 else None
    request = account.read(moment, reader)
    if draw < 0.7:
        return [request]
    if draw < 0.78:
        source = request.blob
        target = account.blob(moment, source.url.replace(f"/{folder}/", "/archive/"))
        return copy(account, source, target, replace(request, identity=account.account_key, agent=PIPELINE))
    if draw < 0.86:
        listing = replace(request.blob, url=f"https://{account.name}.blob.core.windows.net/{folder}")
        return [replace(request, operation="ListBlobs", blob=listing, query="?restype=container&comp=list&maxresults=5000", more={"responseBodySize": 8790})]
    if draw < 0.92:
        return [replace(request, operation="GetBlobProperties", query="?", more={})]
    if draw < 0.96:
        purge = {"type": "TrustedAccess"}
        return [replace(request, operation="DeleteBlob", identity=purge, status=(202, "Success"), caller="", agent="", more={})]
    return [replace(request, identity={"type": "Anonymous"}, caller="[2001:db8:beef::5]:41022", status=(404, "ResourceNotFound"))]


def story_2021(prod: Account, debug: Account) -> tuple[list[Request], list[Request]]:
    """The dump is written in production and copied to the debugging account, where two engineers read it."""
    dump = Blob(PROD_DUMP, '"0x8D8FEF1B72D4A51"', DUMP_SIZE, DUMP_MD5, UPLOAD)
    copied = Blob(DEBUG_DUMP, '"0x8D9059222C61A94"', DUMP_SIZE, DUMP_MD5, later(COPY, 41))
    dana, caller = oauth(DANA, debug.dice.upper(64), "write"), f"{OFFICE}:50412"
    ask = Request(COPY, "CopyBlob", copied, dana, caller, AZCOPY)
    written = put(dump, UPLOAD, oauth(None, prod.dice.upper(64), "write"), "192.0.2.207:38114")
    here = [written, replace(written, time=later(UPLOAD, 2.7), operation="GetBlobProperties", status=(200, "Success"), more={})]
    here += served(dump, prod)
    there = copy(debug, dump, copied, ask)
    there += [
        replace(ask, time=later(COPY, 44), operation="GetBlobProperties", more={}),
        get(copied, at("2021-04-22T14:05:17.220913"), dana, caller, EXPLORER),
        get(copied, at("2021-04-23T09:31:58.047126"), oauth(LEE, debug.dice.upper(64), "read"), f"[{LEE.home}]:50907", EXPLORER),
    ]
    return here, there


def served(dump: Blob, prod: Account) -> list[Request]:
    """Show how the source account sees a copy to another account: ranges read by the service itself."""
    sas = {"type": "SAS", "tokenHash": f"{prod.account_key['tokenHash']},SasSignature({prod.dice.upper(64)})"}
    query = "?sv=2020-04-08&se=2021-04-22T19%3A26%3A31Z&sr=b&sp=r&sig=XXXXX"
    found, size = [], 8_388_608
    for part, begin in enumerate(range(0, dump.size, size)):
        end = min(begin + size, dump.size)
        more = {"responseBodySize": end - begin, "conditionsUsed": "If-Match=" + dump.etag, "downloadRange": f"bytes={begin}-{end - 1}"}
        found.append(Request(later(COPY, 1.2 + part * 0.9), "GetBlob", dump, sas, "192.0.2.250:45762", SERVICE, (206, "Success"), query, more))
    return found


def moved_decoys(prod: Account, debug: Account, days: Iterable[str]) -> list[Request]:
    """Move dumps of ordinary services by the approved way: scrubbed first, by the pipeline."""
    found: list[Request] = []
    for day in days:
        moment = at(day)
        source = prod.blob(moment, f"https://proddumps.blob.core.windows.net/scrubbed/{moment:%Y/%m/%d}/core.web-frontend.scrubbed.zst")
        target = debug.blob(moment, source.url.replace("proddumps", "debugdumps").replace("/scrubbed/", "/triage/"))
        debug.blobs.append(target)
        found += copy(debug, source, target, Request(moment, "CopyBlob", target, debug.account_key, "198.51.100.61:44112", PIPELINE))
    return found


def requests() -> dict[tuple[str, str], tuple[Account, list[Request]]]:
    prod, debug = Account("proddumps", Dice("proddumps")), Account("debugdumps", Dice("debugdumps"))
    here, there = story_2021(prod, debug)
    engineers = (AVERY, DANA, LEE)
    first = background(prod, STORAGE_FROM_2021, REVIEW_2021, ()) + here
    second = background(debug, STORAGE_FROM_2021, REVIEW_2021, engineers) + there
    second += moved_decoys(prod, debug, ("2021-04-16T09:12:44.118306", "2021-04-28T10:40:03.904115"))
    third = background(prod, FROM_2023, FINAL_2023, ())
    fourth = background(debug, FROM_2023, FINAL_2023, engineers)
    fourth += moved_decoys(prod, debug, ("2023-04-20T08:30:12.660124", "2023-06-08T12:01:57.383301"))
    return {
        ("2021-05-06", "proddumps"): (prod, first),
        ("2021-05-06", "debugdumps"): (debug, second),
        ("2023-07-12", "proddumps"): (prod, third),
        ("2023-07-12", "debugdumps"): (debug, fourth),
    }


def files() -> Files:
    """Hourly blobs for the hours that matter, the rest as the collector joined it."""
    made: dict[str, list[dict[str, Any]]] = {}
    for (day, name), (account, asked) in requests().items():
        for request in sorted(asked, key=lambda r: r.time):
            row = record(request, account)
            made.setdefault(path(day, name, request.time, f"insights-logs-{row['category'].lower()}"), []).append(row)
    return {name: packed(lines(rows)) if name.endswith(".gz") else lines(rows) for name, rows in made.items()}


def path(day: str, account: str, moment: datetime, container: str) -> str:
    folder = f"azure.storage/{day}"
    if f"{moment:%Y-%m-%dT%H}" in HOURS:
        hour = f"y={moment:%Y}/m={moment:%m}/d={moment:%d}/h={moment:%H}/m=00/PT1H.json"
        return f"{folder}/{container}/resourceId={resource(account)}/{hour}"
    return f"{folder}/{account}/{container}.ndjson.gz"


