"""`timeline html`."""

from pathlib import Path
from typing import Annotated

import typer

from timeline.commands import RESULTS, Session

PANEL = RESULTS


def run(  # noqa: PLR0913, PLR0917  one for each option
    session: Session,
    target: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The file.")] = Path("timeline.html"),
    focus: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHAT",
            help="Only what is about it: actor=…, object=…, ip=…, source=…, action=…, question=…, or FROM..TO; may be repeated.",
        ),
    ] = None,
    raw: Annotated[bool, typer.Option(help="Carry the records' own text, as far as it fits.")] = True,
    redact: Annotated[
        Path | None,
        typer.Option(metavar="RULES", help="People and addresses by pseudonyms, by the rules of this TOML file."),
    ] = None,
    every: Annotated[
        bool,
        typer.Option(
            "--every-question", help="Questions about anyone even of more than two million events: a minute or more."
        ),
    ] = False,
) -> None:
    """Write the case as one HTML file that works offline: lanes, coverage, verdicts, chain, and the events to search.

    Every event is in the picture; a million are listed one by one, first those that answers rest on, then the rarest; the others are counted.
    RULES holds a secret `salt`, and may name the columns and patterns that are replaced.

    Example: timeline html -o report.html --focus actor=alice@contoso.com --no-raw
    """
    from timeline.export.html.focus import Shown
    from timeline.export.html.focus import focus as focused
    from timeline.export.html.redact import read

    with session.open(target) as case:
        shown = Shown(focused(focus or (), case.questions), raw, read(redact) if redact else None, every)
        case.html(target, shown)
    session.note(f"{target} is written; open it in any browser")
