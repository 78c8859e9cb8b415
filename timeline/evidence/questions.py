"""Puts a question to the case: its rows, and whether the evidence could have shown more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from timeline.case.store import like
from timeline.catalog import Need, Question
from timeline.core.spans import Span, Spans, tidy
from timeline.core.verdict import Need as Asked
from timeline.core.verdict import Verdict, Witness, censor, judge
from timeline.errors import CaseError
from timeline.evidence import frames
from timeline.evidence.knowledge import Knowledge
from timeline.evidence.witnesses import subject, witnesses

PRECISION = {"day": 86_400_000_000, "s": 1_000_000, "ms": 1000, "us": 1, "100ns": 1, "year_inferred": 1_000_000}
SECOND = 1_000_000
UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


@dataclass(frozen=True)
class Answered:
    """An answer: the rows, which of them are findings, the verdict, and where the findings lie as [t, t + precision)."""

    question: Question
    params: Mapping[str, str]
    window: Span
    rows: pl.DataFrame
    verdict: Verdict
    found: Spans
    needs: tuple[Asked, ...]

    @property
    def subject(self) -> str:
        """The parameters as people write them."""
        return ", ".join(f"{key}={value}" for key, value in self.params.items())


def _checked(question: Question, params: Mapping[str, str]) -> None:
    for name in params:
        if name not in question.parameters:
            known = ", ".join(question.parameters) or "none"
            raise CaseError(f"question {question.id}: unknown parameter {name!r}; its parameters are: {known}")


def select(knowledge: Knowledge, question: Question, params: Mapping[str, str], window: Span) -> pl.DataFrame:
    """Run a question's SELECT with its parameters bound."""
    _checked(question, params)
    bound: dict[str, object] = {name: like(params[name]) if params.get(name) else None for name in question.parameters}
    bound |= {"from_us": window[0], "to_us": window[1]}
    used = {name: value for name, value in bound.items() if f"${name}" in question.select}
    framed = (
        f"SELECT answer.*, event.time_precision AS precision_ FROM ({question.select}\n) AS answer "
        "LEFT JOIN event USING (event_id) ORDER BY answer.time_us, answer.event_id"
    )
    return frames.rows_of(knowledge.connection, framed, used)


def duration(told: str) -> int:
    """Read a duration such as 90d, 2h, 30m, 45s as microseconds."""
    if not told[:-1].isdigit() or told[-1:] not in UNITS:
        raise CaseError(f"{told!r} is no duration; write 90d, 2h, 30m or 45s")
    return int(told[:-1]) * UNITS[told[-1]] * SECOND


class Asker:
    """Answers questions about one case."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.zones = {zone.name: zone.objects for zone in knowledge.config.zones}

    def answer(self, question: Question, params: Mapping[str, str], window: Span | None = None) -> Answered:
        """Give rows and verdict of a question over a window (the case's)."""
        asked = window or self.knowledge.window
        rows = self._graded(question, params, select(self.knowledge, question, params, asked))
        marked = rows["verdict"].to_list() if "verdict" in rows.columns else ["found"] * rows.height
        found = [index for index, word in enumerate(marked) if word == "found"]
        needs = tuple(self._need(need, params, asked, rows[found]) for need in question.needs)
        verdict = judge(len(found), needs, candidates=rows.height - len(found))
        return Answered(question, params, asked, rows.drop("precision_"), verdict, _moments(rows[found]), needs)

    def _alternatives(self, need: Need, params: Mapping[str, str], window: Span) -> tuple[tuple[Witness, ...], ...]:
        wanted = subject(need, params, self.zones)
        ways: Sequence[tuple[str, ...]] = need.any or (need.actions,)
        return tuple(
            _once(each for action in way for each in witnesses(self.knowledge, action, wanted, window)) for way in ways
        )

    def _need(self, need: Need, params: Mapping[str, str], window: Span, rows: pl.DataFrame) -> Asked:
        if need.at == "issued_time":
            instants = _issued(rows)
            reach = (
                min((start for start, _ in instants), default=window[0]),
                max((end for _, end in instants), default=window[1]),
            )
            return Asked(instants, self._alternatives(need, params, reach))
        start = window[0] - duration(need.lookback)
        return Asked(((start, window[1]),), self._alternatives(need, params, (start, window[1])))

    def _graded(self, question: Question, params: Mapping[str, str], rows: pl.DataFrame) -> pl.DataFrame:
        """Of rows that stand on a need at their issued time, only those whose issuance was covered are findings."""
        late = [need for need in question.needs if need.at == "issued_time"]
        if not late or not rows.height:
            return rows
        covered = [self._covered_issue(late, params, at) for at in rows["issued_time_us"].to_list()]
        words = rows["verdict"].to_list() if "verdict" in rows.columns else ["found"] * rows.height
        graded = ["found" if sure and word == "found" else "unknown" for sure, word in zip(covered, words, strict=True)]
        return rows.with_columns(pl.Series("verdict", graded, pl.String))

    def _covered_issue(self, needs: list[Need], params: Mapping[str, str], at: int | None) -> bool:
        if at is None:
            return False
        day = 86_400 * SECOND
        reach = (at // day * day - day, at // day * day + 2 * day)
        asked = [Asked(((at, at + SECOND),), self._alternatives(need, params, reach)) for need in needs]
        return not judge(0, asked).spans


def _once(some: object) -> tuple[Witness, ...]:
    return tuple({each.stream: each for each in some}.values())  # type: ignore[attr-defined]


def _moments(rows: pl.DataFrame) -> Spans:
    pairs = zip(rows["time_us"].to_list(), rows["precision_"].to_list(), strict=True)
    return tidy((at, at + PRECISION.get(word or "us", 1)) for at, word in pairs)


def _issued(rows: pl.DataFrame) -> Spans:
    told = rows["issued_time_us"].to_list() if "issued_time_us" in rows.columns else []
    return tidy((at, at + SECOND) for at in told if at is not None)


def ask_row(answered: Answered) -> dict[str, object]:
    """Give one row of `timeline ask`."""
    times = (
        answered.rows.filter(pl.col("verdict") == "found")["time_us"]
        if "verdict" in answered.rows.columns
        else answered.rows["time_us"]
    )
    first, last = (int(times.min()), int(times.max())) if len(times) else (None, None)  # type: ignore[arg-type]
    flags = (
        censor(first, last, answered.window, answered.verdict.spans)
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
