"""The platform's own command that collects a window of a stream, ready to paste: names from logs are never trusted in it.

Logs are written by attackers, and what stands here is pasted into the shell of an administrator: a name that is more than letters,
digits, dots, hyphens and underlines is never put into a command, and a name never ends the host part of an address.
"""

from __future__ import annotations

import re
from datetime import timedelta
from hashlib import sha256

from timeline.catalog import Source
from timeline.core.spans import END, Span
from timeline.evidence.frames import moment
from timeline.evidence.spelled import EPOCH
from timeline.globs import matches, weight

PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
WORDS = (
    "scope",
    "account",
    "region",
    "part",
    "file",
    "start",
    "end",
    "start_unix",
    "end_unix",
    "first_day",
    "last_day",
)
WORD = re.compile(rf"\{{({'|'.join(WORDS)})\}}")
NATIVE, UNNAMED = "native", "default"
KINDS = {
    "workspace": ("workspace*", "siem*", "sentinel", "log-analytics*", "* workspace"),
    "storage": ("storage*", "blob*"),
    "loggroup": ("* (log group)", "loggroup*", "cloudwatch*"),
    "bucket": ("bucket*", "s3*", "gs:*", "trail *"),
}
"""What a copy is taken for by its name, where a source has no command for just this name."""
LONGEST = 80
SECOND = 1_000_000


def command(source: Source | None, name: str, stream: str, store: str, span: Span) -> str:
    """Give the command that exports a span of a stream from a store, one line; words in capitals are for the user to fill in.

    `source.collect` maps a glob over source names, or over `name@store`, to a command; its placeholders are those of `WORDS` (see
    catalog.py). Of a copy for which there is none a comment says so; of a native log without one its `export` is given as it is.
    """
    if source is None:
        return ""
    told = _told(source, name, store)
    if not told:
        return source.export if store == NATIVE else _unknown(stream, store, span)
    scope = stream.partition("/")[2]
    account, _, region = scope.partition("/")
    values = {"scope": scope, "account": account, "region": region, "part": _part(source, name)}
    safe = {key: _plain(key, text) for key, text in values.items()} | {"file": _file(name, scope, store, span)}
    return WORD.sub(lambda found: (safe | _times(span))[found[1]], told)


def _told(source: Source, name: str, store: str) -> str:
    """Choose the most specific command: of this very store, else of what it is taken for."""
    kinds = [kind for kind, globs in KINDS.items() if any(matches(glob, store) for glob in globs)]
    for wanted in [""] if store == NATIVE else [store, *kinds]:
        fit = [glob for glob in source.collect if _fits(glob, name, wanted)]
        if fit:
            return source.collect[max(fit, key=weight)]
    return ""


def _fits(glob: str, name: str, store: str) -> bool:
    """Match the parts apart: a name out of a log may hold an `@` of its own."""
    names, _, stores = glob.partition("@")
    return matches(names, name) and matches(stores, store) and bool(stores) == bool(store)


def _unknown(stream: str, store: str, span: Span) -> str:
    """Say in a comment what is to be exported; nothing in it can end the comment."""
    what, where = (re.sub(r"[^A-Za-z0-9 ._@:/()+-]", "?", text)[:LONGEST] for text in (stream, store))
    times = _times(span)
    return f"# no command is known for the copy {where}: export {what} from {times['start']} to {times['end']} there, whole"


def _plain(key: str, text: str) -> str:
    return text if PLAIN.fullmatch(text) and text != UNNAMED else key.upper()


def _part(source: Source, name: str) -> str:
    """Give what the star in the source's name stands for, or the last part of its name."""
    stars = [glob.index("*") for glob in source.names if "*" in glob and matches(glob, name)]
    return name[max(stars) :] if stars else name.rpartition(".")[2]


def _file(name: str, scope: str, store: str, span: Span) -> str:
    """Give a file name without its ending: no two windows, streams or copies share one, so no export overwrites another."""
    place = "_".join((name, scope, *([] if store == NATIVE else [store])))
    clean = re.sub(r"[^A-Za-z0-9.-]+", "_", place).strip("._-")[:LONGEST] or "export"
    mark = "" if clean == place else f"-{sha256(place.encode('utf-8', 'surrogatepass')).hexdigest()[:6]}"
    times = (re.sub(r"[:-]", "", _times(span)[side]) for side in ("start", "end"))
    return "_".join((clean + mark, *times))


def _times(span: Span) -> dict[str, str]:
    """Write a span in whole seconds, none of it lost."""
    start, end = moment(span[0]), None if span[1] == END else moment(span[1] + SECOND - 1)
    return {
        "start": "START" if start is None else _second(start),
        "end": "END" if end is None else _second(end),
        "start_unix": "START" if start is None else str(start // SECOND),
        "end_unix": "END" if end is None else str(end // SECOND),
        "first_day": "FIRST-DAY" if start is None else _second(start)[:10],
        "last_day": "LAST-DAY" if end is None else _second(end)[:10],
    }


def _second(at: int) -> str:
    return f"{(EPOCH + timedelta(seconds=at // SECOND)).replace(tzinfo=None).isoformat()}Z"
