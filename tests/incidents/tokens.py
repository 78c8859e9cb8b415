"""Tokens issued, used and forged over four months, and sign-in logs that hold only a part of them.

Decoys: honest tokens whose issuance is out of reach, one address for a whole office, people who change to a VPN within a session,
keys that are rotated, access keys that a service mints for itself. The truth is worked out from the plan alone, by seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.incidents import cases
from tests.story import entra, graph
from tests.story.audit_rows import context, mail
from tests.story.dice import Dice, at, iso, later
from tests.story.people import SignIn
from tests.story.world import EXCHANGE, GRAPH, OFFICE_APP, OWA_APP, PEOPLE, TENANT, VPN_NEW, VPN_OLD, Person
from timeline.api import Case

BEGIN, END = at("2023-03-01T00:00:00"), at("2023-07-01T00:00:00")
KINDS = ("interactive", "noninteractive", "service_principal", "managed_identity")
NAT = "198.51.100.10"
DAYS = 30
Window = tuple[datetime, datetime]


@dataclass(frozen=True)
class Use:
    """One use of a token, as it truly was."""

    token: str
    issued: datetime | None
    at: datetime
    forged: bool


@dataclass
class Tokens:
    """One story: when which sign-in log was collected, the records, and the uses with their truth."""

    dice: Dice
    taken: tuple[datetime, ...]
    asked: dict[str, Window | None]
    hole: Window
    sign_ins: list[SignIn] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    graph: list[dict[str, Any]] = field(default_factory=list)
    mail: list[dict[str, Any]] = field(default_factory=list)
    trail: list[dict[str, Any]] = field(default_factory=list)

    def covered(self, kind: str) -> list[Window]:
        """Give when issuances of a kind are in the evidence: thirty days before each collection, but for what was not asked for or lost."""
        spans = [(moment - timedelta(days=DAYS), moment) for moment in self.taken]
        if (window := self.asked[kind]) and kind:
            spans[0] = (max(spans[0][0], window[0]), min(spans[0][1], window[1]))
        return [part for span in spans for part in _without(span, self.hole)]

    def issuable(self, second: datetime) -> bool:
        """Tell whether every sign-in log would have shown an issuance within this second."""
        return all(
            any(start <= second and later(second, 1) <= end for start, end in self.covered(kind)) for kind in KINDS
        )


def _without(span: Window, hole: Window) -> list[Window]:
    parts = [(span[0], min(span[1], hole[0])), (max(span[0], hole[1]), span[1])]
    return [part for part in parts if part[0] < part[1]]


def made(seed: int) -> Tokens:
    """Tell one story."""
    dice = Dice(f"tokens-{seed}")
    first = later(at("2023-04-05T09:00:00"), dice.randrange(10) * 86_400 + dice.randrange(86_400))
    last = later(at("2023-06-10T09:00:00"), dice.randrange(15) * 86_400 + dice.uniform(0, 86_400))
    hole_from = later(last, -dice.randrange(3, 20) * 86_400)
    asked: dict[str, Window | None] = dict.fromkeys(KINDS)
    asked[dice.choice(KINDS)] = (
        later(first, -dice.randrange(8, 25) * 86_400),
        later(first, -dice.randrange(1, 5) * 86_400),
    )
    story = Tokens(dice, (first, last), asked, (hole_from, later(hole_from, dice.randrange(3_600, 200_000))))
    for moment in sorted(_moments(dice, 420)):
        _honest(story, moment)
    edges = {edge for kind in KINDS for span in story.covered(kind) for edge in span}
    near = [later(edge, nudge) for edge in sorted(edges) for nudge in (-1.2, -1, -0.3, 0, 0.3, 1)]
    for moment in sorted([*_moments(dice, 45), *near]):
        _forged(story, moment)
    for moment in sorted(_moments(dice, 20)):
        _minted(story, moment)
    return story


def _moments(dice: Dice, count: int) -> Iterator[datetime]:
    length = (END - BEGIN).total_seconds() - 90_000
    return (later(BEGIN, dice.uniform(0, length)) for _ in range(count))


def _honest(story: Tokens, moment: datetime) -> None:
    """Somebody signs in and uses what they got: from the office's one address, or after changing to a VPN; programs do too."""
    dice = story.dice
    kind = dice.choice(("interactive", "noninteractive", "noninteractive", "service_principal", "managed_identity"))
    person = dice.choice(PEOPLE) if kind in KINDS[:2] else None
    ip = dice.choice((NAT, NAT, person.home)) if person else "" if kind == "managed_identity" else "198.51.100.61"
    app = OFFICE_APP if person else replace(OWA_APP, name="contoso-mail-archiver", oid=Dice("archiver").guid())
    signed = SignIn(
        moment,
        kind,
        dice.request(),
        app,
        GRAPH,
        dice.guid(),
        person,
        ip,
        person.browser(moment) if person else "",
        dice.guid() if person else "",
    )
    story.sign_ins.append(signed)
    where = dice.choice((ip, ip, VPN_NEW, VPN_OLD))
    for _ in range(dice.randrange(1, 4)):
        use = Use(signed.id, moment, later(moment, dice.uniform(5, 3_400)), forged=False)
        _used(story, use, (person, where, signed.agent))


