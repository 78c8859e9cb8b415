"""Correlation rules over the matches of other rules: counts and orders in a window of time that ends with each match.

The window of an event at t is [t - timespan, t]; a match of the correlation is the event with which its condition comes to hold.
Events that lack a field of `group-by` belong to no group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import duckdb
import pyarrow as pa
from sigma.correlations import (
    CorrelationConditionAND,
    CorrelationConditionItem,
    CorrelationConditionNOT,
    CorrelationConditionOR,
    SigmaCorrelationCondition,
    SigmaCorrelationConditionOperator,
    SigmaCorrelationRule,
    SigmaRuleReference,
)
from sigma.correlations import SigmaCorrelationType as Kind
from sigma.rule import SigmaRuleBase

from timeline.sigma.checks import Refusal

SIGNS = {
    SigmaCorrelationConditionOperator.LT: "<",
    SigmaCorrelationConditionOperator.LTE: "<=",
    SigmaCorrelationConditionOperator.GT: ">",
    SigmaCorrelationConditionOperator.GTE: ">=",
    SigmaCorrelationConditionOperator.EQ: "=",
    SigmaCorrelationConditionOperator.NEQ: "<>",
}
MEASURES = {
    Kind.VALUE_SUM: "sum(try_cast(v AS DOUBLE))",
    Kind.VALUE_AVG: "avg(try_cast(v AS DOUBLE))",
    Kind.VALUE_MEDIAN: "median(try_cast(v AS DOUBLE))",
}
BASE = """
CREATE OR REPLACE TEMP TABLE sigma_base AS WITH
mine AS (SELECT DISTINCT f.* FROM sigma_found AS f WHERE f.rule IN (SELECT unnest($bases))),
said AS (
    SELECT m.rule, m.event_id, n.name, min(s.v) AS v FROM mine AS m JOIN sigma_name AS n USING (rule)
    JOIN sigma_said AS s ON s.event_id = m.event_id AND s.field = n.field GROUP BY ALL),
grouped AS (
    SELECT rule, event_id, list(v ORDER BY name) AS grp FROM said WHERE name IN (SELECT unnest($groups::VARCHAR[])) GROUP BY ALL),
measured AS (
    SELECT rule, event_id, string_agg(v, chr(31) ORDER BY name) AS v FROM said WHERE name IN (SELECT unnest($measures::VARCHAR[])) GROUP BY ALL)
