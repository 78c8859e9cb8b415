"""Sigma rules put to one record at a time, in plain Python from the Sigma specification: the measure of the backend, and no part of it.

Only the table of names (logs.toml) is shared, for it is data; everything that decides is written anew, without pySigma.
"""

import base64
import ipaddress
import json
import re
import tomllib
from collections.abc import Iterator
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from typing import Any

import timeline.sigma

TABLE = tomllib.loads((Path(timeline.sigma.__file__).parent / "logs.toml").read_text())
TOKEN = re.compile(r"\(|\)|[^\s()]+")


def entry(source: dict[str, str]) -> dict[str, Any] | None:
    """Give the table's entry for a rule's logsource."""
    keys = ("product", "service", "category")
    for each in TABLE["log"]:
        if all((source.get(key) or "") in each[key] for key in keys if key in each):
            return {**TABLE["shared"].get(each["product"][0], {}), **each} | {
                "fields": {**TABLE["shared"].get(each["product"][0], {}).get("fields", {}), **each.get("fields", {})}
            }
    return None


def named(log: dict[str, Any], field: str) -> str:
    low = field.lower()
    return next((low[len(cut) :] for cut in log.get("strip", ()) if low.startswith(cut)), low)


def text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def spread(value: Any, path: str, *, packed: bool) -> Iterator[tuple[str, Any]]:
    """Give every node as (path, value): elements of arrays have the path of the array; a text may hold one document more."""
    if isinstance(value, list):
        if path:
            yield path, value
        for each in value:
            yield from spread(each, path, packed=packed)
        return
    if path:
        yield path, value
    if isinstance(value, dict):
        for key, each in value.items():
            yield from spread(each, f"{path}.{key.lower()}" if path else key.lower(), packed=packed)
    elif isinstance(value, str) and value.lstrip()[:1] in ("{", "[") and not packed:
        try:
            inner = json.loads(value)
        except ValueError:
            return
        yield from (each for each in spread(inner, path, packed=True) if each[0] != path)


class Evaluator:
    """One rule, as its YAML gives it."""

    def __init__(self, rule: dict[str, Any]) -> None:
        self.rule = rule
        self.log = entry(rule["logsource"]) or {}

    def matches(self, record: dict[str, Any]) -> bool:
        self.record = record
        self.nodes: dict[str, list[Any]] = {}
        for path, value in spread(record, "", packed=False):
            self.nodes.setdefault(path, []).append(value)
        for field, wanted in self.log.get("where", {}).items():
            if not any(text(value) in wanted for value in self.values(field)):
                return False
        detection = self.rule["detection"]
        conditions = detection["condition"]
        return any(self.condition(each) for each in ([conditions] if isinstance(conditions, str) else conditions))

    def values(self, field: str) -> list[Any]:
        name = named(self.log, field)
        paths = {name, *(f"{root}.{name}" for root in self.log.get("roots", ())), *self.log["fields"].get(name, ())}
        return [value for path in paths for value in self.nodes.get(path, ()) if value is not None]

    # conditions ------------------------------------------------------------------------------------------------------------------
    def condition(self, told: str) -> bool:
        self.tokens = TOKEN.findall(told)
        return self.either()

    def either(self) -> bool:
        found = self.both()
        while self.tokens and self.tokens[0].lower() == "or":
            self.tokens.pop(0)
            other = self.both()
            found = found or other
        return found

    def both(self) -> bool:
        found = self.negated()
        while self.tokens and self.tokens[0].lower() == "and":
            self.tokens.pop(0)
            other = self.negated()
            found = found and other
        return found

    def negated(self) -> bool:
        word = self.tokens.pop(0)
        if word.lower() == "not":
            return not self.negated()
        if word == "(":
            found = self.either()
            assert self.tokens.pop(0) == ")"
            return found
        if self.tokens and self.tokens[0].lower() == "of":
            self.tokens.pop(0)
            chosen = self.chosen(self.tokens.pop(0))
            held = [self.selection(self.rule["detection"][name]) for name in chosen]
            return all(held) if word.lower() == "all" else any(held)
        return self.selection(self.rule["detection"][word])

    def chosen(self, pattern: str) -> list[str]:
        names = [name for name in self.rule["detection"] if name != "condition"]
        if pattern.lower() == "them":
            return [name for name in names if not name.startswith("_")]
        glob = re.compile(".*".join(map(re.escape, pattern.split("*"))))
        return [name for name in names if glob.fullmatch(name)]

    def selection(self, told: Any) -> bool:
        if isinstance(told, dict):
            return all(self.item(key, value) for key, value in told.items())
        if isinstance(told, list):
            return any(self.selection(each) if isinstance(each, dict) else self.keyword(each) for each in told)
        return self.keyword(told)

    def keyword(self, told: Any) -> bool:
        line = json.dumps(self.record, separators=(",", ":"), ensure_ascii=False)
        whole = line.replace('\\"', '"').replace("\\\\", "\\")
        return re.search(wild(text(told)), whole, re.IGNORECASE | re.DOTALL) is not None

    # items -----------------------------------------------------------------------------------------------------------------------
    def item(self, key: str, told: Any) -> bool:
        field, *words = key.split("|")
        values = told if isinstance(told, list) else [told]
        held = [self.value(field, words, each) for each in values]
        return all(held) if "all" in words else any(held)

    def value(self, field: str, words: list[str], told: Any) -> bool:
        found = self.values(field) if field else []
        if "exists" in words:
            return bool(found) is bool(told)
        if told is None:
            return not found
        if not field:
            return self.keyword(told)
        if "fieldref" in words:
            return any(
                referred(text(value).lower(), text(other).lower(), words)
                for value in found
                for other in self.values(told)
            )
        return any(self.one(text(value), words, told) for value in found)

    def one(self, value: str, words: list[str], told: Any) -> bool:
        if "re" in words:
            signs = {"i": re.IGNORECASE, "ignorecase": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}
            return re.search(told, value, sum(signs[word] for word in set(words) & signs.keys())) is not None
        if "cidr" in words:
            return inside(value, told)
        if compared := {"gt", "gte", "lt", "lte"} & set(words):
            return bigger(value, compared.pop(), told)
        if part := {"minute", "hour", "day", "month", "year", "week"} & set(words):
            return moment(value, part.pop()) == told
        texts = expanded(text(told), words)
        flags = re.DOTALL if "cased" in words else re.DOTALL | re.IGNORECASE
        return any(re.fullmatch(placed(pattern, words), value, flags) is not None for pattern in texts)


