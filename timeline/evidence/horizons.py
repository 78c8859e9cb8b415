"""What the oldest records say of how long each copy was kept: the limit that they sit at, and where they contradict what is declared.

Only collections that nothing cut speak: neither a window nor a filter nor a record limit may have hidden an older record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import duckdb

from timeline.case.plans import spec_of
from timeline.core.coverage import Collection, Defect, State, Stream
from timeline.core.horizon import DAY, OVERDUE, PLAUSIBLE, Candidate, Fit, Oldest, Rhythm, fit, near
from timeline.core.retention import Policy, Semantics, horizon
from timeline.core.spans import BEGIN, END, holds
from timeline.evidence.spelled import days
from timeline.evidence.statements import policy
from timeline.policies.rows import NATIVE, Row, about

DECLARED = "the policy in force"
LONGEST = 500
"""So many of the longest silences are looked at: shorter ones are far below what a fit could hang on."""
SHORTEST = 7 * DAY
"""Settings of fewer days than this are not looked for: too many streams are younger than a week."""
SURE = PLAUSIBLE / 10
Told = tuple[tuple[Policy, ...], tuple[Collection, ...]]

HEAD = 90 * DAY
"""The rhythm is learned from so much of a stream's beginning: it is the beginning that is judged."""

RHYTHMS = """
    WITH chosen AS (SELECT stream, time_us FROM event WHERE ? OR file_no IN (SELECT unnest(?))),
    heads AS (SELECT stream, min(time_us) + ? AS until FROM chosen GROUP BY stream),
    hours AS (
        SELECT lower(stream) AS stream, time_us // 3_600_000_000 AS hour, count(*) AS records, min(time_us) AS first, max(time_us) AS last
        FROM chosen JOIN heads USING (stream) WHERE time_us < until GROUP BY ALL),
    silences AS (
        SELECT stream, records, first, last, lead(first) OVER (PARTITION BY stream ORDER BY hour) - last AS silence,
            CASE WHEN records > 1 THEN (last - first)::DOUBLE * (last - first) / (records - 1) ELSE 0 END AS inside FROM hours)
    SELECT stream, sum(records)::BIGINT, max(last) - min(first), sum(inside + coalesce(silence, 0)::DOUBLE * coalesce(silence, 0)), max(silence, ?)
    FROM silences GROUP BY stream"""
"""Within an hour the records are taken to be evenly spread: so a case of millions of records needs no sorting."""


@dataclass(frozen=True)
class Observed:
    """What the oldest record of one collection tells of one copy.

    `held` is the limit of the policy in force, if one is; `more`: the store held records that it should have deleted,
    `less`: it sits sharply at another known limit, though the policy promises older ones (µs); `off`: the log was not
    even on.
    """

    store: str
    collection: str
    basis: str
    oldest: Oldest
    held: Candidate | None
    fit: Fit | None
    more: int
    less: int
    off: bool = False

    def words(self) -> str:
        """Say what is wrong with the policy, or nothing."""
        if self.off:
            return "there are records of a time at which the log was off, as the policy has it"
        if self.more:
            return f"the oldest record is {days(self.more)} older than the policy allows: the store held more than is declared"
        if self.less and self.fit:
            return (
                f"the records begin at {days(self.oldest.age)}, where {self.fit.candidate.name} ends, and not at {self._promised()}: "
                "either the store held less than is declared, or the export was cut there (then state its `from`)"
            )
        return ""

    def _promised(self) -> str:
        held = self.held
        return "the beginning" if held is None or held.kept <= BEGIN else days(self.oldest.taken - held.kept)


class Horizons:
    """The horizons that the records of one case show; `members` has the files of each collection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, members: Mapping[str, set[int]]) -> None:
        self.connection, self.members = connection, members
        self._rhythms: dict[str, dict[str, Rhythm]] = {}
        self._known: dict[str, tuple[Told, tuple[Observed, ...]]] = {}

    def observed(self, stream: Stream) -> tuple[Observed, ...]:
        """Give what the oldest records of a stream's uncut collections tell."""
        told = (stream.policies, stream.collections)
        before = self._known.get(stream.name)
        if before is None or before[0] != told:
            self._known[stream.name] = before = told, tuple(self._observe(stream))
        return before[1]

    def words(self, stream: Stream) -> str:
        """Say in one line how far back the uncut collections of a stream reach, and at which limits they sit."""
        told = []
        for each in self.observed(stream):
            sits = f", at {each.fit.candidate.name}" if each.fit else ""
            told.append(f"{each.store} {days(each.oldest.age)}{sits}{f' ({each.words()})' if each.words() else ''}")
        return "; ".join(told)

    def doubts(self, stream: Stream) -> tuple[Defect, ...]:
        """Give the time that a policy promises and the records deny: from the promised horizon to the one they sit at."""
        if not any(_doubtful(stream, taken, oldest) for taken, oldest in _whole(stream)):
            return ()
        return tuple(
            Defect(
                State.SILENT,
                (each.held.kept, each.oldest.at),
                cause=each.words(),
                basis="inferred",
                evidence=(f"fits {each.fit.candidate.name}",),
                store=each.store,
                collection=each.collection or None,
            )
            for each in self.observed(stream)
            if each.less and each.held and each.fit
        )

    def _observe(self, stream: Stream) -> Iterator[Observed]:
        for taken, oldest in _whole(stream):
            held = _held(stream, taken, oldest.taken)
            rhythm, found = self._fit(stream.name, taken, oldest, held)
            less = _less(oldest, held, found, rhythm)
            more, off = _more(oldest, held), _off(stream, taken, oldest)
            yield Observed(taken.store, taken.id, taken.basis, oldest, held, found, more, less, off)

    def _fit(
        self, stream: str, taken: Collection, oldest: Oldest, held: Candidate | None
    ) -> tuple[Rhythm | None, Fit | None]:
        """Ask for the policy in force first: it needs no luck to be among many limits."""
        own, others = [held] if held else [], _candidates(stream.partition("/")[0], taken.store, oldest.taken)
        if not near(oldest, [*own, *others]):
            return None, None
        rhythm = self._rhythm(stream, taken.id)
        return rhythm, fit(oldest, rhythm, own) or fit(oldest, rhythm, others)

    def _rhythm(self, stream: str, collection: str) -> Rhythm:
        if collection not in self._rhythms:
            asked = [collection not in self.members, sorted(self.members.get(collection, ())), HEAD, LONGEST]
            rows = self.connection.execute(RHYTHMS, asked).fetchall()
            self._rhythms[collection] = {name: _rhythm(*figures) for name, *figures in rows}
        return self._rhythms[collection].get(stream.lower(), Rhythm(0, 0, 0.0))


