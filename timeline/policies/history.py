"""Losses at the vendor's side, and since when kinds of records and fields of them exist: dated facts that hold for every customer."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from timeline.core.coverage import Defect, State
from timeline.core.scope import scope_of
from timeline.core.spans import BEGIN, END, Span
from timeline.globs import matches
from timeline.policies.sheets import FOLDER, Citation, Entry, entries

KEYS = ("id", "streams", "where", "what", "from", "to", "plan", "fields", "cites", "confidence", "notes")


@dataclass(frozen=True)
class Event:
    """Something that holds for streams over a span of event time.

    Of an incident: records were lost. Of a window: such records exist (under `plan`, if one is named). Of a field: what
    these columns say is less than it seems.
    """

    id: str
    streams: tuple[str, ...]
    where: Mapping[str, tuple[str, ...]]
    what: str
    span: Span
    plan: str
    fields: tuple[str, ...]
    confidence: str
    cites: tuple[Citation, ...]
    notes: tuple[str, ...]

    def concerns(self, stream: str) -> bool:
        """Tell whether a source or stream is one of those meant."""
        name = stream.partition("/")[0]
        return any(matches(glob, name) for glob in self.streams)

    def evidence(self) -> str:
        """Name it and its sources."""
        return f"catalogue: {self.id or self.what} [{', '.join(each.key for each in self.cites)}] ({self.confidence})"


@cache
def incidents() -> tuple[Event, ...]:
    """Give the losses at the vendors' side."""
    return _read("incidents.toml", "incident")


@cache
def windows() -> tuple[Event, ...]:
    """Give since when (or until when) kinds of records exist."""
    return _read("availability.toml", "window")


@cache
def field_notes() -> tuple[Event, ...]:
    """Give what fields of records do not say."""
    return _read("availability.toml", "field")


def losses(stream: str) -> list[Defect]:
    """Give the vendor's incidents as defects of every copy of a stream; what rests on memory alone is left to people."""
    return [
        Defect(
            State.LOSSY,
            each.span,
            scope_of(each.where),
            cause=f"incident of the vendor: {each.what}",
            basis="catalogue",
            evidence=(each.evidence(),),
        )
        for each in incidents()
        if each.concerns(stream) and each.confidence == "verified"
    ]


def _read(name: str, kind: str) -> tuple[Event, ...]:
    return tuple(_event(entry) for entry in entries(FOLDER / name, kind))


def _event(entry: Entry) -> Event:
    entry.known(KEYS)
    start, end = entry.day("from"), entry.day("to")
    return Event(
        id=entry.text("id"),
        streams=entry.texts("streams"),
        where=entry.where(),
        what=entry.text("what"),
        span=(BEGIN if start is None else start, END if end is None else end),
        plan=entry.text("plan"),
        fields=entry.texts("fields"),
        confidence=entry.confidence(),
        cites=entry.cites(),
        notes=entry.texts("notes"),
    )
