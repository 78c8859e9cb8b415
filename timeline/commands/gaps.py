"""`timeline gaps`."""

from typing import Annotated

import typer

from timeline.commands import ANSWERS, Output, Session

PANEL = ANSWERS


def run(
    session: Session,
    output: Output,
    stream: Annotated[str, typer.Option(metavar="GLOB", help="Only these streams, as in 'azure.storage/*'.")] = "*",
) -> None:
    """Show when which log could not have recorded anything: since when, why, and whether it can still be mended.

    Example: timeline gaps --stream 'entra.*'
    """
    from timeline.export import summary

    with session.open(output.target) as case:
        rows = case.gaps(stream)
    session.show(summary.gaps(rows) if session.draws(output) else rows, output)
