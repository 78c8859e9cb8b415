"""The catalogue as rows: what vendors keep by default, when they lost records, and since when kinds of records exist."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from timeline.core.scope import meet, scope_of
from timeline.core.spans import BEGIN, END
from timeline.evidence.frames import MOMENT, Schema, frame, moment
from timeline.evidence.spelled import date, days, kept, length
from timeline.policies.history import Event, field_notes, incidents, windows
from timeline.policies.rows import NATIVE, Row, about, rows
from timeline.policies.sheets import Citation

UNKNOWN = "not known"
CATALOGUE: Schema = {
    "kind": pl.String,
    "id": pl.String,
    "platform": pl.String,
    "log": pl.String,
    "streams": pl.List(pl.String),
    "store": pl.String,
    "plan": pl.String,
    "applies": pl.String,
    "scope": pl.String,
    "keeps": pl.String,
    "semantics": pl.String,
    "from": MOMENT,
    "to": MOMENT,
    "latency": pl.String,
    "lag": pl.String,
    "anchor": pl.String,
    "maximum": pl.String,
    "size": pl.String,
    "completeness": pl.String,
    "depth": pl.String,
    "loss": pl.List(pl.String),
    "proofs": pl.List(pl.String),
    "export": pl.String,
    "notes": pl.List(pl.String),
    "confidence": pl.String,
    "citations": pl.List(pl.String),
    "seen": MOMENT,
}


def catalogue(wanted: str = "*") -> pl.DataFrame:
    """Give what is known of sources or streams (a name or a glob): defaults, incidents, and since when records and fields exist."""
    name = wanted.partition("/")[0]
    glob = any(sign in name for sign in "*?")
    found = [row for row in rows() if _meets(name, row.streams)] if glob else about(name)
    events = [*_events("incident", incidents(), name)]
    events += [*_events("available", windows(), name), *_events("field", field_notes(), name)]
    return frame([*map(_default, found), *events], CATALOGUE)


def keeps(row: Row) -> str:
    """Say in a few words how long a row of the catalogue keeps records."""
    if row.off:
        return "nothing, unless it is switched on"
    if row.semantics == "ring":
        return f"a ring{': ' + row.remarks.size if row.remarks.size else ''}"
    if row.limits:
        return kept(row.limits)
    words = {"none": "until somebody deletes it", "state": "a state without a past"}
    return words.get(row.semantics or "", UNKNOWN if row.store == NATIVE else "as it was set")


def summary(source: str) -> str:
    """Say in one line what the vendor's own copy of a source keeps, plan by plan."""
    found = [row for row in about(source) if row.store == NATIVE]
    if not any(row.known for row in found):
        return UNKNOWN
    told: dict[str, list[str]] = {}
    for row in found:
        told.setdefault(f"{keeps(row)}{_part(row)}", []).append(row.plan)
    return "; ".join(f"{', '.join(plans)}: {words}" for words, plans in told.items())


def _part(row: Row) -> str:
    return f" ({scope_of(row.where).text()})" if row.where else ""


def _meets(glob: str, streams: tuple[str, ...]) -> bool:
    return any(meet(glob.lower().replace("?", "*"), each.lower()) for each in streams)


def _default(row: Row) -> dict[str, object]:
    said = row.remarks
    return {
        "kind": "default",
        "id": row.id,
        "platform": row.platform,
        "log": said.log,
        "streams": list(row.streams),
        "store": row.store,
        "plan": row.plan,
        "applies": said.applies,
        "scope": scope_of(row.where).text(),
        "keeps": keeps(row),
        "semantics": row.semantics or "",
        "from": moment(row.enabled[0][0]) if row.enabled else None,
        "to": None,
        "latency": said.latency or length(row.latency),
        "lag": " to ".join(map(length, row.lag)) if row.lag else "",
        "anchor": row.anchor or "event",
        "maximum": days(said.maximum) if said.maximum else "",
        "size": said.size,
        "completeness": said.completeness,
        "depth": said.depth,
        "loss": list(said.loss),
        "proofs": list(said.proofs),
        "export": said.export,
        "notes": list(said.notes),
        "confidence": row.confidence,
        "citations": _cited(row.cites),
        "seen": said.seen,
    }


def _events(kind: str, events: tuple[Event, ...], name: str) -> Iterator[dict[str, object]]:
    for each in events:
        if _meets(name, each.streams):
            yield _event(kind, each)


def _event(kind: str, each: Event) -> dict[str, object]:
    since, until = each.span
    about_fields = f"{', '.join(each.fields)}: " if each.fields else ""
    when = {"incident": f"lost records from {date(since)} to {date(until)}", "field": "less than it seems"}
    empty: dict[str, object] = {name: [] if isinstance(kind, pl.List) else "" for name, kind in CATALOGUE.items()}
    return empty | {
        "kind": kind,
        "id": each.id,
        "log": about_fields + each.what,
        "streams": list(each.streams),
        "plan": each.plan,
        "scope": scope_of(each.where).text(),
        "keeps": when.get(kind, f"exists since {date(since)}{'' if until == END else f', until {date(until)}'}"),
        "from": moment(since) if since > BEGIN else None,
        "to": moment(until),
        "notes": list(each.notes),
        "confidence": each.confidence,
        "citations": _cited(each.cites),
        "seen": None,
    }


def _cited(cites: tuple[Citation, ...]) -> list[str]:
    return [each.text() for each in cites]
