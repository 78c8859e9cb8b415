"""The command line: collects the commands, of which each file of timeline/commands is one, named after its file; a folder is a group."""

import pkgutil
from importlib import import_module
from types import ModuleType

import typer

from timeline import commands
from timeline.options import flat, prose

HELP = {"help_option_names": ["-h", "--help"]}


def _modules(package: ModuleType) -> list[ModuleType]:
    return [import_module(f"{package.__name__}.{found.name}") for found in pkgutil.iter_modules(package.__path__)]


def _name(module: ModuleType) -> str:
    """Name a command after its file; one that is a word of Python has an underscore behind it there."""
    return module.__name__.rpartition(".")[2].rstrip("_")


def _group(package: ModuleType) -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, context_settings=HELP, help=prose(package))
    group.callback()(flat(package.root))
    for module in _modules(package):
        group.command(_name(module), context_settings=HELP)(flat(module.run))
    return group


app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, context_settings=HELP, help=prose(commands))
app.callback()(flat(commands.root))
for found in sorted(_modules(commands), key=lambda each: commands.PANELS.index(each.PANEL)):
    if hasattr(found, "__path__"):
        app.add_typer(_group(found), name=_name(found), rich_help_panel=found.PANEL)
    else:
        app.command(_name(found), rich_help_panel=found.PANEL, context_settings=HELP)(flat(found.run))
