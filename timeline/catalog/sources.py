"""Sources: one log each, with what it could show and the SELECT that reads it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path

from timeline.catalog.facts import check, facts_of, strings, table
from timeline.catalog.syntax import references
from timeline.catalog.words import PACKAGE, actions
from timeline.errors import CaseError


@dataclass(frozen=True)
class Source:
    """One log format: facts and the SELECT that reads it."""

    id: str
    select: str
    title: str
    names: tuple[str, ...]
    docs: tuple[str, ...] = ()
    family: str = ""
    match: str = ""
    undated: str = ""
    columns: tuple[tuple[str, ...], ...] = ()
    payload: tuple[str, ...] = ()
    witnesses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    completeness: str = "complete"
    scope: str = ""
    objects: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    siblings: tuple[str, ...] = ()
    token_kinds: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    sees_not: tuple[str, ...] = ()
    export: str = ""
    collect: Mapping[str, str] = field(default_factory=dict)
    local_time: bool = False
    yearless: bool = False
    own: bool = False
    """Whether it is the user's, and not of the package."""

    @property
    def text_log(self) -> bool:
        """Tell whether the records are lines of text instead of JSON."""
        return bool(self.match) and not any(path for path, _, _ in references(f"SELECT ({self.match}) AS m"))

    def actions_of(self, name: str) -> tuple[str, ...]:
        """Give the actions that the source called `name` witnesses."""
        return self.witnesses.get(name, self.witnesses.get("*", ()))


TEXTS = ("title", "family", "match", "undated", "completeness", "scope", "export")
LISTS = ("names", "docs", "payload", "objects", "optional", "siblings", "token_kinds", "empty", "sees_not")
FLAGS = ("local_time", "yearless")


def read_source(path: Path) -> Source:
    """Read and check one source file."""
    facts, select = facts_of(path)
    known = {f.name for f in fields(Source)} - {"id", "select", "own"}
    check(path, facts, known, ("title", "names", "witnesses"))
    if not select.upper().startswith("SELECT"):
        raise CaseError(f"{path}: the statement must begin with SELECT (put common table expressions into FROM)")
    told = facts["witnesses"]
    witnesses = {k: strings(v) for k, v in told.items()} if isinstance(told, dict) else {"*": strings(told)}
    unknown = {a for each in witnesses.values() for a in each} - set(actions())
    if unknown:
        raise CaseError(f"{path}: witnesses {sorted(unknown)}, which the action vocabulary does not know")
    texts = {key: str(facts[key]) for key in TEXTS if key in facts}
    many = {key: strings(facts[key]) for key in LISTS if key in facts}
    heads = facts.get("columns", [])
    columns = tuple(strings(head) for head in heads) if isinstance(heads, list) else ()
    flags = {key: bool(facts[key]) for key in FLAGS if key in facts}
    collect = table(facts.get("collect"))
    return Source(path.stem, select, witnesses=witnesses, columns=columns, collect=collect, **texts, **many, **flags)  # type: ignore[arg-type]


@cache
def _shipped() -> Mapping[str, Source]:
    """Read the package's own files once: they do not change while it runs."""
    return {path.stem: read_source(path) for path in sorted((PACKAGE / "sources").glob("*.sql"))}


def sources(extra: Path | None = None) -> dict[str, Source]:
    """Give every source of the package and of the user's own folder, by the name of its file."""
    own = sorted(extra.glob("*.sql")) if extra else []
    return {**_shipped()} | {path.stem: replace(read_source(path), own=True) for path in own}


def environment_sources() -> Path | None:
    """Give the user's own folder of sources, if TIMELINE_SOURCES names one."""
    told = os.environ.get("TIMELINE_SOURCES")
    return Path(told) if told else None
