"""When each step of a chain of events could have happened, given the order that is claimed and what was covered."""

from collections.abc import Iterable
from dataclasses import dataclass

from timeline.core.spans import Span, Spans
from timeline.core.verdict import Answer


@dataclass(frozen=True)
class Step:
    """One step: what its question found, as [t, t + precision), and where nobody could have seen it.

    It comes after the steps in `after` (at most `within` after each of them) and before those in `before`.
    """

    id: str
    verdict: Answer
    window: Span
    found: Spans = ()
    uncovered: Spans = ()
    after: tuple[str, ...] = ()
    within: int | None = None
    before: tuple[str, ...] = ()


@dataclass(frozen=True)
class Solved:
    """When the step could have happened; None and no windows if it could not."""

    step: str
    verdict: Answer
    earliest: int | None
    latest: int | None
    windows: Spans
    because: str


def solve(steps: Iterable[Step]) -> tuple[Solved, ...]:
    """Shrink the feasible times of all steps until they agree with each other, and say what set each border."""
    raise NotImplementedError
