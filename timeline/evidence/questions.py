"""Puts a question to the case: its rows, and whether the evidence could have shown more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import duckdb
import polars as pl

from timeline.case.store import like
from timeline.catalog import Need, Question
from timeline.core.spans import BEGIN, Span, Spans, minus, union
from timeline.core.verdict import Loss, Verdict, Witness, censor, judge, nobody
from timeline.core.verdict import Need as Asked
from timeline.errors import CaseError
from timeline.evidence import frames, stages
from timeline.evidence.forms import form
from timeline.evidence.knowledge import Knowledge
from timeline.evidence.moments import corrected, doubts, inside, issued, moments, reaches
from timeline.evidence.witnesses import Witnesses, subject
from timeline.globs import matches

SECOND = 1_000_000
MANY = 500  # of more names than these a scope is not worth cutting out
UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


@dataclass(frozen=True)
class Answered:
    """An answer: the rows, the verdict, and where the findings lie as [t, t + precision).

    `placed` are the findings' times and precisions, `moved` the streams whose clocks were put right for them; in `unseen` there may
    be more.
    """

    question: Question
    params: Mapping[str, str]
    window: Span
    rows: pl.DataFrame
    verdict: Verdict
    placed: pl.DataFrame
    moved: tuple[str, ...]
    needs: tuple[Asked, ...]
    unseen: Spans

    @cached_property
    def found(self) -> Spans:
        """Where the findings lie, by clocks that were put right."""
        return moments(self.placed)

    @property
    def found_rows(self) -> pl.DataFrame:
        """The rows that are findings; the others are candidates."""
        return self.rows.filter(pl.col("verdict") == "found") if "verdict" in self.rows.columns else self.rows

    @property
    def subject(self) -> str:
        """The parameters as people write them."""
        return ", ".join(f"{key}={value}" for key, value in self.params.items())


def _checked(question: Question, params: Mapping[str, str], window: Span) -> None:
    known = ", ".join(question.parameters) or "none"
    for name, told in params.items():
        if name not in question.parameters:
            raise CaseError(f"question {question.id}: unknown parameter {name!r}; its parameters are: {known}")
        if not told:
            raise CaseError(f"question {question.id}: parameter {name!r} is empty; leave it out if it may be anything")
    if window[0] >= window[1]:
        raise CaseError(f"question {question.id}: the window is empty; its start must be before its end")


def select(knowledge: Knowledge, question: Question, params: Mapping[str, str], window: Span) -> pl.DataFrame:
    """Run a question's SELECT with its parameters bound."""
    bound: dict[str, object] = {name: like(params[name]) if params.get(name) else None for name in question.parameters}
    bound |= {"from_us": window[0], "to_us": window[1]}
    if "places" in question.select:
        _ = knowledge.located
    try:
        own = stages.standing(knowledge.connection, question, bound)
        framed = (
            f"SELECT answer.*, event.time_precision AS precision_, event.stream AS stream_ FROM ({own}\n) AS answer "
            "LEFT JOIN event USING (event_id) ORDER BY answer.time_us, answer.event_id"
        )
        return frames.rows_of(knowledge.connection, framed, stages.within(own, bound))
    except (duckdb.BinderException, duckdb.CatalogException) as error:
        raise CaseError(
            f"question {question.id}: its SELECT does not run: {str(error).partition('LINE')[0].strip()}"
        ) from None


def duration(told: str) -> int:
    """Read a duration such as 90d, 2h, 30m, 45s as microseconds."""
    if not told[:-1].isdigit() or told[-1:] not in UNITS:
        raise CaseError(f"{told!r} is no duration; write 90d, 2h, 30m or 45s")
    return int(told[:-1]) * UNITS[told[-1]] * SECOND


