"""The same vendor record through other shippers, APIs and exports: one event with several provenances, and the same meaning in each.

Each platform has one record of ours; a shape is a file around it. All shapes of a record are ingested into one case.
"""

import csv
import io
import json
from pathlib import Path

import duckdb
import pytest

from tests.sources.shippers import ANALYTICS, BLOB, CASES, CHANGE_ANALYTICS, MAIL, WORKSPACE, Record, Shape, flat, lines
from timeline import catalog
from timeline.case.context import Context
from timeline.case.ingest import Ingest
from timeline.case.store import writer

SAID = "time_us, source, action, outcome, actor, src_ip, token_id, session_id, object"


def ingested(place: Path, shapes: list[Shape]) -> duckdb.DuckDBPyConnection:
    folder = place / "evidence"
    folder.mkdir()
    for number, (shape, record) in enumerate(shapes):
        (folder / f"{shape.__name__}_{number:02}.{'csv' if 'table' in shape.__name__ else 'json'}").write_text(
            shape(record), encoding="utf-8"
        )
    connection = writer(place / "case.duckdb")
    Ingest(connection, catalog.sources(), Context(), None).run([folder])
    return connection


@pytest.mark.parametrize("source", CASES)
def test_one_record_through_many_shippers_is_one_event_with_a_provenance_each(tmp_path: Path, source: str) -> None:
    shapes = CASES[source]
    connection = ingested(tmp_path, shapes)
    met = connection.execute(
        "SELECT parse_filename(path), records, skipped, e.source, e.kept FROM file LEFT JOIN event AS e USING (file_no) ORDER BY 1"
    ).fetchall()
    refused = connection.execute(
        "SELECT parse_filename(path), reason, text FROM rejected JOIN file USING (file_no)"
    ).fetchall()
    connection.close()
    assert refused == []
    assert [(name, of) for name, _, _, of, _ in met if of != source] == []
    assert (len(met), sum(bool(kept) for *_, kept in met)) == (len(shapes), 1)


@pytest.mark.parametrize("source", [name for name in CASES if name not in ("azure.activity", "google_workspace.login")])
def test_a_record_means_the_same_through_every_shipper(tmp_path: Path, source: str) -> None:
    connection = ingested(tmp_path, CASES[source])
    columns = (
        SAID.replace(", object", "") if source.startswith("entra.signin") else SAID
    )  # only the diagnostic record names a resource
    said = connection.execute(
        f"SELECT parse_filename(path), {columns} FROM event JOIN file USING (file_no) ORDER BY 1"
    ).fetchall()
    connection.close()
    assert {row[1:] for row in said} == {said[0][1:]}


def test_equal_lines_of_a_log_without_ids_are_not_duplicates(tmp_path: Path) -> None:
    line = "79a5 dumps [19/Jun/2023:04:12:12 +0000] 192.0.2.7 - - REST.GET.OBJECT x.zst - 200 - 10 10 1 1 - - -\n"
    (tmp_path / "access.log").write_text(line * 2)
    connection = writer(tmp_path / "case.duckdb")
    Ingest(connection, catalog.sources(), Context(), None).run([tmp_path / "access.log"])
    assert connection.execute("SELECT count(*) FROM event WHERE kept").fetchall() == [(2,)]
    connection.close()


def test_two_documents_on_one_line_are_two_records_and_shift_no_number(tmp_path: Path) -> None:
    joined = [json.dumps({**BLOB, "correlationId": name}) for name in "abcd"]
    path = tmp_path / "PT1H.json"
    path.write_text(joined[0] + "\n" + joined[1] + "," + joined[2] + "]}\n" + joined[3] + "\n")
    connection = writer(tmp_path / "case.duckdb")
    Ingest(connection, catalog.sources(), Context(), None).run([path])
    assert connection.execute("SELECT request_id, record FROM event ORDER BY 1").fetchall() == [
        ("a", 1),
        ("b", 2),
        ("c", 4),
        ("d", 3),
    ]
    assert connection.execute("SELECT records, skipped FROM file").fetchall() == [(4, 0)]
    assert connection.execute("SELECT count(*) FROM rejected").fetchall() == [(0,)]
    connection.close()


@pytest.mark.parametrize("empty", ['{"response":{"authlogs":[]},"stat":"OK"}', '{"value":[]}', "[]"])
def test_an_empty_page_is_a_file_without_records(tmp_path: Path, empty: str) -> None:
    (tmp_path / "page.json").write_text(empty)
    connection = writer(tmp_path / "case.duckdb")
    Ingest(connection, catalog.sources(), Context(), None).run([tmp_path / "page.json"])
    assert connection.execute("SELECT records, skipped FROM file").fetchall() == [(0, 0)]
    assert connection.execute("SELECT count(*) FROM rejected").fetchall() == [(0,)]
    connection.close()


def test_a_union_of_tables_in_one_csv_is_split_by_row(tmp_path: Path) -> None:
    rows = [
        flat(ANALYTICS),
        flat(CHANGE_ANALYTICS),
        {"TenantId": WORKSPACE, "TimeGenerated": "2023-06-19T04:12:12Z", "Type": "Heartbeat"},
    ]
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writing = csv.DictWriter(out, names, restval="")
    writing.writeheader()
    writing.writerows(rows)
    (tmp_path / "query_data.csv").write_text(out.getvalue())
    connection = writer(tmp_path / "case.duckdb")
    Ingest(connection, catalog.sources(), Context(), None).run([tmp_path / "query_data.csv"])
    assert connection.execute("SELECT record, source FROM event ORDER BY 1").fetchall() == [
        (1, "entra.signin.noninteractive"),
        (2, "entra.audit"),
    ]
    assert connection.execute("SELECT record, reason FROM rejected").fetchall() == [
        (3, "no source recognises this record")
    ]
    connection.close()


@pytest.mark.parametrize(("stated", "said", "mark"), [
    ([{"Name": "MailAccessType", "Value": "Sync"}, {"Name": "IsThrottled", "Value": "True"}], "Succeeded Sync of 3 throttled", "throttled"),
    ([{"Name": "MailAccessType", "Value": "Bind"}, {"Name": "IsThrottled", "Value": "False"}], "Succeeded Bind of 3 not throttled", None),
    ([{"Name": "MailAccessType", "Value": "Bind"}], "Succeeded Bind of 3 throttling not stated", None),
])  # fmt: skip
def test_whether_mail_access_was_throttled_has_three_states(
    tmp_path: Path, stated: list[Record], said: str, mark: str | None
) -> None:
    (tmp_path / "audit.json").write_text(lines({**MAIL, "OperationProperties": stated}))
    connection = writer(tmp_path / "case.duckdb")
    Ingest(connection, catalog.sources(), Context(), None).run([tmp_path / "audit.json"])
    assert connection.execute("SELECT outcome_detail, mark FROM event").fetchall() == [(said, mark)]
    connection.close()
