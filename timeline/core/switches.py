"""Configuration events as state machines: what each successful change left switched off, and until which change.

An event states a whole new state of one thing (a trail, a setting, the audit of one mailbox): a set of scopes that are off from
then on. So replacing, narrowing, stopping and starting are all the same step, and an event that changes nothing changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from timeline.core.scope import EVERYTHING, Scope
from timeline.core.spans import BEGIN, END, Span
from timeline.core.stream import Defect, Purge, State

USUAL = -1


@dataclass(frozen=True)
class Change:
    """A successful change of one thing at one instant (µs); only successful ones may be given.

    `subject` is a glob over streams (without those of `but`), `key` the thing that was changed, `copy` the copy of the log
    that it concerns (empty: all), `spared` copies that it never does. `named`: only a copy that is called just so, or one of
    several names with `|` between them.

    `off`: the scopes that are switched off from now on, none of them if empty, None if the event is about something else;
    `doubt`: the event does not say which, so these may be (none: what was off may still be). It works within `delay` µs.
    `moved`: if it worked at all, then nothing came after it: later records disprove it.

    `keep`: from now on records of `scope` are kept so long (µs; END: for ever; USUAL: as if nothing had set a limit).
    `purged`: records of these event times are gone (in doubt some of them; `oldest_first`: all before the oldest that is left).
    """

    subject: str
    key: str
    at: int
    event: str
    operation: str
    copy: str = ""
    spared: tuple[str, ...] = ()
    off: tuple[Scope, ...] | None = None
    doubt: bool = False
    delay: int = 0
    keep: int | None = None
    purged: Span | None = None
    scope: Scope = EVERYTHING
    but: tuple[str, ...] = ()
    named: bool = False
    moved: bool = False
    oldest_first: bool = False

    @property
    def works(self) -> int:
        """The instant from which it surely works."""
        return self.at + self.delay


class Switched(NamedTuple):
    """What a change did to the streams of a subject, in one copy of them or in all."""

    change: Change
    defect: Defect


class Open(NamedTuple):
    """A scope that is off since a change; `until` at least, which says so once more."""

    change: Change
    doubt: bool
    until: int


def switched(changes: Iterable[Change]) -> list[Switched]:
    """Give the spans in which something was switched off, or may have been, each from its change to the one that ended it."""
    things: dict[tuple[str, str, str], list[Change]] = defaultdict(list)
    for change in changes:
        if change.off is not None:
            things[change.subject, change.copy, change.key].append(change)
    return [
        found for some in things.values() for found in _machine(sorted(some, key=lambda each: (each.at, each.event)))
    ]


def _machine(changes: list[Change]) -> Iterator[Switched]:
    state: dict[Scope, Open] = {}
    for change in changes:
        off = set(change.off or ()) or {scope for scope in state if change.doubt}
        for scope in sorted(set(state) - off, key=Scope.text):
            yield _ended(state.pop(scope), scope, change)
        for scope in sorted(off, key=Scope.text):
            before = state.get(scope)
            if before and before.doubt != change.doubt:
                yield _ended(before, scope, change)
                before = None
            state[scope] = Open(before.change if before else change, change.doubt, change.at + 1)
    for scope, left in state.items():
        yield _ended(left, scope, None)


def _ended(begun: Open, scope: Scope, last: Change | None) -> Switched:
    """Close a span; switching on takes its delay until it works for certain."""
    end = END if last is None else last.works
    word, state = ("may have been narrowed", State.UNKNOWN) if begun.doubt else ("switched off", State.DISABLED)
    evidence = tuple(dict.fromkeys([begun.change.event, *([last.event] if last else [])]))
    cause = f"{word} by {begun.change.operation}"
    return Switched(
        begun.change,
        Defect(state, (begun.change.at, max(end, begun.until)), scope, cause, "config_event", evidence),
    )


def purges(changes: Iterable[Change]) -> list[tuple[Change, Purge]]:
    """Give what changes deleted for certain."""
    return [
        (
            each,
            Purge(
                each.at, each.purged, each.scope, None, f"deleted by {each.operation}", "config_event", (each.event,)
            ),
        )
        for each in changes
        if each.purged is not None and not each.doubt
    ]


def doubts(changes: Iterable[Change]) -> list[Switched]:
    """Give the event times of which changes may have deleted something."""
    return [
        Switched(
            each,
            Defect(
                State.UNKNOWN,
                each.purged,
                each.scope,
                f"may have been deleted by {each.operation}",
                "config_event",
                (each.event,),
            ),
        )
        for each in changes
        if each.purged is not None and each.doubt
    ]


class Dated(NamedTuple):
    """From `start` until `end` a change kept records of `scope` for `keep` µs (END: for ever, USUAL: as before all changes)."""

    start: int
    end: int
    keep: int
    change: Change
    scope: Scope = EVERYTHING


def dated(changes: Iterable[Change]) -> list[Dated]:
    """Lay the limits that changes set end to end; those of one thing follow each other, and of one event the strictest holds."""
    things: dict[tuple[str, str, str], list[Change]] = defaultdict(list)
    for change in changes:
        if change.keep is not None:
            things[change.subject, change.copy, change.key].append(change)
    return [found for some in things.values() for found in _laid(some)]


def _laid(some: list[Change]) -> Iterator[Dated]:
    strictest: dict[tuple[int, str], Change] = {}
    for change in sorted(some, key=lambda each: (each.at, each.event, -(each.keep or 0))):
        strictest[change.at, change.event] = change
    ordered = list(strictest.values())
    scope = EVERYTHING
    for change, (start, end) in zip(ordered, pairwise([*(each.at for each in ordered), END]), strict=True):
        scope = scope if change.keep == USUAL else change.scope
        if start < end and change.keep is not None:
            yield Dated(start, end, change.keep, change, scope)


def touches(change: Change, store: str, stores: Iterable[str]) -> bool:
    """Tell whether a change concerns a copy: its own, or in doubt any that is not known to be another one.

    Copies of one kind are named alike (`trail main`, `trail second`): with one of them named, the others are others.
    """
    if store in change.spared:
        return False
    if change.named:
        return store in change.copy.split("|")
    if not change.copy or store == change.copy:
        return True
    kind = change.copy.partition(" ")[0]
    return change.copy not in set(stores) and not store.startswith(f"{kind} ")


def whole_past(at: int) -> Span:
    """Give everything before an instant."""
    return (BEGIN, at)
