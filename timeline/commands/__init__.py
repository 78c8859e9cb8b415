"""A forensic timeline that knows what it cannot know.

Evidence goes in with `ingest`; `events` shows what the logs say, `gaps` what they could not say, and `ask` and `chain`
give verdicts that never take an unknown for an absence. New here? `timeline demo` shows all of it in a few seconds.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from timeline.case.values import moment
from timeline.errors import CaseError
from timeline.export.escape import visible
from timeline.export.formats import FORMATS

if TYPE_CHECKING:
    from rich.console import Console

    from timeline.api import Case, EventFilter
    from timeline.export.rows import Rows

PANELS = START, EVIDENCE, ANSWERS, RESULTS = "Start", "Evidence", "Answers", "Hand over"
"""The parts of the help, in the order of the work."""

Progress = Callable[[str, int, int], None]
NAMES = 40
"""Characters of a file's name beside a bar."""


@dataclass(frozen=True)
class Session:
    """What holds for any command, said before or after it: which case, and how much to say."""

    case: Annotated[
        Path | None,
        typer.Option(
            "--case", "-C", metavar="DIR", help="The case; else TIMELINE_CASE, else the nearest parent folder."
        ),
    ] = None
    quiet: Annotated[bool, typer.Option("--quiet", help="Nothing on stderr but errors.")] = False
    no_color: Annotated[bool, typer.Option("--no-color", help="No colours; NO_COLOR does the same.")] = False

    def after(self, before: "Session | None") -> "Session":
        """Add what was said before the command."""
        if before is None:
            return self
        return Session(self.case or before.case, self.quiet or before.quiet, self.no_color or before.no_color)

    def open(self, target: Path | None = None) -> "Case":
        """Open the case; a target that would destroy a part of it is refused before any work."""
        from timeline.api import Case

        case = Case.open(self.case)
        spare(case, target)
        return case

    def show(self, rows: "Rows", output: "Output") -> None:
        """Send rows where the options say."""
        from timeline.export.rows import write

        write(rows, output.form, output.target, exact=output.exact, console=self.console(sys.stdout))

    def draws(self, output: "Output") -> bool:
        """Tell whether rows will be a table on a terminal."""
        return output.form == "table" and output.target is None and sys.stdout.isatty()

    def console(self, stream: TextIO) -> "Console | None":
        """Give the terminal behind a stream, if it is one."""
        if not stream.isatty():
            return None
        from rich.console import Console

        return Console(file=stream, no_color=self.no_color or None, highlight=False)

    def note(self, text: str) -> None:
        """Tell the user something that is not data."""
        if not self.quiet:
            self.complain(text)

    def complain(self, text: str) -> None:
        """Tell the user what is wrong."""
        typer.echo("\n".join(map(visible, text.splitlines())), err=True)

    @contextmanager
    def progress(self, what: str) -> Iterator[Progress | None]:
        """Show a bar on a terminal while long work calls back with what it does, how far it is and how far to go."""
        console = None if self.quiet else self.console(sys.stderr)
        if console is None:
            yield None
            return
        from rich.progress import Progress as Bar

        with Bar(console=console, transient=True) as bar:
            task = bar.add_task(what, total=None)
            yield lambda name, done, total: bar.update(
                task, description=visible(name)[-NAMES:].replace("[", "\\["), completed=done, total=total
            )


def _form(form: str | None) -> str | None:
    if form is not None and form not in FORMATS:
        raise typer.BadParameter(f"{form!r} is none of {', '.join(FORMATS)}")
    return form


@dataclass(frozen=True)
class Output:
    """Where rows go and how they are written."""

    format: Annotated[
        str | None,
        typer.Option(
            metavar="FORMAT",
            help=f"{', '.join(FORMATS)}; default: by the ending of FILE, else table.",
            callback=_form,
            autocompletion=lambda: list(FORMATS),
        ),
    ] = None
    target: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="A file instead of the terminal.")
    ] = None
    exact: Annotated[bool, typer.Option("--exact", help="CSV with formulas and control characters as they are.")] = (
        False
    )

    @property
    def form(self) -> str:
        ending = self.target.suffix.removeprefix(".").lower() if self.target else ""
        return self.format or (ending if ending in FORMATS else "table")

    @property
    def plain(self) -> bool:
        """Tell whether a person reads what comes, on a terminal or in a pipe."""
        return self.form == "table" and self.target is None


