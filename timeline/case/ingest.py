"""From evidence files to events: every record ends as an event, rejected, duplicate or skipped, and the ledger adds up.

Files of one kind and source go through one statement together. A record that the source of its file does not take is looked at again
by itself: another source's, or rejected with its reason. So a file of one log costs one pass, and a mixed one is split by record.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import duckdb
import numpy as np

from timeline.case import bounds, entries, guesses, local_times, plan, proofs, undated
from timeline.case.context import Context, files_under
from timeline.case.entries import Tally
from timeline.case.feed import Feed
from timeline.case.plan import Found
from timeline.case.survey import Progress, Survey, Wave, shelf_of
from timeline.catalog import Source
from timeline.readers.batch import Fault
from timeline.readers.limits import Limits

POISON = 64
BROKEN = (duckdb.DataError, duckdb.InvalidInputException, duckdb.OutOfMemoryException, UnicodeDecodeError)
"""What a record can break a statement with; the last is an error of DuckDB whose text cuts a character of the value in two."""


class Ingest:
    """One run of `timeline ingest` on an open case."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        sources: Mapping[str, Source],
        context: Context,
        progress: Progress | None,
    ) -> None:
        self.connection, self.sources = connection, list(sources.values())
        self.progress = progress or (lambda _text, _done, _of: None)
        self.feed = Feed(connection, context)
        self.broken: dict[int, np.ndarray] = {}

    def run(self, paths: list[Path]) -> list[int]:
        """Read the files; return the numbers in the ledger of all that were met."""
        shelf = shelf_of(self.connection, Limits.stated(os.environ))
        survey = Survey(self.connection, self.sources, shelf, self.progress)
        try:
            for wave in survey.waves(files_under(paths)):
                self._wave(wave)
                shelf.clear()
        finally:
            shelf.close()
        proofs.enter(self.connection)
        entries.settle(self.connection)
        self.progress("done", 1, 1)
        return survey.numbers

    def _wave(self, wave: Wave) -> None:
        """Read what was met: files of one kind together, then those that give nothing, twins, and at last the archives."""
        fresh = [found for found in wave.met if found.kind.shape != "none"]
        sizes, done = sum(found.size for found in fresh), 0
        groups = sorted(
            fresh, key=lambda found: (found.kind.shape, found.kind.payload, found.kind.names, found.file_no)
        )
        for kind, group in groupby(groups, key=lambda found: found.kind):
            for part in plan.portions(group):
                self.progress(f"reading {kind.payload or kind.shape}: {part[0].origin.last}", done, sizes)
                self._read(part)
                done += sum(found.size for found in part)
        self._unreadable([found for found in wave.met if found.kind.shape == "none"])
        for number, origin, sha in wave.twins:
            entries.enter_twin(self.connection, number, origin, sha)
        for listed in wave.archives:
            if listed.twin:
                entries.enter_twin(self.connection, listed.found.file_no, listed.found.origin, listed.found.sha256)
            else:
                entries.enter_archive(self.connection, listed.found, listed.members, listed.problems)

    def _read(self, files: list[Found]) -> None:
        """Read files of one kind in one transaction; if a record cannot be read, once more with care, then without it."""
        if self._done(files):
            return
        careful = [replace(found, kind=replace(found.kind, careful=True)) for found in files]
        if self._done(careful):
            return
        for found in careful:
            if not self._done([found]):
                self._attempt([replace(found, poison=poison(self, found))])

    def _done(self, files: list[Found]) -> bool:
        """Read files and tell whether it worked; if not, nothing of them is in."""
        try:
            self._attempt(files)
        except BROKEN:
            self.connection.execute("ROLLBACK")
            return False
        return True

    def _attempt(self, files: list[Found]) -> None:
        self.connection.execute("BEGIN")
        told = plan.recognise(self.connection, files, self.sources)
        for found in files:
            if found.file_no not in told:
                known = self._searched(found) or (self._searched(found.as_text) if found.mixed else [])
                told |= {found.file_no: known} if known else {}
        self.feed.open(files)
        first = sorted((found for found in files if found.file_no in told), key=lambda found: told[found.file_no][0].id)
        for source, group in groupby(first, key=lambda found: told[found.file_no][0]):
            self.feed.insert(source, list(group), None)
        left = self.feed.left(first)
        self._again(first, told, left)
        local_times.order(self.connection)
        self._ledger(files, told)
        self.connection.execute("COMMIT")

    def reads(self, found: Found, numbers: np.ndarray) -> bool:
        """Try the statements on some records of a file without keeping what they give."""
        self.connection.execute("BEGIN")
        try:
            fit = plan.candidates(self.sources, found.kind)
            self.feed.open([found])
            for index, some in self._recognised(found, fit, numbers)[0].items():
                self.feed.insert(fit[index], [found], {found.file_no: some})
        except BROKEN:
            return False
        finally:
            self.connection.execute("ROLLBACK")
        return True

    def _searched(self, found: Found) -> list[Source]:
        """Look at every record of a file whose first ones no source knows: known ones may come later."""
        fit = plan.candidates(self.sources, found.kind)
        counted = (
            "SELECT chosen, count(*), list(record ORDER BY record) FILTER (WHERE NOT valid) "
            f"FROM ({plan.recognition(fit, found.kind)}) GROUP BY chosen"
        )
        rows = [row for _ in self.feed.offered([found], None) for row in self.connection.execute(counted).fetchall()]
        counts = Counter[int]()
        for chosen, count, _ in rows:
            counts.update({chosen: count} if chosen is not None else {})
        known = [fit[chosen] for chosen in sorted(counts, key=lambda each: (-counts[each], each))]
        self.broken[found.file_no] = np.array([number for _, _, some in rows for number in some or ()], np.int64)
        return known

    def _again(self, files: list[Found], told: Mapping[int, list[Source]], left: Mapping[int, np.ndarray]) -> None:
        """Look at each left record by itself: give it to the source that knows it, reject the rest."""
        for found in files:
            if found.file_no not in left:
                continue
            first = told[found.file_no][0]
            known, invalid = self._given(found, left[found.file_no], first)
            rest = self.feed.left([found]).get(found.file_no)
            if rest is not None and found.mixed:
                unknown = np.setdiff1d(rest, np.array([*known, *self._torn(found, invalid)], np.int64))
                known |= self._given(found.as_text, unknown, first)[0]
                invalid -= known.keys()
                rest = self.feed.left([found]).get(found.file_no)
            if rest is not None:
                self._reject(found, rest, known, invalid)
                self._bound(found, rest, known)
                self._undated(found, rest, [*told[found.file_no], *known.values()])

    def _torn(self, found: Found, invalid: set[int]) -> list[int]:
        """Tell which records that are no JSON begin like it: what a forwarder cut off is lost, and no text of another log."""
        begun = "SELECT record FROM batch WHERE line[1] = '{'"
        offered = self.feed.offered([found], {found.file_no: np.array(sorted(invalid), np.int64)})
        return [number for _ in offered for (number,) in self.connection.execute(begun).fetchall()]

    def _given(self, found: Found, numbers: np.ndarray, first: Source) -> tuple[dict[int, Source], set[int]]:
        """Give each of some records to the source that knows it, the first of its file aside; tell which one, and which are no JSON."""
        fit = plan.candidates(self.sources, found.kind)
        chosen, invalid = self._recognised(found, fit, numbers)
        for index, source in enumerate(fit):
            some = chosen.get(index)
            if some is not None and source is not first:
                self.feed.insert(source, [found], {found.file_no: some})
        return {number: fit[index] for index, some in chosen.items() for number in some.tolist()}, invalid

    def _undated(self, found: Found, numbers: np.ndarray, known: list[Source]) -> None:
        """Keep rejected records that state no time as events without one, if their log has other records in this file."""
        fit = undated.untimed(known) if found.kind.as_json else []
        chosen = self._recognised(found, fit, numbers)[0] if fit else {}
        for index, some in chosen.items():
            self.feed.insert(fit[index], [found], {found.file_no: some}, dated=False)
        if chosen:
            undated.mark(self.connection, found.file_no)

    def _bound(self, found: Found, numbers: np.ndarray, known: Mapping[int, Source]) -> None:
        """Note when rejected records happened whose local times have no zone."""
        for source in {each.id: each for each in known.values() if each.local_time}.values():
            some = np.array([number for number in numbers.tolist() if known.get(number) is source], np.int64)
            read = found.by(source)
            for _ in self.feed.offered([read], {found.file_no: some}):
                bounds.bound(self.connection, source, read.kind)

    def _recognised(
        self, found: Found, fit: list[Source], numbers: np.ndarray
    ) -> tuple[dict[int, np.ndarray], set[int]]:
        statement, chosen, invalid = plan.recognition(fit, found.kind), dict[int, list[np.ndarray]](), set[int]()
        for _ in self.feed.offered([found], {found.file_no: numbers}):
            rows = self.connection.execute(statement).fetchnumpy()
            record = np.asarray(rows["record"], np.int64)
            picked = np.ma.filled(np.ma.asarray(rows["chosen"]).astype(float), -1).astype(np.int64)
            invalid |= set(record[~np.asarray(rows["valid"], bool)].tolist())
            for index in np.unique(picked[picked >= 0]).tolist():
                chosen.setdefault(index, []).append(record[picked == index])
        return {index: np.concatenate(chosen[index]) for index in sorted(chosen)}, invalid

    def _reject(self, found: Found, numbers: np.ndarray, known: Mapping[int, Source], invalid: set[int]) -> None:
        rows, context = [], self.feed.context
        given = {"zoned": context.zone(found.origin) is not None, "taken": context.taken(found.origin) is not None}
        for piece in found.pieces():
            if isinstance(piece, Fault):
                continue
            for index in np.flatnonzero(np.isin(piece.number, numbers)).tolist():
                number = int(piece.number[index])
                text = str(piece.text[index].as_py())[: entries.KEPT_TEXT]
                place = (int(piece.start[index]), int(piece.size[index]))
                rows.append((found.file_no, number, *place, entries.reason(number, known, invalid, **given), text))
        entries.refuse(self.connection, rows)

    def _ledger(self, files: list[Found], told: Mapping[int, list[Source]]) -> None:
        for found in files:
            tally, known = self.feed.tallies[found.file_no], told.get(found.file_no, [])
            tally.note = found.note
            tally.logs = tuple(name for source in known for name in source.names)
            if not known:
                torn = self.broken.get(found.file_no, np.zeros(0, np.int64))
                self._reject(found, torn, {}, set(torn.tolist()))
                tally.skipped = tally.records - len(tally.faults) - len(torn)
                tally.note = self._guessed(found) if tally.skipped else "" if tally.records else "it holds no records"
        entries.enter(self.connection, [(found, self.feed.tallies[found.file_no]) for found in files])

    def _guessed(self, found: Found) -> str:
        """Say that no source recognises a file, and which ones come nearest."""
        some = plan.samples(found)
        near = guesses.nearest(some.column("line").to_pylist(), self.sources) if some is not None else ""
        return f"no source recognises it; nearest: {near}" if near else "no source recognises it"

    def _unreadable(self, files: list[Found]) -> None:
        read = []
        for found in files:
            faults = [] if found.note in plan.ASIDE else [Fault(1, 0, found.size, found.note)]
            read.append((found, Tally(len(faults), faults, note=found.note)))
        entries.enter(self.connection, read)


def poison(ingest: Ingest, found: Found) -> tuple[int, ...]:
    """Find the records of a file that no statement gets over, by halving; past a limit whole halves are given up."""
    bad: list[int] = []
    parts = [np.arange(1, ingest.feed.count(found) + 1)]
    while parts:
        part = parts.pop()
        if ingest.reads(found, part):
            continue
        if len(part) == 1 or len(bad) > POISON:
            bad += part.tolist()
        else:
            parts += [part[: len(part) // 2], part[len(part) // 2 :]]
    return tuple(sorted(bad))
