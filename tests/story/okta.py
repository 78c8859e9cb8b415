"""The Okta System Log of the contractors' organisation."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.story.dice import Dice, Rhythm, iso, later
from tests.story.files import Files, document, packed
from tests.story.world import FINAL_2023, FROM_2023

BROWSER = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.4 Safari/605.1.15"


@dataclass(frozen=True)
class Contractor:
    """A person from outside with an address of their own."""

    name: str
    id: str
    ip: str


PEOPLE = (
    Contractor("pat.lee@example.com", "00u1patleeEXAMPLE0x7", "192.0.2.160"),
    Contractor("noor.haddad@example.com", "00u1noorhadEXAMPLE0x7", "192.0.2.171"),
    Contractor("ines.costa@example.com", "00u1inescosEXAMPLE0x7", "2001:db8:61::44"),
)
KINDS = {
    "user.session.start": "User login to Okta",
    "user.authentication.sso": "User single sign on to app",
    "user.session.end": "User logout from Okta",
    "user.authentication.auth_via_mfa": "Authentication of user via MFA",
    "app.oauth2.token.grant.access_token": "OAuth2 access token is granted",
}


PLACE = {
    "city": "Porto",
    "state": None,
    "country": "Portugal",
    "postalCode": None,
    "geolocation": {"lat": 41.15, "lon": -8.61},
}
NETWORK = {"asNumber": 64500, "asOrg": "example isp", "isp": "example isp", "domain": ".", "isProxy": False}
PROVIDERS = ("authenticationProvider", "credentialProvider", "credentialType", "issuer", "interface")


def client(person: Contractor) -> dict[str, Any]:
    agent = {"rawUserAgent": BROWSER, "os": "Mac OS X", "browser": "SAFARI"}
    rest = {"device": "Computer", "id": None, "ipAddress": person.ip, "geographicalContext": PLACE}
    return {"userAgent": agent, "zone": "null", **rest}


def device(person: Contractor) -> str:
    """Give what Okta makes of a browser's device token: the same as long as the browser keeps it."""
    return hashlib.sha256(f"{person.name} {BROWSER}".encode()).hexdigest()


def chain(person: Contractor) -> dict[str, Any]:
    hop = {"ip": person.ip, "geographicalContext": None, "version": "V6" if ":" in person.ip else "V4", "source": None}
    return {"ipChain": [hop]}


def event(moment: datetime, kind: str, person: Contractor, session: str, dice: Dice) -> dict[str, Any]:
    """State one step of a session; grants carry no session id, as Okta's did before 2024."""
    failed = kind == "user.session.start" and dice.random() < 0.08
    grant, request = kind.startswith("app.oauth2"), dice.base64(15)
    told = {"requestId": request, "dtHash": device(person), "threatSuspected": "false"}
    name = {"alternateId": person.name, "displayName": person.name.split("@")[0], "detailEntry": None}
    shown = dict.fromkeys(PROVIDERS) | {"authenticationStep": 0, "externalSessionId": "unknown" if grant else session}
    return {
        "actor": {"id": person.id, "type": "User", **name},
        "client": client(person),
        "device": None,
        "authenticationContext": shown,
        "displayMessage": KINDS[kind],
        "eventType": kind,
        "outcome": {"result": "FAILURE" if failed else "SUCCESS", "reason": "INVALID_CREDENTIALS" if failed else None},
        "published": iso(moment, 3) + "Z",
        "securityContext": NETWORK,
        "severity": "WARN" if failed else "INFO",
        "debugContext": {"debugData": told | {"requestUri": "/oauth2/v1/token" if grant else "/api/v1/authn"}},
        "legacyEventType": None if grant else "core.user_auth.login_success",
        "transaction": {"type": "WEB", "id": request, "detail": {}},
        "uuid": dice.guid(),
        "version": "0",
        "request": chain(person),
        "target": target(moment, kind, dice),
    }


def target(moment: datetime, kind: str, dice: Dice) -> list[dict[str, Any]] | None:
    if kind == "user.authentication.sso":
        return [
            {
                "id": "0oa1wikiEXAMPLE0x7",
                "type": "AppInstance",
                "alternateId": "Contoso wiki",
                "displayName": "Contoso wiki",
                "detailEntry": {"signOnModeType": "SAML_2_0"},
            }
        ]
    if kind.startswith("app.oauth2"):
        detail = {"expires": iso(later(moment, 3600), 3) + "Z", "subject": "00u1", "hash": dice.base64(16)}
        return [
            {
                "id": "AT." + dice.upper(24),
                "type": "access_token",
                "alternateId": None,
                "displayName": "Access Token",
                "detailEntry": detail,
            }
        ]
    return None


def visit(moment: datetime, dice: Dice) -> list[dict[str, Any]]:
    """Log in, use an application and sometimes log out again."""
    person, session = dice.choice(PEOPLE), "102" + dice.upper(20)
    first = event(moment, "user.session.start", person, session, dice)
    if first["outcome"]["result"] == "FAILURE":
        return [first]
    steps = [
        "user.authentication.auth_via_mfa",
        "user.authentication.sso",
        "app.oauth2.token.grant.access_token",
        "user.session.end",
    ]
    wanted = [kind for kind in steps if dice.random() < 0.55]
    return [
        first,
        *(
            event(later(moment, 9 + 31 * n + dice.random()), kind, person, session, dice)
            for n, kind in enumerate(wanted)
        ),
    ]


def files() -> Files:
    dice = Dice("okta")
    found = [
        e
        for moment in dice.times(FROM_2023, FINAL_2023, Rhythm(2.4, night=0.2, day_off=0.4))
        for e in visit(moment, dice)
    ]
    found = sorted((e for e in found if e["published"] < iso(FINAL_2023, 3)), key=lambda e: str(e["published"]))
    june = [e for e in found if e["published"].startswith("2023-07")]
    rest = [e for e in found if not e["published"].startswith("2023-07")]
    folder = "okta.system/2023-07-12"
    return {f"{folder}/system-log-2023-07.json": document(june), f"{folder}/system-log.json.gz": packed(document(rest))}
