"""Which streams of a case are too quiet to be healthy, and how many records each gap cost: all streams judged together.

One false discovery rate holds over all pauses and hours of all streams. A silence that the numbers of the records prove is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import median
from typing import Any

import duckdb

from timeline.core.coverage import Defect, Gap, Piece, State, Stream, coverage
from timeline.core.rhythm import Suspect, discovered, silences
from timeline.core.scope import EVERYTHING, Scope
from timeline.core.spans import Span, Spans, length, tidy, union
from timeline.evidence.calendar import calendar
from timeline.evidence.hearing import RATE, Heard, heard
from timeline.evidence.ticks import Ticks, ticks

YEAR = 31_557_600_000_000
YEARS = 30
"""A case is not heard over more years than these: a record of the year 1 is a broken clock."""
MINUTE = 60_000_000
HOURS = 60
THREADS = 2
ASKED = "asked AS (SELECT unnest($names) AS name, unnest($starts) AS start, unnest($ends) AS until)"
UNBROKEN = f"""WITH {ASKED},
    hours AS (SELECT *, unnest(range(start // 3600000000, until // 3600000000 + 1)) AS hour FROM asked),
    numbered AS (SELECT lower(stream) AS stream, time_us, sequence_of, sequence_no FROM event WHERE sequence_no IS NOT NULL),
    runs AS (SELECT name, start, max(sequence_no) - min(sequence_no) = count(DISTINCT sequence_no) - 1 AS whole
        FROM numbered JOIN hours ON stream = lower(name) AND time_us // 3600000000 = hour AND time_us BETWEEN start AND until
        GROUP BY name, start, sequence_of)
    SELECT name, start FROM runs GROUP BY name, start HAVING bool_and(whole)"""
NEIGHBOURS = f"""WITH {ASKED}, ends AS (SELECT name, start AS moment FROM asked UNION SELECT name, until FROM asked)
    SELECT name, moment, min(event_id) FROM event JOIN ends ON stream = name AND time_us = moment WHERE kept GROUP BY name, moment"""


@dataclass(frozen=True)
class Known:
    """What must be known before anybody listens: the streams as they would be without silences, and when the case plays."""

    streams: Callable[[], Iterable[Stream]]
    window: Span
    holidays: tuple[int, ...]


class Silence:
    """What the rhythm of the streams of one case says."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, known: Known) -> None:
        self.connection, self.known = connection, known

    @cached_property
    def heard(self) -> Mapping[str, Heard]:
        """Every stream that can be heard, by its name."""
        spoken = ticks(self.connection)
        if not spoken:
            return {}
        window = _window(spoken, self.known.window)
        whole = calendar(*window, self.known.holidays)
        clear = {each.name: _covered(each, window) for each in self.known.streams() if each.name in spoken}
        names = [name for name, covered in clear.items() if covered]
        with ThreadPoolExecutor(THREADS) as pool:  # the arrays' work is done outside of Python's lock
            found = list(pool.map(lambda name: heard(spoken[name], clear[name], whole), names))
        return {name: one for name, one in zip(names, found, strict=True) if one}

    @cached_property
    def _found(self) -> Mapping[str, tuple[Defect, ...]]:
        tests = sum(each.tests for each in self.heard.values())
        chance = discovered([one.chance for each in self.heard.values() for one in each.suspects], max(1, tests), RATE)
        found = {name: silences(each.suspects, chance) for name, each in self.heard.items()}
        every = [(name, each) for name, some in found.items() for each in some]
        proved = {(name, start) for name, start in self._asked(UNBROKEN, every)}
        beside = {(name, at): event for name, at, event in self._asked(NEIGHBOURS, every)}
        return {
            name: tuple(self._defect(name, each, beside) for each in some if (name, each.start) not in proved)
            for name, some in found.items()
        }

    def _asked(self, query: str, suspects: Sequence[tuple[str, Suspect]]) -> list[tuple[Any, ...]]:
        """Ask the records once about all spans: each pass over millions of them costs as much as all the rest."""
        values = {
            "names": [name for name, _ in suspects],
            "starts": [each.start for _, each in suspects],
            "ends": [each.end for _, each in suspects],
        }
        return self.connection.execute(query, values).fetchall() if suspects else []

    def defects(self, name: str) -> tuple[Defect, ...]:
        """Give the silences of a stream."""
        return self._found.get(name, ())

    def _defect(self, name: str, each: Suspect, beside: Mapping[tuple[str, int], str]) -> Defect:
        events = (beside.get((name, at)) for at in (each.start, each.end))
        evidence = tuple(dict.fromkeys(event for event in events if event))
        due = self.heard[name].expected(each.start, each.end)[0]
        cause = f"{_records(each.records)} in {_duration(each.end - each.start)}, where about {_records(round(due))} would be usual"
        return Defect(State.SILENT, (each.start, each.end), EVERYTHING, cause, "statistics", evidence)

    def expected(self, name: str, gap: Piece) -> tuple[float, float, float] | None:
        """Give how many records a gap cost, with the 95 % interval: of what the rhythm would have brought, what did not come.

        None where the stream has no history, and for a part of a stream: nobody knows its share.
        """
        told = self.heard.get(name)
        if told is None or (isinstance(gap, Gap) and gap.scope != EVERYTHING):
            return None
        due = told.expected(gap.start, gap.end)
        came = told.records(gap.start, gap.end)
        return due[0] - min(came, due[0]), max(0.0, due[1] - came), max(0.0, due[2] - came)

    def outages(self, name: str) -> tuple[float | None, float | None]:
        """Give the shortest outage that could be noticed, in hours: in the median hour of the week, and in the worst one."""
        told = self.heard[name].outages() if name in self.heard else ()
        return (median(told), max(told)) if told else (None, None)


def _window(spoken: Mapping[str, Ticks], case: Span) -> Span:
    first = min(int(each.first[0]) for each in spoken.values())
    last = max(int(each.last[-1]) for each in spoken.values())
    end = max(case[1], last + 1)
    return max(min(case[0], first), end - YEARS * YEAR), end


def _covered(stream: Stream, window: Span) -> Spans:
    """Give when the stream is covered for those of whom nothing special is said, else for those of whom it is so the longest."""
    plain = replace(
        stream,
        defects=tuple(each for each in stream.defects if each.scope == EVERYTHING),
        purges=tuple(each for each in stream.purges if each.scope == EVERYTHING),
        fields=(),
    )
    parts: dict[Scope, Spans] = {}
    for scope, pieces in coverage(plain, window).items():
        clear = tidy((piece.start, piece.end) for piece in pieces if piece.state == State.COVERED)
        parts[scope] = union(parts.get(scope, ()), clear)
    rest = [covered for scope, covered in parts.items() if _rest(scope) and covered]
    return rest[0] if rest else max(parts.values(), key=length, default=())


def _rest(scope: Scope) -> bool:
    return all(term.negated for term in scope.terms)


def _records(count: int) -> str:
    return f"{count:,} record{'' if count == 1 else 's'}" if count else "no record"


def _duration(span: int) -> str:
    hours, minutes = divmod(span // MINUTE, HOURS)
    days, hours = divmod(hours, 24)
    told = [
        f"{days} d" if days else "",
        f"{hours} h" if hours else "",
        f"{minutes} min" if not days and minutes else "",
    ]
    return " ".join(each for each in told if each) or "less than a minute"
