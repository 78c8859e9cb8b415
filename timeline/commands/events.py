"""`timeline events`."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Annotated

import typer

from timeline.commands import ANSWERS, Output, Session, Wanted
from timeline.errors import CaseError

if TYPE_CHECKING:
    import polars as pl

    from timeline.api import EventFilter

PANEL = ANSWERS
SCREEN = 1_000
"""Events that a terminal shows unless it is told otherwise."""

PEOPLE = "time,source,action,outcome,actor,src_ip,object"


@dataclass(frozen=True)
class Shown:
    """What of the events is shown."""

    columns: Annotated[
        str | None, typer.Option(metavar="A,B,…|all", help="Which columns; a table shows the most telling.")
    ] = None
    raw: Annotated[
        bool | None,
        typer.Option(
            "--raw/--no-raw", help="Each record's own text, read back from the evidence; default: beside all columns."
        ),
    ] = None
    view: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Filters saved by `timeline note --view`; other options come before them."),
    ] = None


def run(session: Session, output: Output, wanted: Wanted, shown: Shown) -> None:
    """Show the timeline: all events of all logs in one order, filtered.

    What is not listed may still have happened: `timeline gaps` says when which log could not have shown it.

    Example: timeline events --from 2023-05-15 --to 2023-05-16 --actor 'alice*' --action 'object.*'
    """
    screen = session.draws(output) and wanted.limit is None
    names = (shown.columns or (PEOPLE if output.form == "table" else "all")).split(",")
    with session.open(output.target) as case:
        found = _over(wanted.filter(SCREEN if screen else None), case.view(shown.view) if shown.view else None)
        own = "raw" in names or (names == ["all"] if shown.raw is None else shown.raw)
        session.show(_chosen(case.pieces(found, raw=own), names), output)
        total = case.count(found) if screen else 0
    if total > SCREEN:
        session.note(f"the first {SCREEN:,} of {total:,} events; filter them, raise --limit, or take all with -o FILE")


def _over(wanted: "EventFilter", view: "EventFilter | None") -> "EventFilter":
    """Let what the options say come before what the view says."""
    told = {each.name: value for each in fields(wanted) if (value := getattr(wanted, each.name)) is not None}
    return wanted if view is None else replace(view, **told)


def _chosen(frames: "Iterator[pl.DataFrame]", names: list[str]) -> "Iterator[pl.DataFrame]":
    """Pick columns by name; a text that was asked for is among them."""
    for frame in frames:
        wanted = frame.columns if names == ["all"] else [*names, *({"raw"} & {*frame.columns} - {*names})]
        unknown = [name for name in wanted if name not in frame.columns]
        if unknown:
            raise CaseError(f"--columns {', '.join(unknown)}: no such column; choose from {', '.join(frame.columns)}")
        yield frame.select(wanted)
