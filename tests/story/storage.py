"""Azure Storage resource logs of the production and the debugging account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from tests.story.blobs import PIPELINE, Blob, Request, correlation, get, key, oauth, put, record, resource
from tests.story.dice import Dice, Rhythm, at, later
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
    UPLOAD,
    Person,
)

AZCOPY = "AzCopy/10.9.0 Azure-Storage/0.13 (go1.15; Windows_NT)"
EXPLORER = "Azure-Storage/12.3 (Microsoft Azure Storage Explorer, 1.19.1, win32)"
SERVICE = "services_xstore_transport_HTTP2/1.0"
PARTS = ("web-frontend", "mail-gateway", "quota-svc", "ledger-api", "search-node")
HOURS = frozenset({"2021-04-14T03", "2021-04-22T13", "2021-04-22T14", "2021-04-23T09"})


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


def copy(account: Account, source: Blob, target: Blob, request: Request) -> list[Request]:
    """Record one copy as the service does: three records of one request, in the target's account."""
    shared = replace(request, status=(202, "Success"), correlation=correlation(account.dice), account=account.name)
    seen = replace(source, url=source.url + signed(request.time))
    return [
        replace(shared, operation="CopyBlob", blob=target, more={"operationCount": 0}),
        replace(
            shared, operation="CopyBlobSource", blob=seen, more={"operationCount": 1}, time=later(shared.time, 55e-6)
        ),
        replace(
            shared,
            operation="CopyBlobDestination",
            blob=target,
            more={"operationCount": 2},
            time=later(shared.time, 110e-6),
        ),
    ]


def signed(moment: datetime) -> str:
    """Write the query of a shared access signature: its expiry must not be taken for the time of the request."""
    until = later(moment, 6 * 3600).strftime("%Y-%m-%dT%H%%3A%M%%3A%SZ")
    return f"?sv=2020-04-08&se={until}&sr=b&sp=r&sig=XXXXX"


def background(account: Account, start: datetime, end: datetime, people: tuple[Person, ...]) -> list[Request]:
    """A living account: uploads, reads, listings, copies within it, deletions and refusals."""
    folder = "crash" if account.name == "proddumps" else "triage"
    found = [account.upload(start, folder)]
    for moment in account.dice.times(later(start, 900), end, Rhythm(6, night=0.35, day_off=0.5)):
        found += step(account, moment, folder, people)
    return found


def step(account: Account, moment: datetime, folder: str, people: tuple[Person, ...]) -> list[Request]:
    """Choose what happens at one moment: mostly uploads and reads, sometimes one of the rarer requests."""
    draw = account.dice.random()
    if draw < 0.34:
        return [account.upload(moment, folder)]
    reader = account.dice.choice(people) if people and moment.weekday() < 5 and 7 <= moment.hour < 17 else None
    request = account.read(moment, reader)
    if draw < 0.7:
        return [request]
    if draw < 0.78:
        target = account.blob(moment, request.blob.url.replace(f"/{folder}/", "/archive/"))
        return copy(account, request.blob, target, replace(request, identity=account.account_key, agent=PIPELINE))
    return [rarer(request, draw, folder)]


def rarer(request: Request, draw: float, folder: str) -> Request:
    """Turn a read into a listing, a look at properties, a deletion by the service, or a refusal."""
    if draw < 0.86:
        listing = replace(request.blob, url=f"https://{request.blob.account}.blob.core.windows.net/{folder}")
        query = "?restype=container&comp=list&maxresults=5000"
        return replace(request, operation="ListBlobs", blob=listing, query=query, more={"responseBodySize": 8790})
    if draw < 0.92:
        return replace(request, operation="GetBlobProperties", more={})
    if draw < 0.96:
        purge = {"type": "TrustedAccess"}
        done = replace(request, operation="DeleteBlob", status=(202, "Success"), more={})
        return replace(done, identity=purge, caller="", agent="")
    caller = "[2001:db8:beef::5]:41022"
    return replace(request, identity={"type": "Anonymous"}, caller=caller, status=(404, "ResourceNotFound"))


