"""Files of indicators: a plain list, a CSV, or a STIX 2.1 bundle; every mistake is named by file, place and reason."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from timeline.core.formula import All, Formula, Not, Test, holds
from timeline.core.formula import Any as Some
from timeline.errors import CaseError
from timeline.hunting.looks import Look, recognised, refanged
from timeline.hunting.patterns import Node, Unfit, parsed, pathed

LARGEST = 256 << 20
COLUMNS = ("indicator", "ioc", "value", "observable", "artifact", "indicator_value", "ioc_value")
TYPES = ("type", "kind", "indicator_type", "ioc_type", "observable_type", "category")
NAMED = {
    "address": (
        "ip",
        "ipv4",
        "ipv6",
        "ip-address",
        "ip_address",
        "address",
        "ipv4-addr",
        "ipv6-addr",
        "ip-dst",
        "ip-src",
        "cidr",
        "ip_range",
    ),
    "domain": ("domain", "domain-name", "hostname", "host", "fqdn"),
    "url": ("url", "uri", "link"),
    "account": ("email", "email-addr", "email-src", "account", "user", "user-account", "username", "upn"),
    "hash": ("hash", "md5", "sha1", "sha256", "sha-1", "sha-256", "sha512", "filehash", "file-hash"),
    "file": ("file", "filename", "file-name", "file_name"),
    "user_agent": ("user-agent", "user_agent", "useragent", "http-user-agent"),
    "id": ("id", "token", "session", "key", "access-key", "device", "request", "credential", "appid", "app-id"),
}
WORDS = {word: kind for kind, words in NAMED.items() for word in words}
OBSERVED = (
    "ipv4-addr:value", "ipv6-addr:value", "domain-name:value", "url:value", "email-addr:value", "user-account:account_login", "user-account:user_id",
    "file:name",
)  # fmt: skip


@dataclass(frozen=True)
class Indicator:
    """One line of what is hunted. `parts` must all be found, each in some event; in order if `ordered`."""

    told: str
    kind: str
    parts: tuple[Formula, ...]
    ordered: bool = False


@dataclass(frozen=True)
class Refused:
    """An indicator that cannot be hunted."""

    file: Path
    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.place}: {self.reason}"


class Wanted:
    """All indicators of a file, and what they look for, each thing once."""

    def __init__(self) -> None:
        self.indicators: dict[Indicator, None] = {}
        self.looks: list[Look] = []
        self.refused: list[Refused] = []
        self._numbers: dict[Look, int] = {}

    def number(self, look: Look) -> Test:
        """Enter a look and give its number."""
        if look not in self._numbers:
            self._numbers[look] = len(self.looks)
            self.looks.append(look)
        return Test(self._numbers[look])


def read(path: Path) -> Wanted:
    """Read a file of indicators; its kind is told by its content."""
    try:
        if path.stat().st_size > LARGEST:
            raise CaseError(f"{path}: more than {LARGEST >> 20} MiB, which is no list of indicators")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CaseError(f"{path}: {error.strerror}; name a file of indicators") from None
    except UnicodeDecodeError:
        raise CaseError(f"{path}: not UTF-8; indicators are a list, a CSV or STIX 2.1 JSON") from None
    wanted = Wanted()
    if text.lstrip()[:1] in ("{", "["):
        _bundle(path, text, wanted)
    else:
        _list(path, text, wanted)
    if not wanted.indicators and not wanted.refused:
        raise CaseError(f"{path}: no indicator in there; write one a line, or give a STIX 2.1 bundle")
    return wanted


def _list(path: Path, text: str, wanted: Wanted) -> None:
    """Read one indicator a line, or the column of a CSV that holds them."""
    try:
        rows = [(number, row) for number, row in enumerate(csv.reader(io.StringIO(text)), 1) if row and row[0].strip()]
    except csv.Error as error:
        raise CaseError(f"{path}: no list and no CSV: {error}; write one indicator a line") from None
    rows = [(number, row) for number, row in rows if not row[0].lstrip().startswith("#")]
    head = [cell.strip().lower() for cell in rows[0][1]] if rows else []
    place = next((head.index(name) for name in COLUMNS if name in head), None)
    sort = (
        next((head.index(name) for name in TYPES if name in head), None) if place is not None or len(head) > 1 else None
    )
    for number, row in rows[1 if place is not None else 0 :]:
        told = row[place or 0].split(" #")[0].strip() if place is None or place < len(row) else ""
        if place is None and len(row) > 1 and not _listed(row):
            told = ",".join(row).split(" #")[0].strip()
        kind = row[sort].strip().lower() if sort is not None and sort < len(row) else ""
        if any("\n" in cell for cell in row):
            wanted.refused.append(
                Refused(path, f"row {number}", "a quote that is not closed on its line; close it, or take it away")
            )
        elif told:
            _plain(path, f"line {number}", (told, kind), wanted)


def _listed(row: list[str]) -> bool:
    """Tell whether the first cell stands for itself: what follows is remarks, not the rest of a user agent."""
    kind = recognised(refanged(row[0])).kind
    return kind != "user_agent" and not (kind == "id" and " " in row[0].strip())


def _plain(path: Path, place: str, told: tuple[str, str], wanted: Wanted) -> None:
    text, word = refanged(told[0]), told[1]
    if word and word not in WORDS:
        wanted.refused.append(Refused(path, place, f"the type {word!r} is none of {', '.join(NAMED)}"))
        return
    look = recognised(text)
    if word and look.kind != WORDS[word]:
        if WORDS[word] == "address":
            wanted.refused.append(Refused(path, place, f"{told[0]!r} is no address"))
            return
        look = Look(WORDS[word], "under" if WORDS[word] == "domain" else "equals", text)
    wanted.indicators[Indicator(told[0], look.kind, (wanted.number(look),))] = None


def _bundle(path: Path, text: str, wanted: Wanted) -> None:
    """Read the indicators and observables of a bundle (or of a list of objects)."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CaseError(f"{path}: no JSON: {error}; indicators are a list, a CSV or STIX 2.1 JSON") from None
    objects = told.get("objects", [told]) if isinstance(told, dict) else told
    if not isinstance(objects, list) or not all(isinstance(each, dict) for each in objects):
        raise CaseError(f"{path}: no STIX 2.1 bundle: `objects` must be a list of objects")
    for number, each in enumerate(objects, 1):
        place = str(each.get("id") or f"object {number}")
        try:
            if each.get("type") == "indicator":
                _indicator(each, wanted)
            else:
                _observable(each, wanted)
        except Unfit as error:
            wanted.refused.append(Refused(path, place, str(error)))


