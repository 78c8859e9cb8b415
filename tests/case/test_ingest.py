"""Every record of every file is accounted for, whatever is wrong with it, and ingesting is repeatable."""

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest

from timeline import catalog
from timeline.case import entries
from timeline.case.context import Context, files_under
from timeline.case.ingest import Ingest
from timeline.case.store import events_view, writer
from timeline.errors import CaseError
from timeline.evidence.ledger import status, unfinished, verify

TOY = """/*
title = "Toy log"
names = ["toy.log"]
family = "sign_in"
match = "r.kind = 'toy'"
columns = [["When", "Who"]]
payload = ["Inner"]
witnesses = ["sign_in"]
*/
SELECT instant(coalesce(r.at, r."When")) AS time, r.id AS record_id, coalesce(r.who, r."Who") AS actor, 'sign_in' AS action,
    r.place AS scope, r.deep."#1".x AS object, r."odd.key" AS app FROM records"""
TEXT = """/*
title = "Toy text"
names = ["toy.text"]
family = "system"
match = "starts_with(line, 'toy ')"
witnesses = ["sign_in"]
local_time = true
yearless = true
*/
SELECT NULL::TIMESTAMPTZ AS time, try_strptime('2000 ' || substring(line, 5, 15), '%Y %b %d %H:%M:%S') AS local_time, trim(substring(line, 21)) AS actor
FROM records"""
Reader = Callable[..., pl.DataFrame]


def toy(number: int, **more: object) -> dict[str, object]:
    return {"kind": "toy", "at": f"2023-05-{number % 28 + 1:02d}T10:00:00.5Z", "who": f"user{number}", **more}


class Bench:
    """A scratch case with the toy sources."""

    def __init__(self, root: Path) -> None:
        self.root = root
        folder = root / "sources"
        folder.mkdir()
        (folder / "toy.sql").write_text(TOY)
        (folder / "toytext.sql").write_text(TEXT)
        self.sources = {path.stem: catalog.read_source(path) for path in sorted(folder.glob("*.sql"))}
        self.context = Context()

    def put(self, name: str, data: str | bytes) -> Path:
        path = self.root / "in" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    def open(self) -> duckdb.DuckDBPyConnection:
        return writer(self.root / "case.duckdb")

    def ingest(self, *paths: Path) -> pl.DataFrame:
        with self.open() as connection:
            numbers = Ingest(connection, self.sources, self.context, None).run(list(paths))
            rows = status(connection, numbers)
            assert (
                status(connection)
                .filter(pl.col("records") != pl.sum_horizontal("events", "rejected", "duplicates", "skipped"))
                .height
                == 0
            )
        return rows

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with self.open() as connection:
            connection.execute(f"CREATE TEMP VIEW events AS {events_view([])}")
            return connection.execute(sql).fetchall()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def lines(*rows: object) -> str:
    return "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)


def test_a_malformed_line_in_the_middle_costs_one_record(bench: Bench) -> None:
    (row,) = bench.ingest(bench.put("a.json", lines(toy(1), '{"kind":"toy",', toy(2)))).iter_rows(named=True)
    assert (row["records"], row["events"], row["rejected"]) == (3, 2, 1)
    assert bench.rows("SELECT record, reason, text FROM rejected") == [(2, "not valid JSON", '{"kind":"toy",\n')]
    assert bench.rows("SELECT record FROM events ORDER BY record") == [(1,), (3,)]


def test_a_record_without_a_time_is_rejected_with_that_reason(bench: Bench) -> None:
    bench.ingest(
        bench.put(
            "a.json",
            lines(toy(1), {"kind": "toy", "who": "x"}, toy(2, at="yesterday"), toy(3, at="2023-05-01T10:00:00")),
        )
    )
    assert [
        record
        for record, reason in bench.rows("SELECT record, reason FROM rejected ORDER BY record")
        if "time" in str(reason)
    ] == [2, 3, 4]


def test_a_key_that_first_appears_after_twenty_thousand_records_is_read(bench: Bench) -> None:
    bench.ingest(bench.put("a.json", lines(*(toy(n) for n in range(20_500)), toy(1, deep=[{}, {"x": "late"}]))))
    assert bench.rows("SELECT record, object FROM events WHERE object IS NOT NULL") == [(20_501, "late")]


