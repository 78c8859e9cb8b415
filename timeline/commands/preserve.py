"""`timeline preserve`."""

from pathlib import Path
from typing import Annotated

import typer

from timeline.commands import ANSWERS, Output, Session, spare

PANEL = ANSWERS


def run(
    session: Session,
    output: Output,
    ics: Annotated[Path | None, typer.Option(metavar="FILE", help="The deadlines as a calendar.")] = None,
) -> None:
    """Show what can still be collected for the open questions, soonest to expire first, and the command that collects it.

    Each row names the questions that the window keeps open, and what would become of them if it were collected and nothing
    turned up.

    Example: timeline preserve --ics deadlines.ics
    """
    from timeline.export import summary
    from timeline.export.calendar import calendar

    with session.open(output.target) as case:
        rows = case.preserve()
        if ics is not None:
            spare(case, ics)
            ics.write_bytes(calendar(case.config.name, rows.iter_rows(named=True), case.as_of))
    session.show(summary.preserve(rows) if session.draws(output) else rows, output)
