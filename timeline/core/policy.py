"""The dated retention rule of one store as plain values; `rules` lays its limits end to end, `retention` says what it kept."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from timeline.core.rounding import Rounding
from timeline.core.scope import EVERYTHING, Scope
from timeline.core.spans import ALWAYS, END, Span, Spans


class Semantics(StrEnum):
    """How a rule decides what is deleted; a `state` has no past at all: what it held is gone without a trace."""

    ROLLING = "rolling"
    STAMPED = "stamped"
    RING = "ring"
    STATE = "state"
    NONE = "none"


class Limit(NamedTuple):
    """From `start` on records are kept for `keep` microseconds (None: for ever), or for so many calendar `months`.

    `new_only`: only what is written from then on (None: if the policy is stamped); `grace`: how long this shortening
    waits (None: as the policy says).
    """

    start: int
    keep: int | None
    months: int = 0
    grace: int | None = None
    new_only: bool | None = None


class Access(NamedTuple):
    """One way to read a store: how far back it looks (None: as far as the store), and its latency (None: the store's)."""

    name: str
    depth: int | None = None
    latency: int | None = None


class Restored(NamedTuple):
    """Event times of an archive that could be read from `at` until `until`."""

    span: Span
    at: int
    until: int = END


class Ending(NamedTuple):
    """From `at` on nothing of the store can be read any more, and why."""

    at: int = END
    why: str = ""


FOR_EVER = Ending()


@dataclass(frozen=True)
class Policy:
    """The dated retention rule of one store, for the records of one scope.

    Durations are microseconds. Before the first dated limit the first one holds; without limits nothing is known of
    deletion. `caps` are an entitlement's limits: the shorter of both holds. Of several policies that fit a record, one
    with a `priority` wins, the lowest number first, then the most specific. `latency` is the longest time from an event
    to its delivery, `grace` the time that a shortening waits, `lag` how late a deletion is, at least and at most (END:
    no bound), `rounding` when deletion runs at all. `unit` is the time that the records of one file span, which is
    deleted as a whole when its `unit_by` record is overdue. The age counts from the `anchor`: "event", or something that
    happens up to `latency` later. Nothing is deleted inside the `hold`; each of the `boots` deletes everything before.
    """

    store: str = "native"
    semantics: str = Semantics.ROLLING
    limits: tuple[Limit, ...] = ()
    caps: tuple[Limit, ...] = ()
    priority: int | None = None
    enabled: Spans = ALWAYS
    latency: int = 0
    hold: Span | None = None
    archive_after: int | None = None
    restored: tuple[Restored, ...] = ()
    restore_latency: int | None = None
    grace: int = 0
    lag: tuple[int, int] = (0, 0)
    rounding: Rounding | None = None
    unit: int = 0
    unit_by: str = "newest"
    overflow: str = "drop_oldest"
    boots: tuple[int, ...] = ()
    accesses: tuple[Access, ...] = ()
    ending: Ending = FOR_EVER
    scope: Scope = EVERYTHING
    basis: str = "declared"
    evidence: tuple[str, ...] = ()
    anchor: str = "event"

    @property
    def ruled(self) -> bool:
        """Tell whether the policy deletes by age."""
        return self.semantics in {Semantics.ROLLING, Semantics.STAMPED} and bool(self.limits or self.caps)

    def access(self, name: str) -> Access:
        """Give a way to read the store; one that nobody described sees all of it."""
        return next((each for each in self.accesses if each.name == name), Access(name))
