"""Entra sign-in logs in their four categories: diagnostic records and Graph pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tests.story.dice import Dice, Rhythm, iso, old_uti, uti
from tests.story.files import Files, document, lines, packed
from tests.story.people import (
    ERRORS,
    SignIn,
    avery_day,
    lagged,
    machine_sign_ins,
    replayed,
    spray,
    user_sign_ins,
)
from tests.story.world import (
    ARCHIVER,
    AUDIT_FROM_2021,
    BACKUP,
    BUILDER,
    FINAL_2023,
    FROM_2023,
    PULL_2023,
    SIGN_IN_FROM_2021,
    SPRAY_2021,
    TENANT,
    TERRAFORM,
    THIEF_2021,
    THIEF_AGENT,
    UPLOADER,
)

CATEGORY = {
    "interactive": "SignInLogs",
    "noninteractive": "NonInteractiveUserSignInLogs",
    "service_principal": "ServicePrincipalSignInLogs",
    "managed_identity": "ManagedIdentitySignInLogs",
}
GRAPH_TYPE = {
    "interactive": "interactiveUser",
    "noninteractive": "nonInteractiveUser",
    "service_principal": "servicePrincipal",
    "managed_identity": "managedIdentity",
}
CITY = {"1": "Rennes", "2": "Lyon", "9": "Nantes"}
SESSION_2021 = Dice("session").guid()


def sign_ins_2021() -> list[SignIn]:
    """All sign-ins from June to September 2021; the tenant's log keeps the last thirty days of them."""
    dice = Dice("sign-ins-2021")
    found = user_sign_ins(AUDIT_FROM_2021, SPRAY_2021, 11, dice)
    found += spray(dice) + replayed(SESSION_2021, THIEF_2021, THIEF_AGENT, dice) + avery_day(SESSION_2021, dice)
    return sorted(found + machines(SIGN_IN_FROM_2021, SPRAY_2021, 4, dice), key=lambda s: s.time)


def sign_ins_2023() -> list[SignIn]:
    dice = Dice("sign-ins-2023")
    found = user_sign_ins(FROM_2023, FINAL_2023, 17, dice) + machines(FROM_2023, FINAL_2023, 6, dice)
    return sorted((s for s in found if lagged(s) < FINAL_2023), key=lambda s: s.time)


def machines(start: datetime, end: datetime, per_day: float, dice: Dice) -> list[SignIn]:
    steady = Rhythm(per_day, night=0.9, day_off=0.95)
    principals = dice.times(start, end, steady)
    identities = dice.times(start, end, steady)
    found = machine_sign_ins(principals, "service_principal", (ARCHIVER, TERRAFORM, BACKUP), dice)
    return found + machine_sign_ins(identities, "managed_identity", (UPLOADER, BUILDER), dice)


def place(ip: str) -> dict[str, Any]:
    if not ip:
        return {"city": "", "state": "", "countryOrRegion": "", "geoCoordinates": {"latitude": 0, "longitude": 0}}
    where = {"latitude": 47.218, "longitude": -1.553}
    return {"city": CITY.get(ip[0], ""), "state": "", "countryOrRegion": "FR", "geoCoordinates": where}


def status(sign_in: SignIn) -> dict[str, Any]:
    if sign_in.issued:
        return {"errorCode": 0}
    return {
        "errorCode": sign_in.error,
        "failureReason": ERRORS.get(sign_in.error, "The provided client secret keys are expired."),
    }


def principal(sign_in: SignIn) -> dict[str, Any]:
    person, app = sign_in.person, sign_in.app
    if person is None:
        key = {"servicePrincipalCredentialKeyId": app.oid[:24] + "0c0ffee0c0de"}
        secret = key if sign_in.kind == "service_principal" else {}
        return {"userId": None, "servicePrincipalId": app.oid, "servicePrincipalName": app.name, **secret}
    device = {"deviceId": person.device if sign_in.agent != "BAV2ROPC" else "", "operatingSystem": "Windows 10"}
    if sign_in.ip == THIEF_2021:
        device = {"deviceId": "", "operatingSystem": "Linux"}
    if person.mac:
        device["operatingSystem"] = "MacOs"
    return {
        "userDisplayName": person.display,
        "userPrincipalName": person.upn,
        "userId": person.oid,
        "userAgent": sign_in.agent,
        "deviceDetail": device | {"browser": "Edge" if "Edg/" in sign_in.agent else ""},
    }


