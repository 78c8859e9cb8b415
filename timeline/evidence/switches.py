"""Configuration events of the case: which streams and copies they switched off, narrowed, shortened or purged.

A source says in its column `change` (JSON, one object or a list) what an event did; the words are those of `Told`. What it is
about is `subject`, a glob over streams, or a destination (`to`) that other events or imports say a log is written to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import msgspec

from timeline.core.policy import Limit, Policy, Semantics
from timeline.core.scope import EVERYTHING, Scope, overlap, scope_of
from timeline.core.spans import BEGIN, END
from timeline.core.stream import Defect, Purge, State, Stream
from timeline.core.switches import Change, Dated, dated, purges, switched, touches, whole_past
from timeline.globs import matches

UNITS = {"d": 86_400_000_000, "h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000}
DAY = UNITS["d"]
Where = dict[str, str | list[str]]


class Told(msgspec.Struct):
    """One change as a source's SQL words it.

    `off`: scopes that are off from now on (`[{}]` all of it, `[]` none); `doubt`: they only may be; `delay`: until it works;
    `days` or `forever`: how long is kept from now on; `purged`: what was before is gone; `scope`: of which records; `key`: the
    thing (the event's object if left out); `copy`, `spared`: which copy of the log. `to` and `prefix`: a destination; with
    `route` the event says that the subject is written there, else that the destination itself changed.
    """

    off: list[Where] | None = None
    doubt: bool = False
    delay: str = "0s"
    days: float | None = None
    forever: bool = False
    purged: bool = False
    scope: Where = {}
    key: str = ""
    copy: str = ""
    spared: list[str] = []
    subject: str = ""
    to: str = ""
    prefix: str = ""
    route: bool = False


@dataclass(frozen=True)
class Row:
    """One configuration event."""

    subject: str | None
    thing: str
    action: str
    at: int
    event: str
    operation: str
    outcome: str
    told: tuple[Told, ...]


READ = msgspec.json.Decoder(Told | list[Told])
SIMPLE = {"logging.disable": Told(off=[{}]), "logging.enable": Told(off=[])}


def read(connection: duckdb.DuckDBPyConnection) -> list[Change]:
    """Give every successful change, on the streams that it concerns; failed calls change nothing."""
    rows = connection.execute(
        "SELECT subject, coalesce(object, ''), action, time_us, event_id, coalesce(operation, ''), outcome, change FROM event "
        "WHERE kept AND outcome IN ('success', 'unknown') AND (change IS NOT NULL "
        "OR subject IS NOT NULL AND action IN ('logging.disable', 'logging.enable')) ORDER BY time_us, event_id"
    ).fetchall()
    found = [_row(*row) for row in rows]
    routes = [
        (told.to, told.prefix, told.subject or row.subject or "", told.copy)
        for row in found
        for told in row.told
        if told.route
    ]
    return [change for row in found for told in row.told for change in _changes(row, told, routes)]


def _row(*told: Any) -> Row:  # noqa: ANN401  a row of DuckDB
    subject, thing, action, at, event, operation, outcome, change = told
    return Row(subject, thing, action, at, event, operation, outcome, _told(action, change))


def _told(action: str, text: str | None) -> tuple[Told, ...]:
    if text is None:
        return (SIMPLE[action],)
    found = READ.decode(text)
    return tuple(found) if isinstance(found, list) else (found,)


def _changes(row: Row, told: Told, routes: Iterable[tuple[str, str, str, str]]) -> Iterator[Change]:
    if told.to and not told.route:
        targets = [
            (subject, copy) for to, prefix, subject, copy in routes if to == told.to and _shared(prefix, told.prefix)
        ]
    else:
        targets = [(told.subject or row.subject or "", told.copy)]
    for subject, copy in dict.fromkeys(targets):
        if subject:
            yield _change(row, told, subject, copy)


def _shared(prefix: str, other: str) -> bool:
    """Tell whether what is written under one prefix can lie under the other: prefixes are literal."""
    return prefix.startswith(other) or other.startswith(prefix)


def _change(row: Row, told: Told, subject: str, copy: str) -> Change:
    off = None if told.off is None else tuple(_scope(each) for each in told.off)
    keep = END if told.forever else None if told.days is None else round(told.days * DAY)
    return Change(
        subject=subject,
        key=told.key or row.thing,
        at=row.at,
        event=row.event,
        operation=row.operation,
        copy=copy,
        spared=tuple(told.spared),
        off=off,
        doubt=told.doubt or (row.outcome == "unknown" and bool(off)),
        delay=int(told.delay[:-1]) * UNITS[told.delay[-1]],
        keep=keep,
        purged=whole_past(row.at) if told.purged else None,
        scope=_scope(told.scope),
    )


def _scope(where: Mapping[str, str | list[str]]) -> Scope:
    return scope_of(where) if where else EVERYTHING


class Switches:
    """All changes of a case, ready to be laid on its streams."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self.off = switched(changes)
        self.purges = purges(changes)
        self.limits = dated(changes)

    def on(self, stream: Stream) -> Stream:
        """Give a stream with what configuration events did to it and to its copies."""
        off = [
            one
            for each in self.off
            if matches(each.change.subject, stream.name)
            for one in _defects(each.change, each.defect, stream)
        ]
        gone = [
            one
            for change, each in self.purges
            if matches(change.subject, stream.name)
            for one in _purges(change, each, stream)
        ]
        laid = replace(stream, defects=(*stream.defects, *off), purges=(*stream.purges, *gone))
        limits = [each for each in self.limits if matches(each.change.subject, stream.name)]
        return _limited(laid, limits) if limits else laid


def _stores(stream: Stream) -> list[str]:
    return sorted({each.store for each in stream.policies} | {each.store for each in stream.collections})


def _touched(change: Change, stream: Stream) -> list[str | None]:
    """Give the copies that a change concerns; None stands for all of them."""
    stores = _stores(stream)
    found: list[str | None] = [store for store in stores if touches(change, store, stores)]
    return [None] if len(found) == len(stores) else found


def _defects(change: Change, defect: Defect, stream: Stream) -> list[Defect]:
    return [replace(defect, store=store) for store in _touched(change, stream)]


def _purges(change: Change, purge: Purge, stream: Stream) -> list[Purge]:
    return [replace(purge, store=store) for store in _touched(change, stream)]


def _limited(stream: Stream, limits: Sequence[Dated]) -> Stream:
    """Date the limits of policies by the changes: of declared ones only what shortens them counts, for people know what else was."""
    stores = _stores(stream)
    policies, doubts = [], list(stream.defects)
    for policy in stream.policies:
        mine = [
            each
            for each in limits
            if touches(each.change, policy.store, stores) and overlap(each.change.scope, policy.scope)
        ]
        told = any(limit.start > BEGIN for limit in policy.limits)
        if not mine or told or policy.semantics in {Semantics.RING, Semantics.STATE}:
            policies.append(policy)
            continue
        policies.append(_dated(policy, mine))
        if policy.basis != "declared":
            doubts.append(_before(policy, mine[0], stream))
    return replace(stream, policies=tuple(policies), defects=tuple(doubts))


def _dated(policy: Policy, limits: Sequence[Dated]) -> Policy:
    declared = policy.basis == "declared"
    first = policy.limits[0].keep if policy.limits else None
    constant = END if first is None else first
    dates = [Limit(each.start, _keep(min(each.keep, constant) if declared else each.keep)) for each in limits]
    start = Limit(BEGIN, first if declared or policy.semantics == Semantics.NONE else dates[0].keep)
    semantics = Semantics.ROLLING if policy.semantics == Semantics.NONE else policy.semantics
    evidence = (*policy.evidence, *(each.change.event for each in limits))
    return replace(policy, semantics=semantics, limits=(start, *dates), evidence=evidence)


def _keep(keep: int) -> int | None:
    return None if keep >= END else keep


def _before(policy: Policy, first: Dated, stream: Stream) -> Defect:
    """Say that what a copy kept before the first change of its limit is not known, beyond what was seen."""
    seen = [
        each.oldest_seen for each in stream.collections if each.store == policy.store and each.oldest_seen is not None
    ]
    border = min([first.start, *seen])
    cause = f"{first.change.operation} set a new limit, and no event says what it was before"
    return Defect(
        State.UNKNOWN, (BEGIN, border), policy.scope, cause, "config_event", (first.change.event,), policy.store
    )
