"""Indicators hunted through a case: each with a verdict that knows which streams could have shown it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from timeline.core.formula import All, Any, Formula, Not, Test, holds, tests
from timeline.core.spans import Span
from timeline.evidence.frames import ASK, Schema, frame
from timeline.evidence.knowledge import Knowledge
from timeline.evidence.stating import Stating, statements
from timeline.evidence.weigh import Asked, Seen, Weigher
from timeline.hunting.columns import KINDS
from timeline.hunting.elsewhere import UNREAD, elsewhere, too_short
from timeline.hunting.indicators import Indicator, Refused, Wanted, read
from timeline.hunting.search import Hit, Search

HUNT: Schema = {"indicator": pl.String, "kind": pl.String, **ASK}


@dataclass(frozen=True)
class Outcome:
    """What a hunt gave: a verdict for each indicator, and what could not be hunted."""

    verdicts: pl.DataFrame
    refused: tuple[Refused, ...]


def hunt(knowledge: Knowledge, path: Path, window: Span | None = None) -> Outcome:
    """Hunt the indicators of a file through a case over a window (the case's)."""
    wanted = read(path)
    weigher = Weigher(knowledge, window)
    search = Search(knowledge.connection, wanted.looks, weigher.window)
    try:
        rows = _Hunt(weigher, wanted, search).rows()
    finally:
        search.close()
    return Outcome(frame(rows, HUNT), tuple(wanted.refused))


class _Hunt:
    """Weighs what a search found."""

    def __init__(self, weigher: Weigher, wanted: Wanted, search: Search) -> None:
        self.weigher, self.wanted, self.search = weigher, wanted, search
        self.witnesses = Stating(weigher, statements(weigher.knowledge))
        self.counts = search.counts()
        self.beside: Counter[int] = Counter()
        self.short: set[int] = set()

    def rows(self) -> list[dict[str, object]]:
        """Give a row for each indicator; what would be absent is sought in the text of the records first."""
        rows = {each: self._row(each) for each in self.wanted.indicators}
        absent = [each for each, row in rows.items() if row["verdict"] == "absent"]
        if absent:
            self._read_again(absent)
            rows |= {each: self._row(each) for each in absent}
        return list(rows.values())

    def _read_again(self, indicators: list[Indicator]) -> None:
        numbers = sorted({number for each in indicators for part in each.parts for number in tests(part)})
        looks = {number: self.wanted.looks[number] for number in numbers}
        self.short = {number for number, look in looks.items() if too_short(look)}
        sought = {number: look for number, look in looks.items() if number not in self.short}
        self.beside = elsewhere(self.weigher.knowledge.connection, sought, self.weigher.window)

    def _row(self, indicator: Indicator) -> dict[str, object]:
        parts = [self._part(part) for part in indicator.parts]
        looked = ", ".join(
            dict.fromkeys(
                column for part in indicator.parts for number in sorted(tests(part)) for column in self._columns(number)
            )
        )
        told = {"indicator": indicator.told, "kind": indicator.kind, "question": "hunt", "subject": looked}
        fits = not indicator.ordered or self._follow(indicator.parts)
        return {**told, **_joined([self.weigher.row(seen, asked) for seen, asked in parts], fits=fits)}

    def _follow(self, parts: tuple[Formula, ...]) -> bool:
        """Tell whether each observation was made at or after the one before it."""
        at: int | None = None
        for part in parts:
            firsts = [hit.first for some, hit in self.search.sets(tests(part), at) if holds(part, some)]
            at = min((first for first in firsts if first is not None), default=None)
            if at is None:
                return False
        return True

    def _columns(self, number: int) -> tuple[str, ...]:
        return KINDS[self.wanted.looks[number].kind]

    def _part(self, formula: Formula) -> tuple[Seen, Asked]:
        """Give what was found, and who must have been listening; events without a time may be of the window, and may not."""
        found, asked = self._found(formula), self._asked(formula)
        if found.timeless:
            asked = replace(asked, lacking=(*asked.lacking, f"{found.timeless} event(s) with it that state no time"))
        if not found.rows:
            asked = replace(asked, lacking=(*asked.lacking, *self._doubts(formula)))
        return Seen(found.rows, found.first, found.last), asked

    def _doubts(self, formula: Formula) -> Iterator[str]:
        """Say why what is in no column may be in a record all the same."""
        if beside := sum(self.beside[number] for number in tests(formula)):
            yield f"{beside} record(s) that hold it, but in no column"
        if self.beside[UNREAD]:
            yield f"{self.beside[UNREAD]} record(s) that could not be read again"
        if self.short & set(tests(formula)):
            yield "the text of records, for which it is too short"

    def _found(self, formula: Formula) -> Hit:
        """Give the events in which a formula holds."""
        if isinstance(formula, Test):
            return self.counts.get(formula.number, Hit(0, None, None))
        fit = [hit for some, hit in self.search.sets(tests(formula)) if holds(formula, some)]
        firsts = [hit.first for hit in fit if hit.first is not None]
        lasts = [hit.last for hit in fit if hit.last is not None]
        rows, timeless = sum(hit.rows for hit in fit), sum(hit.timeless for hit in fit)
        return Hit(rows, min(firsts, default=None), max(lasts, default=None), timeless)

    def _asked(self, formula: Formula) -> Asked:
        """Give who must have been listening: for an event in which all must hold, those that state all of it."""
        match formula:
            case Test(number):
                return self.witnesses.of(self._columns(number))
            case Not():
                return Asked(())
            case All(parts):
                return _every([self._asked(part) for part in parts if not isinstance(part, Not)])
            case Any(parts):
                return _some([self._asked(part) for part in parts])


def _every(some: list[Asked]) -> Asked:
    names = dict(some[0].streams)
    for each in some[1:]:
        other = dict(each.streams)
        names = {name: weak or other[name] for name, weak in names.items() if name in other}
    lacking = dict.fromkeys(what for each in some for what in each.lacking)
    return Asked(tuple(names.items()), tuple(lacking) if names or lacking else ("no log of the case states all of it",))


def _some(some: list[Asked]) -> Asked:
    names: dict[str, bool] = {}
    for each in some:
        for name, weak in each.streams:
            names[name] = weak or names.get(name, False)
    return Asked(tuple(names.items()), tuple(dict.fromkeys(what for each in some for what in each.lacking)))


def _joined(rows: list[dict[str, object]], *, fits: bool) -> dict[str, object]:
    """Join the verdicts on observations that must all have been made: one that is absent refutes them all."""
    if len(rows) == 1:
        return rows[0]
    words = [str(row["verdict"]) for row in rows]
    uncovered = [loss for row in rows for loss in row["uncovered"]]  # type: ignore[attr-defined]
    absent = [row for row in rows if row["verdict"] == "absent"]
    if absent:
        return {**absent[0], "uncovered": []}
    if not fits or not all(word.startswith("found") for word in words):
        return {**_nothing(rows[0]), "verdict": "unknown", "uncovered": uncovered}
    firsts = [row["first"] for row in rows if row["first"] is not None]
    lasts = [row["last"] for row in rows if row["last"] is not None]
    return {
        **rows[0],
        "verdict": "found_incomplete" if "found_incomplete" in words else "found",
        "rows": sum(int(row["rows"]) for row in rows),  # type: ignore[call-overload]
        "first": min(firsts, default=None),  # type: ignore[type-var]
        "last": max(lasts, default=None),  # type: ignore[type-var]
        "first_is": next((row["first_is"] for row in rows if row["first_is"] == "no_later_than"), rows[0]["first_is"]),
        "last_is": next((row["last_is"] for row in rows if row["last_is"] == "no_earlier_than"), rows[0]["last_is"]),
        "uncovered": uncovered,
    }


def _nothing(row: dict[str, object]) -> dict[str, object]:
    return {**row, "strength": None, "rows": 0, "first": None, "last": None, "first_is": None, "last_is": None}
