"""`timeline chain`."""

from timeline.commands import ANSWERS, Output, Session

PANEL = ANSWERS


def run(session: Session, output: Output) -> None:
    """Bound the unseen: when each step of the case's chain could have happened, and why not earlier or later.

    The steps and their order stand in case.toml, as tables of `chain.step`.

    Example: timeline chain --format json
    """
    from timeline.export import summary

    with session.open(output.target) as case:
        rows = case.chain()
    if rows.is_empty():
        session.note(
            "case.toml states no steps: write them as [[chain.step]], or begin with one of `timeline playbooks`"
        )
    session.show(summary.chain(rows) if session.draws(output) else rows, output)
