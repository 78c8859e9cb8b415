"""Microsoft Graph activity: what was asked of the API, with which token."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tests.story.dice import Dice, iso, later, uti
from tests.story.files import Files, lines, packed
from tests.story.forged import THIEF_BROWSER, Token, forged, older
from tests.story.people import SignIn
from tests.story.world import FINAL_2023, GRAPH, OWA_APP, TENANT, Person

PATHS = (
    "me/messages?$top=25",
    "me/mailFolders/inbox/messages",
    "me/drive/root/children",
    "me/calendarView",
    "users?$select=id,displayName",
    "me/photos/96x96/$value",
)
APP_PATHS = ("users/{}/messages?$top=100", "users/{}/mailFolders", "organization", "users?$top=999")


def record(moment: datetime, token: str, issued: datetime, who: dict[str, Any], dice: Dice) -> dict[str, Any]:
    """State one request; `who` gives the principal, its address, program and request."""
    request, good = dice.guid(), dice.random() > 0.05
    person = "userId" in who
    return {
        "time": iso(moment) + "Z",
        "resourceId": f"/TENANTS/{TENANT.upper()}/PROVIDERS/MICROSOFT.AADIAM",
        "operationName": "Microsoft Graph Activity",
        "operationVersion": "v1.0",
        "category": "MicrosoftGraphActivityLogs",
        "resultSignature": "200" if good else "403",
        "durationMs": str(dice.randrange(90_000, 2_000_000)),
        "callerIpAddress": who["ipAddress"],
        "correlationId": request,
        "level": "Informational",
        "location": "West Europe",
        "properties": {
            "timeGenerated": iso(moment) + "Z",
            "location": "West Europe",
            "requestId": request,
            "operationId": request,
            "clientRequestId": dice.guid(),
            "apiVersion": "v1.0",
            "requestMethod": "GET",
            "responseStatusCode": 200 if good else 403,
            "tenantId": TENANT,
            "responseSizeBytes": dice.randrange(280, 48_000) if good else 0,
            "signInActivityId": uti(token),
            "scopes": "Files.Read Mail.Read User.Read" if person else None,
            "roles": None if person else "Mail.Read User.Read.All",
            "clientAuthMethod": "0" if person else "1",
            "C_Iat": str(int(issued.timestamp())),
            "tokenIssuedAt": iso(issued.replace(microsecond=0)) + "Z",
            **who,
        },
        "tenantId": TENANT,
    }


def by_person(person: Person, ip: str, agent: str, dice: Dice) -> dict[str, Any]:
    url = f"https://graph.microsoft.com/v1.0/{dice.choice(PATHS)}"
    return {
        "userId": person.oid,
        "servicePrincipalId": None,
        "appId": OWA_APP.app_id,
        "ipAddress": ip,
        "userAgent": agent,
        "requestUri": url,
    }


def of_sign_in(sign_in: SignIn, dice: Dice) -> dict[str, Any]:
    moment = later(sign_in.time, dice.randrange(4, 2_900) + dice.random())
    if sign_in.person:
        who = by_person(sign_in.person, sign_in.ip, sign_in.agent, dice) | {
            "appId": sign_in.app.app_id,
            "C_Sid": sign_in.session,
        }
    else:
        url = "https://graph.microsoft.com/v1.0/" + dice.choice(APP_PATHS).format(dice.guid())
        ids = {"servicePrincipalId": sign_in.app.oid, "appId": sign_in.app.app_id, "requestUri": url}
        who = ids | {"ipAddress": sign_in.ip, "userAgent": "python-requests/2.28.2"}
    return record(moment, sign_in.id, sign_in.time, who, dice)


def of_token(token: Token, agent: str, dice: Dice) -> list[dict[str, Any]]:
    return [
        record(used, token.id, token.issued, by_person(token.person, token.ip, agent, dice), dice)
        for used in token.graph
    ]


def files(late: Sequence[SignIn]) -> Files:
    dice = Dice("graph")
    found = [of_sign_in(s, dice) for s in late if s.issued and s.resource is GRAPH]
    for token in forged():
        found += of_token(token, THIEF_BROWSER, dice)
    for token in older():
        found += of_token(token, token.person.browser(token.issued), dice)
    ordered = sorted((r for r in found if r["time"] < iso(FINAL_2023)), key=lambda r: str(r["time"]))
    name = "insights-logs-microsoftgraphactivitylogs"
    may = [r for r in ordered if r["time"].startswith("2023-05-19")]
    rest = [r for r in ordered if not r["time"].startswith("2023-05-19")]
    folder = "graph.activity/2023-07-12"
    return {f"{folder}/{name}.ndjson.gz": packed(lines(rest)), f"{folder}/{name}-2023-05-19.json": lines(may)}
