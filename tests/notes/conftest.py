"""A small case that notes can be written about."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

AT = "2023-06-05T10:00:00Z"
TOML = """[case]
from = 2023-05-01
to = 2023-06-01
analyst = "Robin"
[[collection]]
id = "c"
collected_at = 2023-06-02T00:00:00Z
[[policy]]
stream = "okta.*"
retention_days = 20
"""


def okta(day: int, actor: str = "alice@contoso.com") -> str:
    record = {
        "uuid": f"00000000-0000-4000-8000-0000000000{day}",
        "published": f"2023-05-{day}T00:00:00Z",
        "eventType": "user.session.start",
        "actor": {"id": f"id-{actor}", "type": "User", "alternateId": actor},
        "client": {"ipAddress": "192.0.2.7"},
        "outcome": {"result": "SUCCESS"},
    }
    return json.dumps(record) + "\n"


@dataclass
class Noted:
    """The case and its command line."""

    folder: Path
    timeline: Callable[..., Any]

    def run(self, *words: str | Path) -> Any:
        return self.timeline("-C", self.folder, *words)

    def rows(self, *words: str | Path) -> list[dict[str, Any]]:
        result = self.run(*words, "--format", "json")
        assert result.code == 0, result.err
        return list(json.loads(result.out))

    def note(self, *words: str) -> list[dict[str, Any]]:
        return self.rows("note", *words, "--at", AT)

    @property
    def events(self) -> list[str]:
        return [row["event_id"] for row in self.rows("events")]

    @property
    def gap(self) -> str:
        return str(self.rows("gaps", "--keys")[0]["key"])

    @property
    def file(self) -> Path:
        return self.folder / "notes.jsonl"


@pytest.fixture
def case(timeline: Callable[..., Any], tmp_path: Path) -> Noted:
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "case.toml").write_text(TOML)
    (folder / "okta.json").write_text("".join(okta(day) for day in range(14, 20)))
    made = Noted(folder, timeline)
    assert made.run("ingest", folder).code == 0
    return made
