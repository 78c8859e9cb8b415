"""Every stream of a case with its policies, collections and defects, as the core wants them: no decision is made here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from timeline.case.config import CollectionSpec, Config, PolicySpec
from timeline.core.coverage import Collection, Defect, State, Stream
from timeline.core.retention import Limit, Policy, Semantics
from timeline.core.scope import EVERYTHING, Scope, scope_of
from timeline.core.spans import BEGIN, END, Span, Spans
from timeline.globs import matches, weight

DAY = 86_400_000_000


@dataclass(frozen=True)
class Seen:
    """What the records of one stream in one file show: how many, the first, the last, the last delivery; µs."""

    file_no: int
    stream: str
    events: int
    first: int
    last: int
    delivered: int


@dataclass
class Facts:
    """What the case shows of its streams, read once."""

    seen: list[Seen] = field(default_factory=list)
    paths: Mapping[int, Path] = field(default_factory=dict)
    records: Mapping[int, int] = field(default_factory=dict)
    families: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    places: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    descending: Mapping[int, bool] = field(default_factory=dict)
    defects: list[tuple[int, str, Defect]] = field(default_factory=list)
    marks: list[tuple[str, Defect]] = field(default_factory=list)


def read(connection: duckdb.DuckDBPyConnection) -> Facts:
    """Ask the case once for all that coverage needs."""
    rows = connection.execute(
        "SELECT file_no, stream, count(*), min(time_us), max(time_us), max(greatest(time_us, coalesce(logged_us, time_us))) "
        "FROM event GROUP BY file_no, stream ORDER BY stream, file_no"
    ).fetchall()
    files = connection.execute("SELECT file_no, path, records FROM file").fetchall()
    twins = connection.execute(
        "SELECT t.file_no, o.file_no FROM file AS t JOIN file AS o ON t.sha256 = o.sha256 AND t.twin AND NOT o.twin"
    ).fetchall()
    seen = [Seen(*row) for row in rows]
    twin_of: dict[int, list[int]] = {}
    for twin, original in twins:
        twin_of.setdefault(original, []).append(twin)
    seen += [
        Seen(twin, each.stream, each.events, each.first, each.last, each.delivered)
        for each in list(seen)
        for twin in twin_of.get(each.file_no, [])
    ]
    kinds = connection.execute("SELECT DISTINCT stream, source, family FROM event").fetchall()
    order = connection.execute("SELECT file_no, corr(record, time_us) < -0.5 FROM event GROUP BY file_no").fetchall()
    return Facts(
        seen,
        {no: Path(path) for no, path, _ in files},
        {no: count for no, _, count in files},
        {stream: (source, family) for stream, source, family in kinds},
        _places(connection),
        {no: bool(down) for no, down in order},
        [*_rejected(connection), *_torn(connection)],
        [*_throttled(connection), *_switched(connection)],
    )


def _places(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], frozenset[str]]:
    """Give for each stream and action on objects the places (`scheme://name`, in lower case) of which the stream shows such events."""
    rows = connection.execute(
        "SELECT stream, action, list(DISTINCT lower(regexp_extract(object, '^([A-Za-z0-9]+://[^/]+)', 1))) "
        "FROM event WHERE action LIKE 'object.%' AND object IS NOT NULL GROUP BY ALL"
    ).fetchall()
    return {(stream, action): frozenset(each for each in places if each) for stream, action, places in rows}


def _rejected(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, str, Defect]]:
    """Around each run of rejected records, the span between its neighbours in the file, for every stream of that file."""
    rows = connection.execute("""
        WITH torn AS (SELECT DISTINCT file_no, record, reason FROM rejected),
        streams AS (SELECT DISTINCT file_no, stream FROM event WHERE file_no IN (SELECT file_no FROM torn)),
        good AS (SELECT file_no, record, time_us FROM event WHERE file_no IN (SELECT file_no FROM torn)),
        around AS (SELECT t.file_no, t.record, t.reason,
                (SELECT max(g.record) FROM good AS g WHERE g.file_no = t.file_no AND g.record < t.record) AS before,
                (SELECT min(g.record) FROM good AS g WHERE g.file_no = t.file_no AND g.record > t.record) AS after FROM torn AS t),
        runs AS (SELECT file_no, before, after, count(*) AS lost, min(record) AS record, min(reason) AS reason FROM around GROUP BY ALL)
        SELECT r.file_no, s.stream, b.time_us, a.time_us, r.lost, r.record, r.reason FROM runs AS r JOIN streams AS s USING (file_no)
        LEFT JOIN good AS b ON b.file_no = r.file_no AND b.record = r.before LEFT JOIN good AS a ON a.file_no = r.file_no AND a.record = r.after
        ORDER BY ALL""").fetchall()
    found = []
    for file_no, stream, before, after, lost, record, reason in rows:
        ends = [each for each in (before, after) if each is not None]
        span = (min(ends), max(ends) + 1) if len(ends) == 2 else (BEGIN, after + 1) if before is None else (before, END)  # noqa: PLR2004
        cause = f"{lost} record(s) of this file rejected from record {record} on: {reason}"
        found.append((file_no, stream, Defect(State.LOSSY, span, cause=cause, basis="ledger")))
    return found


def _torn(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, str, Defect]]:
    rows = connection.execute(
        "SELECT file_no, stream, max_by(time_us, record) FROM event JOIN file USING (file_no) WHERE torn GROUP BY ALL"
    ).fetchall()
    return [
        (file_no, stream, Defect(State.LOSSY, (last, END), cause="the file is truncated", basis="ledger"))
        for file_no, stream, last in rows
    ]


def _throttled(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, Defect]]:
    """Give the day after each throttling mark: the audit of that mailbox records nothing for 24 hours (Microsoft Learn, MailItemsAccessed)."""
    rows = connection.execute(
        "SELECT stream, mailbox, time_us, event_id FROM event WHERE mark = 'throttled' ORDER BY time_us, event_id"
    ).fetchall()
    return [
        (
            stream,
            Defect(
                State.LOSSY,
                (at, at + DAY),
                scope_of({"mailbox": mailbox}) if mailbox else EVERYTHING,
                "the log says that it was throttled: nothing of this mailbox is recorded for 24 hours",
                "attestation",
                (event,),
            ),
        )
        for stream, mailbox, at, event in rows
    ]


def _switched(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, Defect]]:
    """From a successful switching off to the next switching on of the same log; `subject` is the glob of the streams it is about."""
    rows = connection.execute(
        "SELECT subject, coalesce(object, ''), action, time_us, event_id, operation FROM event WHERE subject IS NOT NULL AND kept "
        "AND outcome = 'success' AND action IN ('logging.disable', 'logging.enable') ORDER BY subject, 2, time_us, event_id"
    ).fetchall()
    found: list[tuple[str, Defect]] = []
    off: dict[tuple[str, str], tuple[int, str, str]] = {}
    for subject, thing, action, at, event, operation in rows:
        if action == "logging.disable":
            off.setdefault((subject, thing), (at, event, operation))
        elif (subject, thing) in off:
            start, first, what = off.pop((subject, thing))
            found.append((subject, _disabled((start, at), what, (first, event))))
    return found + [
        (subject, _disabled((start, END), what, (event,))) for (subject, _), (start, event, what) in off.items()
    ]


def _disabled(span: Span, operation: str, evidence: tuple[str, ...]) -> Defect:
    return Defect(State.DISABLED, span, cause=f"switched off by {operation}", basis="config_event", evidence=evidence)


class Builder:
    """Makes the core's streams out of facts and settings."""

    def __init__(self, facts: Facts, config: Config, root: Path) -> None:
        self.facts, self.config, self.root = facts, config, root
        self.members = {spec.id: self._members(spec) for spec in config.collections}

    def statements(self) -> tuple[Callable[[Path], int | None], Callable[[Path], str | None]]:
        """Give what the collections say of a file: when it was taken, and the zone of its local times."""

        def of(path: Path) -> list[CollectionSpec]:
            return [
                spec
                for spec in self.config.collections
                if not spec.paths or any(self._under(glob, path) for glob in spec.paths)
            ]

        return (
            lambda path: max((spec.collected_at for spec in of(path)), default=None),
            lambda path: next((spec.timezone for spec in of(path) if spec.timezone), None),
        )

    def names(self) -> list[str]:
        """Give all streams: those seen, and those that the settings name in full."""
        told = [spec.stream for spec in self.config.policies] + [spec.stream for spec in self.config.outages]
        told += [glob for spec in self.config.collections for glob in spec.streams]
        literal = {name for name in told if "/" in name and not any(sign in name for sign in "*?")}
        seen = {each.stream for each in self.facts.seen}
        known = {name.lower() for name in seen}
        return sorted(seen | {name for name in literal if name.lower() not in known})

    def _members(self, spec: CollectionSpec) -> set[int]:
        """Give the files that a collection covers."""
        if not spec.paths:
            return set(self.facts.paths)
        return {
            number for number, path in self.facts.paths.items() if any(self._under(glob, path) for glob in spec.paths)
        }

    def _under(self, glob: str, path: Path) -> bool:
        pattern = glob if glob.startswith("/") else f"{self.root}/{glob.removeprefix('./')}"
        return matches(pattern, path.as_posix())

    def stream(self, name: str, as_of: int) -> Stream:
        """Give one stream with everything known about it."""
        seen = [each for each in self.facts.seen if each.stream.lower() == name.lower()]
        policies = self._policies(name)
        collections = tuple(one for spec in self.config.collections if (one := self._collection(spec, name, seen)))
        last = max((each.delivered for each in seen), default=None)
        if not collections and policies and last is not None:
            collections = (
                Collection(
                    "inferred",
                    store=policies[-1].store,
                    collected_at=last + 1,
                    oldest_seen=min(each.first for each in seen),
                    uncut=True,
                    basis="inferred",
                ),
            )
        return Stream(
            name,
            policies,
            collections,
            self._defects(name, collections),
            min((each.first for each in seen), default=None),
            None if last is None else last + 1,
            as_of,
        )

    def _policies(self, name: str) -> tuple[Policy, ...]:
        fit = [spec for spec in self.config.policies if matches(spec.stream, name)]
        return tuple(policy(spec) for spec in sorted(fit, key=lambda spec: weight(spec.stream)))

    def _collection(self, spec: CollectionSpec, name: str, seen: list[Seen]) -> Collection | None:
        mine = [each for each in seen if each.file_no in self.members[spec.id]]
        if not (any(matches(glob, name) for glob in spec.streams) if spec.streams else mine):
            return None
        lost = self._lost(spec, mine)
        window = (BEGIN if spec.start is None else spec.start, END if spec.end is None else spec.end)
        oldest = min((each.first for each in mine), default=None)
        uncut = spec.start is None and not spec.subjects and not any(start == BEGIN for start, _ in lost)
        scope = scope_of({"actor": spec.subjects}) if spec.subjects else EVERYTHING
        return Collection(spec.id, spec.store, spec.collected_at, window, scope, lost, oldest, uncut)

    def _lost(self, spec: CollectionSpec, mine: list[Seen]) -> Spans:
        """Give the ends that a reached record limit cut off: the stated end, or the one that the order in the files tells."""
        numbers = self.members[spec.id]
        if spec.max_records is None or sum(self.facts.records.get(number, 0) for number in numbers) < spec.max_records:
            return ()
        if not mine:
            return ((BEGIN, END),)
        first, last = min(each.first for each in mine), max(each.last for each in mine)
        if spec.cut:
            return ((BEGIN, first),) if spec.cut == "oldest" else ((last + 1, END),)
        if all(self.facts.descending.get(each.file_no, False) for each in mine):
            return ((BEGIN, first),)
        return ((BEGIN, first), (last + 1, END))

    def _defects(self, name: str, collections: tuple[Collection, ...]) -> tuple[Defect, ...]:
        known = {each.id for each in collections}
        found = [
            Defect(State.LOSSY, (spec.start, spec.end), cause=spec.why or "declared outage", basis="declared")
            for spec in self.config.outages
            if matches(spec.stream, name)
        ]
        for file_no, stream, defect in self.facts.defects:
            if stream.lower() == name.lower():
                owners: list[str | None] = [
                    spec.id for spec in self.config.collections if file_no in self.members[spec.id] and spec.id in known
                ]
                found += [
                    Defect(
                        defect.state,
                        defect.span,
                        defect.scope,
                        defect.cause,
                        defect.basis,
                        (self._evidence(file_no),),
                        collection=owner,
                    )
                    for owner in owners or [None]
                ]
        found += [defect for stream, defect in self.facts.marks if matches(stream, name)]
        return tuple(found)

    def _evidence(self, file_no: int) -> str:
        return f"file:{self.facts.paths[file_no].name}"


def policy(spec: PolicySpec) -> Policy:
    """Give a policy statement in the core's terms."""
    enabled = (
        (
            BEGIN if spec.enabled_from is None else spec.enabled_from,
            END if spec.enabled_to is None else spec.enabled_to,
        ),
    )
    return Policy(
        store=spec.store,
        semantics=Semantics(spec.semantics or "rolling"),
        limits=tuple(Limit(start, keep) for start, keep in spec.retention),
        enabled=enabled,
        latency=spec.latency or 0,
        hold_from=spec.hold_from,
        archive_after=spec.archive_after,
        grace=spec.grace or 0,
        lag=spec.lag or (0, 0),
        scope=_where(spec),
        basis="declared",
        evidence=(f"case.toml: policy {spec.stream} ({spec.store})",),
        anchor=spec.anchor or "event",
    )


def _where(spec: PolicySpec) -> Scope:
    return scope_of(spec.where) if spec.where else EVERYTHING
