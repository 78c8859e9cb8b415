"""`timeline pivot`."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from timeline.commands import ANSWERS, Output, Session, Window

if TYPE_CHECKING:
    import polars as pl

    from timeline.api import Case

PANEL = ANSWERS
SCREEN = 30
"""Rows of each part that a terminal shows."""


class Part(StrEnum):
    """What to show of a value."""

    PLACES = "places"
    NEIGHBOURS = "neighbours"
    UNCOVERED = "uncovered"


Value = Annotated[
    str,
    typer.Argument(
        metavar="VALUE",
        help="An address or range, account, token, session, key, object, hash, request or device; * stands for anything.",
    ),
]
Show = Annotated[
    Part | None,
    typer.Option(
        "--show", help="places (default), neighbours, or uncovered; a terminal shows the beginning of all three."
    ),
]


def run(session: Session, output: Output, window: Window, value: Value, show: Show = None) -> None:
    """Show everything about one value: in which columns and streams it is, what is beside it, and when no log could have shown it.

    Example: timeline pivot 198.51.100.0/24 --show neighbours
    """
    parts = list(Part) if show is None and session.draws(output) else [show or Part.PLACES]
    with session.open(output.target) as case:
        told = [(part, _rows(case, part, value, window)) for part in parts]
    for part, rows in told:
        if len(parts) > 1:
            session.note(f"{part} of {value}: {rows.height}{f', of which {SCREEN}' if rows.height > SCREEN else ''}")
        session.show(rows.head(SCREEN) if len(parts) > 1 else rows, output)


def _rows(case: "Case", part: Part, value: str, window: Window) -> "pl.DataFrame":
    ways = {Part.PLACES: case.pivot, Part.NEIGHBOURS: case.neighbours, Part.UNCOVERED: case.unseen}
    return ways[part](value, window.start, window.end)
