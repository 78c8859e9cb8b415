"""Puts a question to the case: its rows, and whether the evidence could have shown more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import polars as pl

from timeline.case.local_times import doubt
from timeline.case.offsets import ClockSpec
from timeline.case.store import like
from timeline.catalog import Need, Question
from timeline.core.spans import BEGIN, Span, Spans, minus, tidy, union
from timeline.core.verdict import Loss, Verdict, Witness, censor, judge, nobody
from timeline.core.verdict import Need as Asked
from timeline.errors import CaseError
from timeline.evidence import frames
from timeline.evidence.borders import precisions, straddling
from timeline.evidence.finds import SHOWN, Finds, Statement, graded, shown
from timeline.evidence.forms import form
from timeline.evidence.knowledge import Knowledge
from timeline.evidence.moments import corrected, doubts, issued, moments, reaches
from timeline.evidence.own import refuse_strange_rows
from timeline.evidence.witnesses import Witnesses, subject
from timeline.globs import matches

SECOND = 1_000_000
MANY = 500  # of more names than these a scope is not worth cutting out
NEAR = 2 * 86_400 * SECOND  # no instant lasts longer, with what its clock leaves in doubt
UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


@dataclass(frozen=True)
class Answered:
    """An answer: its first rows, the verdict, and by `finds` what is known of all its rows.

    In `unseen` there may be more findings, beside the instants of candidates.
    """

    question: Question
    params: Mapping[str, str]
    window: Span
    verdict: Verdict
    finds: Finds
    needs: tuple[Asked, ...]
    unseen: Spans
    clocks: tuple[ClockSpec, ...] = ()

    @property
    def rows(self) -> pl.DataFrame:
        """The first rows by time, with all their columns."""
        return self.finds.rows

    @property
    def found_rows(self) -> pl.DataFrame:
        """Those of the first rows that are findings; the others are candidates."""
        return self.rows.filter(pl.col("verdict") == "found") if "verdict" in self.rows.columns else self.rows

    @cached_property
    def findings(self) -> int:
        """How many findings there are, shown or not."""
        return int(self.finds.keys["sure"].sum())

    @property
    def candidates(self) -> int:
        """How many candidates there are, shown or not."""
        return self.finds.keys.height - self.findings

    @cached_property
    def reach(self) -> tuple[int, int] | None:
        """The times of the first and the last finding."""
        times = self.finds.keys.filter("sure")["time_us"]
        return (int(times.min()), int(times.max())) if times.count() else None  # type: ignore[arg-type]

    @cached_property
    def placed(self) -> tuple[pl.DataFrame, tuple[str, ...]]:
        """The findings' times, precisions and streams, and the streams whose clocks were put right for them."""
        return corrected(self.finds.placed().filter("sure"), self.clocks)

    @cached_property
    def found(self) -> Spans:
        """Where the findings lie as [t, t + precision), by clocks that were put right."""
        return moments(self.placed[0])

    @cached_property
    def spans(self) -> Spans:
        """Where it may have happened: what was not covered, and the instants of candidates."""
        others = self.finds.placed().filter(~pl.col("sure")) if self.candidates else None
        return self.verdict.spans if others is None else union(self.verdict.spans, moments(others))

    @property
    def subject(self) -> str:
        """The parameters as people write them."""
        return ", ".join(f"{key}={value}" for key, value in self.params.items())

    def beside(self) -> Spans:
        """Give, of the instants of candidates, enough to tell whether some lie before the first or after the last finding."""
        others = self.finds.keys.filter(~pl.col("sure"))["time_us"].drop_nulls()
        if self.reach is None or not others.len():
            return ()
        first, last = self.reach
        low, high = int(others.min()), int(others.max())  # type: ignore[arg-type]
        sure = [(at, at + 1) for at in (low, high) if not first <= at <= last]
        near = [(first, first + NEAR)] * (low >= first) + [(last - NEAR, last)] * (high <= last)
        if not any(others.is_between(*span).any() for span in near):
            return tuple(sure)
        return union(tidy(sure), moments(self.finds.placed(near).filter(~pl.col("sure"))))


def _checked(question: Question, params: Mapping[str, str], window: Span) -> None:
    known = ", ".join(question.parameters) or "none"
    for name, told in params.items():
        if name not in question.parameters:
            raise CaseError(f"question {question.id}: unknown parameter {name!r}; its parameters are: {known}")
        if not told:
            raise CaseError(f"question {question.id}: parameter {name!r} is empty; leave it out if it may be anything")
    if window[0] >= window[1]:
        raise CaseError(f"question {question.id}: the window is empty; its start must be before its end")


def statement(knowledge: Knowledge, question: Question, params: Mapping[str, str], window: Span) -> Statement:
    """Bind a question's parameters."""
    bound: dict[str, object] = {name: like(params[name]) if params.get(name) else None for name in question.parameters}
    bound |= {"from_us": window[0], "to_us": window[1]}
    if "places" in question.select:
        _ = knowledge.located
    return Statement(knowledge.connection, question, bound)


def duration(told: str) -> int:
    """Read a duration such as 90d, 2h, 30m, 45s as microseconds."""
    if not (told[:-1].isascii() and told[:-1].isdigit()) or told[-1:] not in UNITS:
        raise CaseError(f"{told!r} is no duration; write 90d, 2h, 30m or 45s")
    return int(told[:-1]) * UNITS[told[-1]] * SECOND


