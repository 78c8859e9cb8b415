"""A case of the question library as a real case: case.toml, DuckDB file, the catalogue's sources, and the real coverage of it all."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from tests.questions.mmdb import database
from timeline import catalog
from timeline.case import config
from timeline.case.store import events_view, writer
from timeline.catalog import Question, Source
from timeline.core.spans import Span
from timeline.evidence.knowledge import Knowledge
from timeline.evidence.questions import Answered, Asker, duration

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
QUESTIONS = catalog.questions()
CASES = sorted((Path(__file__).parents[1] / "cases").glob("*/*.toml"))
TIMES = {
    "time": "time_us",
    "logged_time": "logged_us",
    "issued_time": "issued_time_us",
    "expires_time": "expires_time_us",
}
PLACES = "places.mmdb"
HOUR, DAY = 3_600_000_000, 86_400_000_000

Table = dict[str, Any]


def instant(text: str) -> int:
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1)


def moment(at: int) -> datetime:
    return EPOCH + timedelta(microseconds=at)


def spans(told: list[str]) -> tuple[Span, ...]:
    return tuple((instant(start), instant(end)) for start, end in (text.split("/") for text in told))


@dataclass(frozen=True)
class Trial:
    """One question put to one case: what case.toml says (`tables`), and what happened, each event with its stream."""

    question: Question
    params: Mapping[str, str]
    tables: Mapping[str, list[Table]]
    events: tuple[Table, ...]
    streams: Mapping[str, Table]
    expect: Mapping[str, Any] = field(default_factory=dict)
    rejected: tuple[str, ...] = ()
    torn: tuple[str, ...] = ()
    places: Mapping[str, Table] = field(default_factory=dict)

    @property
    def window(self) -> Span:
        told = self.tables["case"][0]
        return (instant(told["from"].isoformat()), instant(told["to"].isoformat()))

    def told(self, **tables: list[Table]) -> Trial:
        """The same with other tables of case.toml."""
        return replace(self, tables={**copy.deepcopy(dict(self.tables)), **tables})

    def each(self, name: str, change: Callable[[Table], Table]) -> Trial:
        """The same with every table of this name changed."""
        return self.told(**{name: [change(dict(table)) for table in self.tables[name]]})


@cache
def trial_of(path: Path) -> Trial:
    """Read one case of the library."""
    return trial(path.parent.name, tomllib.loads(path.read_text(encoding="utf-8")))


def trial(question: str, told: Table) -> Trial:
    """Make a trial of what a case of the library, or a test, tells."""
    streams = {each["name"]: each for each in told["stream"]}
    events = tuple(
        {"event_id": f"e{number}", "stream": _home(each, streams), **each}
        for number, each in enumerate(told.get("event", []))
    )
    window = {"name": question, "from": datetime.fromisoformat(told["from"]), "to": datetime.fromisoformat(told["to"])}
    since = {"history": max(duration(need.lookback) for need in QUESTIONS[question].needs)}
    tables = {
        "case": [window],
        "collection": [each for name, stream in streams.items() for each in _collected(name, stream, told | since)],
        "policy": [{"stream": name, "semantics": "none"} for name in streams],
        "zone": [
            {"name": name, "level": 1, "objects": sorted(places)} for name, places in _zones(events, streams).items()
        ],
    }
    places = {each["network"]: _place(each) for each in told.get("place", [])}
    if places:
        window["geo"] = PLACES
    asked = (QUESTIONS[question], told.get("params", {}), tables, events, streams)
    return Trial(*asked, told.get("expect", {}), places=places)


def _place(told: Table) -> Table:
    location = {key: told[key] for key in ("latitude", "longitude", "accuracy_radius") if key in told}
    return {"country": {"iso_code": told["country"]}, "location": location}


def _home(event: Table, streams: Mapping[str, Table]) -> str:
    """The stream of the event's source; of several the one of its object's account; else one that could have shown it."""
    source, place = event.get("source"), event.get("object", "").partition("://")[2]
    fit = [
        name
        for name, told in streams.items()
        if (name.partition("/")[0] == source if source else event["action"] in told["witnesses"])
    ]
    near = [name for name in fit if place.startswith(f"{name.partition('/')[2]}.")]
    return (near or fit or ([f"{source}/{place.partition('.')[0] or 'default'}"] if source else list(streams)))[0]


def _collected(name: str, stream: Table, told: Table) -> Iterator[Table]:
    """What was covered as the window begins was covered as long before it as the question looks back, unless `history = false`."""
    whole = spans(stream.get("covered", [f"{told['from']}/{told['to']}"]))
    history = 0 if stream.get("history") is False else told.get("history", 0)
    for number, (begin, end) in enumerate(whole):
        start = begin - history if begin == instant(told["from"]) else begin
        yield {
            "id": f"{name} {number}",
            "collected_at": moment(instant(told["to"]) + 30 * DAY),
            "from": moment(start),
            "to": moment(end),
            "streams": [name],
        }


def _zones(events: tuple[Table, ...], streams: Mapping[str, Table]) -> dict[str, set[str]]:
    """Each account has the zone that its events tell of it."""
    zones: dict[str, set[str]] = {}
    for event in events:
        if "zone" in event:
            zones.setdefault(event["zone"], set()).add(re.sub(r"(//[^/]*/).*", r"\1**", event["object"]))
    for name, stream in streams.items():
        for zone in stream.get("zones", ()):
            zones.setdefault(zone, set()).add(f"https://{name.partition('/')[2]}.blob.core.windows.net/**")
    return zones


@cache
def known_sources() -> dict[str, Source]:
    return catalog.sources()


def sources_of(streams: Mapping[str, Table]) -> dict[str, Source]:
    """The catalogue, promising what the case says; a log that it lacks is the case's own and shows what the case says."""
    found = dict(known_sources())
    for stream, told in streams.items():
        name = stream.partition("/")[0]
        own = Source(id=name, select="SELECT", title=name, names=(name,), witnesses={name: tuple(told["witnesses"])})
        source = next((each for each in found.values() if name in each.names), own)
        found[source.id] = replace(source, completeness=told.get("completeness", "complete"))
    return found


