"""`timeline status`."""

from typing import Annotated

import typer

from timeline.commands import EVIDENCE, Output, Session

PANEL = EVIDENCE


def run(
    session: Session,
    output: Output,
    rejected: Annotated[bool, typer.Option("--rejected", help="The records that could not be read, and why.")] = False,
    notes: Annotated[
        bool, typer.Option("--notes", help="Why files were left out; a terminal shows it always.")
    ] = False,
    coverage: Annotated[
        bool,
        typer.Option(
            "--coverage", help="One fingerprint of the records and one of the coverage, for each stream and all."
        ),
    ] = False,
) -> None:
    """Show every file that was met, readable or not, and what became of its records.

    Example: timeline status --rejected
    """
    with session.open(output.target) as case:
        if coverage:
            session.show(case.fingerprints(), output)
            return
        rows = case.rejected() if rejected else case.status(notes=notes or session.draws(output))
    session.show(rows.drop("file_id", "sha256", strict=False) if session.draws(output) else rows, output)
