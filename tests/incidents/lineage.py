"""One artefact and all that is made of it, among lookalikes: copies, renames, packed copies, downloads and uploads, in two clouds.

The truth is kept beside the records: which hops must be listed, and which objects held its contents at what times.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from tests.story.blobs import PIPELINE, Blob, Request, correlation, get, key, oauth, put, record
from tests.story.dice import Dice, at, iso, later
from tests.story.world import PEOPLE, Person

ZONES = {"isolated": 3, "debugging": 2, "edge": 1}
ACCOUNTS = {"proddumps": "isolated", "debugdumps": "debugging", "edgefiles": "edge"}
BUCKET, TRAIL = "contoso-edge", "111122223333"
START = at("2023-03-02T06:00:00")
PARTS = ("sts-signer", "web-frontend", "mail-gateway", "quota-svc", "ledger-api")
SERVICE = "198.51.100.61:44112"


@dataclass(frozen=True)
class Hop:
    """What truly happened to an object of the lineage: `source` is what it was made from."""

    kind: str
    object: str
    source: str | None
    at: datetime
    packed: bool = False


@dataclass
class Held:
    """An object that held the artefact's contents, since when and until when; `packed` if it was made by packing, or of such a one."""

    blob: Blob
    since: datetime
    until: datetime | None = None
    packed: bool = False

    @property
    def name(self) -> str:
        return self.blob.url.rsplit("/", 1)[1]


@dataclass
class Lineage:
    """The story of one artefact: records by log, the hops that a path must list, and the objects that held it."""

    dice: Dice
    now: datetime = START
    held: list[Held] = field(default_factory=list)
    hops: list[Hop] = field(default_factory=list)
    storage: list[dict[str, Any]] = field(default_factory=list)
    trail: list[dict[str, Any]] = field(default_factory=list)
    access: list[str] = field(default_factory=list)
    others: list[Blob] = field(default_factory=list)

    @property
    def seed(self) -> str:
        return self.held[0].blob.url

    @property
    def live(self) -> list[Held]:
        return [each for each in self.held if each.until is None]

    def pause(self, least: float = 60, most: float = 86_400) -> datetime:
        self.now = later(self.now, self.dice.uniform(least, most))
        return self.now

    def person(self) -> Person:
        return self.dice.choice(PEOPLE)

    def told(self, *requests: Request) -> None:
        self.storage += [record(each, self.dice) for each in requests]


def made(seed: int, steps: int = 24) -> Lineage:
    """Tell one story of so many steps, with about as many steps of others between them."""
    story = Lineage(Dice(f"lineage-{seed}"))
    for _ in range(8):
        _other(story)
    url = f"https://proddumps.blob.core.windows.net/crash/core.sts-signer.{story.dice.randrange(900, 1000)}.{story.dice.upper(6).lower()}.dmp"
    root = _blob(story, url, story.dice.randrange(20_000_000, 60_000_000))
    story.told(put(root, story.now, oauth(None, story.dice.upper(64), "write"), "192.0.2.207:38114"))
    story.held.append(Held(root, story.now))
    story.hops.append(Hop("create", url, None, story.now))
    ways: list[Callable[[Lineage], None]] = [
        _copied,
        _copied,
        _copied,
        _carried,
        _carried,
        _packed,
        _read,
        _read,
        _renamed,
        _clouded,
        _bucketed,
        _replaced,
    ]
    for _ in range(steps):
        story.pause()
        story.dice.choice(ways)(story)
        _decoy(story)
    return story


def _blob(story: Lineage, url: str, size: int) -> Blob:
    return Blob(url, f'"0x8D{story.dice.upper(13)}"', size, story.dice.base64(16), story.now)


def _place(story: Lineage, name: str) -> str:
    account = story.dice.choice(list(ACCOUNTS))
    return f"https://{account}.blob.core.windows.net/{story.dice.choice(('triage', 'archive', 'inbox'))}/{story.dice.upper(6).lower()}/{name}"


