"""What a case says of things: rules put to it, one value everywhere, indicators from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from timeline.api.answers import Answers, Moment

if TYPE_CHECKING:
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
