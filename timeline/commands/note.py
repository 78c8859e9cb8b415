"""`timeline note`."""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated

import typer

from timeline.commands import RESULTS, Output, Session, Window
from timeline.errors import CaseError

if TYPE_CHECKING:
    import polars as pl

    from timeline.api import Case

PANEL = RESULTS


@dataclass(frozen=True)
class Written:
    """What a note says, who says it, and when."""

    tag: Annotated[str, typer.Option(help="A word to find it by.")] = ""
    star: Annotated[bool, typer.Option("--star", help="Mark it as important.")] = False
    text: Annotated[str, typer.Option(help="A comment.")] = ""
    author: Annotated[str, typer.Option(help="Default: `analyst` of case.toml, else the user of the machine.")] = ""
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When it was written; default: the machine's time.")
    ] = None
    remove: Annotated[
        list[str] | None, typer.Option(metavar="NOTE", help="Take a note back; its line stays in the file.")
    ] = None


@dataclass(frozen=True)
class View(Window):
    """The filters that a view saves."""

    view: Annotated[str, typer.Option(metavar="NAME", help="Save filters, for `timeline events --view NAME`.")] = ""
    actor: Annotated[str, typer.Option(help="With --view: as in `events`; so are the others.")] = ""
    source: Annotated[str, typer.Option(help="With --view.")] = ""
    action: Annotated[str, typer.Option(help="With --view.")] = ""
    object: Annotated[str, typer.Option(help="With --view.")] = ""
    ip: Annotated[str, typer.Option(help="With --view.")] = ""
    contains: Annotated[str, typer.Option(help="With --view: the `--text` of `events`.")] = ""

    @property
    def filters(self) -> dict[str, str]:
        """Give the filters that are set, under the names that `events` has for them."""
        names = {"since": "from", "until": "to", "contains": "text"}
        told = {
            names.get(each.name, each.name): getattr(self, each.name) for each in fields(self) if each.name != "view"
        }
        return {name: value for name, value in told.items() if value}


Targets = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[EVENT_OR_GAP...]", help="Ids of events, keys of gaps (`gaps --keys`); none: list the notes."
    ),
]


def run(session: Session, output: Output, written: Written, view: View, targets: Targets = None) -> None:
    """Tag, star or comment on events and gaps, save a view of the timeline, or list all that was noted.

    Notes stand in notes.jsonl of the case, each with author and time; they survive a new ingest, and nothing in it is erased.

    Example: timeline note 47c49079f70a --star --tag forged --text 'first use that was seen'
    """
    from timeline.export import summary

    with session.open(output.target) as case:
        rows = _done(case, targets or [], written, view)
    session.show(summary.notes(rows) if session.draws(output) else rows, output)


def _done(case: "Case", targets: list[str], written: Written, view: View) -> "pl.DataFrame":
    remove = written.remove or []
    wanted = [name for name, one in (("events or gaps", targets), ("--view", view.view), ("--remove", remove)) if one]
    if len(wanted) > 1:
        raise CaseError(f"{' and '.join(wanted)}: one at a time")
    if view.start is not None and view.end is not None and view.start >= view.end:
        raise CaseError(f"--from {view.since} is not before --to {view.until}; such a view would be empty for ever")
    if view.filters and not view.view:
        raise CaseError(f"--{next(iter(view.filters))}: filters are saved under a name; add --view NAME")
    if remove:
        return case.remove_note(remove, author=written.author, at=written.at)
    if view.view:
        return case.save_view(view.view, view.filters, text=written.text, author=written.author, at=written.at)
    if targets:
        said = written
        return case.note(targets, tag=said.tag, star=said.star, text=said.text, author=said.author, at=said.at)
    if written.tag or written.star or written.text:
        raise CaseError("nothing to note it on: name events by their id or gaps by their key")
    return case.notes()