def _azure(story: Lineage) -> Held | None:
    some = [each for each in story.live if each.blob.url.startswith("https://")]
    return story.dice.choice(some) if some else None


def copy(story: Lineage, source: Blob, target: Blob, status: tuple[int, str] = (202, "Success")) -> list[Request]:
    """Give the three records of one copy, in the log of the target's account; of one that was refused there is one record."""
    identity = story.dice.choice((oauth(story.person(), story.dice.upper(64), "write"), key(story.dice)))
    ask = Request(
        story.now, "CopyBlob", target, identity, SERVICE, PIPELINE, status, correlation=correlation(story.dice)
    )
    if status[0] >= 400:
        return [ask]
    ask = replace(ask, account=target.account, more={"operationCount": 0})
    parts = [
        ("CopyBlobSource", replace(source, url=f"{source.url}?sv=2020-04-08&sr=b&sp=r&sig=XXXXX")),
        ("CopyBlobDestination", target),
    ]
    return [
        ask,
        *(
            replace(ask, operation=name, blob=blob, time=later(ask.time, 55e-6 * n), more={"operationCount": n})
            for n, (name, blob) in enumerate(parts, 1)
        ),
    ]


def _copied(story: Lineage) -> None:
    if source := _azure(story):
        name = story.dice.choice((source.name, source.name, f"{story.dice.upper(8).lower()}.bin"))
        target = replace(source.blob, url=_place(story, name), etag=f'"0x8D{story.dice.upper(13)}"', modified=story.now)
        story.told(*copy(story, source.blob, target))
        _holds(story, "copy", target, source)


def _renamed(story: Lineage) -> None:
    """Rename within an account: the old name holds it no more."""
    if len(story.live) > 1 and (source := _azure(story)):
        target = replace(source.blob, url=source.blob.url.rsplit("/", 1)[0] + f"/{story.dice.upper(8).lower()}.old")
        identity = oauth(story.person(), story.dice.upper(64), "write")
        ask = Request(story.now, "RenameFile", target, identity, SERVICE, PIPELINE, (201, "Success"))
        row = record(replace(ask, operation="CopyBlob"), story.dice) | {"operationName": "RenameFile"}
        row["properties"]["sourceUri"] = source.blob.url
        story.storage.append(row)
        source.until = story.now
        _holds(story, "move", target, source)


def _got(story: Lineage, source: Held, person: Person) -> None:
    if source.blob.url.startswith("s3://"):
        _bucket(story, "GET", source.blob, person)
    else:
        story.told(
            get(
                source.blob,
                story.now,
                oauth(person, story.dice.upper(64), "read"),
                f"{_address(person)}:{story.dice.randrange(1025, 65000)}",
                PIPELINE,
            )
        )
    story.hops.append(Hop("read", source.blob.url, None, story.now, source.packed))


def _address(person: Person) -> str:
    return f"[{person.home}]" if ":" in person.home else person.home


def _read(story: Lineage) -> None:
    _got(story, story.dice.choice(story.live), story.person())


def _carried(story: Lineage) -> None:
    """Download it, and upload it under the same name elsewhere."""
    if source := _azure(story):
        person = story.person()
        _got(story, source, person)
        story.pause(60, 7_000)
        target = replace(_blob(story, _place(story, source.name), source.blob.size), md5=source.blob.md5)
        story.told(
            put(
                target,
                story.now,
                oauth(person, story.dice.upper(64), "write"),
                f"{_address(person)}:{story.dice.randrange(1025, 65000)}",
            )
        )
        _holds(story, "upload", target, source)


def _packed(story: Lineage) -> None:
    """Download it, pack it, and upload what came of it."""
    if (source := _azure(story)) and not source.packed:
        person = story.person()
        _got(story, source, person)
        story.pause(600, 20_000)
        size = int(source.blob.size * story.dice.uniform(0.2, 0.6))
        target = _blob(story, _place(story, f"{source.name}.{story.dice.choice(('gz', 'zst', '7z', 'zip'))}"), size)
        story.told(
            put(
                target,
                story.now,
                oauth(person, story.dice.upper(64), "write"),
                f"{_address(person)}:{story.dice.randrange(1025, 65000)}",
            )
        )
        _holds(story, "upload", target, source, packed=True)


