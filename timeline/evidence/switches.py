"""Configuration events of the case, read: which streams and copies they switched off, narrowed, shortened or purged.

A source says in its column `change` (JSON, one object or a list) what an event did; the words are those of `Told`. What it is
about is `subject`, a glob over streams, or a destination (`to`) that other events or imports say a log is written to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb
import msgspec

from timeline.core.scope import EVERYTHING, Scope, scope_of
from timeline.core.spans import END
from timeline.core.switches import USUAL, Change, whole_past
from timeline.errors import TimelineError
from timeline.evidence.removed import removed
from timeline.globs import matches

UNITS = {"d": 86_400_000_000, "h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000}
DAY = UNITS["d"]
Where = dict[str, str | list[str]]


class Told(msgspec.Struct):
    """One change as a source's SQL words it.

    `off`: scopes that are off from now on (`[{}]` all of it, `[]` none; a key may begin with `not `); `doubt`: they only may
    be; `delay`: until it works; `until_next`: it ends with the next record of the subject; `sure`: the record is the thing
    itself, so its outcome is no question. `moved`: if it worked, nothing came after it, so later records disprove it.

    `days`, `forever` or `usual` (as if nothing had set a limit): how long is kept from now on; `purged`: what was before is
    gone (`oldest_first`: with `doubt`, all before the oldest that is left); `scope`: of which records.

    `key`: the thing (the event's object if left out); `subject`, but not the streams `but`; `copy`, `spared`: which copy of the
    log; `named`: only a copy of that name (or of several with `|` between them). `to` and `prefix`: a destination; with `route`
    the event says that the subject is written there (with `moved`: perhaps instead of elsewhere), else that the destination
    itself changed, with all that is written there and with `subject`, if it is given too.
    """

    off: list[Where] | None = None
    doubt: bool = False
    delay: str = "0s"
    until_next: bool = False
    sure: bool = False
    moved: bool = False
    days: float | None = None
    forever: bool = False
    usual: bool = False
    purged: bool = False
    oldest_first: bool = False
    scope: Where = {}
    key: str = ""
    copy: str = ""
    named: bool = False
    spared: list[str] = []
    subject: str = ""
    but: list[str] = []
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


@dataclass(frozen=True)
class Place:
    """Which streams and copy of them a change is about."""

    subject: str
    copy: str = ""
    spared: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    named: bool = False


@dataclass(frozen=True)
class Route:
    """From `at` on a log is written to a destination."""

    at: int
    to: str
    prefix: str
    place: Place


SIMPLE = {"logging.disable": Told(off=[{}]), "logging.enable": Told(off=[])}
Later = Mapping[tuple[int, str, int], int]
"""By the instant from which a change works, a stream and a file: the instant of the next record (µs)."""


@dataclass(frozen=True)
class Changes:
    """The changes of a case, and when records came after those that records can disprove."""

    all: tuple[Change, ...] = ()
    later: Later = field(default_factory=dict)


def read(connection: duckdb.DuckDBPyConnection) -> Changes:
    """Give every change that did not fail, on the streams that it concerns; failed calls change nothing."""
    rows = connection.execute(
        "SELECT subject, coalesce(object, ''), action, time_us, event_id, coalesce(operation, ''), outcome, change FROM event "
        "WHERE kept AND outcome IN ('success', 'unknown') AND (change IS NOT NULL "
        "OR subject IS NOT NULL AND action IN ('logging.disable', 'logging.enable')) ORDER BY time_us, event_id"
    ).fetchall()
    found = [_row(*row) for row in rows]
    routes = [
        Route(row.at, told.to, told.prefix, place)
        for row in found
        for told in row.told
        if told.route and told.to and (place := _own(row, told)).subject
    ]
    told = [(one.until_next, change) for row in found for one in row.told for change in _changes(row, one, routes)]
    ends = _ended(connection, [change for passing, change in told if passing])
    changes = (*(change for _, change in told), *ends, *_removals(connection, routes))
    return Changes(changes, later_records(connection, [change for change in changes if change.moved]))


def _removals(connection: duckdb.DuckDBPyConnection, routes: Sequence[Route]) -> Iterator[Change]:
    """Give the deletions of log files, each for the copies that are known to be written where it lay, else for any it may be."""
    for to, path, change in removed(connection):
        known = [each.place for each in routes if each.to == to and path.startswith(each.prefix)]
        for place in dict.fromkeys(known) or [Place(change.subject, spared=("event-history",))]:
            yield replace(change, copy=place.copy, spared=place.spared)


def _row(*told: Any) -> Row:  # noqa: ANN401  a row of DuckDB
    subject, thing, action, at, event, operation, outcome, change = told
    return Row(subject, thing, action, at, event, operation, outcome, _told(action, change))


def _told(action: str, text: str | None) -> tuple[Told, ...]:
    if text is None:
        return (SIMPLE[action],)
    found = msgspec.json.decode(text)
    return tuple(_stated(each) for each in (found if isinstance(found, list) else [found]))


def _stated(change: object) -> Told:
    """Read one change; what its record left out (null) is as if the source had not named it: every copy, the event's own object."""
    told = {name: value for name, value in change.items() if value is not None} if isinstance(change, dict) else change
    try:
        return msgspec.convert(told, Told)
    except msgspec.ValidationError as error:
        raise TimelineError(
            f"a change of a log's settings cannot be read: {error}: {told}; correct `change` of its source"
        ) from None


def _own(row: Row, told: Told) -> Place:
    return Place(told.subject or row.subject or "", told.copy, tuple(told.spared), tuple(told.but), told.named)


def _changes(row: Row, told: Told, routes: Sequence[Route]) -> Iterator[Change]:
    own = _own(row, told)
    places = [own]
    if told.route:
        moved = told.moved and _elsewhere(row.at, own, told, routes)
        told = Told(off=[{}] if moved else [], doubt=moved, moved=True, key=f"destination {_kind(told.to)}")
    elif told.to:
        known = [each.place for each in routes if each.to == told.to and _shared(each.prefix, told.prefix)]
        places = list(dict.fromkeys([*known, own]))
    for place in places:
        if place.subject:
            yield _change(row, told, place)


def _kind(to: str) -> str:
    return to.partition(":")[0]


def _elsewhere(at: int, own: Place, told: Told, routes: Iterable[Route]) -> bool:
    """Tell whether the log may have been written to another place before."""
    before = [each for each in routes if each.at < at and each.place == own and _kind(each.to) == _kind(told.to)]
    last = max(before, key=lambda each: each.at, default=None)
    return last is None or (last.to, last.prefix) != (told.to, told.prefix)


def _shared(prefix: str, other: str) -> bool:
    """Tell whether what is written under one prefix can lie under the other: prefixes are literal."""
    return prefix.startswith(other) or other.startswith(prefix)


def _change(row: Row, told: Told, place: Place) -> Change:
    return Change(
        subject=place.subject,
        key=told.key or row.thing,
        at=row.at,
        event=row.event,
        operation=row.operation,
        copy=place.copy,
        spared=place.spared,
        off=None if told.off is None else tuple(scope(each) for each in told.off),
        doubt=told.doubt or (row.outcome == "unknown" and not told.sure),
        delay=int(told.delay[:-1]) * UNITS[told.delay[-1]],
        keep=_kept(told),
        purged=whole_past(row.at) if told.purged else None,
        scope=scope(told.scope),
        but=place.but,
        named=place.named,
        moved=told.moved,
        oldest_first=told.oldest_first,
    )


def _kept(told: Told) -> int | None:
    if told.forever or told.usual:
        return END if told.forever else USUAL
    return None if told.days is None else round(told.days * DAY)


def scope(where: Mapping[str, str | list[str]]) -> Scope:
    """Read a scope; keys that begin with `not ` name what is not in it."""
    wanted = {key: values for key, values in where.items() if not key.startswith("not ")}
    banned = {key.removeprefix("not "): values for key, values in where.items() if key.startswith("not ")}
    return scope_of(wanted, banned) if where else EVERYTHING


def concerns(change: Change, stream: str) -> bool:
    """Tell whether a change is about a stream."""
    return matches(change.subject, stream) and not any(matches(glob, stream) for glob in change.but)


def _ended(connection: duckdb.DuckDBPyConnection, changes: Sequence[Change]) -> Iterator[Change]:
    """Give the ends of changes that last until the subject speaks again."""
    later = later_records(connection, changes)
    for change in changes:
        following = [
            at for (since, stream, _), at in later.items() if since == change.works and concerns(change, stream)
        ]
        if following:
            yield replace(change, off=(), at=min(following), doubt=False, delay=0, purged=None, keep=None)


def later_records(connection: duckdb.DuckDBPyConnection, changes: Sequence[Change]) -> Later:
    """Give the instant of the first record after each change, in each file of each stream that it concerns."""
    if not changes:
        return {}
    seen = connection.execute(
        "SELECT stream, file_no, min(time_us), max(time_us) FROM event GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    found: dict[tuple[int, str, int], int] = {}
    astride: list[tuple[int, str, int]] = []
    for change in changes:
        for stream, file_no, first, last in seen:
            if last > change.works and concerns(change, stream):
                place = (change.works, stream, file_no)
                if first > change.works:
                    found[place] = first
                else:
                    astride.append(place)
    return {**found, **_next(connection, list(dict.fromkeys(astride)))}


def _next(connection: duckdb.DuckDBPyConnection, places: list[tuple[int, str, int]]) -> Later:
    if not places:
        return {}
    asked = "SELECT unnest($1::BIGINT[]) AS at, unnest($2::VARCHAR[]) AS stream, unnest($3::INTEGER[]) AS file_no"
    rows = connection.execute(
        f"SELECT a.at, a.stream, a.file_no, e.time_us FROM ({asked}) AS a ASOF JOIN event AS e "
        "ON a.stream = e.stream AND a.file_no = e.file_no AND a.at < e.time_us",
        [list(column) for column in zip(*places, strict=True)],
    ).fetchall()
    return {(at, stream, file_no): following for at, stream, file_no, following in rows}
