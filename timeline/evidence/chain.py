"""The chain of the case: each step's question answered, then the order of events lets the unseen steps be bounded."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from timeline.catalog import Question
from timeline.core.chain import Step, solve
from timeline.errors import CaseError
from timeline.evidence import frames
from timeline.evidence.questions import Asker


def chain(asker: Asker, questions: Mapping[str, Question]) -> pl.DataFrame:
    """Give one row for each step: verdict, earliest, latest, feasible windows and why."""
    window, steps = asker.knowledge.window, []
    for spec in asker.knowledge.config.steps:
        if spec.question not in questions:
            raise CaseError(
                f"case.toml: step {spec.id!r} asks {spec.question!r}; known questions are {', '.join(questions)}"
            )
        answered = asker.answer(questions[spec.question], spec.params)
        steps.append(
            Step(
                spec.id,
                answered.verdict.verdict,
                window,
                answered.found,
                answered.verdict.spans,
                spec.after,
                spec.within,
                spec.before,
            )
        )
    rows: list[dict[str, object]] = [
        {
            "step": each.step,
            "verdict": str(each.verdict),
            "earliest": frames.moment(each.earliest),
            "latest": frames.moment(each.latest),
            "windows": frames.windows(each.windows),
            "because": each.because,
        }
        for each in solve(steps)
    ]
    return frames.frame(rows, frames.CHAIN)
