"""Azure Activity: the control plane of the subscription, each request with the claims of its token."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tests.story.dice import Dice, at, iso, later, uti
from tests.story.files import Files, lines, packed
from tests.story.people import SignIn
from tests.story.world import CASEY, FINAL_2023, MANAGEMENT, MORGAN, SUBSCRIPTION, TENANT

ROUTINE = (
    ("resourcegroups/rg-web/providers/microsoft.compute/virtualmachines/vm-web-02", "MICROSOFT.COMPUTE/VIRTUALMACHINES/RESTART/ACTION"),
    ("resourcegroups/rg-web/providers/microsoft.network/networksecuritygroups/nsg-web", "MICROSOFT.NETWORK/NETWORKSECURITYGROUPS/WRITE"),
    ("resourcegroups/rg-production/providers/microsoft.storage/storageaccounts/proddumps", "MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION"),
    ("resourcegroups/rg-web", "MICROSOFT.RESOURCES/DEPLOYMENTS/WRITE"),
    ("resourcegroups/rg-web/providers/microsoft.resources/tags/default", "MICROSOFT.RESOURCES/TAGS/WRITE"),
)  # fmt: skip
DUMPS = "resourcegroups/rg-production/providers/microsoft.storage/storageaccounts/proddumps"
SETTING = DUMPS + "/blobservices/default/providers/microsoft.insights/diagnosticsettings/to-workspace"
SPECIAL = (
    ("2023-05-09T08:21:14.604118", None, SETTING, "MICROSOFT.INSIGHTS/DIAGNOSTICSETTINGS/WRITE", "Success"),
    ("2023-06-01T13:47:02.118540", CASEY, SETTING, "MICROSOFT.INSIGHTS/DIAGNOSTICSETTINGS/DELETE", "Failure"),
    ("2023-06-22T09:03:37.552071", None, SETTING, "MICROSOFT.INSIGHTS/DIAGNOSTICSETTINGS/WRITE", "Success"),
    ("2023-06-28T10:15:55.090312", MORGAN, DUMPS, "MICROSOFT.STORAGE/STORAGEACCOUNTS/REGENERATEKEY/ACTION", "Success"),
)
OID = "http://schemas.microsoft.com/identity/claims/objectidentifier"
NAME = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"


def claims(sign_in: SignIn) -> dict[str, str]:
    issued = int(sign_in.time.timestamp())
    person = sign_in.person
    who = {OID: person.oid, NAME + "upn": person.upn, "name": person.display} if person else {OID: sign_in.app.oid}
    times = {"iat": str(issued), "nbf": str(issued), "exp": str(issued + 4_712)}
    source = {"aud": "https://management.core.windows.net/", "iss": f"https://sts.windows.net/{TENANT}/"}
    return {
        **source,
        **times,
        "appid": sign_in.app.app_id,
        "ipaddr": sign_in.ip,
        "uti": uti(sign_in.id),
        "ver": "1.0",
        **who,
    }


def record(moment: datetime, sign_in: SignIn, what: tuple[str, str, str], correlation: str) -> dict[str, Any]:
    """Write one phase of an operation; its start states no outcome."""
    scope, operation, result = what
    path = f"/SUBSCRIPTIONS/{SUBSCRIPTION}/{scope}".upper()
    role = "Owner" if sign_in.person else "Contributor"
    rights = {
        "role": role,
        "roleAssignmentScope": f"/subscriptions/{SUBSCRIPTION}",
        "principalType": "User" if sign_in.person else "ServicePrincipal",
    }
    signature = {
        "Start": "Started.",
        "Accept": "Accepted.Accepted",
        "Success": "Succeeded.OK",
        "Failure": "Failed.Forbidden",
    }[result]
    return {
        "time": iso(moment) + "Z",
        "resourceId": path,
        "operationName": operation,
        "category": "Administrative",
        "resultType": result,
        "resultSignature": signature,
        "durationMs": "0",
        "callerIpAddress": sign_in.ip,
        "correlationId": correlation,
        "identity": {
            "authorization": {"scope": path.lower(), "action": operation.title(), "evidence": rights},
            "claims": claims(sign_in),
        },
        "level": "Error" if result == "Failure" else "Information",
        "location": "global",
        "properties": {
            "eventCategory": "Administrative",
            "entity": path.lower(),
            "message": operation,
            "hierarchy": f"{TENANT}/{SUBSCRIPTION}",
        },
    }


def phases(moment: datetime, sign_in: SignIn, what: tuple[str, str, str], dice: Dice) -> list[dict[str, Any]]:
    scope, operation, result = what
    correlation = dice.guid()
    steps = [record(moment, sign_in, (scope, operation, "Start"), correlation)]
    if operation.endswith("RESTART/ACTION"):
        steps.append(record(later(moment, 1.4), sign_in, (scope, operation, "Accept"), correlation))
    return [*steps, record(later(moment, 2.2 + 9 * dice.random()), sign_in, (scope, operation, result), correlation)]


def holder(sign_ins: Sequence[SignIn], moment: datetime, person: object) -> SignIn:
    """Find the latest token for the control plane that this principal held."""
    return max((s for s in sign_ins if s.person is person and s.time < moment), key=lambda s: s.time)


def files(late: Sequence[SignIn]) -> Files:
    dice = Dice("activity")
    usable = [s for s in late if s.issued and s.resource is MANAGEMENT]
    found: list[dict[str, Any]] = []
    for sign_in in usable:
        if dice.random() < 0.9:
            scope, operation = dice.choice(ROUTINE)
            moment = later(sign_in.time, dice.randrange(10, 3_000) + dice.random())
            found += phases(moment, sign_in, (scope, operation, "Success"), dice)
    for text, person, scope, operation, result in SPECIAL:
        sign_in = holder(usable, at(text), person)
        found += phases(at(text), sign_in, (scope, operation, result), dice)
    ordered = sorted((r for r in found if r["time"] < iso(FINAL_2023)), key=lambda r: str(r["time"]))
    folder = "azure.activity/2023-07-12/insights-activity-logs"
    hour = f"resourceId=/SUBSCRIPTIONS/{SUBSCRIPTION.upper()}/y=2023/m=06/d=28/h=10/m=00/PT1H.json"
    one = [r for r in ordered if r["time"].startswith("2023-06-28T10")]
    rest = [r for r in ordered if not r["time"].startswith("2023-06-28T10")]
    return {f"{folder}/{hour}": lines(one), f"{folder}.ndjson.gz": packed(lines(rest))}
