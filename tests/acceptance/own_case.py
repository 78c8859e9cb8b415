"""A case of one's own: a case.toml, some evidence, and the command line."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAY = "[case]\nfrom = 2023-05-01\nto = 2023-06-01\n"
TAKEN = '[[collection]]\nid = "c"\ncollected_at = 2023-06-02T00:00:00Z\n'
KEPT = '[[policy]]\nstream = "*"\nsemantics = "none"\n'


@dataclass
class Own:
    """One case, driven by commands."""

    folder: Path
    timeline: Callable[..., Any]
    toml: str
    codes: list[int] = field(default_factory=list)

    def ingest(self, **files: str | bytes) -> "Own":
        """Write evidence (the last underscore of a name is its dot) and read it."""
        (self.folder / "case.toml").write_text(self.toml)
        for name, text in files.items():
            path = self.folder / ".".join(name.rsplit("_", 1))
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        self.codes.append(self.run("ingest", self.folder).code)
        return self

    def run(self, *words: str | Path) -> Any:
        return self.timeline("-C", self.folder, *words)

    def rows(self, *words: str | Path) -> list[dict[str, Any]]:
        result = self.run(*words, "--format", "json")
        assert result.code in {0, 1}, result.err
        return list(json.loads(result.out))

    def gaps(self, *names: str) -> list[tuple[Any, ...]]:
        """Give for each gap its state, start and end (as short as they go) and other columns by name."""
        rows = self.rows("gaps")
        return [
            (row["state"], _short(row["start"]), _short(row["end"]), *(row[name] for name in names)) for row in rows
        ]

    def ask(self, question: str, *words: str, **params: str) -> dict[str, Any]:
        given = [word for key, value in params.items() for word in ("-p", f"{key}={value}")]
        (row,) = self.rows("ask", question, *given, *words)
        return row


Make = Callable[..., Own]


def _short(time: str | None) -> str | None:
    return time.removeprefix("2023-").removesuffix(":00.000000Z").removesuffix("T00:00") if time else None