def properties(sign_in: SignIn) -> dict[str, Any]:
    """Fill the signIn object that the diagnostic record and the Graph page share."""
    early = sign_in.time.year == 2021
    return {
        "id": sign_in.id,
        "createdDateTime": iso(sign_in.time) + "+00:00",
        **principal(sign_in),
        "appId": sign_in.app.app_id,
        "appDisplayName": sign_in.app.name if sign_in.person else None,
        "ipAddress": sign_in.ip,
        "status": status(sign_in),
        "location": place(sign_in.ip),
        "correlationId": sign_in.correlation,
        "conditionalAccessStatus": "notApplied",
        "originalRequestId": sign_in.id,
        "isInteractive": sign_in.kind == "interactive",
        "tokenIssuerType": "AzureAD",
        "riskState": "none",
        "resourceDisplayName": sign_in.resource.name,
        "resourceId": sign_in.resource.app_id,
        "resourceTenantId": TENANT,
        "homeTenantId": TENANT,
        **({"sessionId": sign_in.session} if sign_in.session else {}),
        "uniqueTokenIdentifier": (old_uti if early else uti)(sign_in.id),
        "incomingTokenType": sign_in.incoming,
        "authenticationProtocol": "ropc" if sign_in.agent == "BAV2ROPC" else "none",
    }


def diagnostic(sign_in: SignIn) -> dict[str, Any]:
    """Wrap it as Azure Monitor does: the outer time is when the record was emitted."""
    caller = {"callerIpAddress": sign_in.ip} if sign_in.ip else {}
    person = {"identity": sign_in.person.display} if sign_in.person else {}
    return {
        "time": iso(lagged(sign_in)) + "Z",
        "resourceId": f"/tenants/{TENANT}/providers/Microsoft.aadiam",
        "operationName": "Sign-in activity",
        "operationVersion": "1.0",
        "category": CATEGORY[sign_in.kind],
        "tenantId": TENANT,
        "resultType": str(sign_in.error),
        "resultSignature": "None" if sign_in.issued else "FAILURE",
        **({} if sign_in.issued else {"resultDescription": status(sign_in)["failureReason"]}),
        "durationMs": 0 if sign_in.id[0] < "8" else "0",
        **caller,
        "correlationId": sign_in.correlation,
        **person,
        "Level": 4,
        **({"location": "FR"} if sign_in.ip else {}),
        "properties": properties(sign_in),
    }


def graph(sign_in: SignIn) -> dict[str, Any]:
    body = properties(sign_in)
    body["createdDateTime"] = iso(sign_in.time, 0) + "Z"
    return body | {"signInEventTypes": [GRAPH_TYPE[sign_in.kind]], "riskLevelDuringSignIn": "none"}


def page(sign_ins: Sequence[SignIn], indent: int | None) -> bytes:
    context = "https://graph.microsoft.com/beta/$metadata#auditLogs/signIns"
    newest_first = [graph(sign_in) for sign_in in reversed(sign_ins)]
    return document({"@odata.context": context, "value": newest_first}, indent=indent)


def files(early: Sequence[SignIn], late: Sequence[SignIn]) -> Files:
    """Three collections: the export of 2021, a Graph pull in June 2023, the archive in July 2023."""
    made: Files = {}
    for kind, category in CATEGORY.items():
        folder = f"entra.signin.{kind}"
        first = [s for s in early if s.kind == kind and s.time >= SIGN_IN_FROM_2021]
        last = [s for s in late if s.kind == kind]
        pulled = [s for s in last if PULL_2023.replace(day=13) <= s.time < PULL_2023]
        container = f"insights-logs-{category.lower()}"
        made |= first_export(f"{folder}/2021-09-20/{container}", [diagnostic(s) for s in first])
        made[f"{folder}/2023-06-20/signIns_{GRAPH_TYPE[kind]}.json"] = page(
            pulled, 2 if kind == "interactive" else None
        )
        made[f"{folder}/2023-07-12/{container}.ndjson.gz"] = packed(lines(diagnostic(s) for s in last))
    return made


def first_export(name: str, records: list[dict[str, Any]]) -> Files:
    """Write service principals and identities as an Event Hub delivers them, and people as lines."""
    if "managedidentity" in name:
        return {name + ".json.gz": packed(document({"records": records}))}
    if "serviceprincipal" in name:
        return {name + ".json": document({"records": records})}
    return (
        {name + ".json": lines(records)}
        if "noninteractive" not in name
        else {name + ".json.gz": packed(lines(records))}
    )
