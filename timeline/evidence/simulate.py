"""The case under another retention: what would have been lost, and what would have been there to answer with.

A shorter limit takes records away; a longer one cannot bring any back, it only says that they would have been kept. So a
question in whose way retention no longer stands is `answerable`, never absent: nobody knows what those records would have said,
and gaps that no retention mends stay what they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import duckdb
import polars as pl

from timeline.case.store import events_view
from timeline.catalog import Question, Source
from timeline.core.coverage import State, Stream
from timeline.core.policy import Limit, Policy, Semantics
from timeline.core.spans import BEGIN
from timeline.core.verdict import Answer, Loss
from timeline.evidence import frames
from timeline.evidence.knowledge import Knowledge
from timeline.evidence.questions import Answered, Asker
from timeline.globs import matches

DAY = 86_400_000_000
LONGEST = 7_305
"""Twenty years: a longer policy is none."""
ANSWERABLE = "answerable"
SHOWN = 3
SIMULATED: frames.Schema = {
    "question": pl.String,
    "subject": pl.String,
    "days": pl.Int64,
    "verdict": pl.String,
    "rows": pl.Int64,
    "now": pl.String,
    "survives_days": pl.Int64,
    "needed_days": pl.Int64,
    "because": pl.String,
}
NEEDED: frames.Schema = {
    "question": pl.String,
    "verdict": pl.String,
    "survives_days": pl.Int64,
    "needed_days": pl.Int64,
    "because": pl.String,
}
GONE = "e.kept AND NOT EXISTS (SELECT 1 FROM gone AS g WHERE g.stream = e.stream AND e.time_us >= g.start AND e.time_us < g.stop)"


@dataclass(frozen=True)
class Asked:
    """A question of the case with its parameters."""

    question: Question
    params: Mapping[str, str]


class Simulated(Knowledge):
    """The same case, in which every copy of the chosen streams that deletes by age (or not at all) keeps `days` days."""

    def __init__(
        self,
        base: Knowledge,
        connection: duckdb.DuckDBPyConnection,
        sources: Mapping[str, Source],
        days: int,
        streams: str,
    ) -> None:
        super().__init__(connection, base.config, base.root, sources)
        self.__dict__["facts"] = base.facts
        self.base, self.days, self.streams = base, days, streams

    def stream(self, name: str) -> Stream:
        """Give a stream under the simulated limit."""
        stream = self.base.stream(name)
        return _kept(stream, self.days) if matches(self.streams, name) else stream

    def gone(self) -> list[tuple[str, int, int]]:
        """List what the limit would have deleted, by stream."""
        reach = (min(self.window[0], min((each.first for each in self.facts.seen), default=0)), self.window[1])
        found = []
        for name in self.names:
            pieces = {
                (piece.start, piece.end)
                for _, atom in self.coverage(name, reach).items()
                for piece in atom
                if piece.state == State.EXPIRED
            }
            found += [(name, start, end) for start, end in sorted(pieces)]
        return found


def _kept(stream: Stream, days: int) -> Stream:
    """Give a stream whose copies keep so many days; rings, states and what was never switched on stay as they are."""
    stores = sorted({each.store for each in stream.policies} | {each.store for each in stream.collections})
    policies = [one for store in stores for one in _of(store, stream, days)]
    return replace(stream, policies=tuple(policies))


def _of(store: str, stream: Stream, days: int) -> list[Policy]:
    limit = (Limit(BEGIN, days * DAY),)
    known = [each for each in stream.policies if each.store == store] or [Policy(store)]
    fixed = {Semantics.RING, Semantics.STATE}
    return [
        each
        if each.semantics in fixed
        else replace(each, semantics=Semantics.ROLLING, limits=limit, evidence=(f"simulated: {days} days",))
        for each in known
    ]


def shrink(connection: duckdb.DuckDBPyConnection, knowledge: Simulated) -> None:
    """Take the records away that the simulated limit would have deleted; the case itself is not touched."""
    connection.execute("CREATE OR REPLACE TEMP TABLE gone (stream VARCHAR, start BIGINT, stop BIGINT)")
    rows = knowledge.gone()
    if rows:
        connection.executemany("INSERT INTO gone VALUES (?, ?, ?)", rows)
    zones = [(zone.name, zone.level, zone.objects) for zone in knowledge.config.zones]
    connection.execute(f"CREATE OR REPLACE TEMP VIEW events AS {events_view(zones, GONE)}")


class Simulation:
    """One case asked again under other limits; each length is worked out once."""

    def __init__(self, base: Knowledge, opened: Callable[[], duckdb.DuckDBPyConnection], streams: str = "*") -> None:
        self.base, self.opened, self.streams = base, opened, streams
        self.sources = {source.id: source for source in base.by_name.values()}
        self._askers: dict[int, Asker] = {}

    def rows(self, asked: Sequence[Asked], days: Iterable[int]) -> pl.DataFrame:
        """Ask the questions under each limit.

        `survives_days` is the shortest under which today's answer stays (a finding: at least one of its records), `needed_days` the
        shortest under which nothing that a question needs has expired.
        """
        lengths = sorted(set(days))
        asker = Asker(self.base)
        real = [asker.answer(each.question, each.params) for each in asked]
        verdicts = {length: self._answers(asked, length) for length in lengths}
        needed = [self._bounds(answer) for answer in real]
        rows = [
            _row(answer, verdicts[length][number], length, needed[number])
            for number, answer in enumerate(real)
            for length in lengths
        ]
        return frames.frame(rows, SIMULATED)

    def bounds(self, asked: Sequence[Asked]) -> list[Bounds]:
        """Give what each question asks of retention."""
        asker = Asker(self.base)
        return [self._bounds(asker.answer(each.question, each.params)) for each in asked]

    def _bounds(self, answer: Answered) -> Bounds:
        lost = [loss.stream for loss in answer.verdict.uncovered if loss.gap.state == State.EXPIRED]
        return Bounds(
            self._survives(answer), *self._needed(answer), str(answer.verdict.verdict), tuple(sorted(set(lost)))
        )

    def _answers(self, asked: Sequence[Asked], days: int) -> list[Answered]:
        with self.opened() as connection:
            knowledge = Simulated(self.base, connection, self.sources, days, self.streams)
            shrink(connection, knowledge)
            asker = Asker(knowledge)
            return [asker.answer(each.question, each.params) for each in asked]

    def _needed(self, answer: Answered) -> tuple[int | None, str]:
        """Search the shortest limit under which nothing that the question needs has expired: a longer one never covers less."""
        left = [loss for loss in self._losses(answer, LONGEST) if loss.gap.state != State.EXPIRED]
        told = (f"{loss.stream}: {loss.gap.state}{f' ({loss.gap.cause})' if loss.gap.cause else ''}" for loss in left)
        other = "; ".join(sorted(dict.fromkeys(told))[:SHOWN])
        because = f"no retention mends {other}" if other else ""
        return _shortest(lambda days: not self._expired(answer, days)), because

    def _survives(self, answer: Answered) -> int | None:
        """Search the shortest limit under which one of the found records would still be there, or the absence still covered."""
        if answer.verdict.verdict == Answer.ABSENT:
            return _shortest(lambda days: not self._losses(answer, days))
        found = self._events(answer)
        return _shortest(lambda days: any(self._there(each, days) for each in found)) if found else None

    def _events(self, answer: Answered) -> list[tuple[str, int]]:
        """Give stream and time of the found records, the latest first: they survive longest."""
        found = answer.finds.placed().filter("sure").drop_nulls("stream_")
        return found.group_by("stream_").agg(pl.col("time_us").max()).sort("time_us", "stream_", descending=True).rows()

    def _there(self, event: tuple[str, int], days: int) -> bool:
        stream, at = event
        knowledge = self._asker(days).knowledge
        pieces = (piece for _, atom in knowledge.coverage(stream, (at, at + 1)).items() for piece in atom)
        return any(piece.state != State.EXPIRED for piece in pieces)

    def _expired(self, answer: Answered, days: int) -> bool:
        return any(loss.gap.state == State.EXPIRED for loss in self._losses(answer, days))

    def _losses(self, answer: Answered, days: int) -> tuple[Loss, ...]:
        return self._asker(days).losses(answer)

    def _asker(self, days: int) -> Asker:
        if days not in self._askers:
            self._askers[days] = Asker(Simulated(self.base, self.base.connection, self.sources, days, self.streams))
        return self._askers[days]


class Bounds(NamedTuple):
    """What one question asks of retention, in days, and what stays open whatever it is."""

    survives: int | None
    needed: int | None
    because: str
    verdict: str
    expired: tuple[str, ...]


def _shortest(enough: Callable[[int], bool]) -> int | None:
    """Search the first length that is enough; what one length shows, every longer one does."""
    if not enough(LONGEST):
        return None
    low, high = 1, LONGEST
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return low


def _row(now: Answered, then: Answered, days: int, bounds: Bounds) -> dict[str, object]:
    return {
        "question": now.question.id,
        "subject": now.subject,
        "days": days,
        "verdict": _word(now, then),
        "rows": then.findings,
        "now": str(now.verdict.verdict),
        "survives_days": bounds.survives,
        "needed_days": bounds.needed,
        "because": bounds.because,
    }


def _word(now: Answered, then: Answered) -> str:
    """Name the simulated verdict: what retention alone would leave of the answer, for nothing else changes."""
    if then.findings:
        return str(then.verdict.verdict)
    expired = any(loss.gap.state == State.EXPIRED for loss in then.verdict.uncovered)
    if expired:
        return str(Answer.UNKNOWN)
    both = {now.verdict.verdict, then.verdict.verdict} == {Answer.ABSENT}
    return str(Answer.ABSENT) if both else ANSWERABLE
