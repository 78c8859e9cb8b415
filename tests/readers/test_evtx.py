"""Windows event logs in binary: every record comes as JSON, and everything that is damaged is told with its place."""

import json
import zlib

import pytest
from evtx_writer import CHUNK, FIRST, HEADER, Log, log

from timeline.readers import evtx
from timeline.readers.batch import Batch, Fault
from timeline.readers.limits import Torn


def read(data: bytes, size: int = 50_000) -> tuple[list[tuple[int, int, int, str]], list[Fault]]:
    """Give the records (number, place, size, user) and faults of a log that comes in blocks."""
    rows, faults = [], []
    for piece in evtx.cut(data[place : place + size] for place in range(0, len(data), size)):
        if isinstance(piece, Fault):
            faults.append(piece)
            continue
        assert isinstance(piece, Batch)
        users = [json.loads(text)["Event"]["System"]["EventRecordID"] for text in piece.text.to_pylist()]
        rows += zip(piece.number.tolist(), piece.start.tolist(), piece.size.tolist(), users, strict=True)
    return rows, faults


def broken(made: Log, record: int, offset: int, new: bytes) -> bytes:
    """Give a log with other bytes in one record."""
    place = made.places[record][0] + offset
    return made.data[:place] + new + made.data[place + len(new) :]


@pytest.mark.parametrize("counts", [(1,), (5, 5), (40,) * 70])
def test_every_record_comes_with_its_place(counts: tuple[int, ...]) -> None:
    made = log(counts)
    rows, faults = read(made.data)
    assert rows == [(n, *made.places[n - 1], str(n)) for n in range(1, sum(counts) + 1)]
    assert faults == []


def test_a_record_that_is_no_xml_any_more_costs_only_itself() -> None:
    made = log((6, 3))
    rows, faults = read(broken(made, 2, 28, b"\xff" * 40))
    assert [user for *_, user in rows] == ["1", "2", "4", "5", "6", "7", "8", "9"]
    assert [(fault.number, fault.start, fault.size) for fault in faults] == [(3, *made.places[2])]
    assert sorted([number for number, *_ in rows] + [3]) == list(range(1, 10))


def test_a_record_whose_header_is_gone_is_a_gap_between_its_neighbours() -> None:
    made = log((6, 3))
    rows, faults = read(broken(made, 2, 0, bytes(24)))
    assert [user for *_, user in rows] == ["1", "2", "4", "5", "6", "7", "8", "9"]
    assert [(fault.number, fault.start, fault.size) for fault in faults] == [(3, *made.places[2])]


def test_a_chunk_whose_records_were_altered_says_so_and_is_read() -> None:
    made = log((6, 3))
    user = made.data.find("192.0.2.7".encode("utf-16-le"), made.places[1][0])
    rows, (fault,) = read(made.data[:user] + b"2" + made.data[user + 1 :])
    assert len(rows) == 9
    assert "checksum" in fault.reason
    assert (fault.start, fault.size) == (HEADER, CHUNK)


@pytest.mark.parametrize("place", [0, 50, 124])
def test_a_damaged_chunk_header_is_told_and_the_records_are_read(place: int) -> None:
    made = log((6, 3))
    at = HEADER + place
    rows, (fault,) = read(made.data[:at] + bytes([made.data[at] ^ 255]) + made.data[at + 1 :])
    assert [user for *_, user in rows] == [str(n) for n in range(1, 10)]
    assert "header of chunk 1" in fault.reason


def test_a_lost_chunk_is_told_where_it_was() -> None:
    made = log((3, 3, 3))
    start = HEADER + CHUNK
    rows, faults = read(made.data[:start] + bytes(CHUNK) + made.data[start + CHUNK :])
    assert [number for number, *_ in rows] == [1, 2, 3, *range(7 - 3 + len(faults) - 0, 7 - 3 + len(faults) + 3)]
    assert faults[0].start == start
    assert any("between" in fault.reason or "empty" in fault.reason for fault in faults)


def test_a_log_that_is_cut_off_is_torn() -> None:
    made = log((30, 30))
    half, faults = read(made.data[: HEADER + CHUNK + made.places[40][0] - HEADER - CHUNK + 10])
    assert len(half) == 40
    assert faults[-1].start == -1
    rows, (fault,) = read(made.data[: HEADER + CHUNK])
    assert len(rows) == 30
    assert (fault.start, "cut off" in fault.reason) == (-1, True)


def test_a_stream_that_tears_keeps_what_came_before() -> None:
    made = log((30, 30))

    def torn() -> object:
        yield made.data[: HEADER + CHUNK]
        raise Torn("the gzip stream ends early")

    pieces = list(evtx.cut(torn()))  # type: ignore[arg-type]
    assert isinstance(pieces[0], Batch)
    assert len(pieces[0].number) == 30
    assert isinstance(pieces[-1], Fault)
    assert pieces[-1].reason == "the gzip stream ends early"


def test_records_that_the_header_counts_and_no_chunk_has_are_told() -> None:
    made = bytearray(log((5,)).data)
    made[24:32] = (100).to_bytes(8, "little")
    made[124:128] = zlib.crc32(made[:120]).to_bytes(4, "little")
    rows, (fault,) = read(bytes(made))
    assert len(rows) == 5
    assert "99 was written" in fault.reason


def test_a_log_copied_while_it_was_written_says_so_and_its_newest_records_are_read() -> None:
    made = log((4, 4), dirty=True)
    data = bytearray(made.data)
    chunk = HEADER + CHUNK  # the header of the last chunk is older than its records
    stale = made.places[5][0] - chunk
    data[chunk + 16 : chunk + 24] = (5).to_bytes(8, "little")
    data[chunk + 48 : chunk + 52] = stale.to_bytes(4, "little")
    head = data[chunk : chunk + FIRST]
    data[chunk + 124 : chunk + 128] = zlib.crc32(head[128:], zlib.crc32(head[:120])).to_bytes(4, "little")
    rows, faults = read(bytes(data))
    assert (len(rows), faults) == (8, [])
    assert "being written" in evtx.note(bytes(data))
    assert evtx.note(log((1,)).data) == ""


def test_old_records_behind_the_end_of_a_chunk_are_not_taken_for_new_ones() -> None:
    made = log((8,))
    newer = log((3,), first=101)
    other, end = bytearray(newer.data), sum(newer.places[-1])
    other[end : HEADER + CHUNK] = made.data[end : HEADER + CHUNK]
    rows, _ = read(bytes(other))
    assert [user for *_, user in rows] == ["101", "102", "103"]
