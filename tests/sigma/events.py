"""Records made for rules: for each item of each selection one that fits it, ones that nearly do, and all of it in the vendor's own shape."""

import base64
import ipaddress
import json
import random
import re
import uuid
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

Record = dict[str, Any]
START = datetime(2023, 5, 1, tzinfo=UTC)
TENANT = "11111111-2222-3333-4444-555555555555"


def aws(time: str, number: int) -> Record:
    return {
        "eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "accountId": "111122223333", "userName": "alice"}, "eventTime": time,
        "eventSource": "noop.amazonaws.com", "eventName": "Noop", "awsRegion": "us-east-1", "sourceIPAddress": "192.0.2.7", "userAgent": "aws-cli",
        "requestParameters": None, "responseElements": None, "eventID": str(uuid.UUID(int=number)), "eventType": "AwsApiCall", "recipientAccountId": "111122223333",
    }  # fmt: skip


def audit(time: str, number: int) -> Record:
    return {
        "id": f"Directory_{number}", "category": "Noop", "correlationId": str(uuid.UUID(int=number)), "result": "success", "resultReason": "", "tenantId": TENANT,
        "activityDisplayName": "Noop", "activityDateTime": time, "loggedByService": "Core Directory", "operationType": "Update",
        "initiatedBy": {"user": {"userPrincipalName": "alice@contoso.com"}}, "targetResources": [{"type": "User", "modifiedProperties": []}], "additionalDetails": [],
    }  # fmt: skip


def activity(time: str, number: int) -> Record:
    return {
        "eventDataId": str(uuid.UUID(int=number)), "time": time, "eventTimestamp": time, "operationName": "MICROSOFT.NOOP/READ", "subscriptionId": TENANT,
        "resourceId": f"/SUBSCRIPTIONS/{TENANT}/RESOURCEGROUPS/G", "category": "Administrative", "resultType": "Success", "properties": {},
    }  # fmt: skip


def sign_in(time: str, number: int) -> Record:
    return {
        "id": str(uuid.UUID(int=number)), "createdDateTime": time, "userPrincipalName": "alice@contoso.com", "isInteractive": True, "tenantId": TENANT,
        "conditionalAccessStatus": "notApplied", "ipAddress": "192.0.2.7", "deviceDetail": {"deviceId": "", "operatingSystem": "Linux"},
    }  # fmt: skip


def risk(time: str, number: int) -> Record:
    return {
        "id": str(uuid.UUID(int=number)), "riskState": "atRisk", "riskLevel": "low", "riskEventType": "noop", "activityDateTime": time, "detectedDateTime": time,
        "lastUpdatedDateTime": time, "userPrincipalName": "alice@contoso.com", "ipAddress": "192.0.2.7", "tenantId": TENANT, "riskLastUpdatedDateTime": time,
    }  # fmt: skip


def office(time: str, number: int) -> Record:
    return {
        "CreationTime": time, "RecordType": 8, "Id": str(uuid.UUID(int=number)), "Operation": "Noop", "Workload": "Noop", "OrganizationId": TENANT,
        "UserId": "alice@contoso.com", "UserType": 0, "ResultStatus": "Noop",
    }  # fmt: skip


def google(time: str, number: int) -> Record:
    return {
        "insertId": f"i{number}", "logName": "projects/contoso/logs/cloudaudit.googleapis.com%2Factivity", "timestamp": time, "resource": {"type": "project"},
        "protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "methodName": "noop", "serviceName": "noop.googleapis.com", "resourceName": "x"},
    }  # fmt: skip


def workspace(time: str, number: int) -> Record:
    return {
        "kind": "admin#reports#activity", "id": {"time": time, "uniqueQualifier": str(number), "applicationName": "admin", "customerId": "C0"},
        "actor": {"email": "alice@contoso.com"}, "events": [{"type": "x", "name": "NOOP", "parameters": [{"name": "SETTING", "value": "y"}]}],
    }  # fmt: skip


def okta(time: str, number: int) -> Record:
    return {
        "uuid": str(uuid.UUID(int=number)), "published": time, "eventType": "noop", "actor": {"id": "i", "type": "User", "alternateId": "alice@contoso.com"},
        "client": {"ipAddress": "192.0.2.7"}, "outcome": {"result": "NOOP"},
    }  # fmt: skip


