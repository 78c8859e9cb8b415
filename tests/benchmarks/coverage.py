"""The cost of gaps: a thousand streams over five years, and one stream with a thousand mailboxes and fifty silenced users."""

import resource
import time
from collections.abc import Iterator
from random import Random

from timeline.core.coverage import Collection, Defect, State, Stream, coverage, gaps
from timeline.core.retention import Limit, Policy
from timeline.core.scope import EVERYTHING, Scope, scope_of
from timeline.core.spans import BEGIN

HOUR = 3_600_000_000
DAY = 24 * HOUR
YEARS = 5
WINDOW = (0, YEARS * 365 * DAY)


def run(streams: int = 1_000, mailboxes: int = 1_000, actors: int = 50) -> Iterator[str]:
    """Give the lines of the benchmark: seconds of one core, and the peak memory of the process."""
    yield _timed(
        f"{streams} streams, each with two copies, four collections and 60 losses",
        (_ordinary(n) for n in range(streams)),
    )
    yield _timed(f"1 stream, {mailboxes} throttled mailboxes, {actors} silenced users", [_crowded(mailboxes, actors)])
    yield _timed(f"1 stream, {mailboxes} mailboxes with a limit of their own", [_licensed(mailboxes)])
    yield f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:,.0f} MB"


def _timed(name: str, streams: Iterator[Stream] | list[Stream]) -> str:
    started, found = time.process_time(), 0
    for stream in streams:
        found += len(gaps(coverage(stream, WINDOW), WINDOW))
    return f"{name:66} {time.process_time() - started:6.2f} s {found:>9,} gaps"


def _loss(dice: Random, state: State, longest: int, scope: Scope = EVERYTHING) -> Defect:
    start = dice.randrange(*WINDOW)
    return Defect(state, (start, start + dice.randrange(HOUR, longest)), scope, str(state))


def _stream(name: str, policies: tuple[Policy, ...], defects: list[Defect]) -> Stream:
    end = WINDOW[1]
    taken = [Collection(f"c{n}", "native", end - n * 180 * DAY) for n in range(3)]
    taken.append(Collection("siem", "siem", end))
    return Stream(name, policies, tuple(taken), tuple(defects), WINDOW[0], end, end)


POLICIES = (
    Policy(
        "native", limits=(Limit(BEGIN, 30 * DAY), Limit(3 * 365 * DAY, 90 * DAY)), lag=(0, 3 * DAY), latency=2 * HOUR
    ),
    Policy("siem", limits=(Limit(BEGIN, 4 * 365 * DAY),), enabled=((200 * DAY, WINDOW[1]),)),
)


def _ordinary(number: int) -> Stream:
    dice = Random(number)
    defects = [_loss(dice, State.LOSSY, 6 * HOUR) for _ in range(30)] + [
        _loss(dice, State.SILENT, DAY) for _ in range(25)
    ]
    people = [scope_of({"actor": f"user{n}@contoso.com"}) for n in range(5)]
    return _stream(f"s{number}", POLICIES, defects + [_loss(dice, State.DISABLED, 30 * DAY, who) for who in people])


def _crowded(mailboxes: int, actors: int) -> Stream:
    dice = Random(0)
    throttled = [_loss(dice, State.LOSSY, DAY, scope_of({"mailbox": f"box{n}@contoso.com"})) for n in range(mailboxes)]
    silenced = [
        _loss(dice, State.DISABLED, YEARS * 365 * DAY, scope_of({"actor": f"user{n}@contoso.com"}))
        for n in range(actors)
    ]
    return _stream("crowded", POLICIES, throttled + silenced)


def _licensed(mailboxes: int) -> Stream:
    own = tuple(
        Policy("native", limits=(Limit(BEGIN, (90 + n % 7) * DAY),), scope=scope_of({"mailbox": f"box{n}@contoso.com"}))
        for n in range(mailboxes)
    )
    return _stream("licensed", (*POLICIES[:1], *own), [])
