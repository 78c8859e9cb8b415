"""What an HTML report is made of: plain frames and words, so that this package needs neither a case nor a database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray


class Listed(Protocol):
    """Events by `time_us` and `event_id`, read column by column, because all at once they may be more than the memory holds."""

    @property
    def height(self) -> int:
        """How many there are."""

    @property
    def columns(self) -> list[str]:
        """Their columns."""

    def get_column(self, name: str, /) -> pl.Series:
        """Give one column."""

    def some(self, names: Sequence[str], /) -> Iterator[pl.Series]:
        """Give columns one by one, in this order."""


class Counts(Protocol):
    """How many events are not listed, by lane and bin of `step` µs from `first` on; the lane None holds all others."""

    @property
    def rows(self) -> int:
        """How many events are not listed."""

    @property
    def first(self) -> int:
        """Where the bins begin, µs since 1970."""

    @property
    def step(self) -> int:
        """How long each bin is, µs."""

    @property
    def lanes(self) -> Mapping[str, tuple[list[str | None], NDArray[np.uint32]]]:
        """By stream, zone and actor: the lanes, and a row of counts for each."""

    @property
    def kinds(self) -> pl.DataFrame:
        """Rows stream, action, outcome, listed, total of the kinds of which not all events are listed."""


@dataclass(frozen=True, slots=True)
class Made:
    """How a report was made: on what it is focused (words, and the options), whether raw records travel along, whether names were replaced.

    `every`: all questions were asked of a case of any size; `unasked`: the questions that a large case was not asked.
    """

    focus: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    raw: bool = True
    redacted: bool = False
    every: bool = False
    unasked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """One report; `render` turns equal reports into equal bytes.

    Times in frames are datetimes in UTC, RFC 3339 text or integers of µs since 1970; an open end is null.
    A column that a frame lacks is shown as not stated; only those marked * are needed.
    """

    title: str
    notes: str  # the analyst's own words, shown under the title
    begin: int  # the period under investigation, µs since 1970, half-open
    end: int
    as_of: int  # "now" for deadlines, µs since 1970
    versions: dict[str, str]  # {"timeline": "0.1.0", "duckdb": "2.0.0", …}
    fingerprint: str  # of the case: from which evidence and which case.toml this was made
    events: (
        pl.DataFrame | Listed
    )  # listed one by one: time_us*, event_id*, stream*, action*, …, file, file_id, record, raw
    streams: pl.DataFrame  # stream*, source, family: also streams without any event
    gaps: pl.DataFrame  # the rows of `timeline gaps`
    coverage: pl.DataFrame  # stream*, scope, state*, start*, end*, cause, basis, mendable, deadline: covered pieces too
    verdicts: pl.DataFrame  # the rows of `timeline ask`; and sentence, meaning, limits, needs, sql; events: list of ids
    chain: pl.DataFrame  # the rows of `timeline chain`
    path: pl.DataFrame  # the rows of question artefact-path: time*, action, object, object_from, actor, grade, event_id
    files: pl.DataFrame  # the rows of `timeline status`: file, file_id, sha256, bytes, source, records, events, …
    retention: pl.DataFrame = field(
        default_factory=pl.DataFrame
    )  # question*, verdict*, survives_days, needed_days, because
    notes_made: pl.DataFrame = field(
        default_factory=pl.DataFrame
    )  # note_id*, time, author, kind (event, gap, view), target, tag, star, text, there, filter: what analysts wrote
    clocks: pl.DataFrame = field(default_factory=pl.DataFrame)  # the rows of `timeline clock`
    horizons: pl.DataFrame = field(default_factory=pl.DataFrame)  # stream*, collection, store, taken*, start, end
    counts: Counts | None = None  # the events that are not listed; None: all are
    undated: int = 0  # events that state no time: they stand in no lane
    made: Made = field(default_factory=Made)
    raw_budget: int = 1_000_000  # characters of the file that raw records may take

    @property
    def total(self) -> int:
        """All events of the case, or of what the report is focused on."""
        return self.events.height + (self.counts.rows if self.counts else 0)

    def some(self, names: Sequence[str]) -> Iterator[pl.Series]:
        """Give columns of the listed events one by one."""
        if isinstance(self.events, pl.DataFrame):
            return (self.events.get_column(name) for name in names)
        return self.events.some(names)
