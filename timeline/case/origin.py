"""Where a file of the evidence is: on disk, or a member of an archive there, and how the ledger spells it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


def spelled(path: Path) -> str:
    """Give a path as the ledger spells it: bytes of a name that are not UTF-8 with a backslash."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def full(path: str, member: str | None) -> str:
    """Give the name of a file in the ledger: that of a member stands after its archive's."""
    return f"{path}!{member}" if member else path


def enclosing(name: str) -> list[str]:
    """Give a name and those of the archives around it, the innermost first."""
    parts = name.split("!")
    return ["!".join(parts[:count]) for count in range(len(parts), 0, -1)]


@dataclass(frozen=True)
class Origin:
    """A file on disk, and the member of it that is meant; members of members stand after one another, as in `b.tar!c.json`."""

    path: Path
    member: str = ""

    @property
    def name(self) -> str:
        """The name in the ledger."""
        return full(spelled(self.path), self.member)

    @property
    def key(self) -> tuple[str, str | None]:
        """Path and member as the ledger has them."""
        return spelled(self.path), self.member or None

    @property
    def last(self) -> str:
        """The name alone, without folders and archives."""
        return self.name.replace("!", "/").rpartition("/")[2]

    def inside(self, name: str) -> Origin:
        """Give a member of this."""
        return Origin(self.path, f"{self.member}!{name}" if self.member else name)

    def paths(self) -> list[Path]:
        """Give the names that a glob may match: the member's, those of the archives around it, and the file's."""
        if not self.member:
            return [self.path]
        inner = [Path(full(str(self.path), each)) for each in enclosing(self.member)]
        return [*inner, self.path]
