"""`timeline.Case`: one investigation, for notebooks and for the command line."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import polars as pl

from timeline import catalog, report
from timeline.api.notes import Annotations, beside
from timeline.api.retention import Retention
from timeline.api.subjects import Subjects
from timeline.case import config as settings
from timeline.case.context import Context
from timeline.case.ingest import Ingest
from timeline.case.store import writer
from timeline.case.values import ExpectedError
from timeline.case.zones import log_zone
from timeline.errors import CaseError
from timeline.evidence import clock, frames, ledger, proofs
from timeline.evidence import events as timeline_events
from timeline.evidence.events import EventFilter
from timeline.evidence.facts import Facts
from timeline.evidence.picture import Picture, Wanted, undated
from timeline.evidence.reach import reach
from timeline.evidence.streams import Builder
from timeline.export import plots
from timeline.export.html import proof
from timeline.export.html.focus import Shown, focus, narrowed
from timeline.export.html.redact import Veil
from timeline.export.html.render import render
from timeline.export.html.report import Report
from timeline.export.rows import opened


class Case(Annotations, Retention, Subjects):
    """A folder with `case.toml`, which people edit, and `case.duckdb`, which holds all that was derived from the evidence.

    Times in frames are UTC (`Datetime("us", "UTC")`). Mistakes raise `timeline.errors.TimelineError` with file, value and remedy.
    """

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
        zones = tuple((glob, _zone(glob, told)) for glob, told in (timezones or {}).items())
        files = Builder(Facts(), self.config, self.root)
        if sources:
            self._keep(sources)
        known = self.log_sources
        context = Context(zones, *files.statements())
        self.close()
        connection = writer(self.file)
        try:
            met = [paths] if isinstance(paths, Path | str) else paths
            numbers = Ingest(connection, known, context, progress).run([Path(path) for path in met])
            return ledger.status(connection, numbers)
        finally:
            connection.close()

    def retry(
        self,
        timezones: Mapping[str, str] | None = None,
        sources: Path | None = None,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> pl.DataFrame:
        """Read again the files of which something was rejected or skipped, with what is known by now; those that are gone stay as they are."""
        there = [path for path in ledger.unfinished(self.connection) if path.is_file()]
        return self.ingest(there, timezones, sources, progress)

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

    def verify(self, keys: Path | None = None) -> pl.DataFrame:
        """Check evidence, ledger, chains of digests and notes; rows `check, subject, ok, detail`.

        With public keys (`keys`, else those that case.toml names as `digest_keys`) the signatures are checked too.
        """
        rows = ledger.verify(self.connection)
        keys = keys or (self.root / self.config.digest_keys if self.config.digest_keys else None)
        chains = proofs.verify(self.knowledge.facts.chains, self.config.as_of, keys)
        return pl.concat([rows, pl.DataFrame([*chains, *self.note_checks()], schema=rows.schema)])

    def events(self, wanted: EventFilter | None = None, *, raw: bool = False) -> pl.DataFrame:
        """Give the timeline, by time; with `raw` each event carries its record's own text."""
        return pl.concat(self.pieces(wanted, raw=raw))

    def pieces(self, wanted: EventFilter | None = None, *, raw: bool = False) -> Iterator[pl.DataFrame]:
        """Give the same in pieces, for a timeline that is larger than the memory."""
        noted = self.noted("event")
        found = timeline_events.events(self.connection, wanted or EventFilter(), raw=raw)
        return (beside(frame, noted, "event_id") for frame in found)

    def count(self, wanted: EventFilter | None = None) -> int:
        """Count the events that a filter gives."""
        return timeline_events.count(self.connection, wanted or EventFilter())

    def sources(self) -> pl.DataFrame:
        """Give every stream of the case: how many events, first, last, and what its log can show."""
        return self.knowledge.sources()

    def clocks(self) -> pl.DataFrame:
        """Compare the clocks of the logs by the requests that two of them recorded; seconds."""
        return clock.clocks(self.connection, self.config.clocks)

    def report(self, shown: Shown | None = None) -> Report:
        """Gather what the HTML shows."""
        shown = shown or Shown()
        begin, end = self.knowledge.window
        (held,) = self.connection.execute("SELECT count(*) FROM event").fetchall()
        steps = [(step.question, step.params) for step in self.steps]
        asked, unasked = report.chosen(self._own({}), steps, shown, int(held[0]))
        answers = report.verdicts([self.answer(name, params) for name, params in asked])
        path, chain, noted = self._path(), self.chain(), self.notes()
        picture = self._picture(report.wanted(answers, chain, path, shown), noted)
        whole = Report(
            title=self.config.name,
            notes=self.config.notes,
            begin=begin,
            end=end,
            as_of=self.knowledge.as_of,
            versions=report.versions(),
            fingerprint=report.fingerprint(self.connection, self.root),
            events=picture.listed,
            counts=picture.counts,
            streams=self.sources(),
            gaps=self.gaps(),
            coverage=self.coverage(),
            verdicts=answers,
            chain=chain,
            path=path,
            files=report.within(self.status(), self.root),
            retention=self.needed(),
            notes_made=report.noted(noted),
            clocks=self.clocks(),
            horizons=reach(self.knowledge),
            undated=0 if shown.focus.told else undated(self.connection),
            made=report.made(shown, unasked),
        )
        return narrowed(whole, shown.focus)

    def _path(self) -> pl.DataFrame:
        """Follow the objects that the chain names."""
        seeds = report.seeds(step.params for step in self.steps)
        return report.path([self.query("artefact-path", {"object": seed}) for seed in seeds])

    def _picture(self, wanted: Wanted, noted: pl.DataFrame) -> Picture:
        """Draw the events; those with notes are among them."""
        zones = [(zone.name, zone.level, zone.objects) for zone in self.config.zones]
        first = pl.concat([wanted.first, noted.filter(pl.col("kind") == "event")["target"]]).unique(maintain_order=True)
        whole = replace(wanted, first=first, window=self.knowledge.window, root=self.root.as_posix())
        return Picture(self.connection, zones, whole)

    def html(self, target: Path | str, shown: Shown | None = None) -> Path:
        """Write the case as one HTML file that works offline; the same case gives the same bytes.

        `shown` focuses it on a part of the case, leaves raw records out, or replaces people and addresses by pseudonyms.
        """
        path = Path(target)
        with opened(path) as stream:
            stream.write(render(self.report(shown), shown.veil if shown else None))
        return path

    def plot(self, what: str, target: Path | str, form: str = "svg", object_: str | None = None) -> Path:
        """Draw `coverage`, `chain` or `lineage` (of an object, else of those of the chain) as `svg` or, with the extra, `png`."""
        frame = plots.Frame(self.config.name, *self.knowledge.window)
        match what:
            case "coverage":
                picture = plots.coverage(frame, self.coverage())
            case "chain":
                picture = plots.chain(frame, self.chain())
            case "lineage":
                seeds = [object_] if object_ else report.seeds(step.params for step in self.steps)
                if not seeds:
                    raise CaseError(
                        "lineage: no object is named; write --object NAME, or a chain with one in case.toml"
                    )
                hops = [self.query("artefact-path", {"object": seed}) for seed in seeds]
                picture = plots.lineage(frame, report.path(hops))
            case _:
                raise CaseError(f"{what}: cannot be drawn; choose coverage, chain or lineage")
        path = Path(target)
        drawn = plots.png(picture) if form == "png" else picture
        with opened(path) as stream:
            stream.write(drawn)
        return path

    def verify_page(self, path: Path | str, veil: Veil | None = None) -> pl.DataFrame:
        """Check that a page of `html` was not changed and belongs to this case; rows `check, subject, ok, detail`.

        Made by these versions it is made again and compared; one in which names are replaced only with its rules (`veil`).
        """
        page = proof.read(Path(path))
        known = page.redacted == (veil is not None) and not (page.redacted and page.options)
        shown = Shown(focus(page.options, self.questions), page.raw, veil, page.every) if known else None
        again = (lambda: render(self.report(shown), veil)) if shown else None
        told = report.fingerprint(self.connection, self.root)
        rows = list(proof.checks(page, told, report.versions(), again))
        return pl.DataFrame(
            rows, schema={"check": pl.String, "subject": pl.String, "ok": pl.Boolean, "detail": pl.String}
        )

    def sql(self, text: str) -> pl.DataFrame:
        """Run a statement of your own, read-only, on `events` and the tables of the case."""
        try:
            return frames.rows_of(self.connection, text)
        except duckdb.Error as error:
            raise CaseError(f"the SQL was refused: {error}") from error


def _zone(glob: str, told: str) -> str:
    try:
        return log_zone(told)
    except ExpectedError as error:
        raise CaseError(f"--timezone {glob}={told}: expected {error.expected}") from None


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
