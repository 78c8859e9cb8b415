"""What a store still holds at a moment, when its rules change over the years and deletion is not exact."""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from timeline.core.policy import Access, Ending, Limit, Policy, Restored, Semantics
from timeline.core.rules import segments
from timeline.core.spans import ALWAYS, BEGIN, END, Span, Spans, clip, common, minus, tidy, union

__all__ = [
    "Access",
    "Band",
    "Ending",
    "Fate",
    "Limit",
    "Policy",
    "Restored",
    "Semantics",
    "Sighting",
    "archived",
    "expires",
    "fate",
    "horizon",
]


class Band(NamedTuple):
    """Everything from `kept_from` on is certainly there, everything before `gone_before` certainly deleted."""

    kept_from: int
    gone_before: int


@dataclass(frozen=True)
class Fate:
    """What became of event times in a store: surely kept, surely deleted, or neither is known."""

    kept: Spans
    gone: Spans
    doubtful: Spans


@dataclass(frozen=True)
class Sighting:
    """The oldest record that was found in a store, and the newest one if it is known.

    `uncut`: no window, filter or limit hid older ones.
    """

    oldest: int
    uncut: bool
    newest: int | None = None


@lru_cache(maxsize=8192)
def fate(policy: Policy, at: int, sighting: Sighting | None = None) -> Fate:
    """Tell for every event time what became of it in the store at the moment `at`; a sighting decides the doubts."""
    if at >= policy.ending.at:
        return Fate((), ALWAYS, ())
    kept, gone = _certain(policy, at)
    rebooted: Spans = tidy((BEGIN, boot) for boot in policy.boots if boot <= at)
    kept, gone = minus(kept, rebooted), union(gone, rebooted)
    doubtful = minus(ALWAYS, union(kept, gone))
    if sighting is None or policy.semantics == Semantics.STATE:
        return Fate(kept, gone, doubtful)
    seen, lost = _decided(policy, sighting, doubtful)
    return Fate(union(kept, seen), union(gone, lost), minus(doubtful, union(seen, lost)))


def horizon(policy: Policy, at: int, sighting: Sighting | None = None) -> Band:
    """Give the band in which the oldest event time lies that the store holds at the moment `at`."""
    found = fate(policy, at, sighting)
    missing = union(found.gone, found.doubtful)
    from_begin = found.gone and found.gone[0][0] == BEGIN
    return Band(missing[-1][1] if missing else BEGIN, found.gone[0][1] if from_begin else BEGIN)


def archived(policy: Policy, at: int) -> Spans:
    """Give the event times that the store has moved to a tier from which they must be restored."""
    if policy.archive_after is None:
        return ()
    back = tidy(part.span for part in policy.restored if part.at <= at < part.until)
    return minus(tidy([(BEGIN, at - policy.archive_after)]), back)


def expires(policy: Policy, span: Span, as_of: int) -> int | None:
    """Give the instant at which the store begins to lose what it holds of the span at `as_of`; None: never, or gone."""
    held = common(clip(fate(policy, as_of).kept, span), policy.enabled)
    if not held:
        return None
    ends = [policy.ending.at]
    ends += [boot for boot in policy.boots if boot > max(as_of, held[0][0])]
    if policy.ruled:
        parts = ((part, clip(held, part.span)) for part in segments(policy, most=False))
        ends += [part.loses(own[0][0], as_of, policy.lag[0]) for part, own in parts if own]
    first = min(ends)
    return None if first >= END else max(first, as_of)


def _certain(policy: Policy, at: int) -> tuple[Spans, Spans]:
    """Split off what is surely kept and what is surely gone."""
    blocking = policy.semantics == Semantics.RING and policy.overflow == "block"
    if policy.semantics == Semantics.NONE or blocking:
        return ALWAYS, ()
    if not policy.ruled:
        return ((at, END),), ()
    least, most = policy.lag[0], _latest(policy)
    kept = [clip(((part.deleted(at, least), END),), part.span) for part in segments(policy, most=False)]
    gone = [
        clip(((BEGIN, part.deleted(at, most)),), part.span) if most < END else ()
        for part in segments(policy, most=True)
    ]
    return union(*kept), union(*gone)


def _latest(policy: Policy) -> int:
    """Count what may come later than the event as a deletion that may come later: the anchor, the file's newest record."""
    anchored = 0 if policy.anchor == "event" else policy.latency
    return min(END, policy.lag[1] + anchored + (policy.unit if policy.unit_by == "newest" else 0))


def _decided(policy: Policy, sighting: Sighting, doubtful: Spans) -> tuple[Spans, Spans]:
    """Give what is kept and what is lost of the doubtful, as what was seen tells."""
    if policy.semantics == Semantics.RING and policy.overflow != "drop_oldest":
        until = BEGIN if sighting.newest is None else sighting.newest + 1
        return clip(doubtful, (BEGIN, until)), ()
    alike = clip(doubtful, _ruled_alike(policy, sighting.oldest))
    seen = clip(alike, (sighting.oldest, END))
    known = policy.ruled or policy.semantics == Semantics.RING
    return seen, minus(alike, seen) if sighting.uncut and known else ()


def _ruled_alike(policy: Policy, instant: int) -> Span:
    """Give the event times for which the record seen at the instant speaks: other segments have other rules."""
    if not policy.ruled:
        return BEGIN, END
    spans = (part.span for part in segments(policy, most=False))
    return next(span for span in spans if span[0] <= instant < span[1])
