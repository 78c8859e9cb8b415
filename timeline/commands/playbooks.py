"""`timeline playbooks`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from timeline.commands import START, Output, Session

if TYPE_CHECKING:
    from timeline.case.playbooks import Playbook

PANEL = START
Fact = tuple[str, str]


def run(
    session: Session,
    output: Output,
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="One playbook: what is known of such incidents.")] = "",
    toml: Annotated[bool, typer.Option("--toml", help="The part of a case.toml that tests its chain.")] = False,
) -> None:
    """List the playbooks: chains of questions for kinds of incident, each drawn from public ones.

    With a NAME, tell what was concluded in those incidents and what never could be, what to collect first, and the steps.

    Example: timeline playbooks key-theft
    """
    import polars as pl

    from timeline.case.playbooks import playbook, playbooks, settings
    from timeline.export import summary

    if not name:
        rows = [each.row for each in playbooks().values()]
        session.show(pl.DataFrame(rows, schema=["playbook", "title", "drawn_from", "questions"], orient="row"), output)
        return
    book = playbook(name)
    if toml:
        typer.echo(settings(book), nl=False)
        return
    facts = list(_page(book))
    if output.plain:
        typer.echo(summary.text("\n".join(f"{head}: {told}" for head, told in facts)))
    else:
        session.show(pl.DataFrame(facts, schema=["fact", "text"], orient="row"), output)


def _page(book: "Playbook") -> Iterator[Fact]:
    from timeline.catalog import questions

    yield "playbook", f"{book.id}: {book.title}"
    for incident in book.incidents:
        yield "drawn from", f"{incident.name} ({', '.join(incident.sources)})"
    yield "concluded", book.concluded
    yield "could never be shown", book.never
    for number, collect in enumerate(book.collect, 1):
        yield f"collect first, {number}", f"{', '.join(collect.logs)}: {collect.why}"
    for advice in book.advice:
        yield "advice", advice
    asked = questions()
    for step in book.steps:
        order = [f"after {each}" for each in step.after] + [f"before {each}" for each in step.before]
        within = [f"within {step.within}"] if step.within else []
        yield (
            f"step {step.id}",
            f"{asked[step.question].question} [{step.question}] {', '.join([*order, *within])}".rstrip(),
        )
    yield "begin with", f"timeline init DIR --playbook {book.id}"
