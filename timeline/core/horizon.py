"""What the oldest record of a whole collection tells of its store: which known limit it sits at, and how sure that is.

A store that deletes by age cuts a busy stream off sharply, a quiet one wherever its next record happens to be. So a fit is
judged by two figures: how likely the stream is to be silent for as long as it was from the limit to its oldest record
(`late`), and how likely an oldest record that has nothing to do with any limit is to come as close to one (`chance`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, log

from timeline.core.spans import BEGIN

DAY = 86_400_000_000
FEWEST = 30
"""Fewer records tell nothing of a rhythm."""
FINE = 30
"""The age must be so many times the usual wait for a record, or the stream is too quiet to show a limit."""
PLAUSIBLE = 0.01
"""A wait less likely than this is not believed, nor is a fit that chance gives more often."""
OVERDUE = DAY
"""Stores delete late: a record may be this much older than the limit allows."""
SCALE = 2
"""Chance is asked about logs that are at most so many times older or younger: within that any age is as likely, on a scale of logarithms."""


@dataclass(frozen=True)
class Candidate:
    """A limit that may be in force: when it is, everything before `gone` is deleted and everything from `kept` on is there (µs)."""

    name: str
    gone: int
    kept: int


@dataclass(frozen=True)
class Rhythm:
    """How often a stream speaks; µs.

    `length` is the time from the first to the last record, `wait` the mean time from any instant to the next record,
    `silences` the longest ones between two records.
    """

    records: int
    length: int
    wait: float
    silences: tuple[int, ...] = ()

    def later(self, by: int) -> float:
        """Give the chance that from any instant no record comes for so long: counted, beyond what was seen extrapolated."""
        if by <= 0 or not self.length:
            return 1.0
        counted = sum(max(silence - by, 0) for silence in self.silences) / self.length
        return min(1.0, max(counted, exp(-by / self.wait) if self.wait else 0.0))


@dataclass(frozen=True)
class Oldest:
    """The oldest record of a collection that nothing cut, and when that was taken; µs."""

    at: int
    taken: int

    @property
    def age(self) -> int:
        return self.taken - self.at


@dataclass(frozen=True)
class Fit:
    """The limit at which the oldest record sits: `distance` µs after it (negative: before it)."""

    candidate: Candidate
    distance: int
    late: float
    chance: float


def distance(oldest: Oldest, candidate: Candidate) -> int:
    """Give how much later than the limit's band the oldest record is; negative: earlier."""
    return oldest.at - min(max(oldest.at, candidate.gone), candidate.kept)


def near(oldest: Oldest, candidates: Iterable[Candidate]) -> bool:
    """Tell whether a fit is possible at all, before anybody counts a rhythm."""
    return any(abs(distance(oldest, each)) * FINE <= oldest.age for each in candidates)


def fit(oldest: Oldest, rhythm: Rhythm, candidates: Iterable[Candidate]) -> Fit | None:
    """Give the limit at which the oldest record sits; None: at none, or the stream is too quiet to tell."""
    bands = _apart(oldest, candidates)
    if rhythm.records < FEWEST or not bands or rhythm.wait * FINE > oldest.age:
        return None
    best = min(bands, key=lambda each: abs(distance(oldest, each)))
    found = distance(oldest, best)
    late = rhythm.later(found)
    chance = _chance(oldest, bands, max(abs(found), rhythm.wait))
    if found < -OVERDUE or late < PLAUSIBLE or chance > PLAUSIBLE:
        return None
    return Fit(best, found, late, chance)


def _apart(oldest: Oldest, candidates: Iterable[Candidate]) -> list[Candidate]:
    """Leave out limits that hold for ever, join the names of those that are the same, and bound deletions without a bound."""
    names: dict[tuple[int, int], list[str]] = {}
    for each in candidates:
        if BEGIN < each.kept < oldest.taken:
            gone = each.kept - 2 * OVERDUE if each.gone <= BEGIN else each.gone
            names.setdefault((gone, each.kept), []).append(each.name)
    return [Candidate(", ".join(dict.fromkeys(some)), *band) for band, some in names.items()]


def _chance(oldest: Oldest, bands: list[Candidate], close: float) -> float:
    """Give how likely an oldest record of about this age is to come as close to one of these without any limit."""
    ages = ((oldest.taken - each.kept, 2 * close + each.kept - each.gone) for each in bands)
    reach = oldest.age * SCALE
    return min(
        1.0, sum(width / (age * log(SCALE**2)) for age, width in ages if age <= reach and oldest.age <= age * SCALE)
    )
