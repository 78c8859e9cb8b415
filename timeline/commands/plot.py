"""`timeline plot`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from timeline.commands import RESULTS, Session

PANEL = RESULTS


class What(StrEnum):
    """What can be drawn."""

    coverage = "coverage"
    chain = "chain"
    lineage = "lineage"


class Form(StrEnum):
    """What it can be written as."""

    svg = "svg"
    png = "png"


def run(
    session: Session,
    what: Annotated[
        What,
        typer.Argument(
            metavar="WHAT", help="Coverage of all logs, the chain of the case, or the lineage of an object."
        ),
    ],
    target: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="The file; default: its name, here.")
    ] = None,
    form: Annotated[
        Form | None, typer.Option("--to", help="Default: by the ending of FILE, else svg. png needs the extra `png`.")
    ] = None,
    object_: Annotated[
        str | None, typer.Option("--object", help="Of lineage: the object; default: those of the chain.")
    ] = None,
) -> None:
    """Draw a picture of the case for another document: plain SVG that any program opens, or PNG.

    Example: timeline plot coverage -o coverage.svg
    """
    ending = target.suffix.removeprefix(".").lower() if target else ""
    chosen = form.value if form else (ending if ending in set(Form) else Form.svg.value)
    file = target or Path(f"{what.value}.{chosen}")
    with session.open(file) as case:
        case.plot(what.value, file, chosen, object_)
    session.note(f"{file} is written")
