"""Rows as a person reads them on a terminal: fewer columns, times to the second, long lists counted."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import polars as pl

from timeline.export.escape import visible

DAY = 86_400
SUBJECT = 48
SHOWN = 3
MANY = 12
MICRODAY = 86_400_000_000

_MARKS = {"no_later_than": "≤ ", "no_earlier_than": "≥ "}


def text(told: str) -> str:
    """Give a text of several lines so that it can only be read."""
    return "\n".join(map(visible, told.split("\n")))


def streams(sources: pl.DataFrame, coverage: pl.DataFrame) -> pl.DataFrame:
    """Say in one row a stream (and part of it) how much of the time it covers, and what became of the rest."""
    days = (pl.col("end") - pl.col("start")).dt.total_seconds().sum() / DAY
    states = (
        coverage.group_by("stream", "scope", "state").agg(days.alias("days")).sort("days", "state", descending=True)
    )
    covered = pl.col("days").filter(pl.col("state") == "covered").sum() / pl.col("days").sum()
    whole = pl.col("days").round().cast(pl.Int64).cast(pl.String)
    length = pl.when(pl.col("days") < 1).then(pl.lit("<1")).otherwise(whole)
    lost = pl.format("{} {} d", "state", length).filter(pl.col("state") != "covered")
    shares = states.group_by("stream", "scope", maintain_order=True).agg(
        pl.format("{} %", (100 * covered).round().cast(pl.Int64)).alias("covered"),
        lost.str.join(", ").alias("not covered"),
    )
    seen = [pl.col(one).dt.strftime("%Y-%m-%d") for one in ("first", "last")]
    rows = sources.join(shares, on="stream", how="left").sort("stream", "scope")
    return rows.select(_part(), "events", *seen, "covered", "not covered")


def gaps(found: pl.DataFrame) -> pl.DataFrame:
    """Give what is not covered: where, in which state, when, why, and until when it can be mended; many of one kind are one row."""
    kind = ["stream", "scope", "state", "basis", "store", "mendable", "why"]
    cause = pl.col("cause").str.replace_all(r"\d+", "…")
    many = found.with_columns(cause.alias("why")).with_columns((pl.len().over(kind) > MANY).alias("many"))
    days = ((pl.col("end") - pl.col("start")).dt.total_microseconds().sum() / MICRODAY).round(3)
    joined = many.filter("many").group_by(kind, maintain_order=True)
    told = joined.agg(
        pl.col("start").min(),
        pl.col("end").max(),
        pl.col("deadline").min(),
        pl.format("{} windows, {} days in all: {}", pl.len(), days, pl.col("why").first()).alias("cause"),
    )
    rows = pl.concat([many.filter(~pl.col("many")), told], how="diagonal").sort(
        "stream", "start", "scope", maintain_order=True
    )
    until = pl.when("mendable").then(pl.coalesce(pl.format("until {}", _second("deadline")), pl.lit("any time")))
    return rows.select(_part(), "state", *map(_second, ("start", "end")), "cause", "basis", until.alias("mendable"))


def verdicts(asked: pl.DataFrame) -> pl.DataFrame:
    """Give the verdicts; a bound is marked as one, and what is uncovered is counted by its state."""
    long = pl.col("subject").str.len_chars() > SUBJECT
    short = pl.format("{}…{}", pl.col("subject").str.head(12), pl.col("subject").str.tail(SUBJECT - 13))
    strength = pl.coalesce(pl.format("{} ({})", "verdict", "strength"), "verdict")
    counts = [_counted(windows) for windows in asked["uncovered"].to_list()]
    return asked.select(
        "question",
        pl.when(long).then(short).otherwise("subject").alias("subject"),
        strength.alias("verdict"),
        "rows",
        *map(_bound, ("first", "last")),
        pl.Series("gaps", counts, pl.String),
    )


def preserve(rows: pl.DataFrame) -> pl.DataFrame:
    """Give what can still be collected: until when, from where, how much it should be, and which questions it would settle.

    The commands are left out: no column is wide enough to paste from. `#` is the number of the row, from 1.
    """
    told = [_settled(questions) for questions in rows["questions"].to_list()]
    minute = [pl.col(one).dt.strftime("%Y-%m-%d %H:%M") for one in ("start", "end")]
    return rows.select(
        pl.int_range(1, pl.len() + 1).alias("#"),
        pl.coalesce(_second("deadline"), pl.lit("any time")).alias("until"),
        pl.format(
            "{}{}",
            _part(),
            pl.when(pl.col("store") == "native").then(pl.lit("")).otherwise(pl.format(" at {}", "store")),
        ).alias("stream"),
        pl.format("{} to {}", *(pl.coalesce(one, pl.lit("an open end")) for one in minute)).alias("window"),
        pl.format("about {}", pl.col("expected_events").round().cast(pl.Int64)).alias("events"),
        pl.Series("questions", told, pl.String),
    )


def _settled(questions: list[dict[str, str]]) -> str:
    kinds = {True: [], False: []}  # type: dict[bool, list[str]]
    for each in questions:
        kinds[each["now"] != each["then"]].append(each["question"])
    return "; ".join(
        _listed(word, some) for word, some in (("settles", kinds[True]), ("narrows", kinds[False])) if some
    )


def _listed(word: str, names: list[str]) -> str:
    """Name the first few, and count the rest."""
    some = list(dict.fromkeys(names))
    more = f" and {len(some) - SHOWN} more" if len(some) > SHOWN else ""
    return f"{word} {', '.join(some[:SHOWN])}{more}"


def chain(steps: pl.DataFrame) -> pl.DataFrame:
    """Give for each step when it was or could have been, in words, and why not outside of that."""
    when = [list(_when(row)) for row in steps.iter_rows(named=True)]
    return steps.select("step", "verdict", pl.Series("when", when, pl.List(pl.String)), "because")


def notes(rows: pl.DataFrame) -> pl.DataFrame:
    """Give the notes in a line each; one whose event or gap is gone says so."""
    star = pl.when("star").then(pl.lit("★")).otherwise(pl.lit("")).alias("star")
    gone = pl.when("there").then("target").otherwise(pl.format("{} (no longer in the case)", "target"))
    text = pl.concat_str("text", "filter", separator=" ").str.strip_chars()
    return rows.select("note_id", _second("time"), "author", "kind", gone.alias("about"), star, "tag", text)


def _part() -> pl.Expr:
    """Name a stream, and the part of it that a row is about."""
    return (
        pl.when(pl.col("scope") != "").then(pl.format("{} ({})", "stream", "scope")).otherwise("stream").alias("stream")
    )


def _second(name: str) -> pl.Expr:
    return pl.col(name).dt.strftime("%Y-%m-%d %H:%M:%S").alias(name)


def _bound(side: str) -> pl.Expr:
    mark = pl.col(f"{side}_is").replace_strict(_MARKS, default="", return_dtype=pl.String)
    return pl.format("{}{}", mark, _second(side)).alias(side)


def _counted(windows: list[dict[str, object]]) -> str:
    return ", ".join(
        f"{number} {state}" for state, number in Counter(str(each["state"]) for each in windows).most_common()
    )


def _when(row: Mapping[str, Any]) -> Iterator[str]:
    windows = row["windows"]
    if row["verdict"].startswith("found") and windows:
        first, last = _time(row["earliest"]), _time(row["latest"])
        yield f"at {first}" if len(windows) == 1 and first == last else f"{len(windows)} times from {first} to {last}"
        return
    for window in windows[:SHOWN]:
        yield f"possible from {_time(window['start'])} to {_time(window['end'])}"
    if len(windows) > SHOWN:
        yield f"and in {len(windows) - SHOWN} more windows, the last to {_time(windows[-1]['end'])}"


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else "an open end"
