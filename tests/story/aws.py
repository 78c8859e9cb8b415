"""AWS CloudTrail with its S3 data events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.story.dice import Dice, Rhythm, at, iso, later
from tests.story.files import Files, document, packed
from tests.story.world import FINAL_2023, FROM_2023, OFFICE

ACCOUNT, REGION, BUCKET = "111122223333", "us-east-1", "contoso-build-artifacts"
RUNNER, CLI = "198.51.100.61", "aws-cli/2.11.4 Python/3.11.2 Linux/5.15 exe/x86_64.ubuntu.22 prompt/off"
KEYS = (
    "releases/2023.05/agent.tar.gz",
    "releases/2023.05/agent.tar.gz.sig",
    "nightly/web ui+docs.zip",
    "nightly/core.bin",
    "sbom/agent.spdx.json",
)
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
            return {
                "type": "IAMUser",
                "principalId": "AIDAMORGANDIAEXAMPLE",
                "arn": arn,
                "accountId": ACCOUNT,
                "accessKeyId": self.key,
                "userName": self.name,
                "sessionContext": context,
            }
        issuer = {
            "type": "Role",
            "principalId": "AROADEPLOYEXAMPLE",
            "arn": f"arn:aws:iam::{ACCOUNT}:role/{self.role}",
            "accountId": ACCOUNT,
            "userName": self.role,
        }
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
    return {
        "type": "IAMUser",
        "principalId": "AIDA" + name.upper().replace(".", "").replace("-", "")[:9] + "EXAMPLE",
        "arn": arn,
        "accountId": ACCOUNT,
        "accessKeyId": key,
        "userName": name,
    }


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
        credentials = {
            "accessKeyId": session.key,
            "sessionToken": "FwoGZXIvYXdzEXAMPLETOKEN",
            "expiration": f"{ends:%b} {ends.day}, {ends.year}, {ends.hour % 12 or 12}:{ends:%M:%S %p}",
        }
        assumed = {
            "assumedRoleId": f"AROADEPLOYEXAMPLE:{session.name}",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/{session.name}",
        }
        more: Event = {
            "eventSource": "sts.amazonaws.com",
            "requestParameters": {"roleArn": f"arn:aws:iam::{ACCOUNT}:role/deploy", "roleSessionName": session.name},
            "responseElements": {"credentials": credentials, "assumedRoleUser": assumed},
            "resources": [
                {"accountId": ACCOUNT, "type": "AWS::IAM::Role", "ARN": f"arn:aws:iam::{ACCOUNT}:role/deploy"}
            ],
        }
        self.add(issued, "AssumeRole", user("ci-runner", "AKIACIRUNNER1EXAMPLE"), more)
        return session

    def data(self, moment: datetime, session: Session) -> Event:
        name, key = self.dice.choice(("PutObject", "GetObject", "GetObject", "HeadObject")), self.dice.choice(KEYS)
        size = self.dice.randrange(2_000, 4_000_000)
        moved = {
            "bytesTransferredIn": size if name == "PutObject" else 0,
            "bytesTransferredOut": size if name == "GetObject" else 0,
        }
        extra = {
            "SignatureVersion": "SigV4",
            "CipherSuite": "ECDHE-RSA-AES128-GCM-SHA256",
            "AuthenticationMethod": "AuthHeader",
            "x-amz-id-2": self.dice.base64(45),
            **moved,
        }
        resources = [
            {"type": "AWS::S3::Object", "ARN": f"arn:aws:s3:::{BUCKET}/{key}"},
            {"accountId": ACCOUNT, "type": "AWS::S3::Bucket", "ARN": f"arn:aws:s3:::{BUCKET}"},
        ]
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
        identity = {name: value for name, value in user("morgan.diaz", "").items() if name != "accessKeyId"} | {
            "principalId": "AIDAMORGANDIAEXAMPLE"
        }
        more: Event = {
            "eventSource": "signin.amazonaws.com",
            "sourceIPAddress": OFFICE,
            "userAgent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/112.0.0.0",
            "responseElements": {"ConsoleLogin": "Success" if good else "Failure"},
            "additionalEventData": {
                "LoginTo": "https://console.aws.amazon.com/console/home",
                "MobileVersion": "No",
                "MFAUsed": "Yes" if good else "No",
            },
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


TRAIL = "cloudtrail.amazonaws.com"
SELECTOR = {
    "readWriteType": "All",
    "includeManagementEvents": True,
    "dataResources": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3"]}],
}
NEW_KEY = {
    "accessKeyId": "AKIACIRUNNER2EXAMPLE",
    "userName": "ci-runner",
    "status": "Active",
    "createDate": "Jun 27, 2023, 9:30:11 AM",
}
REFUSED = {
    "requestParameters": {"name": "organisation-trail"},
    "errorCode": "AccessDenied",
    "errorMessage": "User is not authorized to perform: cloudtrail:StopLogging",
}


def special(trail: Trail) -> None:
    """Record what looks like tampering and is not: refused, widened, rotated, or issued out of reach."""
    intern, admin = user("kit.intern", "AKIAKITINTERNEXAMPLE"), user("quinn.hale", "AKIAQUINNHALEEXAMPLE")
    trail.add(at("2023-05-18T10:41:22"), "StopLogging", intern, {"eventSource": TRAIL, **REFUSED})
    wider = {"trailName": "organisation-trail", "eventSelectors": [SELECTOR]}
    trail.add(at("2023-05-02T08:15:40"), "PutEventSelectors", admin, {"eventSource": TRAIL, "requestParameters": wider})
    rotated = {"requestParameters": {"userName": "ci-runner"}, "responseElements": {"accessKey": NEW_KEY}}
    trail.add(at("2023-06-27T09:30:11"), "CreateAccessKey", admin, {"eventSource": "iam.amazonaws.com", **rotated})
    itself = {"eventSource": "s3.amazonaws.com", "sourceIPAddress": TRAIL, "userAgent": TRAIL}
    trail.add(at("2023-06-01T00:12:09"), "GetBucketAcl", {"type": "AWSService", "invokedBy": TRAIL}, itself)
    old = Session("ASIAOLDER0413EXAMPLE", at("2023-04-13T08:20:05"), "deploy", "build-0413")
    trail.data(at("2023-04-13T09:02:41"), old)


def trail_2023() -> list[Event]:
    trail = Trail()
    for moment in trail.dice.times(FROM_2023, FINAL_2023, Rhythm(2.1, night=0.6, day_off=0.6)):
        build_day(trail, moment)
    for moment in trail.dice.times(FROM_2023, FINAL_2023, Rhythm(0.25, night=0.02, day_off=0.01)):
        good = trail.dice.random() > 0.15
        session = trail.console(moment, good=good)
        if good:
            trail.looked(later(session.created, 240), session)
    special(trail)
    end = iso(FINAL_2023, 0)
    return sorted((e for e in trail.events if e["eventTime"] < end), key=lambda e: (e["eventTime"], e["eventID"]))


def files(events: list[Event]) -> Files:
    """One file a week under the name that CloudTrail gives, stamped a little after its last event."""
    made, dice = Files(), Dice("aws-files")
    weeks: dict[str, list[Event]] = {}
    for event in events:
        weeks.setdefault(f"{at(event['eventTime'][:-1]):%G-W%V}", []).append(event)
    for part in weeks.values():
        last = later(at(part[-1]["eventTime"][:-1]), 201)
        stamp = f"{ACCOUNT}_CloudTrail_{REGION}_{last:%Y%m%dT%H%MZ}_{dice.upper(16)}.json.gz"
        folder = f"aws.cloudtrail/2023-07-12/AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/{last:%Y/%m/%d}"
        made[f"{folder}/{stamp}"] = packed(document({"Records": part}).rstrip(b"\n"))
    return made
