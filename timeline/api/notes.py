"""Notes on a case: tags, stars and comments on events and gaps, and saved views of the timeline."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import quote

import polars as pl

from timeline.api.answers import Answers, Moment, instant
from timeline.case import notes
from timeline.case.notes import Note
from timeline.case.store import like
from timeline.case.values import EPOCH, moment
from timeline.errors import CaseError
from timeline.evidence import frames
from timeline.evidence.events import EventFilter

NOTES: frames.Schema = {
    "note_id": pl.String,
    "time": frames.MOMENT,
    "author": pl.String,
    "kind": pl.String,
    "target": pl.String,
    "tag": pl.String,
    "star": pl.Boolean,
    "text": pl.String,
    "there": pl.Boolean,
    "filter": pl.String,
}
BESIDE = ("tags", "starred", "notes")
"""The columns that rows of events and gaps have, after all others, once something was noted about any of them."""
SHORTEST = 6
"""Characters of an event's or a note's id that are enough if no other one begins with them."""


class Annotations(Answers):
    """The part of a case that analysts write."""

    @property
    def notes_file(self) -> Path:
        """Where the notes are kept: beside case.toml, one line each, only ever added to."""
        return self.root / notes.FILE

    def notes(self) -> pl.DataFrame:
        """Give the notes that nobody took back, by time; `there` is false where the event or gap is no longer in the case."""
        rows = [self._row(note, there) for note, there in self._standing()]
        return frames.frame(rows, NOTES).sort("time", maintain_order=True)

    def note(  # noqa: PLR0913  keywords of a call in a notebook
        self,
        targets: str | Sequence[str],
        *,
        tag: str = "",
        star: bool = False,
        text: str = "",
        author: str = "",
        at: Moment | None = None,
    ) -> pl.DataFrame:
        """Tag, star or comment on events (by id, or its first characters) and gaps (by their `key`); give the new notes.

        `author` is by default the `analyst` of case.toml, else the user of the machine; `at` by default the machine's time.
        """
        if not (tag or star or text):
            raise CaseError("a note says something: give it --tag, --star or --text")
        named = [targets] if isinstance(targets, str) else targets
        found = [self._target(each) for each in dict.fromkeys(named)]
        by = self._by(author, at)
        return self._write([Note(*by, kind, target, tag, star, text) for kind, target in found])

    def save_view(
        self, name: str, wanted: Mapping[str, str], *, text: str = "", author: str = "", at: Moment | None = None
    ) -> pl.DataFrame:
        """Save filters of the timeline (`from, to, actor, source, action, object, ip, text`) under a name; the latest of a name counts."""
        told = {key: value for key, value in wanted.items() if value}
        if not name.strip() or not told:
            raise CaseError("a view needs a name and at least one filter, as in --view night --actor 'avery*'")
        _filtered(told)
        return self._write([Note(*self._by(author, at), "view", name, text=text, filter=told)])

    def view(self, name: str) -> EventFilter:
        """Give the filters that were saved under a name."""
        views = {note.target: note.filter for note, _ in self._standing() if note.kind == "view"}
        if name not in views:
            known = ", ".join(views) or "none yet; `timeline note --view NAME` and filters save one"
            raise CaseError(f"--view {name}: no view is saved under this name; there are: {known}")
        return _filtered(views[name] or {})

    def remove_note(self, numbers: str | Sequence[str], *, author: str = "", at: Moment | None = None) -> pl.DataFrame:
        """Take notes back, by id or its first characters: a line more, for nothing is erased; give the notes taken back."""
        listed = self.notes()
        known = listed["note_id"].to_list()
        named = [numbers] if isinstance(numbers, str) else numbers
        gone = [_only(each, known, "note", "`timeline note` lists them") for each in dict.fromkeys(named)]
        by = self._by(author, at)
        notes.add(self.notes_file, [Note(*by, "removal", each) for each in gone])
        return listed.filter(pl.col("note_id").is_in(gone))

    def gaps(self, stream: str = "*", *, keys: bool = False) -> pl.DataFrame:
        """Give all that is not covered, by stream and time; with the columns of `BESIDE` if something was noted about gaps.

        With `keys` also the `key` by which notes name a gap.
        """
        found = beside(frames.keyed(super().gaps(stream)), self.noted("gap"), "key")
        return found if keys else found.drop("key")

    def noted(self, kind: str) -> pl.DataFrame | None:
        """Give what was noted about each event or gap in one row: `target` and the columns of `BESIDE`; None if nothing was."""
        noted = [note for note in notes.standing(notes.read(self.notes_file)) if note.kind == kind]
        if not noted:
            return None
        written = pl.DataFrame(
            [(note.target, note.tag or None, note.star, note.text or None) for note in noted],
            schema={"target": pl.String, "tags": pl.String, "starred": pl.Boolean, "notes": pl.String},
            orient="row",
        )
        return written.group_by("target", maintain_order=True).agg(
            pl.col("tags").drop_nulls().unique(maintain_order=True),
            pl.col("starred").any(),
            pl.col("notes").drop_nulls(),
        )

    def note_checks(self) -> list[dict[str, object]]:
        """Give one row for all notes that are as they were written, and one for each line that was changed since."""
        kept = notes.read(self.notes_file)
        changed = [f"{notes.FILE}, line {each.line}" for each in kept if not each.sound]
        row: dict[str, object] = {"check": "note", "subject": notes.FILE, "ok": True, "detail": ""}
        wrong = [
            row | {"subject": each, "ok": False, "detail": "it was changed after it was written"} for each in changed
        ]
        return wrong or [row] * bool(kept)

    def _write(self, made: Sequence[Note]) -> pl.DataFrame:
        notes.add(self.notes_file, made)
        return frames.frame([self._row(note, there=True) for note in made], NOTES)

    def _by(self, author: str, at: Moment | None) -> tuple[int, str]:
        user = os.environ.get("USER") or os.environ.get("USERNAME") or "unknown"
        return notes.clock() if at is None else instant(at, "--at"), author or self.config.analyst or user

    def _standing(self) -> list[tuple[Note, bool]]:
        """Give each note with the word whether what it is about is still in the case."""
        found = notes.standing(notes.read(self.notes_file))
        events = self._events([note.target for note in found if note.kind == "event"])
        gaps = set(self._keys()) if any(note.kind == "gap" for note in found) else set()
        there = {"event": events, "gap": gaps}
        return [(note, note.kind == "view" or note.target in there[note.kind]) for note in found]

    def _row(self, note: Note, there: bool) -> dict[str, object]:
        listed = {name: getattr(note, name) for name in NOTES if name not in {"there", "filter"}}
        return listed | {"there": there, "filter": _written(note.filter or {})}

    def _events(self, numbers: Sequence[str]) -> set[str]:
        if not numbers or not self.file.exists():
            return set()
        query = "SELECT event_id FROM events JOIN (SELECT unnest($ids::VARCHAR[]) AS event_id) USING (event_id)"
        return {each for (each,) in self.connection.execute(query, {"ids": list(numbers)}).fetchall()}

    def _keys(self) -> list[str]:
        return list(self.gaps(keys=True)["key"]) if self.file.exists() else []

    def _target(self, told: str) -> tuple[str, str]:
        """Find what a note is about: a gap by its key, an event by its id or the beginning of it."""
        if "|" in told:
            return "gap", self._gap(told)
        near = self.connection.execute(
            "SELECT event_id FROM events WHERE event_id LIKE $start ESCAPE '\\' LIMIT 3", {"start": like(f"{told}*")}
        ).fetchall()
        hint = "`timeline events --columns event_id,time,action` lists them; a gap is named by its `key` in `timeline gaps`"
        return "event", _only(told, [each for (each,) in near], "event", hint)

    def _gap(self, told: str) -> str:
        keys = self._keys()
        wanted = _key(told)
        if wanted in keys:
            return wanted
        near = get_close_matches(wanted, keys, n=1, cutoff=0)
        hint = f"the nearest is {near[0]!r}" if near else "the case has no gaps"
        raise CaseError(f"{told}: no gap of this key; {hint}. `timeline gaps --format json` gives each gap's key")


def beside(rows: pl.DataFrame, noted: pl.DataFrame | None, column: str) -> pl.DataFrame:
    """Add to rows what was noted about the thing that `column` names; nothing if nothing was noted about any."""
    if noted is None:
        return rows
    joined = rows.join(noted, left_on=column, right_on="target", how="left", maintain_order="left")
    return joined.with_columns(pl.col("starred").fill_null(value=False))


def _key(told: str) -> str:
    """Bring the start of a gap's key to its full form."""
    head, _, start = told.rpartition("|")
    at = EPOCH + timedelta(microseconds=moment(start, "the start of a gap")) if start else None
    return f"{head}|{at:%Y-%m-%dT%H:%M:%S.%fZ}" if at else told


