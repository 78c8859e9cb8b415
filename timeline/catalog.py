"""The facts of sources and questions: TOML in the comment on top of an .sql file, checked once, the SELECT kept as it is.

A source (`timeline/sources/<name>.sql`) reads records of one log. Its facts:

    title        one line
    docs         address of the vendor's page (or a list)
    names        the sources it gives: ["entra.signin.interactive", …]; a last part `*` is filled by the SELECT's column `source`
    family       sign_in | token | storage | audit | control | system (or the SELECT gives a column `family`)
    match        SQL condition over `r` (JSON) or `line` (text) that is true for its records and no other source's
    columns      for CSV exports: lists of header names; a file whose header holds all of one list is this log's
    payload      names of CSV columns or JSON keys whose text or object is the record itself (AuditData, CloudTrailEvent)
    witnesses    actions that this log would show had they happened; a list, or a table {name = [actions]}
    completeness attested | complete | best_effort
    scope        what the part after `/` in a stream's name is
    optional     actions of `witnesses` that are only logged where somebody chose to (data events): a stream witnesses them only for the
                 places (`scheme://name`) of which it holds such an event
    objects      globs of the objects that a stream can witness, with {scope}; omitted: any
    siblings     sources that must be covered beside this one before a silence means anything: at the same scope, or at one of their own, in which
                 {account} stands for the first part of the scope; not for actions that are `optional`
    token_kinds  what kinds of token its token.issue events cover (free words, for people)
    empty        columns that this log can never fill
    sees_not     sentences: what it does not record
    export       the platform's real command that exports it
    collect      a table (at the end of the facts: [collect]) of commands that export one window of one stream, by a glob over source names or
                 over `name@store`; a store called siem or sentinel is also a `workspace` (KINDS of evidence/acquire.py). Each is one line to
                 paste; a comment at its end names the limits that cut an answer silently, and begins with `# PowerShell` where it is none
                 for bash. Words in CAPITALS are the user's; filled in are {scope}, its {account} and {region}, {part} (what `*` in the
                 source's name stands for), {start}, {end}, {start_unix}, {end_unix}, {first_day}, {last_day}, and {file}, a name without
                 its ending that no other window has. No host of an address may end with one of these: it would get the user's token
    local_time   true where the log states local time without a zone; `yearless` where it leaves out the year too

The SELECT reads `FROM records`. `r.properties.ipAddress` is the text of that JSON path (exact key case; `"#0"` is the first element of
an array; objects and arrays come as JSON text; missing or null is NULL) or of that CSV column (`r."Date (UTC)"`). For text logs the column
`line` is the line with its line break. Also there: `path` (the file's path), `zone` (time zone stated by the user or NULL).
It gives `time` as TIMESTAMPTZ, `scope`, `record_id` (the vendor's own id of the record, if it has one) and any event column of vocabulary.toml, all
as their types; columns of other names are steps on the way (later columns may use earlier ones by name). A log in local time gives `local_time` as
TIMESTAMP instead (in the year 2000 where the log leaves out the year): the zone and the year are found for it, or the record is rejected.
Paths are collected from the statement's syntax tree and read in one pass over the record (measured: as fast as a typed read).
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from timeline.errors import CaseError

PACKAGE = Path(__file__).parent


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

    @property
    def text_log(self) -> bool:
        """Tell whether the records are lines of text instead of JSON."""
        return bool(self.match) and not any(path for path, _, _ in references(f"SELECT ({self.match}) AS m"))

    def actions_of(self, name: str) -> tuple[str, ...]:
        """Give the actions that the source called `name` witnesses."""
        return self.witnesses.get(name, self.witnesses.get("*", ()))


@dataclass(frozen=True)
class Need:
    """What a question asks of the evidence; see the brief in README, "Adding a question"."""

    actions: tuple[str, ...] = ()
    any: tuple[tuple[str, ...], ...] = ()
    restrict: Mapping[str, str] = field(default_factory=dict)
    at: str = "window"
    lookback: str = "0d"
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """One question: facts, needs and the SELECT that finds its rows."""

    id: str
    select: str
    question: str
    needs: tuple[Need, ...]
    meaning: str = ""
    limits: str = ""
    attack: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)


def facts_of(path: Path) -> tuple[dict[str, object], str]:
    """Split an .sql file into its TOML facts and its statement."""
    text = path.read_text(encoding="utf-8")
    if not text.startswith("/*") or "*/" not in text:
        raise CaseError(f"{path}: line 1: the file must begin with a comment /* … */ that holds its facts in TOML")
    head, _, statement = text[2:].partition("*/")
    try:
        return tomllib.loads(head), statement.strip().rstrip(";")
    except tomllib.TOMLDecodeError as error:
        raise CaseError(f"{path}: the facts on top are not TOML: {error}") from error


def _strings(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(v) for v in value) if isinstance(value, list) else ()


def _known(path: Path, facts: Mapping[str, object], known: set[str]) -> None:
    for key in facts:
        if key not in known:
            raise CaseError(f"{path}: unknown fact {key!r}; known are {', '.join(sorted(known))}")


def read_source(path: Path) -> Source:
    """Read and check one source file."""
    facts, select = facts_of(path)
    known = {f.name for f in fields(Source)} - {"id", "select"}
    _known(path, facts, known)
    for needed in ("title", "names", "witnesses"):
        if needed not in facts:
            raise CaseError(f"{path}: the fact {needed!r} is missing")
    if not select.upper().startswith("SELECT"):
        raise CaseError(f"{path}: the statement must begin with SELECT (put common table expressions into FROM)")
    told = facts["witnesses"]
    witnesses = {k: _strings(v) for k, v in told.items()} if isinstance(told, dict) else {"*": _strings(told)}
    unknown = {a for each in witnesses.values() for a in each} - set(actions())
    if unknown:
        raise CaseError(f"{path}: witnesses {sorted(unknown)}, which the action vocabulary does not know")
    texts = {
        key: str(facts[key]) for key in ("title", "family", "match", "completeness", "scope", "export") if key in facts
    }
    many = {
        key: _strings(facts[key])
        for key in ("names", "docs", "payload", "objects", "optional", "siblings", "token_kinds", "empty", "sees_not")
        if key in facts
    }
    heads = facts.get("columns", [])
    columns = tuple(_strings(head) for head in heads) if isinstance(heads, list) else ()
    flags = {key: bool(facts[key]) for key in ("local_time", "yearless") if key in facts}
    ways = facts.get("collect", {})
    collect = {key: str(text) for key, text in ways.items()} if isinstance(ways, dict) else {}
    return Source(path.stem, select, witnesses=witnesses, columns=columns, collect=collect, **texts, **many, **flags)  # type: ignore[arg-type]


def _need(path: Path, told: object) -> Need:
    if not isinstance(told, dict):
        raise CaseError(
            f'{path}: each of needs must be a table such as {{ actions = ["object.read"] }}, found {told!r}'
        )
    alternatives = told.get("any", [])
    known = actions()
    need = Need(
        actions=_strings(told.get("actions", [])),
        any=tuple(_strings(each) for each in alternatives) if isinstance(alternatives, list) else (),
        restrict={k: str(v) for k, v in told.items() if k not in ("actions", "any", "at", "lookback", "fields")},
        at=str(told.get("at", "window")),
        lookback=str(told.get("lookback", "0d")),
        fields=_strings(told.get("fields", [])),
    )
    wrong = [a for each in (need.actions, *need.any) for a in each if a not in known]
    if wrong or not (need.actions or need.any):
        raise CaseError(f"{path}: a need names {wrong or 'no action'}; it must name actions of the vocabulary")
    if strange := sorted(set(need.fields) - column_types().keys()):
        raise CaseError(f"{path}: a need names the field {strange[0]!r}; it must name event columns of the vocabulary")
    return need


def read_question(path: Path) -> Question:
    """Read and check one question file."""
    facts, select = facts_of(path)
    _known(path, facts, {f.name for f in fields(Question)} - {"id", "select"})
    needs = facts.get("needs")
    if not isinstance(needs, list) or not needs or "question" not in facts:
        raise CaseError(f"{path}: a question states `question` and at least one of `needs`")
    told = facts.get("parameters", {})
    return Question(
        id=path.stem,
        select=select,
        question=str(facts["question"]),
        meaning=str(facts.get("meaning", "")),
        limits=str(facts.get("limits", "")),
        attack=_strings(facts.get("attack", [])),
        needs=tuple(_need(path, n) for n in needs),
        parameters={k: str(v) for k, v in told.items()} if isinstance(told, dict) else {},
    )


def sources(extra: Path | None = None) -> dict[str, Source]:
    """Give every source of the package and of the user's own folder, by the name of its file."""
    paths = sorted((PACKAGE / "sources").glob("*.sql")) + (sorted(extra.glob("*.sql")) if extra else [])
    return {path.stem: read_source(path) for path in paths}


