"""`timeline init`."""

from pathlib import Path
from typing import Annotated

import typer

from timeline.commands import START, Session

PANEL = START


def run(
    session: Session, folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="The new case.")] = None
) -> None:
    """Make a case: a folder with a case.toml to fill in. An existing case.toml is never touched.

    Example: timeline init storm && cd storm && timeline ingest ~/exports
    """
    from timeline.api import Case

    root = folder or session.case or Path()
    there = (root / "case.toml").exists()
    Case.create(root)
    told = "is already there and stays as it is" if there else "is made: say in it what you know of your evidence"
    session.note(f"{root / 'case.toml'} {told}")
