"""The one table that says where a rule's log source and its fields are found (logs.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from timeline.catalog import column_types
from timeline.globs import matches

OWN = "timeline"
"""The product of rules that are written for our own columns."""


@dataclass(frozen=True)
class Log:
    """Which of our sources a rule's log source is, and where its fields lie; see the head of logs.toml."""

    name: str
    sources: tuple[str, ...]
    roots: tuple[str, ...] = ()
    strip: tuple[str, ...] = ()
    operation: frozenset[str] = frozenset()
    chosen: frozenset[str] = frozenset()
    choosing: tuple[str, ...] = ("*",)
    sometimes: tuple[str, ...] = ()
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pairs: tuple[str, ...] = ()
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def of_columns(self) -> bool:
        """Tell whether fields are event columns instead of paths in the record."""
        return self.name == OWN

    def field(self, told: str) -> str:
        """Bring a rule's field to the form in which it is known here."""
        low = told.lower()
        return next((low.removeprefix(each) for each in self.strip if low.startswith(each)), low)

    def paths(self, told: str) -> frozenset[str]:
        """Give all paths of a record at which a field may lie, lower case, without the numbers of elements."""
        if self.of_columns:
            return frozenset([told])
        return frozenset([told, *(f"{root}.{told}" for root in self.roots), *self.fields.get(told, ())])

    def leaves_out(self, told: str) -> bool:
        """Tell whether a full record leaves this field out where there is nothing to say."""
        return any(told == each or told.startswith(f"{each}.") for each in self.sometimes)


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads((Path(__file__).parent / "logs.toml").read_text(encoding="utf-8"))


def log_of(product: str | None, service: str | None, category: str | None) -> Log | None:
    """Give the log that a rule speaks of; None if no source of this program reads it."""
    told = {"product": product, "service": service, "category": category}
    if product == OWN:
        return Log(OWN, (service or "*",), operation=frozenset(["operation"]))
    for entry in _table()["log"]:
        if _fits(entry, told):
            return _log(entry, "/".join(each for each in told.values() if each))
    logs = [_log(entry, str(product)) for entry in _table()["log"] if product in entry["product"]]
    return _together(logs) if logs and not service and not category else None


def known(product: str | None) -> str:
    """Say how rules must name the logs of a product, or which products there are."""
    words: dict[str, dict[str, None]] = {}
    for entry in _table()["log"]:
        told = [f"{key} {word}" for key in ("service", "category") for word in entry.get(key, ())]
        for name in entry["product"]:
            words.setdefault(name, {}).update(dict.fromkeys(told))
    mine = words.get((product or "").lower())
    return f"of {product} it knows {', '.join(mine)}" if mine else f"the products that it knows are {', '.join(words)}"


def _together(logs: list[Log]) -> Log:
    """Give all logs of a product as one, for a rule that names no more than the product."""
    return Log(
        logs[0].name,
        tuple(dict.fromkeys(each for log in logs for each in log.sources)),
        tuple(dict.fromkeys(each for log in logs for each in log.roots)),
        tuple(dict.fromkeys(each for log in logs for each in log.strip)),
        chosen=frozenset().union(*(log.chosen for log in logs)),
        sometimes=tuple(dict.fromkeys(each for log in logs for each in log.sometimes)),
        fields={
            name: tuple(dict.fromkeys(path for log in logs for path in log.fields.get(name, ())))
            for name in {name for log in logs for name in log.fields}
        },
        pairs=tuple(dict.fromkeys(each for log in logs for each in log.pairs)),
    )


def _fits(entry: Mapping[str, Any], told: Mapping[str, str | None]) -> bool:
    """Tell whether an entry is about this log source: all that it names is named."""
    return all((word or "").lower() in entry[key] for key, word in told.items() if key in entry)


def _log(entry: Mapping[str, Any], name: str) -> Log:
    shared = _table()["shared"].get(entry["product"][0], {})
    both = {key: (*shared.get(key, ()), *entry.get(key, ())) for key in ("roots", "strip", "operation", "pairs")}
    fields = {**shared.get("fields", {}), **entry.get("fields", {})}
    return Log(
        name,
        tuple(entry["sources"]),
        both["roots"],
        both["strip"],
        frozenset(both["operation"]),
        frozenset(each.lower() for each in entry.get("chosen", ())),
        tuple(entry.get("choosing", ("*",))),
        tuple(entry.get("sometimes", ())),
        {key: tuple(paths) for key, paths in fields.items()},
        both["pairs"],
        {key: tuple(values) for key, values in entry.get("where", {}).items()},
    )


def unknown_columns(names: Iterable[str]) -> list[str]:
    """Give those names that are no event columns."""
    return sorted(set(names) - column_types().keys())


def streams_of(log: Log, names: list[str]) -> list[str]:
    """Give the streams of the case that are this log."""
    return [name for name in names if any(matches(each, name.partition("/")[0]) for each in log.sources)]
