"""The tests that rules are made of: one field of a record, and what its value must be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch

import duckdb
from sigma.types import (
    CompareOperators,
    Placeholder,
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaFieldReference,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
    SigmaTimestampPart,
    SpecialChars,
)

SIGNS = {
    CompareOperators.LT: "<",
    CompareOperators.LTE: "<=",
    CompareOperators.GT: ">",
    CompareOperators.GTE: ">=",
    CompareOperators.NEQ: "<>",
}
KEYWORD = ""
"""The field of tests on the whole record."""


class Refusal(Exception):  # noqa: N818  what a rule asks that cannot be done; it ends as a row, not as an error
    """Why a rule cannot be put to the case."""


@dataclass(frozen=True)
class Check:
    """A test: the values of a field of which one must be so.

    `kind` is equals, like, regex, cidr, number (`sign` is the comparison), part (of a time: `sign` names it), exists or field (`sign`
    says where the other field's value must stand: whole, start, end).
    """

    field: str
    kind: str
    value: str = ""
    sign: str = ""
    cased: bool = False


@singledispatch
def check(value: object, field: str) -> Check:
    """Give the test that a value of a rule stands for."""
    raise Refusal(f"{field or 'a keyword'}: values of the kind {type(value).__name__} are not understood")


@check.register
def _(value: SigmaString, field: str) -> Check:
    cased = isinstance(value, SigmaCasedString)
    if held := [part for part in value.s if isinstance(part, Placeholder)]:
        raise Refusal(
            f"{field or 'a keyword'}: the placeholder %{held[0].name}% stands for nothing here; write the values instead"
        )
    if not field:
        return Check(field, "like", f"%{_pattern(value)}%", cased=cased)
    if any(isinstance(part, SpecialChars) for part in value.s):
        return Check(field, "like", _pattern(value), cased=cased)
    return Check(field, "equals", "".join(str(part) for part in value.s), cased=cased)


def _pattern(value: SigmaString) -> str:
    """Give a LIKE pattern whose escape is the backslash."""
    signs = {SpecialChars.WILDCARD_MULTI: "%", SpecialChars.WILDCARD_SINGLE: "_"}
    return "".join(signs[part] if isinstance(part, SpecialChars) else _escaped(str(part)) for part in value.s)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


@check.register
def _(value: SigmaBool, field: str) -> Check:
    return check(SigmaString("true" if value.boolean else "false"), field)


@check.register
def _(value: SigmaNumber, field: str) -> Check:
    return Check(field, "like" if not field else "equals", f"%{value.number}%" if not field else str(value.number))


@check.register
def _(value: SigmaTimestampPart, field: str) -> Check:
    return Check(field, "part", str(value.number), value.timestamp_part.name.lower())


@check.register
def _(value: SigmaRegularExpression, field: str) -> Check:
    told = str(value.regexp)
    flags = "".join(sorted(value.sigma_to_re_flag[flag] for flag in value.flags))
    expression = f"(?{flags}:{told})" if flags else f"(?-s:{told})"
    if reason := _unfit(expression):
        raise Refusal(f"{field or 'a keyword'}: the regular expression {told!r} is not one of RE2: {reason}")
    return Check(field, "regex", expression)


def _unfit(expression: str) -> str:
    """Say why RE2, which never runs wild, does not take an expression."""
    with duckdb.connect() as connection:
        try:
            connection.execute("SELECT regexp_matches('', $1)", [expression])
        except duckdb.Error as error:
            return str(error).splitlines()[0].removeprefix("Invalid Input Error: ")
    return ""


@check.register
def _(value: SigmaCIDRExpression, field: str) -> Check:
    if not field:
        raise Refusal("a keyword: an address range needs a field")
    return Check(field, "cidr", str(value.network))


@check.register
def _(value: SigmaCompareExpression, field: str) -> Check:
    if isinstance(value.number, SigmaTimestampPart):
        raise Refusal(f"{field}: parts of times are compared for equality only")
    return Check(field, "number", str(value.number.number), SIGNS[value.op])


@check.register
def _(value: SigmaFieldReference, field: str) -> Check:
    ends = (value.starts_with, value.ends_with)
    sign = {(True, True): "within", (True, False): "start", (False, True): "end", (False, False): "whole"}[ends]
    return Check(field, "field", value.field, sign)