def placed(pattern: str, words: list[str]) -> str:
    if "contains" in words:
        return f".*{pattern}.*"
    if "startswith" in words:
        return f"{pattern}.*"
    return f".*{pattern}" if "endswith" in words else pattern


@cache
def wild(told: str) -> str:
    """Give the regular expression of a Sigma string: * and ?, which a backslash makes plain."""
    found, place = "", 0
    while place < len(told):
        two = told[place : place + 2]
        if two in ("\\*", "\\?", "\\\\"):
            found, place = found + re.escape(two[1]), place + 2
            continue
        found += {"*": ".*", "?": "."}.get(told[place], re.escape(told[place]))
        place += 1
    return found


def expanded(told: str, words: list[str]) -> list[str]:
    """Give the patterns of a value after modifiers that encode it."""
    if "windash" in words:
        dashes = ["-", "/", "\u2013", "\u2014", "\u2015"]
        places = [found.start() for found in re.finditer(r"\B[-/]\b", told)]
        texts = [told]
        for place in places:
            texts = [each[:place] + dash + each[place + 1 :] for each in texts for dash in dashes]
        return [wild(each) for each in texts]
    data = told.encode("utf-16-le") if "wide" in words or "utf16le" in words else told.encode()
    if "base64offset" in words:
        starts, ends = (0, 2, 3), (None, -3, -2)
        return [
            re.escape(base64.b64encode(b" " * shift + data).decode()[starts[shift] : ends[(len(data) + shift) % 3]])
            for shift in range(3)
        ]
    if "base64" in words:
        return [re.escape(base64.b64encode(data).decode())]
    return [wild(told)]


def referred(value: str, other: str, words: list[str]) -> bool:
    if "startswith" in words:
        return value.startswith(other)
    return value.endswith(other) if "endswith" in words else value == other


def inside(value: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(network)
    except ValueError:
        return False


def bigger(value: str, word: str, told: float) -> bool:
    try:
        number = float(value)
    except ValueError:
        return False
    return {"gt": number > told, "gte": number >= told, "lt": number < told, "lte": number <= told}[word]


def moment(value: str, part: str) -> int | None:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    at = at.replace(tzinfo=timezone.utc) if at.tzinfo is None else at.astimezone(timezone.utc)  # noqa: UP017
    return at.isocalendar().week if part == "week" else int(getattr(at, part))
