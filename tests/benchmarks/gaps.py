"""Gaps planted into streams of many kinds, from three records a month to a million a day, and how well they are found; seeded.

Truth: a planted gap reaches from the last record before the first lost one to the first after the last lost one. Counted are the gaps that
could be noticed at all (`due`: a loss of so many records under the true rate that even the true law of arrivals gives it a chance below one in
ten million). Where some records are left no border can be told to the record, so a loss at the edge of what can be noticed (1.2 to 4 times as
much: `edge`) has borders that are a large part of it even for one who knows the true rate and share; it is told apart from the clear ones (4
to 20 times). Recall is the planted time that was found, precision the found time that was planted, each as the mean over the gaps of a kind.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.arrivals import BEGIN, CHRISTMAS, DAY, HOUR, Floats, Made, Plan, Span, lose, make, shape_of
from timeline.core.rhythm import discovered, silences
from timeline.evidence.calendar import Calendar, calendar
from timeline.evidence.hearing import RATE, Heard
from timeline.evidence.hearing import heard as listen
from timeline.evidence.ticks import Ticks

SECOND = 1_000_000
GROWTHS = {
    "launch": lambda x: np.where(x > 0.3, 1.0, 0.0),
    "double": lambda x: np.where(x > 0.5, 2.0, 1.0),
    "fade": lambda x: 1 - 0.7 * x,
    "season": lambda x: 1 + 0.3 * np.sin(6.28 * x),
}
CLUMP = {"poisson": 1.0, "sessions": 12.0, "moody": 2.0, "steady": 0.0, "monthly": 0.0}
"""Records between two pauses."""
SCATTER = {"poisson": lambda _: 1.0, "sessions": lambda _: 23.0, "moody": lambda daily: 1 + daily / 16}
"""The variance of a day's records over their mean."""


ARRIVALS = ("poisson", "sessions", "moody")


class Loss(NamedTuple):
    """Which parts of the records are left, by how many times the loss exceeds what can be noticed at all, how many gaps a stream has."""

    left: tuple[float, ...] = (0.0,)
    times: tuple[float, float] = (1.2, 4.0)
    gaps: int = 1


KINDS = {
    "silent": Loss(),
    "twice": Loss(gaps=2),
    "partial": Loss((0.1, 0.2, 0.3), (4.0, 20.0)),
    "leaking": Loss((0.03,), (4.0, 20.0)),
    "partial, edge": Loss((0.1, 0.2, 0.3)),
    "leaking, edge": Loss((0.03,)),
}


CLEAR = ("partial", "leaking")
"""Of these the streams are longer: a loss is no larger part of them than a sixth."""


@dataclass
class Score:
    """Figures of one kind of gap: recall and precision of each, how far the borders lie (in records), years without a gap and false ones."""

    recall: list[float] = field(default_factory=list)
    precision: list[float] = field(default_factory=list)
    borders: list[float] = field(default_factory=list)
    years: float = 0.0
    false: int = 0


def streams(seed: int, rounds: int) -> Iterator[tuple[str, Made]]:
    """Give all streams, each with the kind of its gap: silent, leaking, partial, twice, or none."""
    for turn in range(rounds):
        dice = np.random.default_rng([seed, turn])
        for number, (kind, plan) in enumerate(_plans(dice)):
            made = _planted(kind, make(plan, dice), dice)
            if made is not None:
                yield kind, replace(made, plan=replace(plan, name=f"h{turn}-{number:03}-{kind}"))


