"""The tables of README.md, from the facts that the program itself uses."""

from collections.abc import Iterable, Iterator
from itertools import groupby

import typer

from tests.readme.keys import keys
from tests.readme.retention import retention
from timeline import catalog
from timeline.case import playbooks as library
from timeline.cli import app

EVERYWHERE = ("--case", "--quiet", "--no-color", "--format", "--output", "--exact", "--help")
"""Options of all commands, or of all that print rows: told once."""


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def _codes(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _kinds(actions: Iterable[str]) -> str:
    """Say the first half of actions of one kind once."""
    kinds = groupby(actions, key=lambda action: action.partition(".")[0])
    return ", ".join(" ".join(_kind(list(some))) for _, some in kinds)


def _kind(some: list[str]) -> Iterator[str]:
    yield f"`{some[0]}`"
    yield from (f"`.{action.partition('.')[2]}`" for action in some[1:])


def sources() -> str:
    """Give the log formats that can be read, one row a file of timeline/sources/."""
    rows = (
        (
            f"{_codes(each.names)}<br>{each.title} ([format]({each.docs[0]}))" if each.docs else _codes(each.names),
            each.scope,
            each.completeness,
            _kinds(dict.fromkeys(action for some in each.witnesses.values() for action in some)),
        )
        for each in catalog.sources().values()
    )
    return _table(("source", "scope", "completeness", "what it would show, had it happened"), rows)


def questions() -> str:
    """Give the questions that can be asked, one row a file of queries/."""
    rows = (
        (f"`{each.id}`", each.question, _codes(each.parameters), ", ".join(map(_technique, each.attack)))
        for each in catalog.questions().values()
    )
    return _table(("question", "asks", "parameters", "ATT&CK"), rows)


def playbooks() -> str:
    """Give the playbooks, one row a file of timeline/playbooks/."""
    rows = (each.row for each in library.playbooks().values())
    listed = ((f"`{name}`", title, drawn, _codes(asked.split(", "))) for name, title, drawn, asked in rows)
    return _table(("playbook", "what happened", "drawn from", "asks"), listed)


def _technique(identity: str) -> str:
    return f"[{identity}](https://attack.mitre.org/techniques/{identity.replace('.', '/')}/)"


def actions() -> str:
    """Give the closed vocabulary of actions."""
    return _table(("action", "meaning"), ((f"`{name}`", text) for name, text in catalog.actions().items()))


def columns() -> str:
    """Give the columns of an event."""
    types, texts = catalog.column_types(), catalog.column_texts()
    return _table(("column", "type", "meaning"), ((f"`{name}`", types[name].lower(), texts[name]) for name in types))


def commands() -> str:
    """Give the commands with the options that are theirs alone, in the order of the help."""
    return _table(("command", "what it does", "its own options"), _commands())


def leaves(group: object = None, before: str = "") -> Iterator[tuple[str, typer.core.TyperCommand]]:
    """Give every command with its whole name, those of groups too: `policy show`."""
    for name, command in (group or typer.main.get_command(app)).commands.items():  # type: ignore[attr-defined]
        if hasattr(command, "commands"):
            yield from leaves(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def _commands() -> Iterator[tuple[str, str, str]]:
    for name, command in leaves():
        words = [each.metavar for each in command.params if each.param_type_name == "argument"]
        own = [each for each in command.params if each.param_type_name == "option" and each.opts[0] not in EVERYWHERE]
        yield (
            f"`{' '.join([name, *words])}`",
            command.help.split("\n")[0],
            "<br>".join(f"`{' '.join([', '.join(each.opts), each.metavar or '']).strip()}`: {each.help}" for each in own),
        )  # fmt: skip


def options() -> str:
    """Give the options that every command has, or every command that prints rows."""
    found: dict[str, typer.core.TyperOption] = {}
    for _, command in leaves():
        found |= {each.opts[0]: each for each in command.params if each.opts[0] in EVERYWHERE}
    rows = (
        (f"`{' '.join([', '.join(found[name].opts), found[name].metavar or '']).strip()}`", found[name].help or "")
        for name in EVERYWHERE
        if name in found
    )
    return _table(("option", "what it does"), rows)


TABLES = {
    made.__name__: made
    for made in (sources, questions, playbooks, actions, columns, commands, options, keys, retention)
}
