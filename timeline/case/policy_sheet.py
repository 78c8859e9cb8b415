"""[[policy]], [[purge]] and [[field]] of case.toml and policies.toml, read and checked key by key."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeVar

from timeline.case.policies import AccessSpec, FieldSpec, LimitSpec, Policies, PolicySpec, PurgeSpec, RestoreSpec
from timeline.case.sheet import Table
from timeline.case.values import (
    ExpectedError,
    choice,
    count,
    days,
    duration,
    glob,
    instant,
    selector,
    several,
    shown,
    text,
    time_zone,
    whole,
)
from timeline.catalog import column_types
from timeline.core.spans import BEGIN, END, Span, Spans, tidy
from timeline.policies.rows import expected, plans

SEMANTICS = ("rolling", "stamped", "ring", "state", "none")
ANCHORS = ("event", "receipt", "creation", "delivery", "boot")
BASES = ("declared", "imported", "catalogue", "inferred")
YEAR = 12

T = TypeVar("T")


@dataclass(frozen=True)
class Source:
    """How a statement is known: declared, imported, catalogue or inferred; `evidence` is the text that shows it."""

    basis: str = "declared"
    evidence: str = ""
    imported_at: int | None = None


def read_policies(root: Table, *, sourced: bool = False) -> Policies:
    """Read the three tables; `sourced`: of policies.toml, where each statement says how it is known."""
    return Policies(
        tuple(_policy(table, _source(table, sourced=sourced)) for table in root.tables("policy")),
        tuple(_purge(table, _source(table, sourced=sourced)) for table in root.tables("purge")),
        tuple(_field(table, _source(table, sourced=sourced)) for table in root.tables("field")),
    )


def check_window(table: Table, start: str, end: str) -> None:
    """Note an end that is not after its start."""
    first, last = (table.values.get(key) for key in (start, end))
    with suppress(ExpectedError):
        if first is not None and last is not None and instant(first) >= instant(last):
            table.wrong(f"a time after `{start}` ({shown(first)})", end)


def _source(table: Table, *, sourced: bool) -> Source:
    if not sourced:
        return Source()
    return Source(
        table.take("basis", choice(*BASES), "imported"),
        table.take("evidence", text, ""),
        table.take("imported_at", instant, None),
    )


def _policy(table: Table, source: Source) -> PolicySpec:
    spec = PolicySpec(
        stream=table.need("stream", glob, ""),
        store=table.take("store", text, "native"),
        semantics=table.take("semantics", choice(*SEMANTICS), None),
        retention=_limits(table, "retention"),
        cap=_limits(table, "cap"),
        plan=table.take("plan", text, None),
        priority=table.take("priority", whole, None),
        where=table.take("where", selector, {}),
        enabled=_enabled(table),
        latency=table.take("latency", duration, None),
        hold=_hold(table),
        hold_on=table.take("hold_applies_to", choice("log", "content"), "log"),
        archive_after=table.take("archive_after_days", days, None),
        restore_latency=table.take("restore_latency", duration, None),
        restored=_each(table, "restored", _restored),
        grace=table.take("grace", duration, None),
        lag=table.take("lag", _lag, None),
        anchor=table.take("anchor", choice(*ANCHORS), None),
        rounding=table.take("rounding", choice("day", "month"), None),
        zone=table.take("rounding_zone", time_zone, "UTC"),
        purge_unit=table.take("purge_unit", duration, None),
        purge_by=table.take("purge_by", choice("newest", "oldest"), "newest"),
        overflow=table.take("overflow", choice("drop_oldest", "drop_newest", "block"), "drop_oldest"),
        boots=table.take("boots", several(instant, "times of boots, as in [2023-05-15T08:00:00Z]"), ()),
        access=_each(table, "access", _access),
        unreadable_from=table.take("unreadable_from", instant, None),
        store_ends=table.take("store_ends", instant, None),
        **vars(source),
    )
    _check_policy(table, spec)
    _check_company(table, spec)
    table.close()
    return spec


def _limits(table: Table, key: str) -> tuple[LimitSpec, ...]:
    """Both ways to write limits, the oldest first: `key = [{days = 30, from = …}, …]` or `key_days = 30`."""
    limits = list(_each(table, key, _limit))
    if len({limit.start for limit in limits}) < len(limits):
        table.wrong("limits with different dates in `from`", key)
    constant = table.take(f"{key}_days", days, None)
    if constant is not None:
        limits.append(LimitSpec(BEGIN, constant))
    return tuple(sorted(limits, key=lambda limit: limit.start))


def _limit(table: Table) -> LimitSpec:
    given = [key for key in ("days", "months", "years", "forever") if key in table.values]
    for key in given[1:]:
        table.wrong(f"only one of days, months, years and forever; {given[0]} is there already", key)
    months = table.take("months", count, 0) or YEAR * table.take("years", count, 0)
    for_ever = table.take("forever", _yes, False)
    keep = table.take("days", days, 0) if given else table.need("days", days, 0)
    return LimitSpec(
        start=table.take("from", instant, BEGIN),
        keep=None if for_ever or months else keep,
        months=months,
        grace=table.take("grace", duration, None),
        new_only={"new": True, "all": False, "": None}[table.take("applies_to", choice("new", "all"), "")],
    )


def _enabled(table: Table) -> Spans:
    """Give when the log was switched on: `enabled_from`/`enabled_to`, or `enabled = false`, or several periods."""
    whole_time = _window(table, "enabled_from", "enabled_to")
    if isinstance(table.values.get("enabled"), bool):
        if table.take("enabled", _yes_or_no, True):
            return (whole_time,)
        return ()
    periods = tuple(_each(table, "enabled", _period))
    for key in ("enabled_from", "enabled_to"):
        if periods and key in table.values:
            table.wrong("either this or the periods in `enabled`", key)
    return tidy(periods) or (whole_time,)


def _hold(table: Table) -> Span | None:
    hold = _window(table, "hold_from", "hold_to")
    return hold if "hold_from" in table.values else None


def _period(table: Table) -> Span:
    return _window(table, "from", "to")


def _window(table: Table, start: str, end: str) -> Span:
    found = table.take(start, instant, BEGIN), table.take(end, instant, END)
    check_window(table, start, end)
    return found


def _restored(table: Table) -> RestoreSpec:
    start, end = _window(table, "from", "to")
    at = table.need("at", instant, BEGIN)
    lasts = table.take("lasts", duration, None)
    return RestoreSpec(start, end, at, END if lasts is None else at + lasts)


def _access(table: Table) -> AccessSpec:
    return AccessSpec(
        table.need("name", text, ""), table.take("days", days, None), table.take("latency", duration, None)
    )


def _each(table: Table, key: str, read: Callable[[Table], T]) -> tuple[T, ...]:
    found = []
    for part in table.tables(key):
        found.append(read(part))
        part.close()
    return tuple(found)


def _check_policy(table: Table, spec: PolicySpec) -> None:
    """One statement of how long, and the semantics wherever the answer depends on them."""
    ways = [key for key in ("retention", "retention_days", "plan") if key in table.values]
    for key in ways[1:]:
        table.wrong(f"only one of retention, retention_days and plan; {ways[0]} is there already", key)
    for key in ways if spec.semantics in {"none", "state"} else ():
        table.wrong(f'no limit beside semantics = "{spec.semantics}"', key)
    if "semantics" not in table.values and len(spec.retention) > 1:
        table.missing(
            "semantics", '"rolling" (a new limit holds for all) or "stamped" (a record keeps the one it was born with)'
        )
    if spec.plan is not None and spec.plan.lower() not in plans(spec.stream):
        table.wrong(expected(spec.stream), "plan")
    # an import may know of a copy and nothing else: then nobody knows how long it is kept
    says_nothing = table.values.keys() <= {"stream", "store", "where", "priority"}
    if not ways and (spec.semantics in {"rolling", "stamped"} or says_nothing):
        table.missing("retention_days", "how long the store keeps records: retention_days, retention or plan")


def _check_company(table: Table, spec: PolicySpec) -> None:
    """Keys that mean nothing without another one are mistakes, for they would be believed."""
    beside = {
        "hold_to": "hold_from",
        "hold_applies_to": "hold_from",
        "rounding_zone": "rounding",
        "purge_by": "purge_unit",
        "restore_latency": "archive_after_days",
        "restored": "archive_after_days",
    }
    for key, other in beside.items():
        if key in table.values and other not in table.values:
            table.wrong(f"`{other}` beside it", key)
    if "overflow" in table.values and spec.semantics != "ring":
        table.wrong('semantics = "ring" beside it: only a buffer of fixed size overflows', "overflow")


def _purge(table: Table, source: Source) -> PurgeSpec:
    start, end = _window(table, "from", "to")
    spec = PurgeSpec(
        stream=table.need("stream", glob, ""),
        at=table.need("at", instant, END),
        start=start,
        end=end,
        store=table.take("store", text, None),
        where=table.take("where", selector, {}),
        why=table.take("why", text, ""),
        **vars(source),
    )
    table.close()
    return spec


def _field(table: Table, source: Source) -> FieldSpec:
    periods = _each(table, "logged", _period) if isinstance(table.values.get("logged"), list) else ()
    never = not periods and not table.take("logged", _yes_or_no, True)
    spec = FieldSpec(
        stream=table.need("stream", glob, ""),
        field=table.need("field", _column, ""),
        logged=() if never else tidy(periods) or (_window(table, "from", "to"),),
        where=table.take("where", selector, {}),
        why=table.take("why", text, ""),
        **vars(source),
    )
    table.close()
    return spec


def _lag(value: object) -> tuple[int, int]:
    """Take how late a deletion is, at least and at most; END where nothing bounds it."""
    expected = 'two durations, the shorter first, as in ["0h", "72h"] or ["0h", "unbounded"]'
    if not isinstance(value, list) or len(value) != 2:  # noqa: PLR2004
        raise ExpectedError(expected)
    least, most = duration(value[0]), END if value[1] == "unbounded" else duration(value[1])
    if least > most:
        raise ExpectedError(expected)
    return least, most


def _column(value: object) -> str:
    """Take the name of an event column."""
    columns = column_types()
    if not isinstance(value, str) or value not in columns:
        near = get_close_matches(str(value), columns, n=1) or ["session_id"]
        raise ExpectedError(f'an event column, as in "{near[0]}"')
    return value


def _yes(value: object) -> bool:
    if value is not True:
        raise ExpectedError("true, or leave it out")
    return True


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise ExpectedError("true, false or a list of periods, as in [{ from = 2023-01-01, to = 2023-06-01 }]")
    return value
