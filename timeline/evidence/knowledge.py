"""What the case can know: the coverage of every stream over the case's window, computed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from itertools import chain
from pathlib import Path

import duckdb
import polars as pl

from timeline.case.config import Config
from timeline.catalog import Source
from timeline.core.coverage import Coverage, Piece, coverage, gaps
from timeline.core.spans import BEGIN, END, Span
from timeline.core.stream import Stream
from timeline.evidence import facts, frames, places, streams
from timeline.evidence.fields import Fields
from timeline.evidence.horizons import Horizons
from timeline.evidence.silence import Known, Silence
from timeline.globs import matches


class Knowledge:
    """Coverage of the streams of one case."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, config: Config, root: Path, sources: Mapping[str, Source]
    ) -> None:
        self.connection, self.config, self.root = connection, config, root
        self.by_name = {name: source for source in sources.values() for name in source.names}

    @cached_property
    def facts(self) -> facts.Facts:
        """What the records show."""
        return facts.read(self.connection)

    @cached_property
    def builder(self) -> streams.Builder:
        """The maker of streams."""
        builder = streams.Builder(self.facts, self.config, self.root)
        builder.doubts = lambda stream: self.horizons.doubts(stream)  # noqa: PLW0108  they are made of the builder
        builder.silences = lambda name: self.silence.defects(name)  # noqa: PLW0108
        return builder

    @cached_property
    def silence(self) -> Silence:
        """What the rhythm of the streams says: where they are too quiet, and how many records a gap cost."""
        bare = (self.builder.bare(name, self.as_of) for name in self.names)
        return Silence(self.connection, Known(lambda: bare, self.window, self.config.holidays))

    @cached_property
    def horizons(self) -> Horizons:
        """What the oldest records say of how long each copy was kept."""
        return Horizons(self.connection, self.builder.members)

    @cached_property
    def as_of(self) -> int:
        """The case's "now": stated, else the latest collection that is stated, else the latest delivery seen or run of a collector."""
        if self.config.as_of is not None:
            return self.config.as_of
        taken = (run.high for run in self.facts.runs)
        return max(chain(taken, (each.delivered + 1 for each in self.facts.seen)), default=0)

    @cached_property
    def window(self) -> Span:
        """The period under investigation; where it is not stated, all that was seen until `as_of`."""
        first = min((each.first for each in self.facts.seen), default=0)
        last = max((each.delivered + 1 for each in self.facts.seen), default=1)
        start = first if self.config.start == BEGIN else self.config.start
        end = max(last, self.as_of) if self.config.end == END else self.config.end
        return (start, max(end, start + 1))

    @cached_property
    def names(self) -> list[str]:
        """All streams of the case."""
        return self.builder.names()

    @cached_property
    def _covered(self) -> dict[tuple[str, Span, tuple[str, ...]], Coverage]:
        return {}

    def coverage(self, name: str, window: Span | None = None, fields: tuple[str, ...] = ()) -> Coverage:
        """Give the states of a stream over a window (the case's), for a question that needs these fields of its records."""
        asked = window or self.window
        key = (name, asked, fields)
        if key not in self._covered:
            told = self.stream(name)
            if fields:
                lacked = self.fields.of(name, self.source_of(name)[1], fields)
                told = replace(told, fields=(*told.fields, *lacked))
            self._covered[key] = coverage(told, asked, fields)
        return self._covered[key]

    @cached_property
    def fields(self) -> Fields:
        """What the records do not state."""
        return Fields(self.connection)

    @cached_property
    def located(self) -> bool:
        """Make the table `places`; tell whether the case has a database of places."""
        places.fill(self.connection, self.root / self.config.geo if self.config.geo else None)
        return bool(self.config.geo)

    def stream(self, name: str) -> Stream:
        """Give all that is known of a stream."""
        return self.builder.stream(name, self.as_of)

    def source_of(self, stream: str) -> tuple[str, Source | None]:
        """Give a stream's source by name and, where a source file describes it, its facts."""
        name = stream.partition("/")[0]
        for pattern, source in self.by_name.items():
            if matches(pattern, name):
                return name, source
        return name, None

    def family(self, stream: str) -> str:
        """Give a stream's family, from its records or its source."""
        told = self.facts.families.get(stream)
        source = self.source_of(stream)[1]
        return told[1] if told else source.family if source else ""

    def sources(self) -> pl.DataFrame:
        """Give every stream of the case: how many events, first, last, and what its log can show."""
        rows: list[dict[str, object]] = []
        for name in self.names:
            seen = [each for each in self.facts.seen if each.stream == name]
            source_name, source = self.source_of(name)
            rows.append(
                {
                    "stream": name,
                    "source": source_name,
                    "family": self.family(name),
                    "events": self.facts.kept.get(name, 0),
                    "first": min((each.first for each in seen), default=None),
                    "last": max((each.last for each in seen), default=None),
                    "completeness": source.completeness if source else "",
                    "title": source.title if source else "",
                    "witnesses": ", ".join(source.actions_of(source_name)) if source else "",
                    "horizon": self.horizons.words(self.builder.stream(name, self.as_of)),
                    **dict(zip(("outage_hours", "outage_hours_worst"), self.silence.outages(name), strict=True)),
                }
            )
        return frames.frame(rows, frames.SOURCES)

    def gaps(self, stream: str = "*") -> pl.DataFrame:
        """Give all that is not covered, by stream and time."""
        rows = []
        for name in self.names:
            if matches(stream, name):
                source, family = self.source_of(name)[0], self.family(name)
                rows += [
                    frames.gap_row(name, source, family, gap.scope.text(), gap) | self.cost(name, gap)
                    for gap in gaps(self.coverage(name), self.window)
                ]
        return frames.frame(rows, frames.GAP)

    def cost(self, name: str, gap: Piece) -> dict[str, object]:
        """Give how many records a gap cost, where the stream's rhythm tells."""
        cost = self.silence.expected(name, gap)
        told = (None, None, None) if cost is None else [round(each, 2) for each in cost]
        return dict(zip(("expected_events", "expected_low", "expected_high"), told, strict=True))

    def pieces(self) -> pl.DataFrame:
        """Give every state of every stream, the covered ones too."""
        rows = []
        for name in self.names:
            source, family = self.source_of(name)[0], self.family(name)
            for scope, pieces in self.coverage(name).items():
                rows += [frames.gap_row(name, source, family, scope.text(), piece) for piece in pieces]
        return frames.frame(rows, frames.GAP)
