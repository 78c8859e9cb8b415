"""A report about a part of the case: a subject, a question, a range. All that is not about it stays out of the file, and the page says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from timeline.case.values import moment
from timeline.errors import CaseError
from timeline.evidence.events import EventFilter
from timeline.export.html.redact import Veil
from timeline.export.html.report import Report
from timeline.export.html.rows import micros
from timeline.globs import matches

KEYS = {"actor": "account", "source": "log", "action": "action", "object": "object", "ip": "address"}
FORMS = "write actor=…, object=…, ip=…, source=…, action=…, question=… or FROM..TO"


@dataclass(frozen=True)
class Focus:
    """What a report is about: events that pass the filter, and if questions are named, only what their answers rest on."""

    told: tuple[str, ...] = ()
    events: EventFilter = field(default_factory=EventFilter)
    questions: tuple[str, ...] = ()

    @property
    def subjects(self) -> list[str]:
        """What is looked for in the subjects of verdicts."""
        named = (getattr(self.events, key) for key in ("actor", "object", "ip"))
        return [each for each in named if each]

    @property
    def personal(self) -> bool:
        """Tell whether it is about more than a range: then what others are asked about stays out."""
        return bool(self.questions or any(getattr(self.events, key) for key in KEYS))

    def words(self) -> tuple[str, ...]:
        """Say it in words."""
        about = [f"{word} {getattr(self.events, key)}" for key, word in KEYS.items() if getattr(self.events, key)]
        asked = [f"question {each}" for each in self.questions]
        span = [each for each in self.told if ".." in each and "=" not in each]
        return (*about, *asked, *(each.replace("..", " to ") for each in span))


@dataclass(frozen=True)
class Shown:
    """What a report shows, and how: its focus, with or without raw records, with names or with pseudonyms.

    `every`: questions about anyone are asked of a large case too, however long that takes.
    """

    focus: Focus = field(default_factory=Focus)
    raw: bool = True
    veil: Veil | None = None
    every: bool = False


def focus(told: Sequence[str], questions: Iterable[str]) -> Focus:
    """Read the options --focus; a mistake is a CaseError."""
    fields: dict[str, str | int] = {}
    asked = []
    for text in told:
        key, sign, value = text.partition("=")
        if not sign and ".." in text:
            fields |= _range(text)
        elif key == "question" and value in set(questions):
            asked.append(value)
        elif key in KEYS and value and key not in fields:
            fields[key] = value
        else:
            known = (
                f": no such question; {', '.join(sorted(questions))}" if key == "question" else f"; {FORMS}, each once"
            )
            raise CaseError(f"--focus {text}: is nothing to focus on{known}")
    return Focus(tuple(told), EventFilter(**fields), tuple(asked))  # type: ignore[arg-type]


def _range(text: str) -> dict[str, int]:
    first, _, last = text.partition("..")
    found = {"start": first, "end": last}
    span = {name: moment(each, "--focus") for name, each in found.items() if each}
    if not span or span.get("start", -1) >= span.get("end", span.get("start", 0) + 1):
        raise CaseError(f"--focus {text}: the range is empty; write it as 2023-05-01..2023-06-01")
    return span


def narrowed(report: Report, chosen: Focus) -> Report:
    """Leave out of a report all rows that are not about its focus; its events are chosen already."""
    if not chosen.told:
        return report
    ids, streams = (report.events.get_column(name).cast(pl.String) for name in ("event_id", "stream"))
    ids, spoken = ids.implode(), streams.unique().drop_nulls().to_list()
    verdicts = _verdicts(report, chosen, ids)
    asked = (
        {loss["stream"] for losses in verdicts["uncovered"].to_list() for loss in losses or ()}
        if chosen.questions
        else set()
    )
    own = pl.col("stream").is_in([*spoken, *asked])
    span = max(report.begin, chosen.events.start or report.begin), min(report.end, chosen.events.end or report.end)
    if span[0] >= span[1]:
        span = (report.begin, report.end)
    whole = not chosen.personal
    files = report.events.get_column("file_id").cast(pl.String).implode()
    return replace(
        report,
        begin=span[0],
        end=span[1],
        verdicts=verdicts,
        streams=report.streams.filter(own),
        gaps=_within(report.gaps.filter(own), span),
        coverage=_within(report.coverage.filter(own), span),
        path=report.path.filter(pl.col("event_id").is_in(ids)) if report.path.height else report.path,
        files=report.files.filter(pl.col("file_id").is_in(files)),
        notes_made=_notes(report.notes_made, ids, [*spoken, *asked]),
        clocks=report.clocks.filter(own & pl.col("against").is_in(spoken)) if report.clocks.height else report.clocks,
        horizons=report.horizons.filter(own) if report.horizons.height else report.horizons,
        chain=report.chain if whole else report.chain.clear(),
        retention=report.retention if whole else report.retention.clear(),
    )


def _verdicts(report: Report, chosen: Focus, ids: pl.Series) -> pl.DataFrame:
    """Keep verdicts on the questions; or on the subjects, or that rest on an event of the focus."""
    frame = report.verdicts
    if chosen.questions:
        return frame.filter(pl.col("question").is_in(chosen.questions))
    if not chosen.personal:
        return frame
    seen = set(ids[0].to_list())
    kept = [
        _named(str(subject or ""), chosen.subjects) or not seen.isdisjoint(events or ())
        for subject, events in frame.select("subject", "events").iter_rows()
    ]
    return frame.filter(pl.Series(kept, dtype=pl.Boolean))


def _named(subject: str, globs: Sequence[str]) -> bool:
    told = [part.partition("=")[2] or part for part in subject.split(", ")]
    return any(matches(glob, each) or matches(each, glob) for glob in globs for each in told if each)


def _within(frame: pl.DataFrame, span: tuple[int, int]) -> pl.DataFrame:
    """Keep rows that reach into the span; an open end reaches anywhere."""
    times = frame.select("start", "end").iter_rows()
    kept = [
        (micros(start) or -(2**62)) < span[1] and span[0] < (2**62 if end is None else micros(end) or 0)
        for start, end in times
    ]
    return frame.filter(pl.Series(kept, dtype=pl.Boolean))


def _notes(notes: pl.DataFrame, ids: pl.Series, streams: Sequence[str]) -> pl.DataFrame:
    """Keep notes on the events and the streams that are left; what a view was called may tell of others."""
    if not notes.height:
        return notes
    gap = pl.col("target").str.split("~").list.first().is_in(list(streams))
    event = pl.col("target").is_in(ids)
    return notes.filter(((pl.col("kind") == "event") & event) | ((pl.col("kind") == "gap") & gap))