def _plans(dice: np.random.Generator) -> Iterator[tuple[str, Plan]]:
    shapes = ("flat", "office", "us", "shop", "soft")
    for arrival, kind in product(ARRIVALS, (*KINDS, "none", "none")):
        for daily in (3, 20, 150, 1200):
            shape = str(dice.choice(shapes))
            days = int(dice.choice((365, 730) if kind in CLEAR else (90, 180, 365)))
            yield kind, Plan("", daily, days, shape, arrival, bursts=int(dice.integers(3)))
    for daily, kind in product((1 / 7, 1, 24, 288), ("silent", "none")):
        yield kind, Plan("", daily, 365, arrival="steady")
    for kind in ("silent", "none"):
        yield kind, Plan("", 1e6, 10, "soft")
    yield "silent", Plan("", 0.03, 700, arrival="monthly")
    for growth, daily in product(GROWTHS.values(), (3, 40, 400)):
        yield "none", Plan("", daily, 365, str(dice.choice(shapes)), growth=growth)


def _planted(kind: str, made: Made, dice: np.random.Generator) -> Made | None:
    if kind == "none":
        return made if len(made.times) else None
    loss = KINDS.get(kind, KINDS["silent"])
    left = float(dice.choice(loss.left))
    for _ in range(loss.gaps):
        span = _place(made, left, float(dice.uniform(*loss.times)), dice)
        if span is None:
            return None
        made = lose(made, span, left, dice)
    return made


