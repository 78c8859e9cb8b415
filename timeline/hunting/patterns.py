"""STIX 2.1 patterns: read by the reference grammar, brought to what can be looked for in events."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import duckdb
from stix2patterns.exceptions import ParseException
from stix2patterns.v21.grammars.STIXPatternVisitor import STIXPatternVisitor
from stix2patterns.v21.pattern import Pattern

from timeline.hunting.looks import Look, address_of, range_of, refanged

LONGEST = 100_000
PATHS = (
    (r"ipv[46]-addr:value", "address"),
    (r"network-traffic:(src|dst)_ref\.value", "address"),
    (r"domain-name:value", "domain"),
    (r"url:value", "url"),
    (r"user-account:(account_login|user_id|display_name)", "account"),
    (r"email-addr:value", "account"),
    (r"email-message:(from|sender|to|cc)_refs?(\[(\*|\d+)\])?\.value", "account"),
    (r"(file|artifact|x509-certificate):hashes\..+", "hash"),
    (r"file:name", "file"),
    (r"network-traffic:extensions\.'?http-request-ext'?\.request_header\.'?user-agent'?", "user_agent"),
    (r"x509-certificate:serial_number", "id"),
)
OPERATORS = {"=": "equals", "==": "equals", "LIKE": "like", "MATCHES": "regex", "ISSUBSET": "inside"}


class Unfit(Exception):  # noqa: N818  why an indicator is not hunted; it ends as a line for the user, not as an error
    """Why an indicator cannot be hunted."""


@dataclass(frozen=True)
class Node:
    """A part of a pattern: a look, or not/any/all over parts of one event, or/and/then over observations."""

    word: str = ""
    parts: tuple[Node, ...] = ()
    look: Look | None = None


def parsed(pattern: str) -> Node:
    """Read a pattern."""
    if len(pattern) > LONGEST:
        raise Unfit(f"the pattern has more than {LONGEST:,} characters")
    try:
        found = Pattern(pattern).visit(_Reader())
    except ParseException as error:
        raise Unfit(f"no STIX pattern: {error}") from None
    except RecursionError:
        raise Unfit("the pattern is nested too deep") from None
    return found if isinstance(found, Node) else Node()


def pathed(path: str, operator: str, value: str) -> Look:
    """Give what a comparison looks for."""
    kind = next((kind for form, kind in PATHS if re.fullmatch(form, path, re.IGNORECASE)), "")
    if not kind:
        raise Unfit(
            f"{path} is in no column of events; what can be hunted are addresses, domains, URLs, accounts, hashes, file names and user agents"
        )
    if not value.strip():
        raise Unfit(f"{path} {operator}: an empty value is in no event; name what is sought")
    op = OPERATORS.get(operator)
    if op is None:
        raise Unfit(f"{path} {operator}: this comparison is not understood; write =, !=, IN, LIKE, MATCHES or ISSUBSET")
    if op == "regex":
        _check(value)
    if kind == "address" and op == "equals" and "/" in value:
        op = "inside"
    if op in ("equals", "inside"):
        value = refanged(value)
    if kind == "address" and op in ("equals", "inside"):
        value = _address(path, op, value)
    return Look(kind, op, value)


def _address(path: str, op: str, value: str) -> str:
    found = range_of(value) if op == "inside" else address_of(value)
    if found is None:
        raise Unfit(f"{path}: {value!r} is no {'range of addresses' if op == 'inside' else 'address'}")
    return found


def _check(expression: str) -> None:
    with duckdb.connect() as connection:
        try:
            connection.execute("SELECT regexp_matches('', $1)", [expression])
        except duckdb.Error as error:
            raise Unfit(
                f"the regular expression {expression!r} is not one of RE2: {str(error).splitlines()[0].removeprefix('Invalid Input Error: ')}"
            ) from None


def _literal(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if text.startswith("'") else text


class _Reader(STIXPatternVisitor):  # type: ignore[misc]  # the grammar's own names, which it calls methods by
    """Walks the tree of the grammar."""

    def visitChildren(self, node: Any) -> Any:  # noqa: N802, ANN401
        found = [each for child in node.getChildren() if (each := child.accept(self)) is not None]
        return found[0] if found else None

    def visitObservationExpressions(self, ctx: Any) -> Node:  # noqa: N802, ANN401
        return self._joined(ctx, ctx.observationExpressions(), "then")

    def visitObservationExpressionOr(self, ctx: Any) -> Node:  # noqa: N802, ANN401
        return self._joined(ctx, ctx.observationExpressionOr(), "or")

    def visitObservationExpressionAnd(self, ctx: Any) -> Node:  # noqa: N802, ANN401
        return self._joined(ctx, ctx.observationExpressionAnd(), "and")

    def visitComparisonExpression(self, ctx: Any) -> Node:  # noqa: N802, ANN401
        return self._joined(ctx, ctx.comparisonExpression(), "any")

    def visitComparisonExpressionAnd(self, ctx: Any) -> Node:  # noqa: N802, ANN401
        return self._joined(ctx, ctx.comparisonExpressionAnd(), "all")

    def _joined(self, ctx: Any, parts: list[Any], word: str) -> Node:  # noqa: ANN401
        """Join parts of one word into one node."""
        if len(parts) < 2:  # noqa: PLR2004  one part is itself
            found = self.visitChildren(ctx)
            return found if isinstance(found, Node) else Node()
        nodes: list[Node] = [part.accept(self) for part in parts]
        return Node(word, tuple(inner for node in nodes for inner in (node.parts if node.word == word else (node,))))

    def visitObservationExpressionWithin(self, ctx: Any) -> Node:  # noqa: N802, ANN401
        raise Unfit(
            f"the qualifier {ctx.getChild(ctx.getChildCount() - 1).getText()} is not understood; hunt without it"
        )

    visitObservationExpressionRepeated = visitObservationExpressionWithin  # noqa: N815
    visitObservationExpressionStartStop = visitObservationExpressionWithin  # noqa: N815

    def visitPropTestEqual(self, ctx: Any) -> Node:  # noqa: N802, ANN401
        operator = ctx.getChild(ctx.getChildCount() - 2).getText()
        node = Node(
            look=pathed(
                ctx.objectPath().getText(),
                "=" if operator in ("!=", "<>") else operator,
                _literal(ctx.primitiveLiteral().getText()),
            )
        )
        return self._turned(ctx, node, turn=operator in ("!=", "<>"))

    def visitPropTestSet(self, ctx: Any) -> Node:  # noqa: N802, ANN401
        path = ctx.objectPath().getText()
        values = [_literal(each.getText()) for each in ctx.setLiteral().primitiveLiteral()]
        return self._turned(ctx, Node("any", tuple(Node(look=pathed(path, "=", value)) for value in values)))

    def visitPropTestLike(self, ctx: Any) -> Node:  # noqa: N802, ANN401
        operator = ctx.getChild(ctx.getChildCount() - 2).getText()
        text = _literal(ctx.getChild(ctx.getChildCount() - 1).getText())
        return self._turned(ctx, Node(look=pathed(ctx.objectPath().getText(), operator, text)))

    visitPropTestRegex = visitPropTestLike  # noqa: N815
    visitPropTestIsSubset = visitPropTestLike  # noqa: N815
    visitPropTestOrder = visitPropTestLike  # noqa: N815
    visitPropTestIsSuperset = visitPropTestLike  # noqa: N815

    def visitPropTestExists(self, ctx: Any) -> Node:  # noqa: N802, ANN401
        raise Unfit(f"{ctx.getText()}: EXISTS is not understood")

    def _turned(self, ctx: Any, node: Node, *, turn: bool = False) -> Node:  # noqa: ANN401
        return Node("not", (node,)) if turn != (ctx.NOT() is not None) else node
