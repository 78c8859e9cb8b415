"""`timeline init`."""

from pathlib import Path
from typing import Annotated

import typer

from timeline.commands import START, Session

PANEL = START


def _books() -> list[str]:
    from timeline.case.playbooks import FOLDER

    return sorted(path.stem for path in FOLDER.glob("*.toml"))


Book = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="Add the chain of a kind of incident; `timeline playbooks` lists them.",
        autocompletion=_books,
    ),
]


def run(
    session: Session,
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="The new case.")] = None,
    playbook: Book = "",
) -> None:
    """Make a case: a folder with a case.toml to fill in. An existing case.toml is never touched.

    With a playbook the case.toml holds the chain of steps that such an incident is known for, and says what is yours to fill in.

    Example: timeline init storm --playbook key-theft && cd storm && timeline ingest ~/exports
    """
    from timeline.api import Case

    root = folder or session.case or Path()
    there = (root / "case.toml").exists()
    case = Case.create(root, playbook)
    told = "is already there and stays as it is" if there else "is made: say in it what you know of your evidence"
    session.note(f"{root / 'case.toml'} {told}")
    if playbook:
        left = "".join(f"\n  {each}" for each in case.config.blanks)
        session.note(
            f"the chain of playbook {playbook} stands in it; `timeline playbooks {playbook}` explains it. Yours to fill in:{left}"
        )
