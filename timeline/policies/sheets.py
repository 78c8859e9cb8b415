"""The data files of this room read strictly: an unknown key or a value of the wrong form is refused, so that no fact is dropped in silence."""

import datetime as dt
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from timeline.core.spans import END
from timeline.errors import TimelineError

FOLDER = Path(__file__).parent
DAY = 86_400_000_000
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
UNITS = {"m": 60_000_000, "h": 3_600_000_000, "d": DAY}
MEMORY = "memory"


@dataclass(frozen=True)
class Citation:
    """Where a fact was read; `secondary`: not the vendor's own page."""

    key: str
    title: str
    as_of: str = ""
    secondary: bool = False

    def text(self) -> str:
        """Write it in one line."""
        dated = f" ({self.as_of})" if self.as_of else ""
        return f"{self.title}{dated}{', not by the vendor' if self.secondary else ''}"


@dataclass(frozen=True)
class Entry:
    """One table of a file: its values, and how a mistake in it is told."""

    values: Mapping[str, Any]
    place: str
    citations: Mapping[str, Citation]

    def wrong(self, key: str, expected: str) -> TimelineError:
        return TimelineError(f"{self.place}: {key}: {self.values.get(key)!r}; expected {expected}")

    def known(self, keys: Collection[str]) -> None:
        """Refuse keys that nobody reads."""
        for key in self.values.keys() - set(keys):
            raise self.wrong(key, f"one of the keys {', '.join(sorted(keys))}")

    def text(self, key: str, default: str = "") -> str:
        found = self.values.get(key, default)
        if not isinstance(found, str):
            raise self.wrong(key, "a text")
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        found = self.values.get(key, [])
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            raise self.wrong(key, "a list of texts")
        return tuple(found)

    def where(self) -> Mapping[str, tuple[str, ...]]:
        found = self.values.get("where", {})
        return {key: tuple(values) for key, values in found.items()}

    def day(self, key: str) -> int | None:
        """Give a date's midnight, or an instant; UTC, µs."""
        found = self.values.get(key)
        if found is None:
            return None
        if isinstance(found, dt.datetime) and found.tzinfo is not None:
            return (found - EPOCH) // MICROSECOND
        if isinstance(found, dt.datetime) or not isinstance(found, dt.date):
            raise self.wrong(key, "a date, or an instant with its zone")
        return (dt.datetime(found.year, found.month, found.day, tzinfo=dt.UTC) - EPOCH) // MICROSECOND

    def days(self, key: str) -> int | None:
        found = self.values.get(key)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int | float) or found <= 0:
            raise self.wrong(key, "a number of days above 0")
        return round(found * DAY)

    def duration(self, key: str) -> int | None:
        return None if key not in self.values else _duration(self, key, self.values[key])

    def band(self, key: str) -> tuple[int, int] | None:
        found = self.values.get(key)
        if found is None:
            return None
        if not isinstance(found, list) or len(found) != 2:  # noqa: PLR2004
            raise self.wrong(key, "the least and the most, as in ['0h', '72h']")
        least, most = found
        return _duration(self, key, least), END if most == "unbounded" else _duration(self, key, most)

    def cites(self) -> tuple[Citation, ...]:
        keys = self.texts("cites")
        for key in keys:
            if key not in self.citations:
                raise self.wrong("cites", f"keys of [cite.…] tables of the same file, not {key!r}")
        return tuple(self.citations[key] for key in keys)

    def confidence(self) -> str:
        """Give what the entry says of itself; without a word a fact is as good as the best of its citations."""
        told = self.text("confidence", "verified" if set(self.texts("cites")) - {MEMORY} else MEMORY)
        if told not in {"verified", MEMORY}:
            raise self.wrong("confidence", "verified or memory")
        return told


def entries(path: Path, kind: str) -> list[Entry]:
    """Give the tables of one kind of a file."""
    sheet = tomllib.loads(path.read_text("utf-8"))
    cited = {
        key: Citation(key, each["title"], each.get("as_of", ""), each.get("secondary", False))
        for key, each in sheet.get("cite", {}).items()
    }
    return [
        Entry(values, f"{path.name}: {kind} {number} ({values.get('id', values.get('what', ''))})", cited)
        for number, values in enumerate(sheet.get(kind, []), start=1)
    ]


def _duration(entry: Entry, key: str, told: object) -> int:
    found = re.fullmatch(r"(\d+)([mhd])", told) if isinstance(told, str) else None
    if not found:
        raise entry.wrong(key, "a duration, as in '90d', '2h' or '30m'")
    return int(found[1]) * UNITS[found[2]]
