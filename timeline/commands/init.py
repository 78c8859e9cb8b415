"""`timeline init`."""

from pathlib import Path
from typing import Annotated

import typer

from timeline.commands import START, Session

PANEL = START


def run(
    session: Session, folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="The new case.")] = Path()
) -> None:
    """Make a case: a folder with a case.toml to fill in. An existing case.toml is never touched.

    Example: timeline init storm && cd storm && timeline ingest ~/exports
    """
    from timeline.api import Case

    there = (folder / "case.toml").exists()
    Case.create(folder)
    told = "is already there and stays as it is" if there else "is made: say in it what you know of your evidence"
    session.note(f"{folder / 'case.toml'} {told}")
