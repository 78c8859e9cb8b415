"""Evidence on its way in: every record is accounted for, and the exit code says what became of it."""

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest


def sign_in(number: int, actor: str = "pat@example.com") -> str:
    return json.dumps(
        {
            "uuid": f"u{number}",
            "published": f"2023-05-0{number}T10:00:00.00{number}Z",
            "eventType": "user.session.start",
            "actor": {"id": "00u1", "type": "User", "alternateId": actor},
            "client": {"ipAddress": "192.0.2.7"},
            "outcome": {"result": "SUCCESS"},
        }
    )


@pytest.fixture
def case(timeline: Callable, tmp_path: Path) -> Path:
    timeline("init", "--quiet")
    (tmp_path / "okta.jsonl").write_text(f"{sign_in(1)}\n{sign_in(2)}\n")
    return tmp_path


@pytest.mark.usefixtures("case")
def test_good_evidence_is_exit_code_0(timeline: Callable) -> None:
    result = timeline("ingest", "okta.jsonl", "--format", "json")
    assert result.code == 0
    (row,) = json.loads(result.out)
    assert (row["records"], row["events"], row["rejected"]) == (2, 2, 0)
    assert result.err == "1 file, 2 records: 2 events, 0 duplicates, 0 skipped, 0 rejected\n"


def test_a_rejected_record_is_exit_code_3_and_the_rest_is_in(timeline: Callable, case: Path) -> None:
    (case / "okta.jsonl").write_text(f"{sign_in(1)}\n{{broken\x1b[31m\n{sign_in(2)}\n")
    result = timeline("ingest", "okta.jsonl", "--quiet", "--format", "jsonl")
    assert (result.code, result.err) == (3, "")
    assert json.loads(result.out)["rejected"] == 1
    (row,) = json.loads(timeline("status", "--rejected", "--format", "json").out)
    assert (row["record"], row["text"].strip()) == (2, "{broken\x1b[31m")
    assert "{broken\\x1b[31m" in timeline("status", "--rejected").out
    assert len(timeline("events", "--format", "jsonl").out.splitlines()) == 2


def test_every_record_of_every_file_is_accounted_for(timeline: Callable, case: Path) -> None:
    (case / "junk.bin").write_bytes(bytes(range(256)) * 9)
    (case / "empty.json").write_bytes(b"")
    (case / "copy.jsonl").write_text((case / "okta.jsonl").read_text())
    timeline("ingest", "okta.jsonl", "junk.bin", "empty.json", "copy.jsonl")
    rows = json.loads(timeline("status", "--format", "json").out)
    assert {Path(row["file"]).name for row in rows} == {"junk.bin", "empty.json", "copy.jsonl", "okta.jsonl"}
    for row in rows:
        assert row["records"] == row["events"] + row["rejected"] + row["duplicates"] + row["skipped"]


def test_changed_evidence_does_not_verify(timeline: Callable, case: Path) -> None:
    timeline("ingest", "okta.jsonl")
    assert timeline("verify").code == 0
    (case / "okta.jsonl").write_text(f"{sign_in(1)}\n{sign_in(3)}\n")
    result = timeline("verify", "--format", "jsonl")
    assert result.code == 1
    assert [row["ok"] for row in map(json.loads, result.out.splitlines())].count(False) == 1
    assert "1 failed" in result.err


@pytest.mark.usefixtures("case")
def test_events_are_filtered_by_what_the_options_say(timeline: Callable) -> None:
    timeline("ingest", "okta.jsonl")

    def times(*words: str) -> list[str]:
        rows = map(json.loads, timeline("events", "--format", "jsonl", *words).out.splitlines())
        return [row["time"] for row in rows]

    first, second = "2023-05-01T10:00:00.001000Z", "2023-05-02T10:00:00.002000Z"
    assert times() == [first, second]
    assert times("--from", "2023-05-02") == [second]
    assert times("--to", "2023-05-02T10:00:00.002Z") == [first]
    assert times("--limit", "1") == [first]
    assert times("--actor", "pat@*") == [first, second]
    assert times("--actor", "nobody") == []
    assert times("--source", "okta.*", "--action", "sign_in", "--ip", "192.0.2.7") == [first, second]


@pytest.mark.parametrize(
    ("form", "first"), [("csv", "event_id,time,"), ("json", "[]"), ("jsonl", ""), ("table", "time  source")]
)
@pytest.mark.usefixtures("case")
def test_no_events_are_an_empty_table(form: str, first: str, timeline: Callable) -> None:
    timeline("ingest", "okta.jsonl")
    result = timeline("events", "--actor", "nobody", "--format", form)
    assert (result.code, result.out.count("\n")) == (0, len(result.out.splitlines()))
    assert result.out.startswith(first)
    assert len(result.out.splitlines()) <= 1


@pytest.mark.usefixtures("case")
def test_columns_are_chosen_by_name(timeline: Callable) -> None:
    timeline("ingest", "okta.jsonl")
    assert (
        timeline("events", "--columns", "actor,src_ip", "--format", "csv", "--limit", "1").out
        == "actor,src_ip\npat@example.com,192.0.2.7\n"
    )
    wrong = timeline("events", "--columns", "actor,addres")
    assert wrong.code == 2
    assert "--columns addres: no such column" in wrong.err


