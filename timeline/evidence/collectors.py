"""What the logs of collectors say, line after line, folded into runs: what each asked for, what came, and what it left out.

A source `timeline/sources/collector_<tool>.sql` gives each line that states something as an event with the internal column `proof`:
{"collection": {"step": …, …}}, times in microseconds, UTC. The steps, and what may stand beside them:

    run     `tool`, `streams` (globs): a run begins                 part    `streams`, `where`, `ends`: a part of it begins (and ends the part before)
    ask     `from`, `to`: what was asked for                        narrow  `where` {key: [globs]}, or `unsure`: a filter that is not spelled out
    window  `from`, `to`, `streams`, `where`: it is asked for next  got     `from`, `to`, `records`: it came, or nothing was there
    lost    `from`, `to`, `why`: it was skipped, or failed          cut     `from`, `to`, `limit`: only as many records came as one search gives
    plan    `from`, `to`, `records`: so many are there              done    the run, or its part, came to its end

A got, lost or cut without times is about the window before it, else about all that was asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, NamedTuple

import duckdb

from timeline.case.local_times import doubt
from timeline.case.origin import full
from timeline.core.coverage import State
from timeline.core.spans import BEGIN, END, Span, minus, tidy

QUARTER, MINUTE, EAST = 15 * 60_000_000, 60_000_000, 14 * 3_600_000_000
BY_HAND = (0, 59_000_000)
UNSAID = "the collector's log announces this window and does not say that it came"
BETWEEN = "the collector did not ask for this window"
BROKEN_OFF = "the collector's log ends before it says that the collector was done"
NARROWED = "the collector searched with a filter that its log does not spell out"
Where = Mapping[str, frozenset[str]]


class Loss(NamedTuple):
    """A window that a collector left out (not collected) or got in part (lossy), why, and the event that says so.

    One that is `derived` follows from what the log does not say.
    """

    state: State
    span: Span
    why: str
    event: str
    derived: bool = False


class Plan(NamedTuple):
    """A window in which the collector counted so many records before it fetched them."""

    span: Span
    records: int
    event: str


@dataclass(frozen=True)
class Run:
    """One run of a collector, or one part with a filter of its own.

    `folder` is where its log lies, `first` the number of its first line; it was taken between `low` and `high` (one instant, unless nobody
    states the zone of its clock); `window` is all that was asked for, None where the log states none.
    """

    tool: str
    log: PurePath
    first: int
    low: int
    high: int
    streams: tuple[str, ...]
    where: Where
    window: Span | None
    losses: tuple[Loss, ...]
    plans: tuple[Plan, ...] = ()


@dataclass
class _Part:
    """What has been read of a run so far."""

    tool: str
    log: PurePath
    first: int
    at: tuple[int, int]
    streams: tuple[str, ...] = ()
    where: dict[str, frozenset[str]] = field(default_factory=dict)
    unsure: str = ""
    start: int | None = None
    end: int | None = None
    windows: list[tuple[Span, str]] = field(default_factory=list)
    got: list[Span] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    done: bool = False
    split: bool = False

    def asked(self) -> Span | None:
        """Give all that was asked for, from the first window to the last."""
        if self.start is not None or self.end is not None:
            return (BEGIN if self.start is None else self.start, END if self.end is None else self.end)
        came = [*self.got, *(each.span for each in self.losses)] if self.got else []
        known = [span for span, _ in self.windows] or came
        return (min(a for a, _ in known), max(b for _, b in known)) if known else None

    def missing(self, asked: Span, last: str) -> list[Loss]:
        """Give what was asked for, or lies between, and of which the log does not say that it came."""
        came = tidy([*self.got, *(each.span for each in self.losses)])
        if self.windows:
            told = [
                Loss(State.NOT_COLLECTED, span, UNSAID, event, derived=True)
                for window, event in self.windows
                for span in minus((window,), came)
            ]
            between = minus((asked,), tidy(window for window, _ in self.windows))
            return [
                *dict.fromkeys(told),
                *(Loss(State.NOT_COLLECTED, span, BETWEEN, last, derived=True) for span in between),
            ]
        if self.done or (self.start is None and self.end is None):
            return []
        reached = max([asked[0], *(end for _, end in came)])
        return (
            [Loss(State.NOT_COLLECTED, (reached, asked[1]), BROKEN_OFF, last, derived=True)]
            if reached < asked[1]
            else []
        )

    def run(self, last: str) -> Run:
        """Give the run that was read; the losses that a later window made good are none."""
        asked, good = self.asked(), tidy(self.got)
        losses = [
            each._replace(span=span)
            for each in self.losses
            for span in ((each.span,) if each.state == State.LOSSY else minus((each.span,), good))
        ]
        low, high = _moment(self.at, self.end)
        if asked is not None:
            losses += self.missing(asked, last)
            losses += [Loss(State.NOT_COLLECTED, asked, NARROWED, self.unsure, derived=True)] if self.unsure else []
        told = (self.tool, self.log, self.first, low, high, self.streams, self.where, asked)
        return Run(*told, tuple(losses), tuple(self.plans))


def _moment(at: tuple[int, int], end: int | None) -> Span:
    """Give the first and the last instant at which a line may have been written.

    Without a zone it can be 26 hours; but a tool that is asked for all until now states its "now" in UTC: some odd second that is a whole
    number of quarters of an hour from its clock (whoever names an end by hand names a full minute, or the last second of one).
    """
    low, high = at
    if low == high or end is None or not low <= end <= high or end % MINUTE in BY_HAND:
        return low, high
    apart = (low + EAST - end + MINUTE) % QUARTER
    return (end, end) if apart < 2 * MINUTE else (low, high)


class _Reader:
    """Reads one log."""

    def __init__(self, log: PurePath) -> None:
        self.log, self.parts, self.keyed = log, list[_Part](), dict[tuple[object, ...], _Part]()
        self.whole: _Part | None = None
        self.now: _Part | None = None
        self.last = ""

    def take(self, told: Mapping[str, Any], record: int, at: tuple[int, int], event: str) -> None:
        """Read one statement."""
        self.last = event
        step = told["step"]
        if step == "run" or self.whole is None or self.now is None:
            self.whole = self.now = self._new(told, record, at)
            self.keyed = {}
        if step in {"part", "window"}:
            self._choose(told, record, at, event)
        part = self.now
        span = self._span(told, part)
        if step == "ask":
            part.start, part.end = _or(told.get("from"), part.start), _or(told.get("to"), part.end)
        elif step == "narrow":
            part.unsure = event if told.get("unsure") else part.unsure
            for key, values in _where(told).items():
                part.where[key] = part.where.get(key, frozenset()) | values
        elif step == "done":
            part.done = True
        elif span is not None:
            self._about(part, told, span, event)

    def _about(self, part: _Part, told: Mapping[str, Any], span: Span, event: str) -> None:
        match told["step"]:
            case "window":
                part.windows.append((span, event))
            case "got":
                part.got.append(span)
            case "lost":
                part.losses.append(Loss(State.NOT_COLLECTED, span, f"the collector says that {told['why']}", event))
            case "cut":
                why = f"the collector says that only {told['limit']} records of this window came"
                part.losses.append(Loss(State.LOSSY, span, why, event))
            case "plan":
                part.plans.append(Plan(span, told["records"], event))

    def _span(self, told: Mapping[str, Any], part: _Part) -> Span | None:
        start, end = told.get("from"), told.get("to")
        if start is not None and end is not None:
            return (start, end) if start < end else None
        return part.windows[-1][0] if part.windows else part.asked()

    def _choose(self, told: Mapping[str, Any], record: int, at: tuple[int, int], event: str) -> None:
        """Go on in the part with these streams and this filter, a new one if there is none."""
        assert self.whole is not None and self.now is not None  # noqa: S101, PT018
        where = _where(told)
        key = (tuple(told.get("streams", ())), tuple(sorted((k, tuple(sorted(v))) for k, v in where.items())))
        if told.get("ends"):
            self.now.done = True
        if key not in self.keyed:
            self.whole.split = True
            streams = tuple(told.get("streams", self.whole.streams))
            fresh = _Part(
                self.whole.tool, self.log, record, at, streams, {**self.whole.where, **where}, self.whole.unsure
            )
            fresh.start, fresh.end = self.whole.start, self.whole.end
            self.keyed[key] = fresh
            self.parts.append(self.keyed[key])
        self.now = self.keyed[key]
        self.now.unsure = event if told.get("unsure") else self.now.unsure

    def _new(self, told: Mapping[str, Any], record: int, at: tuple[int, int]) -> _Part:
        part = _Part(told.get("tool") or "collector", self.log, record, at, tuple(told.get("streams", ())))
        self.parts.append(part)
        return part

    def runs(self) -> list[Run]:
        """Give all runs of the log that state anything."""
        return [part.run(self.last) for part in self.parts if not part.split and part.streams]


def _or(told: int | None, before: int | None) -> int | None:
    return before if told is None else told


def _where(told: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    return {key: frozenset(values) for key, values in (told.get("where") or {}).items() if values}


def read(connection: duckdb.DuckDBPyConnection) -> list[Run]:
    """Read the runs of every collector's log in the case."""
    rows = connection.execute(
        "SELECT f.path, f.member, e.record, e.time_us, e.time_precision, e.event_id, e.proof FROM event AS e JOIN file AS o USING (file_no) "
        "JOIN file AS f USING (sha256) WHERE starts_with(e.source, 'collector.') AND e.proof IS NOT NULL ORDER BY f.file_no, e.record"
    ).fetchall()
    logs: dict[PurePath, _Reader] = {}
    for path, member, record, time, precision, event, proof in rows:
        log = PurePath(full(path, member))
        _, before, after = doubt(precision)
        told = json.loads(proof)["collection"]
        logs.setdefault(log, _Reader(log)).take(told, record, (time - before, time + after), event)
    return [run for reader in logs.values() for run in reader.runs()]
