"""The changes of a case laid on its streams: each copy that they concern gets its gaps, purges and dated limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from timeline.core.policy import Limit, Policy, Semantics
from timeline.core.scope import Scope, both, overlap
from timeline.core.spans import BEGIN, END, minus
from timeline.core.stream import Defect, Purge, State, Stream
from timeline.core.switches import USUAL, Change, Dated, Switched, dated, doubts, purges, switched, touches
from timeline.evidence.switches import Changes, concerns


class Switches:
    """All changes of a case, ready to be laid on its streams; `stores` says from which copies a file was taken (none: nobody knows)."""

    def __init__(self, changes: Changes, stores: Mapping[int, frozenset[str]]) -> None:
        self.off = switched(changes.all)
        self.purges = purges(changes.all)
        self.doubts = doubts(changes.all)
        self.limits = dated(changes.all)
        self.later, self.stores = changes.later, stores

    def on(self, stream: Stream) -> Stream:
        """Give a stream with what configuration events did to it and to its copies."""
        off = [one for each in self.off if concerns(each.change, stream.name) for one in self._defects(each, stream)]
        gone = [
            one
            for change, each in self.purges
            if concerns(change, stream.name)
            for one in _purges(change, each, stream)
        ]
        off += [one for each in self.doubts if concerns(each.change, stream.name) for one in _doubted(each, stream)]
        laid = replace(stream, defects=(*stream.defects, *off), purges=(*stream.purges, *gone))
        limits = [each for each in self.limits if concerns(each.change, stream.name)]
        return _limited(laid, limits) if limits else laid

    def _defects(self, found: Switched, stream: Stream) -> list[Defect]:
        copies = _touched(found.change, stream)
        return [replace(found.defect, store=store) for store in copies if not self._disproved(found, store)]

    def _disproved(self, found: Switched, store: str | None) -> bool:
        """Tell whether records of the copy came while a change should have kept all of them away."""
        change, (_, end) = found.change, found.defect.span
        return change.moved and any(
            at == change.works
            and following < end
            and concerns(change, stream)
            and (store is None or store in self.stores.get(file_no, frozenset([store])))
            for (at, stream, file_no), following in self.later.items()
        )


def _stores(stream: Stream) -> list[str]:
    return sorted({each.store for each in stream.policies} | {each.store for each in stream.collections})


def _touched(change: Change, stream: Stream) -> list[str | None]:
    """Give the copies that a change concerns; None stands for all of them. Where nobody named any, there is the native one."""
    stores = _stores(stream) or ["native"]
    found: list[str | None] = [store for store in stores if touches(change, store, stores)]
    return [None] if len(found) == len(stores) else found


def _purges(change: Change, purge: Purge, stream: Stream) -> list[Purge]:
    """Give what was deleted from each copy; where the numbers of the case's records prove that none is missing, the case has what was there."""
    spans = minus((purge.span,), stream.attested)
    return [replace(purge, store=store, span=span) for store in _touched(change, stream) for span in spans]


def _doubted(found: Switched, stream: Stream) -> list[Defect]:
    """Say what may have been deleted; what goes oldest first has left all that is younger than the oldest that was seen."""
    change, (start, end) = found.change, found.defect.span
    laid = []
    for store in _touched(change, stream):
        seen = _oldest(stream, store) if change.oldest_first else None
        span = (start, end if seen is None else min(end, seen))
        laid.append(replace(found.defect, store=store, span=span))
    return laid


def _oldest(stream: Stream, store: str | None) -> int | None:
    seen = [each.oldest_seen for each in stream.collections if store in {None, each.store}]
    found = min((each for each in seen if each is not None), default=None)
    return stream.first_seen if found is None and not stream.collections else found


def _limited(stream: Stream, limits: Sequence[Dated]) -> Stream:
    """Date the limits of policies by the changes; those of a part of their records are policies of their own."""
    stores = _stores(stream)
    policies: list[Policy] = []
    unknown: list[Defect] = []
    for policy in stream.policies:
        mine = [each for each in limits if touches(each.change, policy.store, stores)]
        fixed = any(limit.start > BEGIN for limit in policy.limits)
        if fixed or policy.semantics in {Semantics.RING, Semantics.STATE}:
            policies.append(policy)
            continue
        for scope, some in _by_scope(policy, mine).items():
            policies.append(_dated(policy, some, scope))
            unknown += _before(policy, some, stream, scope)
        if policy.scope not in _by_scope(policy, mine):
            policies.append(policy)
    return replace(stream, policies=tuple(policies), defects=(*stream.defects, *unknown))


def _by_scope(policy: Policy, limits: Iterable[Dated]) -> dict[Scope, list[Dated]]:
    found: dict[Scope, list[Dated]] = {}
    for each in sorted(limits, key=lambda one: (one.start, one.change.event)):
        scope = both(policy.scope, each.scope) if overlap(policy.scope, each.scope) else None
        if scope is not None:
            found.setdefault(scope, []).append(each)
    return found


def _dated(policy: Policy, limits: Sequence[Dated], scope: Scope) -> Policy:
    """Date the limits of one policy: of a declared one only what shortens it counts, for people know what else was."""
    declared = policy.basis == "declared" and scope == policy.scope
    first = policy.limits[0].keep if policy.limits else None
    usual = END if first is None else first
    kept = [usual if each.keep == USUAL else each.keep for each in limits]
    dates = [
        Limit(each.start, _keep(min(keep, usual) if declared else keep))
        for each, keep in zip(limits, kept, strict=True)
    ]
    known = declared or policy.semantics == Semantics.NONE or scope != policy.scope
    start = Limit(BEGIN, first if known else dates[0].keep)
    semantics = Semantics.ROLLING if policy.semantics == Semantics.NONE else policy.semantics
    evidence = (*policy.evidence, *(each.change.event for each in limits))
    return replace(policy, semantics=semantics, limits=(start, *dates), evidence=evidence, scope=scope)


def _keep(keep: int) -> int | None:
    return None if keep >= END else keep


def _before(policy: Policy, limits: Sequence[Dated], stream: Stream, scope: Scope) -> list[Defect]:
    """Say that what a copy kept is not known, beyond what was seen: before the first change of its limit, or after one in doubt."""
    doubtful = [each for each in limits if each.change.doubt]
    first = doubtful[0] if doubtful else limits[0]
    if policy.basis == "declared" and not doubtful:
        return []
    seen = [
        each.oldest_seen for each in stream.collections if each.store == policy.store and each.oldest_seen is not None
    ]
    border = min([END if doubtful else first.start, *seen])
    words = "may have set a new limit" if doubtful else "set a new limit, and no event says what it was before"
    cause = f"{first.change.operation} {words}"
    return [Defect(State.UNKNOWN, (BEGIN, border), scope, cause, "config_event", (first.change.event,), policy.store)]
