"""The table of README.md that tells the keys of what a store keeps: taken from what the reader asks for, so that none is left out."""

from collections.abc import Iterator, Mapping
from itertools import groupby

from timeline.case.policy_sheet import read_policies
from timeline.case.sheet import Sheet, Table

HEAD = ("key", "as in", "what it says")
Said = tuple[str, str]

LIMIT: Mapping[str, Said] = {
    "days": ("`30`", "so many days"),
    "months": ("`3`", "so many calendar months"),
    "years": ("`1`", "so many calendar years"),
    "forever": ("`true`", "nothing is deleted any more"),
    "from": ("`2022-06-01`", "in force from then on; left out: from the beginning"),
    "grace": ('`"30d"`', "this shortening deletes so much later"),
    "applies_to": ('`"new"`, `"all"`', "records written from then on, or all; left out: as `semantics` has it"),
}
PERIOD: Mapping[str, Said] = {"from": ("`2023-01-01`", "its begin"), "to": ("`2023-06-01`", "its end")}
ABOUT: Mapping[str, Said] = {
    "stream": ('`"azure.storage/*"`', "streams that it is about; the glob with the longest literal text wins"),
    "store": ('`"siem"`', 'which copy; left out: `"native"`, of a purge: all'),
    "where": ('`{ actor = ["*@contoso.com"] }`', "only this part: actor, mailbox, operation, action, record_type, …"),
    "why": ('`"ticket 4711"`', "shown with each gap"),
}
SAID: Mapping[str, Mapping[str, Said]] = {
    "policy": {
        **ABOUT,
        "semantics": ('`"rolling"`', "the word of the table above"),
        "retention": ("`[{ days = 30 }, { days = 90, from = 2022-06-01 }]`", "how long, by date"),
        "retention_days": ("`90`", "how long, if it never changed"),
        "cap": ("`[{ days = 365 }]`", "a licence that allows no more, by date; the shorter of both holds"),
        "cap_days": ("`365`", "the same, if it never changed"),
        "plan": ('`"entra-p1"`', "instead: what the catalogue knows of this plan"),
        "priority": ("`10`", "the lowest number wins, before any policy without one"),
        "enabled": ("`false`, `[{ from = …, to = … }]`", "when the log was on"),
        "enabled_from": ("`2022-01-01`", "on from then"),
        "enabled_to": ("`2023-01-01`", "off from then"),
        "latency": ('`"2h"`', "how late a record may come"),
        "hold_from": ("`2023-06-20`", "a legal hold: from then on nothing is deleted"),
        "hold_to": ("`2024-01-01`", "its end"),
        "hold_applies_to": ('`"content"`', "the hold keeps mail or files, but not their log"),
        "archive_after_days": ("`30`", "what is older lies in a tier that must be restored"),
        "restore_latency": ('`"12h"`', "how long a restore takes"),
        "restored": ("`[{ from = …, to = …, at = … }]`", "what was restored"),
        "grace": ('`"30d"`', "every shortening deletes so much later"),
        "lag": ('`["0h", "72h"]`, `["0h", "unbounded"]`', "deleted late, at least and at most; between them the oldest record decides"),
        "anchor": ('`"creation"`', "what the age counts from: event, receipt, creation, delivery or boot"),
        "rounding": ('`"day"`, `"month"`', "deleted by whole days or months"),
        "rounding_zone": ('`"Europe/Paris"`', "whose days"),
        "purge_unit": ('`"1d"`', "deleted by whole files of so much time"),
        "purge_by": ('`"newest"`, `"oldest"`', "the record of the file that must be old enough"),
        "overflow": ('`"drop_oldest"`', "of a ring: drop_oldest, drop_newest or block"),
        "boots": ("`[2023-05-15T08:00:00Z]`", "a log that is lost at each of these boots"),
        "access": ('`[{ name = "portal", days = 7 }]`', "a way in that looks less far back than the store"),
        "unreadable_from": ("`2023-08-01`", "from then on nothing can be read: key or licence gone"),
        "store_ends": ("`2023-08-01`", "from then on the store is gone"),
    },
    "policy.retention": LIMIT,
    "policy.cap": LIMIT,
    "policy.restored": {
        **PERIOD,
        "at": ("`2023-07-10`", "readable from then"),
        "lasts": ('`"7d"`', "for so long; left out: for good"),
    },
    "policy.access": {
        "name": ('`"portal"`', "as `access` of a collection names it"),
        "days": ("`7`", "how far back it looks"),
        "latency": ('`"1h"`', "its own delay"),
    },
    "purge": {
        **ABOUT,
        "at": ("`2023-06-01T10:00:00Z`", "when somebody deleted; collections after it lack these records"),
        "from": ("`2023-01-01`", "records from this time on"),
        "to": ("`2023-02-01`", "records before this time"),
    },
    "field": {
        **ABOUT,
        "field": ('`"session_id"`', "an event column; where it is not logged, a question that joins on it is `unknown`"),
        "logged": ("`false`, `[{ from = …, to = … }]`", "when records state it"),
        "from": ("`2024-01-01`", "stated from then on"),
        "to": ("`2025-01-01`", "stated until then"),
    },
    "policy.enabled": PERIOD,
    "field.logged": PERIOD,
}  # fmt: skip


class _Asked(Table):
    """A table that writes down which keys were asked for; it holds what every table may hold, and one table in each array."""

    def __init__(self, name: str, values: Mapping[str, object], met: dict[str, set[str]]) -> None:
        super().__init__(values, (), Sheet("", {}))
        self.name, self.met = name, met

    def close(self) -> None:
        self.met.setdefault(self.name, set()).update(self._asked)

    def wrong(self, expected: str, *inside: str | int) -> None:
        """Take an example that says nothing as it is."""

    def tables(self, key: str) -> list[Table]:
        self._asked.add(key)
        name = f"{self.name}.{key}".lstrip(".")
        second: dict[str, object] = {"logged": []} if key == "field" else {}
        return [_Asked(name, {}, self.met), _Asked(name, second, self.met)]


def asked() -> dict[str, set[str]]:
    """Give the keys that the reader of case.toml asks for, by table."""
    met: dict[str, set[str]] = {}
    read_policies(_Asked("", {}, met))
    return {name: found for name, found in met.items() if name in SAID or "." in name}


def keys() -> str:
    """Give the keys of [[policy]], [[purge]] and [[field]]; inner tables that hold the same are told together."""
    return "\n".join(f"| {' | '.join(line)} |" for line in (HEAD, ("---",) * len(HEAD), *_lines(asked())))


def _lines(met: Mapping[str, set[str]]) -> Iterator[tuple[str, str, str]]:
    for told, names in groupby(sorted(met, key=list(SAID).index), key=lambda name: SAID[name]):
        some = list(names)
        yield (f"**{', '.join(map(_spelled, some))}**", "", "")
        for key in sorted(set().union(*(met[name] for name in some)), key=list(told).index):
            yield (f"`{key}`", *told[key])


def _spelled(name: str) -> str:
    table, _, inner = name.partition(".")
    return f"`{inner}` of `[[{table}]]`" if inner else f"`[[{table}]]`"
