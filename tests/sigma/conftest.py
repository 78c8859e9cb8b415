"""A case of generated records, and rules written beside it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sigma.events import Record, written
from timeline import Case
from timeline.sigma.run import Outcome

MAY = "[case]\nfrom = 2023-05-01\nto = 2023-06-01\n"
COVERED = (
    MAY
    + '[[collection]]\nid = "c"\ncollected_at = 2023-06-02T00:00:00Z\n[[policy]]\nstream = "*"\nsemantics = "none"\n'
)
"""Everything of May was kept and collected."""

Make = Callable[..., Case]
Put = Callable[..., Outcome]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Make a case of files: `make(COVERED, aws=[records])`."""

    opened: list[Case] = []

    def made(toml: str, **logs: list[Record] | str) -> Case:
        (tmp_path / "case.toml").write_text(toml)
        for name, told in logs.items():
            path = tmp_path / f"{name}.{'csv' if isinstance(told, str) else 'jsonl'}"
            path.write_text(told if isinstance(told, str) else written(told), encoding="utf-8")
        for other in opened:
            other.close()
        case = Case(tmp_path)
        opened.append(case)
        case.ingest([*tmp_path.glob("*.jsonl"), *tmp_path.glob("*.csv")])
        return case

    yield made
    for each in opened:
        each.close()


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Put rules, told as YAML, to a case."""

    def asked(case: Case, *rules: str, **more: Any) -> Outcome:
        folder = tmp_path / "rules"
        folder.mkdir(exist_ok=True)
        for number, text in enumerate(rules):
            (folder / f"rule{number}.yml").write_text(text, encoding="utf-8")
        return case.sigma(folder, **more)

    return asked


def rule(
    detection: str, log: str = "product: aws\n  service: cloudtrail", title: str = "A rule", more: str = ""
) -> str:
    """Write a rule of a detection (its lines) and a condition."""
    return f"title: {title}\nname: {title.lower().replace(' ', '_')}\nlogsource:\n  {log}\nlevel: high\n{more}detection:\n{detection}"
