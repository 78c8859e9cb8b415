r"""Pseudonyms for sharing: people and addresses become the same made-up words wherever they stand, and nobody without the salt can tell whose.

A pseudonym is a keyed hash (HMAC-SHA-256) of the value, so that reports made with the same salt agree and no table has to be kept. Values come from
columns of events and from patterns in any text; each is also looked for as JSON and URLs write it, and by the part before its @ or behind its \.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import polars as pl

from timeline.errors import CaseError
from timeline.globs import matches

SHORT = 3  # a value of fewer characters is replaced only where it stands alone: else half of all words would go
PART = 3  # so long a part of a name stands for the person
DIGITS = 10
WORDS = (pl.String, pl.Categorical, pl.Enum)
QUAD = r"\b(?:\d{1,3}\.){3}\d{1,3}\b"
GROUP = "[0-9A-Fa-f]{1,4}"
ADDRESS = rf"{QUAD}|\b(?:{GROUP}:){{7}}{GROUP}\b|\b{GROUP}(?::{GROUP}){{0,6}}::(?:{GROUP}(?::{GROUP}){{0,6}}\b)?"
MAIL = r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+"
DEFAULT = {
    "person": {"columns": ["actor", "actor_id", "mailbox", "subject"], "patterns": [MAIL]},
    "address": {"columns": ["src_ip", "network"], "patterns": [ADDRESS]},
    "device": {"columns": ["device_id"], "patterns": []},
}
FIXED = frozenset({
    "action", "outcome", "source", "family", "time_precision", "event_id", "file_id", "sha256", "state", "basis", "verdict", "strength", "first_is",
    "last_is", "question", "sql", "needs", "meaning", "limits", "sentence", "note_id", "kind", "fingerprint", "actor_type", "record", "differs",
})  # fmt: skip
"""What is a word of ours, or a hash, and never tells of a person."""
SCOPE = re.compile(r"\b(\w+)=([^,\n]+)")  # actor=…, mailbox=…|…: subjects of verdicts, scopes of gaps


@dataclass(frozen=True)
class Kind:
    """What is replaced by one kind of pseudonym: values of columns of events, and whatever fits a pattern."""

    name: str
    columns: tuple[str, ...]
    patterns: tuple[str, ...]


@dataclass
class Veil:
    """Replaces values by pseudonyms; it learns values from columns and keeps them for all texts."""

    salt: bytes
    kinds: tuple[Kind, ...]
    keep: tuple[str, ...] = ()
    known: dict[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> dict[str, Kind]:
        """The kind of each column whose whole values are replaced."""
        return {column: kind for kind in self.kinds for column in kind.columns}

    def pseudonym(self, kind: str, value: str) -> str:
        """Give the word for a value; upper and lower case do not matter."""
        digest = hmac.new(self.salt, f"{kind}\n{value.casefold()}".encode(), hashlib.sha256).hexdigest()
        return f"{kind}-{digest[:DIGITS]}"

    def learn(self, kind: Kind, values: Iterable[str]) -> None:
        """Remember values and the forms in which texts may write them."""
        for value in values:
            if not value or any(matches(glob, value) for glob in self.keep):
                continue
            word = self.pseudonym(kind.name, value)
            for form in forms(value):
                self.known.setdefault(form.casefold(), word)
        self.__dict__.pop("_pairs", None)

    def learn_column(self, series: pl.Series) -> None:
        """Remember the values of a column of events, if the rules name it."""
        kind = self.columns.get(series.name)
        if kind and isinstance(series.dtype, WORDS):
            self.learn(kind, series.cast(pl.String).drop_nulls().unique().sort().to_list())

    @cached_property
    def _pairs(self) -> tuple[list[str], list[str]]:
        long = sorted((form for form in self.known if len(form) >= SHORT), key=lambda form: (-len(form), form))
        return long, [self.known[form] for form in long]

    def texts(self, texts: pl.Series) -> pl.Series:
        """Give different texts with everything known, and everything that fits a pattern, replaced."""
        for kind in self.kinds:
            for pattern in kind.patterns:
                found = texts.str.extract_all(pattern).explode(empty_as_null=True).drop_nulls().unique().sort()
                self.learn(kind, (each for each in found.to_list() if each.casefold() not in self.known))
        old, new = self._pairs
        if not old:
            return texts
        alone = texts.str.to_lowercase().replace_strict(
            list(self.known), list(self.known.values()), default=None, return_dtype=pl.String
        )
        inside = texts.str.replace_many(old, new, ascii_case_insensitive=True, leftmost=True)
        return pl.select(pl.coalesce(alone, inside).alias(texts.name)).to_series()

    def series(self, series: pl.Series) -> pl.Series:
        """Give a column of events with its texts replaced; words of ours, hashes and numbers stay."""
        if series.name in FIXED or not isinstance(series.dtype, WORDS):
            return series
        text = series.cast(pl.String)
        different = text.drop_nulls().unique().sort()
        table = pl.DataFrame({"old": different, "new": self.texts(different)})
        return (
            pl.DataFrame({"old": text})
            .join(table, on="old", how="left", maintain_order="left")["new"]
            .rename(series.name)
        )

    def tree(self, tree: Mapping[str, object]) -> dict[str, object]:
        """Give nested rows with all texts replaced but those of fixed keys."""
        found = sorted(set(_texts(tree, "")))
        for key, values in SCOPE.findall("\n".join(found)):
            if key in self.columns:
                self.learn(self.columns[key], (each for each in values.split("|") if "*" not in each))
        new = self.texts(pl.Series(found, dtype=pl.String)).to_list()
        replaced = _replaced(tree, "", dict(zip(found, new, strict=True)))
        return replaced if isinstance(replaced, dict) else {}


def forms(value: str) -> Iterator[str]:
    """Give the ways in which a text may write a value: as it is, in JSON, in an address, and by its own name alone."""
    yield value
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield quote(value, safe="")
    yield quote(value)
    own = re.split(r"\\", value.partition("@")[0])[-1]
    if own != value and len(own) >= PART:
        yield own


def _texts(tree: object, name: str) -> Iterator[str]:
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            yield from _texts(value, str(key))
    elif isinstance(tree, list | tuple):
        for value in tree:
            yield from _texts(value, name)
    elif isinstance(tree, str) and name not in FIXED:
        yield tree


def _replaced(tree: object, name: str, words: Mapping[str, str]) -> object:
    if isinstance(tree, Mapping):
        return {key: _replaced(value, str(key), words) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [_replaced(value, name, words) for value in tree]
    return words[tree] if isinstance(tree, str) and name not in FIXED else tree


def read(path: Path) -> Veil:
    """Read a file of rules; a mistake is a CaseError with the file, the key and what was expected.

    `salt` (at least 16 characters, secret) or `salt_file` beside it; `keep`: globs that stay; tables [person], [address], or of any other kind,
    each with `columns` (of events) and `patterns` (regular expressions). Without such tables people and addresses are replaced as usual.
    """
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CaseError(f"{path}: no file of rules that can be read: {error}") from None
    salt, keep = _salt(path, told), _strings(path, "keep", told.pop("keep", []))
    kinds = [_kind(path, name, table) for name, table in (told or DEFAULT).items()]
    return Veil(salt.encode(), tuple(kinds), keep)


def _salt(path: Path, told: dict[str, object]) -> str:
    named = told.pop("salt_file", None)
    salt = told.pop("salt", None)
    try:
        salt = (path.parent / str(named)).read_text("utf-8").strip() if named else salt
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{path}: salt_file {named!r} cannot be read: {error}") from None
    if not isinstance(salt, str) or len(salt) < 16:  # noqa: PLR2004  shorter ones can be guessed
        raise CaseError(
            f'{path}: salt: expected a secret text of at least 16 characters, as `salt = "…"` or `salt_file = "…"`'
        )
    return salt


def _kind(path: Path, name: str, table: object) -> Kind:
    if not isinstance(table, dict) or not re.fullmatch(r"[a-z]+", name) or set(table) - {"columns", "patterns"}:
        raise CaseError(
            f"{path}: {name}: expected a table of a kind in lower-case letters with `columns` and `patterns`"
        )
    patterns = _strings(path, f"{name}.patterns", table.get("patterns", []))
    for pattern in patterns:
        try:
            pl.Series(["x"]).str.extract_all(pattern)
        except pl.exceptions.ComputeError as error:
            raise CaseError(f"{path}: {name}.patterns: {pattern!r} is no regular expression: {error}") from None
    return Kind(name, _strings(path, f"{name}.columns", table.get("columns", [])), patterns)


def _strings(path: Path, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise CaseError(f"{path}: {key}: expected a list of texts")
    return tuple(value)
