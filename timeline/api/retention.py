"""How long a case's logs are kept: policies, imports of configuration, audits and simulations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from timeline.api.answers import Answers, Moment, instant
from timeline.case import imported
from timeline.case.imported import Imported
from timeline.case.store import writer
from timeline.errors import CaseError
from timeline.evidence import frames
from timeline.evidence.audit import AUDIT, Audit, blamed
from timeline.evidence.policies import in_force
from timeline.evidence.simulate import NEEDED, Asked, Simulation
from timeline.globs import matches


class Retention(Answers):
    """The part of a case that is about policies."""

    def import_policies(self, paths: Sequence[Path | str], given: Mapping[str, str] | None = None) -> Imported:
        """Take configuration exports of platforms into the case: what they say stands in policies.toml from then on.

        `given` is what an export does not say itself (`bucket`, `host`, `trail`, …).
        """
        found = imported.add(self.root, [Path(path) for path in paths], given or {})
        self.close()
        self.__dict__.pop("config", None)
        return found

    def policies(self, stream: str = "*") -> pl.DataFrame:
        """Give the policies in force, copy by copy: who says so, what is still held, and what the oldest records say of it."""
        return in_force(self.knowledge, stream)

    def audit(self, chosen: Sequence[str] = (), on: Moment | None = None, prices: Path | None = None) -> pl.DataFrame:
        """Weigh the case's retention against frameworks in force (or the chosen ones), public incidents and the case's own questions."""
        if not self.file.exists():
            writer(self.file).close()  # policies can be weighed before there is any evidence
        at = self.knowledge.as_of if on is None else instant(on, "--on")
        audit = Audit(self.knowledge, at, prices)
        own = [Asked(self.question(step.question), step.params) for step in self.steps]
        rows = audit.frameworks(chosen)
        if not chosen:
            rows += audit.lessons() + audit.case(Simulation(self.knowledge, self._reader), own)
        return frames.frame(blamed(rows), AUDIT)

    def simulate(
        self,
        days: Sequence[int],
        names: Sequence[str] = (),
        streams: str = "*",
        params: Mapping[str, str] | None = None,
    ) -> pl.DataFrame:
        """Ask the case's questions as if every copy of the chosen streams had kept just so many days.

        A named question is asked as the case's chain asks it, unless `params` are given; without names the whole chain is.
        """
        if not any(matches(streams, name) for name in self.knowledge.names):
            raise CaseError(f"no stream of the case is called {streams!r}; `timeline sources` lists them")
        asked = [Asked(self.question(name), given) for name, given in self._chosen(names, params or {})]
        return Simulation(self.knowledge, self._reader, streams).rows(asked, days)

    def _chosen(self, names: Sequence[str], params: Mapping[str, str]) -> list[tuple[str, Mapping[str, str]]]:
        """Give the questions to simulate with their parameters."""
        chain = [(step.question, step.params) for step in self.steps]
        if not names:
            return chain or self._own(params)
        return [
            each
            for name in names
            for each in ([] if params else [step for step in chain if step[0] == name]) or [(name, params)]
        ]

    def needed(self) -> pl.DataFrame:
        """Give for each step of the case's chain how long its logs would have had to be kept: for today's answer, and for a whole one."""
        asked = [Asked(self.question(step.question), step.params) for step in self.steps]
        found = Simulation(self.knowledge, self._reader).bounds(asked)
        rows = [
            {
                "question": each.question.id,
                "verdict": bounds.verdict,
                "survives_days": bounds.survives,
                "needed_days": bounds.needed,
                "because": bounds.because,
            }
            for each, bounds in zip(asked, found, strict=True)
        ]
        return frames.frame(rows, NEEDED)
