"""`timeline policy simulate`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from timeline.commands import Output, Session, pairs, questions
from timeline.errors import CaseError

if TYPE_CHECKING:
    import polars as pl

DAYS = "30,90,180,365,730"
KEYS = ["question", "subject", "now", "survives_days", "needed_days", "because"]

Names = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[QUESTION...]",
        help="Questions by id; default: those of the case's chain, else all.",
        autocompletion=questions,
    ),
]


@dataclass(frozen=True)
class Change:
    """What is otherwise than it was, and what is asked about."""

    days: Annotated[str, typer.Option(metavar="N,N,…", help="Lengths to try, in days.")] = DAYS
    stream: Annotated[str, typer.Option(metavar="GLOB", help="Only these streams change, as in 'azure.storage/*'.")] = (
        "*"
    )
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", metavar="KEY=VALUE", help="What the named question is about.")
    ] = None


def run(session: Session, output: Output, change: Change, names: Names = None) -> None:
    """Ask the case again as if its logs had been kept longer or shorter: which answers would be lost, and which gained.

    Only retention changes: `answerable` means that it no longer stands in the way; what those records would have said, nobody
    knows. `survives` is the shortest retention under which today's answer would still stand, `needed` the shortest at which
    nothing that a question needs had expired; `but` names gaps that no retention mends.

    Example: timeline policy simulate --days 30,365 --stream 'azure.storage/*'
    """
    with session.open(output.target) as case:
        rows = case.simulate(_days(change.days), names or (), change.stream, pairs(change.param, "-p", "object=*.dmp"))
    session.show(_table(rows) if output.plain else rows, output)


def _days(told: str) -> list[int]:
    parts = [part.strip() for part in told.split(",") if part.strip()]
    if not parts or not all(part.isdigit() and int(part) for part in parts):
        raise CaseError(f"--days {told}: write whole days with commas between them, as in --days {DAYS}")
    return [int(part) for part in parts]


def _table(rows: "pl.DataFrame") -> "pl.DataFrame":
    """Give one row a question, with a column for each length."""
    import polars as pl

    wide = rows.with_columns(pl.format("{} d", "days").alias("length")).pivot(
        "length", index=KEYS, values="verdict", maintain_order=True
    )
    survives = pl.coalesce(pl.format("{} d", "survives_days"), pl.lit("")).alias("survives")
    needed = pl.coalesce(pl.format("{} d", "needed_days"), pl.lit("none is enough")).alias("needed")
    return wide.select("question", "now", pl.exclude(*KEYS), survives, needed, pl.col("because").alias("but"))
