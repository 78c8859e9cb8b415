"""An .sql file with its facts: TOML in the comment on top, one statement below."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from timeline.errors import CaseError


def facts_of(path: Path) -> tuple[dict[str, object], str]:
    """Split an .sql file into its TOML facts and its statement."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{path}: cannot be read as UTF-8 text: {error}") from None
    if not text.startswith("/*") or "*/" not in text:
        raise CaseError(f"{path}: line 1: the file must begin with a comment /* … */ that holds its facts in TOML")
    head, _, statement = text[2:].partition("*/")
    try:
        return tomllib.loads(head), statement.strip().rstrip(";")
    except tomllib.TOMLDecodeError as error:
        raise CaseError(f"{path}: the facts on top are not TOML: {error}") from error


def strings(value: object) -> tuple[str, ...]:
    """Give a fact that is one text or a list of texts."""
    return (value,) if isinstance(value, str) else tuple(str(v) for v in value) if isinstance(value, list) else ()


def table(value: object) -> dict[str, str]:
    """Give a fact that is a table of texts."""
    return {key: str(text) for key, text in value.items()} if isinstance(value, dict) else {}


def check(path: Path, facts: Mapping[str, object], known: Iterable[str], needed: Iterable[str] = ()) -> None:
    """Refuse facts that nobody reads, and files that lack one."""
    for key in facts:
        if key not in {*known}:
            raise CaseError(f"{path}: unknown fact {key!r}; known are {', '.join(sorted(known))}")
    for key in needed:
        if key not in facts:
            raise CaseError(f"{path}: the fact {key!r} is missing")


def once(paths: Iterable[Path], kind: str) -> dict[str, Path]:
    """Give files by their names, of which each may stand for one thing only."""
    found: dict[str, Path] = {}
    for path in paths:
        other = found.setdefault(path.stem, path)
        if other.resolve() != path.resolve():
            raise CaseError(f"{path}: there is already a {kind} called {path.stem!r}: {other}; give yours another name")
    return found
