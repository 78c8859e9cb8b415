"""`timeline queries`."""

from timeline.commands import ANSWERS, Output, Session

PANEL = ANSWERS


def run(session: Session, output: Output) -> None:
    """List the questions that can be asked, with their parameters and ATT&CK techniques.

    Example: timeline queries
    """
    with session.open(output.target) as case:
        session.show(case.queries(), output)