def _forged(story: Tokens, moment: datetime) -> None:
    """Somebody uses a token of their own making, for another's mailbox; it states when it claims to have been issued."""
    dice = story.dice
    who = (
        dice.choice(PEOPLE),
        dice.choice((NAT, "203.0.113.140", "203.0.113.151")),
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
    )
    token = dice.request()
    for _ in range(dice.randrange(1, 5)):
        _used(story, Use(token, moment, later(moment, dice.uniform(5, 3_400)), forged=True), who)


def _used(story: Tokens, use: Use, who: tuple[Person | None, str, str]) -> None:
    """Log one use: of mail, where the time of issue is only sometimes stated, or of the API."""
    person, ip, agent = who
    dice, moment = story.dice, use.issued or use.at
    echo = moment.replace(microsecond=0)
    if person and dice.random() < 0.5:
        told = echo if dice.random() < 0.85 else None
        shown = {"AppId": EXCHANGE.app_id, "ClientAppId": OWA_APP.app_id, "ClientIPAddress": ip or NAT}
        inside = {"AppAccessContext": context(use.token, dice.guid(), told, dice)}
        access = shown | {"ClientInfoString": "Client=REST;Client=RESTSystem;;"} | inside
        story.mail.append(mail(use.at, person, access, dice))
        story.uses.append(replace(use, issued=told, at=use.at.replace(microsecond=0)))
        return
    url, program = "https://graph.microsoft.com/v1.0/users?$top=9", Dice("archiver").guid()
    service = {
        "servicePrincipalId": program,
        "appId": OWA_APP.app_id,
        "ipAddress": ip,
        "userAgent": "python",
        "requestUri": url,
    }
    caller = graph.by_person(person, ip or NAT, agent, dice) if person else service
    row = graph.record(use.at, use.token, moment, caller, dice)
    row["properties"]["responseStatusCode"], row["resultSignature"] = 200, "200"
    story.graph.append(row)
    story.uses.append(replace(use, issued=echo))


def _minted(story: Tokens, moment: datetime) -> None:
    """A service of AWS mints a key for itself, of which there is no record of issuance; and a rotated key begins to be used."""
    dice = story.dice
    key = (
        dice.choice(("ASIA", "ASIA", "AKIA"))
        + "".join(dice.choice("ABCDEFGHJKLMNPQRSTUVWXYZ234567") for _ in range(9))
        + "EXAMPLE"
    )
    attributes = {"creationDate": f"{iso(moment, 0)}Z", "mfaAuthenticated": "false"}
    role = {
        "type": "Role",
        "principalId": "AROADEPLOYEXAMPLE",
        "arn": "arn:aws:iam::111122223333:role/lambda",
        "accountId": "111122223333",
        "userName": "lambda",
    }
    identity = {"type": "AssumedRole", "principalId": "AROADEPLOYEXAMPLE:worker", "arn": "arn:aws:sts::111122223333:assumed-role/lambda/worker",
                "accountId": "111122223333", "accessKeyId": key, "sessionContext": {"sessionIssuer": role, "attributes": attributes}}  # fmt: skip
    used = later(moment, dice.uniform(1, 900))
    story.trail.append(
        {
            "eventVersion": "1.08",
            "userIdentity": identity,
            "eventTime": f"{iso(used, 0)}Z",
            "eventSource": "ec2.amazonaws.com",
            "eventName": "DescribeInstances",
            "awsRegion": "us-east-1",
            "sourceIPAddress": "198.51.100.61",
            "userAgent": "Boto3/1.26",
            "requestID": dice.guid(),
            "eventID": dice.guid(),
            "readOnly": True,
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": "111122223333",
            "eventCategory": "Management",
        }
    )