def _clouded(story: Lineage) -> None:
    """Download it and upload it to the bucket under the same name."""
    if source := _azure(story):
        person = story.person()
        _got(story, source, person)
        story.pause(60, 7_000)
        target = replace(
            _blob(story, f"s3://{BUCKET}/{story.dice.upper(6).lower()}/{source.name}", source.blob.size),
            md5=source.blob.md5,
        )
        _bucket(story, "PUT", target, person)
        _holds(story, "upload", target, source)


def _bucketed(story: Lineage) -> None:
    """Copy it within the bucket."""
    some = [each for each in story.live if each.blob.url.startswith("s3://")]
    if some:
        source = story.dice.choice(some)
        target = replace(
            source.blob, url=f"s3://{BUCKET}/{story.dice.upper(6).lower()}/{story.dice.choice((source.name, 'x.bin'))}"
        )
        _bucket(story, "COPY", target, story.person(), source.blob)
        _holds(story, "copy", target, source)


def _replaced(story: Lineage) -> None:
    """Write other contents over an object of the lineage; what is copied from it later is none of ours."""
    some = [each for each in story.live[1:] if each.blob.url.startswith("https://")]
    if some:
        lost = story.dice.choice(some)
        other = _blob(story, lost.blob.url, story.dice.randrange(100_000, 9_000_000))
        story.told(put(other, story.now, key(story.dice), SERVICE))
        lost.until = story.now
        story.pause(60, 3_000)
        target = replace(other, url=_place(story, f"after-{lost.name}"), etag=f'"0x8D{story.dice.upper(13)}"')
        story.told(*copy(story, other, target))


def _holds(story: Lineage, kind: str, target: Blob, source: Held, *, packed: bool = False) -> None:
    story.held.append(Held(target, story.now, packed=packed or source.packed))
    story.hops.append(Hop(kind, target.url, source.blob.url, story.now, packed or source.packed))


def _other(story: Lineage) -> Blob:
    """Let a service write a dump of its own."""
    story.pause(30, 3_000)
    part = story.dice.choice(PARTS)
    blob = _blob(
        story,
        _place(story, f"core.{part}.{story.dice.randrange(100, 900)}.{story.dice.upper(6).lower()}.dmp"),
        story.dice.randrange(100_000, 90_000_000),
    )
    story.told(put(blob, story.now, oauth(None, story.dice.upper(64), "write"), SERVICE))
    story.others.append(blob)
    return blob


def _decoy(story: Lineage) -> None:
    """Do something that looks like it: benign copies, the same size, the same name, a refused copy, a benign read."""
    story.pause(30, 4_000)
    source, ours = story.dice.choice(story.others), story.dice.choice(story.live).blob
    story.dice.choice((_benign_copy, _same_size, _same_name, _same_both, _refused, _benign_read))(story, source, ours)


def _benign_copy(story: Lineage, source: Blob, _: Blob) -> None:
    target = replace(source, url=_place(story, source.url.rsplit("/", 1)[1]), etag=f'"0x8D{story.dice.upper(13)}"')
    story.told(*copy(story, source, target))
    story.others.append(target)


def _same_size(story: Lineage, _: Blob, ours: Blob) -> None:
    _put_other(story, _place(story, f"export-{story.dice.upper(8).lower()}.parquet"), ours.size)


def _same_name(story: Lineage, _: Blob, ours: Blob) -> None:
    _put_other(
        story,
        _place(story, ours.url.rsplit("/", 1)[1]),
        ours.size + story.dice.choice((-1, 1)) * story.dice.randrange(1, 9_000),
    )


def _same_both(story: Lineage, _: Blob, ours: Blob) -> None:
    """Write other contents of just this name and length: only their hash tells them apart."""
    if ours.url.startswith("https://"):
        _put_other(story, _place(story, ours.url.rsplit("/", 1)[1]), ours.size)


