"""`timeline policy audit`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from timeline.commands import Output, Session
from timeline.errors import CaseError

if TYPE_CHECKING:
    import polars as pl

FAILED = 1

Chosen = Annotated[
    list[str] | None,
    typer.Option("--framework", metavar="ID", help="Only these frameworks, in force or not; `list` names them all."),
]


def run(
    session: Session,
    output: Output,
    framework: Chosen = None,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="DATE", help="The day on which frameworks are in force; default: the case's now."),
    ] = None,
    prices: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A price table of your own, in the form of ours.", exists=True)
    ] = None,
) -> None:
    """Weigh how long logs are kept: against frameworks, against public incidents, and against the questions of this case.

    Each shortfall names the stream, what is asked, what is kept and since when, about what closing it would cost a month (rough list prices), and
    what it has already cost in evidence. Laws that limit retention are shown beside. Exit code 1: something is too short.

    Example: timeline policy audit --framework pci-dss-4 --on 2026-01-01
    """
    from timeline.evidence.audit import SHORT, summary

    if framework and "list" in framework:
        session.show(_known(), output)
        return
    _check(framework or [])
    with session.open(output.target) as case:
        rows = case.audit(framework or (), on, prices)
    for sentence in summary(rows):
        session.note(sentence)
    session.show(_table(rows) if output.plain else rows, output)
    if SHORT in rows["verdict"]:
        raise typer.Exit(FAILED)


def _check(chosen: list[str]) -> None:
    from timeline.policies.duties import frameworks

    known = [each.id for each in frameworks()]
    for name in chosen:
        if name not in known:
            raise CaseError(f"--framework {name}: is none of {', '.join(known)}")


def _known() -> "pl.DataFrame":
    import polars as pl

    from timeline.policies.duties import frameworks

    rows = [{"id": each.id, "title": each.title, "asks": each.asks, "evidence": each.evidence} for each in frameworks()]
    return pl.DataFrame(rows)


def _table(rows: "pl.DataFrame") -> "pl.DataFrame":
    """Give what is not enough, in few columns."""
    import polars as pl

    open_ = rows.filter(pl.col("verdict") != "enough")
    asked = pl.coalesce(
        pl.format("{} d ({} searchable)", "required_days", "required_searchable_days"),
        pl.format("{} d", "required_days"),
        pl.lit(""),
    )
    kept = pl.coalesce(pl.format("{} d", "actual_days"), pl.lit("not known"))
    since = pl.col("since").dt.strftime("%Y-%m-%d")
    shown = [
        "kind",
        "id",
        "verdict",
        asked.alias("asked"),
        kept.alias("kept"),
        since,
        "cost_per_month",
        "stream",
        "lost",
    ]
    return open_.filter(pl.col("verdict") != "no such log").select(shown)
