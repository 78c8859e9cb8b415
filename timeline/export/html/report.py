"""What an HTML report is made of: plain frames and words, so that this package needs neither a case nor a database."""

from dataclasses import dataclass, field

import polars as pl


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
    events: pl.DataFrame  # contract.md's events: time_us*, event_id*, stream*, action*, …, file, file_id, record, raw
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
    exact: int = 100_000  # so many events are listed one by one; the others are in the picture as density only
