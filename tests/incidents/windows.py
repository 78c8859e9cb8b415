"""Chains over logs with holes: when each step could have happened, worked out twice.

Each step is a read of one object of a storage account of its own, so that what was found and what nobody could have seen is known from the plan.
The truth is found without any interval arithmetic: the instants at which anything can change are listed, and a search places all steps at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from tests.incidents import cases
from tests.story.blobs import PIPELINE, Blob, get, oauth, put, record
from tests.story.dice import Dice, Rhythm, at, iso, later
from tests.story.world import PEOPLE
from timeline.api import Case

BEGIN, END = at("2023-03-01T00:00:00"), at("2023-07-01T00:00:00")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400_000_000
LOW, HIGH = ((moment - EPOCH) // timedelta(microseconds=1) for moment in (BEGIN, END))


@dataclass(frozen=True)
class Order:
    """`later` is not before `earlier`, and at most `within` µs after it."""

    earlier: int
    later: int
    within: int | None = None

    def holds(self, one: int, other: int) -> bool:
        return one <= other and (self.within is None or other <= one + self.within)


@dataclass
class Step:
    """A step: the collections of its log, how many days it keeps, and the reads that are in the evidence."""

    taken: tuple[int, ...]
    days: int
    read: tuple[int, ...] = ()

    def seen(self, instant: int) -> bool:
        """Tell whether a read at this instant would be in the evidence."""
        return any(moment - self.days * DAY <= instant < moment for moment in self.taken)

    @property
    def found(self) -> bool:
        return bool(self.read)

    def may(self, instant: int, *, wide: bool = False) -> bool:
        """Tell whether the step may have happened then: found then, or, where nothing was found (or it is looked at widely), unseen."""
        unseen = LOW <= instant < HIGH and not self.seen(instant)
        return instant in self.read or unseen if wide or not self.found else instant in self.read

    @property
    def absent(self) -> bool:
        """Tell whether nothing was found although all of the window was seen."""
        return (
            not self.found
            and all(self.seen(instant) for instant in (LOW, (LOW + HIGH) // 2, HIGH - 1))
            and len(self.taken) == 1
        )

    @property
    def borders(self) -> set[int]:
        """The instants at which `may` changes."""
        found = {border for moment in self.read for border in (moment, moment + 1)}
        return found | {
            LOW,
            HIGH,
            *(border for moment in self.taken for border in (moment, moment - self.days * DAY) if LOW < border < HIGH),
        }


@dataclass
class Chain:
    """A story: steps with order constraints that form a tree."""

    dice: Dice
    steps: list[Step] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)

    @property
    def binding(self) -> list[Order]:
        """The constraints between steps that can have happened at all."""
        ruled_out = {number for number, step in enumerate(self.steps) if step.absent}
        return [order for order in self.orders if not ruled_out & {order.earlier, order.later}]

    def url(self, number: int) -> str:
        return f"https://store{number}.blob.core.windows.net/box/target-{number}.bin"


def made(seed: int) -> Chain:
    """Tell one story."""
    dice = Dice(f"windows-{seed}")
    chain = Chain(dice)
    for number in range(dice.randrange(2, 6)):
        taken = tuple(
            sorted(LOW + dice.randrange(20, 122) * DAY + dice.randrange(DAY) for _ in range(dice.randrange(1, 3)))
        )
        step = Step(taken, dice.randrange(5, 45)) if dice.random() < 0.75 else Step((HIGH,), 400)
        seen = [moment for moment in (LOW + dice.randrange(HIGH - LOW) for _ in range(8)) if step.seen(moment)]
        if dice.random() < 0.6:
            step.read = tuple(sorted(seen[: dice.randrange(1, 4)]))
        chain.steps.append(step)
        if number:
            other = dice.randrange(number)
            pair = (other, number) if dice.random() < 0.7 else (number, other)
            free = not any(order.within for order in chain.orders if order.later == pair[1])
            chain.orders.append(Order(*pair, dice.randrange(2, 60) * DAY if dice.random() < 0.4 and free else None))
    return chain


def truth(chain: Chain) -> list[list[tuple[int, int]]]:
    """Give the windows of each step; nothing for one that cannot have happened.

    Where the findings alone leave no time, a step may also have happened unseen beside them.
    """
    candidates = _candidates(chain)
    strict = [_windows(chain, number, candidates, frozenset()) for number in range(len(chain.steps))]
    wide = frozenset(number for number, windows in enumerate(strict) if not windows)
    return [_windows(chain, number, candidates, wide) for number in range(len(chain.steps))] if wide else strict


def _candidates(chain: Chain) -> list[int]:
    """List the instants at which anything can change, and one between each two of them."""
    borders = {border for step in chain.steps for border in step.borders}
    reach = {0} | {order.within for order in chain.orders if order.within}
    for _ in chain.binding:
        borders |= {
            border + sign * (span + nudge)
            for border in borders
            for span in reach
            for sign in (-1, 1)
            for nudge in (0, 1)
            if span
        }
        borders = {border for border in borders if LOW <= border <= HIGH}
    listed = sorted(
        {border + nudge for border in borders for nudge in (-2, -1, 0, 1, 2) if LOW <= border + nudge <= HIGH}
    )
    return sorted({*listed, *((one + other) // 2 for one, other in pairwise(listed))})


def _windows(chain: Chain, number: int, candidates: list[int], wide: frozenset[int]) -> list[tuple[int, int]]:
    """Join the instants that fit to windows: between two neighbours that both fit, all does."""
    fits = _reached(chain, number, None, (candidates, wide))
    found: list[list[int]] = []
    for place, instant in enumerate(candidates):
        if instant not in fits:
            continue
        if place and candidates[place - 1] in fits and found:
            found[-1][1] = instant + 1
        else:
            found.append([instant, instant + 1])
    return [(start, end) for start, end in found]


def _reached(chain: Chain, number: int, came: Order | None, among: tuple[list[int], frozenset[int]]) -> set[int]:
    """Give the instants of a step for which all others can be placed: the tree is searched from its leaves."""
    candidates, wide = among
    good = {instant for instant in candidates if chain.steps[number].may(instant, wide=number in wide)}
    for order in chain.binding:
        if order is came or number not in (order.earlier, order.later):
            continue
        other = order.later if number == order.earlier else order.earlier
        reached = sorted(_reached(chain, other, order, among))
        good = {instant for instant in good if _partner(order, number, instant, reached)}
    return good


def _partner(order: Order, number: int, instant: int, others: Iterable[int]) -> bool:
    if number == order.earlier:
        return any(order.holds(instant, other) for other in others)
    return any(order.holds(other, instant) for other in others)


def toml(chain: Chain) -> str:
    lines = [f"[case]\nfrom = {BEGIN:%Y-%m-%d}\nto = {END:%Y-%m-%d}\nas_of = {END:%Y-%m-%d}\n"]
    for number, step in enumerate(chain.steps):
        lines.append(
            f'[[policy]]\nstream = "azure.storage/store{number}"\nretention_days = {step.days}\nlatency = "0s"\n'
        )
        lines += [
            f'[[collection]]\nid = "{number}-{turn}"\ncollected_at = {_time(moment)}\npaths = ["evidence/{number}-*"]\nstreams = ["azure.storage/store{number}"]\n'
            for turn, moment in enumerate(step.taken)
        ]
        before = [order.later for order in chain.orders if order.earlier == number and order not in _after(chain)]
        told = [
            f'[[chain.step]]\nid = "s{number}"\nquestion = "artefact-read-by"\nparams = {{ object = "{chain.url(number)}" }}\n'
        ]
        mine = [order for order in _after(chain) if order.later == number]
        told += [f"after = {_names(order.earlier for order in mine)}\n"] * bool(mine)
        told += [f'within = "{mine[0].within // DAY}d"\n'] if mine and mine[0].within else []
        told += [f"before = {_names(before)}\n"] * bool(before)
        lines += told
    return "".join(lines)


def _after(chain: Chain) -> list[Order]:
    """Give the constraints that are written as `after`: those with a limit, alone in their step, and the first of the others."""
    chosen: dict[int, Order] = {}
    for order in sorted(chain.orders, key=lambda each: each.within is None):
        chosen.setdefault(order.later, order)
    return list(chosen.values())


def _names(numbers: Iterable[int]) -> str:
    return "[" + ", ".join(f'"s{number}"' for number in numbers) + "]"


def _time(at_us: int) -> str:
    return f"{iso(EPOCH + timedelta(microseconds=at_us), 6)}Z"


def case_of(chain: Chain, folder: Path) -> Case:
    """Write what is left of each log: what was asked about, and the days of a living account."""
    files = {}
    for number, step in enumerate(chain.steps):
        target = Blob(chain.url(number), f'"0x8D{chain.dice.upper(13)}"', 4_711_000, chain.dice.base64(16), BEGIN)
        times = [EPOCH + timedelta(microseconds=moment) for moment in step.read]
        requests = [
            get(
                target,
                moment,
                oauth(chain.dice.choice(PEOPLE), chain.dice.upper(64), "read"),
                "198.51.100.10:4711",
                PIPELINE,
            )
            for moment in times
        ]
        for moment in chain.dice.times(BEGIN, END, Rhythm(4, night=1, day_off=1)):
            other = Blob(
                f"https://store{number}.blob.core.windows.net/box/{chain.dice.upper(8)}.bin",
                f'"0x8D{chain.dice.upper(13)}"',
                5,
                chain.dice.base64(16),
                moment,
            )
            if step.seen((moment - EPOCH) // timedelta(microseconds=1)):
                requests.append(
                    put(other, later(moment, 0), oauth(None, chain.dice.upper(64), "write"), "198.51.100.61:4711")
                )
        rows = [record(each, chain.dice) for each in sorted(requests, key=lambda each: each.time)]
        files[f"{number}-storage.json"] = cases.lines(rows)
    return cases.opened(folder, toml(chain), {name: text for name, text in files.items() if text})


@dataclass
class Score:
    """Counted over stories: steps, and those whose windows are the truth to the microsecond."""

    steps: int = 0
    exact: int = 0
    refuted: int = 0

    @property
    def share(self) -> float:
        return self.exact / max(self.steps, 1)


def measure(seed: int, folder: Path, score: Score) -> list[str]:
    """Add one story to the score; give in words what is wrong."""
    chain = made(seed)
    with case_of(chain, folder) as case:
        rows = {row["step"]: row for row in case.chain().iter_rows(named=True)}
    wrong = []
    for number, windows in enumerate(truth(chain)):
        told = [(_micros(each["start"]), _micros(each["end"])) for each in rows[f"s{number}"]["windows"]]
        score.steps += 1
        score.exact += told == windows
        score.refuted += not windows
        if told != windows:
            wrong.append(
                f"{seed}: step {number} ({rows[f's{number}']['verdict']}): {_spelled(told)}, but in truth {_spelled(windows)}"
            )
    return wrong


def _micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def _spelled(spans: Iterable[tuple[int, int]]) -> str:
    return "; ".join(f"{_time(start)}..{_time(end)}" for start, end in spans) or "never"
