"""`timeline sources`."""

from timeline.commands import EVIDENCE, Output, Session

PANEL = EVIDENCE


def run(session: Session, output: Output) -> None:
    """Show the streams of the case: which logs are in, from when to when, and what each of them can witness.

    Example: timeline sources --format csv -o streams.csv
    """
    with session.open(output.target) as case:
        session.show(case.sources(), output)
