"""`timeline chain`."""

from timeline.commands import ANSWERS, Output, Session

PANEL = ANSWERS


def run(session: Session, output: Output) -> None:
    """Bound the unseen: when each step of the case's chain could have happened, and why not earlier or later.

    The steps and their order stand in case.toml, as tables of `chain.step`.

    Example: timeline chain --format json
    """
    with session.open() as case:
        session.show(case.chain(), output)
