"""`timeline policy show`."""

from typing import Annotated

import typer

from timeline.commands import Output, Session


def run(
    session: Session,
    output: Output,
    stream: Annotated[
        str, typer.Argument(metavar="[STREAM]", help="Only these streams or sources, as in 'entra.*'.")
    ] = "*",
    catalogue: Annotated[
        bool, typer.Option("--catalogue", help="What vendors keep by default, with sources; needs no case.")
    ] = False,
) -> None:
    """Show the policies in force: who says so, what the store still holds, and whether the oldest records agree.

    Example: timeline policy show --catalogue entra.audit
    """
    import polars as pl

    from timeline.evidence import defaults
    from timeline.export import policies

    if catalogue:
        rows = defaults.catalogue(stream)
        if rows.is_empty():
            session.note(f"nothing is known of {stream}: no row of the catalogue is about it")
        session.show(policies.catalogue(rows) if output.plain else rows, output)
        return
    with session.open(output.target) as case:
        rows = case.policies(stream)
    if rows.is_empty():
        session.note(
            f"no policy is known for {stream}: state one in case.toml, import a configuration, or see --catalogue"
        )
    for told in rows.filter(pl.col("contradiction") != "").iter_rows(named=True):
        session.note(f"{told['stream']} ({told['store']}): {told['contradiction']}")
    session.show(policies.in_force(rows) if output.plain else rows, output)
