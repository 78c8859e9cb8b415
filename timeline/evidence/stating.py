"""Which streams state which event columns: a log that never states addresses is no witness of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from timeline.catalog import Source
from timeline.evidence.knowledge import Knowledge
from timeline.evidence.weigh import Asked, Weigher

SOUGHT = (
    "src_ip",
    "actor",
    "actor_id",
    "mailbox",
    "session_id",
    "token_id",
    "credential_id",
    "signing_key_id",
    "device_id",
    "user_agent",
    "object",
    "object_from",
    "object_hash",
    "request_id",
    "app",
    "app_id",
    "resource",
    "resource_id",
    "token_issuer",
    "token_audience",
)
"""The columns in which a value is looked for, the most telling first."""


NEVER = {"entra.signin.managed_identity": ("src_ip", "user_agent", "device_id")}
"""Columns that one of a source's logs never states though the others do: nobody signs in from a client there."""

DEPENDING = frozenset(("object", "object_from", "mailbox", "resource", "token_issuer", "token_audience"))
"""Columns that many a record has no use for: that no record states one is no sign that the copy leaves it out (an absence is weak then)."""


@lru_cache(maxsize=512)
def _named(select: str, column: str) -> bool:
    return re.search(rf"\b{re.escape(column)}\b", select) is not None


def fills(source: Source, column: str) -> bool:
    """Tell whether a source can state a column: its facts do not exclude it, and its SELECT gives it."""
    return column not in source.empty and _named(source.select, column)


@dataclass(frozen=True)
class Statements:
    """How many events of each stream state each column, and how many there are."""

    events: Mapping[str, int]
    stated: Mapping[tuple[str, str], int]


def statements(knowledge: Knowledge, columns: Iterable[str] = SOUGHT) -> Statements:
    """Count, once for all indicators."""
    names = list(columns)
    counts = ", ".join(["count(*)", *(f"count({name})" for name in names)])
    rows = knowledge.connection.execute(f"SELECT stream, {counts} FROM event WHERE kept GROUP BY stream").fetchall()
    stated = {(row[0], name): count for row in rows for name, count in zip(names, row[2:], strict=True)}
    return Statements({row[0]: row[1] for row in rows}, stated)


class Stating:
    """Says for a set of columns who must have been listening for a silence about them to mean anything."""

    def __init__(self, weigher: Weigher, told: Statements) -> None:
        self.weigher, self.told = weigher, told
        self._made: dict[tuple[str, ...], Asked] = {}

    def of(self, columns: tuple[str, ...]) -> Asked:
        """Give the streams that state one of these columns, and what is lacking of those that could.

        An absence is weak where a stream leaves some of the columns empty everywhere, or logs some actions only by choice and shows none.
        """
        if columns not in self._made:
            self._made[columns] = self.among(self.weigher.knowledge.names, columns)
        return self._made[columns]

    def among(self, names: Iterable[str], columns: tuple[str, ...]) -> Asked:
        """Give the same of some streams only."""
        knowledge = self.weigher.knowledge
        heard: dict[str, bool] = {}
        mute: list[str] = []
        for name in names:
            source = knowledge.source_of(name)[1]
            never = NEVER.get(name.partition("/")[0], ())
            able = [column for column in columns if source and column not in never and fills(source, column)]
            if not source or not able:
                continue
            stating = [column for column in able if self.told.stated.get((name, column))]
            if not stating and self.told.events.get(name) and not DEPENDING.issuperset(able):
                mute.append(f"{name}: no record here states {' or '.join(able)}")
            else:
                heard[name] = len(stating) < len(able) or self._by_choice(name, source)
        lacking = [*mute, *self.weigher.siblings(heard)]
        return Asked(
            tuple(heard.items()),
            tuple(lacking) if heard or mute else (f"no log of the case states {' or '.join(columns)}",),
        )

    def _by_choice(self, stream: str, source: Source) -> bool:
        places = self.weigher.knowledge.facts.places
        return bool(source.optional) and not any((stream, action) in places for action in source.optional)
