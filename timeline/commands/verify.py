"""`timeline verify`."""

import typer

from timeline.commands import RESULTS, Output, Session

PANEL = RESULTS
FAILED = 1


def run(session: Session, output: Output) -> None:
    """Check that the evidence is what was ingested and every record is accounted for; exit code 1 says that it is not.

    Example: timeline verify --quiet -o verified.csv
    """
    with session.open(output.target) as case:
        rows = case.verify()
    session.show(rows, output)
    failed = rows.height - rows["ok"].sum()
    session.note(f"{rows.height:,} checks, {failed:,} failed")
    if failed:
        raise typer.Exit(FAILED)
