"""The formats of rows: a file here with a function `write` is a format, and its name is what `--format` takes."""

import pkgutil

FORMATS = tuple(module.name for module in pkgutil.iter_modules(__path__))
