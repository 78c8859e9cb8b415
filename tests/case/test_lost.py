"""What could not be read takes its window out of what is covered: by its own time, by its neighbours, by the row of files it stands in."""

import gzip
from pathlib import Path

import pytest

from tests.case.test_ingest import Bench, lines, toy
from timeline import catalog
from timeline.case.context import Context
from timeline.case.values import DAY, moment
from timeline.core.coverage import State
from timeline.core.spans import BEGIN, END
from timeline.evidence import facts
from timeline.evidence.series import period, rows

LOCAL = """/*
title = "Toy text"
names = ["toy.dated"]
family = "system"
match = "starts_with(line, 'toy ')"
witnesses = ["sign_in"]
local_time = true
*/
SELECT NULL::TIMESTAMPTZ AS time, try_cast(rtrim(line[5:], chr(10)) AS TIMESTAMP) AS local_time FROM records"""
HOUR = DAY // 24


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def read(bench: Bench) -> facts.Facts:
    with bench.open() as connection:
        return facts.read(connection)


def at(told: str) -> int:
    return moment(told, "")


def day(number: int) -> str:
    """Give a toy's day as two records in the morning and in the evening."""
    times = (f"2023-05-{number:02}T06:00:00Z", f"2023-05-{number:02}T18:00:00Z")
    return lines(*({"kind": "toy", "at": time, "who": "ann"} for time in times))


def test_a_rejected_record_is_bounded_by_its_neighbours(bench: Bench) -> None:
    bench.ingest(bench.put("a.json", lines(toy(1), *['{"kind":"toy",'] * 2, toy(2))))
    ((_, stream, defect),) = read(bench).defects
    assert (stream, defect.state, defect.basis) == ("toy.log/default", State.LOSSY, "ledger")
    assert defect.span == (at("2023-05-02T10:00:00.5Z"), at("2023-05-03T10:00:00.500001Z"))


def test_rejected_records_at_the_end_of_a_file_are_open_to_the_side_of_its_order(bench: Bench) -> None:
    bench.ingest(bench.put("a.json", lines(toy(1), toy(2), toy(3), '{"kind":"toy",')))
    ((_, _, defect),) = read(bench).defects
    assert defect.span == (at("2023-05-04T10:00:00.5Z"), END)


def test_a_local_time_without_a_zone_bounds_its_record_to_a_day(bench: Bench) -> None:
    (bench.root / "sources" / "mine.sql").write_text(LOCAL)
    bench.sources = {"mine": catalog.read_source(bench.root / "sources" / "mine.sql")}
    path = bench.put("a.log", "toy 2023-05-10 12:00:00\ntoy 2023-05-11 12:00:00\n")
    bench.ingest(path)
    assert read(bench).extents == {1: (at("2023-05-09T22:00Z"), at("2023-05-12T00:00:01Z"))}
    bench.context = Context((("*", "UTC"),))
    bench.ingest(path)
    assert read(bench).extents == {}


def test_an_unreadable_file_in_a_row_of_files_stands_for_the_time_between_its_neighbours(bench: Bench) -> None:
    names = [f"log/2023/05/{number:02}.json" for number in range(1, 8)]
    (bench.root / "in" / "log/2023/05").mkdir(parents=True)
    paths = [bench.put(name, day(number)) for number, name in enumerate(names, 1)]
    paths[3].write_text("to whom it may concern\n")
    bench.ingest(*paths)
    ((_, stream, defect),) = read(bench).defects
    assert stream == "toy.log/default"
    assert defect.span == (at("2023-05-03T18:00Z"), at("2023-05-05T06:00:00.000001Z"))
    assert "recognised" in defect.cause


def test_a_file_that_nobody_knows_bounds_nothing_but_is_listed(bench: Bench) -> None:
    (row, _) = bench.ingest(bench.put("a.json", day(1)), bench.put("readme.txt", "to whom it may concern\n")).iter_rows(
        named=True
    )
    assert read(bench).defects == []
    assert bench.rows("SELECT count(*) FROM file WHERE skipped > 0") == [(1,)]
    assert row["events"] == 2


def test_a_truncated_file_is_in_doubt_until_the_next_one_of_its_row(bench: Bench) -> None:
    paths = []
    for number in range(1, 7):
        packed = gzip.compress(day(number).encode(), 0, mtime=0)
        paths.append(bench.put(f"day-{number}.json.gz", packed[:-9] if number == 3 else packed))
    bench.ingest(*paths)
    spans = {defect.cause: defect.span for _, _, defect in read(bench).defects}
    assert spans["the file is truncated"] == (at("2023-05-03T18:00Z"), at("2023-05-04T06:00:00.000001Z"))


FOUR = {1: (10, 19), 2: (20, 29), 4: (40, 49), 5: (50, 59)}


def test_a_row_of_files_tells_a_time_only_if_four_of_them_follow_one_another() -> None:
    assert rows({1: "a/1.log", 2: "a/10.log", 3: "a/2.log", 4: "b/1.log"}) == [[1, 3, 2]]
    assert period([1, 2, 3, 4, 5], FOUR, 3) == (29, 41)
    assert period([5, 4, 3, 2, 1], FOUR, 3) == (29, 41)
    assert period([1, 2, 4, 5, 6], FOUR, 6) == (59, END)
    assert period([6, 1, 2, 4, 5], FOUR, 6) == (BEGIN, 11)
    assert period([1, 4, 2, 5, 3], FOUR, 3) is None
    assert period([1, 2, 3, 4], FOUR, 3) is None
    assert period([1, 2, 3, 4, 5], FOUR | {2: (15, 29)}, 3) is None