def duo(time: str, number: int) -> Record:
    at = datetime.fromisoformat(time)
    return {
        "txid": str(uuid.UUID(int=number)), "result": "success", "timestamp": at.timestamp(), "isotimestamp": time, "event_type": "authentication", "factor": "duo_push",
        "access_device": {"ip": "192.0.2.7"}, "user": {"name": "alice"}, "reason": "noop",
    }  # fmt: skip


def windows(channel: str) -> Callable[[str, int], Record]:
    def made(time: str, number: int) -> Record:
        system = {
            "Provider": {"#attributes": {"Name": "Noop"}}, "EventID": 1, "TimeCreated": {"#attributes": {"SystemTime": time}}, "EventRecordID": number, "Channel": channel,
            "Computer": "FS01.contoso.com",
        }  # fmt: skip
        return {"Event": {"System": system, "EventData": {}}}

    return made


SHAPES: dict[str, Callable[[str, int], Record]] = {
    "aws/cloudtrail": aws, "azure/auditlogs": audit, "azure/pim": audit, "azure/activitylogs": activity, "azure/signinlogs": sign_in, "azure/riskdetection": risk,
    "m365/audit": office, "m365/threat_management": office, "m365/threat_detection": office, "m365/exchange": office, "gcp/gcp.audit": google,
    "gcp/google_workspace.admin": workspace, "gcp/google_workspace.login": google, "okta/okta": okta, "cisco/duo": duo,
    "windows/security": windows("Security"), "windows/system": windows("System"), "windows/application": windows("Application"),
    "windows/sysmon": windows("Microsoft-Windows-Sysmon/Operational"),
}  # fmt: skip
SYSTEM = {"EventID": ("System", "EventID"), "Provider_Name": ("System", "Provider", "#attributes", "Name"), "Channel": ("System", "Channel"),
          "Computer": ("System", "Computer")}  # fmt: skip


def items(detection: Any) -> Iterator[tuple[str, Any]]:
    """Give all items of a selection as (key, value); words without a field have the key ''."""
    if isinstance(detection, dict):
        yield from detection.items()
    elif isinstance(detection, list):
        for each in detection:
            yield from items(each) if isinstance(each, dict) else [("", each)]
    else:
        yield "", detection


def fitting(words: list[str], told: Any, draw: random.Random) -> Any:
    """Give a value that such an item means to match (not promised: the evaluator decides)."""
    if told is None or "exists" in words:
        return None if told is None or told is False else "there"
    if isinstance(told, bool | int | float):
        shift = {"gt": 1, "lt": -1}.get(next(iter({"gt", "lt"} & set(words)), ""), 0)
        return told + shift if not isinstance(told, bool) else told
    if "cidr" in words:
        return str(ipaddress.ip_network(told).network_address)
    if "re" in words:
        return plain(told)
    value = re.sub(r"\\([*?\\])", lambda found: chr(0xE000 + ord(found[1])), told)
    value = value.replace("*", draw.choice(["", "x", "some thing"])).replace("?", "q")
    value = re.sub("[\ue000-\ue0ff]", lambda found: chr(ord(found[0]) - 0xE000), value)
    data = value.encode("utf-16-le") if {"wide", "utf16le"} & set(words) else value.encode()
    if {"base64", "base64offset"} & set(words):
        value = base64.b64encode(b" " * draw.randrange(3 if "base64offset" in words else 1) + data).decode()
    if "contains" in words:
        value = f"{draw.choice(['', 'pre '])}{value}{draw.choice(['', ' post'])}"
    if "startswith" in words:
        value += draw.choice(["", " and more"])
    if "endswith" in words:
        value = draw.choice(["", "before "]) + value
    return draw.choice([value, value.upper(), value.lower(), value.swapcase()]) if "cased" not in words else value


def joined(old: Any, fresh: Any, words: list[str]) -> Any:
    """Give one value for two items about one field, where both are parts of a text."""
    if (
        not isinstance(old, str)
        or not isinstance(fresh, str)
        or not {"startswith", "endswith", "contains"} & set(words)
    ):
        return fresh
    return fresh + old if "startswith" in words else old + fresh