def questions() -> dict[str, Question]:
    """Give every question, by its id (the name of its file)."""
    return {path.stem: read_question(path) for path in sorted(folder("queries").glob("*.sql"))}


def _walk(node: object) -> Iterator[dict[str, object]]:
    if isinstance(node, dict):
        if node.get("type") == "COLUMN_REF":
            yield node
        for value in node.values():
            yield from _walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from _walk(value)


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def syntax(statement: str) -> dict[str, Any]:
    """Give DuckDB's own syntax tree of a SELECT."""
    tree: dict[str, Any] = json.loads(_parser().execute("SELECT json_serialize_sql(?)", [statement]).fetchall()[0][0])
    if tree.get("error"):
        raise CaseError(f"the SQL cannot be parsed: {tree.get('error_message')}\n{statement}")
    return tree


@cache
def references(statement: str) -> tuple[tuple[tuple[str, ...], int, int], ...]:
    """Give each `r.…` of a SELECT as (path, place, length in bytes), from DuckDB's own syntax tree."""
    found = []
    for node in _walk(syntax(statement)):
        names = node["column_names"]
        if isinstance(names, list) and names[0] == "r" and len(names) > 1:
            found.append(
                (
                    tuple(str(n) for n in names[1:]),
                    int(str(node["query_location"])),
                    int(str(node["query_location_length"])),
                )
            )
    return tuple(sorted(set(found), key=lambda each: each[1]))


def rewrite(statement: str, wording: Mapping[tuple[str, ...], str]) -> str:
    """Put for each `r.…` the expression that reads it."""
    text = statement.encode()
    for path, place, length in reversed(references(statement)):
        text = text[:place] + wording[path].encode() + text[place + length :]
    return text.decode()


def json_path(path: tuple[str, ...]) -> str:
    """Spell a path for DuckDB's JSON functions; `#0` is an array element."""
    parts = (
        f"[{part[1:]}]" if part[:1] == "#" and part[1:].isdigit() else '."' + part.replace('"', '\\"') + '"'
        for part in path
    )
    return "$" + "".join(parts)


def environment_sources() -> Path | None:
    """Give the user's own folder of sources, if TIMELINE_SOURCES names one."""
    told = os.environ.get("TIMELINE_SOURCES")
    return Path(told) if told else None
