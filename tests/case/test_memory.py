"""What keeps the memory of an ingest bounded, whatever the files' size."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from timeline import catalog
from timeline.case import plan
from timeline.case.context import Context
from timeline.case.feed import Feed
from timeline.case.store import writer


@pytest.fixture
def found(tmp_path: Path) -> plan.Found:
    path = tmp_path / "a.json"
    path.write_text('{"time": "2023-05-01T00:00:00Z"}\n')
    return plan.look(1, path, "", catalog.sources().values())


def test_files_that_are_large_together_get_transactions_of_their_own(found: plan.Found) -> None:
    sizes = [plan.PORTION[1], 10, 20, plan.PORTION[1] - 30, 1, 3 * plan.PORTION[1], 5]
    portions = plan.portions(replace(found, size=size) for size in sizes)
    assert [[each.size for each in portion] for portion in portions] == [
        [plan.PORTION[1]],
        [10, 20, plan.PORTION[1] - 30],
        [1],
        [3 * plan.PORTION[1]],
        [5],
    ]


def test_many_small_files_are_read_in_portions_of_a_fixed_count(found: plan.Found) -> None:
    portions = plan.portions(replace(found, file_no=number) for number in range(plan.PORTION[0] + 1))
    assert [len(portion) for portion in portions] == [plan.PORTION[0], 1]


def _joins(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "JOIN" in node["name"]:
        yield node
    for child in node["children"]:
        yield from _joins(child)


def test_of_a_join_the_files_are_held_and_the_records_are_streamed(found: plan.Found, tmp_path: Path) -> None:
    connection = writer(tmp_path / "case.duckdb")
    Feed(connection, Context()).open([found, replace(found, file_no=2)])
    schema = plan.schema(found.kind)
    plan.offer(connection, found.kind, pa.RecordBatchReader.from_batches(schema, iter(())))
    rows = connection.execute("EXPLAIN (FORMAT JSON) SELECT * FROM batch JOIN context USING (file_no)").fetchall()
    (join,) = (each for root in json.loads(rows[0][1]) for each in _joins(root))
    streamed, held = join["children"]
    assert "ARROW" in json.dumps(streamed).upper()
    assert "context" in json.dumps(held)
    connection.close()
