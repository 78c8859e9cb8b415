"""Every record is accounted for, and told by the same names everywhere."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import polars as pl
from own_case import Make, Own
from vendor_logs import ALICE, BOB, lines, mail, okta, windows

import timeline as package

STATUS = ["file", "file_id", "sha256", "bytes", "source", "records", "events", "rejected", "duplicates", "skipped"]
EVENT = [
    "event_id",
    "time",
    "time_precision",
    "logged_time",
    "source",
    "family",
    "stream",
    "operation",
    "action",
    "outcome",
    "outcome_detail",
    "actor",
    "actor_id",
    "actor_type",
    "src_ip",
    "user_agent",
    "device_id",
    "app",
    "app_id",
    "resource",
    "resource_id",
    "session_id",
    "token_id",
    "credential_id",
    "signing_key_id",
    "token_issuer",
    "token_audience",
    "request_id",
    "issued_time",
    "object",
    "object_hash",
    "object_size",
    "object_from",
    "bytes",
    "zone",
    "time_us",
    "file_id",
    "record",
    "raw",
]
ONE, TWO = okta("2023-05-10T00:00:00.123Z"), okta("2023-05-11T00:00:00Z")


def counts(case: Own) -> dict[str, tuple[int, ...]]:
    rows = case.rows("status")
    for row in rows:
        assert list(row) == STATUS
        assert row["records"] == row["events"] + row["rejected"] + row["duplicates"] + row["skipped"]
    return {Path(row["file"]).name: tuple(row[name] for name in STATUS[5:]) for row in rows}


def test_every_file_has_a_row_that_adds_up(trial: Make) -> None:
    case = trial().ingest(
        good_jsonl=lines(ONE, "{broken", TWO),
        empty_json="",
        junk_bin=bytes(range(256)) * 9,
        note_txt="to whom it may concern\n",
    )
    assert case.codes == [3]
    assert counts(case) == {
        "good.jsonl": (3, 2, 1, 0, 0),
        "empty.json": (0, 0, 0, 0, 0),
        "junk.bin": (1, 0, 1, 0, 0),
        "note.txt": (1, 0, 0, 0, 1),
    }
    reasons = {Path(row["file"]).name: row["note"] for row in case.rows("status", "--notes")}
    assert reasons["note.txt"]
    assert reasons["empty.json"]


def test_identical_files_and_a_second_reading_count_once(trial: Make) -> None:
    case = trial().ingest(a_jsonl=lines(ONE, ONE), b_jsonl=lines(ONE, ONE))
    assert sorted(counts(case).values()) == [(2, 0, 0, 2, 0), (2, 2, 0, 0, 0)]
    assert [row["events"] for row in case.rows("sources")] == [2]
    before = case.run("export", "--to", "jsonl").out
    case.ingest()
    assert sorted(counts(case).values()) == [(2, 0, 0, 2, 0), (2, 2, 0, 0, 0)]
    assert case.run("export", "--to", "jsonl").out == before


def test_one_vendor_record_through_two_shippers_is_one_event(trial: Make) -> None:
    cell, text = io.StringIO(), mail("2023-05-10T00:00:00")
    rows = [
        ["CreationDate", "UserIds", "Operations", "AuditData"],
        ["5/10/2023", BOB, "MailItemsAccessed", json.dumps(text, indent=1)],
    ]
    csv.writer(cell).writerows(rows)
    case = trial().ingest(ual_csv=cell.getvalue(), api_json=json.dumps([text]))
    assert sorted(counts(case).values()) == [(1, 0, 0, 1, 0), (1, 1, 0, 0, 0)]
    assert len(case.rows("events")) == 1


def test_the_order_of_reading_changes_no_event(timeline: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(lines(ONE, TWO))
    (tmp_path / "b.json").write_text(json.dumps([TWO, ONE]))
    seen = []
    for name, order in (("one", "ab"), ("two", "ba")):
        timeline("init", name)
        for each in order:
            timeline("-C", name, "ingest", *(tmp_path / f for f in ("a.jsonl", "b.json") if f[0] == each))
        seen.append(timeline("-C", name, "export", "--to", "jsonl").out)
    assert seen[0] == seen[1]


def test_jsonl_csv_and_parquet_have_the_names_of_the_contract(trial: Make, tmp_path: Path) -> None:
    case = trial().ingest(okta_jsonl=lines(ONE, TWO))
    for form in ("jsonl", "csv", "parquet"):
        assert case.run("export", "--to", form, "-o", tmp_path / f"x.{form}").code == 0
    first = json.loads((tmp_path / "x.jsonl").read_text().splitlines()[0])
    frame = pl.read_parquet(tmp_path / "x.parquet")
    table = list(csv.DictReader((tmp_path / "x.csv").read_text("utf-8").splitlines()))
    listed = json.loads(case.run("events", "--format", "jsonl").out.splitlines()[0])
    assert set(EVENT) <= set(first)
    assert list(first) == list(listed) == frame.columns == list(table[0])
    assert frame.schema["time"] == pl.Datetime("us", "UTC")
    assert first["time"] == table[0]["time"] == "2023-05-10T00:00:00.123000Z"
    for row in (first, frame.row(0, named=True), listed):
        assert json.loads(row["raw"]) == ONE
        assert (row["record"], row["zone"], row["time_us"]) == (1, None, 1_683_676_800_123_000)
    assert first["file_id"] == case.rows("status")[0]["file_id"]


def test_changed_or_lost_evidence_does_not_verify(trial: Make) -> None:
    case = trial().ingest(okta_jsonl=lines(ONE, TWO))
    assert case.run("verify").code == 0
    (case.folder / "okta.jsonl").write_text(lines(ONE))
    assert case.run("verify").code == 1
    (case.folder / "okta.jsonl").unlink()
    assert case.run("verify").code == 1
    assert case.rows("events", "--columns", "actor,raw")[0] == {"actor": ALICE, "raw": None}


def test_evidence_is_never_changed(trial: Make) -> None:
    case = trial().ingest(okta_jsonl=lines(ONE, TWO))
    before = {path: path.stat().st_mtime_ns for path in case.folder.iterdir() if path.name != "case.duckdb"}
    for words in (["events"], ["ask"], ["chain"], ["gaps"], ["verify"]):
        case.run(*words)
    assert {path: path.stat().st_mtime_ns for path in case.folder.iterdir() if path.name != "case.duckdb"} == before


def test_windows_records_have_their_names_and_streams(trial: Make) -> None:
    case = trial().ingest(
        security_jsonl=lines(*(windows(f"2023-05-{day:02}T00:00:00.1234567Z", day) for day in (9, 10)))
    )
    (row,) = case.rows("sources")
    assert (row["stream"], row["source"], row["events"]) == ("windows.security/dc01.contoso.com", "windows.security", 2)
    assert {row["time_precision"] for row in case.rows("events", "--columns", "time_precision")} == {"100ns"}


def test_python_gives_the_same_things(trial: Make) -> None:
    case = trial('[[chain.step]]\nid = "in"\nquestion = "sign-in-by"\n').ingest(okta_jsonl=lines(ONE, TWO))
    gaps = case.rows("gaps")
    with package.Case.open(case.folder) as opened:
        assert opened.gaps().height == len(gaps)
        assert opened.ask(["sign-in-by"])["verdict"].to_list() == ["found"]
        assert opened.chain()["step"].to_list() == ["in"]
        assert opened.query("sign-in-by", start="2023-05-11").height == 1
        assert opened.ask("sign-in-by", start=datetime(2023, 5, 20, tzinfo=UTC), end="2023-05-21")[
            "rows"
        ].to_list() == [0]
        assert opened.events()["actor"].to_list() == [ALICE, ALICE]
        assert opened.html(case.folder / "a.html").read_bytes() == opened.html(case.folder / "b.html").read_bytes()
        assert opened.ingest(case.folder / "okta.jsonl").columns[: len(STATUS)] == STATUS


def test_every_command_with_rows_speaks_every_format(trial: Make, tmp_path: Path) -> None:
    case = trial('[[chain.step]]\nid = "in"\nquestion = "sign-in-by"\n').ingest(okta_jsonl=lines(ONE, TWO))
    commands = (
        "status",
        "sources",
        "gaps",
        "events",
        "queries",
        "query sign-in-by",
        "ask sign-in-by",
        "chain",
        "verify",
        "sql -c SELECT(1)",
    )
    for words, form in product(commands, ("jsonl", "parquet")):
        target = tmp_path / "".join(word[0] for word in (*words.split(), form, "x"))
        result = case.run(*words.split(), "--format", form, "-o", target)
        assert (result.code, result.out, target.exists()) == (0, "", True), (words, result.err)
