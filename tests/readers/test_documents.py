"""JSON of any length is cut like JSON that fits in memory, and damage costs what it damages."""

import json
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from timeline.readers import documents
from timeline.readers.batch import Batch
from timeline.readers.structure import level

TEXT = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('"\\{}[],:\n\t'), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
RECORDS = st.lists(st.builds(lambda value: {"n": value}, JSON), min_size=1, max_size=6)
SHAPES = ("array", "records", "Records", "value", "lines", "pretty", "joined", "events", "pages", "list of pages")


def written(records: list[dict[str, object]], shape: str, indent: int | None) -> str:
    each = [json.dumps(record, indent=indent) for record in records]
    return {
        "array": json.dumps(records, indent=indent),
        "lines": "\r\n".join(json.dumps(record) for record in records),
        "pretty": "".join(each),
        "joined": ",".join(each),
        "list of pages": json.dumps([{"value": records, "next": "x"} for _ in "ab"], indent=indent),
        "pages": "\n".join(
            json.dumps({"kind": "page", "records": records, "next": {"x": [1]}}, indent=indent) for _ in "ab"
        ),
    }.get(shape) or json.dumps(
        {"@odata.context": "x", shape: records, "next": {"token": "}]"}, "more": [{}]}, indent=indent
    )


def in_windows(data: bytes, size: int, window: int) -> list[bytes]:
    scan = documents.Scan(window)
    return [piece for place in range(0, len(data), size) for piece in scan.feed(data[place : place + size])] + list(
        scan.end()
    )


@given(RECORDS, st.sampled_from(SHAPES), st.sampled_from([None, 0, 2]), st.integers(1, 40), st.integers(1, 60))
@settings(max_examples=400, deadline=None)
def test_a_scan_in_windows_gives_the_records_that_a_whole_read_gives(
    records: list[dict[str, object]], shape: str, indent: int | None, size: int, window: int
) -> None:
    data = written(records, shape, indent).encode()
    wanted = records * 2 if "pages" in shape else records
    assert [json.loads(piece) for piece in documents.pieces(data)] == wanted
    assert in_windows(data, size, window) == list(documents.pieces(data))