def _put_other(story: Lineage, url: str, size: int) -> None:
    other = _blob(story, url, size)
    story.told(put(other, story.now, oauth(None, story.dice.upper(64), "write"), SERVICE))


def _refused(story: Lineage, _: Blob, ours: Blob) -> None:
    if ours.url.startswith("https://"):
        target = replace(ours, url=_place(story, f"refused-{story.dice.upper(6).lower()}.bin"))
        story.told(*copy(story, ours, target, (403, "AuthorizationPermissionMismatch")))


def _benign_read(story: Lineage, source: Blob, _: Blob) -> None:
    person = story.person()
    story.told(
        get(
            source,
            story.now,
            oauth(person, story.dice.upper(64), "read"),
            f"{_address(person)}:{story.dice.randrange(1025, 65000)}",
            PIPELINE,
        )
    )


def _bucket(story: Lineage, verb: str, blob: Blob, person: Person, source: Blob | None = None) -> None:
    """Write a data event of the trail, and the bucket's own lines of the same request."""
    moment, request, name = story.now.replace(microsecond=0), story.dice.upper(16), person.name
    story.now = moment
    arn = f"arn:aws:iam::{TRAIL}:user/{name}"
    where = {"bucketName": BUCKET, "key": blob.url.removeprefix(f"s3://{BUCKET}/")}
    copied = {"x-amz-copy-source": f"{BUCKET}/{source.url.removeprefix(f's3://{BUCKET}/')}"} if source else {}
    story.trail.append(
        {
            "eventVersion": "1.09",
            "userIdentity": {"type": "IAMUser", "principalId": f"AIDA{name.upper().replace('.', '')[:8]}EXAMPLE", "arn": arn, "accountId": TRAIL,
                             "accessKeyId": "AKIAIOSFODNN7EXAMPLE", "userName": name},
            "eventTime": f"{iso(moment, 0)}Z",
            "eventSource": "s3.amazonaws.com",
            "eventName": {"GET": "GetObject", "PUT": "PutObject", "COPY": "CopyObject"}[verb],
            "awsRegion": "us-east-1",
            "sourceIPAddress": person.home,
            "userAgent": "[aws-cli/2.11.4]",
            "requestParameters": where | copied,
            "responseElements": None,
            "additionalEventData": {"bytesTransferredIn": blob.size if verb == "PUT" else 0, "bytesTransferredOut": blob.size if verb == "GET" else 0},
            "requestID": request,
            "eventID": story.dice.guid(),
            "readOnly": verb == "GET",
            "eventType": "AwsApiCall",
            "managementEvent": False,
            "recipientAccountId": TRAIL,
            "eventCategory": "Data",
        }
    )  # fmt: skip
    sides = (
        [("REST.COPY.OBJECT_GET", source.url), ("REST.COPY.OBJECT", blob.url)]
        if source
        else [(f"REST.{verb}.OBJECT", blob.url)]
    )
    story.access += [_line(moment, (operation, url), blob, (person.home, arn, request)) for operation, url in sides]


def _line(moment: datetime, what: tuple[str, str], blob: Blob, who: tuple[str, str, str]) -> str:
    operation, url = what
    ip, arn, request = who
    name, verb = url.removeprefix(f"s3://{BUCKET}/"), "GET" if operation.endswith("GET.OBJECT") else "PUT"
    sent = blob.size if verb == "GET" else "-"
    return (
        f"{'79a59df900b949e5' * 4} {BUCKET} [{moment:%d/%b/%Y:%H:%M:%S} +0000] {ip} {arn} {request} {operation} {name} "
        f'"{verb} /{name} HTTP/1.1" 200 - {sent} {blob.size} 105 33 "-" "aws-cli/2.11.4" - '
        f"Z2{request}hostid= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader {BUCKET}.s3.amazonaws.com TLSv1.2 - -"
    )


def end(story: Lineage) -> datetime:
    """Give an instant after all of it."""
    return story.now + timedelta(days=1)
