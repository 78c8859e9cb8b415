"""`timeline export`."""

from pathlib import Path
from typing import Annotated

import typer

from timeline.commands import RESULTS, Output, Session
from timeline.export.formats import FORMATS

PANEL = RESULTS
FILES = [form for form in FORMATS if form != "table"]


def _known(form: str) -> str:
    if form not in FILES:
        raise typer.BadParameter(f"{form!r} is none of {', '.join(FILES)}")
    return form


Form = Annotated[str, typer.Option("--to", metavar="|".join(FILES), help="The format.", callback=_known)]
Target = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="The file; none: stdout.")]
Exact = Annotated[bool, typer.Option("--exact", help="CSV with formulas and control characters as they are.")]
Raw = Annotated[bool, typer.Option("--raw/--no-raw", help="Each record's own text, read back from the evidence.")]


def run(session: Session, form: Form, target: Target = None, exact: Exact = False, raw: Raw = True) -> None:
    """Write all events with all columns for other tools.

    Example: timeline export --to parquet -o events.parquet
    """
    with session.open(target) as case:
        session.show(case.pieces(raw=raw), Output(form, target, exact))