def plain(expression: str) -> str:
    """Give a text that many a simple expression matches: signs taken away."""
    told = re.sub(r"\\[dw]", "1", expression)
    told = re.sub(r"\[([^\]])[^\]]*\]", r"\1", told)
    told = re.sub(r"\(\??:?([^|)]*)[^)]*\)", r"\1", told)
    return re.sub(
        r"\\(.)", r"\1", re.sub(r"[\^$]|\{\d[\d,]*\}|(?<!\\)[+*?]", "", told.replace(".*", "x").replace(".+", "x"))
    )


def near(value: Any, draw: random.Random) -> Any:
    """Give a value that almost fits."""
    told = str(value)
    return draw.choice(
        [
            f"{told}x",
            f"x{told}",
            told[:-1],
            told[1:],
            "",
            None,
            "%",
            told.replace("_", "x"),
            [told, "other"],
            {"v": told},
            f"{told}\n",
        ]
    )


def put(record: Record, field: str, value: Any, draw: random.Random) -> None:
    """Set a field in a record at its own place, over what is there by that name in any case; sometimes within an array."""
    where: Any = record
    parts = list(SYSTEM.get(field, field.split("."))) if "Event" in record else field.removeprefix("data.").split(".")
    if field == "gcp.audit.method_name":
        parts = ["protoPayload", "methodName"]
    if "Event" in record:
        where = record["Event"] if field in SYSTEM else record["Event"]["EventData"]
    for part in parts[:-1]:
        key = _key(where, part)
        inner = where.get(key)
        if isinstance(inner, list) and inner and isinstance(inner[0], dict):
            where = inner[0]
            continue
        if not isinstance(inner, dict):
            inner = {}
            where[key] = [inner] if draw.random() < 0.2 else inner
        where = inner
    where[_key(where, parts[-1])] = value


def _key(where: Record, part: str) -> str:
    return next((key for key in where if key.lower() == part.lower()), part)


class Maker:
    """Makes records, each with an instant of its own."""

    def __init__(self, seed: int) -> None:
        self.draw, self.number = random.Random(seed), 0

    def record(self, shape: str, fields: dict[str, Any]) -> tuple[str, Record]:
        self.number += 1
        time = (START + timedelta(seconds=self.number)).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
        record = SHAPES[shape](time.replace(".000000Z", "Z"), self.number)
        for field, value in fields.items():
            put(record, field, value, self.draw)
        return time, record

    def of(self, rule: dict[str, Any], shape: str) -> Iterator[tuple[str, Record]]:
        """Give records for a rule: all selections fitted at once, then with one item nearly so, missing, or another's."""
        selections = {name: told for name, told in rule["detection"].items() if name != "condition"}
        whole = self.fitted(selections)
        for fields in self.variants(selections, whole):
            yield self.record(shape, fields)

    def fitted(self, selections: dict[str, Any]) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for told in selections.values():
            for key, value in items(told):
                field, *words = key.split("|")
                chosen = value if isinstance(value, list) else [value]
                if not chosen:
                    continue
                picked = [fitting(words, each, self.draw) for each in chosen]
                fresh = " ".join(map(str, picked)) if "all" in words else self.draw.choice(picked)
                fields[field or "message"] = joined(fields.get(field or "message"), fresh, words)
        return fields

    def variants(self, selections: dict[str, Any], whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield whole
        for name, one in selections.items():
            yield self.fitted({name: one})
            others = {other: told for other, told in selections.items() if other != name}
            yield self.fitted(others)
        for _ in range(2):
            yield self.fitted(selections)
        for field, value in whole.items():
            yield {**whole, field: near(value, self.draw)}
            yield {name: each for name, each in whole.items() if name != field}
            positive = {name: told for name, told in selections.items() if not name.startswith("filter")}
            yield {**self.fitted(positive), field: near(value, self.draw)}
            yield self.fitted(positive)


def written(records: list[Record]) -> str:
    return "".join(
        f"{json.dumps(deepcopy(record), ensure_ascii=bool(index % 2))}\n" for index, record in enumerate(records)
    )
