"""CSV as programs really write it, and streams that are not what they seem."""

import csv
import gzip
import io
from pathlib import Path

import pytest

from timeline.readers import lines, stream, table
from timeline.readers.batch import Batch, Fault

ROWS = [["Name", "Text"], ["ann", 'two\nlines, "quoted"; and\ttabbed'], ["bob", ""]]


def written(delimiter: str) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(ROWS)
    return out.getvalue().encode()


@pytest.mark.parametrize("before", [b"", b"#TYPE Selected.System.Management.Automation.PSCustomObject\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_csv_is_read_whatever_stands_before_its_header(
    tmp_path: Path, before: bytes, delimiter: str, told: bool, mark: bytes
) -> None:
    path = tmp_path / "export.csv"
    text = mark + before + (f"sep={delimiter}\r\n".encode() if told else b"") + written(delimiter)
    path.write_bytes(text)
    opened = stream.probe(path)
    head = table.header(stream.head(opened))
    assert head is not None
    (batch,) = table.cut(stream.blocks(opened), head, opened.mark)
    assert isinstance(batch, Batch)
    assert [batch.cells["Name"].to_pylist(), batch.cells["Text"].to_pylist()] == [["ann", "bob"], [ROWS[1][1], ""]]
    assert text[int(batch.start[0]) :].startswith(b'"ann"')


def test_a_header_alone_gives_no_records() -> None:
    for text in (b"a,b\n", b"a,b"):
        head = table.header(text)
        assert head is not None
        assert list(table.cut([text], head)) == []


def test_a_single_column_is_a_table_too() -> None:
    head = table.header(b'"AuditData"\r\n')
    assert head is not None
    assert head.names == ("AuditData",)


@pytest.mark.parametrize("text", [b"a\rb,c\r", b'"' + b"x" * 200_000 + b'","b"\n', b"," * 200_000, b"\n\n"])
def test_what_is_no_header_is_told_without_an_error(text: bytes) -> None:
    found = table.header(text)
    assert found is None or len(set(found.names)) == len(found.names)


def test_names_that_look_like_numbered_ones_stay_apart() -> None:
    head = table.header(b"a,a,a#2,a\n")
    assert head is not None
    assert len(set(head.names)) == 4


def test_a_cell_of_megabytes_is_read_beside_a_broken_row() -> None:
    text = b'a,b\n1,"' + b"x" * 3_000_000 + b'"\nbroken\n2,y\n'
    head = table.header(text)
    assert head is not None
    found = list(table.cut([text], head))
    assert [item.number for item in found if isinstance(item, Fault)] == [2]
    assert [len(cell) for item in found if isinstance(item, Batch) for cell in item.cells["b"].to_pylist()] == [
        3_000_000,
        1,
    ]


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        (b"trailing text", True),
        (b"\x00" * 512, False),
        (gzip.compress(b"c\n", mtime=0), False),
        (b"\x1f\x8b\x08", True),
    ],
)
def test_what_follows_a_gzip_member_is_read_or_told(tmp_path: Path, damage: bytes, fault: bool) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"a\nb\n") + damage)
    found = list(lines.cut(stream.blocks(stream.probe(path))))
    texts = [text for item in found if isinstance(item, Batch) for text in item.text.to_pylist()]
    assert texts[:2] == ["a\n", "b\n"]
    assert any(isinstance(item, Fault) for item in found) == fault
