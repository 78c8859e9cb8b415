"""Options said once: a command takes dataclasses, and the command line shows each of their fields as an option."""

import inspect
import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any, get_type_hints

import typer

from timeline.errors import TimelineError


def flat(run: Callable[..., None]) -> Callable[..., None]:
    """Give a command as typer wants it: of a parameter that is a dataclass, every field is an option of its own.

    So the options that stand before or after any command are said once, and the errors of users end in one place.
    """
    parameters = inspect.signature(run).parameters
    groups: dict[str, Any] = {n: each.annotation for n, each in parameters.items() if is_dataclass(each.annotation)}

    def call(context: typer.Context, **given: Any) -> None:  # noqa: ANN401  typer has checked them
        for name, kind in groups.items():
            given[name] = kind(**{field.name: given.pop(field.name) for field in fields(kind)})
        given["session"] = context.obj = given["session"].after(context.obj)
        try:
            run(**{name: given[name] for name in parameters})
        except TimelineError as error:
            given["session"].complain(str(error))
            raise typer.Exit(error.exit_code) from None

    options = [option for name, each in parameters.items() for option in _options(groups.get(name), each)]
    context = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    call.__doc__ = prose(run)
    call.__signature__ = inspect.Signature([context, *options])  # type: ignore[attr-defined]
    call.__annotations__ = {option.name: option.annotation for option in (context, *options)}
    return call


def prose(documented: object) -> str:
    """Join the lines of each paragraph of a docstring, for the help breaks them anew."""
    return re.sub(r"(?<!\n)\n(?!\n)", " ", inspect.getdoc(documented) or "")


def _options(group: Any, parameter: inspect.Parameter) -> list[inspect.Parameter]:  # noqa: ANN401  a class or None
    if group is None:
        return [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)]
    hints = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(
            field.name, inspect.Parameter.KEYWORD_ONLY, default=field.default, annotation=hints[field.name]
        )
        for field in fields(group)
    ]
