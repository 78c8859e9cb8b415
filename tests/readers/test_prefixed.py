"""Lines of a prefix and one JSON record: the text stays the line, the meaning is the JSON; anything else is as it was."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from timeline import catalog
from timeline.case import plan
from timeline.readers import prefixed
from timeline.readers.batch import Batch, Fault

TIME = "2023-05-10T10:11:12.345678901Z"
PREFIXES = {
    "exported from CloudWatch Logs": "2023-05-10T10:11:12.345Z ",
    "docker or kubectl with timestamps": f"{TIME} ",
    "aws logs tail, short": "2023-05-10T10:11:12 ",
    "aws logs tail, detailed": "2023-05-10T10:11:12.345000+00:00 111122223333_CloudTrail_us-east-1 ",
    "aws logs tail, detailed, of a function": "2023-05-10T10:11:12.345000+00:00 2023/05/10/[$LATEST]0a1b ",
    "kubectl with prefix": "[pod/audit-7d9/app] ",
    "kubectl with prefix and timestamps": f"[pod/audit-7d9/app] {TIME} ",
    "container runtime": f"{TIME} stdout F ",
    "container runtime with more tags": "2023-05-10T10:11:12.3+02:00 stderr F:x ",
    "syslog, sent": "<134>May 10 10:11:12 host app[1]: ",
    "syslog, in a file": "May  1 10:11:12 host vault: ",
    "syslog, a sender of IPv6": "<134>May 10 10:11:12 2001:db8::1 app[1]: ",
    "rsyslog's file format": "2023-05-10T10:11:12.123456+02:00 host vault[77]: ",
    "rsyslog with the cookie": "<134>May 10 10:11:12 host app: @cee: ",
    "RFC 5424": "<134>1 2023-05-10T10:11:12Z host app - - - ",
    "RFC 5424, all unknown": "<134>1 - - - - - - ",
    "RFC 5424 with data and a mark": '<134>1 2023-05-10T10:11:12Z host app 1 ID [x@1 a="\\"b]"][y@2] \ufeff',
}
OTHERS = {
    "sshd": "May 10 10:11:12 host sshd[4711]: Invalid user {root} from 203.0.113.77 port 50112",
    "sshd, a brace at once": "May 10 10:11:12 host sshd[4711]: {root} is no user",
    "S3 access": '0EXAMPLE debugdumps [10/May/2023:10:11:12 +0000] 192.0.2.9 - R1 REST.GET.OBJECT {"a":1} "GET /{x} HTTP/1.1" 200 - 1 1 1 1 "-" "{}" -',
    "Apache": '192.0.2.9 - - [10/May/2023:10:11:12 +0000] "GET /{} HTTP/1.1" 200 1 "-" "{"',
    "auditd": "type=USER_LOGIN msg=audit(1683713472.345:77): pid=1 uid=0 msg='op=login acct=\"{x}\"'",
    "Vault's own log": '2023-05-10T10:11:12.345Z [INFO]  core: configured {"a":1}',
    "JSON and more behind it": '2023-05-10T10:11:12.345Z {"a":1} in 3 ms',
    "two objects": '2023-05-10T10:11:12.345Z {"a":1}{"b":2}',
    "a torn one": '2023-05-10T10:11:12.345Z {"a":1',
    "a list": "2023-05-10T10:11:12.345Z [1]",
    "a prefix of one's own": 'audit: {"a":1}',
}


def read(data: bytes, sizes: tuple[int, ...] = ()) -> list[Batch | Fault]:
    cuts = [0, *(size for size in sizes if size < len(data)), len(data)]
    return list(prefixed.cut([data[a:b] for a, b in pairwise(cuts) if a < b]))


def rows(items: list[Batch | Fault]) -> list[tuple[int, int, int, str, str]]:
    found: list[tuple[int, int, int, str, str]] = []
    for item in items:
        if isinstance(item, Batch):
            assert item.meant is not None
            columns = (item.number.tolist(), item.start.tolist(), item.size.tolist())
            found += zip(*columns, item.text.to_pylist(), item.meant.to_pylist(), strict=True)
    return found


def meanings(data: bytes) -> list[str]:
    return [meant.rstrip("\r\n") for *_, meant in rows(read(data))]


def look(tmp_path: Path, text: str) -> plan.Found:
    (tmp_path / "log").write_text(text)
    return plan.look(1, tmp_path / "log", "", catalog.sources().values())


@pytest.mark.parametrize("prefix", PREFIXES.values(), ids=PREFIXES.keys())
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_meaning_is_the_object_and_the_text_the_line(tmp_path: Path, prefix: str, end: str) -> None:
    lines = [prefix + json.dumps({"n": number, "of": ["{", "ö"]}) + end for number in range(3)]
    data = "".join(lines).encode()
    for number, start, size, text, meant in rows(read(data)):
        assert text == lines[number - 1] == data[start : start + size].decode()
        assert json.loads(meant)["n"] == number - 1
    found = look(tmp_path, data.decode())
    assert found.prefixed
    assert found.kind.shape == "json"


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS.keys())
def test_lines_that_merely_hold_braces_stay_what_they_are(tmp_path: Path, other: str) -> None:
    assert not look(tmp_path, f"{other}\n" * 5).prefixed
    assert look(tmp_path, f"{other}\n" * 5).kind.shape == "lines"


@pytest.mark.parametrize("members", ["37\t1683713472999\tstream", "1683713472999"])
def test_events_of_the_aws_tool_as_text_are_read_without_what_stands_around_the_message(
    tmp_path: Path, members: str
) -> None:
    text = f'EVENTS\t{members}\t{{"a":"}}\\t1"}}\t1683713472345\nSEARCHEDLOGSTREAMS\tTrue\tstream\n'
    assert meanings(text.encode()) == ['{"a":"}\\t1"}', "SEARCHEDLOGSTREAMS\tTrue\tstream"]
    assert look(tmp_path, text.splitlines(keepends=True)[0] + text).prefixed


def test_a_file_is_one_of_prefixes_only_if_most_of_its_first_lines_are(tmp_path: Path) -> None:
    good, other = f"{TIME} " + '{"a":1}\n', f"{TIME} hello\n"
    assert look(tmp_path, good * 3 + other * 2).prefixed
    assert not look(tmp_path, good * 2 + other * 2).prefixed
    assert not look(tmp_path, other * 48 + good * 99).prefixed
    assert look(tmp_path, good * 20_000).prefixed


def test_plain_lines_among_them_mean_what_they_say() -> None:
    assert meanings(b"2023-05-10T10:11:12.345Z hello you {\n\n" + f'{TIME} {{"a":1}}\nxyz'.encode()) == [
        "2023-05-10T10:11:12.345Z hello you {",
        '{"a":1}',
        "xyz",
    ]


def parts(text: str, size: int, stream: str = "stdout") -> list[str]:
    pieces = [text[place : place + size] for place in range(0, len(text), size)]
    return [f"{TIME} {stream} {'P' if piece is not pieces[-1] else 'F'} {piece}\n" for piece in pieces]


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(5, 30)), min_size=1, max_size=6),
    st.lists(st.integers(1, 900), max_size=4),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_records_in_parts_come_back_whole_wherever_the_blocks_are_cut(
    shapes: list[tuple[int, int]], cuts: list[int], other: bool
) -> None:
    records = [
        json.dumps({"n": number, "x": "ü" * size}, ensure_ascii=False) for number, (size, _) in enumerate(shapes)
    ]
    told = [parts(record, length) for record, (_, length) in zip(records, shapes, strict=True)]
    lines = [line for each in told for line in each]
    noise = f"{TIME} stderr F noise\n" if other else ""
    data = (noise + noise.join(lines)).encode()
    got = rows(read(data, tuple(sorted(cuts))))
    assert [meant.rstrip("\n") for *_, meant in got if "noise" not in meant] == records
    assert [number for number, *_ in got] == list(range(1, len(got) + 1))
    assert sum("noise" in meant for *_, meant in got) == (len(lines) if other else 0)
    whole = {"".join(each) for each in told}
    for _, start, size, text, meant in got:
        assert "noise" in meant or text in whole
        assert start < 0 or data[start : start + size].decode() == text
        assert start >= 0 or other


def test_parts_of_two_streams_are_not_mixed() -> None:
    out, err = parts('{"of":"stdout","x":1}', 8), parts('{"of":"stderr","x":1}', 8, "stderr")
    data = "".join(line for pair in zip(out, err, strict=True) for line in pair).encode()
    assert meanings(data) == ['{"of":"stdout","x":1}', '{"of":"stderr","x":1}']


@pytest.mark.parametrize(
    ("lines", "meant"),
    [
        (parts('{"a":1}', 4)[:1], ['{"a"']),
        (parts('{"a":1}', 4)[1:], [f"{TIME} stdout F :1}}"]),
        ([parts('{"a":1}', 4)[0], f'{TIME} stdout F {{"b":2}}\n'], ['{"a"', '{"b":2}']),
        (parts("just text", 5), [f"{TIME} stdout P just ", f"{TIME} stdout F text"]),
    ],
    ids=["no end", "no beginning", "another record instead", "no JSON"],
)
def test_parts_that_make_no_object_stay_the_lines_that_they_are(lines: list[str], meant: list[str]) -> None:
    assert meanings("".join(lines).encode()) == meant


def test_parts_with_a_lost_block_between_them_are_not_joined() -> None:
    first, second = parts('{"a":1,"b":2}', 7)
    read_ = read(first.encode() + bytes(64) + b"\n" + second.encode() + f'{TIME} stdout F {{"c":3}}'.encode())
    assert [meant.rstrip("\n") for *_, meant in rows(read_)] == ['{"a":1,', f'{TIME} stdout F "b":2}}', '{"c":3}']
    faults = [item for item in read_ if isinstance(item, Fault)]
    assert sorted([number for number, *_ in rows(read_)] + [fault.number for fault in faults]) == [1, 2, 3, 4]


def test_numbers_have_no_holes_behind_joined_parts_and_lost_blocks() -> None:
    line = f'{TIME} stdout F {{"c":3}}\n'
    data = "".join(parts('{"a":1}', 4)).encode() + line.encode()
    got = read(data + bytes(64) + b"\n" + line.encode() * 2, (len(data),))
    numbers = [number for number, *_ in rows(got)] + [item.number for item in got if isinstance(item, Fault)]
    assert sorted(numbers) == [1, 2, 3, 4, 5]
