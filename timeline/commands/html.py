"""`timeline html`."""

from pathlib import Path
from typing import Annotated

import typer

from timeline.commands import RESULTS, Session

PANEL = RESULTS


def run(
    session: Session,
    target: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The file.")] = Path("timeline.html"),
) -> None:
    """Write the case as one HTML file that works offline: lanes, coverage, verdicts, chain, and the events to search.

    Example: timeline html -o report.html
    """
    with session.open(target) as case:
        case.html(target)
    session.note(f"{target} is written; open it in any browser")
