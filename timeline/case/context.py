"""What the user states about evidence: which files, in which time zones, collected when."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from timeline.case.origin import Origin
from timeline.errors import CaseError

OWN = {"case.toml", "case.duckdb", "case.duckdb.wal", "case.duckdb.new", "case.duckdb.new.wal"}


@dataclass(frozen=True)
class Context:
    """What the user states about files: time zones by glob, and the time each file was collected, where known."""

    zones: tuple[tuple[str, str], ...] = ()
    collected: Callable[[Path], int | None] = lambda _: None
    zone_of_collection: Callable[[Path], str | None] = lambda _: None

    def zone(self, origin: Origin) -> str | None:
        """Give the time zone stated for a file, or for an archive around it: the command line's first, then its collection's."""
        paths = origin.paths()
        names = [*map(str, paths), *(path.name for path in paths), origin.last]
        for glob, zone in self.zones:
            if any(fnmatch.fnmatch(name, glob) for name in names):
                return zone
        return next(filter(None, map(self.zone_of_collection, paths)), None)

    def taken(self, origin: Origin) -> int | None:
        """Give the time at which a file, or an archive around it, was collected: the latest of those stated."""
        return max((at for at in map(self.collected, origin.paths()) if at is not None), default=None)


def files_under(paths: list[Path]) -> list[Path]:
    """Give every regular file at or below the paths, sorted; links are not followed out of folders."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += [
                each
                for each in sorted(path.rglob("*"))
                if each.is_file() and not each.is_symlink() and each.name not in OWN
            ]
        elif path.is_file():
            found.append(path)
        else:
            raise CaseError(f"{path}: no such file or folder; give the folder that holds the exports")
    return list(dict.fromkeys(each.resolve() for each in found))
