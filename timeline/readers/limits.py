"""How much may be unpacked: limits that stop archive bombs, in one place, and each can be set by an environment variable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields

from timeline.errors import CaseError


class Torn(Exception):  # noqa: N818  a stream that ends early is a state, not a mistake of the caller
    """The stream ends early or is damaged; what came before is good."""


class Excess(Torn):
    """A limit was reached, so reading stops here; the message names the limit and how to raise it."""


@dataclass(frozen=True)
class Limits:
    """What one file on disk may unpack to, over all that is nested in it.

    `unpacked`: bytes in all, for each file on disk. `ratio`: bytes unpacked for each byte of the file, once `FLOOR` is passed. `depth`:
    archives and compressions inside one another. `members`: files in all. `spare`: bytes of disk that are left free by scratch copies.
    Each is set by the variable TIMELINE_MAX_UNPACKED, TIMELINE_MAX_RATIO and so on (TIMELINE_MAX_SPARE is a minimum).
    """

    unpacked: int = 1 << 39
    ratio: int = 1000
    depth: int = 10
    members: int = 200_000
    spare: int = 1 << 30

    @classmethod
    def stated(cls, environ: Mapping[str, str]) -> Limits:
        """Give the limits, those of the environment before the defaults."""
        told = {}
        for each in fields(cls):
            name = _variable(each.name)
            if text := environ.get(name):
                if not text.isdecimal():
                    raise CaseError(f"{name}={text}: expected a whole number")
                told[each.name] = int(text)
        return cls(**told)


FLOOR = 64 << 20


def _variable(name: str) -> str:
    return f"TIMELINE_MAX_{name.upper()}"


class Meter:
    """Counts what one file on disk unpacks to, and stops at the limits."""

    def __init__(self, limits: Limits, size: int) -> None:
        self.limits, self.size = limits, size
        self.spent = self.files = 0

    def charged(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Give what is unpacked on while it is counted; raise Excess at a limit."""
        self.spend(0)
        for chunk in chunks:
            self.spend(len(chunk))
            yield chunk

    def spend(self, count: int) -> None:
        """Count bytes that were unpacked."""
        self.spent += count
        if self.spent > self.limits.unpacked:
            raise _excess("unpacked", self.limits.unpacked, "bytes unpacked from one file")
        if self.spent > max(FLOOR, self.limits.ratio * self.size):
            raise _excess("ratio", self.limits.ratio, "bytes unpacked for each byte of the file")

    def enter(self) -> None:
        """Count a member."""
        self.files += 1
        if self.files > self.limits.members:
            raise _excess("members", self.limits.members, "members of one file")

    def deep(self, depth: int) -> None:
        """Raise Excess if a member is packed in too many layers."""
        if depth > self.limits.depth:
            raise _excess("depth", self.limits.depth, "archives and compressions inside one another")


def _excess(name: str, limit: int, what: str) -> Excess:
    told = f"not read: the limit of {limit:,} {what} is reached, as by an archive bomb"
    return Excess(f"{told}; if it is honest, raise the limit with {_variable(name)} and ingest again")
