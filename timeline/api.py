"""`timeline.Case`: one investigation, for notebooks and for the command line."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import polars as pl

from timeline import catalog, report
from timeline.case import config as settings
from timeline.case.context import Context
from timeline.case.ingest import Ingest
from timeline.case.store import reader, writer
from timeline.case.values import ExpectedError, moment, time_zone
from timeline.catalog import Question, Source
from timeline.core.spans import Span
from timeline.errors import CaseError
from timeline.evidence import events as timeline_events
from timeline.evidence import compare, frames, ledger
from timeline.evidence.chain import chain
from timeline.evidence.events import EventFilter
from timeline.evidence.explain import explained
from timeline.evidence.facts import Facts
from timeline.evidence.knowledge import Knowledge
from timeline.evidence.preserve import preserve
from timeline.evidence.questions import Answered, Asker, ask_row
from timeline.evidence.streams import Builder
from timeline.export.html.render import render
from timeline.export.html.report import Report

__all__ = ["Case", "EventFilter", "demo"]

Moment = int | str | datetime
"""An instant: microseconds since 1970, a text as on the command line, or a datetime; UTC unless it states its zone."""


class Case:
    """A folder with `case.toml`, which people edit, and `case.duckdb`, which holds all that was derived from the evidence.

    Times in frames are UTC (`Datetime("us", "UTC")`). Mistakes raise `timeline.errors.TimelineError` with file, value and remedy.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._connection: duckdb.DuckDBPyConnection | None = None

    @classmethod
    def create(cls, path: Path | str) -> Case:
        """Make a case folder; an existing case.toml is left as it is."""
        root = Path(path)
        told = root / settings.FILE
        try:
            root.mkdir(parents=True, exist_ok=True)
            if not told.exists():
                told.write_text(settings.TEMPLATE, encoding="utf-8")
        except OSError as error:
            raise CaseError(f"{root}: {error.strerror}; choose a folder that can be made and written") from None
        return cls(root)

    @classmethod
    def open(cls, path: Path | str | None = None) -> Case:
        """Open the case at a folder, or the nearest one above the working folder."""
        return cls(settings.find(Path.cwd(), None if path is None else Path(path), os.environ))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the case's file."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        for name in ("knowledge", "asker"):
            self.__dict__.pop(name, None)

    @property
    def file(self) -> Path:
        """The DuckDB file."""
        return self.root / "case.duckdb"

    @cached_property
    def config(self) -> settings.Config:
        """What case.toml says; all its mistakes at once as a CaseError."""
        return settings.load(self.root / settings.FILE, frozenset(self.questions))

    @cached_property
    def questions(self) -> dict[str, Question]:
        """The questions that can be asked."""
        return catalog.questions()

    @cached_property
    def log_sources(self) -> dict[str, Source]:
        """The log formats that can be read: the package's, and those given to `ingest`."""
        kept = self.root / "sources"
        return catalog.sources(kept if kept.is_dir() else catalog.environment_sources())

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """A read-only connection with the view `events`."""
        if self._connection is None:
            self._connection = reader(self.file, [(zone.name, zone.level, zone.objects) for zone in self.config.zones])
        return self._connection

    @cached_property
    def knowledge(self) -> Knowledge:
        """What the case can know."""
        return Knowledge(self.connection, self.config, self.root, self.log_sources)

    @cached_property
    def asker(self) -> Asker:
        """Who answers questions."""
        return Asker(self.knowledge)

    def ingest(
        self,
        paths: Path | str | Sequence[Path | str],
        timezones: Mapping[str, str] | None = None,
        sources: Path | None = None,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> pl.DataFrame:
        """Read evidence files and folders into the case; give the ledger's rows of the files met.

        Files are recognised by content and stay where they are. `timezones` maps globs over file names to zone names for logs
        that state none; `sources` is a folder of the user's own .sql sources.
        """
        for glob, zone in (timezones or {}).items():
            _check_zone(glob, zone)
        files = Builder(Facts(), self.config, self.root)
        if sources:
            self._keep(sources)
        known = self.log_sources
        context = Context(tuple((timezones or {}).items()), *files.statements())
        self.close()
        connection = writer(self.file)
        try:
            met = [paths] if isinstance(paths, Path | str) else paths
            numbers = Ingest(connection, known, context, progress).run([Path(path) for path in met])
            return ledger.status(connection, numbers)
        finally:
            connection.close()

    def _keep(self, sources: Path) -> None:
        """Copy the user's own sources into the case: every later question needs to know what those logs could show."""
        catalog.sources(sources)
        kept = self.root / "sources"
        kept.mkdir(exist_ok=True)
        for path in sorted(sources.glob("*.sql")):
            if path.resolve() != (kept / path.name).resolve():
                shutil.copy(path, kept / path.name)
        self.__dict__.pop("log_sources", None)

    def status(self, *, notes: bool = False) -> pl.DataFrame:
        """Give the ledger: one row for every file met; with `notes` also why one was left out."""
        rows = ledger.status(self.connection)
        return rows if notes else rows.drop("note")

    def rejected(self) -> pl.DataFrame:
        """Give the records that could not be read, with reason and text."""
        return ledger.rejected(self.connection)

    def verify(self) -> pl.DataFrame:
        """Check evidence and ledger; rows `check, subject, ok, detail`."""
        return ledger.verify(self.connection)

    def events(self, wanted: EventFilter | None = None, *, raw: bool = False) -> pl.DataFrame:
        """Give the timeline, by time; with `raw` each event carries its record's own text."""
        return pl.concat(self.pieces(wanted, raw=raw))

    def pieces(self, wanted: EventFilter | None = None, *, raw: bool = False) -> Iterator[pl.DataFrame]:
        """Give the same in pieces, for a timeline that is larger than the memory."""
        return timeline_events.events(self.connection, wanted or EventFilter(), raw=raw)

    def count(self, wanted: EventFilter | None = None) -> int:
        """Count the events that a filter gives."""
        return timeline_events.count(self.connection, wanted or EventFilter())

    def sources(self) -> pl.DataFrame:
        """Give every stream of the case: how many events, first, last, and what its log can show."""
        return self.knowledge.sources()

    def gaps(self, stream: str = "*") -> pl.DataFrame:
        """Give all that is not covered, by stream and time: why, since when, and whether it can be mended."""
        return self.knowledge.gaps(stream)

    def explain(self, stream: str = "*", at: Moment | None = None) -> pl.DataFrame:
        """Give the same rows, those around an instant if one is told, each with its reasoning in plain words."""
        return explained(self.knowledge, stream, None if at is None else _instant(at, "--at"))

    def fingerprints(self) -> pl.DataFrame:
        """Give one hash of the records and one of the coverage of each stream, and of all of them (`*`)."""
        return compare.fingerprints(self.knowledge)

    def diff(self, other: Case) -> pl.DataFrame:
        """Give what is different in another case: files, coverage, and the verdicts of both cases' questions."""
        states = compare.differences(self.knowledge, other.knowledge)
        return pl.concat([states, compare.verdicts(self.ask(), other.ask())])

    def coverage(self) -> pl.DataFrame:
        """Give every state of every stream over the case's window."""
        return self.knowledge.pieces()

    def question(self, name: str) -> Question:
        """Give a question by its id."""
        if name not in self.questions:
            raise CaseError(f"unknown question {name!r}; `timeline queries` lists them: {', '.join(self.questions)}")
        return self.questions[name]

    def answer(
        self, name: str, params: Mapping[str, str] | None = None, start: Moment | None = None, end: Moment | None = None
    ) -> Answered:
        """Give the full answer to one question."""
        return self.asker.answer(self.question(name), params or {}, self._window(start, end))

    def query(
        self, name: str, params: Mapping[str, str] | None = None, start: Moment | None = None, end: Moment | None = None
    ) -> pl.DataFrame:
        """Give the rows that a question finds."""
        rows = self.answer(name, params, start, end).rows
        return rows.with_columns(pl.col(pl.Datetime).dt.replace_time_zone("UTC"))

    def queries(self) -> pl.DataFrame:
        """List the questions."""
        rows = [
            {
                "question": each.id,
                "text": each.question,
                "parameters": ", ".join(each.parameters),
                "attack": ", ".join(each.attack),
            }
            for each in self.questions.values()
        ]
        return pl.DataFrame(rows, schema=dict.fromkeys(("question", "text", "parameters", "attack"), pl.String))

    def ask(
        self,
        names: str | Sequence[str] = (),
        params: Mapping[str, str] | None = None,
        start: Moment | None = None,
        end: Moment | None = None,
    ) -> pl.DataFrame:
        """Put questions to the case: those named with the given parameters, or else those of the case's chain and every other one."""
        named = [names] if isinstance(names, str) else names
        asked = [(name, params or {}) for name in named] or self._own(params or {})
        rows = [ask_row(self.answer(name, given, start, end)) for name, given in asked]
        return frames.frame(rows, frames.ASK)

    def _own(self, params: Mapping[str, str]) -> list[tuple[str, Mapping[str, str]]]:
        known = {key for each in self.questions.values() for key in each.parameters}
        if unknown := [key for key in params if key not in known]:
            raise CaseError(
                f"no question has the parameter {unknown[0]!r}; the parameters are: {', '.join(sorted(known))}"
            )
        own = [(step.question, step.params) for step in self.config.steps] if not params else []
        asked = {name for name, _ in own}
        rest = [
            (each.id, {key: value for key, value in params.items() if key in each.parameters})
            for each in self.questions.values()
            if each.id not in asked
        ]
        return [*own, *rest]

    def preserve(self) -> pl.DataFrame:
        """Give what stores still hold for the open questions, the soonest to expire first, with the command that collects it."""
        return preserve(self.knowledge, [self.answer(name, params) for name, params in self._own({})])

    @property
    def as_of(self) -> datetime:
        """The case's "now" (UTC): what deadlines are counted from."""
        return datetime.fromtimestamp(self.knowledge.as_of / 1_000_000, UTC)

    def chain(self) -> pl.DataFrame:
        """Bound the steps of the case's chain: when could each have happened, and why then."""
        return chain(self.asker, self.questions)

    def report(self) -> Report:
        """Gather what the HTML shows."""
        start, end = self.knowledge.window
        answers = [self.answer(name, params) for name, params in self._own({})]
        paths = [
            self.query("artefact-path", {"object": seed})
            for seed in report.seeds(step.params for step in self.config.steps)
        ]
        raw = self.count() <= report.RAW
        events = self.events(raw=raw)
        return Report(
            title=self.config.name,
            notes=self.config.notes,
            begin=start,
            end=end,
            as_of=self.knowledge.as_of,
            versions=report.versions(),
            fingerprint=report.fingerprint(self.connection, self.root / settings.FILE),
            events=report.within(events, self.root),
            streams=self.sources(),
            gaps=self.gaps(),
            coverage=self.coverage(),
            verdicts=report.verdicts(answers),
            chain=self.chain(),
            path=report.path(paths),
            files=report.within(self.status(), self.root),
        )

    def html(self, target: Path | str) -> Path:
        """Write the case as one HTML file that works offline; the same case gives the same bytes."""
        path = Path(target)
        path.write_bytes(render(self.report()))
        return path

    def sql(self, text: str) -> pl.DataFrame:
        """Run a statement of your own, read-only, on `events` and the tables of the case."""
        try:
            return frames.rows_of(self.connection, text)
        except duckdb.Error as error:
            raise CaseError(f"the SQL was refused: {error}") from error

    def _window(self, start: Moment | None, end: Moment | None) -> Span | None:
        if start is None and end is None:
            return None
        first, last = self.knowledge.window
        asked = (first if start is None else _instant(start, "--from"), last if end is None else _instant(end, "--to"))
        if asked[0] >= asked[1]:
            raise CaseError("--from must be before --to")
        return asked


def _check_zone(glob: str, zone: str) -> None:
    try:
        time_zone(zone)
    except ExpectedError as error:
        raise CaseError(f"--timezone {glob}={zone}: expected {error.expected}") from None


def _instant(told: Moment, name: str) -> int:
    return told if isinstance(told, int) else moment(told if isinstance(told, str) else told.isoformat(), name)


def demo(folder: Path | str) -> Case:
    """Make the demo case: the sample logs and their case.toml copied into a new folder and ingested."""
    root = Path(folder)
    if (root / settings.FILE).exists():
        raise CaseError(f"{root}: there is a case already; name another folder")
    samples = catalog.folder("sample_logs")
    root.mkdir(parents=True, exist_ok=True)
    shutil.copytree(
        samples, root / "evidence", ignore=shutil.ignore_patterns("case.toml", "*.md", "more"), dirs_exist_ok=True
    )
    shutil.copy(samples / "case.toml", root / settings.FILE)
    case = Case(root)
    case.ingest([root / "evidence"])
    return case
