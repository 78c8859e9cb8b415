"""Gathers what the HTML shows: the same rows that the commands give, with the words that explain them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import duckdb
import polars as pl

from timeline.catalog import Need
from timeline.evidence import frames
from timeline.evidence.questions import Answered, ask_row

VERDICTS: frames.Schema = {
    **frames.ASK,
    "sentence": pl.String,
    "meaning": pl.String,
    "limits": pl.String,
    "needs": pl.String,
    "sql": pl.String,
    "events": pl.List(pl.String),
}
LISTED = 5_000  # so many events of one answer are named; an answer of more is a list, not a finding
RAW = 100_000
PATH = ("time", "time_us", "event_id", "action", "object", "object_from", "actor", "grade")


def versions() -> dict[str, str]:
    """Give the versions that the bytes of a report depend on."""
    return {name: version(name) for name in ("timeline", "duckdb", "polars", "plotly")}


def fingerprint(connection: duckdb.DuckDBPyConnection, told: Path) -> str:
    """Give the hash of the evidence (each file's own hash) and of case.toml: two people who see it hold the same case."""
    rows = connection.execute("SELECT sha256, records FROM file WHERE NOT twin ORDER BY sha256").fetchall()
    seal = hashlib.sha256(told.read_bytes())
    for sha, records in rows:
        seal.update(f"\n{sha} {records}".encode())
    return seal.hexdigest()


def needs_text(needs: Iterable[Need]) -> str:
    """Say in a line what a question needs of the evidence."""
    lines = []
    for need in needs:
        ways = " or ".join(" and ".join(way) for way in (need.any or (need.actions,)))
        about = ", ".join(f"{key} {value}" for key, value in need.restrict.items())
        when = "at the time each token was issued" if need.at == "issued_time" else "over the whole window"
        lines.append(f"{ways}{f' ({about})' if about else ''}, {when}")
    return "; ".join(lines)


def verdict_row(answered: Answered) -> dict[str, object]:
    """Give one row of the verdict table with its explanation and the events it rests on."""
    question = answered.question
    rows = answered.rows
    found = rows.filter(pl.col("verdict") == "found") if "verdict" in rows.columns else rows
    return {
        **ask_row(answered),
        "sentence": question.question,
        "meaning": question.meaning,
        "limits": question.limits,
        "needs": needs_text(question.needs),
        "sql": question.select,
        "events": found["event_id"].drop_nulls().unique(maintain_order=True).to_list()
        if found.height <= LISTED
        else [],
    }


def verdicts(answers: Sequence[Answered]) -> pl.DataFrame:
    """Give the verdict table."""
    return frames.frame([verdict_row(each) for each in answers], VERDICTS)


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
