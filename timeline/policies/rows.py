"""The catalogue: how long vendors keep which log under which plan, as dated rows with their sources.

A row of `catalogue/<platform>.toml`, all durations as in "90d", "2h", "30m":

    id, log      name of the row, of the log
    streams      globs over source names (what stands before the `/` of a stream)
    plan         word for `plan = "…"` in case.toml; left out: default; aliases: other words for it
    store        which copy it is about; left out: native, the vendor's own
    applies      to whom, or when
    days         how long; or limits = [{ days, from }] with the UTC day of the event from which each holds
    semantics    rolling (left out), stamped, ring, state, none
    off          true: nothing is recorded or kept unless somebody switches it on; who uses the log states the rest
    where        the records it is about: { workload = ["Exchange"] }
    enabled_from the log exists since then
    seen         the first document that states the figure (not a change)
    latency, lag, grace, anchor, archive_after (days)   as in [[policy]]; latency_note says how sure that is
    maximum, settable, size   the longest and the usual settings in days; the size of a ring
    completeness, loss, proofs, depth, export, notes    for people
    cites        keys of [cite.<key>] (title, as_of, secondary) in the same file; confidence: verified or memory

A row without days, semantics and off says that nothing is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from timeline.core.scope import meet
from timeline.core.spans import ALWAYS, BEGIN, END, Spans
from timeline.globs import matches, weight
from timeline.policies.sheets import DAY, FOLDER, Citation, Entry, entries

NATIVE, DEFAULT = "native", "default"
SEMANTICS = ("rolling", "stamped", "ring", "state", "none")
KEYS = (
    *(
        "id",
        "log",
        "streams",
        "plan",
        "aliases",
        "store",
        "applies",
        "days",
        "limits",
        "semantics",
        "off",
        "where",
        "enabled_from",
    ),
    *("seen", "latency", "lag", "grace", "anchor", "archive_after", "latency_note", "maximum", "settable", "size"),
    *("completeness", "loss", "proofs", "depth", "export", "notes", "cites", "confidence"),
)


class Limit(NamedTuple):
    """From `start` (µs) on records are kept for `keep` µs."""

    start: int
    keep: int


@dataclass(frozen=True)
class Remarks:
    """What a row says to people only."""

    log: str
    applies: str = ""
    latency: str = ""
    size: str = ""
    completeness: str = ""
    depth: str = ""
    export: str = ""
    loss: tuple[str, ...] = ()
    proofs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    maximum: int | None = None
    settable: tuple[int, ...] = ()
    seen: int | None = None


@dataclass(frozen=True)
class Row:
    """One default: of which log, under which plan, in which copy; durations in µs, None: not stated."""

    id: str
    platform: str
    streams: tuple[str, ...]
    plan: str
    aliases: tuple[str, ...]
    store: str
    semantics: str | None
    limits: tuple[Limit, ...]
    enabled: Spans
    where: Mapping[str, tuple[str, ...]]
    latency: int | None
    lag: tuple[int, int] | None
    grace: int | None
    anchor: str | None
    archive_after: int | None
    confidence: str
    cites: tuple[Citation, ...]
    remarks: Remarks = field(repr=False)

    @property
    def off(self) -> bool:
        """Tell whether nothing is kept unless somebody switched the log on."""
        return not self.enabled

    @property
    def known(self) -> bool:
        """Tell whether the row says how long at all."""
        return bool(self.limits or self.off or self.semantics in {"ring", "state", "none"})

    @property
    def secondary(self) -> bool:
        """Tell whether none of its sources is the vendor's own."""
        return bool(self.cites) and all(each.secondary for each in self.cites)

    def evidence(self) -> str:
        """Name the row and its sources, for the evidence of a gap."""
        cited = ", ".join(each.key for each in self.cites)
        return f"catalogue: {self.id}{f' [{cited}]' if cited else ''} ({self.confidence})"


@cache
def rows() -> tuple[Row, ...]:
    """Give all rows, by platform."""
    found = []
    for path in sorted((FOLDER / "catalogue").glob("*.toml")):
        platform = next(iter(path.read_text("utf-8").split('platform = "')[1:]), "").partition('"')[0]
        found += [_row(platform, entry) for entry in entries(path, "row")]
    return tuple(found)


