"""`timeline gaps`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from timeline.commands import ANSWERS, Output, Session

if TYPE_CHECKING:
    import polars as pl

    from timeline.api import Case

PANEL = ANSWERS


@dataclass(frozen=True)
class Place:
    """Which gaps."""

    stream: Annotated[
        str, typer.Option("--stream", metavar="GLOB", help="Only these streams, as in 'azure.storage/*'.")
    ] = "*"
    at: Annotated[str | None, typer.Option("--at", metavar="TIME", help="Only the gaps around this instant.")] = None


def run(
    session: Session,
    output: Output,
    place: Place,
    explain: Annotated[bool, typer.Option("--explain", help="The reasoning behind each gap, in plain words.")] = False,
    keys: Annotated[bool, typer.Option("--keys", help="The key by which `timeline note` names each gap, too.")] = False,
) -> None:
    """Show when which log could not have recorded anything: since when, why, and whether it can still be mended.

    Example: timeline gaps --stream 'entra.*' --at 2023-04-01 --explain
    """
    from timeline.export import summary

    with session.open(output.target) as case:
        rows = case.explain(place.stream, place.at) if explain or place.at else case.gaps(place.stream, keys=keys)
        unasked = _unasked(case, place) if rows.is_empty() else ""
    if unasked:
        session.complain(unasked)
    if explain and output.plain:
        typer.echo(_told(rows) or ("nothing is known of that" if unasked else "nothing is missing there"))
        return
    rows = rows if explain else rows.drop("explanation", strict=False)
    session.show(summary.gaps(rows) if session.draws(output) and not keys else rows, output)


def _told(rows: "pl.DataFrame") -> str:
    from timeline.export import summary

    return "\n\n".join(summary.text(each) for each in rows["explanation"])


def _unasked(case: "Case", place: Place) -> str:
    """Say why no gaps may also mean that nobody looked: no such stream, or a time outside of the case."""
    from timeline.api.answers import instant
    from timeline.evidence.explain import when
    from timeline.globs import matches

    stream, at = place.stream, place.at
    if not any(matches(stream, name) for name in case.knowledge.names):
        if not case.knowledge.names:
            return "the case has no events, so no stream; nothing is known of any log: see `timeline status`"
        return f"--stream {stream}: the case has no stream of this name, so nothing is known of it; `timeline sources` lists all"
    start, end = case.knowledge.window
    if at is not None and not start <= instant(at, "--at") < end:
        return f"--at {at}: outside of the case, which looks from {when(start)} to {when(end)}; case.toml states it as `from` and `to`"
    return ""
