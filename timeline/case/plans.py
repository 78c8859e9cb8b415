"""Plans of case.toml as the catalogue's dated defaults: what is written beside `plan` stays, the rest comes from the rows."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from timeline.case.policies import LimitSpec, PolicySpec
from timeline.core.spans import ALWAYS, clip
from timeline.policies.history import windows
from timeline.policies.rows import Row, planned


def resolved(spec: PolicySpec, stream: str) -> list[PolicySpec]:
    """Give the statements that a policy makes of one stream: of a plan one for each row of the catalogue.

    Where the plan says nothing of this very stream its limit stays unknown, and the evidence says so.
    """
    if spec.plan is None:
        return [spec]
    rows = [row for row in planned(stream, spec.plan) if row.known]
    if not rows:
        nothing = f"catalogue: nothing is known of {stream.partition('/')[0]} under {spec.plan}"
        return [replace(spec, evidence=f"{spec.evidence}; {nothing}" if spec.evidence else nothing)]
    return [*(_with(spec, row) for row in rows), *_since(spec, stream, rows)]


def _since(spec: PolicySpec, stream: str, rows: Sequence[Row]) -> Iterator[PolicySpec]:
    """Say of kinds of records that the plan has only since a day that they were not there before."""
    whole = next((row for row in rows if not row.where), None)
    for each in windows() if whole else ():
        if whole and spec.plan and each.plan == spec.plan.lower() and each.where and each.concerns(stream):
            dated = replace(
                _with(spec, whole), where={**spec.where, **each.where}, enabled=clip(spec.enabled, each.span)
            )
            yield replace(dated, evidence="; ".join(filter(None, (each.evidence(), spec.evidence))))


def spec_of(row: Row, stream: str) -> PolicySpec:
    """Give a row of the catalogue as a policy of the stream."""
    return _with(PolicySpec(stream, row.store, plan=row.plan), row)


def _with(spec: PolicySpec, row: Row) -> PolicySpec:
    """Fill in what the policy does not state itself."""
    return replace(
        spec,
        semantics=spec.semantics or row.semantics,
        retention=tuple(LimitSpec(limit.start, limit.keep) for limit in row.limits),
        where={**row.where, **spec.where},
        enabled=row.enabled if spec.enabled == ALWAYS else spec.enabled,
        latency=row.latency if spec.latency is None else spec.latency,
        lag=spec.lag or row.lag,
        grace=row.grace if spec.grace is None else spec.grace,
        anchor=spec.anchor or row.anchor,
        archive_after=row.archive_after if spec.archive_after is None else spec.archive_after,
        basis="catalogue",
        evidence="; ".join(each for each in (row.evidence(), spec.evidence) if each),
    )