class Asker:
    """Answers questions about one case."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.witnesses = Witnesses(knowledge)
        self.zones = {zone.name: zone.objects for zone in knowledge.config.zones}
        self._called: dict[str, tuple[str, ...]] = {}

    def answer(
        self, question: Question, params: Mapping[str, str], window: Span | None = None, most: int | None = SHOWN
    ) -> Answered:
        """Give the first rows of a question over a window (the case's; all rows if `most` is None), and its verdict by all of them."""
        asked = window or self.knowledge.window
        _checked(question, params, asked)
        formed = {name: form(name, told) for name, told in params.items()}
        made = statement(self.knowledge, question, formed, asked)
        refuse_strange_rows(made)
        keys = made.keys()
        issuable = self._issuable(question, formed, keys)
        finds = shown(made, graded(keys, issuable), issuable, most)
        found, others = finds.keys.filter("sure"), finds.keys.filter(~pl.col("sure"))
        needs = tuple(self._doubtful(need, self._need(need, formed, asked, found), asked) for need in question.needs)
        verdict = self._doubted(judge(found.height, needs, candidates=others.height), question, formed, others)
        verdict = replace(verdict, spans=union(verdict.spans, *map(_echoes, question.needs, needs)))
        before = self._before(question, formed, asked) if found.height else ()
        odd = doubts(finds.placed().filter("sure")) if found.height and self._odd else ()
        clocks = self.knowledge.config.clocks
        return Answered(question, params, asked, verdict, finds, needs, union(verdict.spans, before, odd), clocks)

    @cached_property
    def _odd(self) -> bool:
        """Whether clocks that were put back or forward leave the time of some records in doubt."""
        return any(any(doubt(word)[1:]) for word in self._precisions)

    @cached_property
    def _precisions(self) -> tuple[str | None, ...]:
        return precisions(self.knowledge.connection)

    def _doubtful(self, need: Need, asked: Asked, window: Span) -> Asked:
        """Leave a need unmet where records of what it asks about state no time, or one at the border: they may be of the window."""
        actions = sorted({each for way in (need.actions, *need.any) for each in way})
        (told,) = self.knowledge.connection.execute(
            "SELECT count(*) FROM undated WHERE kept AND action IN (SELECT unnest($1::VARCHAR[]))", [actions]
        ).fetchall()
        doubts = [nobody(f"{told[0]} record(s) of such events state no time")] if told[0] else []
        doubts += straddling(self.knowledge.connection, window, actions, self._precisions)
        return replace(asked, alternatives=tuple((*way, *doubts) for way in asked.alternatives)) if doubts else asked

    def losses(self, answered: Answered) -> tuple[Loss, ...]:
        """Give what of this answer's needs is not covered here, where other coverage than the answer's may hold."""
        formed = {name: form(name, told) for name, told in answered.params.items()}
        needs = [self._need(need, formed, answered.window, answered.finds.keys) for need in answered.question.needs]
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
        """Add why the issuance of candidates cannot be checked."""
        if not candidates.height:
            return verdict
        losses = list(verdict.uncovered)
        for need in question.needs:
            if need.at == "issued_time" and (instants := issued(candidates)):
                reach = (instants[0][0], instants[-1][1])
                losses += Asked((reach,), self._alternatives(need, params, reach)).losses()
        return replace(verdict, uncovered=tuple(dict.fromkeys(losses)))

    def _issuable(self, question: Question, params: Mapping[str, str], keys: pl.DataFrame) -> Spans | None:
        """Give when, near the issuances that rows claim, one would have been seen; None of a question that does not stand on it."""
        late = [need for need in question.needs if need.at == "issued_time"]
        return union(*(self._issued(late, params, reach) for reach in reaches(keys))) if late else None

    def _issued(self, needs: list[Need], params: Mapping[str, str], reach: Span) -> Spans:
        """Give when, within a reach of time, an issuance would have been seen."""
        asked = [Asked((reach,), self._alternatives(need, params, reach)) for need in needs]
        return minus((reach,), judge(0, asked).spans)


def _echoes(need: Need, asked: Asked) -> Spans:
    """Give what a loss leaves in doubt beyond itself: all that would have been compared with what was lost there."""
    reach = duration(need.lookback)
    lost = minus(asked.asked, asked.met()) if reach else ()
    return tidy((start, min(end + reach, asked.asked[-1][1])) for start, end in lost)


def _spoken(pair: tuple[str | None, ...], globs: Iterable[str]) -> list[str]:
    return [each for each in pair if each and any(matches(glob, each) for glob in globs)]


def _once(some: Iterable[Witness]) -> tuple[Witness, ...]:
    return tuple(dict.fromkeys(some))


def ask_row(answered: Answered) -> dict[str, object]:
    """Give one row of `timeline ask`."""
    first, last = answered.reach or (None, None)
    flags = (
        censor(first, last, (answered.window[0] - 1, answered.window[1]), union(answered.unseen, answered.beside()))
        if first is not None and last is not None
        else (None, None)
    )
    return {
        "question": answered.question.id,
        "subject": answered.subject,
        "verdict": str(answered.verdict.verdict),
        "strength": None if answered.verdict.strength is None else str(answered.verdict.strength),
        "rows": answered.findings,
        "first": first,
        "last": last,
        "first_is": None if flags[0] is None else str(flags[0]),
        "last_is": None if flags[1] is None else str(flags[1]),
        "uncovered": [frames.loss_row(loss.stream, loss.gap) for loss in answered.verdict.uncovered],
    }
