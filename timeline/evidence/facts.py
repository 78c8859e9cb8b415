"""What the records and the ledger of a case show of its streams, read once: no decision is made here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

import duckdb

from timeline.case.origin import full
from timeline.case.places import Places
from timeline.core.coverage import Defect, State
from timeline.core.scope import EVERYTHING, scope_of
from timeline.core.spans import Span, Spans
from timeline.evidence import collectors, lost, marks, proofs, sequences, series, switches
from timeline.evidence.collectors import Run
from timeline.evidence.proofs import Chain
from timeline.evidence.switches import Changes

DAY = 86_400_000_000
ORDERED = 0.5
"""A correlation of number and time beyond this (or below its negative) is an order; what is between tells nothing."""


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
    """What the case shows of its streams, read once.

    `families` has the source and the most frequent family of a stream, `kept` its events without copies, `order` is 1 for a file with
    the oldest record first, -1 for the reverse, else 0.
    """

    seen: list[Seen] = field(default_factory=list)
    paths: Mapping[int, Path] = field(default_factory=dict)
    records: Mapping[int, int] = field(default_factory=dict)
    families: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    kept: Mapping[str, int] = field(default_factory=dict)
    places: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    order: Mapping[int, int] = field(default_factory=dict)
    defects: list[tuple[int, str, Defect]] = field(default_factory=list)
    marks: list[tuple[str, Defect]] = field(default_factory=list)
    twins: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    unread: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    breaks: list[tuple[str, Defect]] = field(default_factory=list)
    extents: Mapping[int, Span] = field(default_factory=dict)
    changes: Changes = field(default_factory=Changes)
    chains: list[Chain] = field(default_factory=list)
    attested: Mapping[str, Spans] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    foreign: frozenset[int] = frozenset()
    heads: list[tuple[str, Defect]] = field(default_factory=list)


def read(connection: duckdb.DuckDBPyConnection) -> Facts:
    """Ask the case once for all that coverage needs."""
    files, twins, order = _files(connection), _twins(connection), _order(connection)
    in_rows = series.rows({each.number: f"{each.path}!{each.member}" for each in files})
    unread, numbers = lost.unread(connection), sequences.read(connection)
    kinds = _kinds(connection)
    kept = {stream: sum(row[3] for row in rows) for stream, rows in groupby(kinds, key=itemgetter(0))}
    rejected, torn, skipped = (
        lost.rejected(connection, order),
        lost.torn(connection, order, in_rows),
        lost.skipped(connection, in_rows),
    )
    return Facts(
        seen=_seen(connection, twins),
        paths={each.number: Path(full(each.path, each.member)) for each in files},
        records={each.number: each.records for each in files},
        families={stream: (source, family) for stream, source, family, _ in kinds},
        kept=kept,
        places=_places(connection),
        order=order,
        defects=[*rejected, *torn, *skipped],
        marks=[*_throttled(connection), *marks.dropped(connection)],
        twins=twins,
        unread=unread,
        breaks=numbers.breaks,
        extents=lost.extents(connection, unread, in_rows),
        changes=switches.read(connection),
        chains=proofs.read(connection),
        attested=numbers.attested,
        runs=collectors.read(connection),
        foreign=lost.foreign(connection),
        heads=numbers.heads,
    )


class _File(NamedTuple):
    """A file of the ledger, at the place where it lies now."""

    number: int
    path: str
    records: int
    member: str


def _files(connection: duckdb.DuckDBPyConnection) -> list[_File]:
    places = Places(connection)
    rows = connection.execute("SELECT file_no, path, records, coalesce(member, '') FROM file").fetchall()
    return [_File(number, str(places.now(Path(path))), records, member) for number, path, records, member in rows]


def _seen(connection: duckdb.DuckDBPyConnection, twins: Mapping[int, tuple[int, ...]]) -> list[Seen]:
    """Give what each file shows of each stream; a file of the same bytes shows the same."""
    rows = connection.execute(
        "SELECT file_no, stream, count(*), min(time_us), max(time_us), max(greatest(time_us, coalesce(logged_us, time_us))) "
        "FROM event GROUP BY file_no, stream ORDER BY stream, file_no"
    ).fetchall()
    seen = [Seen(*row) for row in rows]
    return seen + [replace(each, file_no=twin) for each in seen for twin in twins.get(each.file_no, ())]


def _kinds(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str, int]]:
    """Give for each stream its sources and families with the number of events, the most frequent last."""
    return connection.execute(
        "SELECT stream, source, family, count(*) FILTER (WHERE kept) AS events FROM event GROUP BY ALL ORDER BY stream, events, family"
    ).fetchall()


def _twins(connection: duckdb.DuckDBPyConnection) -> dict[int, tuple[int, ...]]:
    """Give for each file the others of the same bytes: what is said of its records holds for them too."""
    rows = connection.execute(
        "SELECT o.file_no, list(t.file_no ORDER BY t.file_no) FROM file AS t JOIN file AS o ON t.sha256 = o.sha256 AND t.twin AND NOT o.twin "
        "GROUP BY o.file_no"
    ).fetchall()
    return {original: tuple(others) for original, others in rows}


def _order(connection: duckdb.DuckDBPyConnection) -> dict[int, int]:
    rows = connection.execute(
        "SELECT file_no, coalesce(corr(record, time_us), 0) FROM event GROUP BY file_no"
    ).fetchall()
    return {no: (slope > ORDERED) - (slope < -ORDERED) for no, slope in rows}


def _places(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], frozenset[str]]:
    """Give for each stream and action on objects the places (`scheme://name`, in lower case) of which the stream shows such events."""
    rows = connection.execute(
        # the pattern is slow: it is tried on each place once, not on each event
        "SELECT stream, action, list(DISTINCT lower(regexp_extract(place, '^([A-Za-z0-9]+://[^/]+)', 1))) FROM ("
        "SELECT DISTINCT stream, action, left(object, strpos(object, '://') + 2 + "
        "strpos(substr(object, strpos(object, '://') + 3) || '/', '/')) AS place "
        "FROM event WHERE starts_with(action, 'object.') AND contains(object, '://')) GROUP BY ALL"
    ).fetchall()
    return {(stream, action): frozenset(each for each in places if each) for stream, action, places in rows}


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