@dataclass(frozen=True)
class Window:
    """A part of the time."""

    since: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="First instant: 2023-05-15 or 2023-05-15T10:00Z.")
    ] = None
    until: Annotated[str | None, typer.Option("--to", metavar="TIME", help="The instant after the last.")] = None

    @property
    def start(self) -> int | None:
        return None if self.since is None else moment(self.since, "--from")

    @property
    def end(self) -> int | None:
        return None if self.until is None else moment(self.until, "--to")


@dataclass(frozen=True)
class Wanted(Window):
    """Which events; `*` stands for anything."""

    actor: Annotated[str | None, typer.Option(help="Account name or id; * stands for anything.")] = None
    source: Annotated[str | None, typer.Option(help="Source or stream, as in 'azure.storage*'.")] = None
    action: Annotated[str | None, typer.Option(help="Action or the vendor's operation, as in 'object.*'.")] = None
    object: Annotated[str | None, typer.Option(help="Any part of the object's name.")] = None
    ip: Annotated[str | None, typer.Option(help="Client address, as in '192.0.2.*'.")] = None
    text: Annotated[str | None, typer.Option(help="Any part of any text column.")] = None
    limit: Annotated[int | None, typer.Option(min=0, help="At most so many events, the earliest first.")] = None

    def filter(self, limit: int | None = None) -> "EventFilter":
        """Give the filter, with this limit unless the options say another."""
        from timeline.api import EventFilter

        if self.start is not None and self.end is not None and self.start >= self.end:
            raise CaseError(f"--from {self.since} is not before --to {self.until}; no time lies between them")
        told = (self.start, self.end, self.actor, self.source, self.action, self.object, self.ip, self.text)
        return EventFilter(*told, limit if self.limit is None else self.limit)


@dataclass(frozen=True)
class Parameters(Window):
    """The parameters of a question; one that is left out means any."""

    param: Annotated[
        list[str] | None,
        typer.Option("--param", "-p", metavar="KEY=VALUE", help="What the question is about; * stands for anything."),
    ] = None

    @property
    def values(self) -> Mapping[str, str]:
        return pairs(self.param, "-p", "object=*.dmp")


def pairs(texts: list[str] | None, option: str, example: str) -> dict[str, str]:
    """Read options of the form key=value."""
    found: dict[str, str] = {}
    for text in texts or ():
        key, sign, value = text.partition("=")
        if not (key and sign):
            raise CaseError(f"{option} {text}: no key=value; write it as {option} '{example}'")
        if key in found:
            raise CaseError(
                f"{option} {key}: given twice, {found[key]!r} and {value!r}; ask for one, or for both by a pattern with *"
            )
        found[key] = value
    return found


def questions() -> list[str]:
    """Give the ids of all questions, for the shell's completion."""
    from timeline.catalog import folder

    return sorted(path.stem for path in folder("queries").glob("*.sql"))


def spare(case: "Case", target: Path | None) -> None:
    """Refuse to write over the case itself or over its evidence."""
    if target is None or not target.is_file():
        return
    own = {case.root / "case.toml", case.file}
    if case.file.exists():
        files = case.status()["file"]
        own |= {Path(name) for name in files} | {Path(name.rpartition("!")[0]) for name in files}
    if target.resolve() in own:
        raise CaseError(f"{target}: is evidence or belongs to the case, and is never written over; choose another file")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(version("timeline"))
        raise typer.Exit


def root(
    session: Session,
    show_version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="The version.")
    ] = False,
) -> None:
    """Take the options that stand before the command."""
