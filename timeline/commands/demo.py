"""`timeline demo`: the answers of a whole case, told to a person who sees them for the first time."""

import shlex
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from timeline.commands import START, Output, Session
from timeline.export.escape import visible

if TYPE_CHECKING:
    import polars as pl

    from timeline.api import Case

PANEL = START

Folder = Annotated[Path | None, typer.Argument(metavar="[DIR]", help="A new folder; default: timeline-demo.")]


def run(session: Session, folder: Folder = None) -> None:
    """See the whole job on a fictional key theft: ingest, coverage, verdicts, the chain of events, and the HTML.

    Example: timeline demo
    """
    from timeline.api import demo

    with session.progress("reading the sample logs"):
        case = demo(folder or _free(Path("timeline-demo")))
    with case:
        _tell(session, case)


def _free(wanted: Path) -> Path:
    """Give the wanted folder, or a numbered one beside it where it is taken."""
    names = (wanted if number == 1 else wanted.with_name(f"{wanted.name}-{number}") for number in count(1))
    return next(name for name in names if not name.exists())


def _tell(session: Session, case: "Case") -> None:
    from timeline.export import summary

    _say(f"{case.config.name}: a fictional case, told by logs in the real formats of their vendors\n")
    _say(_read(case.status()))
    _say("\n2. What could they have shown, from the first to the last day of the case?")
    session.show(summary.streams(case.sources(), case.coverage()), Output())
    _say(_mendable(case.gaps()))
    _say("\n3. What do they show? `absent` is only said where the evidence would be here; otherwise nobody knows")
    asked = case.ask()
    session.show(summary.verdicts(asked.head(len(case.config.steps))).drop("gaps"), Output())
    _say(_others(asked.slice(len(case.config.steps))))
    _say("\n4. When could the unseen step have happened?")
    for step, verdict, when, because in summary.chain(case.chain()).iter_rows():
        _say("\n   ".join([f"{step}: {verdict}", *when, f"because {because}"]))
    case.html(case.root / "timeline.html")
    _say(_outlook(case.root))


def _read(status: "pl.DataFrame") -> str:
    total = status.select("records", "events", "duplicates", "skipped", "rejected").sum().row(0, named=True)
    records = total.pop("records")
    counts = ", ".join(f"{number:,} {name}" for name, number in total.items())
    return f"1. What was read? {status.height} files, {records:,} records: {counts}"


def _others(asked: "pl.DataFrame") -> str:
    counts = asked["verdict"].value_counts(sort=True).rows()
    told = ", ".join(f"{number} {verdict}" for verdict, number in sorted(counts, key=lambda each: (-each[1], each[0])))
    return f"{asked.height} more questions over the whole case, about anyone: {told}. `timeline ask` shows each."


def _say(text: str) -> None:
    typer.echo("\n".join(map(visible, text.split("\n"))))


def _mendable(gaps: "pl.DataFrame") -> str:
    """Say what can still be mended, and until when."""
    some = gaps.filter("mendable")
    deadline = some["deadline"].min()
    if not some.height:
        return "Nothing of what is missing can still be collected."
    until = (
        f"; the first store begins to lose its part at {deadline:%Y-%m-%d %H:%M:%S}"
        if isinstance(deadline, datetime)
        else ""
    )
    return f"{some.height} of {gaps.height} gaps can still be mended{until}. `timeline gaps` lists them all."


def _outlook(root: Path) -> str:
    case = f"timeline -C {shlex.quote(str(root))}"
    return f"""
5. See it all: {root / "timeline.html"}

Try next:
   {case} events --actor 'avery*' --from 2021-09-14 --to 2021-09-17
   {case} ask mailbox-rule-added --from 2023-05-01 --to 2023-06-01
   {case} gaps --stream 'azure.storage/*'
   timeline init my-case && cd my-case && timeline ingest YOUR-EXPORTS"""