@pytest.mark.parametrize(
    ("name", "data", "wanted"),
    [
        ("empty.json", b"", (0, 0, 0, 0)),
        ("blank.json", b" \n\n", (0, 0, 0, 0)),
        ("junk.bin", bytes(range(256)) * 40, (1, 0, 1, 0)),
        ("random.bin", random.Random(7).randbytes(3000), (1, 0, 1, 0)),
        ("latin.txt", "Zoë café\n".encode("latin-1") * 9, (9, 0, 0, 9)),
        ("notes.txt", b"hello\nworld\n", (2, 0, 0, 2)),
        ("other.json", b'{"a":1}\n{"b":2}\n', (2, 0, 0, 2)),
        ("torn.gz", gzip.compress(b"x" * 5000, mtime=0)[:20], (1, 0, 1, 0)),
    ],
)
def test_files_that_hold_nothing_for_us_end_in_a_clear_row(
    bench: Bench, name: str, data: bytes, wanted: tuple[int, ...]
) -> None:
    (row,) = bench.ingest(bench.put(name, data)).iter_rows(named=True)
    assert (row["records"], row["events"], row["rejected"], row["skipped"]) == wanted
    assert row["note"]


def test_a_mixed_file_is_split_by_record(bench: Bench) -> None:
    other = (
        TOY.replace("toy.log", "other.log")
        .replace("'toy'", "'other'")
        .replace("Toy log", "Other")
        .replace('payload = ["Inner"]', "")
    )
    (bench.root / "sources" / "other.sql").write_text(other.replace('columns = [["When", "Who"]]', ""))
    bench.sources["other"] = catalog.read_source(bench.root / "sources" / "other.sql")
    bench.ingest(
        bench.put("a.json", lines(toy(1), toy(2, kind="other"), {"kind": "else"}, toy(3), toy(4, kind="other")))
    )
    assert bench.rows("SELECT record, source FROM events ORDER BY record") == [
        (1, "toy.log"),
        (2, "other.log"),
        (4, "toy.log"),
        (5, "other.log"),
    ]
    assert bench.rows("SELECT record, reason FROM rejected") == [(3, "no source recognises this record")]


def test_ingesting_the_same_file_twice_changes_nothing(bench: Bench) -> None:
    path = bench.put("a.json", lines(toy(1), toy(1), "{"))
    first = bench.ingest(path)
    before = bench.rows("SELECT event_id, record, time FROM events ORDER BY ALL"), bench.rows("SELECT * FROM rejected")
    assert bench.ingest(path).equals(first)
    assert (
        bench.rows("SELECT event_id, record, time FROM events ORDER BY ALL"),
        bench.rows("SELECT * FROM rejected"),
    ) == before


def test_two_equal_records_of_one_file_both_stay(bench: Bench) -> None:
    bench.ingest(bench.put("a.json", lines(toy(1, id="same"), toy(1, id="same"))))
    assert bench.rows("SELECT count(*), count(DISTINCT event_id) FROM events") == [(2, 2)]


def test_an_identical_file_counts_once(bench: Bench) -> None:
    data = lines(toy(1), toy(2))
    rows = bench.ingest(bench.put("a.json", data), bench.put("b.json", data))
    assert rows.select("events", "duplicates").rows() == [(2, 0), (0, 2)]


def test_the_same_vendor_record_through_two_files_is_one_event_whatever_the_order(bench: Bench, tmp_path: Path) -> None:
    shipped = json.dumps({"records": [toy(1, id="r1", extra=1), toy(3, id="r3")]})
    one, two = bench.put("a.json", lines(toy(1, id="r1"), toy(2, id="r2"))), bench.put("b.json", shipped)
    (tmp_path / "again").mkdir()
    again = Bench(tmp_path / "again")
    bench.ingest(one)
    bench.ingest(two)
    again.ingest(two)
    again.ingest(one)
    query = "SELECT event_id, actor FROM events ORDER BY ALL"
    assert bench.rows(query) == again.rows(query)
    assert bench.rows("SELECT actor FROM events ORDER BY actor") == [("user1",), ("user2",), ("user3",)]
    assert bench.rows("SELECT count(*) FROM event WHERE actor = 'user1'") == [(2,)]


def test_equal_lines_of_a_log_without_record_ids_are_not_duplicates(bench: Bench) -> None:
    bench.ingest(bench.put("a.json", lines(toy(1))), bench.put("b.json", lines(toy(1), toy(2))))
    assert bench.rows("SELECT count(*) FROM events") == [(3,)]


