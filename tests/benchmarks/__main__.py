"""`python -m tests.benchmarks ingest [--records N] [--work DIR]`: the cost of an ingest beside that of a typed read by DuckDB."""

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from tests.benchmarks import ingest as ingest_figures

app = typer.Typer(help=__doc__, no_args_is_help=True)


@app.callback()
def root() -> None:
    """Print figures of this machine."""


@app.command()
def ingest(
    records: Annotated[int, typer.Option(help="How many records, of all logs together.")] = 1_000_000,
    work: Annotated[
        Path | None, typer.Option(help="Where the logs and databases go; default: a temporary folder.")
    ] = None,
) -> None:
    """Compare an ingest of mixed logs with DuckDB's typed read of the same columns into a table."""
    with tempfile.TemporaryDirectory() as folder:
        for line in ingest_figures.run(work or Path(folder), records):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()


app()
