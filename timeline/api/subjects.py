"""What a case says of things: rules put to it, one value everywhere, indicators from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from timeline.api.answers import Answers, Moment
from timeline.hunting.pivot import Pivot

if TYPE_CHECKING:
    from timeline.hunting.run import Outcome as Hunted
    from timeline.sigma.run import Outcome


class Subjects(Answers):
    """The part of a case that is searched for rules, values and indicators."""

    def sigma(
        self,
        rules: Path | str | Sequence[Path | str],
        start: Moment | None = None,
        end: Moment | None = None,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> Outcome:
        """Put Sigma rules (files and folders) to the case; give `verdicts`, `events` (one row a match) and what was `refused`."""
        from timeline.sigma.run import hunt  # noqa: PLC0415  pySigma is heavy, and only this needs it

        paths = [rules] if isinstance(rules, Path | str) else rules
        return hunt(self.knowledge, [Path(path) for path in paths], self._window(start, end), progress)

    def hunt(self, path: Path | str, start: Moment | None = None, end: Moment | None = None) -> pl.DataFrame:
        """Hunt the indicators of a file (list, CSV, STIX 2.1): rows as of `ask`, with `indicator, kind` in front."""
        return self.hunted(path, start, end).verdicts

    def hunted(self, path: Path | str, start: Moment | None = None, end: Moment | None = None) -> Hunted:
        """Give the same as `verdicts`, and the indicators that cannot be hunted as `refused`."""
        from timeline.hunting.run import hunt  # noqa: PLC0415  the grammar of STIX is heavy, and only this needs it

        return hunt(self.knowledge, Path(path), self._window(start, end))

    def pivot(self, value: str, start: Moment | None = None, end: Moment | None = None) -> pl.DataFrame:
        """Give where a value is: rows `value, column, source, stream, events, first, last, first_is, last_is`.

        `*` stands for anything; a range of addresses is written 198.51.100.0/24.
        """
        with closing(self._pivot(value, start, end)) as found:
            return found.places()

    def neighbours(self, value: str, start: Moment | None = None, end: Moment | None = None) -> pl.DataFrame:
        """Give what occurs in the same events as a value, the rarest first."""
        with closing(self._pivot(value, start, end)) as found:
            return found.neighbours()

    def unseen(self, value: str, start: Moment | None = None, end: Moment | None = None) -> pl.DataFrame:
        """Give when which stream that states such values could not have shown this one."""
        with closing(self._pivot(value, start, end)) as found:
            return found.unseen()

    def _pivot(self, value: str, start: Moment | None, end: Moment | None) -> Pivot:
        return Pivot(self.knowledge, value, self._window(start, end))
