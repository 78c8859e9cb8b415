"""What a record of configuration did to a log is read in a second statement: the same events, whatever else is in the file."""

import json
from pathlib import Path

import pytest

from timeline import catalog
from timeline.case import normal
from timeline.case.context import Context
from timeline.case.ingest import Ingest
from timeline.case.layers import parsed
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


MAIL = {
    "CreationTime": "2023-05-05T10:00:00", "Id": "m-5", "Workload": "Exchange", "RecordType": 1, "Operation": "Set-Mailbox",
    "OrganizationId": "52977449-77be-4a5e-abad-d17cd25a4930", "ObjectId": "anna", "ResultStatus": "True",
    "Parameters": [{"Name": "Identity", "Value": "anna"}, {"Name": "DisplayName", "Value": "Anna"}],
}  # fmt: skip


@pytest.mark.parametrize("more", [(), ('{"eventVersion": "1.08",',)], ids=["whole", "with a broken line"])
def test_two_statements_give_what_one_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...]
) -> None:
    rows = (*map(json.dumps, [*ROWS, MAIL]), *more)
    in_two = events(tmp_path, "two", *rows)
    monkeypatch.setattr(normal, "holding", lambda _source, _kind: False)
    assert events(tmp_path, "one", *rows) == in_two
    assert len(in_two) == 5


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
    wanted = frozenset({"fits", "time", "action", "change"})
    assert "trail_change(" in normal.mapped(source, kind, wanted)
    assert "trail_change(" not in normal.mapped(source, kind, wanted, held=True)


def test_what_rests_on_a_column_is_found_through_other_columns() -> None:
    select = parsed("SELECT r.a AS a, a || 'x' AS b, 1 AS c, upper(b) AS d FROM records")
    assert select.resting_on("a") == ["a", "b", "d"]
