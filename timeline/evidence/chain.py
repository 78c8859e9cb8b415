"""The chain of the case: each step's question answered, then the order of events lets the unseen steps be bounded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from timeline.case.config import StepSpec
from timeline.catalog import Question
from timeline.core.chain import Solved, Step, solve
from timeline.core.spans import common, tidy
from timeline.core.verdict import Answer, Loss
from timeline.errors import CaseError
from timeline.evidence import frames
from timeline.evidence.questions import Answered, Asker


def chain(asker: Asker, questions: Mapping[str, Question], specs: Iterable[StepSpec]) -> pl.DataFrame:
    """Give one row for each step: verdict, earliest, latest, feasible windows and why."""
    answers: dict[str, Answered] = {}
    steps = []
    for spec in specs:
        answered = answers[spec.id] = _answered(asker, questions[spec.question], spec)
        word, window = answered.verdict.verdict, asker.knowledge.window
        steps.append(Step(spec.id, word, window, answered.found, answered.spans, spec.after, spec.within, spec.before))
    rows = [_row(solved, answers[solved.step]) for solved in solve(steps)]
    return frames.frame(rows, frames.CHAIN)


def _answered(asker: Asker, question: Question, spec: StepSpec) -> Answered:
    try:
        return asker.answer(question, spec.params)
    except CaseError as error:
        raise CaseError(f"chain step {spec.id!r}: {error}") from error


def _row(solved: Solved, answered: Answered) -> dict[str, object]:
    losses = answered.verdict.uncovered
    unseen = f"; {lost}" if solved.verdict == Answer.UNKNOWN and (lost := _lost(solved, losses)) else ""
    moved = answered.placed[1]
    clocks = f"; put right by the clocks that case.toml accepts: {', '.join(moved)}" if moved else ""
    return {
        "step": solved.step,
        "verdict": str(solved.verdict),
        "earliest": frames.moment(solved.earliest),
        "latest": frames.moment(solved.latest),
        "windows": frames.windows(solved.windows),
        "because": solved.because + unseen + clocks,
    }


def _lost(solved: Solved, losses: Iterable[Loss]) -> str:
    """Say which logs are silent in the feasible windows, and why."""
    told = [
        f"{loss.stream} is {loss.gap.state}{f' ({loss.gap.cause})' if loss.gap.cause else ''}"
        for loss in losses
        if common(tidy([(loss.gap.start, loss.gap.end)]), solved.windows)
    ]
    return f"nobody can see inside: {', '.join(dict.fromkeys(told))}" if told else ""
