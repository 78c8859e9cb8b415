"""What a store still holds at a moment, when its rules change over the years and deletion is not exact."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from timeline.core.scope import EVERYTHING, Scope
from timeline.core.spans import ALWAYS, BEGIN, END, Span, Spans, clip, minus, tidy, union


class Semantics(StrEnum):
    """How a rule decides what is deleted."""

    ROLLING = "rolling"
    STAMPED = "stamped"
    RING = "ring"
    NONE = "none"


class Limit(NamedTuple):
    """From `start` on records are kept for `keep` microseconds (None: for ever)."""

    start: int
    keep: int | None


class Band(NamedTuple):
    """Everything from `kept_from` on is certainly there, everything before `gone_before` certainly deleted."""

    kept_from: int
    gone_before: int


@dataclass(frozen=True)
class Policy:
    """The dated retention rule of one store, for the records of one scope.

    Durations are microseconds. Before the first dated limit the first one holds. `latency` is the longest time from
    an event to its delivery, `grace` the time that a shortening waits, `lag` how late a deletion may be (END: no bound).
    The age counts from the `anchor`: "event", or something up to `latency` later. Without limits nothing is known.
    """

    store: str = "native"
    semantics: str = Semantics.ROLLING
    limits: tuple[Limit, ...] = ()
    enabled: Spans = ALWAYS
    latency: int = 0
    hold_from: int | None = None
    archive_after: int | None = None
    grace: int = 0
    lag: tuple[int, int] = (0, 0)
    scope: Scope = EVERYTHING
    basis: str = "declared"
    evidence: tuple[str, ...] = ()
    anchor: str = "event"


@dataclass(frozen=True)
class Fate:
    """What became of event times in a store: surely kept, surely deleted, or neither is known."""

    kept: Spans
    gone: Spans
    doubtful: Spans


@dataclass(frozen=True)
class Sighting:
    """The oldest record that was found in a store; `uncut` if no window, filter or limit hid older ones."""

    oldest: int
    uncut: bool


def fate(policy: Policy, at: int, sighting: Sighting | None = None) -> Fate:
    """Tell for every event time what became of it in the store at the moment `at`; a sighting decides the doubts."""
    raise NotImplementedError


def horizon(policy: Policy, at: int, sighting: Sighting | None = None) -> Band:
    """Give the band in which the oldest event time lies that the store holds at the moment `at`."""
    raise NotImplementedError


def expires(policy: Policy, span: Span, as_of: int) -> int | None:
    """Give the instant at which the store begins to lose what it holds of the span at `as_of`; None: never, or gone."""
    raise NotImplementedError
