"""Many small files, read anew as they change, vanish, swap places or turn out to be one another's twins: the same events as those of one file."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pytest

from timeline import catalog
from timeline.case import feed
from timeline.case.context import Context
from timeline.case.ingest import Ingest
from timeline.case.store import writer
from timeline.evidence.ledger import status
from timeline.readers import documents
from timeline.readers.structure import lists

Row = tuple[object, ...]


def calls(name: str, count: int = 3) -> list[dict[str, object]]:
    who = {"type": "IAMUser", "userName": name}
    return [
        {
            "eventVersion": "1.08", "eventTime": f"2023-05-05T10:{n:02d}:00Z", "eventSource": "s3.amazonaws.com", "eventName": "ListBuckets",
            "awsRegion": "us-east-1", "recipientAccountId": "111122223333", "eventID": f"{name}-{n}", "userIdentity": who,
        }
        for n in range(count)
    ]  # fmt: skip


def text(name: str, count: int = 3) -> str:
    return "".join(json.dumps(call) + "\n" for call in calls(name, count))


class Desk:
    """A case beside a folder of evidence."""

    def __init__(self, root: Path) -> None:
        self.root, self.folder = root, root / "in"
        self.folder.mkdir()

    def put(self, files: Mapping[str, str]) -> None:
        for name, data in files.items():
            (self.folder / name).write_text(data, encoding="utf-8")

    def ingest(self, *paths: Path) -> list[Row]:
        """Read the paths (or the folder), and give what is in the case; every record of it must be accounted for."""
        with writer(self.root / "case.duckdb") as connection:
            Ingest(connection, catalog.sources(), Context(), None).run(list(paths) or [self.folder])
            assert [
                row
                for row in status(connection).iter_rows(named=True)
                if row["records"] != row["events"] + row["rejected"] + row["duplicates"] + row["skipped"]
            ] == []
            orphans = "SELECT count(*) FROM (SELECT file_no FROM event UNION ALL SELECT file_no FROM rejected) ANTI JOIN (FROM file WHERE NOT twin) USING (file_no)"
            assert connection.execute(orphans).fetchall() == [(0,)]
            assert connection.execute(
                "SELECT count(*) FROM file AS lone WHERE twin AND NOT EXISTS (FROM file WHERE sha256 = lone.sha256 AND NOT twin)"
            ).fetchall() == [(0,)]
            return connection.execute("SELECT actor, time_us FROM event WHERE kept ORDER BY ALL").fetchall()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def whole(root: Path, *names: str) -> list[Row]:
    """Give the events of the same records in one plain file of a case of their own."""
    root.mkdir()
    fresh = Desk(root)
    fresh.put({"all.json": "".join(text(name) for name in names)})
    return fresh.ingest()


def test_twins_that_all_change_at_once_leave_no_event_behind(desk: Desk, tmp_path: Path) -> None:
    desk.put({"a.json": text("ann"), "b.json": text("ann"), "c.json": text("ann")})
    desk.ingest()
    desk.put({"a.json": text("bob"), "b.json": text("cid"), "c.json": text("dan")})
    assert desk.ingest() == whole(tmp_path / "whole", "bob", "cid", "dan")


def test_a_twin_that_stays_keeps_the_events_of_two_that_change(desk: Desk, tmp_path: Path) -> None:
    desk.put({"a.json": text("ann"), "b.json": text("ann"), "z.json": text("ann")})
    desk.ingest()
    desk.put({"a.json": text("bob"), "b.json": text("cid")})
    assert desk.ingest() == whole(tmp_path / "whole", "ann", "bob", "cid")


def test_twins_within_an_archive_that_changes_leave_no_event_behind(desk: Desk, tmp_path: Path) -> None:
    def pack(*names: str) -> None:
        with zipfile.ZipFile(desk.folder / "all.zip", "w") as archive:
            for place, name in enumerate(names):
                archive.writestr(f"{place}.json", text(name))

    pack("ann", "ann", "bob")
    desk.ingest()
    pack("cid", "bob")
    assert desk.ingest() == whole(tmp_path / "whole", "bob", "cid")


def test_files_that_swap_places_are_read_anew(desk: Desk, tmp_path: Path) -> None:
    desk.put({"a.json": text("ann"), "b.json": text("bob"), "c.json": text("ann")})
    desk.ingest()
    desk.put({"a.json": text("bob"), "b.json": text("ann"), "c.json": text("cid")})
    assert desk.ingest() == whole(tmp_path / "whole", "ann", "bob", "cid")


@pytest.mark.parametrize(
    "record",
    [
        {"results": [{"n": n, "pad": "x" * 900} for n in range(60)], "eventTime": "2023-05-05T10:00:00Z"},
        {"data": {"items": [{"n": n, "pad": "x" * 900} for n in range(60)]}, "status": {}, "foo": 1},
    ],
    ids=["a time behind the list", "a member beside the nest"],
)
@pytest.mark.parametrize("shape", ["{0}\n{0}\n", "[{0},{0}"])
def test_a_long_record_with_a_list_is_no_page_among_the_first_records_either(
    record: dict[str, object], shape: str
) -> None:
    head = shape.replace("{0}", json.dumps(record)).encode()
    for count in (1, 2):
        assert [json.loads(piece) for piece in documents.first(head, count)] == [record] * count


def test_a_list_at_the_end_of_a_window_is_entered_when_it_is_seen_to_hold_objects() -> None:
    head = json.dumps({"pad": "x" * (documents.LEAST - 23), "events": list(range(100_000))}).encode()[: 1 << 17]
    assert head[documents.LEAST - 1 : documents.LEAST] == b"["
    assert documents.first(head, 2) == list(documents.pieces(head))[:2]


def test_a_list_in_the_second_object_is_none_of_the_first() -> None:
    assert lists(b'{"a": [1]} {"b": [{"c": 1}]}') == [(6, 0)]
    torn = b'[{"ts": 1}, {"ts": 2, "events": [{"c": 1}]}, {"ts"'
    assert list(documents.pieces(torn))[:2] == [b'{"ts": 1}', b'{"ts": 2, "events": [{"c": 1}]}']


class Counted:
    """A batch of one record that notes how often its size is asked for."""

    num_rows, asked = 1, 0

    @property
    def nbytes(self) -> int:
        Counted.asked += 1
        return feed.ROOM // 1000


def test_the_size_of_each_small_batch_is_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pa, "concat_batches", len)
    monkeypatch.setattr(Counted, "asked", 0)
    assert sum(feed._together(Counted() for _ in range(2500))) == 2500
    assert Counted.asked == 2500


def test_a_record_too_long_for_the_memory_there_is_costs_itself_alone(desk: Desk) -> None:
    other = json.dumps(calls("ann", 1)[0] | {"requestParameters": {"pad": "x" * 40_000_000}}) + "\n"
    desk.put({"a.json": text("cid", 3) + other + text("bob", 3)})
    with writer(desk.root / "case.duckdb") as connection:
        connection.execute("SET memory_limit = '120MB'")
        Ingest(connection, catalog.sources(), Context(), None).run([desk.folder])
        assert connection.execute("SELECT count(*) FROM event").fetchall() == [(6,)]
        assert connection.execute("SELECT record, reason FROM rejected").fetchall() == [
            (4, "a value in it breaks the statement that reads it")
        ]


def test_records_too_long_for_one_statement_are_looked_through_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    other = json.dumps({"n": "x" * 600_000}) + "\n"
    desk.put({"a.json": other * 60 + text("cid", 1)})
    monkeypatch.setattr(feed, "SHARE", 8 << 20)
    with writer(desk.root / "case.duckdb") as connection:
        connection.execute("SET memory_limit = '200MB'")
        Ingest(connection, catalog.sources(), Context(), None).run([desk.folder])
        assert connection.execute("SELECT count(*) FROM event").fetchall() == [(1,)]
        assert connection.execute("SELECT count(*) FROM rejected").fetchall() == [(60,)]


def test_records_too_long_for_one_statement_go_through_several(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    long = [call | {"requestParameters": {"pad": "x" * 500_000}} for call in calls("ann", 60) + calls("bob", 60)]
    desk.put({"a.json": text("cid", 1) + "".join(json.dumps(call) + "\n" for call in long)})
    monkeypatch.setattr(feed, "SHARE", 8 << 20)
    with writer(desk.root / "case.duckdb") as connection:
        connection.execute("SET memory_limit = '200MB'")
        Ingest(connection, catalog.sources(), Context(), None).run([desk.folder])
        assert connection.execute("SELECT count(*) FROM event").fetchall() == [(121,)]
        assert connection.execute("SELECT records FROM file").fetchall() == [(121,)]
