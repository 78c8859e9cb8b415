"""`timeline sigma`."""

from pathlib import Path
from typing import Annotated

import typer

from timeline.commands import ANSWERS, Output, Session, Window

PANEL = ANSWERS
REJECTED = 3

Rules = Annotated[list[Path], typer.Argument(metavar="RULES...", help="Sigma rules (.yml), or folders of them.")]
Events = Annotated[bool, typer.Option("--events", help="The events that match, one row a match, instead of verdicts.")]


def run(session: Session, output: Output, window: Window, rules: Rules, events: Events = False) -> None:
    """Put Sigma rules to the case: found, found_incomplete, absent (its log would show it) or unknown, and what a rule lacks.

    Rules speak of the vendors' own fields, which are read again from the evidence; correlations over rules count too. A rule that
    cannot be asked is named with the reason, and the exit code is 3.

    Example: timeline sigma sigma/rules/cloud sigma/rules/identity
    """
    from timeline.export import searches

    with session.open(output.target) as case, session.progress("reading rules") as progress:
        found = case.sigma(rules, window.start, window.end, progress)
    for each in found.refused:
        session.complain(str(each))
    verdicts = searches.rules(found.verdicts) if session.draws(output) else found.verdicts
    rows = found.events if events else verdicts
    session.show(rows, output)
    if found.refused:
        raise typer.Exit(REJECTED)
