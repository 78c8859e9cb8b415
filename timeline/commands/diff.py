"""`timeline diff`."""

from pathlib import Path
from typing import Annotated

import typer

from timeline.commands import RESULTS, Output, Session

PANEL = RESULTS

Before = Annotated[Path, typer.Argument(metavar="CASE_A", help="The folder of one case.")]
After = Annotated[Path, typer.Argument(metavar="CASE_B", help="The folder of the other.")]


def run(session: Session, output: Output, before: Before, after: After) -> None:
    """Show what differs between two cases: files, windows in which a log is covered in only one of them, and verdicts.

    Two people who want to know whether they hold the same evidence compare `timeline status --coverage` first.

    Example: timeline diff case-of-monday case-of-friday
    """
    from timeline.api import Case

    with Case.open(before) as one, Case.open(after) as other:
        rows = one.diff(other)
    session.show(rows, output)
