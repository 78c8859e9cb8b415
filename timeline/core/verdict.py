"""The answer to a question together with its coverage: an unknown is never shown as an absent."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import reduce

from timeline.core.coverage import Coverage, Gap, Piece, State, gaps
from timeline.core.scope import Scope, overlap
from timeline.core.spans import BEGIN, END, Span, Spans, clip, common, minus, tidy, union


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


WORTH = {"attested": Strength.PROVEN, "complete": Strength.STRONG, "best_effort": Strength.WEAK}
LEVELS = tuple(Strength)


@dataclass(frozen=True)
class Witness:
    """A stream that could have seen it, with its gaps that overlap what was asked and the spans covered by inference.

    `completeness` is what its vendor promises: attested, complete or best_effort; in `proven` spans the log itself shows that
    nothing is missing, whatever its vendor promises. Make it with `witness` or `nobody`.
    """

    stream: str
    completeness: str = "complete"
    gaps: tuple[Gap, ...] = ()
    inferred: Spans = ()
    proven: Spans = ()

    def met(self, asked: Spans, level: Strength = Strength.WEAK) -> Spans:
        """Give the asked instants at which an absence here is worth at least so much."""
        if LEVELS.index(WORTH.get(self.completeness, Strength.WEAK)) < LEVELS.index(level):
            asked = common(asked, self.proven)
        weak = self.inferred if level != Strength.WEAK else ()
        return minus(asked, union(tidy((gap.start, gap.end) for gap in self.gaps), weak))


@dataclass(frozen=True)
class Need:
    """What must be covered at the asked instants (tidy spans): every witness of at least one of the alternatives."""

    asked: Spans
    alternatives: tuple[tuple[Witness, ...], ...]

    def met(self, level: Strength = Strength.WEAK) -> Spans:
        """Give the asked instants at which an alternative is covered; one without witnesses never is."""
        return union(*(_met(witnesses, self.asked, level) for witnesses in self.alternatives if witnesses))

    def losses(self) -> Iterable["Loss"]:
        """Name what is not covered in any alternative where none is met."""
        unmet = minus(self.asked, self.met())
        for one in {w: None for witnesses in self.alternatives for w in witnesses or (nobody(),)} or (nobody(),):
            for gap in one.gaps:
                spans = clip(unmet, (gap.start, gap.end))
                yield from (Loss(one.stream, replace(gap, start=start, end=end)) for start, end in spans)


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
    concerned = [pieces for part, pieces in covered.parts if overlap(part, subject)]
    found = tuple(gap for gap in gaps(covered, (BEGIN, END)) if overlap(gap.scope, subject))
    pieces = [piece for some in concerned for piece in some]
    proven = minus(
        _spans(pieces, "attestation"), tidy((p.start, p.end) for p in pieces if not _covered(p, "attestation"))
    )
    return Witness(stream, completeness, found, _spans(pieces, "inferred"), proven)


def _covered(piece: Piece, basis: str) -> bool:
    return piece.state == State.COVERED and piece.basis == basis


def _spans(pieces: Iterable[Piece], basis: str) -> Spans:
    """Give the spans that are covered for this reason."""
    return tidy((piece.start, piece.end) for piece in pieces if _covered(piece, basis))


def nobody(what: str = "") -> Witness:
    """Stand for a stream that the case lacks: it covers nothing."""
    cause = "no stream of the case could have recorded it"
    return Witness(what, "best_effort", (Gap(BEGIN, END, State.UNKNOWN, cause, "inferred"),))


def judge(rows: int, needs: Iterable[Need], candidates: int = 0) -> Verdict:
    """Weigh what was found against what could have been; all needs must be met, candidates forbid an absence."""
    needs = tuple(needs)
    spans = union(*(minus(need.asked, need.met()) for need in needs))
    uncovered = tuple(dict.fromkeys(loss for need in needs for loss in need.losses()))
    complete = not spans and not candidates and any(need.asked for need in needs)
    if rows:
        return Verdict(Answer.FOUND if complete else Answer.FOUND_INCOMPLETE, None, uncovered, spans)
    if not complete:
        return Verdict(Answer.UNKNOWN, None, uncovered, spans)
    reached = [level for level in LEVELS if not any(minus(need.asked, need.met(level)) for need in needs)]
    return Verdict(Answer.ABSENT, reached[-1], (), ())


def censor(first: int, last: int, window: Span, uncovered: Spans) -> tuple[Censor, Censor]:
    """Tell whether there may be something before the first and after the last finding, where nothing was covered."""
    before, after = clip(uncovered, (window[0], first)), clip(uncovered, (last + 1, window[1]))
    return Censor.NO_LATER_THAN if before else Censor.EXACT, Censor.NO_EARLIER_THAN if after else Censor.EXACT


def _met(witnesses: tuple[Witness, ...], asked: Spans, level: Strength) -> Spans:
    return reduce(common, (one.met(asked, level) for one in witnesses))
