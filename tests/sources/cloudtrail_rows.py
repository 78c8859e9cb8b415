"""Rows of CloudTrail as consoles write them, and their ingest."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from timeline import Case

Rows = list[dict[str, Any]]
Read = Callable[..., Rows]
HISTORY = [
    "User name",
    "AWS access key",
    "Event time",
    "Event source",
    "Event name",
    "AWS region",
    "Source IP address",
    "User agent",
    "Error code",
    "Resources",
    "Request ID",
    "Event ID",
    "Read-only",
    "Event type",
    "Recipient Account Id",
    "Event category",
]
ATHENA = [
    "eventversion",
    "useridentity",
    "eventtime",
    "eventsource",
    "eventname",
    "awsregion",
    "sourceipaddress",
    "useragent",
    "errorcode",
    "errormessage",
    "requestparameters",
    "responseelements",
    "additionaleventdata",
    "requestid",
    "eventid",
    "resources",
    "eventtype",
    "apiversion",
    "readonly",
    "recipientaccountid",
    "serviceeventdetails",
    "sharedeventid",
    "vpcendpointid",
]
PLACE: dict[str, str] = {"Event time": "2023-05-10T10:11:12Z", "AWS region": "us-east-1", "Event ID": "e-1", "Recipient Account Id": "111122223333",
         "Event source": "iam.amazonaws.com", "Event name": "CreateUser", "Event type": "AwsApiCall", "Read-only": "false", "Resources": "[]"}  # fmt: skip
ROW = {"eventtime": "2023-05-10T10:11:12Z", "awsregion": "us-east-1", "eventid": "e-1", "recipientaccountid": "111122223333",
       "eventsource": "iam.amazonaws.com", "eventname": "CreateUser", "eventtype": "AwsApiCall", "readonly": "false"}  # fmt: skip
RECORD: dict[str, Any] = {"eventVersion": "1.08", "eventTime": "2023-05-10T10:11:12Z", "awsRegion": "us-east-1", "eventID": "e-1", "recipientAccountId": "111122223333",
          "eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin", "eventType": "AwsConsoleSignIn", "readOnly": False,
          "userIdentity": {"type": "IAMUser", "principalId": "AIDAANNEXAMPLE", "arn": "arn:aws:iam::111122223333:user/ann", "accountId": "111122223333", "userName": "ann"},
          "errorMessage": "Failed authentication", "responseElements": {"ConsoleLogin": "Failure"}}  # fmt: skip


def table(names: list[str], *rows: Mapping[str, str]) -> str:
    text = io.StringIO()
    writing = csv.DictWriter(text, names, restval="", lineterminator="\n")
    writing.writeheader()
    writing.writerows(rows)
    return text.getvalue()


def ingested(place: Path, files: Mapping[str, str]) -> Rows:
    """Ingest files by their names and texts, all of whose records must be taken; give the events that are kept, by time."""
    for name, text in files.items():
        path = place / "logs" / name.replace("__", ".")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    with Case.create(place / "case") as case:
        status = case.ingest(place / "logs")
        assert status["rejected"].to_list() + status["skipped"].to_list() == [0] * 2 * len(files)
        return case.events().to_dicts()


def resources(*named: tuple[str | None, str]) -> str:
    return json.dumps([{"resourceType": kind, "resourceName": name} for kind, name in named])


def identity(user: str = "ann", session: str = "null") -> str:
    return (
        f"{{type=IAMUser, principalid=AIDAANNEXAMPLE, arn=arn:aws:iam::111122223333:user/{user}, accountid=111122223333, invokedby=null, "
        f"accesskeyid=AKIAIOSFODNN7EXAMPLE, username={user}, sessioncontext={session}}}"
    )


LAKE = [
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "errorCode",
    "userIdentity",
    "requestParameters",
    "eventID",
    "recipientAccountId",
]
LAKE_ROW = {"eventTime": "2023-05-10 10:11:12.000", "eventSource": "iam.amazonaws.com", "eventName": "CreateUser", "awsRegion": "us-east-1",
            "eventID": "e-1", "recipientAccountId": "111122223333", "userIdentity": identity()}  # fmt: skip
