"""What others ask of retention: frameworks, public incidents as test cases, and what a longer retention costs.

A row of `frameworks.toml`: `id, title, asks` (in words), `searchable_days` (at once), `total_days` (with the cold part), `from`, `to`
(inclusive days on which it is in force), `streams` (globs over sources; left out: all), `opposing` (it limits how long may be
kept; `most_days`: how long at most), `cites`, `confidence`, `notes`. A framework without days asks for a period to be stated.

A row of `lessons.toml` is an incident with `question` tables: `asks, days` (how old the evidence was when it was asked for),
`streams` (any of these logs could have answered), `open` (what stayed unanswered). A row of `prices.toml`: `streams, searchable,
cold`, in money for a gigabyte and month; the first that fits counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from timeline.core.spans import BEGIN, END, Span
from timeline.globs import matches
from timeline.policies.sheets import DAY, FOLDER, Entry, entries

ALL = ("*",)


@dataclass(frozen=True)
class Framework:
    """One requirement; spans and lengths in µs."""

    id: str
    title: str
    asks: str
    searchable: int | None
    total: int | None
    force: Span
    streams: tuple[str, ...]
    opposing: bool
    most: int | None
    evidence: str
    notes: tuple[str, ...]

    def holds(self, at: int) -> bool:
        """Tell whether it is in force at a moment."""
        return self.force[0] <= at < self.force[1]


@dataclass(frozen=True)
class Lesson:
    """One decisive question of a public incident: which logs could have answered it, and how far back (µs)."""

    incident: str
    title: str
    asks: str
    streams: tuple[str, ...]
    reach: int
    open: str
    evidence: str


@dataclass(frozen=True)
class Price:
    """What a gigabyte costs for a month, to be searched at once and in the cold."""

    streams: tuple[str, ...]
    searchable: float
    cold: float


@cache
def frameworks() -> tuple[Framework, ...]:
    """Give all frameworks."""
    return tuple(_framework(entry) for entry in entries(FOLDER / "frameworks.toml", "framework"))


def _framework(entry: Entry) -> Framework:
    keys = "id title asks searchable_days total_days from to streams opposing most_days cites confidence notes"
    entry.known(keys.split())
    start, last = entry.day("from"), entry.day("to")
    return Framework(
        id=entry.text("id"),
        title=entry.text("title"),
        asks=entry.text("asks"),
        searchable=entry.days("searchable_days"),
        total=entry.days("total_days"),
        force=(BEGIN if start is None else start, END if last is None else last + DAY),
        streams=entry.texts("streams") or ALL,
        opposing=entry.values.get("opposing") is True,
        most=entry.days("most_days"),
        evidence=_evidence(entry),
        notes=entry.texts("notes"),
    )


def _evidence(entry: Entry) -> str:
    cited = "; ".join(each.text() for each in entry.cites())
    return f"{cited or 'from memory, not verified'}{'' if not cited or entry.confidence() == 'verified' else ' (from memory)'}"


@cache
def lessons() -> tuple[Lesson, ...]:
    """Give every decisive question of every incident."""
    return tuple(lesson for entry in entries(FOLDER / "lessons.toml", "lesson") for lesson in _questions(entry))


def _questions(entry: Entry) -> Iterable[Lesson]:
    entry.known(["id", "title", "cites", "confidence", "question"])
    for number, values in enumerate(entry.values["question"], start=1):
        asked = Entry(values, f"{entry.place}: question {number}", entry.citations)
        asked.known(["asks", "streams", "days", "open", "confidence"])
        reach = asked.days("days")
        if reach is None or not asked.texts("streams"):
            raise asked.wrong("days", "days and streams")
        yield Lesson(
            entry.text("id"),
            entry.text("title"),
            asked.text("asks"),
            asked.texts("streams"),
            reach,
            asked.text("open"),
            _evidence(entry),
        )


def prices(path: Path | None = None) -> tuple[Price, ...]:
    """Give the price table: ours, or one of the user's own in the same form."""
    return tuple(_price(entry) for entry in entries(path or FOLDER / "prices.toml", "price"))


def _price(entry: Entry) -> Price:
    entry.known(["streams", "searchable", "cold"])
    told = {}
    for key in ("searchable", "cold"):
        value = entry.values.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise entry.wrong(key, "money for a gigabyte and month, as in 0.05")
        told[key] = float(value)
    return Price(entry.texts("streams") or ALL, told["searchable"], told["cold"])


def price_of(stream: str, table: Iterable[Price]) -> Price:
    """Give the first price that fits a stream; nothing is free without one."""
    return next((each for each in table if any(of(glob, stream) for glob in each.streams)), Price(ALL, 0.0, 0.0))


def of(glob: str, stream: str) -> bool:
    """Tell whether a glob over sources fits a stream (`source/scope`)."""
    return matches(glob, stream.partition("/")[0])
