"""`timeline hunt`."""

from pathlib import Path
from typing import Annotated

import typer

from timeline.commands import ANSWERS, Output, Session, Window

PANEL = ANSWERS
REJECTED = 3

File = Annotated[
    Path, typer.Argument(metavar="FILE", help="A list (one indicator a line), a CSV, or a STIX 2.1 bundle.")
]


def run(session: Session, output: Output, window: Window, file: File) -> None:
    """Hunt indicators in all logs at once; each gets a verdict: found, found_incomplete, absent (it would be here) or unknown.

    Addresses and ranges, domains, URLs, accounts, hashes, file names, user agents and ids are recognised, also as hxxp and [.].
    An indicator that cannot be hunted is named with the reason, and the exit code is 3.

    Example: timeline hunt indicators.json --from 2023-04-01
    """
    from timeline.export import searches

    with session.open(output.target) as case:
        found = case.hunted(file, window.start, window.end)
    for each in found.refused:
        session.complain(str(each))
    session.show(searches.indicators(found.verdicts) if session.draws(output) else found.verdicts, output)
    if found.refused:
        raise typer.Exit(REJECTED)
