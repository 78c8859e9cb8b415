"""Classic Storage Analytics logs of a legacy account: version 1.0 in 2021, version 2.0 in 2023."""

from __future__ import annotations

from datetime import datetime

from tests.story.dice import Dice, Rhythm, iso
from tests.story.files import Files
from tests.story.world import (
    DANA,
    FINAL_2023,
    FROM_2023,
    MORGAN,
    REVIEW_2021,
    STORAGE_FROM_2021,
    TENANT,
    Person,
)

ACCOUNT = "contosolegacy"
NAMES = (
    "installers/setup-4.1.msi",
    "reports/Q1 summary; final.xlsx",
    "reports/R&D-budget.xlsx",
    "images/logo.png",
    "notes/read me.txt",
)
AUTHORISED = '"[{"action":"Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read","roleAssignmentId":"%s","principals":[{"id":"%s","type":"User"}]}]"'
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def quoted(text: str) -> str:
    """Quote a field as the service does: HTML-encoded inside quotes."""
    return '"' + text.replace("&", "&amp;").replace('"', "&quot;") + '"'


def line(moment: datetime, dice: Dice) -> str:
    """Write one request in the version of its time."""
    late = moment.year > 2021
    operation = dice.choice(("GetBlob", "GetBlob", "PutBlob", "ListBlobs", "GetBlobProperties", "DeleteBlob"))
    way = dice.choice(
        ("authenticated", "sas", "anonymous", "bearer") if late else ("authenticated", "sas", "anonymous")
    )
    if way == "anonymous" and operation not in ("GetBlob", "GetBlobProperties"):
        way = "authenticated"
    name = "" if operation == "ListBlobs" else dice.choice(NAMES)
    person = dice.choice((DANA, MORGAN))
    fields = [*head(moment, operation, way, dice), *middle(name, operation, way), *tail(moment, operation, dice)]
    if late:
        fields += identity(person, dice) if way == "bearer" else [""] * 8
    return ";".join([("2.0" if late else "1.0"), *fields])


def head(moment: datetime, operation: str, way: str, dice: Dice) -> list[str]:
    good = dice.random() > 0.06
    prefix = {"authenticated": "", "sas": "SAS", "anonymous": "Anonymous", "bearer": "OAuth"}[way]
    status = prefix + ("Success" if good else "AuthorizationError")
    code = {"PutBlob": "201", "DeleteBlob": "202"}.get(operation, "200") if good else "403"
    if way == "anonymous" and not good:
        status, code = "AnonymousClientTimeoutError", "500"
    taken = dice.randrange(4, 180)
    return [iso(moment) + "Z", operation, status, code, str(taken + 9), str(taken), way]


def middle(name: str, operation: str, way: str) -> list[str]:
    query = {"ListBlobs": "?restype=container&comp=list"}.get(operation, "")
    signed = "?sv=2020-04-08&sr=b&sp=r&sig=XXXXX" if way == "sas" and not query else query
    url = f"https://{ACCOUNT}.blob.core.windows.net:443/public/{name.replace(' ', '%20')}{signed}"
    requester = ACCOUNT if way == "authenticated" else ""
    return [requester, ACCOUNT, "blob", quoted(url), quoted(f"/{ACCOUNT}/public/{name}".rstrip("/"))]


def tail(moment: datetime, operation: str, dice: Dice) -> list[str]:
    size = dice.randrange(900, 1_900_000)
    wrote, read = operation == "PutBlob", operation == "GetBlob"
    md5 = quoted(dice.base64(16)) if wrote else ""
    etag = quoted(f'"0x8D{dice.upper(13)}"') if wrote or read else ""
    modified = f"{DAYS[moment.weekday()]}, {moment:%d}-{moment:%b-%y} {moment:%H:%M:%S} GMT" if etag else ""
    caller = dice.choice(("198.51.100.10", "192.0.2.44", "203.0.113.9")) + f":{dice.randrange(1025, 65000)}"
    request = dice.guid()[:24] + dice.upper(6).lower() + "000000"
    agent = quoted(dice.choice(("Azure-Storage/9.3.2 (.NET Core)", "Mozilla/5.0 (compatible; intranet; crawler)", "")))
    packets = [str(size) if wrote else "0", "421", str(size) if read else "0"]
    ids = [request, "0", caller, "2018-03-28", "354"]
    return [
        *ids,
        *packets,
        str(size) if wrote else "0",
        md5,
        md5,
        etag,
        modified,
        "",
        agent if agent != '""' else "",
        "",
        quoted(dice.guid()),
    ]


def identity(person: Person, dice: Dice) -> list[str]:
    token = [
        person.oid,
        TENANT,
        "579a7132-0e58-4d80-b1e1-7a1e2d337859",
        "https://storage.azure.com",
        f"https://sts.windows.net/{TENANT}/",
        person.upn,
    ]
    return [*[quoted(part) for part in token], "", AUTHORISED % (dice.guid(), person.oid)]


def files() -> Files:
    """One hourly file under the service's own name for the first hour, the rest joined by month."""
    dice, made = Dice("classic"), dict[str, list[str]]()
    for day, start, end in (("2021-05-06", STORAGE_FROM_2021, REVIEW_2021), ("2023-07-12", FROM_2023, FINAL_2023)):
        times = [
            start.replace(minute=4, second=11, microsecond=195457),
            *dice.times(start, end, Rhythm(4, night=0.3, day_off=0.5)),
        ]
        for number, moment in enumerate(sorted(times)):
            name = f"blob/{moment:%Y/%m/%d/%H}00/000000.log" if not number else f"{ACCOUNT}-blob-{moment:%Y-%m}.log"
            made.setdefault(f"azure.storage_classic/{day}/$logs/{name}", []).append(line(moment, dice))
    return {name: ("\n".join(rows) + "\n").encode() for name, rows in made.items()}
