"""Record numbers: what DuckDB finds in runs is what reading one by one finds."""

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from timeline.core.sequence import numbering
from timeline.evidence.sequences import read

STEPS = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 5)), min_size=1, max_size=12)


def case(*logs: list[tuple[int, int]]) -> duckdb.DuckDBPyConnection:
    """Make the part of a case that holds numbers: each log is a list of (number, time) of one stream."""
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE event (stream VARCHAR, sequence_of VARCHAR, sequence_no BIGINT, time_us BIGINT, event_id VARCHAR)"
    )
    rows = [
        ("s", f"log {log}", number, at, f"{log}-{number}-{at}")
        for log, records in enumerate(logs)
        for number, at in records
    ]
    connection.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?)", rows)
    return connection


def told(*logs: list[tuple[int, int]]) -> tuple[list[tuple[int, int]], tuple[tuple[int, int], ...]]:
    with case(*logs) as connection:
        found = read(connection)
    return sorted(defect.span for _, defect in found.breaks), tuple(found.attested["s"])


@settings(deadline=None)
@given(STEPS)
def test_a_log_that_only_counts_up_is_read_alike_in_runs_and_one_by_one(steps: list[tuple[int, int]]) -> None:
    records, number, at = [], 0, 0
    for by, later in steps:
        number, at = number + by, at + later
        records.append((number, at))
    alone = numbering(records)
    assert told(records) == (sorted((hole.start, hole.end) for hole in alone.breaks), alone.attested)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 8), st.integers(0, 30)), min_size=1, max_size=10))
def test_any_log_is_read_alike(records: list[tuple[int, int]]) -> None:
    alone = numbering(records)
    holes, attested = told(records)
    assert holes == sorted((hole.start, hole.end) for hole in alone.breaks)
    assert attested == alone.attested


def test_a_jump_counts_what_is_missing() -> None:
    """T20: record 5000 at 10:00, the next is 5301 at 10:20."""
    with case([(4999, 1), (5000, 10), (5301, 30), (5302, 40)]) as connection:
        ((_, defect),) = read(connection).breaks
    assert defect.span == (10, 30)
    assert defect.cause.startswith("300 record(s)")
    assert defect.evidence == ("0-5000-10", "0-5301-30")


def test_of_two_numberings_at_one_time_both_must_prove_it() -> None:
    holes, attested = told([(1, 0), (2, 100)], [(1, 20), (3, 40), (4, 60)])
    assert holes == [(20, 40)]
    assert attested == ((0, 20), (40, 60), (61, 100))


def test_numberings_after_one_another_prove_their_own_times() -> None:
    assert told([(1, 0), (2, 10)], [(1, 20), (2, 30)]) == ([], ((0, 10), (20, 30)))
