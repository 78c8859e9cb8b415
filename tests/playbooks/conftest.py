"""A case made from a playbook: its blanks filled in, vendors' logs ingested, the chain asked."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass
class Book:
    """One case made from a playbook."""

    folder: Path
    timeline: Callable[..., Any]

    def fill(self, blanks: Mapping[str, str], drop: tuple[str, ...] = (), more: str = "") -> "Book":
        """Fill blanks in by a part of their text, take steps out, and add what is known of the evidence."""
        path = self.folder / "case.toml"
        text = path.read_text()
        for step in drop:
            start = text.index(f'[[chain.step]]\nid = "{step}"')
            end = text.find("\n\n", start)
            text = text[:start] + (text[end:] if end >= 0 else "")
        lines = [_filled(line, blanks) for line in text.splitlines()]
        path.write_text("\n".join(lines).replace('name = "', 'name = "A case of ', 1) + "\n" + more)
        return self

    def case(self, told: str) -> "Book":
        """State what stands under [case]."""
        path = self.folder / "case.toml"
        path.write_text(path.read_text().replace("[case]\n", f"[case]\n{told}\n", 1))
        return self

    def ingest(self, **files: str) -> "Book":
        """Write evidence (the last underscore of a name is its dot) and read it."""
        for name, text in files.items():
            (self.folder / ".".join(name.rsplit("_", 1))).write_text(text)
        done = self.timeline("-C", self.folder, "ingest", self.folder)
        assert done.code == 0, done.err
        return self

    def rows(self, *words: str) -> list[dict[str, Any]]:
        done = self.timeline("-C", self.folder, *words, "--format", "json")
        assert done.code == 0, done.err
        return list(json.loads(done.out))

    def chain(self) -> dict[str, dict[str, Any]]:
        return {row["step"]: row for row in self.rows("chain")}

    def verdicts(self) -> dict[str, str]:
        return {step: row["verdict"] for step, row in self.chain().items()}


def _filled(line: str, blanks: Mapping[str, str]) -> str:
    """Put for each `FILL IN: …` of a line the value of the blank with whose words it begins."""
    while "FILL IN" in line and not line.startswith("#"):
        start = line.index('"FILL IN')
        end = line.index('"', start + 1)
        told = line[start : end + 1]
        fit = [value for words, value in blanks.items() if told.startswith(f'"FILL IN: {words}')]
        assert len(fit) == 1, told
        line = line.replace(told, json.dumps(fit[0]), 1)
    return line


@pytest.fixture
def book(timeline: Callable[..., Any], tmp_path: Path) -> Callable[[str], Book]:
    def make(name: str) -> Book:
        folder = tmp_path / "case"
        assert timeline("init", folder, "--playbook", name).code == 0
        return Book(folder, timeline)

    return make
