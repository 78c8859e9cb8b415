"""Small cases of generated records."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from timeline import Case

MAY = "[case]\nfrom = 2023-05-01\nto = 2023-06-01\n"
COVERED = (
    MAY
    + '[[collection]]\nid = "c"\ncollected_at = 2023-06-02T00:00:00Z\n[[policy]]\nstream = "*"\nsemantics = "none"\n'
)
"""Everything of May was kept and collected."""
TENANT = "11111111-2222-3333-4444-555555555555"

Make = Callable[..., Case]


def okta(time: str, actor: str = "alice@contoso.com", ip: str | None = "198.51.100.7", **more: Any) -> dict[str, Any]:
    client = {"userAgent": {"rawUserAgent": "curl/8"}} | ({"ipAddress": ip} if ip else {})
    return {
        "uuid": f"{time}{actor}{ip}", "published": time, "eventType": "user.session.start", "actor": {"id": f"id-{actor}", "type": "User", "alternateId": actor},
        "client": client, "outcome": {"result": "SUCCESS"}, "authenticationContext": {"externalSessionId": f"s-{actor}"}, **more,
    }  # fmt: skip


def storage(time: str, blob: str, ip: str = "198.51.100.9") -> dict[str, Any]:
    return {
        "time": time, "resourceId": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/acct/blobServices/default", "category": "StorageRead",
        "operationName": "GetBlob", "statusCode": 200, "callerIpAddress": f"{ip}:4711", "correlationId": f"r-{blob}",
        "uri": f"https://acct.blob.core.windows.net:443/{blob}", "identity": {"type": "OAuth", "requester": {"upn": "alice@contoso.com"}},
        "properties": {"accountName": "acct", "userAgentHeader": "azcopy"},
    }  # fmt: skip


def audit(time: str) -> dict[str, Any]:
    """Give a record of a log that states no address."""
    return {
        "@timestamp": time, "event": {"code": "7045", "provider": "Service Control Manager"},
        "winlog": {"channel": "System", "computer_name": "fs01", "event_id": "7045", "record_id": 1, "event_data": {"ServiceName": "x"}},
    }  # fmt: skip


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Make a case of files: `make(COVERED, okta=[records])`."""

    opened: list[Case] = []

    def made(toml: str, **logs: list[dict[str, Any]]) -> Case:
        (tmp_path / "case.toml").write_text(toml)
        for name, records in logs.items():
            (tmp_path / f"{name}.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in records))
        for other in opened:
            other.close()
        case = Case(tmp_path)
        opened.append(case)
        case.ingest(sorted(tmp_path.glob("*.jsonl")))
        return case

    yield made
    for each in opened:
        each.close()


@pytest.fixture
def listed(tmp_path: Path) -> Callable[[str], Path]:
    """Write a file of indicators."""

    def written(text: str) -> Path:
        path = tmp_path / "indicators.txt"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def bundle(*patterns: str) -> str:
    objects = [
        {"type": "indicator", "id": f"indicator--{number}", "pattern_type": "stix", "pattern": pattern}
        for number, pattern in enumerate(patterns)
    ]
    return json.dumps({"type": "bundle", "id": "bundle--1", "objects": objects})