def about(source: str) -> list[Row]:
    """Give the rows on a source (`entra.audit`) or stream: for each plan and copy the closest ones, the vendor's own copy first."""
    name = source.partition("/")[0].lower()
    best: dict[tuple[str, str], int] = {}
    found: list[tuple[int, Row]] = []
    for row in rows():
        fit = max((weight(glob) for glob in row.streams if matches(glob, name)), default=-1)
        if fit >= 0:
            key = (row.store, row.plan)
            best[key] = max(best.get(key, -1), fit)
            found.append((fit, row))
    closest = [row for fit, row in found if fit == best[row.store, row.plan]]
    return sorted(closest, key=lambda row: row.store != NATIVE)


def defaults(source: str) -> list[Row]:
    """Give what the vendor's own copy of a source keeps, plan by plan."""
    return [row for row in about(source) if row.store == NATIVE]


def planned(source: str, plan: str) -> list[Row]:
    """Give the rows of one plan on a source or stream; several where it keeps different records differently."""
    return [row for row in about(source) if plan.lower() in {row.plan, *row.aliases}]


def plans(glob: str) -> list[str]:
    """Give the plans that are known for any stream that the glob may match, those of the vendor's own copy first."""
    told = glob.lower().replace("?", "*")
    fit = [row for row in rows() if any(_meets(told, each.lower()) for each in row.streams)]
    closest = sorted(fit, key=lambda row: row.store != NATIVE)
    return list(dict.fromkeys(word for row in closest for word in (row.plan, *row.aliases)))


def expected(glob: str) -> str:
    """Say which plans may be named for these streams."""
    found = ", ".join(plans(glob))
    nothing = f"no plan: the catalogue knows none for {glob}; state retention_days or retention"
    return f"a plan that the catalogue knows for {glob}: {found}" if found else nothing


def _meets(glob: str, source: str) -> bool:
    return meet(glob, source) or meet(glob, f"{source}/*")


def _row(platform: str, entry: Entry) -> Row:
    entry.known(KEYS)
    return Row(
        id=entry.text("id"),
        platform=platform,
        streams=entry.texts("streams"),
        plan=entry.text("plan", DEFAULT),
        aliases=entry.texts("aliases"),
        store=entry.text("store", NATIVE),
        semantics=_semantics(entry),
        limits=_limits(entry),
        enabled=_enabled(entry),
        where=entry.where(),
        latency=entry.duration("latency"),
        lag=entry.band("lag"),
        grace=entry.duration("grace"),
        anchor=entry.text("anchor") or None,
        archive_after=entry.days("archive_after"),
        confidence=entry.confidence(),
        cites=entry.cites(),
        remarks=_remarks(entry),
    )


def _remarks(entry: Entry) -> Remarks:
    return Remarks(
        log=entry.text("log"),
        applies=entry.text("applies"),
        latency=entry.text("latency_note"),
        size=entry.text("size"),
        completeness=entry.text("completeness"),
        depth=entry.text("depth"),
        export=entry.text("export"),
        loss=entry.texts("loss"),
        proofs=entry.texts("proofs"),
        notes=entry.texts("notes"),
        maximum=entry.days("maximum"),
        settable=tuple(each * DAY for each in entry.values.get("settable", [])),
        seen=entry.day("seen"),
    )


def _semantics(entry: Entry) -> str | None:
    told = entry.text("semantics")
    if told not in {"", *SEMANTICS}:
        raise entry.wrong("semantics", f"one of {', '.join(SEMANTICS)}")
    return told or ("rolling" if "days" in entry.values or "limits" in entry.values else None)


def _limits(entry: Entry) -> tuple[Limit, ...]:
    constant = entry.days("days")
    if constant is not None:
        return (Limit(BEGIN, constant),)
    parts = [Entry(each, entry.place, entry.citations) for each in entry.values.get("limits", [])]
    for part in parts:
        part.known(("days", "from"))
    return tuple(_limit(part) for part in parts)


def _limit(part: Entry) -> Limit:
    start, keep = part.day("from"), part.days("days")
    if keep is None:
        raise part.wrong("days", "a number of days")
    return Limit(BEGIN if start is None else start, keep)


def _enabled(entry: Entry) -> Spans:
    if entry.values.get("off"):
        return ()
    since = entry.day("enabled_from")
    return ALWAYS if since is None else ((since, END),)
