"""What a store keeps, for how long and of which fields, as people, imports and the catalogue state it.

`policy_sheet` reads these from [[policy]], [[purge]] and [[field]] of case.toml (what people declare) and of policies.toml,
which `timeline policy import` writes and which says of each statement how it is known (`basis`, `evidence`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made
from typing import NamedTuple

from timeline.core.spans import ALWAYS, BEGIN, END, Span, Spans

IMPORTED = "policies.toml"


class LimitSpec(NamedTuple):
    """From `start` on, records are kept for `keep` µs (None: for ever) or, instead, for so many calendar `months`.

    `new_only`: the change concerns only what is written from then on (None: as the policy's semantics has it); `grace`: how
    long this shortening waits (None: as the policy says).
    """

    start: int
    keep: int | None
    months: int = 0
    grace: int | None = None
    new_only: bool | None = None


class AccessSpec(NamedTuple):
    """One way to read a store: how far back it looks, and how long it takes until a record is there (None: as the policy)."""

    name: str
    depth: int | None
    latency: int | None


class RestoreSpec(NamedTuple):
    """A part of an archive (event times) that can be read from `at` until `until`."""

    start: int
    end: int
    at: int
    until: int


@dataclass(frozen=True)
class PolicySpec:
    """What a store keeps, and for how long: `retention` in order of time; spans and durations in µs, None: not stated."""

    stream: str
    store: str = "native"
    semantics: str | None = None
    retention: tuple[LimitSpec, ...] = ()
    cap: tuple[LimitSpec, ...] = ()
    plan: str | None = None
    priority: int | None = None
    where: Mapping[str, tuple[str, ...]] = made(default_factory=dict)
    enabled: Spans = ALWAYS
    latency: int | None = None
    hold: Span | None = None
    hold_on: str = "log"
    archive_after: int | None = None
    restore_latency: int | None = None
    restored: tuple[RestoreSpec, ...] = ()
    grace: int | None = None
    lag: tuple[int, int] | None = None
    anchor: str | None = None
    rounding: str | None = None
    zone: str = "UTC"
    purge_unit: int | None = None
    purge_by: str = "newest"
    overflow: str = "drop_oldest"
    boots: tuple[int, ...] = ()
    access: tuple[AccessSpec, ...] = ()
    unreadable_from: int | None = None
    store_ends: int | None = None
    basis: str = "declared"
    evidence: str = ""
    imported_at: int | None = None


@dataclass(frozen=True, kw_only=True)
class _Said:
    """For which records a statement holds, and who says so."""

    where: Mapping[str, tuple[str, ...]] = made(default_factory=dict)
    why: str = ""
    basis: str = "declared"
    evidence: str = ""
    imported_at: int | None = None


@dataclass(frozen=True)
class PurgeSpec(_Said):
    """At `at` someone deleted these records (event times from `start` to `end`) from a store (None: from every one)."""

    stream: str
    at: int
    start: int = BEGIN
    end: int = END
    store: str | None = None


@dataclass(frozen=True)
class FieldSpec(_Said):
    """When the records of a stream state an event column; elsewhere a question that joins on it cannot be answered."""

    stream: str
    field: str
    logged: Spans


@dataclass(frozen=True)
class Policies:
    """All that one file, or both together, say of what is kept."""

    policies: tuple[PolicySpec, ...] = ()
    purges: tuple[PurgeSpec, ...] = ()
    fields: tuple[FieldSpec, ...] = ()

    def __add__(self, other: "Policies") -> "Policies":
        return Policies(self.policies + other.policies, self.purges + other.purges, self.fields + other.fields)
