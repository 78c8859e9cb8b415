"""Hashes of what log files hold, for files that a chain of digests speaks of: a digest hashes the text, the ledger the file.

Worked out once, at the end of an ingest, and only in a case that has digests: each such file is read a second time for it.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

import duckdb

from timeline.case.origin import Origin
from timeline.case.survey import shelf_of
from timeline.readers.limits import Limits, Torn
from timeline.readers.reopen import Opener
from timeline.readers.stream import probe

BLOCK = 4 << 20
CHAINED = "regexp_matches(logs, '(^|,)aws[.]cloudtrail(_digest)?(,|$)')"


def enter(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the hash of what each chained file holds, if there are digests and it is not known yet."""
    digests = connection.execute("SELECT count(*) FROM file WHERE contains(logs, 'aws.cloudtrail_digest')").fetchall()[
        0
    ][0]
    if not digests:
        return
    rows = connection.execute(
        f"SELECT path, member, sha256 FROM file ANTI JOIN content USING (sha256) WHERE {CHAINED} AND NOT twin ORDER BY ALL"
    ).fetchall()
    limits = Limits.stated(os.environ)
    shelf = shelf_of(connection, limits)
    try:
        opener = Opener(shelf)
        for path, member, sha256 in rows:
            inner = _hash(opener, Origin(Path(path), member or ""), limits)
            if inner:
                connection.execute("INSERT OR IGNORE INTO content VALUES (?, ?)", [sha256, inner])
    finally:
        shelf.close()


def _hash(opener: Opener, origin: Origin, limits: Limits) -> str:
    """Hash a file without its compression; empty if it cannot be read to its end any more."""
    blob = opener.blob(origin.path, origin.member)
    digest = hashlib.sha256()
    if blob is not None:
        with suppress(Torn, OSError):
            for chunk in probe(blob, limits).chunks(BLOCK):
                digest.update(chunk)
            return digest.hexdigest()
    return ""
