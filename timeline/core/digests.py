"""A chain of signed digests: each lists the files of one delivery period and names the digest before it, with its hash.

What the chain can prove is a silence: if all digests from one to another are there, unchanged, and every file that they list
too, then nothing else was delivered between. What it shows otherwise is where records are missing. The digest that names the
first one, and those after the last one, are as much part of it as those between: an absent head or tail is a hole as well.
(AWS: "CloudTrail digest file structure"; a digest without files is positive proof that no activity was logged.)
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from timeline.core.spans import BEGIN, Span, Spans, tidy
from timeline.core.stream import State

HOUR = 3_600_000_000
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
TAIL = 2 * HOUR
"""A digest comes every hour, and some time after it; the next one is missed only after the second."""


@dataclass(frozen=True)
class Listed:
    """A log file in a digest: its key, the hash that it must have, and the times of its events (None: not stated)."""

    key: str
    hash: str
    span: Span | None = None


@dataclass(frozen=True)
class Digest:
    """One digest of a delivery period `[start, end)`: its own key and hash, those it gives of the one before it, its files."""

    key: str
    hash: str
    start: int
    end: int
    files: tuple[Listed, ...] = ()
    before: str | None = None
    before_hash: str | None = None
    event: str = ""


@dataclass(frozen=True)
class Flaw:
    """A span of event times in which the chain does not hold, why, and the digests or files that show it.

    Of kind `head` and `tail` what is before the first digest and after the last one, `file` about a log file, else `hole`.
    """

    span: Span
    cause: str
    evidence: tuple[str, ...] = ()
    state: State = State.LOSSY
    kind: str = "hole"


@dataclass(frozen=True)
class Checked:
    """The event times whose records the chain proves to be complete, and where it is broken."""

    attested: Spans
    flaws: tuple[Flaw, ...]


def check(
    digests: Iterable[Digest],
    held: Mapping[str, str],
    latency: int,
    until: int | None = None,
    signed: AbstractSet[str] | None = None,
) -> Checked:
    """Check one trail's chain against the log files that are held (hash by key).

    `latency`: how long an event may take until its file is delivered (µs); `until`: when the files were collected; `signed`: the
    keys of digests whose signature was checked (None: all were), for hashes alone prove nothing: a forger makes them fit.
    """
    chain = sorted(digests, key=lambda each: (each.end, each.key))
    if not chain:
        return Checked((), ())
    flaws = [*_ends(chain, latency, until), *_unlisted(chain, held, latency)]
    broken = {number for number, each in enumerate(chain) if signed is not None and each.key not in signed}
    for number, digest in enumerate(chain):
        wrong = list(_files(digest, held, latency))
        flaws += wrong
        if wrong:
            broken.add(number)
    holes = set()
    for number, (one, other) in enumerate(pairwise(chain)):
        found = _link(one, other, latency)
        if found:
            flaws.append(found)
            holes.add(number)
            if found.cause.startswith(CHANGED):
                broken.add(number)
    return Checked(_attested(chain, broken, holes, latency), tuple(flaws))


CHANGED = "the digest was changed"


def _link(one: Digest, other: Digest, latency: int) -> Flaw | None:
    """Compare a digest with what the next one says of it."""
    between = (one.end - latency, max(other.start, one.end))
    if other.before is None:
        return Flaw(
            between,
            "the digest chain begins anew here: what was before it is not proven",
            (other.event,),
            State.UNKNOWN,
        )
    if other.before != one.key:
        return Flaw(
            between, f"digests between these two are missing, the last of them {other.before}", (one.event, other.event)
        )
    if other.before_hash is not None and other.before_hash != one.hash:
        return Flaw(
            (one.start - latency, one.end),
            f"{CHANGED}: its hash is not the one that the next digest gives",
            (one.event, other.event),
        )
    if other.start > one.end:
        return Flaw(between, "no digest speaks of this time", (one.event, other.event))
    return None


def _ends(chain: Sequence[Digest], latency: int, until: int | None) -> Iterator[Flaw]:
    first, last = chain[0], chain[-1]
    if first.before is not None:
        cause = f"the digest before the first one is missing: {first.before}"
        yield Flaw((BEGIN, first.start), cause, (first.event,), kind="head")
    if until is not None and until > last.end + TAIL:
        cause = "digests after the last one are missing: one comes every hour"
        yield Flaw((last.end - latency, until), cause, (last.event,), kind="tail")


def _files(digest: Digest, held: Mapping[str, str], latency: int) -> Iterator[Flaw]:
    """Compare a digest's files with those that are held."""
    for file in digest.files:
        span = file.span or (digest.start - latency, digest.end)
        if file.key not in held:
            yield Flaw(span, f"a log file that a digest lists is not here: {file.key}", (digest.event,), kind="file")
        elif held[file.key] != file.hash:
            yield Flaw(span, f"a log file was changed after its delivery: {file.key}", (digest.event,), kind="file")


def _unlisted(chain: Sequence[Digest], held: Mapping[str, str], latency: int) -> Iterator[Flaw]:
    """Find files that no digest lists, though one speaks of the time of their delivery: they may have been put there."""
    known = {file.key for digest in chain for file in digest.files}
    for key in sorted(set(held) - known):
        at = delivered(key)
        around = next((each for each in chain if at is not None and each.start <= at < each.end), None)
        if around:
            yield Flaw(
                (around.start - latency, around.end),
                f"a log file that no digest lists: {key}",
                (around.event,),
                kind="file",
            )


def delivered(key: str) -> int | None:
    """Read the time in a log file's name (`…_20230619T0917Z_…`), UTC."""
    for part in key.rsplit("/", 1)[-1].split("_"):
        with suppress(ValueError):
            told = datetime.strptime(part, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
            return (told - EPOCH) // MICROSECOND
    return None


def _attested(chain: Sequence[Digest], broken: set[int], holes: set[int], latency: int) -> Spans:
    """Give the event times of runs of sound digests: what happened late in a run may have been delivered after it."""
    runs: list[tuple[int, int]] = []
    start: int | None = None
    for number, digest in enumerate(chain):
        if number in broken:
            start = None
            continue
        start = digest.start if start is None else start
        runs.append((start, digest.end - latency))
        if number in holes:
            start = None
    return tidy(runs)
