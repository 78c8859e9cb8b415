"""When each step of a chain of events could have happened, given the order that is claimed and what was covered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from timeline.core.spans import BEGIN, END, Span, Spans, clip, common, holds, tidy, union
from timeline.core.verdict import Answer
from timeline.errors import CaseError

Times = dict[str, Spans]


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


class Order(NamedTuple):
    """`later` is not before `earlier`, and at most `within` after it."""

    earlier: str
    later: str
    within: int | None

    def fits(self, step: str, times: Mapping[str, Spans]) -> Spans:
        """Give the times of one of the two steps for which the other one has a time that fits."""
        reach = END - BEGIN if self.within is None else self.within
        if step == self.later:
            moved = ((start, min(END, end + reach)) for start, end in times[self.earlier])
        else:
            moved = ((max(BEGIN, start - reach), end) for start, end in times[self.later])
        return tidy(moved)

    def text(self, step: str) -> str:
        limit = "" if self.within is None else f" within {_duration(self.within)}"
        return f"after {self.earlier}{limit}" if step == self.later else f"before {self.later}{limit}"


def solve(steps: Iterable[Step]) -> tuple[Solved, ...]:
    """Shrink the feasible times of all steps until they agree with each other, and say what set each border."""
    known = {step.id: step for step in steps}
    orders = _orders(known)
    strict = {name: _seen(step) for name, step in known.items()}
    wide = {name: union(strict[name], _unseen(step)) for name, step in known.items()}
    start = _admit(strict, wide, orders)
    final = shrink(start, orders)
    return tuple(_solved(step, start, final, orders) for step in known.values())


def shrink(times: Mapping[str, Spans], orders: Iterable[Order]) -> Times:
    """Cut away the times for which another step has none that fits, until nothing changes."""
    left, orders = dict(times), tuple(orders)
    changed = True
    while changed:
        before = dict(left)
        for order in orders:
            for step in (order.later, order.earlier):
                left[step] = common(left[step], order.fits(step, left))
        changed = left != before
    return left


def _orders(known: Mapping[str, Step]) -> list[Order]:
    """List the constraints between steps that can have happened at all."""
    orders = []
    for step in known.values():
        if missing := sorted({*step.after, *step.before} - set(known)):
            raise CaseError(f"chain step {step.id!r} names {missing[0]!r}, which is no step of the chain")
        orders += [Order(earlier, step.id, step.within) for earlier in step.after]
        orders += [Order(step.id, later, None) for later in step.before]
    ruled_out = {step.id for step in known.values() if step.verdict == Answer.ABSENT}
    return [order for order in orders if not ruled_out & {order.earlier, order.later}]


def _seen(step: Step) -> Spans:
    """Give the times at which it was found; where it was not, all times at which nobody could have seen it."""
    if step.verdict == Answer.ABSENT:
        return ()
    return tidy(step.found) if _is_found(step) else _unseen(step)


def _unseen(step: Step) -> Spans:
    """Give the times at which it could have happened unseen: of what is not known in detail, the whole window."""
    if step.verdict == Answer.ABSENT or (step.verdict == Answer.FOUND and step.found):
        return ()
    return clip(tidy(step.uncovered), step.window) or tidy([step.window])


def _is_found(step: Step) -> bool:
    return step.verdict in {Answer.FOUND, Answer.FOUND_INCOMPLETE} and bool(tidy(step.found))


def _admit(strict: Times, wide: Times, orders: list[Order]) -> Times:
    """Admit unseen times of an incomplete step only where the findings alone leave no time at all."""
    left = shrink(strict, orders)
    return {name: strict[name] if left[name] else wide[name] for name in strict}


def _solved(step: Step, start: Times, final: Times, orders: list[Order]) -> Solved:
    windows = final[step.id]
    if step.verdict == Answer.ABSENT:
        return Solved(step.id, Answer.REFUTED, None, None, (), "refuted: its window was covered and nothing was found")
    if not windows:
        return Solved(step.id, Answer.REFUTED, None, None, (), _conflict(step.id, start, orders))
    lost = step.verdict == Answer.FOUND_INCOMPLETE and _is_found(step) and not common(windows, tidy(step.found))
    verdict = Answer.UNKNOWN if lost else step.verdict
    earliest, latest = windows[0][0], windows[-1][1] - 1
    concerned = [order for order in orders if step.id in order[:2]]
    borders = (
        _Border("earliest", "before", earliest - 1, clip(start[step.id], (BEGIN, earliest))[::-1]),
        _Border("latest", "from then on", latest + 1, clip(start[step.id], (latest + 1, END))),
    )
    reasons = [f"{border.name}: {_reason(step, border, concerned, final)}" for border in borders]
    return Solved(step.id, verdict, earliest, latest, windows, "; ".join(reasons))


class _Border(NamedTuple):
    """One end of the feasible times: the instant just beyond it, and the times beyond that were cut away."""

    name: str
    side: str
    beyond: int
    cut: Spans


def _reason(step: Step, border: _Border, orders: list[Order], final: Times) -> str:
    """Say why it cannot lie beyond the border: a constraint, the window's end, or evidence that would show it."""
    if border.cut and holds(border.cut, border.beyond):
        return _constraint(step.id, border.beyond, orders, final)
    if not step.window[0] <= border.beyond < step.window[1]:
        told = "the case's window ends, not covered there" if not _is_found(step) else "the case's window ends"
    elif _is_found(step):
        told = "the first finding" if border.name == "earliest" else "the last finding"
    else:
        told = f"{border.side} the evidence would show it, and nothing was found"
    if not border.cut:
        return told
    nearest = border.cut[0][1] - 1 if border.name == "earliest" else border.cut[0][0]
    return f"{told} (beyond, ruled out: {_constraint(step.id, nearest, orders, final)})"


def _constraint(step: str, instant: int, orders: list[Order], final: Times) -> str:
    """Name what forbids an instant."""
    reasons = [order.text(step) for order in orders if not holds(order.fits(step, final), instant)]
    return " and ".join(dict.fromkeys(reasons))


def _conflict(step: str, start: Times, orders: list[Order]) -> str:
    """Find the constraint that leaves no time first, among those that this step hangs together with."""
    group = {step}
    while linked := {name for order in orders if group & set(order[:2]) for name in order[:2]} - group:
        group |= linked
    concerned = [order for order in orders if order.earlier in group]
    left = dict(start)
    for order in concerned * (len(group) + 1):
        for name, other in ((order.later, order.earlier), (order.earlier, order.later)):
            rest = common(left[name], order.fits(name, left))
            if not rest:
                shown = f"{name} {_range(left[name])}, {other} {_range(left[other])}"
                return f"refuted: no time of {name} is {order.text(name)} ({shown})"
            left[name] = rest
    return "refuted: no time is left"


def _range(spans: Spans) -> str:
    return f"{_moment(spans[0][0])} to {_moment(spans[-1][1])}" if spans else "never"


def _moment(instant: int) -> str:
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)
    except OverflowError:
        return "the open end"
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _duration(length: int) -> str:
    return f"{length / 86_400_000_000:g} d"
