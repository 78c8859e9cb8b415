"""Partial drops: hours in which a stream brings clearly less than before and after, found by the log likelihood of a loss.

The sum of the hours' log likelihood ratios (half or a tenth of the rate against all of it) falls while all is well and rises in a loss; a rise
by x has the chance e^-x (Page, 1954). It is divided by how much more than chance the stream's hours, days and weeks scatter on the low side.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from timeline.evidence.calendar import DAY, WEEK, Flags, Floats

PARTS = (0.5, 0.1)
"""What a loss may leave of the rate."""
SCALES = (1, 3, 6, 12, 24, 72, 168)
"""Hours over which the scatter is looked at: days and weeks scatter more than their hours tell."""
FEW = 3.0
"""Expected records below which a scatter cannot be seen."""
BLOCKS = 12
DEVIATION = {0.05: 1.645, 0.16: 0.994, 0.25: 0.674}
"""How many standard deviations below the median these quantiles of chance lie."""
CLEAR = 0.75
"""A drop leaves at most so much of the rate on either side of it."""
AT_END = 0.4
"""With no other side to compare, it may be a new level: a drop leaves at most so much."""
EXPLAINED = 0.5
KNOWN = 0.2
"""A side is only known where at least so large a part of the drop's records was to be expected."""
SIDE = (DAY, 2 * WEEK)
"""Hours that are looked at on either side: as many as the drop, within these limits."""


class Hours(NamedTuple):
    """For each hour the records, those to be expected, and the profile alone, at one level; all are 0 where nothing is covered.

    Hours that are `quiet` belong to a silence that is known already.
    """

    counts: Floats
    expected: Floats
    profile: Floats
    quiet: Flags


class Drop(NamedTuple):
    """Hours from `start` to before `end` with the chance that they are no loss; `news` if silences do not explain it."""

    start: int
    end: int
    chance: float
    news: bool = True


def scatter(hours: Hours, lows: tuple[float, ...]) -> float:
    """Give by how much the variance of hours, days and weeks exceeds that of chance, below these quantiles; at least 1."""
    expected, counts = np.where(hours.quiet, 0.0, hours.expected), np.where(hours.quiet, 0.0, hours.counts)
    worst = 1.0
    for scale in SCALES:
        length = len(counts) // scale * scale
        usual = expected[:length].reshape(-1, scale).sum(1)
        some = usual >= FEW
        if np.count_nonzero(some) < BLOCKS:
            continue
        away = (counts[:length].reshape(-1, scale).sum(1)[some] - usual[some]) / np.sqrt(usual[some])
        middle, high, *below = np.quantile(away, (0.5, 0.75, *lows))
        told = max((middle - low) / DEVIATION[part] for low, part in zip(below, lows, strict=True))
        both = (high - below[-1]) / (DEVIATION[0.25] + DEVIATION[lows[-1]])
        worst = max(worst, max(told, both) ** 2 / (1 + 2 / np.sqrt(len(away))))
    return float(worst)


def drops(hours: Hours, worth: float, clumps: float) -> list[Drop]:
    """Find the drops whose chance is at most e^-worth; `clumps` records come together.

    What scatters is first judged by the middle half of the hours and days, which outages hardly touch, then by all of them outside of drops.
    """
    first = _sought(hours, worth, max(scatter(hours, (0.25,)), clumps))
    if not first:
        return []
    lost = hours.quiet.copy()
    for drop in first:
        lost[drop.start : drop.end] = True
    return _sought(hours, worth, max(scatter(hours._replace(quiet=lost), tuple(DEVIATION)), clumps))


def _sought(hours: Hours, worth: float, excess: float) -> list[Drop]:
    counts = np.minimum(hours.counts, 2 * hours.expected + 3 * excess)
    found: list[Drop] = []
    for part in PARTS:
        gain = (counts * np.log(part) + hours.expected * (1 - part)) / excess
        sums = np.concatenate([[0.0], np.cumsum(gain)])
        if float((sums - np.minimum.accumulate(sums)).max()) >= worth:
            found += [each._replace(news=_news(hours, each, gain, worth)) for each in _rises(sums, worth)]
    return [each for each in found if _clear(hours, each)]


def apart(drops_: list[Drop]) -> list[Drop]:
    """Give the most improbable of those that overlap."""
    chosen: list[Drop] = []
    for drop in sorted(drops_, key=lambda each: (each.chance, each.start)):
        if all(drop.end <= other.start or other.end <= drop.start for other in chosen):
            chosen.append(drop)
    return chosen


def _news(hours: Hours, drop: Drop, gain: Floats, worth: float) -> bool:
    """Tell whether a drop is more than the silences in it, whose borders are exact: it rises without them, or they are a small part of it."""
    inner = slice(drop.start, drop.end)
    quiet = hours.quiet[inner]
    if not quiet.any() or float(gain[inner][~quiet].sum()) >= worth:
        return True
    loss = hours.expected[inner] - hours.counts[inner]
    return float(loss[quiet].sum()) < EXPLAINED * float(loss.sum())


def _rises(sums: Floats, worth: float) -> list[Drop]:
    """Cut the sum into rises by at least `worth` without a fall by as much inside."""
    found: list[Drop] = []
    work = [(0, len(sums))]
    while work:
        low, high = work.pop()
        some = sums[low:high]
        height = some - np.minimum.accumulate(some)
        top = int(np.argmax(height))
        if height[top] < worth:
            continue
        foot = int(np.argmin(some[: top + 1]))
        inner = some[foot : top + 1]
        fall = np.maximum.accumulate(inner) - inner
        if fall.max() >= worth:
            trough = foot + int(np.argmax(fall))
            work += [(low, low + trough + 1), (low + trough, high)]
            continue
        found.append(Drop(low + foot, low + top, float(np.exp(-height[top]))))
        work += [(low, low + foot + 1), (low + top, high)]
    return found


def _clear(hours: Hours, drop: Drop) -> bool:
    """Tell whether the rate is lower than on both sides, and the drop no larger part of what is known than the rest."""
    reach = min(max(drop.end - drop.start, SIDE[0]), SIDE[1])
    inner = slice(drop.start, drop.end)
    due = float(hours.expected[inner].sum())
    sides = [slice(max(0, drop.start - reach), drop.start), slice(drop.end, drop.end + reach)]
    known = [each for each in (_share(hours, side, max(FEW, KNOWN * due)) for side in sides) if each is not None]
    if not known or due < FEW or 2 * (drop.end - drop.start) > np.count_nonzero(hours.expected):
        return False
    own = float(hours.counts[inner].sum() / hours.profile[inner].sum())
    return own <= min(known) * (CLEAR if len(known) == len(sides) else AT_END)


def _share(hours: Hours, some: slice, least: float) -> float | None:
    """Give the records over the profile, not over what was expected: where the level moves for good, nothing is lost."""
    fit = ~hours.quiet[some]
    if float(hours.expected[some][fit].sum()) < least:
        return None
    return float(hours.counts[some][fit].sum() / hours.profile[some][fit].sum())
