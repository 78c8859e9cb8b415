"""What a case knows about one stream, and what it concludes for a span of time."""

from dataclasses import dataclass
from enum import StrEnum

from timeline.core.retention import Policy
from timeline.core.scope import EVERYTHING, Scope
from timeline.core.spans import BEGIN, END, Span, Spans, tidy


class State(StrEnum):
    """What is known of an instant, best first: of several copies the best one counts."""

    COVERED = "covered"
    LOSSY = "lossy"
    SILENT = "silent"
    PENDING = "pending"
    ARCHIVED = "archived"
    NOT_COLLECTED = "not_collected"
    UNKNOWN = "unknown"
    DISABLED = "disabled"
    NOT_ENABLED = "not_enabled"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Collection:
    """One act of acquiring evidence of one stream from one store.

    `window` and `scope` are what was asked for, `lost` the part of it that a record limit cut off; `access` is the way
    by which the store was read. `oldest_seen` and `newest_seen` are the first and the last record of the stream in it;
    `uncut` says that neither window, filter nor limit could have hidden an older one. Where nobody stated the collection,
    the caller infers one and gives `basis="inferred"`; a moment that nobody knows (None) is taken for the end of the
    latest delivery, and then only what was seen counts as kept.
    """

    id: str
    store: str = "native"
    collected_at: int | None = None
    window: Span = (BEGIN, END)
    scope: Scope = EVERYTHING
    lost: Spans = ()
    oldest_seen: int | None = None
    uncut: bool = False
    basis: str = "declared"
    newest_seen: int | None = None
    access: str = ""


@dataclass(frozen=True)
class Purge:
    """At `at` records of a span of event time were deleted from one store, or (None) from every one."""

    at: int
    span: Span = (BEGIN, END)
    scope: Scope = EVERYTHING
    store: str | None = None
    cause: str = ""
    basis: str = "declared"
    evidence: tuple[str, ...] = ()

    @property
    def taken(self) -> Spans:
        """The event times that it took away."""
        return tidy([(self.span[0], min(self.span[1], self.at))])


@dataclass(frozen=True)
class Field:
    """When the records of a scope state a field; outside of it they are there, but cannot answer what asks for it."""

    name: str
    logged: Spans
    scope: Scope = EVERYTHING
    cause: str = ""
    basis: str = "declared"
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Defect:
    """Something that went wrong in a span of event time: in one store or collection, or (None) in every one."""

    state: State
    span: Span
    scope: Scope = EVERYTHING
    cause: str = ""
    basis: str = "declared"
    evidence: tuple[str, ...] = ()
    store: str | None = None
    collection: str | None = None


@dataclass(frozen=True)
class Stream:
    """All that is known about one log at one place.

    `policies` are those whose glob matches the stream, less specific ones first: per store the one of the best priority
    wins, then the one with most terms in its scope, then the later one. `first_seen` is its oldest record,
    `last_seen` the end of its latest delivery (exclusive). In `attested` spans the log itself proves its silence.
    """

    name: str
    policies: tuple[Policy, ...]
    collections: tuple[Collection, ...]
    defects: tuple[Defect, ...]
    first_seen: int | None
    last_seen: int | None
    as_of: int
    attested: Spans = ()
    purges: tuple[Purge, ...] = ()
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True)
class Piece:
    """One state from `start` to `end`, why it is so and how we know.

    `mendable`: some store still holds it at `as_of`; `deadline`: when the last one begins to lose it.
    """

    start: int
    end: int
    state: State
    cause: str = ""
    basis: str = ""
    store: str = ""
    mendable: bool = False
    deadline: int | None = None
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gap(Piece):
    """A maximal span that is not covered, for one scope (EVERYTHING: the whole stream)."""

    scope: Scope = EVERYTHING
