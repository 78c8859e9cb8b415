"""`timeline ask`."""

from typing import Annotated

import typer

from timeline.commands import ANSWERS, Output, Parameters, Session, questions

PANEL = ANSWERS

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[NAME...]", help="Questions of `timeline queries`; none: all.", autocompletion=questions),
]


Explain = Annotated[
    bool, typer.Option("--explain", help="The records it rests on, the coverage behind it, and the SQL as the method.")
]


def run(session: Session, output: Output, given: Parameters, names: Names = None, explain: Explain = False) -> None:
    """Give verdicts: found, found_incomplete, absent (it would be here), or unknown (nobody can say), and why.

    Example: timeline ask artefact-read-by -p 'object=*.dmp' --from 2023-04-01 --explain
    """
    from timeline.export import summary

    with session.open(output.target) as case:
        told = (names or (), given.values, given.start, given.end)
        rows = case.reasons(*told) if explain else case.ask(*told)
    if explain and output.plain:
        typer.echo("\n\n".join(summary.text(each) for each in rows["explanation"]))
        return
    session.show(summary.verdicts(rows) if session.draws(output) else rows, output)
