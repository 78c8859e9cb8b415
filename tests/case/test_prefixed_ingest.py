"""Records behind prefixes become the events that they are, once, whatever shipped them; every other line is accounted for."""

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from timeline import catalog
from timeline.case.context import Context
from timeline.case.ingest import Ingest
from timeline.case.raw import Texts
from timeline.case.reread import Again
from timeline.case.store import writer
from timeline.evidence.ledger import status

TIME = "2023-05-10T10:11:12.345678901Z"
BEFORE = {
    "cloudwatch": "2023-05-10T10:11:12.345Z ",
    "runtime": f"{TIME} stdout F ",
    "syslog": "<134>May 10 10:11:12 trail-01 vector[1]: ",
    "rfc5424": "<134>1 2023-05-10T10:11:12Z trail-01 vector - - - ",
    "tail": "2023-05-10T10:11:12.345000+00:00 111122223333_CloudTrail_us-east-1 ",
}


def trail(number: int, **more: object) -> str:
    record = {
        "eventVersion": "1.08", "eventTime": f"2023-05-10T10:{number:02d}:00Z", "eventSource": "s3.amazonaws.com", "eventName": "GetObject",
        "awsRegion": "us-east-1", "sourceIPAddress": "192.0.2.9", "eventID": f"00000000-0000-4000-8000-{number:012d}",
        "recipientAccountId": "111122223333", "userIdentity": {"type": "IAMUser", "userName": "avery"}, **more,
    }  # fmt: skip
    return json.dumps(record)


def audit(number: int, **more: object) -> str:
    record = {
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "auditID": f"0000{number:04d}", "stage": "ResponseComplete",
        "requestURI": "/api/v1/secrets", "verb": "list", "user": {"username": "avery"}, "sourceIPs": ["192.0.2.9"],
        "objectRef": {"resource": "secrets", "apiVersion": "v1"}, "requestReceivedTimestamp": f"2023-05-10T10:{number:02d}:00.000001Z", **more,
    }  # fmt: skip
    return json.dumps(record)


class Bench:
    """A scratch case with the package's sources."""

    def __init__(self, root: Path) -> None:
        self.root, self.context = root, Context()
        self.connection: duckdb.DuckDBPyConnection = writer(root / "case.duckdb")

    def put(self, name: str, lines: list[str]) -> Path:
        data = "".join(f"{line}\n" for line in lines).encode()
        (self.root / name).write_bytes(gzip.compress(data, mtime=0) if name.endswith(".gz") else data)
        return self.root / name

    def ingest(self, *paths: Path) -> dict[str, tuple[object, ...]]:
        Ingest(self.connection, catalog.sources(), self.context, None).run(list(paths))
        rows = status(self.connection)
        counts = ("records", "events", "rejected", "duplicates", "skipped")
        sums = rows.select(pl.sum_horizontal(counts[1:]) == pl.col("records")).to_series()
        assert sums.all()
        return {
            Path(str(row["file"])).name: (row["source"], *(row[name] for name in counts)) for row in rows.to_dicts()
        }

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        return self.connection.execute(sql).fetchall()

    def texts(self) -> dict[int, str]:
        places = self.connection.execute("SELECT file_no, record, start, size FROM event").fetchall()
        with closing(Texts(self.connection)) as texts:
            return {record: text for (_, record), text in texts.read(places).items()}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.connection.close()


@pytest.mark.parametrize(("record", "source"), [(trail, "aws.cloudtrail"), (audit, "kubernetes.audit")])
@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE.keys())
@pytest.mark.parametrize("name", ["log", "000000.gz"])
def test_one_record_through_two_shippers_is_one_event(
    bench: Bench, record: Callable[[int], str], source: str, before: str, name: str
) -> None:
    records = [record(number) for number in range(5)]
    told = bench.ingest(bench.put(name, [before + each for each in records]), bench.put("plain.jsonl", records))
    assert sorted(told.values()) == sorted([(source, 5, 5, 0, 0, 0), (source, 5, 0, 0, 5, 0)])
    assert bench.rows("SELECT count(DISTINCT record_key), count(*) FROM event") == [(5, 10)]


@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE.keys())
@pytest.mark.parametrize("name", ["log", "000000.gz"])
def test_the_text_of_an_event_is_the_whole_line_and_its_record_the_json(bench: Bench, before: str, name: str) -> None:
    lines = [before + trail(number) for number in range(5)]
    bench.ingest(bench.put(name, lines))
    assert bench.texts() == dict(enumerate(lines, 1))
    with closing(Again(bench.connection)) as again:
        (table,) = again.records({1: np.array([2, 4])})
    assert [json.loads(line)["eventID"][-2:] for line in table.column("line").to_pylist()] == ["01", "03"]


def test_a_record_in_parts_is_one_event_with_all_of_its_lines(bench: Bench) -> None:
    record = audit(7, annotations={"long": "x" * 40_000})
    cut = [record[place : place + 16_384] for place in range(0, len(record), 16_384)]
    long = [f"{TIME} stdout {'F' if piece is cut[-1] else 'P'} {piece}" for piece in cut]
    lines = [f"{TIME} stdout F {audit(1)}", *long, f"{TIME} stdout F {audit(2)}"]
    torn = [f"{TIME} stdout P {audit(3)[:99]}"]
    told = bench.ingest(bench.put("log", lines + torn), bench.put("plain", [audit(1), record, audit(2)]))
    assert {each[1:] for each in told.values()} in (
        {(4, 3, 1, 0, 0), (3, 0, 0, 3, 0)},
        {(4, 0, 1, 3, 0), (3, 3, 0, 0, 0)},
    )
    assert bench.rows("SELECT record, reason, text FROM rejected") == [(4, "not valid JSON", f"{torn[0]}\n")]
    (file_no,) = bench.rows("SELECT file_no FROM file WHERE path LIKE '%log'")[0]
    with closing(Texts(bench.connection)) as texts:
        places = bench.connection.execute(
            "SELECT file_no, record, start, size FROM event WHERE file_no = ?", [file_no]
        ).fetchall()
        found = texts.read(places)
    assert [found[int(str(file_no)), record] for record in (1, 2, 3)] == [lines[0], "\n".join(long), lines[-1]]