@pytest.mark.usefixtures("case")
def test_the_record_itself_can_be_asked_for(timeline: Callable) -> None:
    timeline("ingest", "okta.jsonl")
    for words in ([], ["--raw", "--columns", "actor"], ["--columns", "actor,raw"]):
        first = timeline("events", "--format", "jsonl", *words).out.splitlines()[0]
        assert json.loads(first)["raw"].strip() == sign_in(1)
    assert "raw" not in json.loads(timeline("events", "--format", "jsonl", "--no-raw").out.splitlines()[0])


def test_the_ending_of_the_file_names_the_format(timeline: Callable, case: Path) -> None:
    timeline("ingest", "okta.jsonl")
    for name in ("rows.csv", "rows.parquet", "rows.jsonl", "rows.json"):
        assert timeline("events", "-o", name).out == ""
    assert pl.read_csv(case / "rows.csv").columns == pl.read_parquet(case / "rows.parquet").columns
    assert len(json.loads((case / "rows.json").read_text())) == len((case / "rows.jsonl").read_text().splitlines()) == 2


@pytest.mark.parametrize("form", ["csv", "json", "jsonl", "parquet"])
def test_export_writes_every_event(form: str, timeline: Callable, case: Path) -> None:
    timeline("ingest", "okta.jsonl")
    result = timeline("export", "--to", form, "-o", "out")
    assert (result.code, result.out) == (0, "")
    read = {"csv": pl.read_csv, "json": pl.read_json, "jsonl": pl.read_ndjson, "parquet": pl.read_parquet}[form]
    rows = read(case / "out")
    assert rows.height == 2
    assert {"event_id", "time", "time_us", "actor", "record"} <= set(rows.columns)


def test_a_hostile_value_is_harmless_in_every_text(timeline: Callable, case: Path) -> None:
    (case / "okta.jsonl").write_text(sign_in(1, "=cmd()\x1b]0;x\x07\u202e") + "\n")
    timeline("ingest", "okta.jsonl")
    words = ("events", "--columns", "actor")
    assert timeline(*words).out.split() == ["actor", "=cmd()\\x1b]0;x\\x07\\u202e"]
    assert timeline(*words, "--format", "csv").out.split() == ["actor", "'=cmd()\\x1b]0;x\\x07\\u202e"]
    assert timeline(*words, "--format", "csv", "--exact").out.splitlines()[1] == "=cmd()\x1b]0;x\x07\u202e"
    assert json.loads(timeline(*words, "--format", "jsonl").out) == {"actor": "=cmd()\x1b]0;x\x07\u202e"}


def test_sql_reads_and_never_writes(timeline: Callable, case: Path) -> None:
    timeline("ingest", "okta.jsonl")
    assert timeline("sql", "-c", "SELECT count(*) AS n FROM events", "--format", "jsonl").out == '{"n":2}\n'
    assert timeline("sql", "--format", "csv", typed="SELECT 1 AS one").out == "one\n1\n"
    for text in (
        "DELETE FROM event",
        "DROP TABLE event",
        "CREATE TABLE x (n INT)",
        "COPY events TO 'stolen.csv'",
        "SELEC 1",
        "FROM read_text('okta.jsonl')",
    ):
        refused = timeline("sql", "-c", text)
        assert (refused.code, refused.out) == (2, ""), text
        assert "refused" in refused.err
    assert timeline("verify").code == 0
    assert not (case / "stolen.csv").exists()


def test_the_case_can_be_used_from_below(timeline: Callable, case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (case / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(case / "a" / "b")
    assert timeline("ingest", "../../okta.jsonl").code == 0
    assert (case / "case.duckdb").exists()
    assert timeline("events", "--format", "jsonl").out.count("\n") == 2


@pytest.mark.usefixtures("case")
def test_before_anything_is_ingested_a_command_says_so(timeline: Callable) -> None:
    result = timeline("events")
    assert (result.code, result.out) == (2, "")
    assert "timeline ingest" in result.err


def test_rejected_and_damaged_evidence_is_a_gap_and_no_silence(timeline: Callable, case: Path) -> None:
    (case / "okta.jsonl").write_text(f"{sign_in(1)}\n{{broken\n{sign_in(3)}\n")
    assert timeline("ingest", "okta.jsonl").code == 3
    rows = json.loads(timeline("gaps", "--format", "json").out)
    assert [row["state"] for row in rows if row["basis"] == "ledger"] == ["lossy"]


@pytest.mark.parametrize("name", ["okta.jsonl", "case.toml", "case.duckdb"])
def test_output_never_goes_over_evidence_or_case(name: str, timeline: Callable, case: Path) -> None:
    timeline("ingest", "okta.jsonl")
    before = (case / name).read_bytes()
    for words in (["events"], ["export", "--to", "csv"], ["status"], ["ingest", "okta.jsonl"], ["html"]):
        result = timeline(*words, "-o", name)
        assert (result.code, result.out) == (2, "")
        assert "never written over" in result.err
    assert (case / name).read_bytes() == before