def _only(told: str, known: Sequence[str], what: str, hint: str) -> str:
    """Choose the one id that is meant: itself, or the only one that begins so."""
    fit = [each for each in known if each == told] or [each for each in known if each.startswith(told)]
    if len(fit) == 1 and (len(told) >= SHORTEST or fit[0] == told):
        return fit[0]
    why = "more than one begins so" if len(fit) > 1 else "give more of it" if fit else "there is none"
    raise CaseError(f"{told or 'an empty id'}: names no {what} ({why}); {hint}")


def _filtered(told: Mapping[str, str]) -> EventFilter:
    """Read the filters of a view."""
    known = {"from": "start", "to": "end"} | {
        name: name for name in ("actor", "source", "action", "object", "ip", "text")
    }
    if strange := [key for key in told if key not in known]:
        raise CaseError(f"a view cannot filter by {strange[0]!r}; it can by {', '.join(known)}")
    values: dict[str, object] = {
        known[key]: moment(value, f"--{key}") if key in {"from", "to"} else value for key, value in told.items()
    }
    return EventFilter(**values)  # type: ignore[arg-type]


def _written(told: Mapping[str, str]) -> str:
    """Write filters as one text, `key=value` joined by `&` and escaped as in an address."""
    return "&".join(f"{key}={quote(value, safe='')}" for key, value in told.items())
