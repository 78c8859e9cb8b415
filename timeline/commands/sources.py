"""`timeline sources`."""

from typing import TYPE_CHECKING, Annotated

import typer

from timeline.commands import EVIDENCE, Output, Session
from timeline.errors import CaseError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from timeline.catalog import Source

PANEL = EVIDENCE


def run(
    session: Session,
    output: Output,
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="A log, as in 'entra.signin.*': what it shows, keeps and hides.")
    ] = "",
    all_: Annotated[bool, typer.Option("--all", help="The page of every log that can be read.")] = False,
) -> None:
    """Show the streams of the case: which logs are in, from when to when, and what each of them can witness.

    With a NAME, show the page of that log instead: what it shows, what it can never show, how complete it is and how long
    it is kept, its join keys, how to export it, and a real record with the event that it becomes. A page needs no case.

    Example: timeline sources entra.audit
    """
    if not (name or all_):
        with session.open(output.target) as case:
            session.show(case.sources(), output)
        return
    import polars as pl

    from timeline.evidence import pages

    found = pages.chosen(_known(session), name or "*")
    told = [(each.id, head, text) for each in found for head, text in pages.page(each)]
    if output.plain:
        typer.echo(_written(told))
    else:
        session.show(pl.DataFrame(told, schema=["source", "fact", "text"], orient="row"), output)


def _known(session: Session) -> "Mapping[str, Source]":
    """Give the sources of the case, or the package's own where there is no case."""
    from timeline import catalog

    try:
        return session.open().log_sources
    except CaseError:
        if session.case:
            raise
        return catalog.sources(catalog.environment_sources())


def _written(told: "list[tuple[str, str, str]]") -> str:
    from timeline.export.escape import visible

    lines: list[str] = []
    for _, head, text in told:
        lines += [""] if head == "log" and lines else []
        first, *more = [visible(line) for line in text.splitlines()] or [""]
        lines += [f"{head}: {first}", *(" " * 4 + line for line in more)]
    return "\n".join(lines)
