"""The platform's own command that collects a window of a stream, ready to paste: names from logs are never trusted in it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from timeline.catalog import Source
from timeline.core.spans import BEGIN, END, Span
from timeline.evidence.frames import moment
from timeline.globs import matches, weight

PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@:/+-]*")
WORD = re.compile(r"\{(scope|account|region|start|end|first_day|last_day)\}")
NATIVE = "native"
SECOND = 1_000_000


def command(source: Source | None, name: str, stream: str, store: str, span: Span) -> str:
    """Give the command that exports a span of a stream from a store; words in capitals are for the user to fill in.

    `source.collect` maps a glob over source names, or over `name@store`, to a command with {scope}, {account}, {region} (of
    `account/region`), {start} and {end} (RFC 3339), {first_day} and {last_day}; without one its `export` is given as it is.
    """
    if source is None:
        return ""
    told = _told(source, name, store)
    if not told:
        return source.export
    scope = stream.partition("/")[2]
    account, _, region = scope.partition("/")
    values = {"scope": scope, "account": account, "region": region}
    safe = {key: text if PLAIN.fullmatch(text) else key.upper() for key, text in values.items()}
    return WORD.sub(lambda found: (safe | _times(span))[found[1]], told)


def _told(source: Source, name: str, store: str) -> str:
    wanted = name if store == NATIVE else f"{name}@{store}"
    fit = [glob for glob in source.collect if ("@" in glob) == (store != NATIVE) and matches(glob, wanted)]
    return source.collect[max(fit, key=weight)] if fit else ""


def _times(span: Span) -> dict[str, str]:
    start, end = _time(span[0]), _time(span[1] + SECOND - 1)
    return {
        "start": f"{start:%Y-%m-%dT%H:%M:%SZ}" if start else "START",
        "end": f"{end:%Y-%m-%dT%H:%M:%SZ}" if end else "END",
        "first_day": f"{start:%Y-%m-%d}" if start else "FIRST-DAY",
        "last_day": f"{end:%Y-%m-%d}" if end else "LAST-DAY",
    }


def _time(at: int) -> datetime | None:
    known = None if at in (BEGIN, END) else moment(at)
    return None if known is None else datetime.fromtimestamp(known / 1_000_000, UTC)