SELECT m.*, coalesce(g.grp, []) AS grp, d.v
FROM mine AS m LEFT JOIN grouped AS g USING (rule, event_id) LEFT JOIN measured AS d USING (rule, event_id)
WHERE len(coalesce(g.grp, [])) = $count
"""


@dataclass(frozen=True)
class Matches:
    """Matches of all rules (`rule, event_id, time_us, stream`) and the values of their fields (`event_id, field, v`)."""

    found: pa.Table
    values: pa.Table


def named(rule: SigmaCorrelationRule, base: SigmaRuleBase, name: str) -> str:
    """Give the field that a name of a correlation means in the events of one of its rules."""
    for alias in rule.aliases:
        if alias.alias == name:
            called = (base.name, str(base.id))
            told = [each for reference, each in alias.mapping.items() if reference.reference in called]
            return told[0] if told else name
    return name


def fields_of(rule: SigmaCorrelationRule) -> list[str]:
    """Give all names whose values a correlation needs."""
    return [*(rule.group_by or ()), *_measured(rule)]


def _measured(rule: SigmaCorrelationRule) -> list[str]:
    told = rule.condition.fieldref if isinstance(rule.condition, SigmaCorrelationCondition) else None
    return [told] if isinstance(told, str) else list(told or ())


def correlated(
    connection: duckdb.DuckDBPyConnection,
    rule: SigmaCorrelationRule,
    matches: Matches,
    fields: Mapping[int, Mapping[str, str]],
    bases: Sequence[int],
) -> pa.Table:
    """Give the matches of a correlation (`event_id, time_us, stream`).

    `bases` are the numbers of its rules in their order; `fields` has for each of them the field behind each of `fields_of`.
    """
    _prepare(connection, rule, matches, fields)
    try:
        ordered = rule.type == Kind.TEMPORAL_ORDERED and isinstance(rule.condition, SigmaCorrelationCondition)
        text = _ordered(rule, bases) if ordered else _windowed(rule, bases)
        return connection.sql(f"SELECT DISTINCT event_id, time_us, stream FROM ({text})").to_arrow_table()
    finally:
        for name in ("sigma_found", "sigma_said", "sigma_name"):
            connection.unregister(name)


def _prepare(
    connection: duckdb.DuckDBPyConnection,
    rule: SigmaCorrelationRule,
    matches: Matches,
    fields: Mapping[int, Mapping[str, str]],
) -> None:
    """Fill `sigma_base` (rule, event_id, time_us, stream, grp, v)."""
    groups = list(rule.group_by or ())
    told = [(base, name, each) for base, names in fields.items() for name, each in names.items()]
    columns = list(zip(*told, strict=True)) or [(), (), ()]
    kinds = (pa.int64(), pa.string(), pa.string())
    table = pa.table(
        [pa.array(list(c), k) for c, k in zip(columns, kinds, strict=True)], names=["rule", "name", "field"]
    )
    connection.register("sigma_name", table)
    connection.register("sigma_found", matches.found)
    connection.register("sigma_said", matches.values)
    connection.execute(
        BASE,
        {"bases": list(fields), "groups": groups, "measures": _measured(rule), "count": len(set(groups))},
    )


def _windowed(rule: SigmaCorrelationRule, bases: Sequence[int]) -> str:
    window = f"(PARTITION BY grp ORDER BY time_us RANGE BETWEEN {rule.timespan.seconds * 1_000_000} PRECEDING AND CURRENT ROW)"
    if not isinstance(rule.condition, SigmaCorrelationCondition):
        condition = _expression(rule.condition.parsed, rule, bases, window)
        return f"SELECT *, ({condition}) AS held FROM sigma_base QUALIFY held"
    measure = _measure(rule)
    bound = f"{SIGNS[rule.condition.op]} {float(rule.condition.count)!r}"
    return f"SELECT *, {measure} OVER {window} AS measure FROM sigma_base QUALIFY measure {bound}"


def _measure(rule: SigmaCorrelationRule) -> str:
    condition = rule.condition
    if rule.type == Kind.EVENT_COUNT:
        return "count(DISTINCT event_id)"
    if rule.type in (Kind.TEMPORAL, Kind.TEMPORAL_ORDERED):
        return "count(DISTINCT rule)"
    if not _measured(rule):
        raise Refusal(f"the correlation {rule.type.name.lower()} needs `field` in its condition")
    if rule.type == Kind.VALUE_COUNT:
        return "count(DISTINCT v)"
    if rule.type == Kind.VALUE_PERCENTILE and isinstance(condition, SigmaCorrelationCondition):
        return f"quantile_cont(try_cast(v AS DOUBLE), {(condition.percentile or 50) / 100})"
    if rule.type in MEASURES:
        return MEASURES[rule.type]
    raise Refusal(f"correlations of the type {rule.type.name.lower()} are not understood")


def _expression(
    told: CorrelationConditionItem | SigmaRuleReference, rule: SigmaCorrelationRule, bases: Sequence[int], window: str
) -> str:
    match told:
        case SigmaRuleReference():
            numbers = [
                base
                for base, each in zip(bases, rule.referenced_rules, strict=True)
                if each.reference == told.reference
            ]
            return f"coalesce(bool_or(rule IN ({', '.join(map(str, numbers)) or 'NULL'})) OVER {window}, false)"
        case CorrelationConditionNOT(args=[inner]):
            return f"NOT ({_expression(inner, rule, bases, window)})"
        case CorrelationConditionAND(args=parts) | CorrelationConditionOR(args=parts):
            word = " AND " if isinstance(told, CorrelationConditionAND) else " OR "
            return word.join(f"({_expression(part, rule, bases, window)})" for part in parts)
    raise Refusal("the condition of the correlation is not understood")


def _ordered(rule: SigmaCorrelationRule, bases: Sequence[int]) -> str:
    """Follow the rules in order, each time from the latest beginning: the last rule's event must lie within the span of it."""
    text = f"SELECT *, CASE WHEN rule = {bases[0]} THEN time_us END AS begun FROM sigma_base"
    for before, base in pairwise(bases):
        latest = f"max(CASE WHEN rule = {before} THEN begun END) OVER (PARTITION BY grp ORDER BY time_us RANGE UNBOUNDED PRECEDING)"
        text = f"SELECT * REPLACE (CASE WHEN rule = {base} THEN {latest} ELSE begun END AS begun) FROM ({text})"
    span = rule.timespan.seconds * 1_000_000
    return f"SELECT * FROM ({text}) WHERE rule = {bases[-1]} AND time_us - begun <= {span}"
