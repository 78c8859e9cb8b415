"""AWS CloudTrail with its S3 data events, and the S3 server access log of the same bucket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.story.dice import Dice, Rhythm, at, iso, later
from tests.story.files import Files, document, packed
from tests.story.world import FINAL_2023, FROM_2023, OFFICE

ACCOUNT, REGION, BUCKET = "111122223333", "us-east-1", "contoso-build-artifacts"
RUNNER, CLI = "198.51.100.61", "aws-cli/2.11.4 Python/3.11.2 Linux/5.15 exe/x86_64.ubuntu.22 prompt/off"
OWNER = Dice("bucket-owner").upper(64).lower()
KEYS = ("releases/2023.05/agent.tar.gz", "releases/2023.05/agent.tar.gz.sig", "nightly/web ui+docs.zip", "nightly/core.bin", "sbom/agent.spdx.json")
Event = dict[str, Any]


@dataclass(frozen=True)
class Session:
    """Temporary credentials: whose they are, since when, and how they are named."""

    key: str
    created: datetime
    role: str = ""
    name: str = ""

    def identity(self) -> Event:
        attributes = {"creationDate": iso(self.created, 0) + "Z", "mfaAuthenticated": "false" if self.role else "true"}
        if not self.role:
            arn = f"arn:aws:iam::{ACCOUNT}:user/{self.name}"
            context: Event = {"sessionIssuer": {}, "webIdFederationData": {}, "attributes": attributes}
            return {"type": "IAMUser", "principalId": "AIDAMORGANEXAMPLE", "arn": arn, "accountId": ACCOUNT, "accessKeyId": self.key, "userName": self.name, "sessionContext": context}
        issuer = {"type": "Role", "principalId": "AROADEPLOYEXAMPLE", "arn": f"arn:aws:iam::{ACCOUNT}:role/{self.role}", "accountId": ACCOUNT, "userName": self.role}
        return {
            "type": "AssumedRole",
            "principalId": f"AROADEPLOYEXAMPLE:{self.name}",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{self.role}/{self.name}",
            "accountId": ACCOUNT,
            "accessKeyId": self.key,
            "sessionContext": {"sessionIssuer": issuer, "webIdFederationData": {}, "attributes": attributes},
        }


def user(name: str, key: str) -> Event:
    arn = f"arn:aws:iam::{ACCOUNT}:user/{name}"
    return {"type": "IAMUser", "principalId": f"AIDA{name[:6].upper()}EXAMPLE", "arn": arn, "accountId": ACCOUNT, "accessKeyId": key, "userName": name}


class Trail:
    """One trail: it hands out credentials and records what is done with them."""

    def __init__(self) -> None:
        self.dice = Dice("aws")
        self.events: list[Event] = []

    def key(self) -> str:
        return "ASIA" + "".join(self.dice.choice("ABCDEFGHJKLMNPQRSTUVWXYZ234567") for _ in range(9)) + "EXAMPLE"

    def add(self, moment: datetime, name: str, identity: Event, more: Event) -> Event:
        source = more.pop("eventSource", "ec2.amazonaws.com")
        event = {
            "eventVersion": "1.08",
            "userIdentity": identity,
            "eventTime": iso(moment, 0) + "Z",
            "eventSource": source,
            "eventName": name,
            "awsRegion": REGION,
            "sourceIPAddress": RUNNER,
            "userAgent": CLI,
            "requestParameters": None,
            "responseElements": None,
            "requestID": self.dice.guid(),
            "eventID": self.dice.guid(),
            "readOnly": name.startswith(("Get", "Describe", "List", "Head")),
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": ACCOUNT,
            "eventCategory": "Management",
        } | more
        self.events.append(event)
        return event

    def assume(self, moment: datetime) -> Session:
        """Hand out a role's credentials: the second of issuance is the creation date of every use."""
        issued = moment.replace(microsecond=0)
        session = Session(self.key(), issued, "deploy", f"build-{self.dice.randrange(1000, 9999)}")
        ends = later(issued, 3600)
        credentials = {"accessKeyId": session.key, "sessionToken": "FwoGZXIvYXdzEXAMPLETOKEN", "expiration": f"{ends:%b} {ends.day}, {ends.year}, {ends.hour % 12 or 12}:{ends:%M:%S %p}"}
        assumed = {"assumedRoleId": f"AROADEPLOYEXAMPLE:{session.name}", "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/{session.name}"}
        more: Event = {
            "eventSource": "sts.amazonaws.com",
            "requestParameters": {"roleArn": f"arn:aws:iam::{ACCOUNT}:role/deploy", "roleSessionName": session.name},
            "responseElements": {"credentials": credentials, "assumedRoleUser": assumed},
            "resources": [{"accountId": ACCOUNT, "type": "AWS::IAM::Role", "ARN": f"arn:aws:iam::{ACCOUNT}:role/deploy"}],
        }
        self.add(issued, "AssumeRole", user("ci-runner", "AKIACIRUNNEREXAMPLE"), more)
        return session

    def data(self, moment: datetime, session: Session) -> Event:
        name, key = self.dice.choice(("PutObject", "GetObject", "GetObject", "HeadObject")), self.dice.choice(KEYS)
        size = self.dice.randrange(2_000, 4_000_000)
        moved = {"bytesTransferredIn": size if name == "PutObject" else 0, "bytesTransferredOut": size if name == "GetObject" else 0}
        extra = {"SignatureVersion": "SigV4", "CipherSuite": "ECDHE-RSA-AES128-GCM-SHA256", "AuthenticationMethod": "AuthHeader", "x-amz-id-2": self.dice.base64(45), **moved}
        resources = [{"type": "AWS::S3::Object", "ARN": f"arn:aws:s3:::{BUCKET}/{key}"}, {"accountId": ACCOUNT, "type": "AWS::S3::Bucket", "ARN": f"arn:aws:s3:::{BUCKET}"}]
        more: Event = {
            "eventSource": "s3.amazonaws.com",
            "requestParameters": {"bucketName": BUCKET, "key": key, "Host": f"{BUCKET}.s3.amazonaws.com"},
            "additionalEventData": extra,
            "requestID": self.dice.upper(16),
            "resources": resources,
            "managementEvent": False,
            "eventCategory": "Data",
        }
        if self.dice.random() < 0.04:
            more |= {"errorCode": "AccessDenied", "errorMessage": "Access Denied"}
        return self.add(moment, name, session.identity(), more)

    def console(self, moment: datetime, *, good: bool) -> Session:
        login = moment.replace(microsecond=0)
        session = Session(self.key(), login, name="morgan.diaz")
        identity = {name: value for name, value in user("morgan.diaz", "").items() if name != "accessKeyId"} | {"principalId": "AIDAMORGANEXAMPLE"}
        more: Event = {
            "eventSource": "signin.amazonaws.com",
            "sourceIPAddress": OFFICE,
            "userAgent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/112.0.0.0",
            "responseElements": {"ConsoleLogin": "Success" if good else "Failure"},
            "additionalEventData": {"LoginTo": "https://console.aws.amazon.com/console/home", "MobileVersion": "No", "MFAUsed": "Yes" if good else "No"},
            "eventType": "AwsConsoleSignIn",
            **({} if good else {"errorMessage": "Failed authentication"}),
        }
        self.add(login, "ConsoleLogin", identity, more)
        return session

    def looked(self, moment: datetime, session: Session) -> None:
        more: Event = {"sourceIPAddress": OFFICE, "userAgent": "AWS Internal", "sessionCredentialFromConsole": "true"}
        self.add(moment, self.dice.choice(("DescribeInstances", "DescribeVolumes")), session.identity(), more)


