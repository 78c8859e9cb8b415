"""`timeline clock`."""

from timeline.commands import EVIDENCE, Output, Session

PANEL = EVIDENCE


def run(session: Session, output: Output) -> None:
    """Compare the clocks of the logs by the requests that two of them recorded: how far one is ahead, how surely, and whether it drifts.

    Nothing is corrected by itself. An offset that you accept stands in case.toml as a table `clock`; it moves the findings of the chain.

    Example: timeline clock --format json
    """
    with session.open(output.target) as case:
        session.show(case.clocks(), output)
