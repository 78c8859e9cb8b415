"""Writes small Windows event logs (EVTX): binary XML without templates, chunks and headers with right checksums."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

CHUNK, HEADER, FIRST = 65536, 4096, 512
EPOCH = 116_444_736_000_000_000  # 1970 in 100 ns since 1601
NAMESPACE = "http://schemas.microsoft.com/win/2004/08/events/event"
Node = tuple[str, dict[str, str], "str | list[Node]"]


def logon(number: int, second: int = 0, user: str = "avery") -> Node:
    """Give a successful sign-in as an event."""
    at = f"2023-05-01T00:{second // 60:02d}:{second % 60:02d}.1234567Z"
    system: list[Node] = [
        ("Provider", {"Name": "Microsoft-Windows-Security-Auditing"}, ""),
        ("EventID", {}, "4624"),
        ("Keywords", {}, "0x8020000000000000"),
        ("TimeCreated", {"SystemTime": at}, ""),
        ("EventRecordID", {}, str(number)),
        ("Channel", {}, "Security"),
        ("Computer", {}, "host1.contoso.com"),
    ]
    data: list[Node] = [
        ("Data", {"Name": "TargetUserName"}, user),
        ("Data", {"Name": "IpAddress"}, "192.0.2.7"),
        ("Data", {"Name": "LogonType"}, "10"),
    ]
    return ("Event", {"xmlns": NAMESPACE}, [("System", {}, system), ("EventData", {}, data)])


def _text(value: str) -> bytes:
    return b"\x05\x01" + struct.pack("<H", len(value)) + value.encode("utf-16-le")


def _name(place: int, name: str) -> bytes:
    """A name that stands right behind the place that points to it."""
    return struct.pack("<IIHH", place + 4, 0, 0, len(name)) + name.encode("utf-16-le") + b"\x00\x00"


def _element(place: int, node: Node) -> bytes:
    tag, attributes, inner = node
    head = _name(place + 5, tag)
    body = bytearray(head)
    if attributes:
        listed = bytearray()
        begin = place + 5 + len(head) + 4
        for index, (key, value) in enumerate(attributes.items(), 1):
            listed += b"\x46" if index < len(attributes) else b"\x06"
            listed += _name(begin + len(listed), key) + _text(value)
        body += struct.pack("<I", len(listed)) + listed
    body += b"\x02"
    if isinstance(inner, str):
        body += _text(inner) if inner else b""
    else:
        for child in inner:
            body += _element(place + 5 + len(body), child)
    body += b"\x04"
    return (b"\x41" if attributes else b"\x01") + struct.pack("<I", len(body)) + body


def record(place: int, number: int, node: Node) -> bytes:
    """Give one record as it stands at a place of its chunk."""
    body = b"\x0f\x01\x01\x00" + _element(place + 28, node) + b"\x00"
    size = -(-(24 + len(body) + 4) // 8) * 8
    head = struct.pack("<IIQQ", 0x2A2A, size, number, EPOCH)
    return (head + body).ljust(size - 4, b"\x00") + struct.pack("<I", size)


@dataclass(frozen=True)
class Log:
    """The bytes of a log, and where each record is: place and size."""

    data: bytes
    places: tuple[tuple[int, int], ...]


def chunk(first: int, nodes: Sequence[Node]) -> tuple[bytes, list[tuple[int, int]]]:
    """Give one chunk with records numbered from `first` on."""
    body, spans = bytearray(), []
    for number, node in enumerate(nodes, first):
        one = record(FIRST + len(body), number, node)
        spans.append((FIRST + len(body), len(one)))
        body += one
    last = first + len(nodes) - 1
    free = FIRST + len(body)
    head = bytearray(FIRST)
    struct.pack_into(
        "<8s4Q4I",
        head,
        0,
        b"ElfChnk\x00",
        first,
        last,
        first,
        last,
        128,
        spans[-1][0] if spans else 0,
        free,
        zlib.crc32(body),
    )
    struct.pack_into("<I", head, 124, zlib.crc32(head[128:], zlib.crc32(head[:120])))
    return bytes(head + body).ljust(CHUNK, b"\x00"), spans


def log(counts: Sequence[int] = (5, 5), *, dirty: bool = False, first: int = 1) -> Log:
    """Give a log with chunks of so many sign-ins each."""
    number, parts, places = first, [], []
    for count in counts:
        data, spans = chunk(number, [logon(number + n, number + n) for n in range(count)])
        places += [(HEADER + CHUNK * len(parts) + start, size) for start, size in spans]
        parts.append(data)
        number += count
    head = bytearray(HEADER)
    struct.pack_into("<8s3QI4H", head, 0, b"ElfFile\x00", 0, len(counts) - 1, number, 128, 1, 3, HEADER, len(counts))
    struct.pack_into("<II", head, 120, int(dirty), zlib.crc32(head[:120]))
    return Log(bytes(head) + b"".join(parts), tuple(places))
