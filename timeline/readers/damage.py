"""What is left of a piece of JSON that is not valid: the whole records that a torn or broken one has swallowed.

Only an object that begins with the same key as the damaged one is taken for a record: a part of it, which others may have written, is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder

_NAME = re.compile(r'\{\s*("(?:[^"\\\n]|\\.){1,200}")\s*:')
_FOLLOWS = re.compile(r"\s*(?:[,\]{}]|$)")
_decoder = JSONDecoder()
EFFORT = 4


def rescued(piece: bytes) -> Iterator[bytes]:
    """Give the piece in parts, in order: damaged text, and the whole records in it."""
    text = piece.decode("utf-8", "replace")
    name = _NAME.match(text)
    start, budget = 0, EFFORT * len(text)
    if name:
        alike = re.compile(r"[\n,}\]]\s*(?=\{\s*" + re.escape(name[1]) + r"\s*:)")
        found = alike.search(text, 1)
        while found and budget > 0:
            begin = found.end()
            end, effort = _whole(text, begin)
            budget -= effort
            if end:
                yield from _part(text[start:begin])
                yield from _part(text[begin:end])
                start = end
            found = alike.search(text, max(end - 1, begin))
    yield from _part(text[start:])


def _whole(text: str, begin: int) -> tuple[int, int]:
    """Give the end of the object that begins here (0: it is not whole), and how much was read to know."""
    try:
        _, end = _decoder.raw_decode(text, begin)
    except JSONDecodeError as error:
        return 0, error.pos - begin + 1
    except RecursionError:
        return 0, len(text)
    return (end if _FOLLOWS.match(text, end) else 0), end - begin


def _part(text: str) -> Iterator[bytes]:
    part = text.strip(" \t\r\n\x00,")
    if part.strip(" \t\r\n\x00,]}"):
        yield part.encode("utf-8", "replace")
