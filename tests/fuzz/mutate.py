"""Damage done to bytes, by the roll of a seeded die: what transfers, editors, shippers and attackers do to logs."""

import gzip
import zlib
from collections.abc import Callable
from random import Random

Mutation = Callable[[Random, bytes], bytes]
ODD = (
    b"\x00",
    b"\x00" * 300,
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\r",
    b"\r\n",
    b"\n\n",
    b'"',
    b"'",
    b"\\",
    b'\\"',
    b"\\ud800",
    b"\\u0000",
    b"\xed\xa0\x80",
    b"\xf0\x9f\x98",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b";",
    b"\t",
    b"1e999",
    b"-0",
    b"NaN",
    b"null",
    b"[]",
    b"{}",
    b'{"records":[',
    b"\xe2\x80\xa8",
    b"\x1a",
    b"\x1b[31m",
    b"9" * 400,
    b'{"value":[]}',
    b"0001-01-01T00:00:00Z",
    b"9999-12-31T23:59:59.9999999Z",
    b"294277-01-01T00:00:00Z",
    b"-infinity",
)
TOPS = (
    b"7\n",
    b"true\n",
    b"null\n",
    b'"text"\n',
    b"[]\n",
    b"{}\n",
    b"[[[]]]\n",
    b"[1,2,3]\n",
    b'[{"a":1},2]\n',
    b"sep=;\n",
)


def _truncate(dice: Random, data: bytes) -> bytes:
    return data[: dice.randrange(len(data) + 1)]


def _behead(dice: Random, data: bytes) -> bytes:
    return data[dice.randrange(len(data) + 1) :]


def _flip(dice: Random, data: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(dice.choice((1, 3, 30)) if out else 0):
        out[dice.randrange(len(out))] ^= 1 << dice.randrange(8)
    return bytes(out)


def _insert(dice: Random, data: bytes) -> bytes:
    place = dice.randrange(len(data) + 1)
    return data[:place] + dice.choice(ODD) + data[place:]


def _delete(dice: Random, data: bytes) -> bytes:
    place = dice.randrange(len(data) + 1)
    return data[:place] + data[place + dice.choice((1, 2, 50, 3000)) :]


def _splice(dice: Random, data: bytes) -> bytes:
    a, b, c = (dice.randrange(len(data) + 1) for _ in range(3))
    return data[:a] + data[min(b, c) : max(b, c)] + data[a:]


def _repeat(dice: Random, data: bytes) -> bytes:
    rows = data.splitlines(keepends=True)
    if rows:
        place = dice.randrange(len(rows))
        rows[place:place] = [rows[place]] * dice.choice((1, 5, 60))
    return b"".join(rows)


def _shuffle(dice: Random, data: bytes) -> bytes:
    rows = data.splitlines(keepends=True)
    dice.shuffle(rows)
    return b"".join(rows)


def _long(dice: Random, data: bytes) -> bytes:
    place = dice.randrange(len(data) + 1)
    return (
        data[:place]
        + dice.choice((b"x", b"[", b'{"a":', b'"', b"\\", b" ", b",")) * dice.choice((600, 300_000))
        + data[place:]
    )


def _ends(dice: Random, data: bytes) -> bytes:
    new = dice.choice((b"\r", b"\r\n", b"", b" "))
    share = dice.choice((0.1, 0.5, 1.0))
    return b"".join(
        row[:-1] + new if row[-1:] == b"\n" and dice.random() < share else row for row in data.splitlines(keepends=True)
    )


def _top(dice: Random, data: bytes) -> bytes:
    rows = data.splitlines(keepends=True)
    rows.insert(dice.choice((0, len(rows) // 2, len(rows))), dice.choice(TOPS))
    return b"".join(rows)


def _encode(dice: Random, data: bytes) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(dice.choice(("utf-16", "utf-16-be", "utf-16-le", "utf-8-sig", "utf-32")))


def _quotes(dice: Random, data: bytes) -> bytes:
    share = dice.choice((0.001, 0.01))
    return b"".join(part + (b'"' if dice.random() > share else b"") for part in data.split(b'"'))


def _wrap(dice: Random, data: bytes) -> bytes:
    before, after = dice.choice(
        (
            (b'{"records":[', b"]}"),
            (b"[", b"]"),
            (b'{"value":', b"}"),
            (b'"', b'"'),
            (b"[", b""),
            (b"", b"trailing text"),
        )
    )
    return before + data + after


TEXT: tuple[Mutation, ...] = (
    _truncate, _behead, _flip, _insert, _insert, _delete, _splice, _repeat, _shuffle, _long, _ends, _top, _encode, _quotes, _wrap,
)  # fmt: skip


def _pack(dice: Random, data: bytes) -> bytes:
    packed = gzip.compress(data, 1, mtime=0)
    half = len(data) // 2
    return dice.choice(
        (
            packed,
            packed + b"garbage" * 9,
            packed + b"\x00" * 512,
            gzip.compress(data[:half], 1, mtime=0) + gzip.compress(data[half:], 1, mtime=0),
            gzip.compress(packed, 1, mtime=0),
            _truncate(dice, packed),
            _flip(dice, packed),
            _insert(dice, packed),
            packed[:10],
        )
    )


def plain(data: bytes) -> bytes:
    """Give the bytes without gzip."""
    try:
        return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    except (OSError, EOFError, zlib.error):
        return data


def mutated(dice: Random, data: bytes) -> bytes:
    """Give the bytes damaged in one to four ways, packed or not."""
    text = plain(data)
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        text = dice.choice(TEXT)(dice, text)
    return _pack(dice, text) if dice.random() < 0.2 else text
