"""What is left of a piece of JSON that is not valid: the whole records that a torn or broken one has swallowed.

Only an object that begins with the same key as the damaged one is taken for a record: a part of it, which others may have written, is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder

_NAME = re.compile(r'\{\s*("(?:[^"\\\n]|\\.){1,200}")\s*:')
_LEAD = re.compile(r"\{[\s{]*(?=\{\s*\")")
"""Brackets alone in front of a record: no log writes them, and they belong to nothing."""
_FOLLOWS = re.compile(r"\s*(?:[,\]{}]|$)")
_decoder = JSONDecoder()
EFFORT = 16
SIZES = (1 << 12, 1 << 16, 1 << 20)  # an error costs time by the length of the text around it


def rescued(piece: bytes) -> Iterator[bytes]:
    """Give the piece in parts, in order: damaged text, and the whole records in it."""
    text = piece.decode("utf-8", "replace")
    lead = _LEAD.match(text)
    name = _NAME.match(text, lead.end() if lead else 0)
    start, budget = 0, EFFORT * len(text)
    if name:
        alike = re.compile(r"[^\s:\[]\s*(?=\{\s*" + re.escape(name[1]) + r"\s*:)")
        found = lead or alike.search(text, 1)
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
    effort = 0
    for size in SIZES:
        part = text[begin : begin + size]
        effort += len(part)
        try:
            _, end = _decoder.raw_decode(part)
        except (JSONDecodeError, RecursionError):
            if len(part) < size:
                break
            continue
        return (begin + end if _FOLLOWS.match(text, begin + end) else 0), effort
    return 0, effort


def _part(text: str) -> Iterator[bytes]:
    part = text.strip(" \t\r\n\x00,")
    if part.strip(" \t\r\n\x00,]}"):
        yield part.encode("utf-8", "replace")