def test_csv_rows_and_a_payload_column_are_read(bench: Bench) -> None:
    plain = 'When,Who\r\n2023-05-01T00:00:00Z,"multi\nline"\r\n2023-05-02T00:00:00Z,b\r\nbroken\r\n'
    inner = (
        "Row,Inner\n"
        + "".join(f'{n},"{json.dumps(toy(n)).replace(chr(34), chr(34) * 2)}"\n' for n in range(3))
        + "3,\n"
    )
    rows = bench.ingest(bench.put("a.csv", plain), bench.put("b.csv", inner))
    assert rows.select("records", "events", "rejected").rows() == [(3, 2, 1), (4, 3, 1)]
    assert ("multi\nline",) in bench.rows("SELECT actor FROM events")


@pytest.mark.parametrize(
    "encode",
    [
        lambda t: t.encode("utf-8-sig"),
        lambda t: t.encode("utf-16"),
        lambda t: gzip.compress(t.encode()),
        lambda t: t.encode(),
    ],
)
def test_every_encoding_and_compression_gives_the_same_events(bench: Bench, encode: Callable[[str], bytes]) -> None:
    bench.ingest(bench.put("a.json", encode(lines(toy(1, who="Zoë"), toy(2)))))
    assert bench.rows("SELECT actor, record FROM events ORDER BY record") == [("Zoë", 1), ("user2", 2)]


def test_a_truncated_document_keeps_what_came_before(bench: Bench) -> None:
    whole = json.dumps({"Records": [toy(n) for n in range(5)]})
    (row,) = bench.ingest(bench.put("a.json", whole[:-30])).iter_rows(named=True)
    assert (row["records"], row["events"], row["rejected"]) == (5, 4, 1)


def test_a_local_time_without_a_zone_is_not_guessed(bench: Bench) -> None:
    path = bench.put("a.log", "toy Dec 31 23:59:59 ann\ntoy Jan  1 00:00:01 bob\n")
    bench.ingest(path)
    assert bench.rows("SELECT count(*) FROM events") == [(0,)]
    assert all("--timezone" in str(reason) for (reason,) in bench.rows("SELECT reason FROM rejected"))


def test_a_missing_year_is_the_only_one_that_fits_the_collection(bench: Bench) -> None:
    collected = 1_684_108_800_000_000  # 2023-05-15
    bench.context = Context((("*.log", "Europe/Paris"),), lambda _: collected)
    bench.ingest(
        bench.put(
            "a.log",
            "toy Nov 30 12:00:00 ann\ntoy Dec 31 23:59:59 ann\ntoy Jan  1 00:00:01 bob\ntoy May 14 12:00:00 eve\n",
        )
    )
    assert bench.rows("SELECT strftime(time, '%Y-%m-%dT%H:%M:%S'), time_precision FROM events ORDER BY record") == [
        ("2022-11-30T11:00:00", "year_inferred"),
        ("2022-12-31T22:59:59", "year_inferred"),
        ("2022-12-31T23:00:01", "year_inferred"),
        ("2023-05-14T10:00:00", "year_inferred"),
    ]


def test_a_folder_is_searched_but_links_and_the_case_itself_are_not_followed(bench: Bench) -> None:
    one = bench.put("a.json", lines(toy(1)))
    bench.put("case.toml", "")
    (bench.root / "in" / "loop").symlink_to(bench.root)
    assert files_under([bench.root / "in"]) == [one]


def test_a_path_that_is_not_there_is_a_clear_error(bench: Bench) -> None:
    with pytest.raises(CaseError, match="nowhere: no such file"):
        bench.ingest(bench.root / "nowhere")


def test_verify_tells_changed_and_missing_evidence(bench: Bench) -> None:
    one, two = bench.put("a.json", lines(toy(1))), bench.put("b.json", lines(toy(2)))
    bench.ingest(one, two)
    one.write_text("changed")
    two.unlink()
    with bench.open() as connection:
        bad = verify(connection).filter(~pl.col("ok"))
    assert sorted(bad["detail"]) == ["the bytes differ from those that were ingested", "the file is not there any more"]


def test_a_file_that_has_grown_replaces_its_earlier_version(bench: Bench) -> None:
    path = bench.put("a.json", lines(toy(1)))
    bench.ingest(path)
    (row,) = bench.ingest(bench.put("a.json", lines(toy(1), toy(2)))).iter_rows(named=True)
    assert (row["records"], row["events"], row["duplicates"]) == (2, 2, 0)
    assert bench.rows("SELECT count(*) FROM events") == [(2,)]


