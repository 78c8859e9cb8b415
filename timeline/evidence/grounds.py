"""What an answer stands on: its records, and need by need what each stream could have shown, as the verdict was judged by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import polars as pl

from timeline.catalog import Need
from timeline.core.coverage import Gap
from timeline.core.spans import Spans, clip
from timeline.core.verdict import Need as Asked
from timeline.core.verdict import Witness
from timeline.evidence import frames
from timeline.evidence.explain import remedy
from timeline.evidence.knowledge import Knowledge
from timeline.evidence.questions import Answered

LISTED = 5_000
"""So many records of one answer are named; `timeline query` gives all rows of a longer one."""
RECORDS: frames.Schema = {
    "event_id": pl.String,
    "time": frames.MOMENT,
    "stream": pl.String,
    "operation": pl.String,
    "file": pl.String,
    "record": pl.Int64,
    "standing": pl.String,
}
COVERAGE: frames.Schema = {
    "need": pl.String,
    "stream": pl.String,
    "completeness": pl.String,
    "scope": pl.String,
    "state": pl.String,
    "start": frames.MOMENT,
    "end": frames.MOMENT,
    "cause": pl.String,
    "mendable": pl.Boolean,
    "deadline": frames.MOMENT,
    "remedy": pl.String,
}


@dataclass(frozen=True)
class Seen:
    """What one stream could have shown of one need: the asked instants it covers, and its gaps among them."""

    need: str
    witness: Witness
    covered: Spans
    gaps: tuple[Gap, ...]


def needs(answered: Answered) -> Iterator[tuple[str, Asked]]:
    for need, asked in zip(answered.question.needs, answered.needs, strict=True):
        yield needed(need, answered.params), asked


def needed(need: Need, params: Mapping[str, str] | None = None) -> str:
    """Say in a line what a need asks of the evidence, with the parameters filled in if they are given."""
    ways = " or ".join(" and ".join(way) for way in (need.any or (need.actions,)))
    told = need.restrict if params is None else _filled(need.restrict, params)
    about = ", ".join(f"{key} {value}" for key, value in told.items())
    at = "at the time each token was issued" if need.at == "issued_time" else "over the whole window"
    back = "" if need.lookback == "0d" else f" and {need.lookback} before it"
    return f"{ways}{f' ({about})' if about else ''}, {at}{back}"


def _filled(restrict: Mapping[str, str], params: Mapping[str, str]) -> dict[str, str]:
    """Put in what was asked for; a parameter that was left out means any."""
    told = {key: params.get(value[1:], "") if value.startswith("$") else value for key, value in restrict.items()}
    return {key: value for key, value in told.items() if value}


def seen(need: str, asked: Asked) -> list[Seen]:
    streams = dict.fromkeys(witness for way in asked.alternatives for witness in way)
    return [Seen(need, each, each.met(asked.asked), tuple(_clipped(each.gaps, asked.asked))) for each in streams]


def _clipped(gaps: Iterable[Gap], asked: Spans) -> Iterator[Gap]:
    """Cut gaps to the asked instants; of one that holds several instants, from the first to the last of them."""
    for gap in gaps:
        if inside := clip(asked, (gap.start, gap.end)):
            yield replace(gap, start=inside[0][0], end=inside[-1][1])


def records(knowledge: Knowledge, answered: Answered) -> list[dict[str, object]]:
    """Give the records that findings and candidates rest on: file, number and time."""
    rows = answered.rows
    words = rows["verdict"].to_list() if "verdict" in rows.columns else ["found"] * rows.height
    standing: dict[str, str] = {}
    for number, word in zip(rows["event_id"].to_list(), words, strict=True):
        if number is not None and standing.get(number) != "finding":
            standing[number] = "finding" if word == "found" else "candidate"
    query = (
        "SELECT event_id, time_us, stream, operation, file, record FROM events "
        "JOIN (SELECT unnest($ids::VARCHAR[]) AS event_id) USING (event_id) ORDER BY time_us, event_id"
    )
    found = knowledge.connection.execute(query, {"ids": list(standing)[:LISTED]}).fetchall()
    return [dict(zip(RECORDS, (*each, standing[each[0]]), strict=True)) for each in found]


def lines(knowledge: Knowledge, seen: Seen) -> Iterator[dict[str, object]]:
    """Give the rows of `coverage`: what the stream covers of the need, and its gaps."""
    common = {"need": seen.need, "stream": seen.witness.stream, "completeness": seen.witness.completeness}
    for start, end in seen.covered:
        yield common | {
            "scope": "",
            "state": "covered",
            "start": frames.moment(start),
            "end": frames.moment(end),
            "cause": "",
            "mendable": False,
            "deadline": None,
            "remedy": "",
        }
    for gap in seen.gaps:
        loss = frames.loss_row(seen.witness.stream, gap)
        told = remedy(knowledge, seen.witness.stream, gap) if gap.mendable else ""
        yield common | loss | {"cause": gap.cause, "remedy": told}
