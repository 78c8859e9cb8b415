"""`timeline gaps`."""

from typing import TYPE_CHECKING, Annotated

import typer

from timeline.commands import ANSWERS, Output, Session

if TYPE_CHECKING:
    import polars as pl

PANEL = ANSWERS


def run(
    session: Session,
    output: Output,
    stream: Annotated[str, typer.Option(metavar="GLOB", help="Only these streams, as in 'azure.storage/*'.")] = "*",
    at: Annotated[str | None, typer.Option(metavar="TIME", help="Only the gaps around this instant.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="The reasoning behind each gap, in plain words.")] = False,
) -> None:
    """Show when which log could not have recorded anything: since when, why, and whether it can still be mended.

    Example: timeline gaps --stream 'entra.*' --at 2023-04-01 --explain
    """
    from timeline.export import summary

    with session.open(output.target) as case:
        rows = case.explain(stream, at) if explain or at else case.gaps(stream)
    if explain and output.plain:
        typer.echo(_told(rows))
        return
    rows = rows if explain else rows.drop("explanation", strict=False)
    session.show(summary.gaps(rows) if session.draws(output) else rows, output)


def _told(rows: "pl.DataFrame") -> str:
    from timeline.export.escape import visible

    told = ("\n".join(map(visible, text.splitlines())) for text in rows["explanation"])
    return "\n\n".join(told) or "nothing is missing there"
