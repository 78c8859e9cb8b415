"""What can still be collected for the open questions of a case: soonest to expire first, with what it would change.

A verdict is tried again with one gap taken away: `absent` there means that collecting this window settles the question
(unless something turns up), an unchanged `unknown` that other windows stay open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from timeline.core.coverage import Gap, gaps
from timeline.core.retention import Policy, expires, fate
from timeline.core.scope import EVERYTHING, Scope, overlap
from timeline.core.spans import END, Span, clip, common
from timeline.core.verdict import Answer, Witness, judge
from timeline.core.verdict import Need as Asked
from timeline.evidence import frames
from timeline.evidence.acquire import command
from timeline.evidence.knowledge import Knowledge
from timeline.evidence.questions import Answered

OPEN = (Answer.UNKNOWN, Answer.FOUND_INCOMPLETE)
PRESERVE: frames.Schema = {
    "deadline": frames.MOMENT,
    "stream": pl.String,
    "store": pl.String,
    "scope": pl.String,
    "start": frames.MOMENT,
    "end": frames.MOMENT,
    "state": pl.String,
    "expected_events": pl.Float64,
    "questions": pl.List(pl.Struct({"question": pl.String, "subject": pl.String, "now": pl.String, "then": pl.String})),
    "command": pl.String,
}


@dataclass(frozen=True)
class Kept:
    """What one store still holds of neighbouring gaps of a stream: when it begins to lose it (None: never), how many events it should be."""

    stream: str
    store: str
    scope: Scope
    span: Span
    states: tuple[str, ...]
    deadline: int | None
    expected: float | None


def preserve(knowledge: Knowledge, answers: Sequence[Answered]) -> pl.DataFrame:
    """Give what stores still hold of the gaps that keep questions open, the soonest to expire first.

    `now` and `then` are a question's verdict and the one it would have if that window were collected and nothing turned up.
    """
    waiting = [answer for answer in answers if answer.verdict.verdict in OPEN]
    rows = [row for kept in _kept(knowledge) if (row := _row(knowledge, kept, waiting))]
    return frames.frame(rows, PRESERVE)


def _kept(knowledge: Knowledge) -> list[Kept]:
    """List what is held, the soonest to expire first; windows of one store that follow each other are one act of collecting."""
    found: list[Kept] = []
    for name in knowledge.names:
        policies = knowledge.builder.stream(name, knowledge.as_of).policies
        open_ = [gap for gap in gaps(knowledge.coverage(name), knowledge.window) if gap.mendable]
        held = [kept for gap in open_ for kept in _held(knowledge, name, gap, policies)]
        for kept in sorted(held, key=lambda each: (each.store, each.scope.text(), each.span)):
            last = found[-1] if found else None
            if last and _neighbours(last, kept):
                found[-1] = _joined(last, kept)
            else:
                found.append(kept)
    return sorted(
        found, key=lambda each: (END if each.deadline is None else each.deadline, each.stream, each.span, each.store)
    )


def _held(knowledge: Knowledge, stream: str, gap: Gap, policies: Iterable[Policy]) -> Iterator[Kept]:
    """Give what each store still holds of a gap; the last of a store's policies that can concern it is the one in force."""
    by_store = {policy.store: policy for policy in policies if overlap(policy.scope, gap.scope)}
    at = knowledge.as_of
    for store, policy in sorted(by_store.items()):
        for span in common(clip(fate(policy, at).kept, (gap.start, gap.end)), policy.enabled):
            part = replace(gap, start=span[0], end=span[1])
            due = knowledge.silence.expected(stream, part)
            yield Kept(
                stream, store, gap.scope, span, (str(gap.state),), expires(policy, span, at), due[0] if due else None
            )


def _neighbours(one: Kept, other: Kept) -> bool:
    return (one.stream, one.store, one.scope, one.span[1]) == (other.stream, other.store, other.scope, other.span[0])


def _joined(one: Kept, other: Kept) -> Kept:
    ends = [each.deadline for each in (one, other) if each.deadline is not None]
    states = tuple(dict.fromkeys((*one.states, *other.states)))
    due = None if one.expected is None or other.expected is None else one.expected + other.expected
    return replace(
        one, span=(one.span[0], other.span[1]), states=states, deadline=min(ends, default=None), expected=due
    )


def _row(knowledge: Knowledge, kept: Kept, waiting: Iterable[Answered]) -> dict[str, object] | None:
    changed = [_changed(answer, kept) for answer in waiting if _concerned(answer, kept)]
    if not changed:
        return None
    name, source = knowledge.source_of(kept.stream)
    return {
        "deadline": frames.moment(kept.deadline),
        "stream": kept.stream,
        "store": kept.store,
        "scope": kept.scope.text(),
        "start": frames.moment(kept.span[0]),
        "end": frames.moment(kept.span[1]),
        "state": ", ".join(kept.states),
        "expected_events": None if kept.expected is None else round(kept.expected, 2),
        "questions": changed,
        "command": command(source, name, kept.stream, kept.store, kept.span),
    }


def _concerned(answer: Answered, kept: Kept) -> bool:
    return any(
        kept.stream.lower() == loss.stream.lower()
        and overlap(loss.gap.scope, kept.scope)
        and loss.gap.start < kept.span[1]
        and kept.span[0] < loss.gap.end
        for loss in answer.verdict.uncovered
    )


def _changed(answer: Answered, kept: Kept) -> dict[str, object]:
    """Try the verdict again as if the window were covered."""
    needs = [_mended(need, kept) for need in answer.needs]
    then = judge(answer.findings, needs, candidates=answer.candidates).verdict
    return {
        "question": answer.question.id,
        "subject": answer.subject,
        "now": str(answer.verdict.verdict),
        "then": str(then),
    }


def _mended(need: Asked, kept: Kept) -> Asked:
    ways = tuple(tuple(_seeing(one, kept) for one in witnesses) for witnesses in need.alternatives)
    return replace(need, alternatives=ways)


def _seeing(one: Witness, kept: Kept) -> Witness:
    if kept.stream.lower() != one.stream.lower():
        return one
    return replace(one, gaps=tuple(piece for gap in one.gaps for piece in _left(gap, kept)))


def _left(gap: Gap, kept: Kept) -> list[Gap]:
    return _outside(gap, kept.span) if gap.mendable and kept.scope in {gap.scope, EVERYTHING} else [gap]


def _outside(gap: Gap, span: Span) -> list[Gap]:
    """Give what remains of a gap beside a span."""
    sides = [(gap.start, min(gap.end, span[0])), (max(gap.start, span[1]), gap.end)]
    return [replace(gap, start=start, end=end) for start, end in sides if start < end]
