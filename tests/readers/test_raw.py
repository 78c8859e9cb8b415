"""A record's own text comes back exactly, from every kind of file, in any order, with one cut a file."""

import csv
import gzip
import io
import json
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from timeline import catalog
from timeline.case.context import Context
from timeline.case.ingest import Ingest
from timeline.case.raw import Texts
from timeline.case.store import writer

RECORDS = [
    json.dumps(
        {"CreationTime": f"2023-05-01T00:00:{number:02d}", "Id": str(number), "RecordType": 15, "Operation": "UserLoggedIn",
         "Workload": "AzureActiveDirectory", "UserId": "zoë@contoso.com", "Note": 'a\n"b", {c}]'},
        ensure_ascii=number % 2 == 0,
    )
    for number in range(40)
]  # fmt: skip


def as_csv(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue()


LINES = "\n".join(RECORDS)
PAGE = '{"value": [' + ",\n ".join(RECORDS) + '], "next": "x"}'
ROWS = [as_csv([["x", record]]) for record in RECORDS]
CSV = as_csv([["Row", "AuditData"]]) + "".join(ROWS)
INSIDE = [json.dumps({"AuditData": record, "more": 1}) for record in RECORDS]
BROKEN = [*RECORDS[:20], '{"CreationTime":', *RECORDS[20:]]


@pytest.mark.parametrize("pack", ["plain", "gzip", "utf-16", "utf-8-sig"])
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (LINES, RECORDS),
        (PAGE, RECORDS),
        (CSV, ROWS),
        ("\n".join(INSIDE), INSIDE),
        ("\r\n".join(BROKEN), BROKEN),
        ("\n\n".join(RECORDS), RECORDS),
    ],
    ids=["lines", "document", "csv", "payload in JSON", "broken", "blank lines"],
)
def test_the_text_of_every_record_is_its_own(tmp_path: Path, pack: str, text: str, wanted: list[str]) -> None:
    data = gzip.compress(text.encode()) if pack == "gzip" else text.encode("utf-8" if pack == "plain" else pack)
    (tmp_path / "log").write_bytes(data)
    connection = writer(tmp_path / "case.duckdb")
    try:
        Ingest(connection, catalog.sources(), Context(), None).run([tmp_path / "log"])
        places = connection.execute("SELECT file_no, record, start, size FROM event").fetchall()
        Random(1).shuffle(places)
        texts = Texts(connection)
        with closing(texts):
            found = {key: text for place in places for key, text in texts.read([place]).items()}
            assert texts.read(places) == found
    finally:
        connection.close()
    assert len(found) == len(RECORDS)
    assert [text for _, text in sorted(found.items())] == [
        row.rstrip("\r\n") for row in wanted if row != '{"CreationTime":'
    ]


def test_a_file_that_has_changed_since_gives_no_text(tmp_path: Path) -> None:
    for name in ("a", "b.gz"):
        (tmp_path / name).write_bytes(gzip.compress(LINES.encode()) if name == "b.gz" else LINES.encode())
    connection = writer(tmp_path / "case.duckdb")
    try:
        Ingest(connection, catalog.sources(), Context(), None).run([tmp_path / "a", tmp_path / "b.gz"])
        places = connection.execute("SELECT file_no, record, start, size FROM event").fetchall()
        (tmp_path / "a").write_text("other")
        (tmp_path / "b.gz").unlink()
        texts = Texts(connection)
        with closing(texts):
            assert texts.read(places) == {}
    finally:
        connection.close()
