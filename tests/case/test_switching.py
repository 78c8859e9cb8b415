"""What records of configuration did to a log is told, and of other records nothing."""

import json
from pathlib import Path

from timeline import catalog
from timeline.case import normal
from timeline.case.context import Context
from timeline.case.ingest import Ingest
from timeline.case.store import writer


def call(number: int, verb: str, **asked: object) -> dict[str, object]:
    return {
        "eventVersion": "1.08", "eventTime": f"2023-05-{number:02d}T10:00:00Z", "eventSource": "cloudtrail.amazonaws.com",
        "eventName": verb, "awsRegion": "us-east-1", "readOnly": False, "recipientAccountId": "111122223333",
        "eventID": f"e-{number}", "requestParameters": asked,
    }  # fmt: skip


ROWS = [
    call(1, "UpdateTrail", name="audit", isMultiRegionTrail=False),
    call(2, "PutEventSelectors", trailName="audit", eventSelectors=[{"readWriteType": "WriteOnly"}]),
    call(3, "DescribeTrails"),
    call(4, "StopLogging", name="audit"),
]


def events(folder: Path, name: str, *rows: str) -> list[tuple[object, ...]]:
    path = folder / "trail.json"
    path.write_text("".join(row + "\n" for row in rows))
    with writer(folder / f"{name}.duckdb") as connection:
        Ingest(connection, catalog.sources(), Context(), None).run([path])
        return connection.execute("SELECT * FROM event ORDER BY record").fetchall()


def test_each_change_of_a_trail_is_told_and_nothing_of_other_calls(tmp_path: Path) -> None:
    column = events(tmp_path, "case", *map(json.dumps, ROWS))
    with writer(tmp_path / "case.duckdb") as connection:
        told = connection.execute("SELECT change FROM event ORDER BY record").fetchall()
    assert len(column) == 4
    assert [change is None or json.loads(change) is not None for (change,) in told] == [True] * 4
    assert [change is None for (change,) in told] == [False, False, True, False]


def test_what_nobody_needs_is_not_planned() -> None:
    source = catalog.sources()["aws_cloudtrail"]
    kind = normal.Kind("json")
    wanted = frozenset({"fits", "time", "action"})
    assert "trail_change(" in normal.mapped(source, kind, wanted | {"change"})
    assert "trail_change(" not in normal.mapped(source, kind, wanted)
