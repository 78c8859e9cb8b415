"""`timeline ingest`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from timeline.commands import EVIDENCE, Output, Session, pairs, spare

if TYPE_CHECKING:
    import polars as pl

PANEL = EVIDENCE
REJECTED = 3

Paths = Annotated[
    list[Path], typer.Argument(metavar="PATH...", help="Files and folders (gzip is undone).", exists=True)
]
Timezones = Annotated[
    list[str] | None,
    typer.Option("--timezone", metavar="GLOB=ZONE", help="Zone of logs that state none, as in 'auth*=Europe/Paris'."),
]
Sources = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Your own .sql sources.", exists=True, file_okay=False)
]


def run(session: Session, output: Output, paths: Paths, timezone: Timezones = None, sources: Sources = None) -> None:
    """Read evidence into the case. Files are recognised by their content, stay where they are, and are never changed.

    Every record is accounted for: records = events + rejected + duplicates + skipped. Exit code 3 says that some were
    rejected or a file was empty; the rest is in, and `timeline status --rejected` shows them.

    Example: timeline ingest ~/exports --timezone 'auth.log*=Europe/Paris'
    """
    from timeline.case.plan import EMPTY

    zones = pairs(timezone, "--timezone", "auth.log*=Europe/Paris")
    with session.open() as case, session.progress("reading") as progress:
        rows = case.ingest(paths, zones, sources, progress)
        spare(case, output.target)
    session.show(rows.drop(["file_id", "sha256"] if session.draws(output) else "note"), output)
    session.note(_summary(rows))
    if rows["rejected"].sum() or EMPTY in rows["note"]:
        raise typer.Exit(REJECTED)


def _summary(rows: "pl.DataFrame") -> str:
    total = rows.select("records", "events", "rejected", "duplicates", "skipped").sum().row(0, named=True)
    counts = ", ".join(f"{total[name]:,} {name}" for name in ("events", "duplicates", "skipped", "rejected"))
    why = "rejected" if total["rejected"] else "notes" if total["skipped"] else ""
    hint = f"; `timeline status --{why}` says why" if why else ""
    return f"{rows.height:,} file{'s' * (rows.height != 1)}, {total['records']:,} records: {counts}{hint}"
