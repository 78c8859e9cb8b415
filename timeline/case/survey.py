"""What an ingest meets: files and the members of their archives, which of them are new, and which are identical to another one.

Files come in waves. All that had to be unpacked for one lies in a scratch file until it is read, then the next wave takes its room.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from timeline.case import entries, plan
from timeline.case.normal import Kind
from timeline.case.origin import Origin, spelled
from timeline.case.plan import Found
from timeline.catalog import Source
from timeline.readers import archive
from timeline.readers.archive import Bench
from timeline.readers.blobs import Blob, Shelf, Sized, on_disk
from timeline.readers.limits import Excess, Limits, Meter, Torn
from timeline.readers.member import Member, Problem
from timeline.readers.stream import Opened

ROOM = 2 << 30
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Listed:
    """An archive whose members have been met, what is wrong with it, and whether it is identical to another one."""

    found: Found
    problems: tuple[str, ...]
    members: int
    twin: bool


@dataclass
class Wave:
    """Files to read, files identical to others, and archives: entered last, for their entry says that all of their members are."""

    met: list[Found] = field(default_factory=list)
    twins: list[tuple[int, Origin, str]] = field(default_factory=list)
    archives: list[Listed] = field(default_factory=list)


class Survey:
    """One look at all the files of an ingest."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, sources: list[Source], shelf: Shelf, progress: Progress
    ) -> None:
        self.connection, self.sources, self.shelf, self.progress = connection, sources, shelf, progress
        self.numbers: list[int] = []
        self.known: Mapping[tuple[str, str | None], tuple[int, str]] = {}
        self.hashes: set[str] = set()
        self.next_number = 1
        self.wave = Wave()
        self.meter = Meter(shelf.limits, 0)

    def waves(self, paths: list[Path]) -> Iterator[Wave]:
        """Hash the files and look at those that are new; an identical file is a twin and is not read again."""
        digests = {}
        for index, path in enumerate(paths):
            self.progress(f"hashing {path.name}", index, len(paths))
            digests[path] = plan.digest(path)
        # all that has changed goes out before anything is told to be identical to it
        entries.forget(self.connection, digests)
        entries.reopen(self.connection, digests)
        rows = self.connection.execute("SELECT path, member, sha256, file_no, kind, twin FROM file").fetchall()
        self.known = {(path, member): (number, kind) for path, member, _, number, kind, _ in rows}
        self.hashes = {sha for _, _, sha, _, _, twin in rows if sha and not twin}
        self.next_number = max((number for _, _, _, number, _, _ in rows), default=0) + 1
        members = _by_path(rows)
        for path, sha in digests.items():
            origin = Origin(path)
            if origin.key in self.known:
                self.numbers += members[spelled(path)]
                continue
            blob = on_disk(path)
            self.meter = Meter(self.shelf.limits, blob.size)
            self._meet(origin, sha, blob, 0)
            if self.shelf.size > ROOM:
                yield self._ended()
        yield self._ended()

    def _ended(self) -> Wave:
        wave, self.wave = self.wave, Wave()
        return wave

    def _number(self, origin: Origin) -> int:
        """Give the number of a file in the ledger, a new one if it is not there."""
        number, _ = self.known.get(origin.key, (0, ""))
        if not number:
            number, self.next_number = self.next_number, self.next_number + 1
        self.numbers.append(number)
        return number

    def _meet(self, origin: Origin, sha: str, blob: Blob, depth: int) -> None:
        """Take in a file whose bytes are known."""
        found = plan.look(self._number(origin), origin, sha, self.sources, blob)
        twin = sha in self.hashes
        self.hashes.add(sha)
        if found.kind.shape == "archive":
            listed = self._inside(found, depth + 1 + found.opened.layers, twin=twin)
            if origin.key not in self.known:
                self.wave.archives.append(listed)
        elif twin:
            self.wave.twins.append((found.file_no, origin, sha))
        else:
            self.wave.met.append(found)

    def _inside(self, found: Found, depth: int, *, twin: bool) -> Listed:
        """Take in the members of an archive."""
        problems: list[str] = []
        count = 0
        try:
            self.meter.deep(depth)
            self.progress(f"opening {found.origin.last}", 0, 0)
            opened = found.opened
            for each in archive.members(opened.inner, opened.content, Bench(self.shelf, self.meter)):
                if isinstance(each, Problem):
                    problems.append(each.reason)
                    continue
                self.meter.enter()
                count += 1
                self._member(found.origin.inside(each.name), each, depth)
        except Excess as error:
            problems.append(str(error))
        return Listed(found, tuple(problems), count, twin)

    def _member(self, origin: Origin, member: Member, depth: int) -> None:
        """Take in one member, or say why it cannot be read."""
        number, kind = self.known.get(origin.key, (0, ""))
        if number and kind != "archive":
            self.numbers.append(number)
            return
        if member.blob is None:
            self._unread(origin, member.size, member.problem)
            return
        try:
            sha, size, torn = hashed(self.meter.charged(member.blob.chunks()))
        except Excess as error:
            self._unread(origin, member.size, str(error))
            return
        if torn and (not size or sha in self.hashes):
            self._unread(origin, size, f"{torn}{'; what is left of it is identical to another file' if size else ''}")
            return
        self._meet(origin, sha, Sized(member.blob, size), depth)

    def _unread(self, origin: Origin, size: int, reason: str) -> None:
        opened = Opened(on_disk(origin.path), encoding="binary")
        found = Found(self._number(origin), origin, "", max(size, 0), opened, Kind("none"), note=reason)
        self.wave.met.append(found)


def hashed(chunks: Iterable[bytes]) -> tuple[str, int, str]:
    """Give SHA-256 and number of bytes, and why they end early if they do; raise Excess at a limit."""
    digest, size = hashlib.sha256(), 0
    try:
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
    except Excess:
        raise
    except Torn as error:
        return digest.hexdigest(), size, str(error)
    return digest.hexdigest(), size, ""


def _by_path(rows: Iterable[tuple[str, str | None, str, int, str, bool]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for path, _, _, number, _, _ in rows:
        found.setdefault(path, []).append(number)
    return found


def scratch(connection: duckdb.DuckDBPyConnection) -> Path | None:
    """Name the folder of the case's file, where there is room for scratch copies."""
    rows = connection.execute("SELECT path FROM duckdb_databases() WHERE database_name = current_database()").fetchall()
    return Path(rows[0][0]).parent if rows and rows[0][0] else None


def shelf_of(connection: duckdb.DuckDBPyConnection, limits: Limits) -> Shelf:
    """Make a shelf beside the case."""
    return Shelf(scratch(connection), limits)