def story_2021(prod: Account, debug: Account) -> tuple[list[Request], list[Request]]:
    """The dump is written in production and copied to the debugging account, where two engineers read it."""
    dump = Blob(PROD_DUMP, '"0x8D8FEF1B72D4A51"', DUMP_SIZE, DUMP_MD5, UPLOAD)
    copied = Blob(DEBUG_DUMP, '"0x8D9059222C61A94"', DUMP_SIZE, DUMP_MD5, later(COPY, 41))
    dana, caller = oauth(DANA, debug.dice.upper(64), "write"), f"{OFFICE}:50412"
    ask = Request(COPY, "CopyBlob", copied, dana, caller, AZCOPY)
    written = put(dump, UPLOAD, oauth(None, prod.dice.upper(64), "write"), "192.0.2.207:38114")
    here = [
        written,
        replace(written, time=later(UPLOAD, 2.7), operation="GetBlobProperties", status=(200, "Success"), more={}),
    ]
    here += served(dump, prod)
    there = copy(debug, dump, copied, ask)
    there += [
        replace(ask, time=later(COPY, 44), operation="GetBlobProperties", more={}),
        get(copied, at("2021-04-22T14:05:17.220913"), dana, caller, EXPLORER),
        get(
            copied,
            at("2021-04-23T09:31:58.047126"),
            oauth(LEE, debug.dice.upper(64), "read"),
            f"[{LEE.home}]:50907",
            EXPLORER,
        ),
    ]
    return here, there


def served(dump: Blob, prod: Account) -> list[Request]:
    """Show how the source account sees a copy to another account: ranges read by the service itself."""
    sas = {"type": "SAS", "tokenHash": f"{prod.account_key['tokenHash']},SasSignature({prod.dice.upper(64)})"}
    query = signed(COPY)
    found, size = [], 8_388_608
    for part, begin in enumerate(range(0, dump.size, size)):
        end = min(begin + size, dump.size)
        more = {
            "responseBodySize": end - begin,
            "conditionsUsed": "If-Match=" + dump.etag,
            "downloadRange": f"bytes={begin}-{end - 1}",
        }
        found.append(
            Request(
                later(COPY, 1.2 + part * 0.9),
                "GetBlob",
                dump,
                sas,
                "192.0.2.250:45762",
                SERVICE,
                (206, "Success"),
                query,
                more,
            )
        )
    return found


def moved_decoys(prod: Account, debug: Account, days: Iterable[str]) -> list[Request]:
    """Move dumps of ordinary services by the approved way: scrubbed first, by the pipeline."""
    found: list[Request] = []
    for day in days:
        moment = at(day)
        source = prod.blob(
            moment, f"https://proddumps.blob.core.windows.net/scrubbed/{moment:%Y/%m/%d}/core.web-frontend.scrubbed.zst"
        )
        target = debug.blob(moment, source.url.replace("proddumps", "debugdumps").replace("/scrubbed/", "/triage/"))
        debug.blobs.append(target)
        found += copy(
            debug,
            source,
            target,
            Request(moment, "CopyBlob", target, debug.account_key, "198.51.100.61:44112", PIPELINE),
        )
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
            row = record(request, account.dice)
            made.setdefault(path(day, name, request.time, f"insights-logs-{row['category'].lower()}"), []).append(row)
    return {name: packed(lines(rows)) if name.endswith(".gz") else lines(rows) for name, rows in made.items()}


def path(day: str, account: str, moment: datetime, container: str) -> str:
    folder = f"azure.storage/{day}"
    if f"{moment:%Y-%m-%dT%H}" in HOURS:
        hour = f"y={moment:%Y}/m={moment:%m}/d={moment:%d}/h={moment:%H}/m=00/PT1H.json"
        return f"{folder}/{container}/resourceId={resource(account)}/{hour}"
    return f"{folder}/{account}/{container}.ndjson.gz"
