"""Special cases of S3 server access log lines."""

from collections.abc import Callable
from typing import Any

Read = Callable[..., list[dict[str, Any]]]
HEAD = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be dumps [06/Feb/2019:00:01:57 {zone}] {ip} {who} DD6CC733AEXAMPLE {operation} {key} "
TAIL = ' "-" "{agent}" - 10S62Zv81kBW7BB6SX4XJ48o6kpcl6LPwEoizZQQxJd5qDSCTLX0TgS37kYUBKQW3+bPdrg1234= SigV4 ECDHE-RSA-AES128-SHA AuthHeader h TLSV1.2 - Yes new1 new2'


def line(middle: str, tail: str, **more: str) -> str:
    given = {
        "zone": "+0000",
        "ip": "192.0.2.3",
        "who": "arn:aws:iam::111122223333:user/alice",
        "operation": "REST.GET.OBJECT",
        "key": "a/core.zst",
        "agent": "aws-cli/2",
        **more,
    }
    return (HEAD + middle + tail).format(**given)


def test_figures_keep_size_apart_from_bytes_sent(read: Read) -> None:
    (event,) = read(line('"GET /dumps/a/core.zst HTTP/1.1" 206 - 100 4406583 41754 28', TAIL))
    assert (event["bytes"], event["object_size"], event["object"], event["outcome"]) == (
        100,
        4406583,
        "s3://dumps/a/core.zst",
        "success",
    )
    assert (event["request_id"], event["record_key"], event["user_agent"]) == ("DD6CC733AEXAMPLE", None, "aws-cli/2")


def test_the_bracketed_time_has_its_own_zone(read: Read) -> None:
    (event,) = read(line('"GET / HTTP/1.1" 200 - 1 1 1 1', TAIL, zone="+0200"))
    assert event["time"] == "2019-02-05 22:01:57"


def test_a_lifecycle_deletion_has_neither_address_nor_status(read: Read) -> None:
    (event,) = read(
        line("- - - - 57138 - - - - - hostid= - - - - -", "", ip="-", who="AmazonS3", operation="S3.EXPIRE.OBJECT")
    )
    assert (event["action"], event["src_ip"], event["outcome"], event["object_size"]) == (
        "object.delete",
        None,
        "unknown",
        57138,
    )


def test_quotes_in_an_agent_and_an_absent_request_do_not_shift_the_figures(read: Read) -> None:
    quoted, absent = read(
        line('"GET /dumps/a HTTP/1.1" 403 AccessDenied 243 - 7 6', TAIL, agent='x" 200 - 9 9 9 9 "y'),
        line("- 204 - - 17 5 -", TAIL),
    )
    assert (quoted["outcome"], quoted["outcome_detail"], quoted["bytes"], quoted["user_agent"]) == (
        "failure",
        "403 AccessDenied",
        243,
        'x" 200 - 9 9 9 9 "y',
    )
    assert (absent["outcome"], absent["object_size"], absent["user_agent"]) == ("success", 17, "aws-cli/2")


def test_the_two_records_of_a_copy_share_their_request(read: Read) -> None:
    rest = '"PUT /dumps/b HTTP/1.1" 200 - 10 20 7 6'
    source, target = read(
        line(rest, TAIL, operation="REST.COPY.OBJECT_GET"), line(rest, TAIL, operation="REST.COPY.OBJECT", key="b")
    )
    assert (source["action"], target["action"], source["request_id"]) == (
        "object.read",
        "object.copy",
        target["request_id"],
    )


def test_an_anonymous_requester_is_no_name(read: Read) -> None:
    (event,) = read(line('"GET / HTTP/1.1" 200 - 1 1 1 1', TAIL, who="-", operation="REST.GET.BUCKET", key="-"))
    assert (event["actor"], event["actor_type"], event["object"], event["action"]) == (
        None,
        "anonymous",
        "s3://dumps",
        "object.list",
    )
