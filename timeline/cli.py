"""The command line: collects the commands, of which each file of timeline/commands is one, named after its file."""

import pkgutil
from importlib import import_module

import typer

from timeline import commands
from timeline.options import flat, prose

HELP = {"help_option_names": ["-h", "--help"]}

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, context_settings=HELP, help=prose(commands))
app.callback()(flat(commands.root))
modules = [import_module(f"timeline.commands.{found.name}") for found in pkgutil.iter_modules(commands.__path__)]
for module in sorted(modules, key=lambda each: commands.PANELS.index(each.PANEL)):
    name = module.__name__.rpartition(".")[2]
    app.command(name, rich_help_panel=module.PANEL, context_settings=HELP)(flat(module.run))
