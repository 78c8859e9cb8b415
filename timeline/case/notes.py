"""What analysts wrote about a case: one line of JSON for each note, only ever added to, beside the evidence and never in what is derived.

A note is about an event (by its id), a gap (by its key, `stream|scope|state|start`) or a view (a name for filters of the timeline). To take
one back is a line too: who said what, and when, stays readable. The id of a note is the hash of its line, so that a changed line shows.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from timeline.case.values import micros, moment
from timeline.errors import CaseError

FILE = "notes.jsonl"
KINDS = ("event", "gap", "view", "removal")
ID = 12


@dataclass(frozen=True)
class Note:
    """One note; `time` in µs since 1970, `filter` holds the filters of a view as people wrote them."""

    time: int
    author: str
    kind: str
    target: str
    tag: str = ""
    star: bool = False
    text: str = ""
    filter: Mapping[str, str] | None = None

    @property
    def note_id(self) -> str:
        """The hash of all that the note says."""
        return hashlib.sha256(_compact(_plain(self)).encode()).hexdigest()[:ID]


@dataclass(frozen=True)
class Kept:
    """A line of the file: its number, the id that stands in it, and the note."""

    line: int
    stated: str
    note: Note

    @property
    def sound(self) -> bool:
        """Tell whether the line is as it was written."""
        return self.stated == self.note.note_id


def clock() -> int:
    """Give the machine's time, µs since 1970: when somebody writes a note is the one thing here that it can honestly tell."""
    return micros(dt.datetime.now(dt.UTC))


def add(path: Path, notes: Iterable[Note]) -> None:
    """Add notes to the end of the file, in one piece; what stands there already is read first, and stays as it is."""
    read(path)
    good = [_checked(path, 0, note) for note in notes]
    text = "".join(f"{_compact({'note_id': note.note_id, **_plain(note)})}\n" for note in good)
    try:
        with path.open("a+b") as stream:
            if stream.seek(0, 2):
                stream.seek(-1, 2)
                text = text if stream.read() == b"\n" else f"\n{text}"
            stream.write(text.encode())
    except OSError as error:
        raise CaseError(f"{path}: {error.strerror}; the notes need a case folder that can be written") from None


def read(path: Path) -> list[Kept]:
    """Give all lines, removals too; a line that is no note is a mistake that only a person can put right."""
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{path}: cannot be read: {error}; expected UTF-8, one note a line") from None
    return [_kept(path, number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]


def standing(lines: Iterable[Kept]) -> list[Note]:
    """Give the notes that nobody took back, in the order of writing; one that was written twice counts once."""
    lines = list(lines)
    gone = {kept.note.target for kept in lines if kept.note.kind == "removal"}
    found = {kept.note.note_id: kept.note for kept in lines if kept.note.kind != "removal"}
    return [note for number, note in found.items() if number not in gone]


def _kept(path: Path, number: int, line: str) -> Kept:
    try:
        told = json.loads(line)
        reason = _strange(told)
        if not reason:
            stated, time = str(told.pop("note_id")), moment(told["time"], f"{path}:{number}: time")
            return Kept(number, stated, _checked(path, number, Note(**(told | {"time": time}))))
    except json.JSONDecodeError as error:
        reason = f"no JSON: {error.msg} at character {error.pos + 1}"
    except RecursionError:
        reason = "nested too deep"
    raise CaseError(f"{path}:{number}: {reason}; expected a note as `timeline note` writes it")


def _strange(told: object) -> str:
    """Say what keeps a value from being a note."""
    if not isinstance(told, dict):
        return "no JSON object"
    needed, known = {"note_id", "time", "author", "kind", "target"}, {"note_id", *Note.__dataclass_fields__}
    if lacking := sorted(needed - told.keys()):
        return f"it has no {lacking[0]!r}"
    if unknown := sorted(told.keys() - known):
        return f"it has {unknown[0]!r}, which no note has"
    return "" if isinstance(told["time"], str) else f"its time is {json.dumps(told['time'])}"


def _checked(path: Path, number: int, note: Note) -> Note:
    """Refuse a note whose values are of other kinds than they should be: this file may come from anybody."""
    filters = note.filter if isinstance(note.filter, dict) else {} if note.filter is None else {"filter": note.filter}
    texts = (note.author, note.kind, note.target, note.tag, note.text, *filters.values())
    wrong = [each for each in texts if not isinstance(each, str) or not _utf8(each)]
    wrong += [each for each, good in ((note.star, (True, False)), (note.kind, KINDS)) if each not in good]
    if wrong:
        where = f"{path}:{number}: " if number else ""
        raise CaseError(f"{where}{wrong[0]!r}; expected a note as `timeline note` writes it, in UTF-8")
    return note


def _utf8(text: str) -> bool:
    return text == text.encode("utf-8", "replace").decode()


def _plain(note: Note) -> dict[str, object]:
    written = (dt.datetime(1970, 1, 1) + dt.timedelta(microseconds=note.time)).isoformat(timespec="microseconds")  # noqa: DTZ001  written with Z
    return asdict(note) | {"time": f"{written}Z"}


def _compact(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