def _place(made: Made, left: float, times: float, dice: np.random.Generator) -> Span | None:
    """Choose where a gap that can be noticed lies, at least a tenth of the stream away from its ends and from the other gaps."""
    plan = made.plan
    if CLUMP[plan.arrival] == 0.0:
        place = int(dice.integers(len(made.times) // 5, 4 * len(made.times) // 5))
        lost = int(dice.integers(1, 4))
        return int(made.times[place]) - 1, int(made.times[place + lost - 1]) + 1
    hours = np.arange(plan.days * 24, dtype=np.float64)
    rate = shape_of(plan, hours)
    sums: Floats = np.concatenate([[0.0], np.cumsum(rate * plan.daily * plan.days / rate.sum())])
    information = 1 - left + left * np.log(left) if left else 1.0
    clump = SCATTER[plan.arrival](plan.daily) if left else CLUMP[plan.arrival]
    due = clump * (np.log(len(made.times)) + 16) * 1.3 / information * times
    due = max(due, plan.daily / 96)
    for _ in range(50):
        start = dice.uniform(0.15, 0.75) * len(hours)
        before = np.interp(start, np.arange(len(sums)), sums)
        end = float(np.interp(before + due, sums, np.arange(len(sums))))
        if before + due < 0.85 * sums[-1] and due < 0.15 * sums[-1]:
            span = int(BEGIN + start * HOUR), int(BEGIN + end * HOUR)
            far = max(2 * (span[1] - span[0]), 7 * DAY)
            if all(span[1] + far < other[0] or other[1] + far < span[0] for other in made.lost):
                return span
    return None


def found(some: Iterable[Made]) -> dict[str, list[Span]]:
    """Give the silences of each stream, all streams judged together as `timeline gaps` does."""
    heard: dict[str, Heard] = {}
    for made in some:
        one = listen(ticks(made.times), (made.window,), _calendar(made.window))
        if one is not None:
            heard[made.plan.name] = one
    suspects = [one.chance for each in heard.values() for one in each.suspects]
    chance = discovered(suspects, max(1, sum(each.tests for each in heard.values())), RATE)
    return {name: [(one.start, one.end) for one in silences(each.suspects, chance)] for name, each in heard.items()}


@lru_cache(maxsize=8)
def _calendar(window: Span) -> Calendar:
    return calendar(*window, [BEGIN + (365 * year + day) * DAY for year in range(6) for day in CHRISTMAS])


def ticks(times: NDArray[np.int64]) -> Ticks:
    """Give the moments of a stream as they are read from a case."""
    hourly = len(times) * HOUR / (times[-1] - times[0] + HOUR)
    width = 60 * SECOND if hourly >= 600 else 600 * SECOND if hourly >= 60 else 0
    if not width:
        return Ticks(times, times, np.ones(len(times), dtype=np.int64))
    bins = times // width
    first = np.flatnonzero(np.append(True, bins[1:] != bins[:-1]))
    last = np.append(first[1:], len(times))
    return Ticks(times[first], times[last - 1], last - first)


def score(made: Iterable[tuple[str, Made]], spans: dict[str, list[Span]]) -> dict[str, Score]:
    """Compare what was planted with what was found."""
    scores: dict[str, Score] = defaultdict(Score)
    for kind, each in made:
        told, mine = spans.get(each.plan.name, []), scores[kind]
        mine.years += each.plan.days / 365
        mine.false += sum(not any(_common(span, lost) for lost in each.lost) for span in told)
        for lost in each.lost:
            near = [span for span in told if _common(span, lost)]
            both = sum(_common(span, lost) for span in near)
            mine.recall.append(both / (lost[1] - lost[0]))
            mine.precision += [both / sum(end - start for start, end in near)] if near else []
            step = DAY / each.plan.daily
            mine.borders += [max(abs(near[0][0] - lost[0]), abs(near[-1][1] - lost[1])) / step] if near else []
        mine.precision += [0.0 for span in told if not any(_common(span, lost) for lost in each.lost)]
    return scores


def _common(one: Span, other: Span) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def best(made: Made) -> Iterator[Span]:
    """Give the most likely borders of each planted gap for one who knows the true rate, what is left of it, and nearly where the gap lies."""
    hours = np.arange(made.plan.days * 24, dtype=np.float64)
    rate = shape_of(made.plan, hours)
    sums = np.concatenate([[0.0], np.cumsum(rate * made.plan.daily * made.plan.days / rate.sum())])
    due = np.interp((made.times - BEGIN) / HOUR, np.arange(len(sums)), sums)
    for (start, end), kept in zip(made.lost, made.kept, strict=True):
        left = max(kept, 1e-6)
        half, order = (end - start) // 2, np.arange(len(due))
        worth = (1 - left) * due + np.log(left) * order
        low, high = (slice(*np.searchsorted(made.times, (at - half, at + half))) for at in (start, end))
        first = (
            low.start + int(np.argmin(worth[low])) if low.start < low.stop else int(np.searchsorted(made.times, start))
        )
        last = high.start + int(np.argmax(worth[high] - np.log(left))) if high.start < high.stop else first
        yield int(made.times[first]), int(made.times[max(first, last)])


def run(seed: int, rounds: int) -> Iterator[str]:
    """Give the lines of the table; in brackets what the best possible borders would give, where all gaps are noticed."""
    made = list(streams(seed, rounds))
    scores = score(made, found(each for _, each in made))
    bounds = score(made, {each.plan.name: list(best(each)) for _, each in made})
    yield f"{'kind':14} {'gaps':>5} {'recall':>15} {'precision':>15} {'borders off, records':>21} {'false':>6} {'stream-years':>12}"
    for kind, each in sorted(scores.items()):
        yield _line(kind, each, bounds[kind])
    yield _line("all but edge", *(_total(some, edge=False) for some in (scores, bounds)))
    yield _line("all", *(_total(some, edge=True) for some in (scores, bounds)))


def _total(some: dict[str, Score], *, edge: bool) -> Score:
    total = Score()
    for kind, each in some.items():
        if edge or not kind.endswith("edge"):
            for name in ("recall", "precision", "borders"):
                getattr(total, name).extend(getattr(each, name))
            total.years, total.false = total.years + each.years, total.false + each.false
    return total


def _line(kind: str, mine: Score, bound: Score) -> str:
    figures = (
        f"{np.mean(some):.4f} ({np.mean(other):.3f})" if some else ""
        for some, other in ((mine.recall, bound.recall), (mine.precision, bound.precision))
    )
    off = f"{np.median(mine.borders):.2f}, worst {max(mine.borders):.1f}" if mine.borders else ""
    return "{:14} {:>5} {:>15} {:>15} {:>21} {:>6} {:>12.1f}".format(
        kind, len(mine.recall), *figures, off, mine.false, mine.years
    )
