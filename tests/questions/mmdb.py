"""A small MaxMind database (format 2.0, IPv4), made here so that no licensed one has to be in the tests.

https://maxmind.github.io/MaxMind-DB/
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Any

MARKER = b"\xab\xcd\xefMaxMind.com"
TEXT, DOUBLE, UINT16, UINT32, MAP, UINT64, ARRAY = 2, 3, 5, 6, 7, 9, 11
KINDS = {"node_count": UINT32, "build_epoch": UINT64}
SHORT, LONG = 29, 285


def _head(kind: int, size: int) -> bytes:
    assert size < LONG
    first, more = (size, b"") if size < SHORT else (SHORT, bytes([size - SHORT]))
    if kind > MAP:
        return bytes([first, kind - MAP]) + more
    return bytes([kind << 5 | first]) + more


def _value(told: Any, kind: int = UINT16) -> bytes:
    match told:
        case str():
            return _head(TEXT, len(told.encode())) + told.encode()
        case float():
            return _head(DOUBLE, 8) + struct.pack(">d", told)
        case int():
            data = told.to_bytes(4, "big").lstrip(b"\0")
            return _head(kind, len(data)) + data
        case list():
            return _head(ARRAY, len(told)) + b"".join(map(_value, told))
        case _:
            return _head(MAP, len(told)) + b"".join(
                _value(key) + _value(value, KINDS.get(key, UINT16)) for key, value in told.items()
            )


def database(places: Mapping[str, Mapping[str, Any]]) -> bytes:
    """Write a database of networks and what it says of each."""
    nodes: list[list[int | None]] = [[None, None]]
    data, ends = b"", []
    for network, told in places.items():
        _branch(nodes, IPv4Network(network), -1 - len(ends))
        ends.append(len(data))
        data += _value(told)
    count = len(nodes)
    numbers = (
        count if each is None else each if each >= 0 else count + 16 + ends[-1 - each]
        for node in nodes
        for each in node
    )
    tree = b"".join(number.to_bytes(4, "big") for number in numbers)
    facts = {"binary_format_major_version": 2, "binary_format_minor_version": 0, "build_epoch": 1_600_000_000, "database_type": "Test-City", "description": {"en": "made in a test"},
             "ip_version": 4, "languages": ["en"], "node_count": count, "record_size": 32}  # fmt: skip
    return tree + bytes(16) + data + MARKER + _value(facts)


def _branch(nodes: list[list[int | None]], network: IPv4Network, end: int) -> None:
    """Grow the tree to a network; a negative number is an end."""
    bits = f"{int(network.network_address):032b}"[: network.prefixlen]
    at = 0
    for bit in map(int, bits[:-1]):
        if nodes[at][bit] is None:
            nodes.append([None, None])
            nodes[at][bit] = len(nodes) - 1
        at = nodes[at][bit] or 0
    nodes[at][int(bits[-1])] = end
