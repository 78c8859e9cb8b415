"""Pages of APIs: the one list of records in a wrapper is found by its name or by what stands beside it, and no list of a record is."""

import json

import pytest

from timeline.readers import documents

ROWS = [{"n": 1}, {"n": 2}]


@pytest.mark.parametrize(
    "page",
    [
        {"stat": "OK", "response": {"authlogs": ROWS, "metadata": {"next_offset": ["1", "x"], "total_objects": 2}}},
        {"response": ROWS, "stat": "OK"},
        {
            "_links": {"self": {"href": "https://api.example.com/"}},
            "_embedded": {"activities": ROWS},
            "count": 2,
            "size": 2,
        },
        {
            "took": 3,
            "timed_out": False,
            "_shards": {"total": 1},
            "hits": {"total": {"value": 2}, "max_score": None, "hits": ROWS},
        },
        {"messageType": "DATA_MESSAGE", "owner": "111122223333", "subscriptionFilters": ["all"], "logEvents": ROWS},
        {"accesses": ROWS, "next_page_token": ""},
        {"auditRecords": ROWS, "@odata.nextLink": "https://graph.example.com/"},
    ],
    ids="+".join,
)
def test_the_records_of_a_page_are_found_wherever_it_keeps_them(page: dict[str, object]) -> None:
    for text in (json.dumps(page), json.dumps(page, indent=2), json.dumps([page])):
        assert [json.loads(piece) for piece in documents.pieces(text.encode())] == ROWS


@pytest.mark.parametrize("page", ['{"response":[],"stat":"OK"}', '{"response":{"authlogs":[]},"stat":"OK"}', '{"value":[]}',
                                  '{"_embedded":{"activities":[]},"count":0,"size":0}', '[{"Records":[]}]'])  # fmt: skip
def test_an_empty_page_holds_no_record(page: str) -> None:
    assert list(documents.pieces(page.encode())) == []


@pytest.mark.parametrize(
    "record",
    [
        {"operation": "Set", "parameters": ROWS},
        {"digestS3Object": "x", "logFiles": ROWS},
        {"log_id": "1", "data": {"type": "s", "items": ROWS}},
        {"id": "1", "response": ROWS},
        {"parameters": ROWS},
        {"status": "ok", "targets": [1, 2]},
    ],
    ids="+".join,
)
def test_a_record_with_a_list_in_it_is_no_page(record: dict[str, object]) -> None:
    assert [json.loads(piece) for piece in documents.pieces(json.dumps(record).encode())] == [record]


def test_a_wrapper_that_states_its_key_twice_loses_neither_list() -> None:
    for text in (b'{"Records":[{"n":1}],"Records":[{"n":2}]}', b'{"Records":[{"n":1}],"x":0,"Records":[{"n":2}]}',
                 b'{"response":{"authlogs":[{"n":1}]},"response":{"authlogs":[{"n":2}]}}',
                 b'{"Records":[{"n":1}],"logEvents":"Records","Records":[{"n":2}]}'):  # fmt: skip
        assert [json.loads(piece) for piece in documents.pieces(text)] == ROWS


def test_a_long_wrapper_that_states_its_key_twice_loses_neither_list() -> None:
    rows = [{"n": number} for number in range(99)]
    text = (
        json.dumps({"Records": rows})[:-1].encode()
        + b', "Records": '
        + json.dumps(rows).encode()
        + b', "z": 1}\n{"Records":[{"n":1}]}'
    )
    scan = documents.Scan(64)
    got = [piece for place in range(0, len(text), 50) for piece in scan.feed(text[place : place + 50])] + list(
        scan.end()
    )
    assert [json.loads(piece) for piece in got] == [*rows, *rows, {"n": 1}]


def test_a_nested_page_that_is_long_or_torn_is_read_as_far_as_it_goes() -> None:
    rows = [{"txid": str(number), "access_device": {"ip": "192.0.2.1"}} for number in range(99)]
    text = json.dumps({"stat": "OK", "response": {"authlogs": rows, "metadata": {"total_objects": 99}}}).encode()
    scan = documents.Scan(64)
    got = [piece for place in range(0, len(text), 50) for piece in scan.feed(text[place : place + 50])] + list(
        scan.end()
    )
    assert [json.loads(piece) for piece in got] == rows
    torn = list(documents.pieces(text[: text.index(b'"50"')]))
    assert [json.loads(piece) for piece in torn[:50]] == rows[:50]
    assert len(torn) == 51


def test_an_answer_of_columns_and_rows_gives_a_record_for_each_row() -> None:
    table = {"name": "PrimaryResult", "columns": [{"name": "TimeGenerated", "type": "datetime"}, {"name": "N", "type": "int"}],
             "rows": [["2023-06-20T04:12:49Z", 1], ["2023-06-20T04:12:50Z", None]]}  # fmt: skip
    got = [json.loads(piece) for piece in documents.pieces(json.dumps({"tables": [table]}).encode())]
    assert got == [
        {"TimeGenerated": "2023-06-20T04:12:49Z", "N": 1},
        {"TimeGenerated": "2023-06-20T04:12:50Z", "N": None},
    ]


@pytest.mark.parametrize("rest", ["", ' "next": 1,'])
def test_of_a_page_with_two_lists_both_are_read(rest: str) -> None:
    text = '{"events": [],' + rest + ' "Records": [{"n": 1}, {"n": 2}], "value": [{"n": 3}]}'
    for page in (text, f"[{text}]"):
        assert [json.loads(piece) for piece in documents.pieces(page.encode())] == [{"n": n} for n in (1, 2, 3)]
