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
    page: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE.html",
            help="A report of this case: checked too, and made again to compare.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    keys: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Output of `aws cloudtrail list-public-keys`: checks signatures.", exists=True
        ),
    ] = None,
    redact: Annotated[
        Path | None,
        typer.Option(metavar="RULES", help="The rules by which names were replaced in FILE.html.", exists=True),
    ] = None,
) -> None:
    """Check that the evidence is what was ingested and every record is accounted for; exit code 1 says that it is not.

    Digests of CloudTrail in the case are checked too: every digest and every log file that they name, and what is missing between.

    With a report: that it was not changed, and that it belongs to this evidence. Made by these versions of the program, it is made
    again and compared byte by byte.

    Example: timeline verify report.html --case .
    """
    with session.open(output.target) as case:
        rows = case.verify(keys)
        if page:
            from timeline.export.html.redact import read

            rows = rows.vstack(case.verify_page(page, read(redact) if redact else None))
    session.show(rows, output)
    failed = rows.height - rows["ok"].sum()
    session.note(f"{rows.height:,} checks, {failed:,} failed")
    if failed:
        raise typer.Exit(FAILED)
