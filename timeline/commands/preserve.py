"""`timeline preserve`."""

from pathlib import Path
from typing import Annotated

import typer

from timeline.commands import ANSWERS, Output, Session, spare
from timeline.export.escape import visible

PANEL = ANSWERS
CAPITALS = (
    "Each command is one line for bash, or for PowerShell where it says so. Words in CAPITALS are yours to fill in."
)
NOTHING = "No store that the case names still holds anything that would change an answer; `timeline gaps` says what is lost, and why."


def run(
    session: Session,
    output: Output,
    ics: Annotated[Path | None, typer.Option(metavar="FILE", help="The deadlines as a calendar.")] = None,
) -> None:
    """Show what can still be collected for the open questions, soonest to expire first, and the command that collects it.

    Each row names the questions that the window keeps open, and what would become of them if it were collected and nothing
    turned up. On a terminal the commands stand below the table, each one line to paste.

    Example: timeline preserve --ics deadlines.ics
    """
    from timeline.export import summary
    from timeline.export.calendar import calendar
    from timeline.export.rows import opened

    with session.open(output.target) as case:
        rows = case.preserve()
        if ics is not None:
            spare(case, ics)
            with opened(ics) as stream:
                stream.write(calendar(case.config.name, rows.iter_rows(named=True), case.as_of))
    if not session.draws(output):
        session.show(rows, output)
        return
    session.show(summary.preserve(rows), output)
    session.note(CAPITALS if rows.height else NOTHING)
    for number, row in enumerate(rows.iter_rows(named=True), 1):
        typer.echo(f"\n{number}. {visible(row['stream'])}\n{visible(row['command'])}")