class Asker:
    """Answers questions about one case."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.witnesses = Witnesses(knowledge)
        self.zones = {zone.name: zone.objects for zone in knowledge.config.zones}
        self._called: dict[str, tuple[str, ...]] = {}

    def answer(self, question: Question, params: Mapping[str, str], window: Span | None = None) -> Answered:
        """Give rows and verdict of a question over a window (the case's)."""
        asked = window or self.knowledge.window
        _checked(question, params, asked)
        formed = {name: form(name, told) for name, told in params.items()}
        rows = self._graded(question, formed, select(self.knowledge, question, formed, asked))
        sure = pl.col("verdict").eq_missing("found") if "verdict" in rows.columns else pl.lit(value=True)
        found, others = rows.filter(sure), rows.filter(~sure)
        needs = tuple(self._doubtful(need, self._need(need, formed, asked, found)) for need in question.needs)
        verdict = self._doubted(judge(found.height, needs, candidates=others.height), question, formed, others)
        unseen = union(verdict.spans, self._before(question, formed, asked) if found.height else (), doubts(found))
        times, moved = corrected(found.select("time_us", "precision_", "stream_"), self.knowledge.config.clocks)
        return Answered(
            question, params, asked, rows.drop("precision_", "stream_"), verdict, times, moved, needs, unseen
        )

    def _doubtful(self, need: Need, asked: Asked) -> Asked:
        """Leave a need unmet where records of what it asks about state no time: they may be of any window."""
        actions = sorted({each for way in (need.actions, *need.any) for each in way})
        (told,) = self.knowledge.connection.execute(
            "SELECT count(*) FROM undated WHERE kept AND action IN (SELECT unnest($1::VARCHAR[]))", [actions]
        ).fetchall()
        if not told[0]:
            return asked
        doubt = nobody(f"{told[0]} record(s) of such events state no time")
        return replace(asked, alternatives=tuple((*way, doubt) for way in asked.alternatives))

    def losses(self, answered: Answered) -> tuple[Loss, ...]:
        """Give what of this answer's needs is not covered here, where other coverage than the answer's may hold."""
        formed = {name: form(name, told) for name, told in answered.params.items()}
        needs = [self._need(need, formed, answered.window, answered.rows) for need in answered.question.needs]
        return judge(0, needs).uncovered

    def _alternatives(self, need: Need, params: Mapping[str, str], window: Span) -> tuple[tuple[Witness, ...], ...]:
        names = {told: self._names(told) for name, told in params.items() if need.restrict.get("actor") == f"${name}"}
        wanted = subject(need, params, self.zones, names)
        ways: Sequence[tuple[str, ...]] = need.any or (need.actions,)
        found = (_once(each for action in way for each in self.witnesses.of(action, wanted, window)) for way in ways)
        return tuple(some or (nobody("no log could show it"),) for some in found)

    def _names(self, actor: str) -> tuple[str, ...]:
        """Give the names or ids by which settings speak of these principals; any, where the case cannot put the one to the other."""
        if actor not in self._called:
            self._called[actor] = self._looked_up(actor)
        return self._called[actor]

    def _looked_up(self, actor: str) -> tuple[str, ...]:
        config = self.knowledge.config
        spoken = {each for spec in config.collections for each in spec.subjects}
        spoken |= {each for spec in config.policies for each in spec.where.get("actor", ())}
        if not spoken:
            return (actor,)
        pairs = self.knowledge.connection.execute(
            "SELECT DISTINCT actor, actor_id FROM event "
            "WHERE lower(actor) LIKE $actor ESCAPE '\\' OR lower(actor_id) LIKE $actor ESCAPE '\\'",
            {"actor": like(actor)},
        ).fetchall()
        nameless = "@" not in actor and not any(name for name, _ in pairs) and any("@" in each for each in spoken)
        unnumbered = not any(number for _, number in pairs) and any("@" not in each for each in spoken)
        called = {each for pair in pairs for each in _spoken(pair, spoken) or [actor]}
        called |= {actor} if "*" in actor or not pairs else set()
        return ("*",) if nameless or unnumbered or len(called) > MANY else tuple(sorted(called))

    def _need(self, need: Need, params: Mapping[str, str], window: Span, rows: pl.DataFrame) -> Asked:
        if need.at == "issued_time":
            instants = issued(rows)
            reach = (instants[0][0], instants[-1][1]) if instants else window
            return Asked(instants, self._alternatives(need, params, reach))
        start = window[0] - duration(need.lookback)
        return Asked(((start, window[1]),), self._alternatives(need, params, (start, window[1])))

    def _before(self, question: Question, params: Mapping[str, str], window: Span) -> Spans:
        """Where nobody states when the case begins, give the instant before its oldest record if more could have been there."""
        if self.knowledge.config.start != BEGIN or window[0] != self.knowledge.window[0]:
            return ()
        reach = (BEGIN, window[0])
        over = [need for need in question.needs if need.at != "issued_time"]
        asked = [Asked((reach,), self._alternatives(need, params, reach)) for need in over]
        return ((window[0] - 1, window[0]),) if judge(0, asked).spans else ()

    def _doubted(
        self, verdict: Verdict, question: Question, params: Mapping[str, str], candidates: pl.DataFrame
    ) -> Verdict:
        """Add what candidates leave open: it may have happened at their times, and why their issuance cannot be checked."""
        if not candidates.height:
            return verdict
        losses = list(verdict.uncovered)
        for need in question.needs:
            if need.at == "issued_time" and (instants := issued(candidates)):
                reach = (instants[0][0], instants[-1][1])
                losses += Asked((reach,), self._alternatives(need, params, reach)).losses()
        spans = union(verdict.spans, moments(candidates))
        return replace(verdict, uncovered=tuple(dict.fromkeys(losses)), spans=spans)

    def _graded(self, question: Question, params: Mapping[str, str], rows: pl.DataFrame) -> pl.DataFrame:
        """Of rows that stand on a need at their issued time, only those whose issuance was covered are findings."""
        late = [need for need in question.needs if need.at == "issued_time"]
        if not late or not rows.height:
            return rows
        covered = union(*(self._issuable(late, params, reach) for reach in reaches(rows)))
        sure = inside(rows["issued_time_us"], covered)
        if "verdict" in rows.columns:
            sure &= rows["verdict"].eq_missing("found")
        return rows.with_columns(verdict=pl.when(sure).then(pl.lit("found")).otherwise(pl.lit("unknown")))

    def _issuable(self, needs: list[Need], params: Mapping[str, str], reach: Span) -> Spans:
        """Give when, within a reach of time, an issuance would have been seen."""
        asked = [Asked((reach,), self._alternatives(need, params, reach)) for need in needs]
        return minus((reach,), judge(0, asked).spans)


def _spoken(pair: tuple[str | None, ...], globs: Iterable[str]) -> list[str]:
    return [each for each in pair if each and any(matches(glob, each) for glob in globs)]


def _once(some: Iterable[Witness]) -> tuple[Witness, ...]:
    return tuple(dict.fromkeys(some))


def ask_row(answered: Answered) -> dict[str, object]:
    """Give one row of `timeline ask`."""
    times = answered.found_rows["time_us"]
    first, last = (int(times.min()), int(times.max())) if len(times) else (None, None)  # type: ignore[arg-type]
    flags = (
        censor(first, last, (answered.window[0] - 1, answered.window[1]), answered.unseen)
        if first is not None and last is not None
        else (None, None)
    )
    return {
        "question": answered.question.id,
        "subject": answered.subject,
        "verdict": str(answered.verdict.verdict),
        "strength": None if answered.verdict.strength is None else str(answered.verdict.strength),
        "rows": len(times),
        "first": first,
        "last": last,
        "first_is": None if flags[0] is None else str(flags[0]),
        "last_is": None if flags[1] is None else str(flags[1]),
        "uncovered": [frames.loss_row(loss.stream, loss.gap) for loss in answered.verdict.uncovered],
    }
