"""case.toml read table by table: mistakes are collected with their lines, and reported together at the end."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from timeline.case.toml_lines import Place, locate
from timeline.case.values import ExpectedError, shown
from timeline.errors import CaseError

T = TypeVar("T")


@dataclass
class Sheet:
    """One TOML file: its name, the lines of its keys, and what is wrong with it."""

    name: str
    lines: Mapping[Place, int]
    mistakes: list[tuple[int, str]] = field(default_factory=list)

    def mistake(self, place: Place, found: str, expected: str) -> None:
        line, where = self.where(place)
        self.mistakes.append((line, f"{where}: {found}; expected {expected}"))

    def where(self, place: Place) -> tuple[int, str]:
        """Give the line of a place, and its name for people: file, line and key."""
        line = next((self.lines[place[:size]] for size in range(len(place), 0, -1) if place[:size] in self.lines), 1)
        return line, f"{self.name}:{line}: {'.'.join(part for part in place if isinstance(part, str))}"

    def settle(self) -> None:
        """Refuse the file if anything in it was wrong."""
        if self.mistakes:
            raise CaseError("\n".join(message for _, message in sorted(set(self.mistakes))))


class Table:
    """One table of a sheet; a key that nobody asked for is unknown."""

    def __init__(self, values: Mapping[str, object], place: Place, sheet: Sheet) -> None:
        self.values = values
        self._place = place
        self._sheet = sheet
        self._asked: set[str] = set()

    def take(self, key: str, read: Callable[[object], T], default: T) -> T:
        """Give the value of a key that may be left out; a wrong one is noted and gives the default."""
        self._asked.add(key)
        if key not in self.values:
            return default
        try:
            return read(self.values[key])
        except ExpectedError as error:
            self.wrong(error.expected, key, *error.inside)
            return default

    def need(self, key: str, read: Callable[[object], T], stand_in: T) -> T:
        """Give the value of a key that must be there."""
        if key not in self.values:
            try:
                read(None)
            except ExpectedError as error:
                self.missing(key, error.expected)
        return self.take(key, read, stand_in)

    def missing(self, key: str, expected: str) -> None:
        """Note that a key is not there, unless it is there misspelt and so refused as unknown."""
        if not get_close_matches(key, self.values.keys() - self._asked, cutoff=0.8):
            self._sheet.mistake((*self._place, key), "missing", expected)

    def wrong(self, expected: str, *inside: str | int) -> None:
        """Note that the value at this place is not what was expected."""
        value: Any = self.values
        for part in inside:
            value = value[part]
        self._sheet.mistake((*self._place, *inside), shown(value), expected)

    def table(self, key: str) -> "Table":
        self._asked.add(key)
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            self.wrong(f"a table, [{key}]", key)
            value = {}
        return Table(value, (*self._place, key), self._sheet)

    def tables(self, key: str) -> list["Table"]:
        """Give the tables of an array, `[[key]]` or `key = [{…}, {…}]`."""
        self._asked.add(key)
        values = self.values.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            path = ".".join(str(part) for part in (*self._place, key))
            self.wrong(f"a list of tables, each under [[{path}]] or in braces", key)
            return []
        return [Table(value, (*self._place, key, index), self._sheet) for index, value in enumerate(values)]

    def blanks(self, sign: str) -> list[str]:
        """Give every text below this table that begins with a sign: where it stands, and what it says."""
        return [
            f"{self._sheet.where(place)[1]}: {told}"
            for place, told in _texts(self.values, self._place)
            if told.startswith(sign)
        ]

    def close(self) -> None:
        """Refuse the keys that were never asked for."""
        for key in self.values.keys() - self._asked:
            near = get_close_matches(key, self._asked, n=1) or sorted(self._asked)
            self._sheet.mistake((*self._place, key), "unknown key", " or ".join(near))


def _texts(value: object, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, str):
        yield place, value
    inside = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield from _texts(each, (*place, key))


def read(path: Path) -> tuple[Sheet, Table]:
    """Read a TOML file as a sheet and its outermost table."""
    text = _text(path)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise CaseError(f"{path.name}:{line}: {error}; expected TOML, see https://toml.io") from None
    sheet = Sheet(path.name, locate(text))
    return sheet, Table(values, (), sheet)


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CaseError(f"{path}: {error.strerror}; expected a readable case.toml") from None
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CaseError(f"{path.name}:{line}: byte {data[error.start]:#04x}; expected UTF-8 text") from None
