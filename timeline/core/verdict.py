"""The answer to a question together with its coverage: an unknown is never shown as an absent."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from timeline.core.coverage import Coverage, Gap
from timeline.core.scope import Scope
from timeline.core.spans import Span, Spans


class Answer(StrEnum):
    """What can be said."""

    FOUND = "found"
    FOUND_INCOMPLETE = "found_incomplete"
    ABSENT = "absent"
    UNKNOWN = "unknown"
    REFUTED = "refuted"  # of the step of a chain only


class Strength(StrEnum):
    """How much an absence is worth, weakest first."""

    WEAK = "weak"
    STRONG = "strong"
    PROVEN = "proven"


class Censor(StrEnum):
    """What the first or last finding says about the world."""

    EXACT = "exact"
    NO_LATER_THAN = "no_later_than"
    NO_EARLIER_THAN = "no_earlier_than"


@dataclass(frozen=True)
class Witness:
    """A stream that could have seen it, with its gaps that overlap what was asked and the spans covered by inference.

    `completeness` is what its vendor promises: attested, complete or best_effort. Make it with `witness` or `nobody`.
    """

    stream: str
    completeness: str = "complete"
    gaps: tuple[Gap, ...] = ()
    inferred: Spans = ()


@dataclass(frozen=True)
class Need:
    """What must be covered at the asked instants: in one of the alternatives every witness."""

    asked: Spans
    alternatives: tuple[tuple[Witness, ...], ...]


@dataclass(frozen=True)
class Loss:
    """A gap of a stream that keeps a need from being met."""

    stream: str
    gap: Gap


@dataclass(frozen=True)
class Verdict:
    """The verdict, the strength if it is an absence, and what was not covered where no alternative was."""

    verdict: Answer
    strength: Strength | None
    uncovered: tuple[Loss, ...]
    spans: Spans


def witness(stream: str, completeness: str, covered: Coverage, subject: Scope) -> Witness:
    """Make a stream's witness for a subject: only what overlaps it counts."""
    raise NotImplementedError


def nobody(what: str) -> Witness:
    """Stand for the stream that the case lacks: it covers nothing."""
    raise NotImplementedError


def judge(rows: int, needs: Iterable[Need], candidates: int = 0) -> Verdict:
    """Weigh what was found against what could have been; all needs must be met, candidates forbid an absence."""
    raise NotImplementedError


def censor(first: int, last: int, window: Span, uncovered: Spans) -> tuple[Censor, Censor]:
    """Tell whether there may be something before the first and after the last finding, where nothing was covered."""
    raise NotImplementedError