def build_day(trail: Trail, moment: datetime) -> None:
    """Record one build: a role is assumed and used for a few minutes."""
    session = trail.assume(moment)
    for step in range(trail.dice.randrange(1, 4)):
        trail.data(later(session.created, 20 + 70 * step + trail.dice.randrange(60)), session)
    if trail.dice.random() < 0.4:
        trail.add(later(session.created, 300), "DescribeInstances", session.identity(), {})


def special(trail: Trail) -> None:
    """Record what looks like tampering and is not: refused, widened, rotated, or issued out of reach."""
    intern = user("kit.intern", "AKIAKITINTERNEXAMPLE")
    refused: Event = {"eventSource": "cloudtrail.amazonaws.com", "requestParameters": {"name": "organisation-trail"}, "errorCode": "AccessDenied", "errorMessage": "User is not authorized to perform: cloudtrail:StopLogging"}
    trail.add(at("2023-05-18T10:41:22"), "StopLogging", intern, refused)
    wider: Event = {"eventSource": "cloudtrail.amazonaws.com", "requestParameters": {"trailName": "organisation-trail", "eventSelectors": [{"readWriteType": "All", "includeManagementEvents": True, "dataResources": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3"]}]}]}}
    trail.add(at("2023-05-02T08:15:40"), "PutEventSelectors", user("quinn.hale", "AKIAQUINNHALEEXAMPLE"), wider)
    created = {"accessKey": {"accessKeyId": "AKIACIRUNNR2EXAMPLE", "userName": "ci-runner", "status": "Active", "createDate": "Jun 27, 2023, 9:30:11 AM"}}
    rotated: Event = {"eventSource": "iam.amazonaws.com", "requestParameters": {"userName": "ci-runner"}, "responseElements": created}
    trail.add(at("2023-06-27T09:30:11"), "CreateAccessKey", user("quinn.hale", "AKIAQUINNHALEEXAMPLE"), rotated)
    service = {"type": "AWSService", "invokedBy": "cloudtrail.amazonaws.com"}
    trail.add(at("2023-06-01T00:12:09"), "GetBucketAcl", service, {"eventSource": "s3.amazonaws.com", "sourceIPAddress": "cloudtrail.amazonaws.com", "userAgent": "cloudtrail.amazonaws.com"})
    old = Session(old_key(), at("2023-04-13T08:20:05"), "deploy", "build-0413")
    trail.data(at("2023-04-13T09:02:41"), old)


def old_key() -> str:
    return "ASIAOLDER0413EXAMPLE"


def trail_2023() -> list[Event]:
    trail = Trail()
    for moment in trail.dice.times(FROM_2023, FINAL_2023, Rhythm(2.6, night=0.6, day_off=0.6)):
        build_day(trail, moment)
    for moment in trail.dice.times(FROM_2023, FINAL_2023, Rhythm(0.6, night=0.02, day_off=0.01)):
        good = trail.dice.random() > 0.15
        session = trail.console(moment, good=good)
        if good:
            trail.looked(later(session.created, 240), session)
    special(trail)
    end = iso(FINAL_2023, 0)
    return sorted((e for e in trail.events if e["eventTime"] < end), key=lambda e: (e["eventTime"], e["eventID"]))


def access(event: Event, dice: Dice) -> str:
    """Write the server access log's line for a data event: the request id and the host id join the two."""
    moment, key = at(event["eventTime"][:-1]), event["requestParameters"]["key"].replace(" ", "%2520").replace("+", "%252B")
    verb = event["eventName"].removesuffix("Object").upper()
    extra, failed = event["additionalEventData"], "errorCode" in event
    size = extra["bytesTransferredIn"] + extra["bytesTransferredOut"]
    sent, status = ("243", "403 AccessDenied") if failed else (str(size) if verb == "GET" else "-", "200 -")
    return (
        f"{OWNER} {BUCKET} [{moment:%d/%b/%Y:%H:%M:%S} +0000] {event['sourceIPAddress']} {event['userIdentity']['arn']} {event['requestID']} "
        f'REST.{verb}.OBJECT {key} "{verb} /{key.replace("%25", "%")} HTTP/1.1" {status} {sent} {size or "-"} {dice.randrange(9, 240)} {dice.randrange(4, 60)} '
        f'"-" "{event["userAgent"]}" - {extra["x-amz-id-2"]} SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader {BUCKET}.s3.amazonaws.com TLSv1.2 - -'
    )


def expired(moment: datetime, dice: Dice) -> str:
    """Write a lifecycle expiry: it has no address, no request line and no status."""
    return (
        f"{OWNER} {BUCKET} [{moment:%d/%b/%Y:%H:%M:%S} +0000] - AmazonS3 {dice.upper(16)} S3.EXPIRE.OBJECT "
        f'nightly/core.bin "-" - - - 1048576 - - "-" "-" - {dice.base64(45)} - - - - - - -'
    )


def server_log(events: list[Event]) -> dict[str, list[tuple[datetime, str]]]:
    dice, found = Dice("s3-access"), dict[str, list[tuple[datetime, str]]]()
    rows = [(at(e["eventTime"][:-1]), access(e, dice)) for e in events if e["eventCategory"] == "Data"]
    rows += [(moment, expired(moment, dice)) for moment in dice.times(FROM_2023, FINAL_2023, Rhythm(1.5, night=1, day_off=1))]
    for moment, text in sorted(rows):
        found.setdefault(f"{moment:%G-W%V}", []).append((moment, text))
    return found


def files() -> Files:
    events, made, dice = trail_2023(), Files(), Dice("aws-files")
    weeks: dict[str, list[Event]] = {}
    for event in events:
        weeks.setdefault(f"{at(event['eventTime'][:-1]):%G-W%V}", []).append(event)
    for part in weeks.values():
        last = later(at(part[-1]["eventTime"][:-1]), 201)
        stamp = f"{ACCOUNT}_CloudTrail_{REGION}_{last:%Y%m%dT%H%MZ}_{dice.upper(16)}.json.gz"
        folder = f"aws.cloudtrail/2023-07-12/AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/{last:%Y/%m/%d}"
        made[f"{folder}/{stamp}"] = packed(document({"Records": part}).rstrip(b"\n"))
    for rows in server_log(events).values():
        last = later(rows[-1][0], 3_400)
        name = f"aws.s3access/2023-07-12/{BUCKET}/{last:%Y-%m-%d-%H-%M-%S}-{dice.upper(16)}"
        made[name] = ("\n".join(text for _, text in rows) + "\n").encode()
    return made