@settings(max_examples=200, deadline=None)
@given(RECORDS, st.sampled_from(SHAPES), st.sampled_from([None, 1]), st.integers(1, 40), st.integers(1, 100))
def test_the_first_records_of_a_torn_text_are_those_that_all_of_it_gives(
    records: list[dict[str, object]], shape: str, indent: int | None, least: int, share: int
) -> None:
    text = written(records, shape, indent).encode()
    head = text[: max(len(text) * share // 100, 1)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documents, "LEAST", least)
        for count in (1, 3):
            assert documents.first(head, count) == list(documents.pieces(head))[:count]


def test_a_few_first_records_of_a_long_text_are_found_without_a_scan_of_all_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    head = json.dumps({"Records": [{"n": number} for number in range(50_000)]}).encode()[: 1 << 18]
    scanned = []
    monkeypatch.setattr(
        documents, "level", lambda data, inside: scanned.append(len(data)) or level(data, inside=inside)
    )
    assert [json.loads(piece) for piece in documents.first(head, 48)] == [{"n": number} for number in range(48)]
    assert sum(scanned) < len(head)


@given(RECORDS, st.sampled_from(SHAPES), st.data(), st.integers(1, 40), st.integers(1, 60))
@settings(max_examples=200, deadline=None)
def test_a_tear_costs_only_the_record_that_is_torn_in_windows_too(
    records: list[dict[str, object]], shape: str, data: st.DataObject, size: int, window: int
) -> None:
    whole = written(records, shape, None).encode()
    tear = data.draw(st.integers(1, len(whole)))
    ends, place = [], 0
    for piece in documents.pieces(whole):
        place = whole.index(piece, place) + len(piece)
        ends.append(place)
    before = sum(end <= tear for end in ends)
    got = in_windows(whole[:tear], size, window)
    assert [json.loads(piece) for piece in got[:before]] == (records * 2)[:before]
    assert len(got) <= before + 2


@given(
    st.binary(max_size=60) | st.text(st.sampled_from('{}[]",:\\ \na1'), max_size=60).map(str.encode),
    st.integers(1, 9),
    st.integers(1, 30),
)
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_cut_without_an_error(data: bytes, size: int, window: int) -> None:
    for piece in [*documents.pieces(data), *in_windows(data, size, window)]:
        assert piece.strip(documents.BLANK)


def test_a_list_longer_than_memory_allows_is_read_in_bounded_memory() -> None:
    record = json.dumps({"name": "x" * 2000, "more": [{"a": 1}] * 20}).encode()

    def blocks() -> Iterator[bytes]:
        yield b'{"Records": ['
        for _ in range(160):
            yield (record + b",\n") * 300
        yield record + b'], "next": "none"}'

    tracemalloc.start()
    count = sum(len(batch.number) for batch in documents.cut(blocks()) if isinstance(batch, Batch))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 160 * 300 + 1
    assert peak < 400 << 20


RECORD = b'{"time":"%d","who":{"name":"x"},"list":[{"a":1},{"b":"]}"}]}'
GOOD = [RECORD % number for number in range(40)]


BROKEN = [b'{"time":"x","who":{', b'{"time":"x"}}', b'"time":"x"}', b'{"time":nope}', b'{"time":"x","list":[}']
UNQUOTED = [b'{"time":"x', b'{"time":x"}', b'{"time":"x]}', b'{"time":"x","who":{"']
AROUND = [(b'{"records":[', b"]}"), (b"[", b"]"), (b"", b"")]


@pytest.mark.parametrize(
    ("joint", "broken"),
    [
        *((joint, broken) for joint in (b",", b"") for broken in BROKEN),
        *((joint, broken) for joint in (b",\n", b"\n") for broken in BROKEN + UNQUOTED),
    ],
)
def test_a_broken_record_in_the_middle_costs_itself_alone(joint: bytes, broken: bytes) -> None:
    for before, after in AROUND:
        got = list(documents.pieces(before + joint.join([*GOOD[:20], broken, *GOOD[20:]]) + after))
        assert [piece for piece in got if piece in GOOD] == GOOD
        assert len(got) in (41, 42)


@pytest.mark.parametrize("broken", UNQUOTED)
def test_a_lost_quote_on_a_line_of_many_records_keeps_those_before_it_and_shows_the_rest(broken: bytes) -> None:
    for before, after in AROUND:
        got = list(documents.pieces(before + b",".join([*GOOD[:20], broken, *GOOD[20:]]) + after))
        assert got[:20] == GOOD[:20]
        assert sum(map(len, got)) > sum(map(len, GOOD)) * 0.9


def test_a_part_of_a_broken_record_is_not_taken_for_a_record() -> None:
    forged = b'{"parameters":[{"x":{"other":1,"time":"2"}},{"other":1}],"time":nonsense"}'
    assert len(list(documents.pieces(b"[" + GOOD[0] + b"," + forged + b"]"))) == 2


def test_a_record_with_an_id_and_a_list_of_events_is_one_record() -> None:
    activity = b'{"id":{"time":"2023-05-01T00:00:00Z"},"actor":{"email":"ann@contoso.com"},"events":[{"name":"a"},{"name":"b"}]}'
    assert list(documents.pieces(activity)) == [activity]
    assert list(documents.pieces(b'{"items":[' + activity + b'],"etag":"x"}')) == [activity]


@pytest.mark.parametrize(
    "page", [b"[]", b'{"value":[]}', b'{"@odata.context":"x","value":[ ]}\n', b'{"Records":[]}{"Records":[]}']
)
def test_an_empty_page_holds_no_records(page: bytes) -> None:
    assert list(documents.pieces(page)) == []


def test_text_around_documents_is_kept_apart_from_them() -> None:
    assert list(documents.pieces(b'Loading...\n[{"a":1}]\nDone.')) == [b"Loading...", b'{"a":1}', b"Done."]


@pytest.mark.parametrize("sign", [b"[", b"{", b"}", b"]", b'{"a":', b'"', b"\\", b",", b'{"a":[', b'{"a":1,'])
def test_long_runs_of_one_sign_take_no_time_to_speak_of(sign: bytes) -> None:
    assert len(list(documents.pieces(b'[{"a":1},' + sign * 400_000))) < 400_001
