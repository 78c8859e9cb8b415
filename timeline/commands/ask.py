"""`timeline ask`."""

from typing import Annotated

import typer

from timeline.commands import ANSWERS, Output, Parameters, Session, questions

PANEL = ANSWERS

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[NAME...]", help="Questions of `timeline queries`; none: all.", autocompletion=questions),
]


def run(session: Session, output: Output, given: Parameters, names: Names = None) -> None:
    """Give verdicts: found, found_incomplete, absent (it would be here), or unknown (nobody can say), and why.

    Example: timeline ask artefact-read-by -p 'object=*.dmp' --from 2023-04-01
    """
    from timeline.export import summary

    with session.open(output.target) as case:
        rows = case.ask(names or (), given.values, given.start, given.end)
    session.show(summary.verdicts(rows) if session.draws(output) else rows, output)