def case_of(story: Tokens, folder: Path) -> Case:
    """Write what is left of the logs: sign-ins as collected twice, the rest whole."""
    files, toml = {}, [f"[case]\nfrom = {BEGIN:%Y-%m-%d}\nto = {END:%Y-%m-%d}\nas_of = {END:%Y-%m-%d}\n"]
    for number, taken in enumerate(story.taken):
        for kind in KINDS:
            window = story.asked[kind] if number == 0 else None
            spans = (
                [(taken - timedelta(days=DAYS), taken)]
                if not window
                else [(max(window[0], taken - timedelta(days=DAYS)), min(window[1], taken))]
            )
            rows = [
                entra.diagnostic(each)
                for each in story.sign_ins
                if each.kind == kind
                and any(_in(each.time, part) for span in spans for part in _without(span, story.hole))
            ]
            files[f"{number}-{kind}.json"] = cases.lines(rows)
            toml.append(
                _collection(
                    f"{number}-{kind}", taken, f"entra.signin.{kind}/*", f"evidence/{number}-{kind}.json", window
                )
            )
    for name, rows in (("graph", story.graph), ("mail", story.mail), ("trail", story.trail)):
        files[f"{name}.json"] = cases.lines(rows)
    toml.append(_collection("rest", END, "graph.activity/*", "evidence/graph.json", None))
    toml.append(_collection("mail", END, "m365.audit/*", "evidence/mail.json", None))
    toml.append(_collection("trail", END, "aws.cloudtrail/*", "evidence/trail.json", None))
    toml.append(
        f'[[policy]]\nstream = "entra.signin.*"\nsemantics = "rolling"\nretention_days = {DAYS}\nlatency = "0s"\n'
    )
    toml.append('[[policy]]\nstream = "*"\nsemantics = "none"\nlatency = "0s"\n')
    toml.append(
        f'[[outage]]\nstream = "entra.signin.*"\nfrom = {_time(story.hole[0])}\nto = {_time(story.hole[1])}\nwhy = "lost by its vendor"\n'
    )
    return cases.opened(folder, "".join(toml), {name: text for name, text in files.items() if text})


def _in(moment: datetime, span: Window) -> bool:
    return span[0] <= moment < span[1]


def _collection(name: str, taken: datetime, streams: str, path: str, window: Window | None) -> str:
    asked = f"from = {_time(window[0])}\nto = {_time(window[1])}\n" if window else ""
    streams = streams.replace("*", TENANT) if streams.startswith("entra") else streams
    return f'[[collection]]\nid = "{name}"\ncollected_at = {_time(taken)}\npaths = ["{path}"]\nstreams = ["{streams}"]\n{asked}'


def _time(moment: datetime) -> str:
    return f"{iso(moment, 6)}Z"


@dataclass
class Score:
    """Counted over stories: uses that are called forged, those of them that are, and the forged ones whose issue time was covered."""

    claimed: int = 0
    true: int = 0
    provable: int = 0
    found: int = 0
    outside: int = 0
    unknown: int = 0

    @property
    def precision(self) -> float:
        return self.true / max(self.claimed, 1)

    @property
    def recall(self) -> float:
        return self.found / max(self.provable, 1)


def measure(seed: int, folder: Path, score: Score) -> list[str]:
    """Add one story to the score; give in words what is wrong."""
    story = made(seed)
    with case_of(story, folder) as case:
        rows = list(case.query("token-used-without-issuance").iter_rows(named=True))
        (asked,) = case.ask("token-used-without-issuance")["verdict"].to_list()
    told = {(row["token_id"], row["time"].replace(microsecond=0)): row["verdict"] for row in rows if row["token_id"]}
    wrong = (
        []
        if asked == ("found_incomplete" if "found" in told.values() else "unknown")
        else [f"{seed}: the verdict is {asked}"]
    )
    wrong += [
        f"{seed}: {row['credential_id']} is {row['verdict']}"
        for row in rows
        if not row["token_id"] and row["verdict"] != "unknown"
    ]
    for use in story.uses:
        verdict = told.get((use.token, use.at.replace(microsecond=0)), "not listed")
        provable = use.issued is not None and story.issuable(use.issued)
        score.claimed += verdict == "found"
        score.true += verdict == "found" and use.forged
        score.provable += use.forged and provable
        score.found += use.forged and provable and verdict == "found"
        score.outside += use.forged and not provable
        score.unknown += use.forged and not provable and verdict == "unknown"
        if verdict != _truth(story, use, provable):
            wrong.append(f"{seed}: {verdict} is {use}, provable: {provable}")
    return wrong


def _truth(story: Tokens, use: Use, provable: bool) -> str:
    """Give what must be said of a use: forged where its issuance would be here, nothing where it is here, else that nobody knows."""
    if use.forged:
        return "found" if provable else "unknown"
    signed = next(each for each in story.sign_ins if each.id == use.token)
    here = any(_in(signed.time, span) for span in story.covered(signed.kind))
    return "not listed" if here else "unknown"
