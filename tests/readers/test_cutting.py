"""Bytes become records: nothing is lost, a bad place costs one record, numbers and places are right."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from timeline.readers import documents, lines, stream, table
from timeline.readers.batch import Batch, Fault

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def texts(items: list[Batch | Fault]) -> list[str]:
    return [text for item in items if isinstance(item, Batch) for text in item.text.to_pylist()]


def numbers(items: list[Batch | Fault]) -> list[int]:
    return [number for item in items if isinstance(item, Batch) for number in item.number.tolist()]


def pieces_of(data: bytes, sizes: list[int]) -> list[bytes]:
    cuts, place = [], 0
    for size in sizes:
        cuts.append(data[place : place + size])
        place += size
    return [*cuts, data[place:]]


@given(
    st.lists(
        st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs", "Cc"]), min_size=1).filter(
            str.strip
        ),
        max_size=12,
    ),
    st.lists(st.integers(1, 9), max_size=9),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_lines_come_back_whole_wherever_the_blocks_are_cut(rows: list[str], sizes: list[int], last: bool) -> None:
    data = "\n".join(rows).encode() + (b"\n" if last else b"")
    cut = list(lines.cut([piece for piece in pieces_of(data, sizes) if piece]))
    assert [text.rstrip("\n") for text in texts(cut)] == rows
    assert numbers(cut) == list(range(1, len(rows) + 1))
    for item in cut:
        assert isinstance(item, Batch)
        for start, size, text in zip(item.start.tolist(), item.size.tolist(), item.text.to_pylist(), strict=True):
            assert data[start : start + size].decode() == text


def test_blank_lines_are_no_records_and_bytes_that_are_not_utf8_are_shown() -> None:
    cut = list(lines.cut([b"a\n\n  \r\n", b"\xffb\n\nc"]))
    assert [text.strip() for text in texts(cut)] == ["a", "\ufffdb", "c"]
    assert numbers(cut) == [1, 2, 3]


@given(st.text(" \t\r\n\x00\x01a", max_size=15))
@settings(deadline=None)
def test_a_line_is_a_record_exactly_if_it_holds_more_than_white_space(text: str) -> None:
    data = text.encode()
    held = [line for line in data.split(b"\n") if line.strip(lines.SPACE)]
    assert [line.rstrip("\n").encode() for line in texts(list(lines.cut([data] if data else [])))] == held


@given(
    st.lists(JSON, min_size=1, max_size=6), st.sampled_from(["array", "records", "Records", "value", "lines", "pretty"])
)
@settings(max_examples=200, deadline=None)
def test_every_way_to_write_records_gives_the_same_records(values: list[object], shape: str) -> None:
    records = [{"n": value} for value in values]
    written = {
        "array": json.dumps(records),
        "lines": "\n".join(json.dumps(each) for each in records),
        "pretty": "".join(json.dumps(each, indent=2) for each in records),
    }.get(shape) or json.dumps({shape: records})
    assert [json.loads(piece) for piece in documents.pieces(written.encode())] == records


@given(st.lists(JSON, min_size=2, max_size=5), st.data())
@settings(max_examples=150, deadline=None)
def test_a_torn_document_keeps_every_record_before_the_tear(values: list[object], data: st.DataObject) -> None:
    records = [{"n": value} for value in values]
    whole = json.dumps({"Records": records}).encode()
    starts = [len(json.dumps({"Records": records[:count]})) - 2 for count in range(1, len(records) + 1)]
    tear = data.draw(st.integers(starts[0], len(whole) - 1))
    got = list(documents.pieces(whole[:tear]))
    complete = sum(start <= tear for start in starts)
    assert [json.loads(piece) for piece in got[:complete]] == records[:complete]
    assert len(got) <= complete + 1


def test_a_broken_element_costs_one_record() -> None:
    assert list(documents.pieces(b'[{"a":1},{"b":nope},{"c":"}]\\""}]')) == [
        b'{"a":1}',
        b'{"b":nope}',
        b'{"c":"}]\\""}',
    ]


def test_two_documents_joined_by_a_comma_are_two_records() -> None:
    assert list(documents.pieces(b'{"a":1},{"b":2}')) == [b'{"a":1}', b'{"b":2}']


def head(text: str) -> table.Header:
    found = table.header(text.encode())
    assert found is not None
    return found


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\n",;'), max_size=6)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8), st.lists(st.integers(1, 20), max_size=6))
@settings(max_examples=150, deadline=None)
def test_cells_with_quotes_and_line_breaks_come_back_wherever_the_blocks_are_cut(
    rows: list[tuple[str, ...]], sizes: list[int]
) -> None:
    written = "a,b,c\r\n" + "".join(
        ",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\r\n" for row in rows
    )
    cut = list(table.cut([piece for piece in pieces_of(written.encode(), sizes) if piece], head(written)))
    got = [
        row
        for item in cut
        if isinstance(item, Batch)
        for row in zip(*(item.cells[name].to_pylist() for name in "abc"), strict=True)
    ]
    assert got == rows
    assert numbers(cut) == list(range(1, len(rows) + 1))


def test_a_row_with_a_missing_cell_is_a_fault_and_the_rest_is_kept() -> None:
    text = "a,b\n1,2\n3\n4,5\n"
    cut = list(table.cut([text.encode()], head(text)))
    assert [item.number for item in cut if isinstance(item, Fault)] == [2]
    assert numbers(cut) == [1, 3]


def test_a_lone_quote_does_not_swallow_the_rows_after_it() -> None:
    text = 'a,b\n1,2\n3,"x\n' + "".join(f"{n},y\n" for n in range(200))
    cut = list(table.cut([text.encode()], head(text)))
    kept = [cell for item in cut if isinstance(item, Batch) for cell in item.cells["a"].to_pylist()]
    assert kept == ["1", *(str(n) for n in range(200))]
    assert len([item for item in cut if isinstance(item, Fault)]) == 1


def test_header_names_are_stripped_and_made_unique() -> None:
    assert head('Time ,Type,Type,"Resource ID "\n').names == ("Time", "Type", "Type#2", "Resource ID")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("plain", "ä\nb\n".encode()),
        ("mark", b"\xef\xbb\xbf" + "ä\nb\n".encode()),
        ("utf16", "ä\nb\n".encode("utf-16")),
        ("utf16be", "ä\nb\n".encode("utf-16-be")),
        ("gzip", gzip.compress("ä\nb\n".encode(), mtime=0)),
        ("gzip of utf16", gzip.compress("ä\nb\n".encode("utf-16"), mtime=0)),
    ],
)
def test_every_encoding_gives_the_same_text(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert b"".join(stream.blocks(stream.probe(path))).decode() == "ä\nb\n"


def test_a_torn_gzip_gives_what_came_before_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "torn.gz"
    whole = gzip.compress(b"".join(b'{"n":%d}\n' % n for n in range(200_000)))
    path.write_bytes(whole[: len(whole) // 2])
    cut = list(lines.cut(stream.blocks(stream.probe(path))))
    assert isinstance(cut[-1], Fault)
    assert "ends early" in cut[-1].reason
    assert len(texts(cut)) > 50_000
