"""The line of every key of a TOML text, because `tomllib` gives values without their places.

The text has passed `tomllib` before, so this reader only follows the structure and judges nothing.
"""

import re
import tomllib
from collections.abc import Iterator

Place = tuple[str | int, ...]

_TOKEN = re.compile(
    r'''(?P<string>"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')'''
    r"""|(?P<skip>\#[^\n]*|[^\S\n]+)|(?P<mark>[\n\[\]{}=,.])|(?P<bare>[^\s\[\]{}=,.\#"']+)""",
    re.DOTALL,
)
_ENDS = {",", "]", "}", "\n", ""}


def locate(text: str) -> dict[Place, int]:
    """Line numbers by path; elements of arrays have their index in the path."""
    walk = _Walk(text)
    while walk.next:
        walk.statement()
    return walk.lines


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    line = 1
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "skip":
            yield match[0], line
        line += match[0].count("\n")


class _Walk:
    """One pass over the tokens of a text; `next` is the one to be read next."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Place, int] = {}
        self._counts: dict[Place, int] = {}
        self._table: Place = ()
        self._tokens = _tokens(text)
        self.next, self._line = next(self._tokens, ("", 0))

    def statement(self) -> None:
        if self.next == "\n":
            self._step()
        elif self.next == "[":
            self._header()
        else:
            self._pair(self._table)

    def _step(self) -> str:
        taken = self.next
        self.next, self._line = next(self._tokens, ("", 0))
        return taken

    def _skip(self, *marks: str) -> None:
        while self.next in marks:
            self._step()

    def _header(self) -> None:
        line = self._line
        self._step()
        array = self.next == "["
        self._skip("[")
        *parents, last = self._key()
        place: Place = ()
        for key in parents:
            place = (*place, key)
            if place in self._counts:
                place = (*place, self._counts[place] - 1)
        place = (*place, last)
        if array:
            self._counts[place] = self._counts.get(place, 0) + 1
            place = (*place, self._counts[place] - 1)
        self._table = place
        self._note(place, line)
        self._skip("]")

    def _pair(self, table: Place) -> None:
        line = self._line
        place = (*table, *self._key())
        self._note(place, line)
        self._skip("=")
        self._value(place)

    def _key(self) -> list[str]:
        keys = []
        while self.next not in {"=", "]", ""}:
            part = self._step()
            if part != ".":
                keys.append(_name(part))
        return keys

    def _value(self, place: Place) -> None:
        if self.next == "[":
            self._array(place)
        elif self.next == "{":
            self._inline(place)
        else:
            while self.next not in _ENDS:
                self._step()

    def _array(self, place: Place) -> None:
        self._step()
        index = 0
        self._skip("\n")
        while self.next not in {"]", ""}:
            self._note((*place, index), self._line)
            self._value((*place, index))
            self._skip(",", "\n")
            index += 1
        self._step()

    def _inline(self, place: Place) -> None:
        self._step()
        self._skip("\n")
        while self.next not in {"}", ""}:
            self._pair(place)
            self._skip(",", "\n")
        self._step()

    def _note(self, place: Place, line: int) -> None:
        for size in range(1, len(place) + 1):
            self.lines.setdefault(place[:size], line)


def _name(key: str) -> str:
    return str(tomllib.loads(f"name = {key}")["name"]) if key[0] in "\"'" else key