@pytest.mark.parametrize("name", ["auth.log", "auth.log.gz"])
def test_lines_of_text_among_them_are_events_of_the_log_that_knows_them(bench: Bench, name: str) -> None:
    sshd = (
        "2023-05-10T10:11:13.1+00:00 vault-01 sshd[1]: Accepted publickey for avery from 203.0.113.77 port 50112 ssh2"
    )
    said = '2023-05-10T10:11:14.1+00:00 vault-01 app[1]: {"unknown":"json"}'
    records = [f"2023-05-10T10:11:12.1+00:00 vault-01 vector[1]: {trail(number)}" for number in range(4)]
    lines = [sshd, *records, said, "no log at all"]
    told = bench.ingest(bench.put(name, lines))
    assert told[name][1:] == (7, 6, 1, 0, 0)
    assert bench.rows("SELECT source, count(*) FROM event GROUP BY ALL ORDER BY ALL") == [
        ("aws.cloudtrail", 4),
        ("linux.auth", 2),
    ]
    assert bench.rows("SELECT action, actor, scope_of FROM (SELECT *, split_part(stream, '/', 2) AS scope_of FROM event) WHERE record = 1") == [
        ("sign_in", "avery", "vault-01")
    ]  # fmt: skip
    assert bench.texts() == dict(enumerate(lines[:-1], 1))
    assert bench.rows("SELECT text FROM rejected") == [("no log at all\n",)]


def test_text_of_a_log_group_is_no_syslog_of_a_host_named_by_its_first_word(bench: Bench) -> None:
    stamp = "2023-05-10T10:11:12.345Z "
    lines = [stamp + trail(1), stamp + "START RequestId: 8f5c Version: $LATEST", stamp + trail(2)]
    assert bench.ingest(bench.put("000000", lines)) == {"000000": ("aws.cloudtrail", 3, 2, 1, 0, 0)}
    assert bench.rows("SELECT record, reason FROM rejected") == [(2, "not valid JSON")]


def test_syslog_of_json_that_no_source_knows_stays_the_log_of_its_host(bench: Bench) -> None:
    lines = [f'2023-05-10T10:11:{number:02d}.1+00:00 host-1 app[1]: {{"n":{number}}}' for number in range(9)]
    assert bench.ingest(bench.put("syslog", lines))["syslog"] == ("linux.auth", 9, 9, 0, 0, 0)
    assert bench.texts() == dict(enumerate(lines, 1))


def test_text_whose_zone_is_not_known_says_so(bench: Bench) -> None:
    sshd = "May 10 10:11:13 vault-01 sshd[1]: Accepted publickey for avery from 203.0.113.77 port 50112 ssh2"
    records = [f"May 10 10:11:12 vault-01 vector[1]: {trail(number)}" for number in range(4)]
    assert bench.ingest(bench.put("auth.log", [*records, sshd]))["auth.log"][1:] == (5, 4, 1, 0, 0)
    ((reason,),) = bench.rows("SELECT reason FROM rejected")
    assert "--timezone" in str(reason)


def test_a_record_that_a_log_knows_but_cannot_date_is_not_taken_for_text(bench: Bench) -> None:
    lines = [f"2023-05-10T10:11:12.1+00:00 host-1 app[1]: {trail(number)}" for number in range(3)]
    undated = f"2023-05-10T10:11:12.1+00:00 host-1 app[1]: {trail(9, eventTime='yesterday')}"
    assert bench.ingest(bench.put("log", [*lines, undated]))["log"] == ("aws.cloudtrail", 4, 3, 1, 0, 0)
    assert bench.rows("SELECT text FROM rejected") == [(f"{undated}\n",)]


def test_a_record_that_was_cut_off_on_its_way_is_rejected_and_not_taken_for_text(bench: Bench) -> None:
    lines = [f"2023-05-10T10:11:12.1+00:00 host-1 app[1]: {trail(number)}" for number in range(3)]
    torn = lines[0][:150]
    assert bench.ingest(bench.put("log", [*lines, torn]))["log"] == ("aws.cloudtrail", 4, 3, 1, 0, 0)
    assert bench.rows("SELECT reason, text FROM rejected") == [("not valid JSON", f"{torn}\n")]


def test_what_no_source_knows_is_skipped_as_before(bench: Bench) -> None:
    lines = [f'{TIME} stdout F {{"n":{number}}}' for number in range(9)]
    assert bench.ingest(bench.put("log", lines))["log"] == ("", 9, 0, 0, 0, 9)


def test_the_record_inside_an_envelope_behind_a_prefix_is_read(bench: Bench) -> None:
    wrapped = [json.dumps({"message": trail(number), "timestamp": 1, "logStreamName": "x"}) for number in range(3)]
    lines = [f"<134>1 2023-05-10T10:11:12Z host app - - - {each}" for each in wrapped]
    assert bench.ingest(bench.put("log", lines))["log"] == ("aws.cloudtrail", 3, 3, 0, 0, 0)
    assert bench.texts() == dict(enumerate(lines, 1))
