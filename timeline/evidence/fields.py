"""When the records of a stream do not state what a question joins on: then they are there, and answer nothing.

Three ways to know it: case.toml or an imported setting says since when a field is logged (`[[field]]`), the source has no such column,
or the records themselves lack it. A day on which some do counts as blind: nobody can say what the one in question would have stated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import itemgetter

import duckdb

from timeline.catalog import Source, column_types
from timeline.catalog.syntax import aliases
from timeline.core.scope import scope_of
from timeline.core.spans import BEGIN, END, Span, Spans, minus, tidy
from timeline.core.stream import Field
from timeline.errors import CaseError

KEYS = (
    "session_id",
    "token_id",
    "credential_id",
    "signing_key_id",
    "token_issuer",
    "token_audience",
    "country",
    "protocol",
    "app_id",
    "request_id",
    "outcome",
)
"""Fields without which a record cannot be joined or judged; an outcome that is `unknown` is not stated.

Of a missing address or client the questions make candidates themselves.
"""
ABSENT = {"outcome": "nullif(outcome, 'unknown')"}
STATED = (*KEYS, "issued_time", "expires_time", "protocol")
"""Fields that a source may not have at all; where it has them, a record without one makes no gap: issuances, or the question, may know."""
USES = ("sign_in", "token.issue", "token.use", "mail.read", "object.read")
DAY = 86_400_000_000
ALWAYS: Spans = ((BEGIN, END),)
Days = list[tuple[int, bool]]


@dataclass(frozen=True)
class Fields:
    """What the records of a case lack, read once when a question first asks for it."""

    connection: duckdb.DuckDBPyConnection

    @cached_property
    def _days(self) -> Mapping[tuple[str, str, str], Days]:
        """Give for each stream, action and field the days that have records, and whether one of them lacks the field."""
        counts = ", ".join(f"count({ABSENT.get(name, name)}) < count(*)" for name in KEYS)
        rows = self.connection.execute(
            f"SELECT stream, action, time_us // {DAY} AS day, {counts} FROM event WHERE kept AND action IN {USES} "
            "AND coalesce(outcome, '') <> 'failure' AND coalesce(actor_type, 'user') = 'user' GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        told: dict[tuple[str, str, str], Days] = {}
        for (stream, action), days in groupby(rows, key=itemgetter(0, 1)):
            listed = list(days)
            for place, name in enumerate(KEYS, 3):
                if any(row[place] for row in listed):
                    told[stream, action, name] = [(row[2], row[place]) for row in listed]
        return told

    def of(self, stream: str, source: Source | None, fields: Iterable[str]) -> tuple[Field, ...]:
        """Give when a stream does not state these fields, as far as its source and its records tell."""
        asked = [name for name in fields if name in STATED]
        lacking = {name for name in asked if source and not states(source, name)}
        never = [_never(name, source) for name in asked if name in lacking and source]
        seen = ((action, name) for action in USES for name in asked if name not in lacking)
        return (
            *never,
            *(_lacked(name, action, days) for action, name in seen if (days := self._days.get((stream, action, name)))),
        )


def states(source: Source, name: str) -> bool:
    """Tell whether a source can ever fill a column; in doubt yes."""
    try:
        return name in aliases(source.select) and name not in source.empty
    except CaseError:  # a source that is known by its facts alone
        return name in column_types()


def _never(name: str, source: Source) -> Field:
    return Field(
        name, (), cause=f"the field {name} is never logged there", basis="catalogue", evidence=(f"source {source.id}",)
    )


def _lacked(name: str, action: str, days: Days) -> Field:
    blind = tidy(_around(place, days) for place, (_, lacks) in enumerate(days) if lacks)
    cause = f"the field {name} is not stated by all records of {action} then"
    return Field(name, minus(ALWAYS, blind), scope_of({"action": action}), cause, "inferred")


def _around(place: int, days: Days) -> Span:
    """Give how far a blind day reaches: to the next one if that is blind too, and beyond the first and last records."""
    day = days[place][0]
    last = place + 1 == len(days)
    end = END if last else days[place + 1][0] * DAY if days[place + 1][1] else (day + 1) * DAY
    return (BEGIN if place == 0 else day * DAY, end)
