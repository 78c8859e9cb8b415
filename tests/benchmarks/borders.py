"""Gaps whose borders can be known exactly, planted into a whole case: by policies, windows of collections, and record numbers; with decoys.

Records are made, then lost as the platform would lose them; what is left is written as logs, ingested, and `Case.gaps()` is compared with what
was planted, to the microsecond. Decoys: a longer limit that resurrects nothing, a quiet stretch that record numbers prove, a wide window.
"""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from timeline.api import Case

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400_000_000
BEGIN, END = 19_000 * DAY, 19_200 * DAY
"""The period of the case, µs."""
KINDS = 12
"""Streams of each kind."""

Span = tuple[int, int]


@dataclass(frozen=True)
class Planted:
    """One stream: its kind, its name, its records, what case.toml says of it, and the gaps that this makes."""

    kind: str
    name: str
    times: list[int]
    toml: str
    lost: list[Span]
    numbers: list[int] | None = None


def _times(dice: np.random.Generator) -> list[int]:
    """Records of a stream that is heard some twenty times a day."""
    return sorted(int(at) for at in dice.integers(BEGIN, END, int(dice.integers(3000, 6000))))


def _when(at: int) -> str:
    return (EPOCH + timedelta(microseconds=at)).isoformat().replace("+00:00", "Z")


def _policy(name: str, semantics: str, limits: list[tuple[int, int]]) -> str:
    told = ", ".join(f"{{ days = {days}, from = {_when(start)} }}" for start, days in limits)
    return f'[[policy]]\nstream = "{name}"\nsemantics = "{semantics}"\nretention = [ {told} ]\n'


def _limits(dice: np.random.Generator) -> tuple[list[tuple[int, int]], int]:
    """Give two limits and the moment of the change."""
    one, other = (int(each) for each in dice.choice(np.arange(20, 120), 2, replace=False))
    change = int(dice.integers(END - 60 * DAY, END - 5 * DAY))
    return [(0, one), (change, other)], change


def rolling(name: str, dice: np.random.Generator) -> Planted:
    """A purge that looks at every record at every moment; a longer limit brings nothing back."""
    limits, change = _limits(dice)
    horizon = max(change - limits[0][1] * DAY, END - limits[1][1] * DAY)
    kept = [at for at in _times(dice) if at >= horizon]
    return Planted("rolling", name, kept, _policy(name, "rolling", limits) + _taken(name), [(BEGIN, horizon)])


def stamped(name: str, dice: np.random.Generator) -> Planted:
    """The limit of the moment of writing holds for life."""
    limits, change = _limits(dice)
    ends = [END - days * DAY for _, days in limits]
    gone = [(BEGIN, min(ends[0], change)), (change, ends[1])]
    lost = [span for span in gone if span[0] < span[1]]
    if len(lost) > 1 and lost[0][1] == lost[1][0]:
        lost = [(BEGIN, lost[1][1])]
    kept = [at for at in _times(dice) if not any(start <= at < end for start, end in lost)]
    return Planted("stamped", name, kept, _policy(name, "stamped", limits) + _taken(name), lost)


def window(name: str, dice: np.random.Generator) -> Planted:
    """A collection of a part of the time."""
    start, end = sorted(int(at) for at in dice.integers(BEGIN + DAY, END - DAY, 2))
    kept = [at for at in _times(dice) if start <= at < end]
    told = f'[[policy]]\nstream = "{name}"\nsemantics = "none"\n' + _taken(name, (start, end))
    return Planted("window", name, kept, told, [(BEGIN, start), (end, END)])


def sequence(name: str, dice: np.random.Generator) -> Planted:
    """Records that are missing by their numbers: from the one before to the one after."""
    times = sorted(set(_times(dice)))
    first = int(dice.integers(100, len(times) - 200))
    count = int(dice.integers(1, 60))
    kept = [number for number in range(len(times)) if not first <= number < first + count]
    lost = [(times[first - 1], times[first + count])]
    told = f'[[policy]]\nstream = "{name}"\nsemantics = "none"\n' + _taken(name)
    return Planted("sequence", name, [times[each] for each in kept], told, lost, [each + 1 for each in kept])


