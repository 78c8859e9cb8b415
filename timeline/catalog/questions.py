"""Questions: what each needs of the evidence, its parameters, its limits, and the SELECT that finds its rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path

from timeline.catalog.facts import check, facts_of, once, strings, table
from timeline.catalog.relations import BOUNDS, Relation, complete, relations
from timeline.catalog.syntax import aliases, bound
from timeline.catalog.words import actions, column_types, folder
from timeline.errors import CaseError

ROW = ("time", "time_us", "event_id")
"""Columns that every row of a question has: it stands for one event."""
NARROW = ("object", "actor", "zone", "stream", "mailbox", "session", "token", "operation")
"""What may narrow a need."""
AT = ("window", "issued_time")


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
    """One question: facts, needs and the complete SELECT that finds its rows, with the relations that it uses.

    `stages` are these relations by name, then its own `steps`; `own` is the SELECT that stands on them: an engine may work them out
    one after the other.
    """

    id: str
    select: str
    question: str
    needs: tuple[Need, ...]
    meaning: str = ""
    limits: str = ""
    attack: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    uses: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    own: str = ""
    stages: tuple[tuple[str, str], ...] = ()
    home: Path | None = None
    """The file of a question of the user's own."""


def _need(path: Path, told: object) -> Need:
    if not isinstance(told, dict):
        raise CaseError(
            f'{path}: each of needs must be a table such as {{ actions = ["object.read"] }}, found {told!r}'
        )
    alternatives = told.get("any", [])
    known = actions()
    need = Need(
        actions=strings(told.get("actions", [])),
        any=tuple(strings(each) for each in alternatives) if isinstance(alternatives, list) else (),
        restrict={k: str(v) for k, v in told.items() if k not in ("actions", "any", "at", "lookback", "fields")},
        at=str(told.get("at", "window")),
        lookback=str(told.get("lookback", "0d")),
        fields=strings(told.get("fields", [])),
    )
    wrong = [a for each in (need.actions, *need.any) for a in each if a not in known]
    if wrong or not (need.actions or need.any):
        raise CaseError(f"{path}: a need names {wrong or 'no action'}; it must name actions of the vocabulary")
    if not re.fullmatch(r"[0-9]{1,5}[dhms]", need.lookback):
        raise CaseError(f"{path}: a need looks back {need.lookback!r}, which is no duration; write 30d, 2h, 10m or 45s")
    if need.at not in AT:
        raise CaseError(f"{path}: a need is tested at {need.at!r}; it must be {' or '.join(AT)}")
    if odd := sorted(need.restrict.keys() - set(NARROW)):
        raise CaseError(f"{path}: a need is narrowed by {odd[0]!r}; it must be one of {', '.join(NARROW)}")
    if strange := sorted(set(need.fields) - column_types().keys()):
        raise CaseError(f"{path}: a need names the field {strange[0]!r}; it must name event columns of the vocabulary")
    return need


def read_question(path: Path, known: Mapping[str, Relation] | None = None) -> Question:
    """Read and check one question file; `known` are the relations that it may use (default: the package's)."""
    facts, select = facts_of(path)
    check(path, facts, {f.name for f in fields(Question)} - {"id", "select", "own", "stages", "home"})
    needs = facts.get("needs")
    if not isinstance(needs, list) or not needs or "question" not in facts:
        raise CaseError(f"{path}: a question states `question` and at least one of `needs`")
    parameters, uses = table(facts.get("parameters")), strings(facts.get("uses", []))
    steps = strings(facts.get("steps", []))
    whole = complete(path, select, uses, relations() if known is None and uses else known or {}, steps)
    if lacking := sorted(whole.parameters - parameters.keys()):
        raise CaseError(f"{path}: a relation that it uses asks for the parameter {lacking[0]!r}; declare it too")
    return Question(
        id=path.stem,
        select=whole.text,
        question=str(facts["question"]),
        meaning=str(facts.get("meaning", "")),
        limits=str(facts.get("limits", "")),
        attack=strings(facts.get("attack", [])),
        needs=tuple(_need(path, n) for n in needs),
        parameters=parameters,
        uses=uses,
        steps=steps,
        own=whole.own,
        stages=whole.stages,
    )


def _checked(path: Path, known: Mapping[str, Relation]) -> Question:
    """Read a question of the user's own and find its mistakes before it is asked."""
    question = read_question(path, known)
    try:
        given, asked = aliases(question.select), bound(question.select)
    except CaseError as error:
        raise CaseError(f"{path}: {str(error).partition(chr(10))[0]}") from None
    if lacking := [name for name in ROW if name not in given]:
        raise CaseError(f"{path}: its SELECT gives no column {lacking[0]!r}; each row needs {', '.join(ROW)}")
    if strange := sorted(asked - BOUNDS - question.parameters.keys()):
        raise CaseError(f"{path}: ${strange[0]} is no parameter of it; declare it under [parameters]")
    told = {value[1:] for need in question.needs for value in need.restrict.values() if value.startswith("$")}
    if undeclared := sorted(told - question.parameters.keys()):
        raise CaseError(
            f"{path}: a need asks for ${undeclared[0]}, which is no parameter of it; declare it under [parameters]"
        )
    if "issued_time_us" not in given and any(need.at == "issued_time" for need in question.needs):
        raise CaseError(f"{path}: a need is tested at issued_time, but its SELECT gives no column 'issued_time_us'")
    return replace(question, select=_inside(question.select), own=_inside(question.own), home=path)


def _inside(select: str) -> str:
    """Give a SELECT whose rows lie in the window, whatever it filters itself; what has no time stays, to be refused."""
    columns = ", ".join(f'own."{name}" AS "{name}"' for name in aliases(select))
    return (
        f"SELECT {columns} FROM (\n{select}\n) AS own\nWHERE own.time_us IS NULL OR own.time_us >= $from_us AND own.time_us < $to_us\n"
        "ORDER BY time_us, event_id"
    )


@cache
def _shipped() -> Mapping[str, Question]:
    """Read the package's own files once: they do not change while it runs."""
    known = relations()
    return {path.stem: read_question(path, known) for path in sorted(folder("queries").glob("*.sql"))}


def questions(extra: Path | None = None) -> dict[str, Question]:
    """Give every question of the package and of the user's own folder, by its id (the name of its file)."""
    if not extra:
        return {**_shipped()}
    known, own = relations(extra), sorted(extra.glob("*.sql"))
    once([*sorted(folder("queries").glob("*.sql")), *own], "question")
    return dict(sorted(({**_shipped()} | {path.stem: _checked(path, known) for path in own}).items()))
