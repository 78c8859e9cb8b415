"""What people, imports and the catalogue state of a store, in the core's terms: no decision is made here."""

from __future__ import annotations

from collections.abc import Mapping

from timeline.case.policies import IMPORTED, FieldSpec, LimitSpec, PolicySpec, PurgeSpec
from timeline.core.coverage import Field, Purge
from timeline.core.retention import Access, Ending, Limit, Policy, Restored, Semantics
from timeline.core.rounding import Calendar
from timeline.core.scope import EVERYTHING, Scope, scope_of
from timeline.core.spans import BEGIN, END, clip


def policy(spec: PolicySpec) -> Policy:
    """Give a policy statement in the core's terms."""
    volatile = spec.anchor == "boot" and not spec.boots
    return Policy(
        store=spec.store,
        semantics=Semantics("ring" if volatile else spec.semantics or "rolling"),
        limits=_limits(spec.retention),
        caps=_limits(spec.cap),
        priority=spec.priority,
        enabled=clip(spec.enabled, (BEGIN, END if spec.store_ends is None else spec.store_ends)),
        latency=spec.latency or 0,
        hold=spec.hold if spec.hold_on == "log" else None,
        archive_after=spec.archive_after,
        restored=tuple(Restored((part.start, part.end), part.at, part.until) for part in spec.restored),
        restore_latency=spec.restore_latency,
        grace=spec.grace or 0,
        lag=spec.lag or (0, 0),
        rounding=Calendar(spec.rounding, spec.zone) if spec.rounding else None,
        unit=spec.purge_unit or 0,
        unit_by=spec.purge_by,
        overflow=spec.overflow,
        boots=spec.boots,
        accesses=tuple(Access(*way) for way in spec.access),
        ending=_ending(spec),
        scope=_scope(spec.where),
        basis=spec.basis,
        evidence=(spec.evidence or f"{_file(spec.basis)}: policy {spec.stream} ({spec.store})",),
        anchor=spec.anchor or "event",
    )


def purge(spec: PurgeSpec) -> Purge:
    """Give a deletion by hand in the core's terms."""
    told = spec.evidence or f"{_file(spec.basis)}: purge {spec.stream}"
    return Purge(spec.at, (spec.start, spec.end), _scope(spec.where), spec.store, spec.why, spec.basis, (told,))


def logged(spec: FieldSpec) -> Field:
    """Give the availability of a field in the core's terms."""
    told = spec.evidence or f"{_file(spec.basis)}: field {spec.stream}"
    cause = f"the field {spec.field} is not logged then" + (f": {spec.why}" if spec.why else "")
    return Field(spec.field, spec.logged, _scope(spec.where), cause, spec.basis, (told,))


def _limits(limits: tuple[LimitSpec, ...]) -> tuple[Limit, ...]:
    return tuple(Limit(*limit) for limit in limits)


def _ending(spec: PolicySpec) -> Ending:
    """Give the first moment from which on nothing can be read: the key or the licence is gone, or the store itself."""
    ends = [
        Ending(at, why)
        for at, why in (
            (spec.unreadable_from, "no longer readable: its key was destroyed or its licence had ended"),
            (spec.store_ends, "the store itself was deleted"),
        )
        if at is not None
    ]
    return min(ends, default=Ending())


def _file(basis: str) -> str:
    """Name the file in which such statements stand."""
    return "case.toml" if basis == "declared" else IMPORTED


def _scope(where: Mapping[str, tuple[str, ...]]) -> Scope:
    return scope_of(where) if where else EVERYTHING
