"""Where evidence lies now: a case that was moved together with its evidence finds it again.

The ledger states absolute paths. The case remembers the folders that it was in, so what lay below it or beside it is looked for there first,
and then where the ledger says. What is found in another place is only read if its hash is that of the ledger.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb

ROOT = "root "
"""Before each folder that the case was in when something was ingested, among the keys of `about`."""
OWN = "SELECT path FROM duckdb_databases() WHERE database_name = current_database()"


def remember(connection: duckdb.DuckDBPyConnection, root: Path) -> None:
    """Note in which folder the case is."""
    connection.execute("INSERT OR IGNORE INTO about VALUES (?, '')", [f"{ROOT}{root.resolve()}"])


class Places:
    """The places of a case's evidence."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        own = connection.execute(OWN).fetchall()[0][0]
        self.root = Path(own).resolve().parent if own else None
        rows = connection.execute("SELECT key FROM about WHERE starts_with(key, ?) ORDER BY key", [ROOT]).fetchall()
        former = [Path(key.removeprefix(ROOT)) for (key,) in rows]
        self.former = [each for each in former if each != self.root]
        self.moved: dict[Path, bool | None] = {}

    def now(self, stated: Path) -> Path:
        """Give where a file lies: below or beside the case as it lay to it before, else where the ledger says."""
        for old in self.former:
            for base, here in ((old, self.root), (old.parent, self.root and self.root.parent)):
                if here and base != base.parent and stated.is_relative_to(base):
                    found = here / stated.relative_to(base)
                    if found != stated and found.exists():
                        self.moved.setdefault(found, None)
                        return found
        return stated

    def same(self, path: Path, sha256: str) -> bool:
        """Tell whether a file may be taken for the one in the ledger: where it was found in another place, by its hash (asked once)."""
        if path not in self.moved:
            return True
        known = self.moved[path]
        if known is None:
            with path.open("rb") as file:
                known = hashlib.file_digest(file, "sha256").hexdigest() == sha256
            self.moved[path] = known
        return known
