"""Gathers what the HTML shows: the same rows that the commands give, with the words that explain them."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from urllib.parse import parse_qsl, quote

import duckdb
import polars as pl

from timeline.case.config import FILE
from timeline.case.notes import FILE as NOTES
from timeline.case.policies import IMPORTED
from timeline.case.values import moment
from timeline.evidence import frames
from timeline.evidence.events import conditions
from timeline.evidence.grounds import needed
from timeline.evidence.picture import Wanted
from timeline.evidence.questions import Answered, ask_row
from timeline.export.html.choice import leading
from timeline.export.html.focus import Shown
from timeline.export.html.report import Made

VERDICTS: frames.Schema = {
    **frames.ASK,
    "sentence": pl.String,
    "meaning": pl.String,
    "limits": pl.String,
    "needs": pl.String,
    "sql": pl.String,
}
LARGE = 2_000_000  # in a case of more events questions about anyone find millions of rows, and take a minute together
EXACT = 1_000_000  # so many events are listed one by one, and all that answers rest on; the others are counted
TIMED = ("from", "to", "text")
Call = tuple[str, Mapping[str, str]]
PATH = ("time", "time_us", "event_id", "action", "object", "object_from", "actor", "grade")


def versions() -> dict[str, str]:
    """Give the versions that the bytes of a report depend on."""
    return {name: version(name) for name in ("timeline", "duckdb", "polars", "plotly")} | {
        "zlib": zlib.ZLIB_RUNTIME_VERSION
    }


def fingerprint(connection: duckdb.DuckDBPyConnection, root: Path) -> str:
    """Give the hash of the evidence (each file's own hash) and of all that people state: two who see it hold the same case."""
    rows = connection.execute("SELECT sha256, records FROM file WHERE NOT twin ORDER BY sha256").fetchall()
    seal = hashlib.sha256((root / FILE).read_bytes())
    for told in (
        root / IMPORTED,
        root / NOTES,
        *sorted(root.glob("queries/*.sql")),
        *sorted(root.glob("sources/*.sql")),
    ):
        if told.is_file():
            seal.update(f"\n{told.name} {hashlib.sha256(told.read_bytes()).hexdigest()}".encode())
    for sha, records in rows:
        seal.update(f"\n{sha} {records}".encode())
    return seal.hexdigest()


def verdict_row(answered: Answered) -> dict[str, object]:
    """Give one row of the verdict table with its explanation."""
    question = answered.question
    return {
        **ask_row(answered),
        "sentence": question.question,
        "meaning": question.meaning,
        "limits": question.limits,
        "needs": "; ".join(map(needed, question.needs)),
        "sql": question.select,
    }


def verdicts(answers: Sequence[Answered]) -> pl.DataFrame:
    """Give the verdict table; `events` are the ids that an answer rests on: all of its rows that are given in full."""
    told = frames.frame([verdict_row(each) for each in answers], VERDICTS)
    ids = [each.found_rows["event_id"].cast(pl.String).drop_nulls().unique(maintain_order=True) for each in answers]
    return told.with_columns(pl.Series("events", ids, pl.List(pl.String)))


def wanted(answers: pl.DataFrame, chain: pl.DataFrame, path: pl.DataFrame, shown: Shown, most: int = EXACT) -> Wanted:
    """Say which events must be listed: those of the first answers and of the path, then those of the others, the shortest first."""
    number = answers.height if shown.focus.questions else leading(answers, chain)
    hops = [] if shown.focus.questions else [path["event_id"].cast(pl.String).drop_nulls()]
    others = sorted(answers["events"].slice(number), key=len)
    empty = pl.Series("event_id", [], pl.String)
    first = pl.concat([empty, *answers["events"].head(number), *hops]).unique(maintain_order=True)
    clauses, values = conditions(shown.focus.events)
    clauses += ["e.event_id IN (SELECT event_id FROM asked)"] if shown.focus.questions else []
    return Wanted(first, pl.concat([empty, *others]), most, where=" AND ".join(clauses) or "true", values=values)


def chosen(own: Sequence[Call], steps: Sequence[Call], shown: Shown, events: int) -> tuple[list[Call], list[str]]:
    """Give the questions that a report answers (the case's, or those that it is about), and the names of those that it leaves out.

    Of a large case those about anyone are left out, unless they are asked for.
    """
    if shown.focus.questions:
        return [each for each in own if each[0] in shown.focus.questions], []
    if shown.every or events <= LARGE:
        return list(own), []
    return [each for each in own if each in steps], [name for name, params in own if (name, params) not in steps]


def made(shown: Shown, unasked: Sequence[str]) -> Made:
    """Say how a report was made."""
    told, veiled = shown.focus.told, shown.veil is not None
    return Made(shown.focus.words(), told, shown.raw, redacted=veiled, every=shown.every, unasked=tuple(unasked))


def within(frame: pl.DataFrame, root: Path) -> pl.DataFrame:
    """Name files as seen from the case: a report shall not tell where on whose machine the case lay."""
    return frame.with_columns(pl.col("file").str.strip_prefix(f"{root.as_posix()}/"))


def seeds(steps: Iterable[Mapping[str, str]]) -> list[str]:
    """Give the objects that the chain of the case is about."""
    return list(dict.fromkeys(params["object"] for params in steps if params.get("object")))


def path(hops: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Join the paths of several objects, each hop once, by time."""
    some = [each.select(name for name in PATH if name in each.columns) for each in hops if each.height]
    if not some:
        return pl.DataFrame(schema={"time": frames.MOMENT, **dict.fromkeys(PATH[2:], pl.String), "time_us": pl.Int64})
    return pl.concat(some, how="diagonal_relaxed").unique(subset=["event_id"], keep="first").sort("time_us", "event_id")


def noted(notes: pl.DataFrame) -> pl.DataFrame:
    """Give the notes as the page names things: a gap by `stream~scope~state~start` in µs, a view by the link that shows it."""
    name = pl.when(pl.col("kind") == "view").then("target").otherwise("tag")  # a view's name is its target
    links = pl.Series("target", [_linked(row) for row in notes.iter_rows(named=True)], pl.String)
    return notes.with_columns(name.alias("tag")).with_columns(links)


def _linked(row: Mapping[str, str]) -> str:
    if row["kind"] == "gap":
        head, state, start = row["target"].rsplit("|", 2)
        stream, _, scope = head.partition("|")
        return "~".join((stream, scope, state, str(moment(start, "start")) if start else ""))
    return _view(dict(parse_qsl(row["filter"]))) if row["kind"] == "view" else row["target"]


def _view(told: Mapping[str, str]) -> str:
    """Write filters as the page's own link; its list looks for a part of a text, so that a star at either end falls away."""
    parts = [f"range={told['from']}..{told['to']}"] if {"from", "to"} <= told.keys() else []
    parts += [f"find={quote(told['text'])}"] if "text" in told else []
    columns = {"ip": "src_ip"}
    where = [[columns.get(key, key), text.strip("*"), None, False] for key, text in told.items() if key not in TIMED]
    return "&".join([*parts, f"where={quote(json.dumps(where))}"] if where else parts) or "range="