def test_an_identical_file_stands_for_one_that_was_replaced(bench: Bench) -> None:
    path = bench.put("a.json", lines(toy(1)))
    bench.ingest(path, bench.put("b.json", lines(toy(1))))
    bench.ingest(bench.put("a.json", lines(toy(5))))
    assert bench.rows("SELECT actor FROM events ORDER BY actor") == [("user1",), ("user5",)]


def test_bytes_that_moved_to_another_name_are_read_again(bench: Bench) -> None:
    bench.ingest(bench.put("a.json", lines(toy(1))))
    bench.ingest(bench.put("a.json", lines(toy(5))), bench.put("b.json", lines(toy(1))))
    assert bench.rows("SELECT actor FROM events ORDER BY actor") == [("user1",), ("user5",)]


def test_a_record_that_breaks_a_sources_statement_costs_only_itself(bench: Bench) -> None:
    brittle = TOY.replace("r.place AS scope", "r.count::TINYINT AS bytes, r.place AS scope")
    (bench.root / "sources" / "toy.sql").write_text(brittle)
    bench.sources["toy"] = catalog.read_source(bench.root / "sources" / "toy.sql")
    records = [toy(n, count=1) for n in range(300)] + [toy(1, count=-1e20), toy(2, count=3), toy(3, count="x")]
    rows = bench.ingest(bench.put("a.json", lines(*records)), bench.put("b.json", lines(toy(4, count=5))))
    assert rows.select("records", "events", "rejected").rows() == [(303, 301, 2), (1, 1, 0)]
    assert bench.rows("SELECT record FROM rejected ORDER BY record") == [(301,), (303,)]


def test_a_first_record_that_breaks_the_recognition_costs_only_itself(bench: Bench) -> None:
    (bench.root / "sources" / "toy.sql").write_text(
        TOY.replace("r.kind = 'toy'", "r.kind = 'toy' AND r.count::TINYINT < 9")
    )
    bench.sources["toy"] = catalog.read_source(bench.root / "sources" / "toy.sql")
    (row,) = bench.ingest(bench.put("a.json", lines(toy(1, count=-1e20), toy(2, count=3)))).iter_rows(named=True)
    assert (row["records"], row["events"], row["rejected"]) == (2, 1, 1)


def test_a_record_that_breaks_a_statement_long_before_the_end_of_its_file_costs_only_itself(bench: Bench) -> None:
    (bench.root / "sources" / "toy.sql").write_text(
        TOY.replace("r.place AS scope", "r.count::TINYINT AS bytes, r.place AS scope")
    )
    bench.sources["toy"] = catalog.read_source(bench.root / "sources" / "toy.sql")
    records = [toy(n, count=1, pad="x" * 400) for n in range(60_000)]
    records[100]["count"] = -1e20
    (row,) = bench.ingest(bench.put("a.json", lines(*records))).iter_rows(named=True)
    assert (row["records"], row["events"], row["rejected"]) == (60_000, 59_999, 1)


def test_a_rejected_file_is_read_again_once_its_zone_is_known(bench: Bench) -> None:
    path = bench.put("a.log", "toy May 14 12:00:00 eve\n")
    bench.ingest(path)
    bench.context = Context((("*.log", "Europe/Paris"),), lambda _: 1_684_108_800_000_000)
    (row,) = bench.ingest(path).iter_rows(named=True)
    assert (row["records"], row["events"], row["rejected"]) == (1, 1, 0)


def test_files_that_were_being_read_again_when_the_ingest_died_are_not_forgotten(bench: Bench) -> None:
    path = bench.put("a.log", "toy May 14 12:00:00 eve\n")
    bench.ingest(path)
    with bench.open() as connection:
        entries.reopen(connection, [path])
        assert status(connection).is_empty()
        assert unfinished(connection) == [path]
    bench.context = Context((("*.log", "Europe/Paris"),), lambda _: 1_684_108_800_000_000)
    bench.ingest(path)
    with bench.open() as connection:
        assert unfinished(connection) == []


def test_a_time_that_no_calendar_shows_is_rejected(bench: Bench) -> None:
    (row,) = bench.ingest(
        bench.put("a.json", lines(toy(1, at="infinity"), toy(2, at="0000-01-01T00:00:00Z"), toy(3)))
    ).iter_rows(named=True)
    assert (row["events"], row["rejected"]) == (1, 2)
