"""`timeline demo`: the answers of a whole case, told to a person who sees them for the first time."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from timeline.commands import START, Output, Session
from timeline.export.escape import visible

if TYPE_CHECKING:
    import polars as pl

    from timeline.api import Case

PANEL = START
DAY = 86_400
SUBJECT = 48
SHOWN = 3

Folder = Annotated[Path | None, typer.Argument(metavar="[DIR]", help="A new folder; default: timeline-demo.")]


def run(session: Session, folder: Folder = None) -> None:
    """See the whole job on a fictional key theft: ingest, coverage, verdicts, the chain of events, and the HTML.

    Example: timeline demo
    """
    from timeline.api import demo  # noqa: PLC0415  slow, and help does not need it

    with session.progress("reading the sample logs"):
        case = demo(folder or _free(Path("timeline-demo")))
    with case:
        _tell(session, case)


def _free(wanted: Path) -> Path:
    """Give the wanted folder, or a numbered one beside it where it is taken."""
    names = (wanted if number == 1 else wanted.with_name(f"{wanted.name}-{number}") for number in count(1))
    return next(name for name in names if not name.exists())


def _tell(session: Session, case: "Case") -> None:
    status = case.status()
    read = status.select("records", "events", "rejected", "duplicates", "skipped").sum().row(0, named=True)
    _say(f"{case.config.name}: a fictional case, its logs in the real formats of their vendors\n")
    _say("1. What the logs are")
    _say(f"{status.height} files, {read['records']:,} records: {read['events']:,} events,")
    counts = ", ".join(f"{read[name]:,} {name}" for name in ("events", "duplicates", "skipped", "rejected"))
    _say(f"{status.height} files, {read['records']:,} records: {counts}.")
    _say("`timeline status` shows what became of each file.\n")
    _say("2. What they could have shown, from the first to the last day of the case")
    session.show(streams(case.sources(), case.coverage()), Output())
    _say(_mendable(case.gaps()))
    _say("\n3. Verdicts: absent is only said where the evidence would be here; otherwise nobody knows")
    session.show(verdicts(case.ask()), Output())
    _say("\n4. The chain: when could the unseen step have happened?")
    for line in steps(case.chain()):
        _say(line)
    case.html(case.root / "timeline.html")
    _say(_outlook(case.root))


def _say(text: str) -> None:
    typer.echo("\n".join(map(visible, text.split("\n"))))


def streams(sources: "pl.DataFrame", coverage: "pl.DataFrame") -> "pl.DataFrame":
    """Say in one row a stream (and part of it) how much of the time it covers, and what became of the rest."""
    import polars as pl  # noqa: PLC0415  slow, and help does not need it

    days = (pl.col("end") - pl.col("start")).dt.total_seconds().sum() / DAY
    states = (
        coverage.group_by("stream", "scope", "state").agg(days.alias("days")).sort("days", "state", descending=True)
    )
    covered = pl.col("days").filter(pl.col("state") == "covered").sum() / pl.col("days").sum()
    lost = pl.format("{} {} d", "state", pl.col("days").round().cast(pl.Int64)).filter(pl.col("state") != "covered")
    shares = states.group_by("stream", "scope", maintain_order=True).agg(
        pl.format("{} %", (100 * covered).round().cast(pl.Int64)).alias("covered"),
        lost.str.join(", ").alias("not covered"),
    )
    name = pl.when(pl.col("scope") == "").then("stream").otherwise(pl.format("{} ({})", "stream", "scope"))
    days_seen = [pl.col(one).dt.strftime("%Y-%m-%d") for one in ("first", "last")]
    rows = sources.join(shares, on="stream", how="left").sort("stream", "scope", nulls_last=False)
    return rows.select(name.fill_null(pl.col("stream")).alias("stream"), "events", *days_seen, "covered", "not covered")


def verdicts(asked: "pl.DataFrame") -> "pl.DataFrame":
    """Give the verdicts in columns that fit a terminal; a bound is marked as one."""
    import polars as pl  # noqa: PLC0415  slow, and help does not need it

    marks = {"no_later_than": "≤ ", "no_earlier_than": "≥ "}
    sides = [
        pl.format(
            "{}{}",
            pl.col(f"{side}_is").replace_strict(marks, default=""),
            pl.col(side).dt.strftime("%Y-%m-%d %H:%M:%S"),
        )
        for side in ("first", "last")
    ]
    long = pl.col("subject").str.len_chars() > SUBJECT
    short = pl.format("{}…{}", pl.col("subject").str.head(12), pl.col("subject").str.tail(SUBJECT - 13))
    strength = (
        pl.when(pl.col("strength").is_null()).then("verdict").otherwise(pl.format("{} ({})", "verdict", "strength"))
    )
    return asked.select(
        "question",
        pl.when(long).then(short).otherwise("subject").alias("subject"),
        strength.alias("verdict"),
        "rows",
        sides[0].alias("first"),
        sides[1].alias("last"),
    )


def steps(chain: "pl.DataFrame") -> Iterator[str]:
    """Tell each step of the chain: its verdict, when it was or could have been, and why not outside of that."""
    for row in chain.iter_rows(named=True):
        yield f"   {row['step']}: {row['verdict']}"
        for window in row["windows"][:SHOWN]:
            yield f"      {_time(window['start'], 'the beginning')} … {_time(window['end'], 'the end')}"
        if len(row["windows"]) > SHOWN:
            yield f"      and {len(row['windows']) - SHOWN} more times, the last ends {_time(row['latest'], 'open')}"
        yield f"      because {row['because']}"


def _time(at: datetime | None, open_end: str) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else open_end


def _mendable(gaps: "pl.DataFrame") -> str:
    """Say what can still be mended, and until when."""
    some = gaps.filter("mendable")
    deadline = some["deadline"].min()
    if not some.height:
        return "Nothing of what is missing can still be collected."
    until = (
        f"; the first store begins to lose its part at {deadline:%Y-%m-%d %H:%M:%S}"
        if isinstance(deadline, datetime)
        else ""
    )
    return f"{some.height} of {gaps.height} gaps can still be mended{until}. `timeline gaps` lists them all."


def _outlook(root: Path) -> str:
    return f"""
5. Look at it: {root / "timeline.html"}

Try next:
   timeline -C {root} events --actor 'avery*'    what one account did
   timeline -C {root} gaps                       what no log could show, and why
   timeline -C {root} query artefact-path        the way of the stolen file
   timeline init my-case                         your own evidence"""
