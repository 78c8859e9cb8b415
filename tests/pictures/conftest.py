"""A small case of the crowd that the benchmark makes, and one with a person in every place."""

import json
from pathlib import Path

import pytest

from tests.benchmarks import crowd
from timeline.api import Case

EVENTS = 5_000
CASE = """[case]
name = "What alice did"
notes = "Told by Alice herself: alice@contoso.com."
from = 2023-05-01T00:00:00Z
to = 2023-06-01T00:00:00Z

[[collection]]
id = "all"
collected_at = 2023-06-01T00:00:00Z
subjects = ["alice@contoso.com"]

[[policy]]
stream = "*"
retention_days = 90

[[chain.step]]
id = "read"
question = "bulk-read"
params = { actor = "alice@contoso.com" }
"""


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return crowd.make(tmp_path_factory.mktemp("crowd"), EVENTS)


def signin(number: int, actor: str, ip: str) -> dict[str, object]:
    return {
        "time": f"2023-05-{number % 28 + 1:02}T10:00:{number % 60:02}.0000000Z",
        "category": "SignInLogs",
        "tenantId": "contoso",
        "operationName": "Sign-in activity",
        "correlationId": f"00000000-0000-0000-0000-{number:012}",
        "properties": {
            "id": f"10000000-0000-0000-0000-{number:012}",
            "createdDateTime": f"2023-05-{number % 28 + 1:02}T10:00:{number % 60:02}Z",
            "userPrincipalName": actor,
            "userDisplayName": f"The words of {actor.partition('@')[0]}",
            "userId": f"id-of-{actor.partition('@')[0]}",
            "ipAddress": ip,
            "isInteractive": True,
            "status": {"errorCode": 0},
            "appDisplayName": "Portal",
        },
    }


@pytest.fixture
def alices(tmp_path: Path) -> Case:
    root = tmp_path / "case"
    root.mkdir()
    (root / "case.toml").write_text(CASE, "utf-8")
    people = [("alice@contoso.com", "192.0.2.7"), ("bob@contoso.com", "198.51.100.9")]
    rows = [signin(number, *people[number % 2]) for number in range(40)]
    (root / "signins-of-alice.json").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    case = Case(root)
    case.ingest([root / "signins-of-alice.json"])
    return case
