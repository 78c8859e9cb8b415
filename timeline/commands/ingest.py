"""`timeline ingest`."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from timeline.commands import EVIDENCE, Output, Session, pairs, spare
from timeline.errors import CaseError

if TYPE_CHECKING:
    import polars as pl

PANEL = EVIDENCE
REJECTED = 3

Paths = Annotated[
    list[Path] | None, typer.Argument(metavar="PATH...", help="Files, folders and archives.", exists=True)
]


@dataclass(frozen=True)
class Reading:
    """How evidence is read."""

    timezone: Annotated[
        list[str] | None,
        typer.Option(
            "--timezone", metavar="GLOB=ZONE", help="Zone of logs that state none, as in 'auth*=Europe/Paris'."
        ),
    ] = None
    sources: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Your own .sql sources.", exists=True, file_okay=False)
    ] = None
    retry: Annotated[
        bool,
        typer.Option(
            "--retry", help="Read again what was rejected or skipped, with a new zone or source; needs no PATH."
        ),
    ] = False

    @property
    def zones(self) -> dict[str, str]:
        return pairs(self.timezone, "--timezone", "auth.log*=Europe/Paris")


def run(session: Session, output: Output, reading: Reading, paths: Paths = None) -> None:
    """Read evidence into the case. Files are recognised by their content, stay where they are, and are never changed.

    Every record is accounted for: records = events + rejected + duplicates + skipped. Exit code 3 says that some were
    rejected or a file was empty; the rest is in, and `timeline status --rejected` shows them. With the zone or the source
    that they lacked, `timeline ingest --retry` reads them again.

    Example: timeline ingest ~/exports --timezone 'auth.log*=Europe/Paris'
    """
    from timeline.case.plan import EMPTY

    if not (paths or reading.retry):
        raise CaseError(
            "no PATH, so nothing to read: name files or folders, or give --retry for what was rejected or skipped before"
        )
    with session.open() as case, session.progress("reading") as progress:
        how = (reading.zones, reading.sources, progress)
        rows = case.ingest(paths, *how) if paths else case.retry(*how)
        spare(case, output.target)
    session.show(rows.drop(["file_id", "sha256"] if session.draws(output) else "note"), output)
    session.note(_summary(rows))
    if rows["rejected"].sum() or EMPTY in rows["note"]:
        raise typer.Exit(REJECTED)


def _summary(rows: "pl.DataFrame") -> str:
    from timeline.evidence.ledger import TIMELESS

    total = rows.select("records", "events", "rejected", "duplicates", "skipped").sum().row(0, named=True)
    counts = ", ".join(f"{total[name]:,} {name}" for name in ("events", "duplicates", "skipped", "rejected"))
    noted = total["skipped"] or rows["note"].str.contains(TIMELESS, literal=True).any()
    why = "rejected" if total["rejected"] else "notes" if noted else ""
    hint = f"; `timeline status --{why}` says why" if why else ""
    return f"{rows.height:,} file{'s' * (rows.height != 1)}, {total['records']:,} records: {counts}{hint}"
