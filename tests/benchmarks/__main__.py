"""`python -m tests.benchmarks ingest [--records N] [--log NAME] [--work DIR]`: the cost of an ingest beside that of a typed read by DuckDB."""

import sys
import tempfile
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from tests.benchmarks import borders as border_figures
from tests.benchmarks import coverage as coverage_figures
from tests.benchmarks import gaps as gap_figures
from tests.benchmarks import html as html_figures
from tests.benchmarks import incidents as incident_figures
from tests.benchmarks import ingest as ingest_figures
from tests.benchmarks import mutations as mutation_figures
from tests.benchmarks import questions as question_figures

KEPT = Path(tempfile.gettempdir()) / "timeline-benchmarks"
"""A case of ten million events takes minutes to make: it is kept."""

app = typer.Typer(help=__doc__, no_args_is_help=True)


@app.callback()
def root() -> None:
    """Print figures of this machine."""


@app.command()
def ingest(
    records: Annotated[int, typer.Option(help="How many records, of all logs together.")] = 3_000_000,
    log: Annotated[str, typer.Option(help="Only this log, with all the records.")] = "",
    work: Annotated[
        Path | None, typer.Option(help="Where the logs and databases go; default: a temporary folder.")
    ] = None,
    *,
    evtx: Annotated[
        Path | None,
        typer.Option(help="Only this Windows event log (alone in its folder), beside Plaso if it is installed."),
    ] = None,
    peers: Annotated[bool, typer.Option(help="Compare with other tools, as far as they are installed.")] = True,
) -> None:
    """Compare an ingest of mixed logs with DuckDB's typed read of the same columns into a table, and with other tools."""
    with tempfile.TemporaryDirectory() as folder:
        place = work or Path(folder)
        figures = ingest_figures.run(place, records, log, peers=peers)
        for line in ingest_figures.beside_plaso(evtx, place) if evtx else figures:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()


@app.command()
def coverage(streams: Annotated[int, typer.Option(help="How many ordinary streams.")] = 1_000) -> None:
    """Compute the gaps of many streams over five years, and of one with very many scopes."""
    for line in coverage_figures.run(streams):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


@app.command()
def gaps(
    seed: Annotated[int, typer.Option(help="Another seed, other streams.")] = 1,
    rounds: Annotated[int, typer.Option(help="How often all kinds of streams are made.")] = 2,
) -> None:
    """Plant gaps into streams of many kinds and tell how many are found, how exactly, and how many are found that are none."""
    for line in chain(border_figures.run(seed), [""], gap_figures.run(seed, rounds)):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


@app.command()
def questions(
    events: Annotated[int, typer.Option(help="How many events the case has.")] = 10_000_000,
    name: Annotated[str, typer.Option(help="Only questions whose id begins so.")] = "",
    work: Annotated[Path | None, typer.Option(help="Where the case is kept for the next run.")] = None,
    *,
    anything: Annotated[bool, typer.Option(help="Ask each also without parameters.")] = True,
) -> None:
    """Ask every question of the library in a large case: seconds of each, median and worst."""
    for line in question_figures.run(work or KEPT, events, name, anything=anything):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


@app.command()
def incidents(
    seed: Annotated[int, typer.Option(help="Another seed, other incidents.")] = 1,
    stories: Annotated[int, typer.Option(help="How many of each kind.")] = 20,
) -> None:
    """Make incidents by chance and tell how well they are reconstructed: hops, forged tokens, windows of unseen steps."""
    for line in incident_figures.run(seed, stories):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


@app.command()
def html(
    events: Annotated[int, typer.Option(help="How many events the large case has.")] = html_figures.LARGE,
    work: Annotated[Path | None, typer.Option(help="Where cases and pages go; default: a temporary folder.")] = None,
    *,
    answers: Annotated[bool, typer.Option(help="Also time the command with every question about anyone.")] = False,
) -> None:
    """Build the HTML report of a large case and of one of 100 000 events, and open and move them in a headless Chromium."""
    with tempfile.TemporaryDirectory() as folder:
        for line in html_figures.run(work or Path(folder), events, answers=answers):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()


@app.command()
def mutations(
    files: Annotated[int, typer.Option(help="How many damaged files.")] = 10_000,
    seed: Annotated[int, typer.Option(help="The first seed; each round of 250 files has the next one.")] = 1,
) -> None:
    """Ingest thousands of damaged files and tell whether a record is lost, an error shows or anything hangs."""
    for line in mutation_figures.run(files, seed):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


app()
