"""Blocks of zero bytes, lone brackets, and what a rejection asks for."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from timeline import catalog
from timeline.case.context import Context
from timeline.case.ingest import Ingest
from timeline.case.store import writer
from timeline.readers.lines import LOST

ROW = {"eventType": "user.session.start", "outcome": {"result": "SUCCESS"}, "version": "0", "severity": "INFO"}
ZEROS = bytes(4096)


def log(first: int, last: int, indent: int | None = None) -> list[bytes]:
    told = (
        {**ROW, "uuid": f"u-{day}", "published": f"2023-05-{day:02d}T10:00:00.000Z", "actor": {"id": f"00u{day}"}}
        for day in range(first, last)
    )
    return [json.dumps(each, indent=indent).encode() + b"\n" for each in told]


def read(folder: Path, data: bytes, context: Context | None = None) -> tuple[int, list[tuple[str, int]]]:
    """Ingest one file; give the number of its events and its rejected records: reason and size."""
    path = folder / "export.log"
    path.write_bytes(data)
    with writer(folder / "case.duckdb") as connection:
        Ingest(connection, catalog.sources(), context or Context(), None).run([path])
        (events,) = connection.execute("SELECT count(*) FROM event").fetchall()
        rejected = connection.execute("SELECT reason, size FROM rejected ORDER BY record").fetchall()
    return events[0], rejected


@pytest.mark.parametrize("before", [0, 5, 12])
def test_a_block_of_zeros_costs_what_it_covers_and_no_more(tmp_path: Path, before: int) -> None:
    data = b"".join(log(1, 1 + before)) + ZEROS + b"".join(log(1 + before, 13))
    assert read(tmp_path, data) == (12, [(LOST, 4096)])


def test_a_block_of_zeros_inside_a_record_costs_that_record_too(tmp_path: Path) -> None:
    rows = log(1, 13)
    rows[3] = rows[3][:50] + ZEROS + rows[3][90:]
    events, rejected = read(tmp_path, b"".join(rows))
    assert events == 11
    assert (LOST, 4096) in rejected


def test_a_block_of_zeros_between_the_records_of_a_document_is_a_loss(tmp_path: Path) -> None:
    rows = [row.strip() for row in log(1, 13)]
    data = b"[" + b",".join(rows[:6]) + b"," + ZEROS + b",".join(rows[6:]) + b"]"
    assert read(tmp_path, data) == (12, [(LOST, 4096)])


def test_a_block_of_zeros_in_a_log_of_lines_leaves_the_other_lines(tmp_path: Path) -> None:
    sample = max((catalog.folder("sample_logs") / "aws.s3access").rglob("*")).read_bytes()
    rows = sample.splitlines(keepends=True)[:6]
    events, rejected = read(tmp_path, b"".join(rows[:2]) + ZEROS + b"".join(rows[2:]))
    assert (events, rejected) == (6, [(LOST, 4096)])


def test_a_few_zeros_are_part_of_their_line(tmp_path: Path) -> None:
    rows = log(1, 13)
    rows[3] = bytes(8) + b"\n"
    assert read(tmp_path, b"".join(rows)) == (11, [])


@pytest.mark.parametrize("indent", [None, 1], ids=["lines", "pretty"])
def test_lone_brackets_cost_no_record_behind_them(tmp_path: Path, indent: int | None) -> None:
    first, *rest = log(1, 13, indent)
    events, rejected = read(tmp_path, b"{\n{\n" + first + b"".join(rest))
    assert events == 12
    assert {reason for reason, _ in rejected} == {"not valid JSON"}


@pytest.mark.parametrize(
    ("zoned", "taken", "asked"),
    [
        (
            False,
            False,
            "local without a zone or year: give --timezone GLOB=ZONE, and for a missing year the collection's",
        ),
        (True, False, "without a year: give the collection's collected_at"),
        (False, True, "local without a zone: give --timezone GLOB=ZONE"),
    ],
)
def test_a_rejection_asks_only_for_what_nobody_has_stated(
    tmp_path: Path, *, zoned: bool, taken: bool, asked: str
) -> None:
    context = Context((("*", "Europe/Paris"),) if zoned else ())
    context = replace(context, collected=lambda _: 1_685_000_000_000_000) if taken else context
    line = (
        b"May  3 10:00:00 host sshd[99]: Accepted publickey for alice from 192.0.2.7 port 52100 ssh2: RSA SHA256:abc\n"
    )
    events, ((reason, _),) = read(tmp_path, line, context)
    assert events == 0
    assert asked in reason
    assert ("--timezone" in reason) == (not zoned)
