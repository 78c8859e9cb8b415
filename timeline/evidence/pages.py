"""The page of a log source, made from what the program itself uses: its facts, its statement, the catalogue, and a record of its sample."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from pathlib import Path

import duckdb

from timeline.case.context import Context
from timeline.case.ingest import Ingest
from timeline.case.store import events_view, writer
from timeline.catalog import Source, column_texts, folder, syntax
from timeline.core.spans import BEGIN
from timeline.errors import CaseError
from timeline.evidence.events import EventFilter, events
from timeline.globs import matches
from timeline.policies.rows import Row, defaults

JOINS = ("session_id", "token_id", "credential_id", "signing_key_id", "request_id", "device_id", "actor_id", "app_id", "resource_id", "object",
         "object_hash", "mailbox", "src_ip", "issued_time")  # fmt: skip
"""The columns by which events of several logs find one another."""
CLASSES = {
    "attested": "attested: it can prove its own silence",
    "complete": "complete: its vendor promises every record",
    "best_effort": "best effort: records may be missing without a trace",
}
DAY = 86_400_000_000
_TIMES = (
    "state their zone, or are UTC by the vendor's word",
    "local where they state no zone: give --timezone or the collection's timezone",
)
TRIES, SHOWN = 12, 1500
UNTOLD = ("raw", "event_id", "file_id", "record", "time_us", "issued_time_us", "expires_time_us", "zone", "file")
Facts = list[tuple[str, str]]


def chosen(sources: Mapping[str, Source], name: str) -> list[Source]:
    """Give the sources that a name or glob means: the name of a log, a stream, or of the source's file."""
    log = name.partition("/")[0]
    found = [
        each
        for each in sources.values()
        if each.id == log or any(matches(log, own) or matches(own, log) for own in each.names)
    ]
    if not found:
        known = ", ".join(sorted(own for each in sources.values() for own in each.names))
        raise CaseError(f"{name}: no source of this name; known are {known}")
    return found


def page(source: Source) -> Facts:
    """Give all that is to be said of a source, as (heading, text)."""
    shows = [f"{name}: {', '.join(source.actions_of(name)) or 'no action'}" for name in source.names]
    facts = [
        ("log", source.title),
        ("names", ", ".join(f"{name}/<{source.scope or 'default'}>" for name in source.names)),
        ("format", "\n".join(source.docs)),
        ("shows", "\n".join(shows)),
        ("shows only where somebody chose to", ", ".join(source.optional)),
        ("objects it can see", ", ".join(source.objects)),
        ("tokens", "; ".join(source.token_kinds)),
        ("silence also needs", ", ".join(source.siblings)),
        ("can never show", "\n".join(source.sees_not)),
        ("never filled", ", ".join(source.empty)),
        ("completeness", CLASSES.get(source.completeness, source.completeness)),
        ("times", _TIMES[source.local_time]),
        ("join keys", "\n".join(f"{key}: {column_texts()[key]}" for key in keys(source))),
        ("kept by default", "\n".join(dict.fromkeys(_kept(source))) or "not stated"),
        ("delivered", "\n".join(dict.fromkeys(_delivered(source))) or "not stated"),
        ("export", source.export),
        ("collect one window", "\n".join(f"{glob}: {text}" for glob, text in source.collect.items())),
    ]  # fmt: skip
    return [(head, text) for head, text in facts if text] + _sampled(source)


def keys(source: Source) -> list[str]:
    """Give the key columns that the source's statement fills."""
    tree = syntax(source.select)["statements"][0]["node"]["select_list"]
    given = {str(each.get("alias", "")).lower() for each in tree} - set(source.empty)
    return [key for key in JOINS if key in given]


def _kept(source: Source) -> Iterator[str]:
    for name in source.names:
        for row in defaults(name.replace("*", "any")):
            yield f"{f'{name}, ' if len(source.names) > 1 else ''}{row.plan}: {_limit(row)} ({row.confidence or 'unconfirmed'})"


def _limit(row: Row) -> str:
    if row.off:
        return "nothing, unless it is switched on"
    steps = [f"{limit.keep // DAY} days{_since(limit.start)}" for limit in row.limits if limit.keep is not None]
    return ", then ".join(steps) or {
        "none": "for ever",
        "ring": "until its buffer is full",
        "state": "the present state only",
    }.get(row.semantics or "", "not known")


def _since(start: int) -> str:
    return "" if start == BEGIN else f" since {dt.datetime.fromtimestamp(start / 1e6, dt.UTC):%Y-%m-%d}"


def _delivered(source: Source) -> Iterator[str]:
    for name in source.names:
        for row in defaults(name.replace("*", "any")):
            if row.latency is not None:
                yield f"within {row.latency // 60_000_000} min{f' ({row.remarks.latency})' if row.remarks.latency else ''}"


def _sampled(source: Source) -> Facts:
    """Give a record of the source's sample, its own text and the event that it becomes."""
    with tempfile.TemporaryDirectory() as scratch:
        for index, path in enumerate(_samples(source)):
            with writer(Path(scratch) / f"{index}.duckdb") as connection:
                found = _mapped(connection, source, path)
            if found:
                return found
    return [("sample", "none is shipped")]


def _samples(source: Source) -> list[Path]:
    """Give the shipped samples, the likeliest first: by the likeness of their names."""
    home = folder("sample_logs")
    folders = [path for path in (*home.iterdir(), *(home / "more").iterdir()) if path.is_dir() and path.name != "more"]
    names = [source.id.replace("_", "."), *source.names]

    def likeness(path: Path) -> float:
        return max(SequenceMatcher(None, path.name.replace("_", "."), name).ratio() for name in names)

    files: list[Path] = []
    for near in sorted(folders, key=lambda path: (-likeness(path), path.name))[:TRIES]:
        some = [path for path in near.rglob("*") if path.is_file()]
        likely = sorted(some, key=lambda path: (-likeness(path), path))
        small = sorted(some, key=lambda path: (path.stat().st_size, path))
        files += dict.fromkeys([*small[:1], *likely[:3]])
    return files


def _mapped(connection: duckdb.DuckDBPyConnection, source: Source, path: Path) -> Facts:
    day = re.search(r"\d{4}-\d\d-\d\d", str(path))
    taken = int(dt.datetime.fromisoformat(f"{day[0]}T12:00:00+00:00").timestamp() * 1e6) if day else None
    Ingest(connection, {source.id: source}, Context((("*", "UTC"),), lambda _: taken), None).run([path])
    connection.execute(f"CREATE TEMP VIEW events AS {events_view([])}")
    rows = [
        row for piece in events(connection, EventFilter(limit=TRIES), raw=True) for row in piece.iter_rows(named=True)
    ]
    if not rows:
        return []
    row = max(rows, key=lambda each: sum(value is not None for value in each.values()))
    event = "\n".join(
        f"{name} = {_spelled(value)}" for name, value in row.items() if value is not None and name not in UNTOLD
    )
    raw = str(row["raw"])
    return [("a record", raw if len(raw) <= SHOWN else f"{raw[:SHOWN]}…"), ("the event it becomes", event)]


def _spelled(value: object) -> str:
    return f"{value:%Y-%m-%dT%H:%M:%S.%fZ}" if isinstance(value, dt.datetime) else str(value)
