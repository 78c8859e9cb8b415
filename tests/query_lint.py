"""Checks of a question's statement by its syntax tree: the portable subset of SQL in which every engine gives the same answer."""

from __future__ import annotations

from typing import Any

from timeline.catalog import Question
from timeline.catalog.syntax import nodes, syntax

REFUSED = {"any_value", "first", "last", "mode", "arg_min", "arg_max", "list", "array_agg", "date_diff", "date_trunc", "date_part",
           "epoch_us", "epoch", "now", "today", "current_date", "get_current_timestamp", "strftime", "strptime", "random", "uuid",
           "make_timestamp", "to_days", "to_hours", "list_value", "struct_pack", "row", "unnest", "/"}  # fmt: skip
TYPES = {"BIGINT", "DOUBLE", "VARCHAR", "BOOLEAN", "INTEGER"}
BOUNDS = {"from_us", "to_us"}
UNIQUE = {"event_id", "request", "parent", "hour_us", "run", "read_event", "moment"}  # each unique in its partition
FRAME = {"UNBOUNDED_PRECEDING", "UNBOUNDED_FOLLOWING", "CURRENT_ROW_ROWS", "EXPR_PRECEDING_ROWS", "EXPR_FOLLOWING_ROWS"}


def parameters(question: Question) -> set[str]:
    """Give the names of the bound parameters."""
    return {str(n["identifier"]) for n in nodes(syntax(question.select)) if n.get("class") == "PARAMETER"}


def last_name(order: dict[str, Any]) -> str:
    """Give the column that an ORDER BY ends in."""
    names = order["orders"][-1]["expression"].get("column_names", ["?"])
    return str(names[-1])


def faults(question: Question) -> list[str]:
    """Say what is not portable or not total."""
    found, everything = [], list(nodes(syntax(question.select)))
    for node in everything:
        found += [*_function(node), *_select(node), *_subquery(node), *_window(node)]
    outer = syntax(question.select)["statements"][0]["node"]
    orders = [m for m in outer.get("modifiers", []) if m["type"] == "ORDER_MODIFIER"]
    if not orders or last_name(orders[0]) != "event_id":
        found.append("the statement's ORDER BY must end in event_id")
    recursive = [n for n in everything if n.get("type") == "RECURSIVE_CTE_NODE"]
    if recursive and ("depth <" not in question.select or "trail) = 0" not in question.select):
        found.append("recursion needs a depth limit and a guard on its trail")
    return found


def _function(node: dict[str, Any]) -> list[str]:
    name = str(node.get("function_name", "")).lower()
    if node.get("class") == "FUNCTION" and name in REFUSED:
        return [f"the function {name} is not portable"]
    if node.get("class") == "CAST" and node["type_expr"]["type_name"] not in TYPES:
        return [f"the type {node['type_expr']['type_name']} is not portable"]
    return [f"{node['class']} is not portable"] if node.get("class") == "LAMBDA" else []


def _select(node: dict[str, Any]) -> list[str]:
    if node.get("type") != "SELECT_NODE":
        return []
    found = ["QUALIFY is not portable"] if node.get("qualify") else []
    found += ["SELECT * is not stable"] if any(e.get("class") == "STAR" for e in node["select_list"]) else []
    found += [
        f"a column has no alias: {e.get('column_names') or e.get('type')}"
        for e in node["select_list"]
        if not e.get("alias")
    ]
    return found


def _subquery(node: dict[str, Any]) -> list[str]:
    if node.get("class") == "SUBQUERY" and node.get("subquery_type") != "EXISTS":
        return ["a subquery with IN, ANY or as a value: join instead"]
    return []


def _window(node: dict[str, Any]) -> list[str]:
    if node.get("class") != "WINDOW":
        return []
    name = str(node["function_name"])
    if not node["orders"] or last_name(node) not in UNIQUE:
        return [f"the order of {name} is not total"]
    if name not in ("lag", "lead") and not (node["start"] in FRAME and node["end"] in FRAME):
        return [f"the window of {name} has no explicit frame of rows"]
    return []
