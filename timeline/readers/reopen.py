"""Members of archives found again by the names that the ledger gave them."""

from __future__ import annotations

from pathlib import Path

from timeline.readers import archive, stream
from timeline.readers.archive import Bench
from timeline.readers.blobs import Blob, Shelf, on_disk
from timeline.readers.limits import Excess, Meter
from timeline.readers.member import Member


class Opener:
    """Opens files and members; keeps the lists of the archives of one file, and its scratch copies, until another file is asked for."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._path: Path | None = None
        self._lists: dict[str, dict[str, Member]] = {}
        self._meter = Meter(shelf.limits, 0)

    def blob(self, path: Path, member: str | None) -> Blob | None:
        """Give the bytes of a file or a member; None if it is not there (any more)."""
        if not path.is_file():
            return None
        blob: Blob = on_disk(path)
        if not member:
            return blob
        if path != self._path:
            self.close()
            self._path, self._meter = path, Meter(self.shelf.limits, blob.size)
        inside, place = "", blob
        for name in member.split("!"):
            found = self._listed(inside, place).get(name)
            if found is None or found.blob is None:
                return None
            inside, place = f"{inside}!{name}", found.blob
        return place

    def _listed(self, inside: str, blob: Blob) -> dict[str, Member]:
        """List an archive, once."""
        if inside not in self._lists:
            self._lists[inside] = self._list(blob)
        return self._lists[inside]

    def _list(self, blob: Blob) -> dict[str, Member]:
        listed: dict[str, Member] = {}
        try:
            opened = stream.probe(blob, self.shelf.limits)
            if not opened.content:
                return {}
            for each in archive.members(opened.inner, opened.content, Bench(self.shelf, self._meter)):
                if isinstance(each, Member):
                    self._meter.enter()
                    listed[each.name] = each
        except Excess:
            return listed
        return listed

    def close(self) -> None:
        """Forget the lists and the copies."""
        self._lists, self._path = {}, None
        self.shelf.clear()