class Bench:
    """One case file on which one trial after the other is laid out."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.connection = writer(root / "case.duckdb")
        self.columns = {
            str(row[0]): str(row[1])
            for row in self.connection.execute("SELECT name, type FROM pragma_table_info('event')").fetchall()
        }

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def laid(self, trial: Trial) -> Iterator[Asker]:
        """Lay out the evidence of a trial and give who answers questions about it, until the block ends."""
        self.connection.execute("BEGIN")
        try:
            self._fill(trial)
            asker = self.asker(trial)
            self._show(trial, asker.knowledge)
            yield asker
        finally:
            self.connection.execute("ROLLBACK")

    def asker(self, trial: Trial) -> Asker:
        """Give who answers questions about the evidence as it lies, by what this trial's case.toml says."""
        (self.root / config.FILE).write_text(toml(trial.tables), encoding="utf-8")
        if trial.places:
            (self.root / PLACES).write_bytes(database(trial.places))
        settings = config.load(self.root / config.FILE)
        return Asker(Knowledge(self.connection, settings, self.root, sources_of(trial.streams)))

    def answer(self, trial: Trial, window: Span | None = None) -> Answered:
        with self.laid(trial) as asker:
            return asker.answer(trial.question, trial.params, window)

    def verdict(self, trial: Trial) -> str:
        return str(self.answer(trial).verdict.verdict)

    def _show(self, trial: Trial, knowledge: Knowledge) -> None:
        """Make the view `events`, and see that each event has the zone that the case tells."""
        view = events_view([(zone.name, zone.level, zone.objects) for zone in knowledge.config.zones])
        self.connection.execute(f"CREATE TEMP VIEW events AS {view}")
        zones = dict(self.connection.execute("SELECT event_id, zone FROM events").fetchall())
        told = {each["event_id"]: each["zone"] for each in trial.events if "zone" in each}
        assert {name: zones[name] for name in told} == told

    def _fill(self, trial: Trial) -> None:
        """One file for each stream; the records of a rejected or torn one begin and end with an event of no meaning."""
        edges = [edge for name in {*trial.rejected, *trial.torn} for edge in _edges(name, trial.window)]
        files = sorted({*trial.streams, *(event["stream"] for event in trial.events)})
        for number, name in enumerate(files):
            path, torn = str(self.root / f"{number}.json"), name in trial.torn
            self.connection.execute(
                "INSERT INTO file VALUES (?, ?, NULL, ?, 0, 'json', '', NULL, NULL, NULL, 9, 0, false, ?, NULL, 0)",
                [number, path, name, torn],
            )
            mine = sorted(
                (each for each in (*trial.events, *edges) if each["stream"] == name),
                key=lambda each: instant(each["time"]),
            )
            for record, event in enumerate(mine):
                self._insert(
                    {
                        "file_no": number,
                        "record": 2 * record + 1,
                        "kept": True,
                        "source": name.partition("/")[0],
                        **event,
                    }
                )
            if name in trial.rejected:
                self.connection.execute(
                    "INSERT INTO rejected VALUES (?, ?, 0, 0, 'not JSON', '{', NULL, NULL, false)",
                    [number, 2 * len(mine) - 2],
                )

    def _insert(self, event: Table) -> None:
        row = {
            TIMES.get(name, name): instant(value) if name in TIMES else value
            for name, value in event.items()
            if name != "zone"
        }
        assert row.keys() <= self.columns.keys(), row.keys() - self.columns.keys()
        self.connection.execute(
            f"INSERT INTO event ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values())
        )


def _edges(name: str, window: Span) -> Iterator[Table]:
    for at in (window[0], window[1] - 1):
        yield {"event_id": f"{name} {at}", "stream": name, "time": moment(at).isoformat(), "action": "other"}


def toml(tables: Mapping[str, list[Table]]) -> str:
    """Write tables as case.toml has them."""
    lines = []
    for name, each in ((name, table) for name, some in tables.items() for table in some):
        lines += [
            f"[{name}]" if name == "case" else f"[[{name}]]",
            *(f"{key} = {_value(value)}" for key, value in each.items()),
        ]
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case datetime():
            return value.isoformat()
        case dict():
            return f"{{ {', '.join(f'{key} = {_value(each)}' for key, each in value.items())} }}"
        case list() | tuple():
            return f"[{', '.join(map(_value, value))}]"
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case _:
            return str(value)
