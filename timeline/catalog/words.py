"""The vocabulary of normalised events, and where the package keeps its files."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[1]


def folder(name: str) -> Path:
    """Give the folder of shipped files: in the wheel inside the package, in a checkout beside it."""
    inside = PACKAGE / name
    return inside if inside.exists() else PACKAGE.parent / name


@cache
def vocabulary() -> Mapping[str, Mapping[str, object]]:
    """Give the event columns and the closed list of actions."""
    return tomllib.loads((PACKAGE / "vocabulary.toml").read_text())


def column_types() -> dict[str, str]:
    """Give each event column's DuckDB type."""
    columns = vocabulary()["columns"]
    return {name: str(facts["type"]) for name, facts in columns.items() if isinstance(facts, dict)}


def column_texts() -> dict[str, str]:
    """Give each event column's description."""
    columns = vocabulary()["columns"]
    return {name: str(facts["text"]) for name, facts in columns.items() if isinstance(facts, dict)}


def actions() -> dict[str, str]:
    """Give each action of the closed vocabulary with its meaning."""
    return {name: str(text) for name, text in vocabulary()["actions"].items()}