def _indicator(told: Mapping[str, Any], wanted: Wanted) -> None:
    if told.get("revoked") is True:
        raise Unfit("it is revoked, so it is not hunted")
    if told.get("pattern_type", "stix") != "stix":
        raise Unfit(
            f"its pattern is of the type {told['pattern_type']!r}; only stix is understood (Sigma rules: `timeline sigma`)"
        )
    pattern = told.get("pattern")
    if not isinstance(pattern, str):
        raise Unfit("it has no pattern")
    tree = parsed(pattern)
    parts = tuple(_formula(part, wanted) for part in (tree.parts if tree.word in ("and", "then") else (tree,)))
    if any(holds(part, frozenset()) for part in parts):
        raise Unfit("the pattern only says what is not there: it would match every event")
    kinds = dict.fromkeys(look.kind for part in parts for look in _looks(part, wanted))
    wanted.indicators[Indicator(pattern, "+".join(kinds), parts, tree.word == "then")] = None


def _looks(formula: Formula, wanted: Wanted) -> Iterator[Look]:
    match formula:
        case Test(number):
            yield wanted.looks[number]
        case Not(inner):
            yield from _looks(inner, wanted)
        case All(parts) | Some(parts):
            for part in parts:
                yield from _looks(part, wanted)


def _formula(node: Node, wanted: Wanted) -> Formula:
    if node.look:
        return wanted.number(node.look)
    parts = tuple(_formula(part, wanted) for part in node.parts)
    if node.word == "not":
        return Not(parts[0])
    if node.word in ("and", "then"):
        raise Unfit("AND or FOLLOWEDBY of observations inside of OR is not understood; write one indicator for each")
    return All(parts) if node.word == "all" else Some(parts)


def _observable(told: Mapping[str, Any], wanted: Wanted) -> None:
    """Read a cyber-observable object, which stands for its value; other objects are no indicators."""
    kind = str(told.get("type"))
    for name in OBSERVED:
        sort, _, key = name.partition(":")
        if sort == kind and isinstance(told.get(key), str):
            look = pathed(name, "=", told[key])
            wanted.indicators[Indicator(told[key], look.kind, (wanted.number(look),))] = None
    hashes = told.get("hashes")
    if kind == "file" and isinstance(hashes, dict):
        for value in hashes.values():
            look = Look("hash", "equals", str(value))
            wanted.indicators[Indicator(str(value), "hash", (wanted.number(look),))] = None
