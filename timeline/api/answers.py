"""What a case answers: questions, verdicts, chains, gaps and what could still be collected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl

from timeline.api.opened import Opened
from timeline.case.config import StepSpec
from timeline.case.values import moment
from timeline.catalog import Question
from timeline.core.spans import Span
from timeline.errors import CaseError
from timeline.evidence import compare, frames
from timeline.evidence.chain import chain
from timeline.evidence.explain import explained, when
from timeline.evidence.preserve import preserve
from timeline.evidence.questions import Answered, ask_row
from timeline.evidence.reasons import reasons

Moment = int | str | datetime
"""An instant: microseconds since 1970, a text as on the command line, or a datetime; UTC unless it states its zone."""


class Answers(Opened):
    """The part of a case that is asked."""

    def question(self, name: str) -> Question:
        """Give a question by its id."""
        if name not in self.questions:
            raise CaseError(f"unknown question {name!r}; `timeline queries` lists them: {', '.join(self.questions)}")
        return self.questions[name]

    @property
    def steps(self) -> tuple[StepSpec, ...]:
        """The steps of the case's chain; a CaseError while something that a playbook left open is not filled in."""
        if self.config.blanks:
            told = "The chain waits for these: fill them in, or take out a parameter that may be anything, or a step that does not fit."
            raise CaseError("\n".join([*self.config.blanks, told]))
        return self.config.steps

    def answer(
        self, name: str, params: Mapping[str, str] | None = None, start: Moment | None = None, end: Moment | None = None
    ) -> Answered:
        """Give the answer to one question: the verdict by all its rows, and the first 10,000 of them (`query` gives all)."""
        return self.asker.answer(self.question(name), params or {}, self._window(start, end))

    def query(
        self, name: str, params: Mapping[str, str] | None = None, start: Moment | None = None, end: Moment | None = None
    ) -> pl.DataFrame:
        """Give all rows that a question finds."""
        rows = self.asker.answer(self.question(name), params or {}, self._window(start, end), most=None).rows
        return rows.with_columns(pl.col(pl.Datetime).dt.replace_time_zone("UTC"))

    def queries(self) -> pl.DataFrame:
        """List the questions."""
        rows = [
            {
                "question": each.id,
                "text": each.question,
                "parameters": ", ".join(each.parameters),
                "attack": ", ".join(each.attack),
            }
            for each in self.questions.values()
        ]
        return pl.DataFrame(rows, schema=dict.fromkeys(("question", "text", "parameters", "attack"), pl.String))

    def ask(
        self,
        names: str | Sequence[str] = (),
        params: Mapping[str, str] | None = None,
        start: Moment | None = None,
        end: Moment | None = None,
    ) -> pl.DataFrame:
        """Put questions to the case: those named with the given parameters, or else those of the case's chain and every other one."""
        asked = self._asked(names, params or {})
        return frames.frame([ask_row(self.answer(name, given, start, end)) for name, given in asked], frames.ASK)

    def reasons(
        self,
        names: str | Sequence[str] = (),
        params: Mapping[str, str] | None = None,
        start: Moment | None = None,
        end: Moment | None = None,
    ) -> pl.DataFrame:
        """Give the same rows with what they rest on: `evidence` (records), `coverage` (by need and stream), `method` (SQL), `explanation`."""
        asked = self._asked(names, params or {})
        return reasons(self.knowledge, (self.answer(name, given, start, end) for name, given in asked))

    def _asked(self, names: str | Sequence[str], params: Mapping[str, str]) -> list[tuple[str, Mapping[str, str]]]:
        named = [names] if isinstance(names, str) else names
        return [(name, params) for name in named] or self._own(params)

    def _own(self, params: Mapping[str, str]) -> list[tuple[str, Mapping[str, str]]]:
        known = {key for each in self.questions.values() for key in each.parameters}
        if unknown := [key for key in params if key not in known]:
            raise CaseError(
                f"no question has the parameter {unknown[0]!r}; the parameters are: {', '.join(sorted(known))}"
            )
        own = [(step.question, step.params) for step in self.steps] if not params else []
        own = [each for number, each in enumerate(own) if each not in own[:number]]
        asked = {name for name, _ in own}
        rest = [
            (each.id, {key: value for key, value in params.items() if key in each.parameters})
            for each in self.questions.values()
            if each.id not in asked
        ]
        return [*own, *rest]

    def chain(self) -> pl.DataFrame:
        """Bound the steps of the case's chain: when could each have happened, and why then."""
        steps = self.steps  # what is not filled in is asked for before anything else
        return chain(self.asker, self.questions, steps)

    def gaps(self, stream: str = "*") -> pl.DataFrame:
        """Give all that is not covered, by stream and time: why, since when, and whether it can be mended; `key` names a gap in notes."""
        return self.knowledge.gaps(stream)

    def explain(self, stream: str = "*", at: Moment | None = None) -> pl.DataFrame:
        """Give the same rows, those around an instant if one is told, each with its reasoning in plain words."""
        return explained(self.knowledge, stream, None if at is None else instant(at, "--at"))

    def coverage(self) -> pl.DataFrame:
        """Give every state of every stream over the case's window."""
        return self.knowledge.pieces()

    def fingerprints(self) -> pl.DataFrame:
        """Give one hash of the records and one of the coverage of each stream, and of all of them (`*`)."""
        return compare.fingerprints(self.knowledge)

    def diff(self, other: Answers) -> pl.DataFrame:
        """Give what is different in another case: files, coverage, and the verdicts of both cases' questions."""
        states = compare.differences(self.knowledge, other.knowledge)
        return pl.concat([states, compare.verdicts(self.ask(), other.ask())])

    def preserve(self) -> pl.DataFrame:
        """Give what stores still hold for the open questions, the soonest to expire first, with the command that collects it."""
        return preserve(self.knowledge, [self.answer(name, params) for name, params in self._own({})])

    def _window(self, start: Moment | None, end: Moment | None) -> Span | None:
        if start is None and end is None:
            return None
        first, last = self.knowledge.window
        asked = (first if start is None else instant(start, "--from"), last if end is None else instant(end, "--to"))
        if asked[0] >= asked[1]:
            told = f"from {when(asked[0])} to {when(asked[1])}"
            raise CaseError(f"--from must be before --to: {told} there is no time (what is left out is the case's)")
        return asked


def instant(told: Moment, name: str) -> int:
    """Read an instant as µs; `name` is what a mistake is called."""
    return told if isinstance(told, int) else moment(told if isinstance(told, str) else told.isoformat(), name)