def proven(name: str, dice: np.random.Generator) -> Planted:
    """A decoy: five quiet days, and record numbers without a hole."""
    start = int(dice.integers(BEGIN + 20 * DAY, END - 20 * DAY))
    kept = [at for at in _times(dice) if not start <= at < start + 5 * DAY]
    told = f'[[policy]]\nstream = "{name}"\nsemantics = "none"\n' + _taken(name)
    return Planted("decoy", name, kept, told, [], list(range(1, len(kept) + 1)))


def _taken(name: str, part: Span | None = None) -> str:
    """Word the collection of one stream, from its own file."""
    bounds = f"from = {_when(part[0])}\nto = {_when(part[1])}\n" if part else ""
    place = name.replace("/", "-")
    return f'[[collection]]\nid = "{place}"\ncollected_at = {_when(END)}\npaths = ["{place}.log"]\nstreams = ["{name}"]\n{bounds}'


MAKERS: tuple[tuple[str, Callable[[str, np.random.Generator], Planted]], ...] = (
    ("linux.auth", rolling),
    ("linux.auth", stamped),
    ("linux.auth", window),
    ("linux.journal", sequence),
    ("linux.journal", proven),
)


def streams(seed: int, count: int = KINDS) -> Iterator[Planted]:
    """Make so many streams of each kind."""
    for kind, (source, maker) in enumerate(MAKERS):
        for number in range(count):
            yield maker(f"{source}/h{kind}-{number}", np.random.default_rng([seed, kind, number]))


def _log(planted: Planted) -> str:
    host = planted.name.partition("/")[2]
    if planted.numbers is None:
        lines = (
            f"{_when(at)} {host} sshd[7]: Accepted publickey for ann from 192.0.2.7 port 5 ssh2" for at in planted.times
        )
    else:
        lines = (
            f'{{"__REALTIME_TIMESTAMP":"{at}","__SEQNUM":"{number}","_HOSTNAME":"{host}","MESSAGE":"x",'
            f'"__CURSOR":"s=a;i={number:x}","SYSLOG_IDENTIFIER":"cron"}}'
            for at, number in zip(planted.times, planted.numbers, strict=True)
        )
    return "\n".join(lines) + "\n"


def told(made: list[Planted], folder: Path) -> dict[str, list[Span]]:
    """Give the gaps that a case of these streams shows, by stream."""
    toml = f"[case]\nfrom = {_when(BEGIN)}\nto = {_when(END)}\n"
    (folder / "case.toml").write_text(toml + "".join(each.toml for each in made), encoding="utf-8")
    for each in made:
        (folder / f"{each.name.replace('/', '-')}.log").write_text(_log(each), encoding="utf-8")
    with Case.open(folder) as case:
        case.ingest([folder])
    found: dict[str, list[Span]] = {each.name: [] for each in made}
    with Case.open(folder) as case:
        for row in case.gaps().iter_rows(named=True):
            found.setdefault(row["stream"], []).append((_us(row["start"]), _us(row["end"])))
    return found


def _us(at: datetime) -> int:
    return (at.astimezone(UTC) - EPOCH) // timedelta(microseconds=1)


def run(seed: int, count: int = KINDS) -> Iterator[str]:
    """Give the lines of the table: how many gaps there are, how many were told exactly so, how far the others are off, how many are none."""
    made = list(streams(seed, count))
    with tempfile.TemporaryDirectory() as folder:
        found = told(made, Path(folder))
    yield f"{'kind':14} {'gaps':>5} {'exact':>6} {'worst border off':>17} {'false':>6}"
    for kind in dict.fromkeys(each.kind for each in made):
        mine = [each for each in made if each.kind == kind]
        lost = [(each.name, span) for each in mine for span in each.lost]
        exact = sum(span in found[name] for name, span in lost)
        off = max((_off(span, found[name]) for name, span in lost), default=0)
        false = sum(all(_apart(span, one) for one in each.lost) for each in mine for span in found[each.name])
        yield f"{kind:14} {len(lost):>5} {exact:>6} {f'{off} µs' if lost else '':>17} {false:>6}"


def _off(span: Span, spans: list[Span]) -> int:
    """Give how far the nearest of the told spans is off at its worse border, µs."""
    return min((max(abs(start - span[0]), abs(end - span[1])) for start, end in spans), default=END - BEGIN)


def _apart(one: Span, other: Span) -> bool:
    return one[1] <= other[0] or other[1] <= one[0]
