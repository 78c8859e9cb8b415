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
from timeline.hunting.lists import COLUMNS, readings, remarked, separator
from timeline.hunting.looks import Look, recognised, refanged
from timeline.hunting.patterns import Node, Unfit, parsed, pathed

LARGEST = 256 << 20
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
    rows = _rows(path, text)
    columns = _columns(rows[0][1]) if rows else _Columns()
    for number, row in rows[1 if columns.headed else 0 :]:
        if any("\n" in cell for cell in row):
            wanted.refused.append(
                Refused(path, f"row {number}", "a quote that is not closed on its line; close it, or take it away")
            )
        elif told := columns.value(row):
            _plain(path, f"line {number}", (told, columns.word(row)), wanted)


def _rows(path: Path, text: str) -> list[tuple[int, list[str]]]:
    """Give the rows that are neither blank nor remarks, with their numbers."""
    try:
        rows = list(enumerate(csv.reader(io.StringIO(text), delimiter=separator(text)), 1))
    except csv.Error as error:
        raise CaseError(f"{path}: no list and no CSV: {error}; write one indicator a line") from None
    return [(number, row) for number, row in rows if row and row[0].strip() and not row[0].lstrip().startswith("#")]


@dataclass(frozen=True)
class _Columns:
    """Where in a row the indicator and its type stand, as a header says; without one the row is one indicator."""

    place: int | None = None
    sort: int | None = None

    @property
    def headed(self) -> bool:
        return self.place is not None

    def value(self, row: list[str]) -> str:
        """Give the indicator of a row, without the remark behind it."""
        if self.place is None:
            return _bare(row[0] if len(row) == 1 or _listed(row) else ",".join(row))
        return _bare(row[self.place]) if self.place < len(row) else ""

    def word(self, row: list[str]) -> str:
        """Give what a row says of its type."""
        return row[self.sort].strip().lower() if self.sort is not None and self.sort < len(row) else ""


def _columns(first: list[str]) -> _Columns:
    head = [cell.strip().lower() for cell in first]
    place = next((head.index(name) for name in COLUMNS if name in head), None)
    typed = place is not None or len(head) > 1
    return _Columns(place, next((head.index(name) for name in TYPES if name in head), None) if typed else None)


def _bare(text: str) -> str:
    return text.split(" #", maxsplit=1)[0].strip()


def _listed(row: list[str]) -> bool:
    """Tell whether the first cell stands for itself: what follows is remarks, not the rest of a user agent."""
    kind = recognised(refanged(row[0])).kind
    return kind != "user_agent" and not (kind == "id" and " " in row[0].strip())


def _plain(path: Path, place: str, told: tuple[str, str], wanted: Wanted) -> None:
    text, word = refanged(told[0]), told[1]
    if word and word not in WORDS:
        wanted.refused.append(Refused(path, place, f"the type {word!r} is none of {', '.join(NAMED)}"))
        return
    looks, reason = readings(text, WORDS.get(word, "")), ""
    if not text.strip("*"):
        reason = f"{told[0]!r} is any value; name what is sought"
    elif not word and (first := remarked(text)):
        reason = f"what stands behind {first!r}? write one indicator a line, and remarks behind # or in a column of their own"
    elif word and looks[0].kind != WORDS[word]:
        if WORDS[word] == "address":
            reason = f"{told[0]!r} is no address"
        looks = (Look(WORDS[word], "under" if WORDS[word] == "domain" else "equals", text),)
    if reason:
        wanted.refused.append(Refused(path, place, reason))
        return
    parts = tuple(wanted.number(look) for look in looks)
    wanted.indicators[Indicator(told[0], looks[0].kind, (parts[0] if len(parts) == 1 else Some(parts),))] = None


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
        place = name if isinstance(name := each.get("id"), str) and name else f"object {number}"
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
            f"its pattern is of the type {json.dumps(told['pattern_type'])}; only stix is understood (Sigma rules: `timeline sigma`)"
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
        if sort == kind and told.get(key) is not None:
            value = _worded(key, told[key])
            look = pathed(name, "=", value)
            wanted.indicators[Indicator(value, look.kind, (wanted.number(look),))] = None
    hashes = told.get("hashes")
    if kind == "file" and isinstance(hashes, dict):
        for key, told_value in hashes.items():
            value = _worded(f"hashes.{key}", told_value)
            wanted.indicators[Indicator(value, "hash", (wanted.number(Look("hash", "equals", value)),))] = None


def _worded(key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Unfit(f"its {key} is {json.dumps(value)}, where a text must stand")
    return value
