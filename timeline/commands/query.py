"""`timeline query`."""

from typing import Annotated

import typer

from timeline.commands import ANSWERS, Output, Parameters, Session, questions

PANEL = ANSWERS

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="A question of `timeline queries`.", autocompletion=questions)
]


def run(session: Session, output: Output, given: Parameters, name: Name) -> None:
    """Show the rows that one question finds; for the verdict, which also weighs what no log could show, use `ask`.

    Example: timeline query artefact-read-by -p 'object=*.dmp'
    """
    with session.open(output.target) as case:
        session.show(case.query(name, given.values, given.start, given.end), output)
