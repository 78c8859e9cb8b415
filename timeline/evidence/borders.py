"""Records at the borders of a window: a log that states the day, or the second, only may mean an instant on the other side."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from timeline.case.local_times import doubt
from timeline.case.store import quoted
from timeline.core.coverage import Gap, State
from timeline.core.spans import Span
from timeline.core.verdict import Witness
from timeline.evidence.moments import DAY, PRECISION, SECOND

NEAR = 2 * DAY
"""No instant lasts longer, with what its clock leaves in doubt (µs)."""
WHOLE = f"(CASE WHEN time_us % {SECOND} = 0 THEN {SECOND} ELSE 1 END)"
"""How long an instant lasts of which nobody says how exact it is."""


def precisions(connection: duckdb.DuckDBPyConnection) -> tuple[str | None, ...]:
    """Give every way in which the records of the case state their times."""
    return tuple(word for (word,) in connection.execute("SELECT DISTINCT time_precision FROM event").fetchall())


def straddling(
    connection: duckdb.DuckDBPyConnection, window: Span, actions: Iterable[str], words: Iterable[str | None]
) -> tuple[Witness, ...]:
    """Give, as nobody, when records outside of a window may belong into it: such events are not absent then."""
    told = [(word, *_reach(word)) for word in words]
    exact = window[0] % SECOND == 0 and window[1] % SECOND == 0
    if exact and all(length <= SECOND and not before for _, before, length in told):
        return ()
    before = _chosen([(word, each) for word, each, _ in told], "0")
    length = _chosen([(word, each) for word, _, each in told], WHOLE)
    query = (
        f"SELECT count(*) FILTER (time_us < $from), max(time_us + {length}) FILTER (time_us < $from), count(*) FILTER (time_us >= $to), "
        f"min(time_us - {before}) FILTER (time_us >= $to) FROM event WHERE kept AND action IN (SELECT unnest($actions::VARCHAR[])) AND "
        f"(time_us >= $from - {NEAR} AND time_us < $from AND time_us + {length} > $from "
        f"OR time_us >= $to AND time_us < $to + {NEAR} AND time_us - {before} < $to)"
    )
    (row,) = connection.execute(query, {"from": window[0], "to": window[1], "actions": sorted(actions)}).fetchall()
    early = [_nobody(row[0], (window[0], min(row[1], window[1])), "before")] if row[0] else []
    late = [_nobody(row[2], (max(row[3], window[0]), window[1]), "after")] if row[2] else []
    return (*early, *late)


def _reach(word: str | None) -> tuple[int, int]:
    """Give how much earlier than stated, and how long from the stated time on, the truth may lie; 0: a second if it is a whole one."""
    precision, before, after = doubt(word)
    return before, PRECISION.get(precision, 0) + after


def _chosen(told: Iterable[tuple[str | None, int]], other: str) -> str:
    """Give an expression for what each way of stating a time means."""
    ways = [f"WHEN {quoted(word)} THEN {reach}" for word, reach in told if word and reach]
    return f"(CASE time_precision {' '.join(ways)} ELSE {other} END)" if ways else other


def _nobody(number: int, span: Span, side: str) -> Witness:
    cause = "their log does not state the time closely enough"
    told = f"{number} record(s) of such events just {side} the window may be of it"
    return Witness(told, "best_effort", (Gap(*span, State.UNKNOWN, cause, "inferred"),))