def _rhythm(records: int, length: int, squares: float, silences: list[int] | None) -> Rhythm:
    return Rhythm(records, length, squares / (2 * length) if length else 0.0, tuple(silences or ()))


def _whole(stream: Stream) -> Iterator[tuple[Collection, Oldest]]:
    """Give the collections that nothing cut with their oldest record; where nobody stated one, all records of the stream are one."""
    unstated = not stream.collections and not stream.policies
    told = (Collection("", oldest_seen=stream.first_seen, uncut=True, basis="inferred"),)
    for each in told if unstated else stream.collections:
        at = stream.last_seen if each.collected_at is None else each.collected_at
        if each.uncut and each.oldest_seen is not None and at is not None and at > each.oldest_seen:
            yield each, Oldest(each.oldest_seen, at)


def _held(stream: Stream, taken: Collection, at: int) -> Candidate | None:
    """Give what the policy of the collected copy promises, if it is one rule for all its records."""
    told = [each for each in stream.policies if each.store == taken.store]
    if not told or len({each.scope for each in told}) > 1:
        return None
    return _band(DECLARED, told[-1], at)


def _band(name: str, told: Policy, at: int) -> Candidate | None:
    """Give a policy's horizon at a moment; None where it says nothing of age."""
    if told.semantics == Semantics.NONE:
        return Candidate(name, BEGIN, BEGIN if not told.enabled else told.enabled[0][0])
    if not told.limits or told.semantics == Semantics.RING:
        return None
    found = horizon(told, at)
    switched_on = max((start for start, end in told.enabled if start <= at), default=END)
    return Candidate(name, found.gone_before, max(found.kept_from, switched_on)) if switched_on < END else None


@cache
def _candidates(source: str, store: str, at: int) -> tuple[Candidate, ...]:
    """Give the limits that the catalogue knows for a copy of a source: defaults and usual settings."""
    known = [row for row in about(source) if (row.store == NATIVE) == (store == NATIVE)]
    bands = [_band(f"{row.id} ({row.plan})", policy(spec_of(row, source)), at) for row in known if row.limits]
    return (*(band for band in bands if band), *(each for row in known for each in _settings(row, at)))


def _settings(row: Row, at: int) -> Iterator[Candidate]:
    lag = row.lag[1] if row.lag else 0
    for setting in row.remarks.settable:
        if setting >= SHORTEST:
            gone = BEGIN if lag >= END else at - setting - lag
            yield Candidate(f"a setting of {days(setting)}", gone, at - setting)


def _more(oldest: Oldest, held: Candidate | None) -> int:
    """Give how much older the oldest record is than the policy allows, if that is no mere delay of the deletion."""
    older = held.gone - oldest.at if held and held.gone > BEGIN else 0
    return older if older > OVERDUE else 0


def _off(stream: Stream, taken: Collection, oldest: Oldest) -> bool:
    """Tell whether by every policy of the copy the log was off when the oldest record was written."""
    told = [each.enabled for each in stream.policies if each.store == taken.store]
    return bool(told) and not any(holds(enabled, oldest.at) for enabled in told)


def _doubtful(stream: Stream, taken: Collection, oldest: Oldest) -> bool:
    """Tell, without counting anything, whether the oldest record may sit at another limit than the policy in force."""
    held = _held(stream, taken, oldest.taken)
    if held is None or near(oldest, [held]):
        return False
    return held.kept < oldest.at and near(oldest, _candidates(stream.name.partition("/")[0], taken.store, oldest.taken))


def _less(oldest: Oldest, held: Candidate | None, found: Fit | None, rhythm: Rhythm | None) -> int:
    """Give how much of the promised time is missing, where the records sit sharply at another limit."""
    if held is None or found is None or rhythm is None or found.candidate.name == DECLARED:
        return 0
    missing = oldest.at - held.kept
    sure = held.kept <= BEGIN or (missing > OVERDUE and rhythm.later(missing) < SURE)
    return missing if sure else 0
