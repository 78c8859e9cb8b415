"""`timeline sql`."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from timeline.commands import ANSWERS, Output, Session
from timeline.errors import CaseError

if TYPE_CHECKING:
    from timeline.api import Case

PANEL = ANSWERS

Query = Annotated[str | None, typer.Option("--command", "-c", metavar="QUERY", help="Else stdin, or a prompt.")]


def run(session: Session, output: Output, query: Query = None) -> None:
    """Ask in SQL (DuckDB, read-only) over the view `events` and the tables of the case.

    Example: timeline sql -c "SELECT source, count(*) AS events FROM events GROUP BY ALL"
    """
    with session.open(output.target) as case:
        if query is None and sys.stdin.isatty():
            _talk(session, output, case)
        else:
            session.show(case.sql(sys.stdin.read() if query is None else query), output)


def _talk(session: Session, output: Output, case: "Case") -> None:
    """Answer statement after statement; a mistake in one is told and not the end."""
    session.note("a statement ends with a semicolon, the session with Ctrl-D")
    text = ""
    while True:
        try:
            text += input("... " if text else "sql> ") + "\n"
        except EOFError:
            return
        if text.rstrip().endswith(";"):
            try:
                session.show(case.sql(text), output)
            except CaseError as error:
                session.complain(str(error))
            text = ""
