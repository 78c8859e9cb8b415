"""`timeline verify`."""

from pathlib import Path
from typing import Annotated

import typer

from timeline.commands import RESULTS, Output, Session

PANEL = RESULTS
FAILED = 1


def run(
    session: Session,
    output: Output,
    keys: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Output of `aws cloudtrail list-public-keys`: checks signatures.", exists=True
        ),
    ] = None,
) -> None:
    """Check that the evidence is what was ingested and every record is accounted for; exit code 1 says that it is not.

    Digests of CloudTrail in the case are checked too: every digest and every log file that they name, and what is missing between.

    Example: timeline verify --quiet -o verified.csv
    """
    with session.open(output.target) as case:
        rows = case.verify(keys)
    session.show(rows, output)
    failed = rows.height - rows["ok"].sum()
    session.note(f"{rows.height:,} checks, {failed:,} failed")
    if failed:
        raise typer.Exit(FAILED)
